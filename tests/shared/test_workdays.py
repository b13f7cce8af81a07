"""Working days, with the holidays and make-up weekends of 2026 as the State Council announced them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.shared.workdays import ZONE, Calendar, merged, official_calendar, official_days, official_until

CALENDAR = official_calendar()
WEEK = Calendar((), date(2026, 12, 31))

times = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1), timezones=st.just(ZONE))
lengths = st.timedeltas(timedelta(0), timedelta(days=40))


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 1), False),  # 元旦, a Thursday
        (date(2026, 1, 4), True),  # a Sunday worked for it
        (date(2026, 2, 14), True),  # a Saturday worked for 春节
        (date(2026, 2, 16), False),
        (date(2026, 9, 20), True),  # a Sunday worked for 国庆节
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 11, 22), False),  # a plain Sunday
        (date(2026, 11, 23), True),
    ],
)
def test_days_of_2026(day, working):
    assert CALENDAR.is_working(day) is working


def test_holidays_and_worked_weekends_bear_chinese_names():
    assert CALENDAR.day_name(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.day_name(date(2026, 10, 10)) == "国庆节调休上班"
    assert CALENDAR.day_name(date(2026, 11, 23)) == ""


def test_day_of_receipt_is_not_counted_and_the_last_day_ends_at_closing():
    assert CALENDAR.add_working_days(at(11, 22, 10), 7) == at(12, 1, 18)
    assert CALENDAR.add_working_days(at(11, 23, 10), 1) == at(11, 24, 18)
    assert CALENDAR.add_working_days(at(11, 23, 10, 30), 1, ends="same_time") == at(11, 24, 10, 30)


def test_national_day_and_its_made_up_saturday():
    # received on 30 September: the 1st to the 7th are off, the 8th, 9th and Saturday the 10th are worked
    assert CALENDAR.add_working_days(at(9, 30), 3) == at(10, 10, 18)


def test_the_local_day_decides_whatever_zone_the_time_comes_in():
    late_evening_utc = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # Monday 01:00 in Chongqing
    assert CALENDAR.add_working_days(late_evening_utc, 1) == at(11, 24, 18)
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.add_working_days(datetime(2026, 11, 22), 1)


def test_hours_by_the_clock_and_by_office_hours():
    assert CALENDAR.add_hours(at(11, 20, 17), 2, working_hours_only=False) == at(11, 20, 19)
    assert CALENDAR.add_hours(at(11, 20, 17), 2, working_hours_only=True) == at(11, 23, 10)
    assert CALENDAR.add_hours(at(11, 20, 11), 2, working_hours_only=True) == at(11, 20, 15)  # over lunch
    assert CALENDAR.add_hours(at(11, 20, 17), 1, working_hours_only=True) == at(11, 20, 18)  # closing itself


def test_a_calendar_says_how_long_it_lasts():
    until = official_until()
    assert until.month == 12
    assert until.day == 31
    assert CALENDAR.known_until == until
    assert not CALENDAR.runs_out_soon(until - timedelta(days=60))
    assert CALENDAR.runs_out_soon(until - timedelta(days=59))
    assert CALENDAR.days_left(until + timedelta(days=3)) == -3


def test_beyond_its_end_a_calendar_still_counts_and_calls_it_provisional():
    short = Calendar(official_days(2026, 2026), date(2026, 12, 31))
    due = short.add_working_days(at(12, 28), 10)
    assert short.is_provisional(due)
    assert not short.is_provisional(at(12, 31, 23, 59))
    assert short.is_working(date(2027, 2, 8))  # nobody has said otherwise yet


def test_days_are_counted_by_kind():
    count = CALENDAR.count(date(2026, 9, 30), date(2026, 10, 10))
    assert (count.working, count.rest, count.made_up) == (4, 7, 1)
    assert count.holidays == ("国庆节",)


def test_unknown_years_give_nothing():
    assert official_days(1990, 1991) == []
    assert all(day.date.year == 2026 for day in official_days(2026, 2026))


@pytest.mark.parametrize("hours", [(), ((time(18), time(9)),), ((time(9), time(13)), (time(12), time(18)))])
def test_senseless_office_hours_are_refused(hours):
    with pytest.raises(ValueError, match="office hours"):
        Calendar((), date(2026, 12, 31), hours=hours)


@pytest.mark.parametrize("n", [-1, 100_000])
def test_senseless_numbers_of_days_are_refused(n):
    with pytest.raises(ValueError, match="number of days"):
        CALENDAR.add_working_days(at(11, 22), n)


def test_a_pause_is_taken_off_once():
    day = (at(11, 23, 9), at(11, 23, 18))
    pauses = [(at(11, 23, 10), at(11, 23, 12)), (at(11, 23, 11), at(11, 23, 15))]
    assert CALENDAR.elapsed(*day, pauses) == timedelta(hours=4)
    assert CALENDAR.elapsed(*day, pauses, working_hours_only=True) == timedelta(hours=4)
    assert CALENDAR.elapsed(at(11, 23, 9), at(11, 22, 18)) == timedelta(0)  # the clock set back


@given(start=times, n=st.integers(0, 60), more=st.integers(0, 20))
def test_more_days_never_end_earlier(start, n, more):
    for ends in ("close", "same_time"):
        first = CALENDAR.add_working_days(start, n, ends=ends)
        assert start <= first <= CALENDAR.add_working_days(start, n + more, ends=ends)
        assert CALENDAR.add_days(start, n, ends=ends) <= first


@given(start=times, n=st.integers(1, 60))
def test_exactly_n_working_days_are_counted(start, n):
    due = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working(due.date())
    assert CALENDAR.count(start.date() + timedelta(days=1), due.date()).working == n


@given(start=times, amount=lengths)
def test_office_time_added_is_office_time_measured(start, amount):
    for calendar in (CALENDAR, WEEK):
        end = calendar.add_time(start, amount, working_hours_only=True)
        assert end >= start
        assert calendar.work_between(start, end) == amount


@given(st.lists(st.tuples(times, lengths), max_size=6))
def test_merged_pauses_are_apart_and_in_order(raw):
    result = merged((start, start + length) for start, length in raw)
    assert all(a < b for a, b in result)
    assert all(first[1] < second[0] for first, second in pairwise(result))
