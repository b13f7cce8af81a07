"""What the matching engine is given: open verified needs, open offers, and what was said and done before; plain values."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongzhi.exchange.models import Match, Need, Offer, Pledge, Refusal
from gongzhi.exchange.queries.listed import ALL, NONE, belongs_at, offers_seen_at, visible_needs, visible_offers
from gongzhi.exchange.queries.promised import Gap, gaps, offers_left, tallies
from gongzhi.exchange.rules import MATCH_OPEN, SHOWN, PledgeState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind

# For how long an ask counts as one of late.
LATELY = timedelta(days=90)
YEAR = timedelta(days=365)
# A side: ("unit", "member" or "place", id).
SideKey = tuple[str, int]


@dataclass(frozen=True)
class NeedRow:
    """One open, verified need; `quantity` is what nobody was asked for yet."""

    pk: int
    asker: SideKey
    kind: str
    title: str
    words: str
    tags: tuple[str, ...]
    quantity: Decimal
    measure: str
    deadline: date | None
    urgency: int
    windows: tuple[tuple[int, int, int], ...]
    # By how many offers it may still be met, None for any number.
    most_offers: int | None
    whole_only: bool
    place: int | None
    community: int | None
    subdistrict: int | None
    lon: float | None
    lat: float | None
    confidential: bool

    @property
    def home(self) -> int:
        """The place whose desk it is: of its community, else of what lies above."""
        return self.community or self.subdistrict or (self.asker[1] if self.asker[0] == "place" else 0)


@dataclass(frozen=True)
class OfferRow:
    """One open offer; `quantity` is what nobody was promised yet."""

    pk: int
    giver: SideKey
    kind: str
    title: str
    words: str
    tags: tuple[str, ...]
    quantity: Decimal
    measure: str
    smallest: Decimal | None
    most_per_need: Decimal | None
    valid_from: date | None
    valid_until: date | None
    windows: tuple[tuple[int, int, int], ...]
    reach_metres: int | None
    reach_place: int | None
    place: int | None
    community: int | None
    subdistrict: int | None
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class DeclineRow:
    """One refusal: the pair, who said it, why, and until when it holds."""

    need: int
    offer: int
    asker: SideKey
    kind: str
    side: str
    reason: str
    until: date | None


@dataclass(frozen=True)
class GiverRow:
    """What a side did: asked of late; pledges of the last year kept in time, late or in part, failed; given and received
    this year."""

    asked_lately: int
    in_time: int
    late: int
    failed: int
    given: int
    received: int


@dataclass(frozen=True)
class MatchingProblem:
    """Everything that the engine reads. `open_pairs` stand already; `sights` say which offers may be put beside the needs
    of each place."""

    needs: tuple[NeedRow, ...]
    offers: tuple[OfferRow, ...]
    open_pairs: frozenset[tuple[int, int]]
    declines: tuple[DeclineRow, ...]
    givers: dict[SideKey, GiverRow]
    sights: dict[int, frozenset[int]]


def needs_below(actor: Actor, place: Place) -> QuerySet[Need]:
    """The needs of a place and of everything below it, as far as the asker sees them."""
    rows = visible_needs(actor)
    if place.kind == PlaceKind.DISTRICT:
        return rows
    return rows.filter(belongs_at([place.pk]) | Q(receiving_place=place))


def problem_for_matching(actor: Actor, place: Place, *, now: datetime) -> MatchingProblem:
    """What may be matched for a place and all below it: their needs, and every offer in the asker's sight."""
    today = timezone.localtime(now).date()
    open_needs = needs_below(actor, place).filter(Q(deadline=None) | Q(deadline__gte=today), state="verified")
    good = Q(valid_until=None) | Q(valid_until__gte=today)
    open_offers = visible_offers(actor).filter(good, state="open")
    rows = list(open_needs.order_by("pk"))
    found = gaps(rows)
    needs = [_need(one, found[one.pk]) for one in rows if found[one.pk].left and found[one.pk].offers != 0]
    givable = list(open_offers.order_by("pk"))
    spare = offers_left(givable)
    offers = [_offer(one, spare[one.pk]) for one in givable if spare[one.pk]]
    ids = [one.pk for one in offers]
    pairs = Match.objects.filter(offer__in=ids, state__in=sorted(MATCH_OPEN)).values_list("need", "offer")
    return MatchingProblem(
        tuple(needs),
        tuple(offers),
        frozenset(pairs),
        _declines(ids),
        _givers({one.giver for one in offers}, now),
        _sights({one.home for one in needs}, today),
    )


