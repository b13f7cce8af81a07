"""Positions: WGS-84 inside, GCJ-02 and BD-09 at the edges, and the few shapes a map of a district needs. Pure.

Chinese maps and phones give GCJ-02 (some BD-09); everything stored is WGS-84. Points are (longitude, latitude) in
degrees, the order of GeoJSON; distances are metres.

The shift of GCJ-02 is no published standard. The series below is the one known to the public since 2010 (see
"Restrictions on geographic data in China", Wikipedia, section GCJ-02): an offset in metres, a sum of sines of the
position seen from 105°E 35°N, turned into degrees on the Krasovsky ellipsoid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import asin, atan2, cos, hypot, isfinite, pi, radians, sin, sqrt
from typing import Any, NamedTuple


class Point(NamedTuple):
    """A position in degrees; which system it is in is said by the name that holds it."""

    lon: float
    lat: float


Ring = Sequence[Sequence[float]]

_AXIS = 6_378_245.0  # Krasovsky 1940, metres
_ECCENTRICITY2 = 0.006_693_421_622_965_943
_EARTH_RADIUS = 6_371_008.8  # mean radius, IUGG, metres
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271  # where maps are shifted
_CLOSE = 1e-9  # degrees, about 0.1 mm


def in_china(point: Point) -> bool:
    """Whether maps shift this place: a plain rectangle, as the maps themselves use."""
    return _WEST <= point[0] <= _EAST and _SOUTH <= point[1] <= _NORTH


def wgs_to_gcj(point: Point) -> Point:
    """WGS-84 to GCJ-02; unchanged outside China. Raises ValueError for what is no position."""
    lon, lat = _checked(point)
    if not in_china(Point(lon, lat)):
        return Point(lon, lat)
    east, north = _offset_m(lon - 105, lat - 35)
    # Metres into degrees by the radii of curvature: of the meridian, and of the parallel.
    bend = 1 - _ECCENTRICITY2 * sin(radians(lat)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY2) / bend**1.5
    parallel = _AXIS / sqrt(bend) * cos(radians(lat))
    return Point(lon + east / parallel * 180 / pi, lat + north / meridian * 180 / pi)


def gcj_to_wgs(point: Point) -> Point:
    """GCJ-02 to WGS-84, to within 1e-7 degrees; unchanged outside China.

    The shift changes slowly, so taking it off at the last guess comes closer some hundredfold each time.
    """
    lon, lat = _checked(point)
    if not in_china(Point(lon, lat)):
        return Point(lon, lat)
    guess = Point(lon, lat)
    for _round in range(30):
        shown = wgs_to_gcj(guess)
        guess = Point(guess.lon + lon - shown.lon, guess.lat + lat - shown.lat)
        if abs(lon - shown.lon) < _CLOSE and abs(lat - shown.lat) < _CLOSE:
            break
    return guess


def bd_to_gcj(point: Point) -> Point:
    """BD-09 (Baidu) to GCJ-02: a further small shift and ripple."""
    lon, lat = _checked(point)
    x, y = lon - 0.0065, lat - 0.006
    ripple = pi * 3000 / 180
    radius = hypot(x, y) - 0.00002 * sin(y * ripple)
    angle = atan2(y, x) - 0.000003 * cos(x * ripple)
    return Point(radius * cos(angle), radius * sin(angle))


def bd_to_wgs(point: Point) -> Point:
    """BD-09 to WGS-84."""
    return gcj_to_wgs(bd_to_gcj(point))


# What a phone or a spreadsheet says it speaks, to WGS-84.
TO_WGS: Mapping[str, Callable[[Point], Point]] = {
    "wgs84": lambda point: Point(*_checked(point)),
    "gcj02": gcj_to_wgs,
    "bd09": bd_to_wgs,
}


def distance_m(a: Point, b: Point) -> float:
    """Metres over the ground between two WGS-84 points (haversine on the mean sphere, within 0.6%)."""
    (lon_a, lat_a), (lon_b, lat_b) = _checked(a), _checked(b)
    rise = sin(radians(lat_b - lat_a) / 2) ** 2
    run = sin(radians(lon_b - lon_a) / 2) ** 2 * cos(radians(lat_a)) * cos(radians(lat_b))
    return 2 * _EARTH_RADIUS * asin(sqrt(min(1.0, rise + run)))


def inside(point: Point, geometry: Mapping[str, Any]) -> bool:
    """Whether a point lies in a GeoJSON Polygon or MultiPolygon, its holes left out.

    A point exactly on an edge counts with one of the two sides: neighbours that share an edge share no point.
    Raises ValueError for another geometry.
    """
    lon, lat = _checked(point)
    return any(
        _in_ring(lon, lat, rings[0]) and not any(_in_ring(lon, lat, hole) for hole in rings[1:])
        for rings in _polygons(geometry)
    )


def centroid(geometry: Mapping[str, Any]) -> Point:
    """The centre of area of a Polygon or MultiPolygon (a Point is its own); it may lie in a bay or a hole.

    A shape without area gives the mean of its corners. Raises ValueError for another geometry.
    """
    if geometry.get("type") == "Point":
        return Point(*_checked(geometry["coordinates"]))
    area = east = north = 0.0
    corners: list[Sequence[float]] = []
    base: Sequence[float] | None = None
    for rings in _polygons(geometry):
        base = base or rings[0][0]  # counted from a corner, so that small shapes keep their digits
        for place, ring in enumerate(rings):
            ring_area, ring_east, ring_north = _moments(ring, base)
            sign = (1 if place == 0 else -1) * (1 if ring_area >= 0 else -1)
            area, east, north = area + sign * ring_area, east + sign * ring_east, north + sign * ring_north
        corners.extend(rings[0])
    if base is None:
        raise ValueError("a geometry without a polygon has no centre")
    if area > 1e-18:
        return Point(base[0] + east / area, base[1] + north / area)
    return Point(sum(c[0] for c in corners) / len(corners), sum(c[1] for c in corners) / len(corners))


def _checked(point: Sequence[float]) -> tuple[float, float]:
    lon, lat = float(point[0]), float(point[1])
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(f"no position on Earth: {lon}, {lat} (longitude comes first)")
    return lon, lat


def _offset_m(x: float, y: float) -> tuple[float, float]:
    """How far GCJ-02 moves a place, east and north in metres; x and y in degrees from 105°E 35°N."""

    def wave(amplitude: float, at: float, *periods: tuple[float, float]) -> float:
        return amplitude * sum(size * sin(at * pi * often) for size, often in periods)

    common = wave(2 / 3, x, (20, 6), (20, 2))
    bow = sqrt(abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * bow + common
    east += wave(2 / 3, x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * bow + common
    north += wave(2 / 3, y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    return east, north


def _polygons(geometry: Mapping[str, Any]) -> Iterator[Sequence[Ring]]:
    """The polygons of a geometry, each a list of rings with the outer one first."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list | tuple):
        raise ValueError(f"a Polygon or MultiPolygon is needed, not {kind}")
    for rings in [coordinates] if kind == "Polygon" else coordinates:
        if rings and len(rings[0]) >= 3:
            yield rings


def _in_ring(lon: float, lat: float, ring: Ring) -> bool:
    """By counting the edges that a ray to the east crosses."""
    crossings = False
    before = ring[-1]
    for corner in ring:
        if (corner[1] > lat) != (before[1] > lat):
            crossing = corner[0] + (lat - corner[1]) / (before[1] - corner[1]) * (before[0] - corner[0])
            crossings ^= lon < crossing
        before = corner
    return crossings


def _moments(ring: Ring, base: Sequence[float]) -> tuple[float, float, float]:
    """Signed area of a ring and its moments about `base` (shoelace formula)."""
    area = east = north = 0.0
    ax, ay = ring[-1][0] - base[0], ring[-1][1] - base[1]
    for corner in ring:
        bx, by = corner[0] - base[0], corner[1] - base[1]
        cross = ax * by - bx * ay
        area, east, north = area + cross / 2, east + (ax + bx) * cross / 6, north + (ay + by) * cross / 6
        ax, ay = bx, by
    return area, east, north
