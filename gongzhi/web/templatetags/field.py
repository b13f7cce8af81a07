"""The days of a week by their short names, which fit beside each other on a phone."""

from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

register = template.Library()

WEEKDAYS = (
    gettext_noop("周一"),
    gettext_noop("周二"),
    gettext_noop("周三"),
    gettext_noop("周四"),
    gettext_noop("周五"),
    gettext_noop("周六"),
    gettext_noop("周日"),
)


@register.filter
def weekday(day: date) -> str:
    """Such as 周三, Wed."""
    return _(WEEKDAYS[day.weekday()])
