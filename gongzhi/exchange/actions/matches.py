"""撮合: a match is suggested, a person asks both sides, each side answers for itself; the second yes is the pledge."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import quantities, queries, rules
from gongzhi.exchange.actions import steps, telling
from gongzhi.exchange.models import Match, Need, Offer, Pledge, Refusal
from gongzhi.exchange.rules import MatchState, NeedState, OfferState, RefusalReason, Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import trail
from gongzhi.shared.days import calendar
from gongzhi.shared.moves import NotAllowed, Refused, WrongState, _
from gongzhi.shared.rows import TrailEntry

_NOBODY_LOGS_IN = _("有一方没有人能登录系统，看不到这次征求意见：请打电话告诉他们，并给联络员开登录名")
_BY_LINK = _("个人成员没有登录名：请打电话问，代为记下答复；留了电话或邮箱的，已发去可以直接答复的链接")


@transaction.atomic
def suggest_match(
    actor: Actor,
    *,
    need_id: int,
    offer_id: int,
    quantity: Decimal | int | str,
    now: datetime,
    reasons: Mapping[str, object] | None = None,
) -> Match:
    """Put a need and an offer beside each other, by the engine with its reasons or by hand; asks nobody yet.

    By hand the actor is at the desk of the need and sees the offer. Raises Refused where the pair stands already, or the
    need is not verified. One pair has one open match at a time.
    """
    queries.visible_needs(actor).only("pk").get(pk=need_id)
    queries.visible_offers(actor).only("pk").get(pk=offer_id)
    need, offer = steps.locked_need(need_id), steps.locked_offer(offer_id)
    by_hand = actor is not CLOCK
    if by_hand and queries.DESK_STANDINGS.isdisjoint(queries.need_standings(actor, need)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("提出撮合"))
    amount = quantities.quantity(quantity)
    _must_fit(need, offer, amount, now)
    match = _suggested(need, offer, amount, reasons, now)
    try:
        with transaction.atomic():
            match.save()
    except IntegrityError:
        raise Refused(_("这两项已经在对接，不用再提。")) from None
    steps.note(actor, match, "suggest", "", now, data={"quantity": str(amount)})
    return match


@dataclass(frozen=True)
class Pairing:
    """So much of an offer for a need, as the engine proposes it, and why."""

    need: int
    offer: int
    quantity: Decimal
    reasons: Mapping[str, object]


def renew_suggestions(
    actor: Actor, *, passed: Collection[int], pairs: Sequence[Pairing], now: datetime
) -> tuple[list[Match], int]:
    """Pass these suggestions and put these pairs beside their needs, all at once; what changed meanwhile is left out.

    For whoever has made sure that the actor is at the desk of all these needs. Returns what stands now, and how many
    were passed. A dozen queries, however many they are.
    """
    old = Match.objects.filter(pk__in=passed).values_list("need", "offer")
    touched = [*old, *((one.need, one.offer) for one in pairs)]
    needs = steps.locked_needs({need for need, _offer in touched})
    offers = steps.locked_offers({offer for _need, offer in touched})
    count = _pass_all(actor, passed, now)
    taken = set(Match.objects.filter(need__in=needs, state__in=sorted(rules.MATCH_OPEN)).values_list("need", "offer"))
    gaps, spare = queries.gaps(needs.values()), queries.offers_left(offers.values())
    found = []
    for one in pairs:
        try:
            _check_fit(needs[one.need], offers[one.offer], one.quantity, now, gaps[one.need], spare[one.offer])
        except Refused:
            continue
        if (one.need, one.offer) not in taken:
            found.append(_suggested(needs[one.need], offers[one.offer], one.quantity, one.reasons, now))
    made = Match.objects.bulk_create(found)
    trail.write(*(_entry(actor, one, "suggest", "", now, {"quantity": str(one.quantity)}) for one in made))
    return made, count


def _suggested(need: Need, offer: Offer, amount: Decimal, reasons: Mapping[str, object] | None, now: datetime) -> Match:
    return Match(need=need, offer=offer, quantity=amount, reasons=dict(reasons or {}), suggested_at=now)


def _entry(actor: Actor, match: Match, verb: str, before: str, now: datetime, data: Mapping[str, object]) -> TrailEntry:
    return trail.entry(
        actor, at=now, noun="match", noun_id=match.pk, verb=verb, from_state=before, to_state=match.state, data=data
    )


def _pass_all(actor: Actor, match_ids: Collection[int], now: datetime) -> int:
    """Pass those of these that nobody took up meanwhile; needs and offers are locked."""
    rows = Match.objects.select_for_update(of=("self",)).select_related(*queries.MATCH_SIDES)
    found = list(rows.filter(pk__in=match_ids, state=MatchState.SUGGESTED.value).order_by("pk"))
    for match in found:
        step = begin(actor, match, "pass", now)
        match.state, match.ended_at, match.version = step.after, step.now, match.version + 1
    Match.objects.bulk_update(found, ["state", "ended_at", "version"])
    trail.write(*(_entry(actor, one, "pass", MatchState.SUGGESTED.value, now, {}) for one in found))
    return len(found)


def _must_fit(need: Need, offer: Offer, amount: Decimal, now: datetime, *, besides: int | None = None) -> None:
    """Raise Refused where this much of the offer cannot go to this need. Both rows are locked."""
    gap = queries.gaps([need], besides=besides)[need.pk]
    _check_fit(need, offer, amount, now, gap, queries.offer_left(offer, besides=besides))


def _check_fit(need: Need, offer: Offer, amount: Decimal, now: datetime, gap: queries.Gap, spare: Decimal) -> None:
    """The same where it is known how much of both is left."""
    today = timezone.localtime(now).date()
    if need.state != NeedState.VERIFIED:
        raise WrongState(_("这项需求还没有核实，或已经结束。"))
    if offer.state != OfferState.OPEN or (offer.valid_until and offer.valid_until < today):
        raise WrongState(_("这项资源现在不能提供。"))
    giver = offer.unit_id, offer.member_id, offer.giving_place_id
    if giver == (need.unit_id, need.member_id, need.receiving_place_id):
        raise Refused(_("提供方和接受方是同一家，不用对接。"))
    if offer.measure != need.measure:
        raise Refused(
            _("资源按“%(offer)s”计，需求按“%(need)s”计，请先统一单位。"), offer=offer.measure, need=need.measure
        )
    if offer.smallest and amount < offer.smallest:
        raise Refused(
            _("提供方每次最少给%(smallest)s%(measure)s。"),
            smallest=quantities.shown(offer.smallest),
            measure=offer.measure,
        )
    if offer.most_per_need and amount > offer.most_per_need:
        raise Refused(
            _("提供方对每项需求最多给%(most)s%(measure)s。"),
            most=quantities.shown(offer.most_per_need),
            measure=offer.measure,
        )
    if need.whole_only and amount != need.quantity:
        raise Refused(
            _("这项需求要一次给足%(quantity)s%(measure)s。"),
            quantity=quantities.shown(need.quantity),
            measure=need.measure,
        )
    if gap.offers == 0 and not need.whole_only:
        raise Refused(_("这项需求最多由%(most)d家一起给，已经够了。"), most=need.most_offers)
    if amount > spare:
        raise Refused(
            _("这项资源只剩%(left)s%(measure)s没有约定。"), left=quantities.shown(spare), measure=offer.measure
        )
    if amount > gap.left:
        raise Refused(_("这项需求只差%(left)s%(measure)s。"), left=quantities.shown(gap.left), measure=need.measure)


def _locked(actor: Actor, match_id: int) -> Match:
    """A match that the actor may see, with need and offer, all locked, in the room's order."""
    match = queries.visible_matches(actor).only("need", "offer").get(pk=match_id)
    steps.locked_need(match.need_id)
    steps.locked_offer(match.offer_id)
    return steps.locked_match(match_id)


