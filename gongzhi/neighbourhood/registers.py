"""The district's registers as lists: the ladder with its counts, old buildings by street, who is what where."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from gongzhi.neighbourhood.models import Appointment, Network, Place
from gongzhi.neighbourhood.queries import networks, old_buildings, within
from gongzhi.neighbourhood.rules import PARENTS, Actor, PlaceKind

PAGE = 100


def scope_of(actor: Actor) -> frozenset[int] | None:
    """The ids of the places whose subtrees the actor works for; None for the whole district."""
    if any(office.place_kind is PlaceKind.DISTRICT for office in actor.offices):
        return None
    return frozenset(office.place_id for office in actor.offices if office.place_id)


def _in_scope(actor: Actor, prefix: str = "") -> Q:
    mine = scope_of(actor)
    if mine is None:
        return Q()
    where = Q(**{f"{prefix}pk__in": mine})
    for rung in ("subdistrict", "community", "grid", "compound"):
        where |= Q(**{f"{prefix}{rung}__in": mine})
    return where


def visible_places(actor: Actor) -> QuerySet[Place]:
    """Places of the actor's scope, retired ones included: each level leads its own subtree."""
    return Place.objects.filter(_in_scope(actor)).select_related("parent")


def top_places(actor: Actor) -> list[Place]:
    """Where the actor's tree begins."""
    mine = scope_of(actor)
    if mine is None:
        return list(Place.objects.filter(kind=PlaceKind.DISTRICT.value))
    return list(Place.objects.filter(pk__in=mine).order_by("code", "pk"))


@dataclass(frozen=True)
class Rung:
    """One place below another with how many of each kind lie in it."""

    place: Place
    counts: Mapping[str, int]


def rungs_below(parent: Place) -> list[Rung]:
    """The places directly below one, each with its counts. At most four queries, however many there are."""
    children = list(
        Place.objects.filter(parent=parent, valid_to=None).order_by("kind", "code", "pinyin", "pk").defer("boundary")
    )
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for kind in sorted({child.kind for child in children} - {PlaceKind.BUILDING.value}):
        rows = Place.objects.filter(valid_to=None, **{f"{kind}__parent": parent.pk}).exclude(kind=kind)
        for pk, below, n in rows.values_list(kind, "kind").annotate(Count("id")).order_by():
            counts[pk][below] = n
    return [Rung(child, counts[child.pk]) for child in children]


def counts_in(place: Place) -> dict[str, int]:
    """How many places of each kind lie below a place today, from the top of the ladder down."""
    rows = Place.objects.filter(valid_to=None).exclude(pk=place.pk)
    if place.kind != PlaceKind.DISTRICT:
        rows = rows.filter(within(place))
    found = dict(rows.values_list("kind").annotate(Count("id")).order_by())
    return {kind.value: found[kind.value] for kind in PlaceKind if kind.value in found}


def kinds_below(place: Place) -> list[PlaceKind]:
    """Which kinds may be added directly below a place."""
    return [kind for kind, above in PARENTS.items() if PlaceKind(place.kind) in above]


def places_page(
    actor: Actor, *, kind: str = "", compound_type: str = "", words: str = "", after: str = ""
) -> tuple[list[Place], str]:
    """One page of the places of a scope, narrowed, and the cursor of the next page."""
    rows = visible_places(actor).filter(valid_to=None).defer("boundary").order_by("pk")
    if kind in set(PlaceKind):
        rows = rows.filter(kind=kind)
    if compound_type:
        rows = rows.filter(compound_type=compound_type)
    for word in words.split()[:5]:
        rows = rows.filter(Q(full_name__icontains=word) | Q(code=word))
    if after.isascii() and after.isdigit() and len(after) < 18:
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def compound_counts(actor: Actor) -> dict[str, int]:
    """How many compounds of each of the four types lie in the scope."""
    rows = Place.objects.filter(_in_scope(actor), kind=PlaceKind.COMPOUND.value, valid_to=None)
    return dict(rows.values_list("compound_type").annotate(Count("id")).order_by())


def old_buildings_by_street(actor: Actor) -> dict[str, list[Place]]:
    """The flagged buildings of the scope by the name of their street; only counted, nothing is derived."""
    streets: dict[str, list[Place]] = {}
    for building in old_buildings().filter(_in_scope(actor)).select_related("parent", "subdistrict"):
        streets.setdefault(building.subdistrict.name if building.subdistrict else "", []).append(building)
    return streets


def visible_networks(actor: Actor) -> QuerySet[Network]:
    """The networks of the scope, units and persons counted apart."""
    return networks().filter(_in_scope(actor, "place__"))


def appointments_in_scope(actor: Actor, *, on: date) -> QuerySet[Appointment]:
    """Who is what, where, on a day; in units only for those who work for the whole district."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=on), since__lte=on)
    if scope_of(actor) is not None:
        rows = rows.filter(_in_scope(actor, "place__"), place__isnull=False)
    related = rows.select_related("person", "role", "place", "unit")
    return related.order_by("place__kind", "place__code", "role__name", "pk")
