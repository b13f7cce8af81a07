"""What going out to people leaves behind: a week of visits counted, and what may be kept of a resident. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gongzhi.problems.rules import VisitKind
from gongzhi.shared.moves import _

WEEK = 7
# An age is kept as one of these, never as a year or a date of birth.
AGE_BANDS = ("18-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90+")

_DATE = r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?"
_BIRTH = re.compile(
    rf"(?:生于|出生[于在是:：]?|生日[是:：]?|出生日期[是:：]?)\s*{_DATE}|{_DATE}\s*(?:出生|生人?(?![活产意病]))"
)


class FollowUp(StrEnum):
    """How the follow-up of a visit stands."""

    NONE = "none"
    OPEN = "open"
    LATE = "late"
    DONE = "done"


FOLLOW_UP_LABELS = {
    FollowUp.NONE: _("不用跟进"),
    FollowUp.OPEN: _("待跟进"),
    FollowUp.LATE: _("跟进逾期"),
    FollowUp.DONE: _("已跟进"),
}


def follow_up_state(due: date | None, done: bool, today: date) -> FollowUp:
    """How a follow-up stands: late from the day after it was due."""
    if done:
        return FollowUp.DONE
    if due is None:
        return FollowUp.NONE
    return FollowUp.LATE if due < today else FollowUp.OPEN


def monday_of(day: date) -> date:
    """The first day of the week in which a day lies."""
    return day - timedelta(days=day.weekday())


def says_birth_date(words: str) -> bool:
    """Whether a text states somebody's date of birth."""
    return _BIRTH.search(words) is not None


@dataclass(frozen=True)
class Fact:
    """One entry of the visit log as the digest counts it; the visitor by id and name, id 0 where nobody is named."""

    on: date
    kind: VisitKind
    place: tuple[int, str]
    visitor: tuple[int, str]
    follow_up_on: date | None = None
    followed_up: bool = False
    demands: int = 0
    problems: int = 0


@dataclass(frozen=True)
class Day:
    """One day of a week: how many entries, of which kinds; `ahead` where it has not come yet, or is today and has none yet."""

    on: date
    entries: int
    kinds: Mapping[VisitKind, int]
    ahead: bool


@dataclass(frozen=True)
class Load:
    """What one member of staff did on each day of the week."""

    name: str
    days: tuple[int, ...]

    @property
    def entries(self) -> int:
        """Over the whole week."""
        return sum(self.days)


@dataclass(frozen=True)
class Digest:
    """A week of visits counted. Nothing in it is ordered by who did more: staff stand by name, places by name."""

    monday: date
    days: tuple[Day, ...]
    kinds: Mapping[VisitKind, int]
    places: tuple[tuple[int, str, int], ...]
    loads: tuple[Load, ...]
    follow_ups: Mapping[FollowUp, int]
    demands: int
    problems: int

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=WEEK - 1)

    @property
    def entries(self) -> int:
        """How many entries the week has."""
        return sum(day.entries for day in self.days)

    @property
    def lacking(self) -> tuple[date, ...]:
        """The days before today without an entry."""
        return tuple(day.on for day in self.days if not day.entries and not day.ahead)

    @property
    def complete(self) -> bool:
        """Whether each of the seven days has an entry."""
        return all(day.entries for day in self.days)

    @property
    def busiest(self) -> int:
        """The entries of the day with most, for the scale of a chart."""
        return max(day.entries for day in self.days)


def digest(facts: Iterable[Fact], *, monday: date, today: date) -> Digest:
    """Count the entries of the week that begins on `monday`; those of other weeks are left out."""
    week = [fact for fact in facts if monday <= fact.on < monday + timedelta(days=WEEK)]
    states = Counter(follow_up_state(fact.follow_up_on, fact.followed_up, today) for fact in week)
    places = Counter(fact.place for fact in week)
    return Digest(
        monday=monday,
        days=tuple(_day(week, monday + timedelta(days=step), today) for step in range(WEEK)),
        kinds=_kinds(week),
        places=tuple((pk, name, n) for (pk, name), n in sorted(places.items(), key=lambda one: (one[0][1], one[0][0]))),
        loads=_loads(week, monday),
        follow_ups={state: states[state] for state in FollowUp},
        demands=sum(fact.demands for fact in week),
        problems=sum(fact.problems for fact in week),
    )


def _day(week: list[Fact], on: date, today: date) -> Day:
    mine = [fact for fact in week if fact.on == on]
    return Day(on, len(mine), _kinds(mine), ahead=on > today or (on == today and not mine))


def _kinds(facts: list[Fact]) -> dict[VisitKind, int]:
    counted = Counter(fact.kind for fact in facts)
    return {kind: counted[kind] for kind in VisitKind}


def _loads(week: list[Fact], monday: date) -> tuple[Load, ...]:
    found: dict[tuple[int, str], list[int]] = {}
    for fact in week:
        found.setdefault(fact.visitor, [0] * WEEK)[(fact.on - monday).days] += 1
    return tuple(Load(name, tuple(days)) for (_pk, name), days in sorted(found.items(), key=lambda one: one[0][::-1]))
