"""通讯录: the members with their liaisons and what they offer, for members of the same network and the desks above it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries.listed import DESK_STANDINGS, places_of, units_of
from gongzhi.exchange.rules import OfferState
from gongzhi.neighbourhood import lists, queries
from gongzhi.neighbourhood.lists import Liaison
from gongzhi.neighbourhood.rows import MemberUnit, Person
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right


@dataclass(frozen=True)
class Entry:
    """One member: its networks, who speaks for it, what it offers as titles, and whether the asker may open numbers."""

    unit: MemberUnit
    networks: list[str]
    liaisons: list[Liaison]
    offers: list[str]
    may_open: bool


def visible_members(actor: Actor, *, on: date) -> QuerySet[MemberUnit]:
    """Current units in a network of one of the actor's own, and those at the places whose desk they are at; for a desk
    of the district all."""
    current = queries.current_units()
    if any(one.place_kind is PlaceKind.DISTRICT and one.standing in DESK_STANDINGS for one in actor.offices):
        return current
    mine = Q(pk__in=units_of(actor)) | Q(pk__in=lists.co_members(units_of(actor), on=on).values("pk"))
    if places := places_of(actor, DESK_STANDINGS):
        mine |= Q(pk__in=queries.units_at(places, on=on).values("pk"))
    return current.filter(mine)


def directory(
    actor: Actor, *, on: date, words: str = "", place_id: int = 0, start: int = 0, most: int = 50
) -> list[Entry]:
    """Members by name, narrowed by words in the name of unit or liaison, and to those at a place or in a network there.

    Six queries, however many there are.
    """
    rows = visible_members(actor, on=on)
    for word in words.replace("\0", "").split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(pk__in=lists.units_spoken_for(word, on=on)))
    if place_id:
        rows = rows.filter(pk__in=queries.units_at([place_id], on=on).values("pk"))
    units = list(rows.order_by("name", "pk")[start : start + most])
    ids = [one.pk for one in units]
    networks, liaisons = lists.networks_of(ids, on=on), lists.liaisons_of(ids, on=on)
    offers, openable = _offers(ids), _openable(actor, ids, on)
    return [
        Entry(one, networks.get(one.pk, []), liaisons.get(one.pk, []), offers[one.pk], one.pk in openable)
        for one in units
    ]


def _offers(unit_ids: list[int]) -> dict[int, list[str]]:
    """What each offers: every offer is told to the network of its giver at least."""
    told = Offer.objects.filter(state=OfferState.OPEN.value, unit__in=unit_ids)
    found: dict[int, list[str]] = defaultdict(list)
    for unit_id, title in told.order_by("-pk").values_list("unit", "title"):
        found[unit_id].append(title)
    return found


def _openable(actor: Actor, unit_ids: list[int], on: date) -> set[int]:
    """Of these, the units whose liaisons' numbers the actor may open: at the places where they hold that right."""
    reach = actor.reach(Right.SEE_CONTACTS)
    if reach is None:
        return set(unit_ids)
    if not reach:
        return set()
    return set(queries.units_at(sorted(reach), on=on).filter(pk__in=unit_ids).values_list("pk", flat=True))


def liaison_to_open(actor: Actor, unit_id: int, person_id: int, *, on: date) -> Person | None:
    """A liaison whose number the actor may open; None without the right. Raises MemberUnit or Person.DoesNotExist."""
    unit = visible_members(actor, on=on).get(pk=unit_id)
    person = lists.liaison(person_id, unit.pk, on=on)
    return person if unit.pk in _openable(actor, [unit.pk], on) else None
