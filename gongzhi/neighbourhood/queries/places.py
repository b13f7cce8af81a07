"""Places that exist today, found by code, name, poster or what lies below them."""

from functools import lru_cache
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from gongzhi.neighbourhood.models import (
    Place,
)
from gongzhi.neighbourhood.rules import PlaceKind, number, read_number
from gongzhi.shared.reading import Rows


def ladder(place: Place) -> tuple[int, ...]:
    """The ids of the place and of every place above it."""
    above = (place.compound_id, place.grid_id, place.community_id, place.subdistrict_id, place.district_id)
    return (place.pk, *(one for one in above if one and one != place.pk))


def belonging(home: Place | None) -> dict[str, Place | None]:
    """The community and subdistrict of a place, as the columns of a row that belongs there."""
    return {
        rung.value: home if home is None or home.kind == rung else getattr(home, rung.value)
        for rung in (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT)
    }


def current_places(kind: PlaceKind | None = None, *, under: Place | None = None) -> QuerySet[Place]:
    """Places that exist today, of one kind or all, anywhere or below one place."""
    places = Place.objects.filter(valid_to=None)
    if kind:
        places = places.filter(kind=kind.value)
    if under and under.kind != PlaceKind.DISTRICT:
        places = places.filter(within(under))
    return places.order_by("code", "pinyin", "id")


def current_place(place_id: int) -> Place | None:
    """One place that exists today, without its boundary; None where there is none such."""
    return next(iter(_PLACE.ask(place_id)), None)


_PLACE = Rows(lambda pk: Place.objects.filter(pk=pk, valid_to=None).defer("boundary"), int)


def within(place: Place) -> Q:
    """A filter on places: this one and everything below it."""
    if place.kind == PlaceKind.BUILDING:
        return Q(pk=place.pk)
    return Q(pk=place.pk) | Q(**{place.kind: place.pk})


def at_or_below(place_ids: list[int]) -> Q:
    """A filter on places: any of these and everything below them, whatever their kinds."""
    rungs = ("pk", "compound", "grid", "community", "subdistrict", "district")
    chosen = Q()
    for rung in rungs:
        chosen |= Q(**{f"{rung}__in": place_ids})
    return chosen


def district() -> Place:
    """The district that this deployment serves. Raises Place.DoesNotExist before it is set up."""
    return Place.objects.get(kind=PlaceKind.DISTRICT.value)


def place_with_code(code: str) -> Place:
    """The place with this official or local code. Raises Place.DoesNotExist."""
    return Place.objects.get(code=code)


@lru_cache(maxsize=1)
def _district_name() -> str:
    return district().name


def district_name() -> str:
    """The district's name for page heads; empty before it is set up, remembered afterwards."""
    try:
        return _district_name()
    except Place.DoesNotExist:
        return ""


def outline_of(place: Place) -> dict[str, Any]:
    """The boundary of the nearest place at or above this one that has one, as GeoJSON in WGS-84; may be empty."""
    rows = Place.objects.filter(pk__in=ladder(place), boundary__isnull=False).only("kind", "name", "boundary")
    nearest = sorted(rows, key=lambda row: list(PlaceKind).index(PlaceKind(row.kind)), reverse=True)[:1]
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {}, "geometry": row.boundary} for row in nearest
    ]
    return {"type": "FeatureCollection", "features": features}


def poster_path(place: Place) -> str:
    """The address that a poster's code opens, short enough to be typed."""
    return f"/q/{number(place.pk)}"


def place_of_poster(code: str) -> Place | None:
    """The place behind a poster's code; None where there is none such today."""
    place_id = read_number(code) if len(code) <= 20 else None
    return current_places().filter(pk=place_id).first() if place_id else None


def find_places(words: str, *, limit: int = 12, under: list[int] | None = None) -> list[Place]:
    """Places whose full name holds every word, or whose pinyin initials start so; the nearest rung first.

    With `under` only those at or below these places.
    """
    wanted = Q()
    for word in words.replace("\0", "").split()[:5]:
        wanted &= Q(full_name__icontains=word) | Q(pinyin__startswith=word.lower())
    if not wanted:
        return []
    rung = Case(
        *(When(kind=kind.value, then=Value(step)) for step, kind in enumerate(PlaceKind)),
        output_field=IntegerField(),
    )
    found = Place.objects.filter(wanted, valid_to=None).exclude(kind=PlaceKind.DISTRICT.value)
    if under is not None:
        found = found.filter(at_or_below(under))
    return list(found.order_by(rung, "full_name")[:limit])


def old_buildings() -> QuerySet[Place]:
    """Buildings flagged old, in the order of their streets. The flag is the district's; nothing is derived."""
    return (
        Place.objects.filter(kind=PlaceKind.BUILDING.value, old=True, valid_to=None)
        .select_related("subdistrict", "community", "compound")
        .order_by("subdistrict__code", "community__code", "full_name")
    )
