"""How hot a problem is, in parts that a page can show, and when it crosses an alert rule. Pure.

    heat_of(reporters=7, reports=9, followers=3, age_days=2, vulnerable=1).total

Each person who reported counts 2, each further report of the same person ½, each follower 1; all of that halves with
every two weeks in which nobody said anything more. Each elderly, disabled or very young person beside it counts 1, ten
at most, and does not fade: the danger to them stays. More of anything never makes it cooler, time never hotter.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

REPORTER, AGAIN, FOLLOWER, VULNERABLE = 2.0, 0.5, 1.0, 1.0
MOST_VULNERABLE = 10
HALF_LIFE_DAYS = 14.0
DAY = timedelta(days=1)


class Heat(NamedTuple):
    """Every part as it counts now, their sum, and what share of its weight time has left to the first three."""

    reporters: float
    again: float
    followers: float
    vulnerable: float
    left: float
    total: float


def heat_of(*, reporters: int, reports: int, followers: int, age_days: float, vulnerable: int) -> Heat:
    """`reports` are all, the first of each reporter among them; `age_days` since the last word of anybody."""
    left = 0.5 ** (max(age_days, 0.0) / HALF_LIFE_DAYS)
    parts = (
        REPORTER * reporters * left,
        AGAIN * max(reports - reporters, 0) * left,
        FOLLOWER * followers * left,
        VULNERABLE * min(vulnerable, MOST_VULNERABLE),
    )
    return Heat(*parts, left, sum(parts))


class Crossing(NamedTuple):
    """The first report of the window, and the one with which the rule was crossed."""

    since: datetime
    crossed_at: datetime


def crossed(times: Iterable[datetime], reports: int, days: int, *, after: datetime | None = None) -> Crossing | None:
    """The earliest moment, not before `after`, at which so many reports fall within so many days (of 24 h, inclusive)."""
    ordered = sorted(times)
    for first, last in zip(ordered, ordered[reports - 1 :], strict=False):
        if last - first <= days * DAY and (after is None or last >= after):
            return Crossing(first, last)
    return None
