"""What may be seen of matches and pledges, how much is left, and how the two sides reach each other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.exchange import rules, saying
from gongzhi.exchange.models import Delivery, Match, Need, Offer, Pledge, Receipt
from gongzhi.exchange.quantities import Line, Tally, left, tally
from gongzhi.exchange.queries.by_phone import match_phoned, pledge_phoned
from gongzhi.exchange.queries.listed import (
    DESK_STANDINGS,
    MEMBER,
    SHOWN,
    belongs_at,
    needs_seen,
    own,
    places_of,
    sees_all,
    visible_needs,
)
from gongzhi.exchange.rules import MatchState, PledgeState, Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry

# Matches


def visible_matches(actor: Actor) -> QuerySet[Match]:
    """For the desk of a need every match of it; for the two sides and the giver's desk those that were asked."""
    places, desks = places_of(actor), places_of(actor, DESK_STANDINGS)
    shown = Q(state__in=SHOWN)
    sides = (
        own(actor, "offer__")
        | own(actor, "need__")
        | Q(offer__giving_place__in=desks)
        | Q(need__receiving_place__in=desks)
    )
    beside = belongs_at(places, "offer__") & Q(need__confidential=False)
    # A member is beside its own need, whose suggestions are the desk's.
    standing_by = Actor(actor.label, tuple(one for one in actor.offices if not one.unit_id and not one.member_id))
    return Match.objects.filter(needs_seen(standing_by, "need__") | (shown & (sides | beside)))


def get_match(actor: Actor, match_id: int) -> Match:
    """One match with both sides. Raises Match.DoesNotExist, the same for absent and not yours."""
    return visible_matches(actor).select_related(*MATCH_SIDES).get(pk=match_id)


# What the names of the sides are made of: of an offer, of a need, of a match, of a pledge.
OFFER_SIDE = ("unit", *MEMBER, "giving_place")
NEED_SIDE = ("unit", *MEMBER, "receiving_place")
MATCH_SIDES = (*(f"offer__{one}" for one in OFFER_SIDE), *(f"need__{one}" for one in NEED_SIDE))
PLEDGE_SIDES = tuple(f"{side}_{one}" for side in ("giver", "receiver") for one in ("unit", *MEMBER, "place"))


def stands_as(actor: Actor, unit_id: int | None, place_id: int | None, member_id: int | None = None) -> bool:
    """Whether the actor speaks for this unit, is this member, or sits at the desk of, or leads, exactly this place."""
    return any(
        (unit_id is not None and office.unit_id == unit_id)
        or (member_id is not None and office.member_id == member_id)
        or (place_id is not None and office.place_id == place_id and office.standing in DESK_STANDINGS)
        for office in actor.offices
    )


