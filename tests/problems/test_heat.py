"""Heat and the alert's window, as pure rules over their whole space of inputs."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.problems.heat import crossed, heat_of

START = datetime(2026, 6, 1, tzinfo=UTC)
COUNTS = st.integers(0, 500)
AGES = st.floats(0, 2000)
MOMENTS = st.lists(st.integers(0, 20 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute)), max_size=12)


@given(COUNTS, COUNTS, COUNTS, AGES, COUNTS, st.sampled_from(["reporters", "again", "followers", "vulnerable"]))
def test_more_of_anything_never_makes_it_cooler(
    reporters: int, again: int, followers: int, age: float, vulnerable: int, more: str
) -> None:
    def heat(add: str = "") -> float:
        people = reporters + (add == "reporters")
        return heat_of(
            reporters=people,
            reports=people + again + (add == "again"),
            followers=followers + (add == "followers"),
            age_days=age,
            vulnerable=vulnerable + (add == "vulnerable"),
        ).total

    assert heat(more) >= heat()


@given(COUNTS, COUNTS, COUNTS, AGES, AGES, COUNTS)
def test_time_never_makes_it_hotter(
    reporters: int, again: int, followers: int, age: float, later: float, vulnerable: int
) -> None:
    counts = {"reporters": reporters, "reports": reporters + again, "followers": followers, "vulnerable": vulnerable}
    assert heat_of(**counts, age_days=age + later).total <= heat_of(**counts, age_days=age).total


@given(COUNTS, COUNTS, COUNTS, AGES, COUNTS)
def test_the_parts_make_the_sum(reporters: int, again: int, followers: int, age: float, vulnerable: int) -> None:
    heat = heat_of(
        reporters=reporters, reports=reporters + again, followers=followers, age_days=age, vulnerable=vulnerable
    )
    assert heat.total == pytest.approx(heat.reporters + heat.again + heat.followers + heat.vulnerable)


@given(MOMENTS, st.integers(2, 7), st.integers(1, 6))
def test_a_rule_is_crossed_where_trying_every_choice_says_so(times: list[datetime], reports: int, days: int) -> None:
    every = [
        (max(chosen), min(chosen))
        for chosen in combinations(times, reports)
        if max(chosen) - min(chosen) <= timedelta(hours=24 * days)
    ]
    found = crossed(times, reports, days)
    assert (found is None) == (not every)
    if found:
        assert found.crossed_at == min(last for last, _first in every)
        assert found.crossed_at - found.since <= timedelta(days=days)


@given(MOMENTS, st.integers(2, 7), st.integers(1, 6))
def test_the_order_in_which_reports_come_does_not_matter(times: list[datetime], reports: int, days: int) -> None:
    assert crossed(times, reports, days) == crossed(reversed(times), reports, days)


def test_the_window_includes_its_last_moment_and_not_the_next() -> None:
    assert crossed([START, START + timedelta(days=5)], 2, 5)
    assert crossed([START, START + timedelta(days=5, seconds=1)], 2, 5) is None


def test_a_crossing_of_long_ago_hides_no_later_one() -> None:
    times = [START, START + timedelta(hours=1), START + timedelta(days=300), START + timedelta(days=300, hours=1)]
    found = crossed(times, 2, 5, after=START + timedelta(days=299))
    assert found and found.since == times[2]
