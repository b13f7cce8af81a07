"""Where a new report and its neighbours are: what `find_spots` finds of an archive, for few. Pure; in compiled loops."""

from collections.abc import Sequence
from datetime import datetime
from math import cos, floor, inf, isnan, nan, radians, sqrt

import numpy as np
from numpy.typing import NDArray

from gongzhi.problems.nearness import METRES_PER_DEGREE
from gongzhi.problems.spots import (
    APART,
    CELL,
    DERIVED,
    GUESSED,
    MEASURED,
    MIDDLE,
    NEAR,
    NOWHERE,
    PLACED,
    Spots,
    days_since_the_first,
    place_codes,
)
from gongzhi.shared.compiling import compiled

Whole = NDArray[np.int64]
Exact = NDArray[np.float64]
Small = NDArray[np.int8]
Marks = NDArray[np.bool_]
Named = NDArray[np.uint16]


def find_few(
    moments: Sequence[datetime],
    places: Sequence[str],
    lon: Sequence[float | None],
    lat: Sequence[float | None],
    facets: np.ndarray,
) -> Spots:
    """What `find_spots` finds of the same columns; nothing by words."""
    codes, said = place_codes(places)
    east, north = _plane(np.array(lon, float), np.array(lat, float))
    spot, area = _areas(codes.of, said, codes.area, codes.whole, east, north)
    source = _stand(spot, area, said, facets, east, north)
    return Spots(spot, area, east, north, source, days_since_the_first(moments))


@compiled
def _plane(lon: Exact, lat: Exact) -> tuple[Exact, Exact]:
    """Metres east and north; nan where either is unknown."""
    known, total = 0, 0.0
    for row in range(len(lon)):
        if not isnan(lon[row]) and not isnan(lat[row]):
            known, total = known + 1, total + lat[row]
    east, north = np.full(len(lon), nan), np.full(len(lon), nan)
    wide = METRES_PER_DEGREE * (cos(radians(total / known)) if known else 1.0)
    for row in range(len(lon)):
        if not isnan(lon[row]) and not isnan(lat[row]):
            east[row], north[row] = lon[row] * wide, lat[row] * METRES_PER_DEGREE
    return east, north


@compiled
def _areas(of: Whole, said: Marks, area_of: Whole, whole: Marks, east: Exact, north: Exact) -> tuple[Whole, Whole]:
    """Spot and area of each by its code; with coordinates alone the area of the nearest code, else of a cell."""
    spot, area, cells = np.full(len(of), -1), np.full(len(of), -1), np.full(len(of), -1)
    middle = _middles(of, ~np.isnan(east), east, north, len(area_of) - 1)
    for row in range(len(of)):
        code = of[row]
        if code >= 0:
            area[row] = area_of[code]
            spot[row] = -1 if whole[code] or said[row] else code
        elif not isnan(east[row]):
            code = _nearest(middle, east[row], north[row])
            if code >= 0:
                area[row] = area_of[code]
            else:
                cells[row] = (floor(east[row] / CELL) << 32) + floor(north[row] / CELL)
    alone = np.flatnonzero(cells != -1)
    numbers = np.searchsorted(np.unique(cells[alone]), cells[alone])
    area[alone] = numbers + area_of.max() + 1
    return spot, area


@compiled
def _middles(key: Whole, sure: Marks, east: Exact, north: Exact, size: int) -> Exact:
    """How many of those that are sure have each key, and their middle."""
    found = np.zeros((size, 3))
    for row in range(len(key)):
        if sure[row] and key[row] >= 0:
            one = found[key[row]]
            one[0], one[1], one[2] = one[0] + 1, one[1] + east[row], one[2] + north[row]
    for one in found:
        if one[0]:
            one[1], one[2] = one[1] / one[0], one[2] / one[0]
    return found


@compiled
def _nearest(middle: Exact, east: float, north: float) -> int:
    """The code whose middle is nearest, where that is near enough; -1 for none."""
    found, far = -1, inf
    for code, (known, its_east, its_north) in enumerate(middle):
        apart = sqrt((its_east - east) ** 2 + (its_north - north) ** 2)
        if known and apart < far:
            found, far = code, apart
    return found if far <= NEAR else -1


@compiled
def _stand(spot: Whole, area: Whole, said: Marks, facets: Named, east: Exact, north: Exact) -> Small:
    """How each position is known, and positions for those without, from those that share spot, named building or area."""
    source, named = np.empty(len(area), np.int8), np.full(len(area), -1)
    measured = np.zeros(len(area), np.bool_)
    for row in range(len(area)):
        measured[row] = not said[row] and not isnan(east[row])
        source[row] = GUESSED if said[row] else MEASURED if measured[row] else NOWHERE
        for column in PLACED:
            if area[row] >= 0 and named[row] < 0 and facets[row, column]:
                named[row] = (area[row] << 20) + (column << 16) + facets[row, column]
    _fill(spot, DERIVED, measured, east, north, source)
    _fill(named, DERIVED, measured, east, north, source)
    _fill(area, MIDDLE, measured, east, north, source)
    low = inf
    for metres in east:
        low = min(low, inf if isnan(metres) else metres)
    if low == inf:
        low = 0.0
    # Areas without any coordinates lie far from each other and from all others, and so does each that is nowhere.
    behind = max(area.max(), 0) + 1
    for row in range(len(area)):
        if isnan(east[row]):
            if source[row] == NOWHERE and area[row] >= 0:
                source[row] = MIDDLE
            aside = area[row] if area[row] >= 0 else behind + row
            east[row], north[row] = low - APART * (1 + aside), 0.0
    return source


@compiled
def _fill(key: Whole, how: int, measured: Marks, east: Exact, north: Exact, source: Small) -> None:
    """Put those of no position into the middle of the measured ones of the same key."""
    free = np.flatnonzero(np.isnan(east) & (key >= 0))
    if not len(free):
        return
    # Only the middles that are asked for.
    listed = np.unique(key[free])
    place = np.minimum(np.searchsorted(listed, key), len(listed) - 1)
    middle = _middles(np.where(listed[place] == key, place, -1), measured, east, north, len(listed))
    for row in free:
        known, its_east, its_north = middle[place[row]]
        if known:
            east[row], north[row] = its_east, its_north
            if source[row] != GUESSED:
                source[row] = how