def begin(
    actor: Actor, match: Match, verb: str, now: datetime, seen: int | None = None, **given: Any
) -> steps.Step[Match]:
    """Check one move of a locked match against the table."""
    standings = queries.match_standings(actor, match) | queries.match_phoned(actor, match)
    return steps.begin(actor, match, rules.MATCH_MOVES, verb, standings, now=now, seen=seen, **given)


@transaction.atomic
def offer_match(
    actor: Actor,
    *,
    match_id: int,
    now: datetime,
    quantity: Decimal | int | str | None = None,
    due_on: date | None = None,
    seen: int | None = None,
) -> Match:
    """Ask both sides: so much, by this day. From now on nobody else can be promised this much; nothing is agreed yet.

    Raises Refused where it is more than is left, or nobody would hear on one of the sides.
    """
    match = _locked(actor, match_id)
    step = begin(actor, match, "offer", now, seen, quantity=match.quantity if quantity is None else quantity)
    amount = quantities.quantity(match.quantity if quantity is None else quantity)
    _must_fit(match.need, match.offer, amount, now, besides=match.pk)
    numbers = queries.settings()
    fallback = step.now.date() + timedelta(days=numbers["pledge_days"])
    match.quantity = amount
    match.due_on = steps.day_ahead(due_on, now) or match.need.deadline or fallback
    match.asked_at, match.asked_by_id = step.now, actor.person_id
    match.answer_due_at = calendar().add_working_days(step.now, numbers["answer_days"])
    givers, receivers = telling.giver_of(match.offer, now), telling.receiver_of(match.need, now)
    if not givers or not receivers:
        raise Refused(_("有一方还没有联络员或工作人员，没有人会收到，请先登记。"))
    match = steps.finish(step, data={"quantity": str(amount), "due_on": match.due_on.isoformat()})
    telling.asked(match, givers, _("请答复：能否提供"), now=now)
    telling.asked(match, receivers, _("请答复：是否接受"), now=now)
    for row, people in ((match.offer, givers), (match.need, receivers)):
        if not neighbourhood.can_log_in(people):
            subject = _BY_LINK if row.member else _NOBODY_LOGS_IN
            desk = telling.desk_of(row if row.member else match.need, now)
            telling.asked(match, [actor.person_id or 0, *desk], subject, now=now)
    return match