def _sights(places: set[int], today: date) -> dict[int, frozenset[int]]:
    """Which open offers may be put beside the needs of each of these places: those that its own desk sees; and of the
    places above it what is theirs, not that of another community: nobody is named to a neighbour who did not agree.

    Two queries for each place.
    """
    found = {}
    for one in neighbourhood.current_places().filter(pk__in=places).defer("boundary"):
        above = [pk for pk in neighbourhood.ladder(one) if pk != one.pk]
        theirs = Q(community=None) & (Q(subdistrict__in=above) | Q(subdistrict=None))
        theirs |= Q(unit__in=neighbourhood.units_in_networks_of(above, on=today).values("pk"))
        seen = offers_seen_at([one.pk]) if one.kind != PlaceKind.DISTRICT else ALL
        rows = Offer.objects.filter(seen | theirs, state="open")
        found[one.pk] = frozenset(rows.values_list("pk", flat=True))
    return found


def _side(unit_id: int | None, member_id: int | None, place_id: int | None) -> SideKey:
    return ("unit", unit_id) if unit_id else ("member", member_id) if member_id else ("place", place_id or 0)


def _windows(rows: list[list[int]]) -> tuple[tuple[int, int, int], ...]:
    return tuple((day, first, last) for day, first, last in rows)


def _need(one: Need, gap: Gap) -> NeedRow:
    return NeedRow(
        pk=one.pk,
        asker=_side(one.unit_id, one.member_id, one.receiving_place_id),
        kind=one.kind,
        title=one.title,
        words=one.words,
        tags=tuple(one.tags),
        quantity=gap.left,
        measure=one.measure,
        deadline=one.deadline,
        urgency=one.urgency,
        windows=_windows(one.windows),
        most_offers=gap.offers,
        whole_only=one.whole_only,
        place=one.place_id,
        community=one.community_id,
        subdistrict=one.subdistrict_id,
        lon=one.lon,
        lat=one.lat,
        confidential=one.confidential,
    )


def _offer(one: Offer, left: Decimal) -> OfferRow:
    return OfferRow(
        pk=one.pk,
        giver=_side(one.unit_id, one.member_id, one.giving_place_id),
        kind=one.kind,
        title=one.title,
        words=one.words,
        tags=tuple(one.tags),
        quantity=left,
        measure=one.measure,
        smallest=one.smallest,
        most_per_need=one.most_per_need,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        windows=_windows(one.windows),
        reach_metres=one.reach_metres,
        reach_place=one.reach_place_id,
        place=one.place_id,
        community=one.community_id,
        subdistrict=one.subdistrict_id,
        lon=one.lon,
        lat=one.lat,
    )


def _declines(offers: list[int]) -> tuple[DeclineRow, ...]:
    rows = Refusal.objects.filter(offer__in=offers).select_related("need").order_by("pk")
    return tuple(
        DeclineRow(
            one.need_id,
            one.offer_id,
            _side(one.need.unit_id, one.need.member_id, one.need.receiving_place_id),
            one.need.kind,
            one.side,
            one.reason,
            one.until,
        )
        for one in rows
    )


def _givers(sides: set[SideKey], now: datetime) -> dict[SideKey, GiverRow]:
    """What each of these sides has done so far. Four queries."""
    asked: Counter[SideKey] = Counter(
        _side(*row)
        for row in Match.objects.filter(asked_at__gte=now - LATELY, state__in=sorted(SHOWN)).values_list(
            "offer__unit", "offer__member", "offer__giving_place"
        )
    )
    theirs = NONE
    for kind in ("unit", "member", "place"):
        ids = [pk for one, pk in sides if one == kind]
        theirs |= Q(**{f"giver_{kind}__in": ids}) | Q(**{f"receiver_{kind}__in": ids})
    lately = Q(ended_at=None) | Q(ended_at__gte=now - YEAR)
    pledges = list(Pledge.objects.filter(theirs, lately))
    counts = tallies([one.pk for one in pledges])
    counted: dict[str, Counter[SideKey]] = {name: Counter() for name in GiverRow.__dataclass_fields__}
    for one in pledges:
        giver = _side(one.giver_unit_id, one.giver_member_id, one.giver_place_id)
        ended = timezone.localtime(one.ended_at or now)
        if one.ended_at:
            counted[_kept(PledgeState(one.state), ended.date() <= one.due_on)][giver] += 1
        if counts[one.pk].confirmed and ended.year == timezone.localtime(now).year:
            counted["given"][giver] += 1
            receiver = _side(one.receiver_unit_id, one.receiver_member_id, one.receiver_place_id)
            counted["received"][receiver] += 1
    counted["asked_lately"] = asked
    return {side: GiverRow(**{name: rows[side] for name, rows in counted.items()}) for side in sides}


def _kept(state: PledgeState, in_time: bool) -> str:
    """As what an ended pledge counts: kept in time, late or in part, or failed."""
    if state is PledgeState.FAILED:
        return "failed"
    return "in_time" if in_time and state is PledgeState.FULFILLED else "late"
