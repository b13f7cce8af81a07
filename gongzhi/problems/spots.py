"""Works out where each short report is: from its place code, its coordinates, what it names, or its words alone. Pure.

Codes, coordinates and named buildings explain each other: reports that give two of them place those that give one.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree

from gongzhi.problems.nearness import METRES_PER_DEGREE
from gongzhi.problems.short_grams import ShortGrams

MEASURED, DERIVED, MIDDLE, GUESSED, NOWHERE = range(5)
"""How a position is known: by coordinates; by the spot's code or the building named; as the area's middle; by words."""

BY_WORDS = "~"
"""Stands before the code of an area that a report was put into by its words alone; alone where the area has no code."""

NEAR, CELL, APART = 300.0, 350.0, 1e4
_CLEAR = 0.15
LETTER = 300
_AT_ONCE, _FEW = 16_000_000, 20_000
_PARTS = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
PLACED = (0, 1, 3)
"""The facets that stand for a place: building, gate and house number."""


class Spots(NamedTuple):
    """One row per report: `spot` and `area` number its place code and what that lies in (-1 unknown; `spot` also where
    the code is that of an area), `east` and `north` are metres, `source` says how they are known, `days` when.
    """

    spot: np.ndarray
    area: np.ndarray
    east: np.ndarray
    north: np.ndarray
    source: np.ndarray
    days: np.ndarray


class Codes(NamedTuple):
    """The place codes of some reports: the code of each (-1 none), the area of each code, which codes are areas."""

    of: np.ndarray
    area: np.ndarray
    whole: np.ndarray


@lru_cache(maxsize=10_000)
def area_of(place: str) -> str:
    """What a place code lies in: its first part, or the community of a grid's fifteen digits; else itself."""
    if len(place) == 15 and place.isdecimal():
        return place[:12]
    return _PARTS.split(place, maxsplit=1)[0] or place


def find_spots(
    moments: Sequence[datetime],
    places: Sequence[str],
    lon: Sequence[float | None],
    lat: Sequence[float | None],
    facets: np.ndarray,
    grams: ShortGrams,
) -> Spots:
    """Where each report is, by the columns of reports in order of time; those of which nothing can be said keep NOWHERE
    and area -1. For few without words `locating` finds the same.

    A place that begins with BY_WORDS was found by words before.
    """
    # None becomes nan.
    east, north = _plane(np.array(lon, float), np.array(lat, float))
    codes, said = place_codes(places)
    source = np.where(said, GUESSED, np.where(np.isnan(east), NOWHERE, MEASURED)).astype(np.int8)
    area = np.where(codes.of >= 0, codes.area[codes.of], _areas_of_measured(codes, east, north))
    _by_words(grams, area, source)
    spot = np.where((codes.of >= 0) & ~codes.whole[codes.of] & ~said, codes.of, -1)
    _place_the_rest(spot, area, facets, east, north, source)
    return Spots(spot, area, east, north, source, days_since_the_first(moments))


def days_since_the_first(moments: Sequence[datetime]) -> np.ndarray:
    """In fractions."""
    first = moments[0]
    return np.array([(moment - first).total_seconds() for moment in moments], float) / 86_400


