"""The arithmetic of figures, for every count that could be."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.statistics import facts, periods, rules
from gongzhi.statistics.periods import Span

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_percentage_is_never_a_hundred_or_nothing_unless_it_is(part: int, rest: int) -> None:
    counts = {"answer_kept": part, "answer_due": part + rest}
    figure = rules.rate("in_time", counts)
    if not part + rest:
        assert figure.shown == "—" and figure.value is None
    else:
        assert (figure.shown == "100") == (rest == 0)
        assert (figure.shown == "0") == (part == 0)
        assert abs(float(figure.shown) - part * 100 / (part + rest)) <= 0.1


@given(st.integers(0, 20), st.integers(0, 20))
def test_what_fewer_than_five_persons_said_is_not_shown(satisfied: int, others: int) -> None:
    figure = rules.rate("satisfaction", {"satisfied": satisfied, "rated": satisfied + others})
    assert (figure.shown == "少于5人") == (1 <= satisfied + others <= 4)


def test_counts_of_demands_are_shown_however_small() -> None:
    assert rules.rate("in_time", {"answer_kept": 1, "answer_due": 2}).shown == "50.0"
    assert rules.count("late", {"late": 1}).shown == "1"


@given(st.lists(st.integers(0, 30), max_size=8))
def test_hidden_rows_cannot_be_worked_out_from_the_total(rated: list[int]) -> None:
    lines = [rules.Line(str(at), str(at), {"rated": n, "satisfied": 0}) for at, n in enumerate(rated)]
    shown = rules.hide_few(lines)
    hidden = [line for line in shown if line.hidden]
    assert all(line.hidden for line in shown if 0 < line.counts["rated"] < 5)
    told_of = sum(line.counts["rated"] for line in hidden)
    assert told_of == 0 or told_of >= 5 or told_of == sum(rated), "what is hidden is the total less what is shown"
    assert all(line.rate("satisfaction").few for line in hidden)


def test_every_rate_divides_counts_that_exist_and_the_upper_is_part_of_the_lower() -> None:
    for definition in rules.RATES.values():
        upper, lower = facts.CONDITIONS[definition.numerator], facts.CONDITIONS[definition.denominator]
        assert (
            upper == lower or lower == "TRUE" or upper.startswith(f"{lower} AND") or definition.numerator == "returned"
        )
    assert set(rules.COUNTS) <= set(facts.CONDITIONS)


@given(DAYS, st.sampled_from([Span.WEEK, Span.MONTH, Span.QUARTER, Span.YEAR]))
def test_a_period_holds_today_and_touches_the_one_before(today: date, span: Span) -> None:
    period = periods.current(span, today, ZONE)
    before = periods.earlier(period)
    assert period.first <= today <= period.last
    assert before.last + timedelta(days=1) == period.first
    assert periods.current(span, before.first, ZONE) == before
    assert periods.current(span, before.last, ZONE) == before


@given(DAYS, st.sampled_from([Span.WEEK, Span.MONTH, Span.QUARTER, Span.YEAR]), st.integers(0, 400))
def test_a_running_period_is_compared_with_as_long_a_stretch_before(today: date, span: Span, days: int) -> None:
    period = periods.current(span, today, ZONE)
    now = period.since + timedelta(days=days, hours=3)
    since, until = period.previous(now)
    assert since < until <= period.since
    if now >= period.until:
        assert until == period.since
    else:
        assert until - since <= now - period.since


@given(DAYS, DAYS)
def test_a_custom_period_reads_backwards_too_and_has_an_end(one: date, other: date) -> None:
    period = periods.custom(one, other, ZONE)
    assert period.first == min(one, other) and period.days <= periods.LONGEST
    assert isinstance(period.until, datetime)


@pytest.mark.parametrize(("there", "late", "tone"), [(0, 0, "rest"), (9, 0, "accent"), (9, 1, "soon"), (10, 2, "late")])
def test_a_place_is_drawn_by_the_share_of_what_is_late(there: int, late: int, tone: str) -> None:
    assert rules.tone_of(there, late) == tone
