"""Which offer fits which need, and why none does. Pure.

A need and an offer fit where kind, tags, measure, audience, time, reach and windows agree, the giver is not the asker,
and nobody declined. The order of these looks is the order in which an unmet need is told its reason.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np

from gongzhi.exchange.matching_facts import (
    DAY_MINUTES,
    Declined,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Position,
    Window,
    merged,
)

LEAST_SHARED = 30
"""Minutes a week that the windows of a need and an offer must share."""
_EARTH_RADIUS = 6_371_008.8  # mean radius, IUGG, metres
_ANY = -1
_NOWHERE = Position(np.nan, np.nan)
_Mine = TypeVar("_Mine", bound=Hashable)
_Theirs = TypeVar("_Theirs", bound=Hashable)

# Why nothing fits, in the order of looking; `matching` adds two reasons of needs that something fits.
LOOKS = ("kind", "tags", "measure", "audience", "time", "declined", "reach", "windows", "part")


class Fits(NamedTuple):
    """Pairs of needs and offers that fit, as arrays by need and offer; both by their numbers in the sorted problem.

    `most` is what the need could get of it, `least` the smallest part worth giving, both in the measure; `metres` NaN
    where either has no position; `shared` minutes a week, -1 where both have any time; `whole`: only whole numbers.
    """

    need: np.ndarray
    offer: np.ndarray
    most: np.ndarray
    least: np.ndarray
    metres: np.ndarray
    shared: np.ndarray
    whole: np.ndarray

    def shared_of(self, at: int) -> int | None:
        """Minutes a week that suit both; None where both have any time."""
        return None if self.shared[at] == _ANY else int(self.shared[at])

    def metres_of(self, at: int) -> float | None:
        """Metres between both; None where either has no position."""
        return None if np.isnan(self.metres[at]) else float(self.metres[at])


def fits(problem: MatchingProblem) -> tuple[Fits, dict[int, str]]:
    """Every pair that fits, and for each need without any the look at which the last offer fell.

    The problem must be `checked`. Takes memory for each need with each offer of its kind.
    """
    offers_of, needs_of = _by_kind(problem.offers), _by_kind(problem.needs)
    lacking: dict[int, str] = {}
    found = [_nothing()]
    for kind, needs in needs_of.items():
        if kind in offers_of:
            pairs, fell = _Shelf(problem, needs, offers_of[kind]).pairs()
            found.append(pairs)
            lacking |= fell
        else:
            lacking |= dict.fromkeys(needs.tolist(), "kind")
    together = Fits(*map(np.concatenate, zip(*found, strict=True)))
    order = np.lexsort((together.offer, together.need))
    return Fits(*(column[order] for column in together)), lacking


def _nothing() -> Fits:
    whole, parts = np.zeros(0, int), np.zeros(0)
    return Fits(whole, whole, parts, parts, parts, whole, np.zeros(0, bool))


def _by_kind(rows: Sequence[Need] | Sequence[Offer]) -> dict[str, np.ndarray]:
    return {kind: np.array(numbers) for kind, numbers in _places([row.kind for row in rows]).items()}


class _Shelf:
    """The needs and the offers of one kind: needs down, offers across."""

    def __init__(self, problem: MatchingProblem, needs: np.ndarray, offers: np.ndarray) -> None:
        self.problem, self.day = problem, problem.day
        self.need, self.offer = needs, offers
        self.needs = [problem.needs[number] for number in needs]
        self.offers = [problem.offers[number] for number in offers]

    def pairs(self) -> tuple[Fits, dict[int, str]]:
        """What fits, and the look at which the last offer of a need fell."""
        fit = np.ones((len(self.needs), len(self.offers)), bool)
        lacking: dict[int, str] = {}
        some = np.ones(len(self.needs), bool)

        def fell(look: str, left: np.ndarray) -> None:
            nonlocal some
            lacking.update(dict.fromkeys(self.need[some & ~left].tolist(), look))
            some = left

        for look, good in self._looks():
            fit &= good
            fell(look, np.asarray(fit.any(axis=1)))
        # What takes longer to look at is looked at only where all else fits.
        down, across = np.nonzero(fit)
        metres, shared = self._metres(down, across), self._shared(down, across)
        most, least, whole = self._parts(down, across)
        good = np.ones(len(down), bool)
        for look, fits_too in (
            ("reach", self._reached(metres, across)),
            ("windows", (shared == _ANY) | (shared >= LEAST_SHARED)),
            ("part", most > 0),
        ):
            good &= fits_too
            fell(look, np.bincount(down[good], minlength=len(self.needs)) > 0)
        columns = (self.need[down], self.offer[across], most, least, metres, shared, whole)
        return Fits(*(column[good] for column in columns)), lacking

    def _looks(self) -> Iterator[tuple[str, np.ndarray]]:
        needs, offers = self.needs, self.offers
        yield "tags", _agree([one.tags for one in needs], [one.tags for one in offers], _tagged)
        yield "measure", _agree([one.measure for one in needs], [one.measure for one in offers], str.__eq__)
        yield "audience", _agree([one.audience for one in needs], [one.audience for one in offers], _meant)
        yield "time", self._in_time()
        yield "declined", self._agreed()
        # Of the two halves of "reach" the one that needs no metres.
        yield "reach", _agree([one.place for one in needs], self._served(), _lies)

    def _in_time(self) -> np.ndarray:
        since = np.array([(one.valid_from or date.min).toordinal() for one in self.offers])
        until = np.array([(one.valid_until or date.max).toordinal() for one in self.offers])
        last = np.array([max(one.deadline or date.max, self.day).toordinal() for one in self.needs])
        return np.asarray((since <= last[:, None]) & (until >= self.day.toordinal()))

    def _agreed(self) -> np.ndarray:
        """Nobody is asked to help itself, and nothing is proposed that was declined."""
        kind = self.offers[0].kind
        declined, unwilling, shut = _refused(self.problem)
        askers, givers = [one.asker for one in self.needs], [one.giver for one in self.offers]
        numbers = {one: number for number, one in enumerate(dict.fromkeys((*askers, *givers)))}
        asker, giver = (np.array([numbers[one] for one in names]) for names in (askers, givers))
        ready = np.array([one not in shut and (one, kind) not in shut for one in givers])
        good = np.asarray((giver != asker[:, None]) & ready)
        rows, columns = _places([one.id for one in self.needs]), _places([one.id for one in self.offers])
        by_asker, by_giver = _places(askers), _places(givers)
        unwanted = [(rows.get(need), columns.get(offer)) for need, offer in declined]
        unwanted += [(by_asker.get(other), by_giver.get(one)) for one, other in unwilling]
        for down, across in unwanted:
            if down and across:
                good[np.ix_(down, across)] = False
        return good

    def _metres(self, down: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Metres over the ground of each pair (haversine, as `neighbourhood.coordinates.distance_m`); NaN if unknown."""
        (lon, lat), (far_lon, far_lat) = (
            np.radians([one.position or _NOWHERE for one in rows]).T for rows in (self.needs, self.offers)
        )
        near, far = lat[down], far_lat[across]
        rise = np.sin((far - near) / 2) ** 2
        run = np.sin((far_lon[across] - lon[down]) / 2) ** 2 * np.cos(far_lat)[across] * np.cos(lat)[down]
        return np.asarray(2 * _EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, rise + run))))

    def _reached(self, metres: np.ndarray, across: np.ndarray) -> np.ndarray:
        reach = np.array([np.inf if one.reach_m is None else one.reach_m for one in self.offers])[across]
        # What has no position on either side is in no circle; NaN compares false.
        return np.asarray(np.isinf(reach) | (metres <= reach))

    def _shared(self, down: np.ndarray, across: np.ndarray) -> np.ndarray:
        """Minutes of the week that each pair has in common; -1 where both have any time."""
        mine, row = _numbered([one.windows for one in self.needs])
        theirs, column = _numbered([one.windows for one in self.offers])
        return np.asarray(_shared(mine, theirs)[row[down], column[across]])

    def _served(self) -> list[tuple[str, ...] | None]:
        """What the codes begin with that each offer serves; None for everywhere."""
        places = [one.reach_places for one in self.offers]
        stems = {one: tuple(stem(code) for code in one) for one in dict.fromkeys(places) if one is not None}
        return [None if one is None else stems[one] for one in places]

    def _parts(self, down: np.ndarray, across: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        wanted = np.array([float(one.quantity) for one in self.needs])[down]
        held = np.array([float(one.quantity) for one in self.offers])[across]
        each = np.array([float(one.quantity if one.most is None else one.most) for one in self.offers])[across]
        # People and rooms do not come in parts: where both count in whole numbers, so does what is given.
        whole = (wanted == np.floor(wanted)) & (held == np.floor(held))
        most = np.minimum(wanted, np.minimum(held, each))
        least = np.minimum(np.array([float(one.smallest) for one in self.offers])[across], wanted)
        most, least = np.where(whole, np.floor(most), most), np.where(whole, np.ceil(least), least)
        return np.where(most >= least, most, 0.0), least, whole


def stem(code: str) -> str:
    """What every code below a place begins with: levels of zeros mean "no such level". Its own code where it has none."""
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code or "-"


def shared_windows(one: Sequence[Window], other: Sequence[Window]) -> tuple[Window, ...]:
    """The times of the week that both have, in order; no windows mean any time."""
    if not one or not other:
        return merged(one or other)
    found = [
        Window(a.weekday, max(a.since, b.since), min(a.until, b.until))
        for a in merged(one)
        for b in merged(other)
        if a.weekday == b.weekday and max(a.since, b.since) < min(a.until, b.until)
    ]
    return tuple(sorted(found))


def _tagged(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return not mine or not theirs or mine <= theirs


def _meant(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return not theirs or (bool(mine) and mine <= theirs)


def _lies(place: str, stems: tuple[str, ...] | None) -> bool:
    return stems is None or place.startswith(stems)


def _agree(mine: Sequence[_Mine], theirs: Sequence[_Theirs], good: Callable[[_Mine, _Theirs], bool]) -> np.ndarray:
    """Whether each of mine and each of theirs agree, asked once for each two values that differ from all others."""
    (rows, row), (columns, column) = _numbered(mine), _numbered(theirs)
    table = np.array([[good(one, other) for other in columns] for one in rows])
    return np.asarray(table[row][:, column])


def _numbered(values: Sequence[_Mine]) -> tuple[list[_Mine], np.ndarray]:
    """Each value once, and the place of each among them."""
    places: dict[_Mine, int] = {}
    numbers = [places.setdefault(value, len(places)) for value in values]
    return list(places), np.array(numbers, int)


def _shared(mine: Sequence[tuple[Window, ...]], theirs: Sequence[tuple[Window, ...]]) -> np.ndarray:
    """Minutes of the week that each of mine and each of theirs have in common; -1 where both have any time."""
    ends = {_minute(one.weekday, at) for row in (*mine, *theirs) for one in row for at in (one.since, one.until)}
    edges = np.array(sorted(ends), int)
    both = (_covered(mine, edges) * np.diff(edges).astype(np.float32)) @ _covered(theirs, edges).T
    any_time = np.array([not row for row in mine])[:, None] & np.array([not row for row in theirs])
    return np.asarray(np.where(any_time, _ANY, both).astype(int))


def _covered(rows: Sequence[tuple[Window, ...]], edges: np.ndarray) -> np.ndarray:
    """Which steps of the week between two edges each row has, as 0 or 1; all of them for any time."""
    steps = np.zeros((len(rows), len(edges) + 1), np.int32)
    known = [
        (at, _minute(one.weekday, one.since), _minute(one.weekday, one.until))
        for at, row in enumerate(rows)
        for one in row
    ]
    at, since, until = np.array(known, int).reshape(-1, 3).T
    np.add.at(steps, (at, np.searchsorted(edges, since)), 1)
    np.add.at(steps, (at, np.searchsorted(edges, until)), -1)
    steps[[not row for row in rows], 0] = 1
    # Sums of minutes of a week are whole numbers that so many bits hold.
    return np.asarray(np.cumsum(steps, axis=1)[:, : max(0, len(edges) - 1)] > 0).astype(np.float32)


def _minute(weekday: int, minute: int) -> int:
    return weekday * DAY_MINUTES + minute


def _places(names: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        found[name].append(at)
    return found


def _refused(problem: MatchingProblem) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[object]]:
    """Needs with the offers declined, givers with the askers not wanted, and the givers (or giver and kind) not asked."""
    declined: set[tuple[str, str]] = set()
    unwilling: set[tuple[str, str]] = set()
    shut: set[object] = set()
    for one in problem.refusals:
        if isinstance(one, Declined):
            declined.add((one.need, one.offer))
        elif isinstance(one, NotForAsker):
            unwilling.add((one.giver, one.asker))
        elif isinstance(one, NotThisKind):
            shut.add((one.giver, one.kind))
        elif isinstance(one, NotBefore) and problem.day < one.day:
            shut.add(one.giver)
    return declined, unwilling, shut