@transaction.atomic
def pass_match(actor: Actor, *, match_id: int, now: datetime, seen: int | None = None) -> Match:
    """The desk does not take up a suggestion; nobody had been asked."""
    step = begin(actor, _locked(actor, match_id), "pass", now, seen)
    step.thing.ended_at = step.now
    return steps.finish(step)


@transaction.atomic
def accept_match(actor: Actor, *, match_id: int, side: Side, now: datetime, seen: int | None = None) -> Match:
    """One side says yes, for itself; or a member who cannot log in says so by telephone, and their desk writes it down.
    With the second yes the pledge is made, in the same transaction.

    Raises NotAllowed for whoever does not stand on that side; a side that has said yes stays as it is.
    """
    match = _locked(actor, match_id)
    verb = "give" if side is Side.GIVER else "take"
    step = begin(actor, match, verb, now, seen)
    if side is Side.GIVER:
        match.given_at = match.given_at or step.now
    else:
        match.taken_at = match.taken_at or step.now
    if match.given_at and match.taken_at:
        step.after = MatchState.ACCEPTED.value
    match = steps.finish(step, data=steps.heard(side not in queries.match_standings(actor, match)))
    if match.state == MatchState.ACCEPTED:
        _promise(actor, match, step.now)
    return match


def _promise(actor: Actor, match: Match, now: datetime) -> Pledge:
    need, offer = match.need, match.offer
    assert match.due_on is not None
    pledge = Pledge.objects.create(
        match=match,
        giver_unit=offer.unit,
        giver_member=offer.member,
        giver_place=offer.giving_place,
        receiver_unit=need.unit,
        receiver_member=need.member,
        receiver_place=need.receiving_place,
        community_id=need.community_id,
        subdistrict_id=need.subdistrict_id,
        kind=offer.kind,
        what=offer.title,
        quantity=match.quantity,
        measure=offer.measure,
        due_on=match.due_on,
        promised_at=now,
    )
    steps.note(actor, pledge, "promise", "", now, data={"match": match.pk})
    people = [*telling.giver_of(offer, now), *telling.receiver_of(need, now), *telling.desk_of(need, now)]
    telling.of_pledge(pledge, people, _("双方同意，承诺已成立"), now=now)
    return pledge


@transaction.atomic
def decline_match(
    actor: Actor,
    *,
    match_id: int,
    reason: str,
    now: datetime,
    until: date | None = None,
    words: str = "",
    side: Side | None = None,
    seen: int | None = None,
) -> Match:
    """A side, or the desk, says no and why; kept, so that what was said once need not be said again.

    `until` is the day before which it does not suit, for that reason alone; `side` who said so by telephone.
    """
    match = _locked(actor, match_id)
    step = begin(actor, match, "decline", now, seen, reason=reason)
    if reason not in set(RefusalReason):
        raise Refused(_("请选一个谢绝的原因。"))
    until = steps.day_ahead(until, now)
    if (reason == RefusalReason.NOT_BEFORE) != (until is not None):
        raise Refused(_("请写明从哪一天起可以；其他原因不用写日期。"))
    said = masking.clean_text(words, 500)
    whose, heard = _side(actor, match, side)
    Refusal.objects.create(
        match=match, need=match.need, offer=match.offer, side=whose, reason=reason, until=until, words=said,
        said_at=step.now,
    )  # fmt: skip
    match.ended_at = step.now
    data = {"reason": reason, "until": until and until.isoformat()} | steps.heard(heard)
    match = steps.finish(step, words=said, data=data)
    people = {*telling.giver_of(match.offer, now), *telling.receiver_of(match.need, now)}
    people |= set(telling.desk_of(match.need, now))
    telling.asked(match, people - {actor.person_id or 0}, _("对方谢绝了这次对接"), now=now)
    return match


def _side(actor: Actor, match: Match, told: Side | None) -> tuple[str, bool]:
    """Who declines, empty for the desk itself; and whether they said so by telephone."""
    own, phoned = queries.match_standings(actor, match), queries.match_phoned(actor, match)
    if told is not None and told not in phoned:
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=rules.MATCH_MOVES["decline"].label)
    if told is None and own.isdisjoint(rules.MATCH_MOVES["decline"].who):
        # Of a desk that has nothing to say here itself.
        told = min(phoned)
    return told or next((side.value for side in Side if side in own), ""), told is not None


def climb_unanswered(*, now: datetime) -> int:
    """For the clock: tell the leaders, once, of every ask that is not answered in time. Returns how many."""
    rows = Match.objects.filter(state=MatchState.OFFERED.value, answer_due_at__lt=now, climbed_at=None)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True), lambda pk: _climb(pk, now=now))


@transaction.atomic
def _climb(match_id: int, *, now: datetime) -> bool:
    match = steps.locked_match(match_id)
    if match.state != MatchState.OFFERED or match.climbed_at:
        return False
    step = begin(CLOCK, match, "climb", now)
    match.climbed_at = step.now
    steps.finish(step, data={"given": match.given_at is not None, "taken": match.taken_at is not None})
    telling.asked(match, telling.heads_of_silent(match, now), _("征求意见到期，还没有人答复"), now=now)
    return True
