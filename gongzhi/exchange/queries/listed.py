"""What may be seen of offers, needs, introductions and tasks, and what the district sets."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.exchange import rules
from gongzhi.exchange.models import BalanceTask, ExchangeSetting, Introduction, Match, Need, Offer, Unlock
from gongzhi.exchange.rules import NeedState, OfferState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import PLACE_STANDINGS as PLACE_STANDINGS
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry

DESK_STANDINGS = frozenset({Standing.DESK, Standing.LEAD})
# Not an empty filter: joined by "or" with another, that would be the other alone.
ALL, NONE = ~Q(pk__in=[]), Q(pk__in=[])
# What the name of a member in their own right is made of.
MEMBER = ("member__person", "member__place")
SHOWN = sorted(state.value for state in rules.SHOWN)


def units_of(actor: Actor) -> list[int]:
    """The units that the actor speaks for."""
    return [office.unit_id for office in actor.offices if office.unit_id]


def members_of(actor: Actor) -> list[int]:
    """The memberships that the actor holds in their own right."""
    return [office.member_id for office in actor.offices if office.member_id]


def own(actor: Actor, prefix: str = "", unit: str = "unit", member: str = "member") -> Q:
    """A filter on rows that name a unit or a member: those of the units that the actor speaks for, and their own."""
    units, members, found = units_of(actor), members_of(actor), NONE
    if units:
        found |= Q(**{f"{prefix}{unit}__in": units})
    return found | Q(**{f"{prefix}{member}__in": members}) if members else found


def is_own(actor: Actor, unit_id: int | None, member_id: int | None) -> bool:
    """The same of one row."""
    return unit_id in units_of(actor) if unit_id else member_id in members_of(actor)


def places_of(actor: Actor, standings: frozenset[Standing] = PLACE_STANDINGS) -> list[int]:
    """The places at which the actor holds one of these, whatever their kind."""
    return [office.place_id for office in actor.offices if office.place_id and office.standing in standings]


def sees_all(actor: Actor) -> bool:
    """Whether the actor works for the whole district, or is the clock."""
    return any(
        office.standing is Standing.CLOCK
        or (office.standing in PLACE_STANDINGS and office.place_kind is PlaceKind.DISTRICT)
        for office in actor.offices
    )


def belongs_at(places: list[int], prefix: str = "") -> Q:
    """A filter on rows that say where they belong: at these places."""
    return Q(**{f"{prefix}community__in": places}) | Q(**{f"{prefix}subdistrict__in": places})


def at_own_places(actor: Actor, prefix: str = "") -> Q:
    """A filter on rows that say their place and where it belongs: those where the actor works, and below."""
    places = places_of(actor)
    return ALL if sees_all(actor) else belongs_at(places, prefix) | Q(**{f"{prefix}place__in": places})


# Offers


def visible_offers(actor: Actor) -> QuerySet[Offer]:
    """A member's own and those it was asked to take; for a desk those of its places, of members of its networks, and of
    units to which it was introduced, where the giver lets it be told beyond the network; for the district all."""
    if sees_all(actor):
        return Offer.objects.all()
    places, seen = places_of(actor), own(actor)
    if seen != NONE:
        seen |= Q(Exists(Match.objects.filter(own(actor, "need__"), offer=OuterRef("pk"), state__in=SHOWN)))
    return Offer.objects.filter(seen | offers_seen_at(places) if places else seen)


def offers_seen_at(places: list[int]) -> Q:
    """A filter on offers: those that a desk at these places sees."""
    agreed = rules.IntroductionState.AGREED.value
    introduced = Introduction.objects.filter(to_community__in=places, state=agreed).values("unit")
    told = Q(visibility__in=[rules.Visibility.DISTRICT.value, rules.Visibility.PUBLIC.value])
    there = neighbourhood.units_at(places, on=timezone.localdate()).values("pk")
    return (
        belongs_at(places)
        | Q(giving_place__in=places)
        | Q(unit__in=there)
        | Q(member__network__place__in=places)
        | (Q(unit__in=introduced) & told)
    )


def get_offer(actor: Actor, offer_id: int) -> Offer:
    """One offer with its giver and places. Raises Offer.DoesNotExist, the same for absent and not yours."""
    related = ("unit", *MEMBER, "giving_place", "community", "subdistrict", "place", "reach_place")
    return visible_offers(actor).select_related(*related).get(pk=offer_id)


def offer_standings(actor: Actor, offer: Offer) -> frozenset[Standing]:
    """In what capacities the actor stands towards this offer: as its unit or member, or at its place and above."""
    return _standings(actor, offer, offer.giving_place_id)


def _standings(actor: Actor, row: Offer | Need, place_id: int | None) -> frozenset[Standing]:
    found = actor.standings_at((place_id, row.community_id, row.subdistrict_id), row.unit_id)
    return found | {Standing.UNIT} if row.member_id in members_of(actor) else found


def offer_moves(actor: Actor, offer: Offer) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order: the page's buttons."""
    return open_moves(rules.OFFER_MOVES, OfferState(offer.state), offer_standings(actor, offer))


