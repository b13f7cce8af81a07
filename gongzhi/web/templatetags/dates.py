"""Django's `date` filter, which takes apart and puts together each format anew; built in, so no template loads it."""

from datetime import date, datetime

from django import template
from django.template.defaultfilters import date as django_date

register = template.Library()

# Where what our pages ask for stands in a moment's own writing, 2026-07-05 09:30:00.
_STANDS = {
    "Y-m-d": slice(10),
    "Y-m-d H:i": slice(16),
    "Y-m": slice(7),
    "m-d": slice(5, 10),
    "m-d H:i": slice(5, 16),
    "H:i": slice(11, 16),
}


@register.filter("date", expects_localtime=True, is_safe=False)
def said_date(value: date | str | None, form: str | None = None) -> str:
    """A day or a moment in this format; what is neither, and other formats, as Django does it."""
    stands = _STANDS.get(form or "")
    if stands and isinstance(value, datetime):
        return value.isoformat(" ")[stands]
    if stands and isinstance(value, date) and stands.stop <= 10:
        return value.isoformat()[stands]
    return str(django_date(value, form))