def _plane(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Metres east and north (nan where either is unknown), exact enough within a city."""
    known = ~(np.isnan(lon) | np.isnan(lat))
    middle = np.cos(np.radians(np.mean(lat[known]))) if known.any() else 1.0
    return (
        np.where(known, lon, np.nan) * METRES_PER_DEGREE * middle,
        np.where(known, lat, np.nan) * METRES_PER_DEGREE,
    )


def place_codes(places: Sequence[str]) -> tuple[Codes, np.ndarray]:
    """The codes of some places, and which of these were found by words."""
    code = {place: place.removeprefix(BY_WORDS) for place in set(places)}
    names = sorted(set(code.values()) - {""})
    areas = [area_of(name) for name in names]
    number = {name: at for at, name in enumerate(sorted(set(areas)))}
    of = {name: at for at, name in enumerate(names)}
    # The last row of each array is that of no code.
    area = np.array([*(number[name] for name in areas), -1], np.int64)
    # A code that is its own area is a whole area only where finer codes lie in it.
    finer = np.bincount(area[:-1], minlength=len(number) + 1) > 1
    whole = [name == its and bool(finer[number[its]]) for name, its in zip(names, areas, strict=True)]
    its = {place: at for at, place in enumerate(code)}
    each = np.array([its[place] for place in places], np.int64)
    said = np.array([name != place for place, name in code.items()], bool)
    return Codes(
        np.array([of.get(name, -1) for name in code.values()], np.int64)[each], area, np.array([*whole, False])
    ), said[each]


def _middles(key: np.ndarray, east: np.ndarray, north: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The middle (east, north; nan where none) of the reports of each key that have a position; key -1 is left out."""
    some = (key >= 0) & ~np.isnan(east)
    count = np.bincount(key[some], minlength=size).astype(float)
    count[count == 0] = np.nan
    return np.bincount(key[some], east[some], size) / count, np.bincount(key[some], north[some], size) / count


def _areas_of_measured(codes: Codes, east: np.ndarray, north: np.ndarray) -> np.ndarray:
    """The area of each report with coordinates and no code: that of the nearest code, else of a cell; -1 for others."""
    result = np.full(len(east), -1)
    lost = np.flatnonzero((codes.of < 0) & ~np.isnan(east))
    middles = np.column_stack(_middles(codes.of, east, north, len(codes.area) - 1))
    known = np.flatnonzero(~np.isnan(middles[:, 0]))
    if len(lost) and len(known):
        far, near = _nearest(middles[known], np.column_stack([east[lost], north[lost]]))
        close = far <= NEAR
        result[lost[close]] = codes.area[known[near[close]]]
        lost = lost[~close]
    if len(lost):
        across, up = (np.floor(axis[lost] / CELL).astype(np.int64) for axis in (east, north))
        _, number = np.unique((across << 32) + up, return_inverse=True)
        result[lost] = number.ravel() + codes.area.max(initial=-1) + 1
    return result


def _nearest(points: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far the nearest of some points is from each one asked for, and its number."""
    if len(points) * len(asked) > _FEW:
        return cKDTree(points).query(asked)
    # A tree of so few takes longer to grow than to walk around.
    apart = (asked[:, :1] - points[:, 0]) ** 2 + (asked[:, 1:] - points[:, 1]) ** 2
    near = apart.argmin(axis=1)
    return np.sqrt(apart[np.arange(len(asked)), near]), near


def _by_words(grams: ShortGrams, area: np.ndarray, source: np.ndarray) -> None:
    """Give each report that has no area the one whose reports share the rarest words with it, where that is clear."""
    # A letter speaks of many things; what it has in common with other letters says more than the names in it.
    lost = np.flatnonzero((area < 0) & (np.diff(grams.starts) < LETTER))
    if not len(lost) or (area < 0).all():
        return
    matrix = grams.matrix()
    asked = np.zeros(len(grams.listed), bool)
    asked[matrix[lost].indices] = True
    places, profile = _profiles(grams, area, asked)
    step = max(1, _AT_ONCE // len(places))
    for at in range(0, len(lost), step):
        part = lost[at : at + step]
        worth = (matrix[part] @ profile).toarray()
        best = worth.argmax(axis=1)
        clear = worth[np.arange(len(part)), best] > _CLEAR
        area[part[clear]] = places[best[clear]]
        source[part[clear]] = GUESSED


def _rare(spread: np.ndarray, places: int) -> np.ndarray:
    """How much each gram says of a place, from how many places say it."""
    rare = np.log((places + 1) / (spread + 1.0)) ** 2
    rare[spread > max(3, places // 5)] = 0
    return np.asarray(rare)


def standing_in(spots: Spots, facets: np.ndarray, areas: Sequence[int]) -> Spots:
    """The same with the last report put into each of the areas by words, a row for each: at the building or gate that
    it names, else in its middle.
    """
    sure, lasts = spots.source[:-1] == MEASURED, []
    for area in areas:
        there = spots.area[:-1] == area
        measured = there & sure
        said = [measured & (facets[:-1, column] == facets[-1, column]) for column in PLACED if facets[-1, column]]
        where = np.flatnonzero(next((some for some in (*said, measured) if some.any()), there))
        lasts.append((-1, area, spots.east[where].mean(), spots.north[where].mean(), GUESSED, spots.days[-1]))
    return Spots(
        *(
            np.concatenate([part[:-1], np.array(values, part.dtype)])
            for part, values in zip(spots, zip(*lasts, strict=True), strict=True)
        )
    )


def _profiles(grams: ShortGrams, area: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, sparse.csr_array]:
    """The areas, and how much each pair of characters (of those `asked` for) speaks for each (grams × areas)."""
    places, of = np.unique(area[area >= 0], return_inverse=True)
    number = np.full(len(area), -1)
    number[area >= 0] = of
    owner, width = number[grams.rows], len(grams.listed)
    told = (owner >= 0) & (asked & (grams.listed & 1).astype(bool))[grams.codes]
    keys = owner[told] * width + grams.codes[told]
    keys.sort()
    new = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
    count = np.diff(np.append(new, len(keys)))
    place, gram = np.divmod(keys[new], width)
    worth = np.log1p(count) * _rare(np.bincount(gram, minlength=width), len(places))[gram]
    length = np.sqrt(np.bincount(place, worth**2, minlength=len(places)))
    kept = worth > 0
    worth = (worth[kept] / length[place[kept]]).astype(np.float32)
    return places, sparse.csr_array((worth, (gram[kept], place[kept])), shape=(width, len(places)))


def _place_the_rest(
    spot: np.ndarray, area: np.ndarray, facets: np.ndarray, east: np.ndarray, north: np.ndarray, source: np.ndarray
) -> None:
    """Positions for reports without coordinates, from those that have them and share code, named building or area."""
    named = np.full(len(area), -1, np.int64)
    for column in PLACED:
        says = (facets[:, column] > 0) & (named < 0) & (area >= 0)
        named[says] = (area[says] << 20) + (column << 16) + facets[says, column]
    measured = np.where(source == MEASURED, east, np.nan)
    for key, how in ((spot, DERIVED), (named, DERIVED), (area, MIDDLE)):
        free = np.isnan(east) & (key >= 0)
        if not free.any():
            continue
        # Only the middles that are asked for.
        listed = np.unique(key[free])
        place = np.minimum(np.searchsorted(listed, key), len(listed) - 1)
        middle = _middles(np.where(listed[place] == key, place, -1), measured, north, len(listed))
        east[free], north[free] = middle[0][place[free]], middle[1][place[free]]
        source[free & ~np.isnan(east) & (source != GUESSED)] = how
    # Areas without any coordinates lie far from each other and from all others, and so does each that is nowhere.
    free = np.isnan(east)
    aside = np.where(area >= 0, area, int(area.max(initial=0)) + 1 + np.arange(len(area)))
    source[free & (source == NOWHERE) & (area >= 0)] = MIDDLE
    low = np.nanmin(east) if not free.all() else 0.0
    east[free], north[free] = low - APART * (1 + aside[free]), 0.0