def offer_trail(actor: Actor, offer_id: int) -> list[TrailEntry]:
    """What was done about one offer, oldest first. Raises Offer.DoesNotExist."""
    return trail.of("offer", visible_offers(actor).only("pk").get(pk=offer_id).pk)


# Needs


def visible_needs(actor: Actor) -> QuerySet[Need]:
    """A member's own; for a desk those of its places and below; for the district all. A confidential one is seen by its
    own people and by whoever is at the desk of, or leads, exactly the place it belongs to.

    What a unit that is asked to give reads of a need is `asked_of`.
    """
    return Need.objects.filter(needs_seen(actor))


def needs_seen(actor: Actor, prefix: str = "") -> Q:
    """A filter on needs, or on rows that point at one: those that the actor may read whole."""
    places, desks = places_of(actor), places_of(actor, DESK_STANDINGS)
    closed = Q(**{f"{prefix}confidential": True})
    if any(office.standing is Standing.CLOCK for office in actor.offices):
        return ALL
    theirs = Q(**{f"{prefix}community__in": desks}) | Q(
        **{f"{prefix}community": None, f"{prefix}subdistrict__in": desks}
    )
    seen = ALL if sees_all(actor) else belongs_at(places, prefix) | Q(**{f"{prefix}receiving_place__in": places})
    return own(actor, prefix) | (seen & ~closed) | (theirs & closed)


def get_need(actor: Actor, need_id: int) -> Need:
    """One need with its asker and places. Raises Need.DoesNotExist, the same for absent and not yours."""
    related = ("problem", "unit", *MEMBER, "receiving_place", "community", "subdistrict", "place", "verified_by")
    return visible_needs(actor).select_related(*related).get(pk=need_id)


def need_standings(actor: Actor, need: Need) -> frozenset[Standing]:
    """In what capacities the actor stands towards this need: as its unit or member, or at its place and above."""
    return _standings(actor, need, need.receiving_place_id)


def need_moves(actor: Actor, need: Need) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order."""
    return open_moves(rules.NEED_MOVES, NeedState(need.state), need_standings(actor, need))


def need_trail(actor: Actor, need_id: int) -> list[TrailEntry]:
    """What was done about one need, oldest first. Raises Need.DoesNotExist."""
    return trail.of("need", visible_needs(actor).only("pk").get(pk=need_id).pk)


def unlocks_of(actor: Actor, need_id: int) -> list[Unlock]:
    """What a need frees once it is met, as far as the asker sees those. Raises Need.DoesNotExist."""
    need = visible_needs(actor).only("pk").get(pk=need_id)
    rows = Unlock.objects.filter(need=need, frees__in=visible_needs(actor)).select_related("frees")
    return list(rows.order_by("pk"))


# Introductions, tasks, settings


def visible_introductions(actor: Actor) -> QuerySet[Introduction]:
    """Those that the actor's places asked for, and those of units that belong there; for the district all."""
    if sees_all(actor):
        return Introduction.objects.all()
    places = places_of(actor)
    return Introduction.objects.filter(Q(to_community__in=places) | Q(own_place__in=places))


def introduction_standings(actor: Actor, introduction: Introduction) -> frozenset[StrEnum]:
    """In what capacities the actor stands at the unit's own place: a leader there, and nobody else's, answers; and
    whether they are at the desk of the place that asks."""
    found: set[StrEnum] = {one.standing for one in actor.offices if one.place_id == introduction.own_place_id}
    if introduction.to_community_id in places_of(actor, DESK_STANDINGS):
        found.add(rules.Side.RECEIVER)
    return frozenset(found)


def visible_tasks(actor: Actor) -> QuerySet[BalanceTask]:
    """Units that received nothing for long, at the actor's places and below."""
    if sees_all(actor):
        return BalanceTask.objects.all()
    places = places_of(actor)
    return BalanceTask.objects.filter(belongs_at(places) | Q(place__in=places))


def task_standings(actor: Actor, task: BalanceTask) -> frozenset[Standing]:
    """In what capacities the actor stands towards this task."""
    return actor.standings_at((task.place_id, task.community_id, task.subdistrict_id))


def settings() -> dict[str, int]:
    """Every number that the district sets, or its value to start from. One query."""
    values = {code: start for code, (_name, start) in rules.SETTINGS.items()}
    values.update(ExchangeSetting.objects.filter(code__in=list(values)).values_list("code", "value"))
    return values
