"""What matching reads: needs, offers, what is known of their givers, and what was declined. Pure, plain values.

Positions are WGS-84 (longitude, latitude) in degrees, distances metres, times of day minutes from midnight, days dates.
Docs: docs/matching.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import NamedTuple

from gongzhi.exchange.rules import MOST_URGENT, Kind
from gongzhi.shared.moves import Refused, _

KINDS = tuple(kind.value for kind in Kind)
WEEKDAYS = 7
DAY_MINUTES = 24 * 60


class BadProblem(Refused):
    """A problem that cannot be read; `values` name the list (`table`), the `row` from 1, and the `field`."""


class Window(NamedTuple):
    """A time of every week: ISO weekday (1 Monday to 7 Sunday), and minutes from midnight, `until` not counted."""

    weekday: int
    since: int
    until: int


class Position(NamedTuple):
    """WGS-84, degrees."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Need:
    """What someone lacks. `asker` is whose need it is, `place` its community's code, `frees` the needs that wait for it.

    No windows: any time. No tags: any of the kind. No audience: everybody. `deadline` None: none. `whole_only`: of no use
    in part. `most_offers` is how many offers it may be put together from, None for any number.
    """

    id: str
    kind: str
    quantity: float
    measure: str
    asker: str
    urgency: int = 0
    deadline: date | None = None
    tags: frozenset[str] = frozenset()
    position: Position | None = None
    place: str = ""
    windows: tuple[Window, ...] = ()
    audience: frozenset[str] = frozenset()
    frees: tuple[str, ...] = ()
    whole_only: bool = False
    most_offers: int | None = None


@dataclass(frozen=True)
class Offer:
    """What someone can give. `reach_m` and `reach_places` (codes; a code holds all below it) None: anywhere.

    `most` is the most that one need may get, None for all of it. What is not `divisible` goes to one need only;
    `smallest` is the least worth handing over, unless the need itself is smaller.
    """

    id: str
    kind: str
    quantity: float
    measure: str
    giver: str
    tags: frozenset[str] = frozenset()
    position: Position | None = None
    place: str = ""
    reach_m: float | None = None
    reach_places: frozenset[str] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    windows: tuple[Window, ...] = ()
    audience: frozenset[str] = frozenset()
    most: float | None = None
    divisible: bool = True
    smallest: float = 0.0
    title: str = ""


@dataclass(frozen=True)
class Giver:
    """What is known of one who gives or asks; counts are of pledges and asks, never of money.

    `asked_lately`: times in the last 90 days. `agreement` None: not known. `in_time`, `late`, `failed`: pledges of the last year.
    """

    id: str
    name: str = ""
    asked_lately: int = 0
    in_time: int = 0
    late: int = 0
    failed: int = 0
    given: int = 0
    received: int = 0
    agreement: bool | None = None


class Declined(NamedTuple):
    """This need was not to be met by this offer."""

    need: str
    offer: str


class NotThisKind(NamedTuple):
    """The giver does not want to be asked for this kind."""

    giver: str
    kind: str


class NotBefore(NamedTuple):
    """The giver does not want to be asked before this day."""

    giver: str
    day: date


class NotForAsker(NamedTuple):
    """The giver does not want to be asked for this asker."""

    giver: str
    asker: str


Refusal = Declined | NotThisKind | NotBefore | NotForAsker


class Standing(NamedTuple):
    """What an earlier plan gives a need from an offer, in the measure."""

    need: str
    offer: str
    quantity: float


@dataclass(frozen=True)
class MatchingProblem:
    """All needs and offers on one day. Givers without a row are taken as never asked and unknown."""

    day: date
    needs: Sequence[Need] = ()
    offers: Sequence[Offer] = ()
    givers: Sequence[Giver] = ()
    refusals: Sequence[Refusal] = field(default=())


def checked(problem: MatchingProblem) -> MatchingProblem:
    """The problem with every list in order of id, so that the order given changes nothing. Raises BadProblem.

    Needs, offers and givers must have ids of their own, quantities above 0, kinds that are known, and positions on Earth.
    """
    for table, rows in (("needs", problem.needs), ("offers", problem.offers), ("givers", problem.givers)):
        _check_ids(table, [one.id for one in rows])
    for number, need in enumerate(problem.needs, 1):
        _check_thing("needs", number, need)
        _check(need.urgency in range(MOST_URGENT + 1), "needs", number, "urgency", need.urgency)
        _check(need.most_offers is None or need.most_offers >= 1, "needs", number, "most_offers", need.most_offers)
    for number, offer in enumerate(problem.offers, 1):
        _check_thing("offers", number, offer)
        _check(_above(offer.most, 0), "offers", number, "most", offer.most)
        _check(isfinite(offer.smallest) and offer.smallest >= 0, "offers", number, "smallest", offer.smallest)
        _check(offer.reach_m is None or offer.reach_m >= 0, "offers", number, "reach_m", offer.reach_m)
        if offer.valid_from and offer.valid_until:
            _check(offer.valid_from <= offer.valid_until, "offers", number, "valid_until", offer.valid_until)
    for number, giver in enumerate(problem.givers, 1):
        for name in ("asked_lately", "in_time", "late", "failed", "given", "received"):
            _check(getattr(giver, name) >= 0, "givers", number, name, getattr(giver, name))
    return MatchingProblem(
        problem.day,
        sorted(problem.needs, key=lambda one: one.id),
        sorted(problem.offers, key=lambda one: one.id),
        sorted(problem.givers, key=lambda one: one.id),
        sorted(problem.refusals, key=lambda one: (type(one).__name__, *map(str, one))),
    )


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same time of the week in the fewest windows, in order."""
    found: list[Window] = []
    for one in sorted(windows):
        if found and found[-1].weekday == one.weekday and one.since <= found[-1].until:
            found[-1] = found[-1]._replace(until=max(found[-1].until, one.until))
        else:
            found.append(one)
    return tuple(found)


def _check_ids(table: str, ids: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for number, one in enumerate(ids, 1):
        _check(bool(one), table, number, "id", one)
        if one in seen:
            raise BadProblem(
                _("%(table)s 第 %(row)d 行 %(field)s：“%(value)s”与第 %(other)d 行重复"),
                table=table,
                row=number,
                field="id",
                value=one,
                other=seen[one],
            )
        seen[one] = number


def _check_thing(table: str, number: int, thing: Need | Offer) -> None:
    _check(thing.kind in KINDS, table, number, "kind", thing.kind)
    _check(_above(thing.quantity, 0), table, number, "quantity", thing.quantity)
    at = thing.position
    if at is not None:
        _check(isfinite(at.lon) and abs(at.lon) <= 180, table, number, "position", at.lon)
        _check(isfinite(at.lat) and abs(at.lat) <= 90, table, number, "position", at.lat)
    for one in thing.windows:
        good = 1 <= one.weekday <= WEEKDAYS and 0 <= one.since < one.until <= DAY_MINUTES
        _check(good, table, number, "windows", list(one))


def _above(value: float | None, least: float) -> bool:
    return value is None or (isfinite(value) and value > least)


def _check(good: bool, table: str, row: int, name: str, value: object) -> None:
    if not good:
        raise BadProblem(
            _("%(table)s 第 %(row)d 行 %(field)s：不能是“%(value)s”"),
            table=table,
            row=row,
            field=name,
            value=str(value)[:40],
        )
