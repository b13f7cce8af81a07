"""通讯录: the members and what they offer, units with their liaisons, persons in their own right by name and counted
apart, for members of the same network and the desks above it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongzhi.exchange.models import Offer
from gongzhi.exchange.queries.listed import DESK_STANDINGS, members_of, places_of, units_of
from gongzhi.exchange.rules import OfferState
from gongzhi.neighbourhood import lists, queries, registers
from gongzhi.neighbourhood.lists import Liaison
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Person
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right, Standing

# More persons than this nobody reads through; a name or a place finds the others.
MOST_HEADS = 200


@dataclass(frozen=True)
class Entry:
    """One unit: its networks, who speaks for it, what it offers as titles, and whether the asker may open numbers."""

    unit: MemberUnit
    networks: list[str]
    liaisons: list[Liaison]
    offers: list[str]
    may_open: bool


def visible_members(actor: Actor, *, on: date) -> QuerySet[MemberUnit]:
    """Current units in a network of one of the actor's own, and those at the places whose desk they are at; for a desk
    of the district all."""
    current = queries.current_units()
    if _at_district(actor):
        return current
    mine = Q(pk__in=units_of(actor)) | Q(
        pk__in=lists.co_members(units_of(actor), on=on, member_ids=members_of(actor)).values("pk")
    )
    if places := places_of(actor, DESK_STANDINGS):
        mine |= Q(pk__in=queries.units_at(places, on=on).values("pk"))
    return current.filter(mine)


def _at_district(actor: Actor) -> bool:
    return any(one.place_kind is PlaceKind.DISTRICT and one.standing in DESK_STANDINGS for one in actor.offices)


def visible_heads(actor: Actor, *, on: date) -> QuerySet[Membership]:
    """Persons who are members in their own right: of a network of the actor's own, and of those at the places whose desk
    they are at, or as head of something there; for a desk of the district all. For the clock also those who left."""
    if actor.holds(Standing.CLOCK):
        return lists.own_right(on=None)
    rows = lists.own_right(on=on)
    if _at_district(actor):
        return rows
    shared = lists.in_networks_of(units_of(actor), on=on, member_ids=members_of(actor))
    return rows.filter(Q(pk__in=shared.values("pk")) | lists.belonging_at(places_of(actor, DESK_STANDINGS)))


def get_member(actor: Actor, membership_id: int) -> Membership:
    """One of them. Raises Membership.DoesNotExist, the same for absent and not yours."""
    return visible_heads(actor, on=timezone.localdate()).get(pk=membership_id)


@dataclass(frozen=True)
class HeadEntry:
    """One person in their own right: what they are called on lists, what they offer, whether some way to reach them was
    left and the asker may open it, and whether the asker may write to them, which takes a login."""

    row: Membership
    name: str
    offers: list[str]
    reachable: bool
    may_open: bool
    may_write: bool


def heads(actor: Actor, *, on: date, words: str = "", place_id: int = 0) -> list[HeadEntry]:
    """The persons by name, narrowed as the units are. Four queries, however many there are."""
    rows = visible_heads(actor, on=on).select_related("person__contact")
    for word in words.replace("\0", "").split()[:5]:
        rows = rows.filter(
            Q(person__name__icontains=word) | Q(place__name__icontains=word) | Q(capacity__icontains=word)
        )
    if place_id:
        rows = rows.filter(lists.belonging_at([place_id]))
    found = list(rows.order_by("person__name", "pk")[:MOST_HEADS])
    offers: dict[int, list[str]] = defaultdict(list)
    told = Offer.objects.filter(state=OfferState.OPEN.value, member__in=found).order_by("-pk")
    for member_id, title in told.values_list("member", "title"):
        offers[member_id].append(title)
    desk, openable = actor.holds(*DESK_STANDINGS), heads_openable(actor, found)
    with_login = registers.accounts_of(one.person_id for one in found if one.person_id) if desk else {}
    return [
        HeadEntry(
            one, lists.member_name(one), offers[one.pk], _left(one), one.pk in openable, one.person_id in with_login
        )
        for one in found
    ]


def in_full(row: Membership) -> str:
    """A person in their own right by name and by what they head: how the desk tells one from another."""
    name, called = row.person.name if row.person else "", lists.member_name(row)
    return called if called == name else f"{name} {called}"


def heads_by_name(actor: Actor, *, on: date) -> dict[str, list[Membership]]:
    """The persons whom the actor may look up by all that they go by, without blanks: their name, what they are called on
    lists, both. Of one who is a member of several networks the first."""
    rows = reversed(visible_heads(actor, on=on).order_by("joined_on", "pk"))
    found = {(one.person_id, lists.member_name(one)): one for one in rows}
    names: dict[str, list[Membership]] = defaultdict(list)
    for one in sorted(found.values(), key=in_full):
        for name in {one.person.name if one.person else "", lists.member_name(one), in_full(one)}:
            names["".join(name.split())].append(one)
    return names


def heads_called(actor: Actor, words: str, *, on: date) -> list[Membership]:
    """The persons whom these words may mean, those alone whose name it is to the letter, where there are any."""
    said, names = "".join(words.split()), heads_by_name(actor, on=on)
    part = (one for name, found in names.items() if said in name for one in found)
    return names.get(said) or list({one.pk: one for one in part}.values())


def _left(row: Membership) -> bool:
    contact = row.person.contact if row.person else None
    return contact is not None and bool(contact.phone_sealed or contact.email_sealed)


def heads_openable(actor: Actor, rows: Iterable[Membership]) -> set[int]:
    """Of these, those whose number the actor may open: at the places where they hold that right."""
    reach, ids = actor.reach(Right.SEE_CONTACTS), {one.pk for one in rows}
    if reach is None:
        return ids
    if not reach:
        return set()
    here = lists.own_right(on=None).filter(lists.belonging_at(sorted(reach)), pk__in=ids)
    return set(here.values_list("pk", flat=True))


def head_to_open(actor: Actor, membership_id: int) -> Person | None:
    """A person in their own right whose number the actor may open; None without the right.

    Raises Membership.DoesNotExist.
    """
    row = get_member(actor, membership_id)
    return row.person if heads_openable(actor, [row]) else None


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
