"""Where demands lie, made for maps: single points up to `MOST`, beyond that cells that say how many they hold."""

import json
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from gongzhi.neighbourhood.models import Place
from gongzhi.neighbourhood.queries import within
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.statistics import facts
from gongzhi.statistics.queries import Scope, chosen_demands, open_demands

MOST = 4000
# Cells along the longer edge, so that a clustered map stays under 30 kB however the demands lie.
EDGE = 9
# Which demands a map may show; the first two are over everything open, the last over the period.
SHOWN = ("open", "late", "received")

# Filled in by the server's format(): nothing but numbers goes in, so nothing needs to be escaped.
_FEATURE = (
    '{"type":"Feature","geometry":{"type":"Point","coordinates":[%s,%s]},'
    '"properties":{"label":"%s-%s","tone":"%s","small":true,'
)
_POINT = """format(%s, round(lon * 1e5) / 1e5, round(lat * 1e5) / 1e5,
    lpad(id::text, greatest(7, length(id::text)), '0'), lpad((98 - id * 100 %% 97)::text, 2, '0'),
    CASE WHEN late THEN 'late' ELSE 'accent' END, id)"""


@dataclass(frozen=True)
class Cell:
    """A rectangle of the map with what lies in it; `box` is west, south, east, north in degrees."""

    lon: float
    lat: float
    count: int
    late: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Points:
    """Either `features`, the text of a JSON list with one feature a demand, or the cells of too many."""

    features: str = "[]"
    cells: tuple[Cell, ...] = ()


def points_of(scope: Scope, shown: str, *, link: str = "", zoom: int = 22) -> Points:
    """The demands of a scope as points of a map, or as cells where there are more than `MOST`. One query.

    `link` is what the address of a demand's page begins with, '' where the reader has none; `zoom` (as web maps
    count it) bounds how small a cell may be: a quarter of a tile.
    """
    rows = chosen_demands(scope).exclude(facts.HISTORY) if shown == "received" else open_demands(scope)
    rows = rows.filter(lon__isnull=False, lat__isnull=False).order_by()
    if shown == "late":
        rows = rows.filter(due_at__lt=scope.now)
    chosen, params = rows.values("id", "lon", "lat", "due_at").query.sql_with_params()
    query = f"""
    WITH p AS MATERIALIZED (SELECT id, lon, lat, coalesce(due_at < %s, FALSE) AS late FROM ({chosen}) c),
    n AS (
        SELECT count(*) AS n, min(lon) AS west, min(lat) AS south,
            greatest((max(lon) - min(lon)) / {EDGE}, (max(lat) - min(lat)) / {EDGE}, %s::float8, 1e-6) * 1.0001 AS cell
        FROM p
    )
    SELECT
        CASE WHEN n <= {MOST} THEN (SELECT '[' || coalesce(string_agg({_POINT}, ','), '') || ']' FROM p) END,
        CASE WHEN n > {MOST} THEN (
            SELECT json_agg(json_build_array(lon, lat, there, late, x, y))::text FROM (
                SELECT avg(p.lon) AS lon, avg(p.lat) AS lat, count(*) AS there, count(*) FILTER (WHERE p.late) AS late,
                    floor((p.lon - west) / cell) AS x, floor((p.lat - south) / cell) AS y
                FROM p GROUP BY x, y
            ) g
        ) END,
        west, south, cell
    FROM n"""  # noqa: S608 - the inner query is Django's own
    feature = _FEATURE + (f'"url":"{link}%s"}}}}' if link else '"id":%s}}')
    with connection.cursor() as cursor:
        cursor.execute(query, [scope.now, *params, 90 / 2 ** min(zoom, 30), feature])
        features, cells, west, south, cell = cursor.fetchone()
    if features is not None:
        return Points(features=features)
    return Points(cells=tuple(_cell(row, west, south, cell) for row in json.loads(cells)))


def _cell(row: list[float], west: float, south: float, size: float) -> Cell:
    lon, lat, there, late, x, y = row
    left, bottom = west + x * size, south + y * size
    # Finer than any position is stored, so that the rows in the box are the rows that were counted.
    box = (round(left, 9), round(bottom, 9), round(left + size, 9), round(bottom + size, 9))
    return Cell(round(lon, 5), round(lat, 5), int(there), int(late), box)


@dataclass(frozen=True)
class Spot:
    """A place on the map with what is open there now."""

    place: Place
    open: int
    late: int


def spots_of(scope: Scope) -> list[Spot]:
    """The communities of a district or subdistrict, or the compounds of a community, most late first. Two queries."""
    inner = PlaceKind.COMPOUND if scope.place.kind == PlaceKind.COMMUNITY else PlaceKind.COMMUNITY
    if scope.place.kind in {PlaceKind.COMPOUND, PlaceKind.GRID, PlaceKind.BUILDING}:
        return []
    where = Q() if scope.place.kind == PlaceKind.DISTRICT else within(scope.place)
    key = f"{inner.value}_id"
    counted = {
        pk: (there, late)
        for pk, there, late in open_demands(scope)
        .order_by()
        .values_list(key)
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=scope.now)))
    }
    places = (
        Place.objects.filter(where, kind=inner.value, valid_to=None).defer("boundary").order_by("code", "full_name")
    )
    spots = [Spot(place, *counted.get(place.pk, (0, 0))) for place in places]
    return sorted(spots, key=lambda spot: (-spot.late, -spot.open))


def outline_of(scope: Scope) -> list[Place]:
    """The place whose boundary frames the map: the scope's own, else the one just above; beyond that too far off."""
    above = [pk for pk in (scope.place.pk, scope.place.parent_id) if pk]
    rows = {row.pk: row for row in Place.objects.filter(pk__in=above, boundary__isnull=False)}
    return [rows[pk] for pk in above if pk in rows][:1]
