"""Finding one's place: by typing, down the ladder, by position, by the poster on the wall."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.neighbourhood.coordinates import Point, distance_m, gcj_to_wgs
from gongzhi.neighbourhood.queries import current_places, find_places
from gongzhi.neighbourhood.rules import PlaceKind

NEAR_DEGREES = 0.012
NEAREST = 6
# Beyond this the position says nothing about a place of the district, in metres.
TOO_FAR = 3000

LADDER = (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)


@dataclass(frozen=True)
class Rung:
    """One select of the ladder: what may be chosen, and what is."""

    name: str
    places: list[Any]
    chosen: str


def ladder_of(values: Any) -> list[Rung]:
    """The selects to show: the first always, each next one as soon as the one above is chosen."""
    rungs, above = [], None
    for step, kind in enumerate(LADDER):
        if step and above is None:
            break
        options: QuerySet[Any] = current_places(kind, under=above)
        chosen = str(values.get(kind.value, "") or "")
        places = list(options.only("id", "name", "kind", "code", "pinyin"))
        rungs.append(Rung(kind.value, places, chosen))
        above = next((place for place in places if str(place.pk) == chosen), None)
    return [rung for rung in rungs if rung.places]


def show_ladder(request: HttpRequest) -> HttpResponse:
    """The selects anew after a choice."""
    return render(request, "public/parts/ladder.html", {"rungs": ladder_of(request.GET)})


def show_found(request: HttpRequest) -> HttpResponse:
    """Places whose name holds what was typed, to choose one."""
    words = request.GET.get("search", "").strip()[:60]
    found = find_places(words) if words else []
    return render(request, "public/parts/choices.html", {"places": found, "asked": bool(words)})


def readings(lon: float, lat: float) -> list[Point]:
    """What a position may mean in WGS-84: a phone in China says either system without telling which."""
    return [Point(lon, lat), gcj_to_wgs(Point(lon, lat))]


def show_near(request: HttpRequest) -> HttpResponse:
    """The places nearest to a position, to choose one."""
    try:
        lon, lat = float(request.GET["lon"]), float(request.GET["lat"])
        spots = readings(lon, lat)
    except (KeyError, ValueError):
        return HttpResponse(status=400)
    reach = NEAR_DEGREES
    box = current_places().filter(
        kind__in=[PlaceKind.COMPOUND.value, PlaceKind.BUILDING.value, PlaceKind.COMMUNITY.value],
        lon__range=(lon - reach, lon + reach),
        lat__range=(lat - reach, lat + reach),
    )
    ranked = sorted(box[:2000], key=lambda place: min(away(place, spot) for spot in spots))
    return render(request, "public/parts/choices.html", {"places": ranked[:NEAREST], "asked": True, "near": True})


def away(place: Any, spot: Point) -> float:
    """Metres between a place and a position."""
    return distance_m(Point(place.lon, place.lat), spot)


def position_at(place: Any, lon: float | None, lat: float | None) -> tuple[float | None, float | None]:
    """The position in WGS-84 by the reading that lies nearer to the place chosen; none where both are far off."""
    if lon is None or lat is None or place.lon is None or place.lat is None:
        return None, None
    spot = min(readings(lon, lat), key=lambda one: away(place, one))
    return (spot.lon, spot.lat) if away(place, spot) <= TOO_FAR else (None, None)
