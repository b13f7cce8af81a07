"""The members with who speaks for each: what a directory of a network is made of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from gongzhi.neighbourhood.models import Appointment, Membership, MemberUnit, Person, Place
from gongzhi.neighbourhood.queries.places import at_or_below


@dataclass(frozen=True)
class Liaison:
    """One who acts for a unit today; `reachable` where some way to reach them was left."""

    person_id: int
    name: str
    reachable: bool


def _running(on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on)


def co_members(unit_ids: Iterable[int], *, on: date, member_ids: Iterable[int] = ()) -> QuerySet[MemberUnit]:
    """The units that are members of a network of which one of these units, or a person by one of these memberships, is
    a member on that day, themselves too."""
    rows = in_networks_of(unit_ids, on=on, member_ids=member_ids).filter(unit__isnull=False)
    return MemberUnit.objects.filter(pk__in=rows.values("unit"))


def in_networks_of(unit_ids: Iterable[int], *, on: date, member_ids: Iterable[int] = ()) -> QuerySet[Membership]:
    """Every membership of those networks on that day."""
    mine = Q(unit__in=list(unit_ids)) | Q(pk__in=list(member_ids))
    return _running(on).filter(network__in=_running(on).filter(mine).values("network"))


def own_right(*, on: date | None) -> QuerySet[Membership]:
    """The memberships of persons in their own right on a day, or all that ever were, with what their names are made of."""
    rows = Membership.objects.all() if on is None else _running(on)
    return rows.filter(person__isnull=False).select_related("person", "place", "network__place")


def belonging_at(place_ids: Iterable[int]) -> Q:
    """A filter on memberships: of a network at or below one of these places, or as head of something there."""
    places = Place.objects.filter(at_or_below(list(place_ids))).order_by().values("pk")
    return Q(network__place__in=places) | Q(place__in=places)


def member_name(row: Membership) -> str:
    """What a member in their own right is called on a list: as head of what, of which place; their name without either.

    Person and place are read with the row.
    """
    return f"{row.place.name if row.place else ''}{row.capacity}" or (row.person.name if row.person else "")


def member_home(row: Membership) -> Place:
    """Where a member in their own right belongs: what they head, else where their network is. Both are read with the row."""
    return row.place or row.network.place


def members_ever(member_ids: Iterable[int]) -> list[Membership]:
    """These memberships with what their names are made of, those that ended as well. One query, none for nothing."""
    wanted = set(member_ids)
    rows = Membership.objects.filter(pk__in=wanted).select_related("person", "place", "network__place")
    return list(rows) if wanted else []


def member_names(member_ids: Iterable[int]) -> dict[int, str]:
    """Their names by id."""
    return {row.pk: member_name(row) for row in members_ever(member_ids)}


def networks_of(unit_ids: Iterable[int], *, on: date) -> dict[int, list[str]]:
    """The names of the networks that each of these units is in on a day. One query."""
    rows = Membership.objects.filter(
        Q(left_on=None) | Q(left_on__gt=on), unit__in=list(unit_ids), joined_on__lte=on
    ).order_by("joined_on", "pk")
    found: dict[int, list[str]] = defaultdict(list)
    for unit_id, name in rows.values_list("unit", "network__name"):
        found[unit_id].append(name)
    return found


def liaisons_of(unit_ids: Iterable[int], *, on: date) -> dict[int, list[Liaison]]:
    """Who acts for each of these units on a day, by name. One query."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=on), unit__in=list(unit_ids), since__lte=on)
    left = Q(person__contact__phone_sealed__isnull=False) | Q(person__contact__email_sealed__isnull=False)
    reachable = set(rows.filter(left).values_list("person", flat=True))
    found: dict[int, dict[int, Liaison]] = defaultdict(dict)
    for unit_id, person_id, name in rows.order_by("person__name", "pk").values_list("unit", "person", "person__name"):
        found[unit_id][person_id] = Liaison(person_id, name, person_id in reachable)
    return {unit_id: list(people.values()) for unit_id, people in found.items()}


def units_spoken_for(word: str, *, on: date) -> QuerySet[Any, Any]:
    """The ids of the units for which somebody with this word in their name acts on a day."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=on), unit__isnull=False, since__lte=on)
    return rows.filter(person__name__icontains=word).values("unit")


def liaison(person_id: int, unit_id: int, *, on: date) -> Person:
    """One who acts for this unit on a day, with their contact card. Raises Person.DoesNotExist."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=on), unit=unit_id, since__lte=on)
    return Person.objects.select_related("contact").get(pk=person_id, pk__in=rows.values("person"))
