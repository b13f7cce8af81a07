"""The district's registers as lists: the ladder with its counts, old buildings by street, who is what where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from gongzhi.neighbourhood.models import Account, Appointment, Membership, MemberUnit, Network, Person, Place, Role
from gongzhi.neighbourhood.queries import Contact, at_or_below, contact_of, networks, old_buildings, within
from gongzhi.neighbourhood.rules import PARENTS, Actor, PlaceKind, Right, Standing

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
    for word in words.replace("\0", "").split()[:5]:
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


def appointments_in_scope(actor: Actor, *, on: date, words: str = "", past: bool = False) -> QuerySet[Appointment]:
    """Who is what, where, on a day, or ended before it; in units only for those who work for the whole district.

    With `words` only those whose person, role, place or unit holds every one of them.
    """
    rows = _visible_appointments(actor)
    rows = rows.filter(until__lt=on) if past else rows.filter(Q(until=None) | Q(until__gte=on))
    for word in words.replace("\0", "").split()[:5]:
        rows = rows.filter(
            Q(person__name__icontains=word)
            | Q(role__name__icontains=word)
            | Q(place__name__icontains=word)
            | Q(unit__name__icontains=word)
        )
    return rows.order_by("place__kind", "place__code", "role__name", "pk")


def _visible_appointments(actor: Actor) -> QuerySet[Appointment]:
    rows = Appointment.objects.select_related("person", "role", "place", "unit")
    if scope_of(actor) is None:
        return rows
    return rows.filter(_in_scope(actor, "place__"), place__isnull=False)


def person_with_offices(actor: Actor, person_id: int) -> tuple[Person, list[Appointment]]:
    """Someone with the offices they hold or held in the actor's scope, the newest first; none for a member of a network
    there in their own right.

    Raises Person.DoesNotExist where they are neither.
    """
    mine = _visible_appointments(actor).select_related("person__contact", "role", "place", "unit")
    rows = list(mine.filter(person=person_id).order_by("-since", "-pk"))
    if not rows:
        member = Membership.objects.filter(_in_scope(actor, "network__place__"), person=person_id, left_on=None)
        return Person.objects.select_related("contact").get(pk__in=member.values("person")), []
    return rows[0].person, rows


def accounts_of(person_ids: Iterable[int]) -> dict[int, Account]:
    """The logins of these persons by the person's id."""
    rows = Account.objects.filter(person__in=list(person_ids))
    return {row.person_id: row for row in rows if row.person_id}


def places_within_reach(actor: Actor) -> QuerySet[Place]:
    """The district, subdistricts and communities in which the actor may appoint, from the top down by code."""
    kinds = [kind.value for kind in (PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY)]
    rows = Place.objects.filter(kind__in=kinds, valid_to=None).defer("boundary").order_by("code", "pk")
    reach = actor.reach(Right.SET_UP)
    return rows if reach is None else rows.filter(at_or_below(sorted(reach)))


def roles_within_reach(actor: Actor) -> QuerySet[Role]:
    """The roles that the actor may give; those of units are the whole district's to give."""
    rows = Role.objects.order_by("pk")
    return rows if actor.reach(Right.SET_UP) is None else rows.exclude(standing=Standing.UNIT.value)


def homes_of(unit_ids: Iterable[int], *, on: date) -> dict[int, tuple[str, Place | None]]:
    """The name of each of these units and where it belongs, as `queries.home_of` says it of one. Two queries."""
    units = MemberUnit.objects.filter(pk__in=set(unit_ids)).select_related("registered_place")
    units = units.defer("registered_place__boundary")
    found = {unit.pk: (unit.name, unit.registered_place) for unit in units}
    homeless = [pk for pk, (_name, place) in found.items() if place is None]
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), unit__in=homeless, joined_on__lte=on)
    # The network joined first is read last.
    for row in rows.select_related("network__place").order_by("-joined_on", "-pk"):
        if row.unit_id:
            found[row.unit_id] = (found[row.unit_id][0], row.network.place)
    return found


def upper_places(*, also: Iterable[int] = ()) -> list[Place]:
    """The district, its streets and communities, and others by id, also such as are no more; without boundaries."""
    kinds = [kind.value for kind in (PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY)]
    rows = Place.objects.filter(Q(kind__in=kinds) | Q(pk__in=list(also)))
    return list(rows.defer("boundary").order_by("code", "pk"))


def unit_ever(unit_id: int) -> MemberUnit | None:
    """One unit with its registered place, also one that left; None where there is none such."""
    return MemberUnit.objects.filter(pk=unit_id).select_related("registered_place").first()


def place_names(place_ids: Iterable[int]) -> dict[int, str]:
    """The names of these places by id, of those that are no more as well. One query, none for nothing."""
    wanted = set(place_ids)
    return dict(Place.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def networks_joined(unit_ids: Iterable[int], *, on: date, member_ids: Iterable[int] = ()) -> QuerySet[Network]:
    """The networks of which one of these units, or of these persons by their membership, is a member on a day."""
    mine = Q(unit__in=list(unit_ids)) | Q(pk__in=list(member_ids))
    rows = Membership.objects.filter(mine, Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on)
    return Network.objects.filter(pk__in=rows.values("network"))


def times_in_networks(unit_ids: Iterable[int]) -> list[tuple[int, int, date, date | None]]:
    """(unit, network, joined, left) of these units, in the order in which they joined. One query."""
    rows = Membership.objects.filter(unit__in=list(unit_ids)).order_by("joined_on", "pk")
    found = rows.values_list("unit", "network", "joined_on", "left_on")
    return [(unit or 0, network, joined, left) for unit, network, joined, left in found]


def networks_to_lead(actor: Actor) -> QuerySet[Network]:
    """The networks of the scope in which the actor works at a desk or leads."""
    places = [one.place_id for one in actor.offices if one.place_id and one.standing in (Standing.DESK, Standing.LEAD)]
    rows = Network.objects.select_related("place").order_by("place__code", "pk")
    return rows.filter(place__in=Place.objects.filter(at_or_below(places)).order_by().values("pk"))


def liaisons_of(unit_ids: Iterable[int], *, on: date) -> dict[int, list[Contact]]:
    """How to reach those who act for each of these units on a day; what was not left is empty. One query.

    For rooms that have made sure of it.
    """
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=on), unit__in=list(unit_ids), since__lte=on)
    found: defaultdict[int, list[Contact]] = defaultdict(list)
    for row in rows.select_related("person__contact").order_by("person__name", "pk"):
        assert row.unit_id
        found[row.unit_id].append(contact_of(row.person))
    return dict(found)
