"""Zones of a site: whether they cover it, lie within it and do not overlap; and reading them from GeoJSON. Pure.

Rings are lists of (longitude, latitude) in degrees, WGS-84; areas are square metres, measured on a plane that touches
the site, which is exact to a few parts in a thousand over some kilometres.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, isfinite, radians
from typing import Any

from shapely import Polygon
from shapely.ops import unary_union

from gongzhi.shared.moves import Refused, _

Ring = Sequence[Sequence[float]]
DEGREE_M = 111_320.0
# A hand on a map misses a line by so much; less is no overlap and no gap.
MISSED_M = 0.5
MOST_ZONES, MOST_POINTS, MOST_KM = 60, 500, 5
_NOT_READ = _("没有读懂分区图：要一个GeoJSON，里面一块“边界”和至少一块分区，每块都有名称。")


class BadZones(Refused):
    """Zones that cannot be used, with the reason."""


@dataclass(frozen=True)
class Part:
    """One zone: its name, who looks after it, what is to be minded, its ring without the closing point."""

    name: str
    ring: Ring
    keeper: str = ""
    words: str = ""


def read_zones(text: str) -> tuple[Ring, list[Part]]:
    """The site and its zones from a GeoJSON collection of polygons: the site has the property `site`, the others a `name`.

    Raises BadZones.
    """
    try:
        features = json.loads(text)["features"]
        rows = [(one.get("properties") or {}, one["geometry"]) for one in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadZones(_NOT_READ) from error
    sites = [_ring(shape) for about, shape in rows if about.get("site")]
    parts = [
        Part(_line(about.get("name"), 40), _ring(shape), _line(about.get("keeper"), 60), _line(about.get("words"), 200))
        for about, shape in rows
        if not about.get("site")
    ]
    if len(sites) != 1 or not parts or not all(one.name for one in parts):
        raise BadZones(_NOT_READ)
    return sites[0], parts


def _line(text: object, most: int) -> str:
    return " ".join(str(text or "").split())[:most]


def _ring(shape: Any) -> Ring:
    """The outer ring of a polygon without holes. Raises BadZones."""
    try:
        if shape["type"] != "Polygon":
            raise BadZones(_NOT_READ)
        (ring,) = shape["coordinates"]
        points = [(float(lon), float(lat)) for lon, lat, *_height in ring]
    except (ValueError, KeyError, TypeError) as error:
        raise BadZones(_NOT_READ) from error
    if points and points[0] == points[-1]:
        points.pop()
    if not 3 <= len(points) <= MOST_POINTS:
        raise BadZones(_("每块要有3到%(most)d个角。"), most=MOST_POINTS)
    if not all(isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 85 for lon, lat in points):
        raise BadZones(_NOT_READ)
    return points


def check_zones(site: Ring, parts: Sequence[Part]) -> None:
    """Raise BadZones with the names and the square metres: for a ring that crosses itself, a zone beyond the site, two
    that overlap, a part of the site in no zone."""
    if len(parts) > MOST_ZONES:
        raise BadZones(_("最多%(most)d个分区。"), most=MOST_ZONES)
    names = [one.name for one in parts]
    if double := next((name for name in names if names.count(name) > 1), ""):
        raise BadZones(_("有两块都叫“%(name)s”，请改一个名称。"), name=double)
    origin = site[0]
    whole = _shape(site, origin, "边界")
    shapes = [_shape(one.ring, origin, one.name) for one in parts]
    for one, shape in zip(parts, shapes, strict=True):
        if beyond := _real(shape.difference(whole)):
            raise BadZones(_("“%(name)s”有%(area)d平方米画到了边界外面。"), name=one.name, area=beyond)
    for number, shape in enumerate(shapes):
        for other, behind in enumerate(shapes[:number]):
            if both := _real(shape.intersection(behind)):
                raise BadZones(
                    _("“%(one)s”和“%(other)s”重叠了%(area)d平方米。"),
                    one=parts[other].name,
                    other=parts[number].name,
                    area=both,
                )
    if left := _real(whole.difference(unary_union(shapes))):
        raise BadZones(_("还有%(area)d平方米不属于任何分区，请补上。"), area=left)


def _shape(ring: Ring, origin: Sequence[float], name: str) -> Polygon:
    east = DEGREE_M * cos(radians(origin[1]))
    shape = Polygon([((lon - origin[0]) * east, (lat - origin[1]) * DEGREE_M) for lon, lat in ring])
    if not shape.is_valid or shape.area < 1:
        raise BadZones(_("“%(name)s”的边线自己交叉了，请重新画。"), name=name)
    if max(abs(edge) for edge in shape.bounds) > MOST_KM * 1000:
        raise BadZones(_("“%(name)s”离得太远或画得太大，最多%(most)d公里。"), name=name, most=MOST_KM)
    return shape


def _real(shape: Any) -> int:
    """Square metres that are wider than a hand misses a line; 0 where there are none."""
    return round(shape.area) if not shape.buffer(-MISSED_M).is_empty else 0


def area(ring: Ring) -> int:
    """Square metres of a ring."""
    return round(_shape(ring, ring[0], "").area)


@dataclass(frozen=True)
class Paper:
    """A picture of a site, north up: `size` is its width and height."""

    west: float
    north: float
    scale: tuple[float, float]
    size: tuple[int, int]

    def _at(self, lon: float, lat: float) -> tuple[int, int]:
        return round((lon - self.west) * self.scale[0]) + EDGE, round((self.north - lat) * self.scale[1]) + EDGE

    def points(self, ring: Ring) -> str:
        """A ring as the points of a polygon."""
        return " ".join(f"{x},{y}" for x, y in (self._at(*point) for point in ring))

    def middle(self, ring: Ring) -> tuple[int, int]:
        """A point well within a ring, for its number."""
        inside = Polygon(ring).representative_point()
        return self._at(inside.x, inside.y)


WIDTH, EDGE = 600, 10


def on_paper(site: Ring) -> Paper:
    """The picture in which a site fills the width."""
    lons, lats = [point[0] for point in site], [point[1] for point in site]
    east = cos(radians(lats[0]))
    wide, high = (max(lons) - min(lons)) * east or 1e-9, max(lats) - min(lats)
    scale = WIDTH / max(wide, high * 0.8)
    size = round(wide * scale) + 2 * EDGE, round(high * scale) + 2 * EDGE
    return Paper(min(lons), max(lats), (scale * east, scale), size)