def match_standings(actor: Actor, match: Match) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards a match: on its sides, and at the place of the need."""
    need, offer = match.need, match.offer
    found: set[StrEnum] = set(actor.standings_at((need.receiving_place_id, need.community_id, need.subdistrict_id)))
    if stands_as(actor, offer.unit_id, offer.giving_place_id, offer.member_id):
        found.add(Side.GIVER)
    if stands_as(actor, need.unit_id, need.receiving_place_id, need.member_id):
        found.add(Side.RECEIVER)
    return frozenset(found)


def match_moves(actor: Actor, match: Match, silent: frozenset[int] | None = None) -> dict[str, Move]:
    """The moves that the actor may make now, for themselves or for who says it by telephone; a side that has agreed need
    not agree again. `silent` where it is known already which members cannot log in."""
    standings = match_standings(actor, match) | match_phoned(actor, match, silent)
    moves = open_moves(rules.MATCH_MOVES, MatchState(match.state), standings)
    done = {"give": match.given_at, "take": match.taken_at}
    return {verb: row for verb, row in moves.items() if not done.get(verb)}


def match_trail(actor: Actor, match_id: int) -> list[TrailEntry]:
    """What was done about one match, oldest first. Raises Match.DoesNotExist."""
    return trail.of("match", visible_matches(actor).only("pk").get(pk=match_id).pk)


@dataclass(frozen=True)
class Ask:
    """What the two sides of a match read of each other. Empty where it is confidential and not agreed yet."""

    match_id: int
    kind: str
    quantity: Decimal
    measure: str
    due_on: date | None
    offer_title: str
    giver: str
    need_title: str
    need_words: str
    receiver: str


def asked_of(actor: Actor, match_id: int) -> Ask:
    """What is asked, as far as this asker may read it: a confidential need is told to the giver once both agreed.

    Raises Match.DoesNotExist.
    """
    match = get_match(actor, match_id)
    need, offer = match.need, match.offer
    open_to = match.state in rules.AGREED or not need.confidential or visible_needs(actor).filter(pk=need.pk).exists()
    return Ask(
        match.pk,
        need.kind,
        match.quantity,
        offer.measure,
        match.due_on,
        offer.title,
        giver_name(offer),
        need.title if open_to else "",
        need.words if open_to else "",
        asker_name(need) if open_to else "",
    )


def name_of(unit: MemberUnit | None, place: Place | None, member: Membership | None = None) -> str:
    """The name of a side: of the unit, of the member in their own right, or of the place."""
    if member is not None:
        return member_name(member)
    side = unit or place
    return side.name if side else ""


def giver_name(offer: Offer) -> str:
    """Whose an offer is."""
    return name_of(offer.unit, offer.giving_place, offer.member)


def asker_name(need: Need) -> str:
    """Whose a need is."""
    return name_of(need.unit, need.receiving_place, need.member)


def pledge_names(pledge: Pledge) -> tuple[str, str]:
    """Who gives, and who receives."""
    return (
        name_of(pledge.giver_unit, pledge.giver_place, pledge.giver_member),
        name_of(pledge.receiver_unit, pledge.receiver_place, pledge.receiver_member),
    )


def why_suggested(match: Match, translate: Callable[[str], str] = str) -> str:
    """Why the engine put these two together, in one sentence; empty for what a person put there.

    For the desk of the need, which alone sees suggestions: it tells how the giver has kept its word.
    """
    return saying.sentence_of(match.reasons, translate) or match.sentence


def may_reach(actor: Actor, match: Match) -> bool:
    """Whether the actor may look up how the other side of a match is reached."""
    return match.state in rules.AGREED and bool(_sides_of(actor, match))


def _sides_of(actor: Actor, match: Match) -> frozenset[StrEnum]:
    """On which sides the actor stands, or speaks for who cannot log in."""
    return match_standings(actor, match) & set(Side) or match_phoned(actor, match)


def contacts_of_other_side(actor: Actor, match_id: int, *, today: date) -> list[Contact]:
    """How a side reaches the other one, once both have agreed; nothing before, and nothing for anyone else.

    Raises Match.DoesNotExist.
    """
    match = get_match(actor, match_id)
    sides = _sides_of(actor, match)
    if match.state not in rules.AGREED:
        return []
    need, offer = match.need, match.offer
    people: list[int] = []
    if Side.GIVER in sides:
        people += speakers(need.unit, need.receiving_place_id, today, need.member)
    if Side.RECEIVER in sides:
        people += speakers(offer.unit, offer.giving_place_id, today, offer.member)
    return neighbourhood.contacts_of(people)


def speakers(unit: MemberUnit | None, place_id: int | None, today: date, member: Membership | None = None) -> list[int]:
    """Those who speak for a side: a unit's liaisons, a place's desk and leaders; a member in their own right themselves."""
    if member is not None:
        return [member.person_id] if member.person_id else []
    if unit is not None:
        return neighbourhood.people_of_unit(unit, today)
    return list(
        neighbourhood.staff_at([place_id] if place_id else [], *DESK_STANDINGS, today=today).values_list(
            "pk", flat=True
        )
    )


# How much is left


def offer_left(offer: Offer, *, besides: int | None = None) -> Decimal:
    """What of an offer nobody was promised yet; one match may be left out of the count. Three queries at most."""
    return offers_left([offer], besides=besides)[offer.pk]


def offers_left(offers: Iterable[Offer], *, besides: int | None = None) -> dict[int, Decimal]:
    """The same of many: the quantity without open asks and pledges, and without what came of those that ended."""
    totals = {one.pk: one.quantity for one in offers}
    taken = _taken("offer", totals, besides)
    return {pk: left(total, taken[pk]) for pk, total in totals.items()}


def need_left(need: Need, *, besides: int | None = None) -> Decimal:
    """What of a need nobody was asked for yet. Three queries at most."""
    return needs_left([need], besides=besides)[need.pk]


def needs_left(needs: Iterable[Need], *, besides: int | None = None) -> dict[int, Decimal]:
    """The same of many."""
    return {pk: one.left for pk, one in gaps(needs, besides=besides).items()}


class Gap(NamedTuple):
    """What of a need nobody was asked for yet, and by how many more offers it may be met; None for any number."""

    left: Decimal
    offers: int | None


def gaps(needs: Iterable[Need], *, besides: int | None = None) -> dict[int, Gap]:
    """The gap of each of these needs. Three queries at most."""
    found = {one.pk: one for one in needs}
    taken = _taken("need", found, besides)
    return {pk: Gap(left(one.quantity, taken[pk]), _more_offers(one, taken[pk])) for pk, one in found.items()}


def _more_offers(need: Need, taken: list[Decimal]) -> int | None:
    most = 1 if need.whole_only else need.most_offers
    return None if most is None else max(0, most - sum(1 for one in taken if one))


def _taken(side: str, ids: Iterable[int], besides: int | None) -> dict[int, list[Decimal]]:
    """What the matches of each take: what was asked for while they are open, afterwards what was confirmed."""
    states = [*rules.RESERVED, MatchState.FULFILLED, MatchState.PARTLY]
    rows = Match.objects.filter(**{f"{side}__in": list(ids)}, state__in=sorted(states))
    rows = rows.exclude(pk=besides) if besides else rows
    taken: dict[int, list[Decimal]] = {pk: [] for pk in ids}
    ended: dict[int, int] = {}
    for pk, whose, state, quantity in rows.values_list("pk", side, "state", "quantity"):
        if state in rules.RESERVED:
            taken[whose].append(quantity)
        else:
            ended[pk] = whose
    pledges = dict(Pledge.objects.filter(match__in=list(ended)).values_list("pk", "match")) if ended else {}
    for pledge, one in tallies(pledges).items():
        taken[ended[pledges[pledge] or 0]].append(one.confirmed)
    return taken


def tallies(pledge_ids: Iterable[int]) -> dict[int, Tally]:
    """What was delivered under each of these pledges. One query, or none."""
    lines: dict[int, list[Line]] = {pk: [] for pk in pledge_ids}
    said = Receipt.objects.filter(delivery=OuterRef("pk"))
    if not lines:
        return {}
    rows = Delivery.objects.filter(pledge__in=list(lines)).annotate(
        confirmed=Exists(said.filter(confirmed=True)), disputed=Exists(said.filter(confirmed=False))
    )
    for pk, pledge_id, quantity, corrects, confirmed, disputed in rows.order_by("pk").values_list(
        "pk", "pledge", "quantity", "corrects", "confirmed", "disputed"
    ):
        lines[pledge_id].append(Line(pk, quantity, corrects, True if confirmed else False if disputed else None))
    return {pk: tally(found) for pk, found in lines.items()}


# Pledges


def visible_pledges(actor: Actor) -> QuerySet[Pledge]:
    """The pledges of the actor's units and places, given or received, and of the units there; for the district all.

    One that meets a confidential need is seen by those who may read that need, and by its giver.
    """
    desks = places_of(actor, DESK_STANDINGS)
    mine = own(actor, "giver_") | own(actor, "receiver_")
    told = Q(match=None) | Q(match__need__confidential=False) | needs_seen(actor, "match__need__") | mine
    told |= Q(giver_place__in=desks)
    if sees_all(actor):
        return Pledge.objects.filter(told)
    places = places_of(actor)
    seen = mine
    if places:
        theirs = neighbourhood.units_at(places, on=timezone.localdate()).values("pk")
        seen |= belongs_at(places, "match__offer__") & Q(giver_member__isnull=False)
        seen |= belongs_at(places) | Q(giver_place__in=places) | Q(receiver_place__in=places)
        seen |= Q(giver_unit__in=theirs) | Q(receiver_unit__in=theirs)
    return Pledge.objects.filter(seen, told)


def get_pledge(actor: Actor, pledge_id: int) -> Pledge:
    """One pledge with both sides. Raises Pledge.DoesNotExist, the same for absent and not yours."""
    return visible_pledges(actor).select_related(*PLEDGE_SIDES, "match").get(pk=pledge_id)


def pledge_standings(actor: Actor, pledge: Pledge) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards a pledge: on its sides, and where the receiver belongs.

    Whoever stands on both sides stands on the giver's, and does not lead there: nobody confirms what they delivered
    themselves, nor puts off their own day.
    """
    found: set[StrEnum] = set(
        actor.standings_at((pledge.receiver_place_id, pledge.community_id, pledge.subdistrict_id))
    )
    if stands_as(actor, pledge.giver_unit_id, pledge.giver_place_id, pledge.giver_member_id):
        found = found - {Standing.LEAD} | {Side.GIVER}
    elif stands_as(actor, pledge.receiver_unit_id, pledge.receiver_place_id, pledge.receiver_member_id):
        found.add(Side.RECEIVER)
    return frozenset(found)


def pledge_moves(actor: Actor, pledge: Pledge) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order; a later day is asked for, then answered."""
    standings = pledge_standings(actor, pledge) | pledge_phoned(actor, pledge)
    moves = open_moves(rules.PLEDGE_MOVES, PledgeState(pledge.state), standings)
    closed = {"put_off"} if pledge.later_on else {"agree_day", "keep_day"}
    return {verb: row for verb, row in moves.items() if verb not in closed}


def pledge_trail(actor: Actor, pledge_id: int) -> list[TrailEntry]:
    """What was done about one pledge, oldest first. Raises Pledge.DoesNotExist."""
    return trail.of("pledge", visible_pledges(actor).only("pk").get(pk=pledge_id).pk)


def deliveries_of(actor: Actor, pledge_id: int) -> list[tuple[Delivery, Receipt | None]]:
    """Every delivery noted under a pledge with what the receiver said of it, oldest first. Raises Pledge.DoesNotExist."""
    pledge = visible_pledges(actor).only("pk").get(pk=pledge_id)
    said = {one.delivery_id: one for one in Receipt.objects.filter(delivery__pledge=pledge)}
    return [(one, said.get(one.pk)) for one in Delivery.objects.filter(pledge=pledge).order_by("pk")]
