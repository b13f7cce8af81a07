"""Which offer fits which need, and why none does. Pure.

A need and an offer fit where kind, tags, measure, audience, time, reach and windows agree, the giver is not the asker,
and nobody declined. The order of these looks is the order in which an unmet need is told its reason.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from gongzhi.exchange.matching_facts import (
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

# Why nothing fits, in the order of looking; `matching` adds two reasons of needs that something fits.
LOOKS = ("kind", "tags", "measure", "audience", "time", "declined", "reach", "windows", "part")


class Pair(NamedTuple):
    """An offer that fits a need, by their numbers in the sorted problem.

    `most` is what the need could get of it, `least` the smallest part worth giving, both in the measure; `metres` None
    where either has no position; `shared` minutes a week, None where both have any time; `whole`: only whole numbers.
    """

    need: int
    offer: int
    most: float
    least: float
    metres: float | None
    shared: int | None
    whole: bool


def fits(problem: MatchingProblem) -> tuple[list[Pair], dict[int, str]]:
    """Every pair that fits, by need and offer, and for each need without any the look at which the last offer fell.

    The problem must be `checked`. Costs some ms for a need among 400 offers of its kind.
    """
    of_kind: dict[str, list[int]] = defaultdict(list)
    for number, offer in enumerate(problem.offers):
        of_kind[offer.kind].append(number)
    shelves = {kind: _Shelf(problem, numbers) for kind, numbers in of_kind.items()}
    pairs: list[Pair] = []
    lacking: dict[int, str] = {}
    for number, need in enumerate(problem.needs):
        shelf = shelves.get(need.kind)
        found = shelf.pairs(number, need) if shelf else "kind"
        if isinstance(found, str):
            lacking[number] = found
        else:
            pairs.extend(found)
    return pairs, lacking


class _Shelf:
    """The offers of one kind as arrays, and what is asked of them again and again."""

    def __init__(self, problem: MatchingProblem, numbers: Sequence[int]) -> None:
        self.numbers = np.array(numbers)
        self.offers = [problem.offers[number] for number in numbers]
        self.day = problem.day
        self.lon, self.lat = _degrees([one.position for one in self.offers])
        self.reach = np.array([np.inf if one.reach_m is None else one.reach_m for one in self.offers])
        self.since = np.array([(one.valid_from or date.min).toordinal() for one in self.offers])
        self.until = np.array([(one.valid_until or date.max).toordinal() for one in self.offers])
        self.giver = np.array([one.giver for one in self.offers], dtype=object)
        self.measure = np.array([one.measure for one in self.offers], dtype=object)
        self.bounded = [number for number, one in enumerate(self.offers) if one.reach_places is not None]
        self.declined, self.not_for, shut = _refused(problem)
        kind = self.offers[0].kind
        self.open = np.array([one.giver not in shut and (one.giver, kind) not in shut for one in self.offers])
        self.tagged: Callable[[frozenset[str]], np.ndarray] = cache(self._tagged)
        self.meant: Callable[[frozenset[str]], np.ndarray] = cache(self._meant)
        self.shared = cache(shared_minutes)

    def _tagged(self, tags: frozenset[str]) -> np.ndarray:
        return np.array([not tags or not one.tags or tags <= one.tags for one in self.offers])

    def _meant(self, audience: frozenset[str]) -> np.ndarray:
        return np.array([not one.audience or (bool(audience) and audience <= one.audience) for one in self.offers])

    def pairs(self, number: int, need: Need) -> list[Pair] | str:
        """The pairs of one need, or the look at which the last offer fell."""
        metres = _metres(need.position, self.lon, self.lat)
        fit = np.ones(len(self.offers), bool)
        for look, good in self._looks(need, metres):
            fit &= good
            if not fit.any():
                return look
        found = []
        for at in np.flatnonzero(fit):
            offer, far = self.offers[at], metres[at]
            shared = self.shared(need.windows, offer.windows)
            if shared is None or shared >= LEAST_SHARED:
                pair = _pair(number, int(self.numbers[at]), need, offer, shared)
                found.append(pair._replace(metres=None if np.isnan(far) else float(far)))
        return [one for one in found if one.most > 0] or ("part" if found else "windows")

    def _looks(self, need: Need, metres: np.ndarray) -> list[tuple[str, np.ndarray]]:
        last = max(need.deadline or date.max, self.day).toordinal()
        refused = self.declined.get(need.id, set())
        unwilling = self.not_for.get(need.asker, set())
        agreed = self.open & (self.giver != need.asker)
        if refused or unwilling:
            agreed &= np.array([one.id not in refused and one.giver not in unwilling for one in self.offers])
        return [
            ("tags", self.tagged(need.tags)),
            ("measure", self.measure == need.measure),
            ("audience", self.meant(need.audience)),
            ("time", (self.since <= last) & (self.until >= self.day.toordinal())),
            ("declined", agreed),
            ("reach", self._reached(need, metres)),
        ]

    def _reached(self, need: Need, metres: np.ndarray) -> np.ndarray:
        # What has no position on either side is in no circle; NaN compares false.
        reached = np.isinf(self.reach) | (metres <= self.reach)
        for at in self.bounded:
            places = self.offers[at].reach_places or frozenset()
            reached[at] &= any(need.place.startswith(stem(code)) for code in places)
        return reached


def stem(code: str) -> str:
    """What every code below a place begins with: levels of zeros mean "no such level". Its own code where it has none."""
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code or "-"


def shared_minutes(one: tuple[Window, ...], other: tuple[Window, ...]) -> int | None:
    """Minutes a week that both have; None where both have any time."""
    if not one or not other:
        some = merged(one or other)
        return sum(window.until - window.since for window in some) if some else None
    return sum(window.until - window.since for window in shared_windows(one, other))


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


def _pair(number: int, at: int, need: Need, offer: Offer, shared: int | None) -> Pair:
    most = min(need.quantity, offer.quantity, offer.most if offer.most is not None else offer.quantity)
    # People and rooms do not come in parts: where both count in whole numbers, so does what is given.
    whole = float(need.quantity).is_integer() and float(offer.quantity).is_integer()
    if whole:
        most = float(np.floor(most))
    least = min(offer.smallest, need.quantity)
    if whole:
        least = float(np.ceil(least))
    return Pair(number, at, most if most >= least else 0.0, least, None, shared, whole)


def _refused(problem: MatchingProblem) -> tuple[dict[str, set[str]], dict[str, set[str]], set[object]]:
    """Offers declined by need, givers unwilling by asker, and the givers (or giver and kind) not to be asked."""
    declined: dict[str, set[str]] = defaultdict(set)
    not_for: dict[str, set[str]] = defaultdict(set)
    shut: set[object] = set()
    for one in problem.refusals:
        if isinstance(one, Declined):
            declined[one.need].add(one.offer)
        elif isinstance(one, NotForAsker):
            not_for[one.asker].add(one.giver)
        elif isinstance(one, NotThisKind):
            shut.add((one.giver, one.kind))
        elif isinstance(one, NotBefore) and problem.day < one.day:
            shut.add(one.giver)
    return declined, not_for, shut


def _degrees(positions: Sequence[Position | None]) -> tuple[np.ndarray, np.ndarray]:
    known = [one or Position(np.nan, np.nan) for one in positions]
    return np.array([one.lon for one in known], float), np.array([one.lat for one in known], float)


def _metres(here: Position | None, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Metres over the ground to many points (haversine, as `neighbourhood.coordinates.distance_m`); NaN if unknown."""
    if here is None:
        return np.full(len(lon), np.nan)
    rise = np.sin(np.radians(lat - here.lat) / 2) ** 2
    run = np.sin(np.radians(lon - here.lon) / 2) ** 2 * np.cos(np.radians(lat)) * np.cos(np.radians(here.lat))
    return np.asarray(2 * _EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, rise + run))))
