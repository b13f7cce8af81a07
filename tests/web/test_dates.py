"""Days and moments read as Django's own filter writes them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.template import engines
from django.template.defaultfilters import date as django_date
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.web.templatetags.dates import said_date

OF_DAYS, OF_TIMES = ("Y-m-d", "Y-m", "m-d", "m-d l", "c", None), ("Y-m-d H:i", "m-d H:i", "H:i")
MOMENTS = st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(timezone.get_default_timezone()))
OTHERS = st.one_of(st.dates(), st.sampled_from([None, "", "2026"]))


@given(st.one_of(MOMENTS, OTHERS), st.sampled_from(OF_DAYS))
def test_days_are_written_as_by_django(value: Any, form: str | None) -> None:
    assert said_date(value, form) == django_date(value, form)


@given(MOMENTS, st.sampled_from(OF_TIMES))
def test_moments_are_written_as_by_django(value: Any, form: str) -> None:
    assert said_date(value, form) == django_date(value, form)


def test_a_template_shows_a_moment_as_the_wall_clock_has_it() -> None:
    moment = datetime(2026, 7, 5, 23, 30, tzinfo=timezone.get_default_timezone()).astimezone(
        timezone.get_fixed_timezone(timedelta(hours=-3))
    )
    shown = engines["django"].from_string('{{ when|date:"Y-m-d H:i" }} {{ day|date:"m-d" }} {{ none|date:"m-d" }}')
    assert shown.render({"when": moment, "day": date(2026, 1, 2), "none": None}) == "2026-07-05 23:30 01-02 "


@pytest.mark.parametrize("form", OF_TIMES)
def test_a_day_has_no_time(form: str) -> None:
    with pytest.raises(TypeError):
        said_date(date(2026, 1, 2), form)
