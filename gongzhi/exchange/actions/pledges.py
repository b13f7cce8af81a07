"""承诺 and what comes of it: parts delivered, confirmed or disputed by the receiver, corrected, given up, reminded of."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import quantities, queries, rules
from gongzhi.exchange.actions import matches, needs, steps, telling
from gongzhi.exchange.models import Delivery, Match, Pledge, Receipt
from gongzhi.exchange.quantities import Tally
from gongzhi.exchange.rules import MatchState, PledgeState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared.moves import NotAllowed, Refused, WrongState, _

LABEL = _("登记承诺")
# Nothing was delivered longer ago than this; it would be a slip of the pen.
_BACK = timedelta(days=366)


@transaction.atomic
def note_pledge(
    actor: Actor,
    *,
    kind: str,
    what: str,
    quantity: Decimal | int | str,
    measure: str,
    due_on: date,
    now: datetime,
    once: str,
    receiver_place: Place,
    giver_unit: MemberUnit | None = None,
    giver_place: Place | None = None,
) -> Pledge:
    """Write down what was promised to a place in a meeting; the same form sent twice is one pledge."""
    _must_be_between(actor, receiver_place, giver_unit, giver_place)
    steps.day_ahead(due_on, now)
    key = steps.key(actor, once)
    if known := Pledge.objects.filter(once=key).first():
        return known
    pledge = Pledge(
        kind=steps.kind_of(kind).value,
        what=steps.needed(what, 120, "what", LABEL),
        quantity=quantities.quantity(quantity),
        measure=steps.needed(measure, 20, "measure", LABEL),
        due_on=due_on,
        giver_unit=giver_unit,
        giver_place=giver_place,
        receiver_place=receiver_place,
        **neighbourhood.belonging(receiver_place),
        promised_at=now,
        once=key,
    )
    return steps.once(Pledge.objects.filter(once=key), lambda: _keep(actor, pledge, now))[0]


def _keep(actor: Actor, pledge: Pledge, now: datetime) -> Pledge:
    pledge.save()
    steps.note(actor, pledge, "promise", "", now)
    telling.of_pledge(pledge, _givers(pledge, now), _("会上的承诺已登记"), now=now)
    return pledge


def _must_be_between(actor: Actor, receiver: Place, unit: MemberUnit | None, place: Place | None) -> None:
    """Raise Refused unless one other side promises something to a place that is the actor's."""
    if (unit is None) == (place is None) or place == receiver:
        raise Refused(_("承诺由一家单位或另一个社区作出，请只选一方。"))
    if not steps.belongs(actor, *neighbourhood.ladder(receiver)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)


def _givers(pledge: Pledge, now: datetime) -> list[int]:
    day = timezone.localtime(now).date()
    return queries.speakers(pledge.giver_unit, pledge.giver_place_id, day, pledge.giver_member)


def _receivers(pledge: Pledge, now: datetime) -> list[int]:
    day = timezone.localtime(now).date()
    return queries.speakers(pledge.receiver_unit, pledge.receiver_place_id, day, pledge.receiver_member)


def _begin(
    actor: Actor, pledge_id: int, verb: str, now: datetime, seen: int | None = None, **given: Any
) -> steps.Step[Pledge]:
    """Lock need, match and pledge, in the room's order, and check the move."""
    known = queries.visible_pledges(actor).only("match").get(pk=pledge_id)
    if known.match_id:
        steps.locked_need(Match.objects.only("need").get(pk=known.match_id).need_id)
        steps.locked_match(known.match_id)
    pledge = steps.locked_pledge(pledge_id)
    standings = queries.pledge_standings(actor, pledge) | queries.pledge_phoned(actor, pledge)
    return steps.begin(actor, pledge, rules.PLEDGE_MOVES, verb, standings, now=now, seen=seen, **given)


def _finish(step: steps.Step[Pledge], *, words: str = "", data: dict[str, object] | None = None) -> Pledge:
    """End a move; one that the actor may not make themselves was said by telephone."""
    own = queries.pledge_standings(step.actor, step.thing)
    heard = steps.heard(rules.PLEDGE_MOVES[step.verb].who.isdisjoint(own))
    return steps.finish(step, words=words, data=(data or {}) | heard)


def _tally(pledge: Pledge) -> Tally:
    return queries.tallies([pledge.pk])[pledge.pk]


@transaction.atomic
def deliver(
    actor: Actor,
    *,
    pledge_id: int,
    quantity: Decimal | int | str,
    day: date,
    now: datetime,
    words: str = "",
    seen: int | None = None,
) -> Delivery:
    """The giver notes a part as delivered on a day; it counts once the receiver confirms it. Never more than promised."""
    step = _begin(actor, pledge_id, "deliver", now, seen, quantity=quantity, day=day)
    pledge, amount = step.thing, quantities.quantity(quantity)
    _must_have_come(day, step.now.date())
    spare = pledge.quantity - _tally(pledge).taken
    if amount > spare:
        raise Refused(_("承诺的只剩%(left)s%(measure)s。"), left=quantities.shown(spare), measure=pledge.measure)
    return _note(step, amount, day, masking.clean_text(words, 500), None)


def _must_have_come(day: date, today: date) -> None:
    if not today - _BACK <= day <= today:
        raise Refused(_("兑现的日期要在今天以前、一年以内。"))


def _note(step: steps.Step[Pledge], amount: Decimal, day: date, words: str, corrects: Delivery | None) -> Delivery:
    delivery = Delivery.objects.create(
        pledge=step.thing,
        quantity=amount,
        delivered_on=day,
        words=words,
        noted_at=step.now,
        noted_by_id=step.actor.person_id,
        corrects=corrects,
    )
    data: dict[str, object] = {"delivery": delivery.pk, "quantity": str(amount), "day": day.isoformat()}
    pledge = _finish(step, words=words, data=data | ({"corrects": corrects.pk} if corrects else {}))
    _follow(pledge, step.now)
    telling.of_pledge(pledge, _receivers(pledge, step.now), _("对方已兑现，请确认收到"), now=step.now, words=words)
    return delivery


@transaction.atomic
def correct_delivery(
    actor: Actor,
    *,
    delivery_id: int,
    quantity: Decimal | int | str,
    day: date,
    words: str,
    now: datetime,
    seen: int | None = None,
) -> Delivery:
    """The giver notes a part anew, with the reason; both rows stay. What was confirmed counts until this one is.

    Raises Delivery.DoesNotExist for one that is absent or not theirs, Refused for one that is corrected already.
    """
    first = Delivery.objects.get(pk=delivery_id, pledge__in=queries.visible_pledges(actor))
    step = _begin(actor, first.pledge_id, "correct", now, seen, delivery=first, words=steps.said(words))
    amount = quantities.quantity(quantity, least=quantities.ZERO)
    _must_have_come(day, step.now.date())
    if Delivery.objects.filter(corrects=first).exists():
        raise Refused(_("这一条已经更正过，请更正最后一条。"))
    pledge = step.thing
    said = Receipt.objects.filter(delivery=first).values_list("confirmed", flat=True).first()
    # What the first takes now, where it is still to be confirmed or was confirmed.
    own = quantities.ZERO if said is False else first.quantity
    if amount > pledge.quantity - _tally(pledge).taken + own:
        raise Refused(_("更正后多于承诺的数量。"))
    return _note(step, amount, day, masking.clean_text(words, 500), first)


@transaction.atomic
def confirm_delivery(actor: Actor, *, delivery_id: int, now: datetime, words: str = "") -> Pledge:
    """The receiver says that it came. With the last part the pledge is fulfilled, and the need counts what it got.

    Raises Delivery.DoesNotExist for one that is absent or not theirs, NotAllowed for the giver and for whoever wrote it
    down for the giver.
    """
    return _receive(actor, delivery_id, "confirm", now, words)


@transaction.atomic
def dispute_delivery(actor: Actor, *, delivery_id: int, words: str, now: datetime) -> Pledge:
    """The receiver says what is wrong with it; the giver notes it anew or delivers more."""
    return _receive(actor, delivery_id, "dispute", now, words)


def _receive(actor: Actor, delivery_id: int, verb: str, now: datetime, words: str) -> Pledge:
    delivery = Delivery.objects.get(pk=delivery_id, pledge__in=queries.visible_pledges(actor))
    step = _begin(actor, delivery.pledge_id, verb, now, words=steps.said(words))
    if Delivery.objects.filter(corrects=delivery).exists():
        raise WrongState(_("这一条已经更正，请看最后一条。"))
    if Receipt.objects.filter(delivery=delivery).exists():
        raise WrongState(_("这一条已经答复过。"))
    if actor.person_id and delivery.noted_by_id == actor.person_id:
        raise NotAllowed(_("这一条是您替对方记下的，请另一位同事核实后答复。"))
    said = masking.clean_text(words, 500)
    Receipt.objects.create(
        delivery=delivery, confirmed=verb == "confirm", words=said, said_at=step.now, said_by_id=actor.person_id
    )
    pledge = step.thing
    if verb == "confirm" and _tally(pledge).confirmed >= pledge.quantity:
        step.after, pledge.ended_at = PledgeState.FULFILLED.value, step.now
    pledge = _finish(step, words=said, data={"delivery": delivery.pk})
    _follow(pledge, step.now)
    subject = _("对方已确认收到") if verb == "confirm" else _("对方对兑现有异议")
    telling.of_pledge(pledge, _givers(pledge, now), subject, now=now, words=said)
    return pledge


@transaction.atomic
def close_pledge(actor: Actor, *, pledge_id: int, words: str, now: datetime, seen: int | None = None) -> Pledge:
    """The rest will not come, and why; what was confirmed stays. Not while a part waits for the receiver."""
    step = _begin(actor, pledge_id, "close", now, seen, words=steps.said(words))
    pledge, count = step.thing, _tally(step.thing)
    if count.open:
        raise Refused(_("还有一部分等接受方确认，请先答复。"))
    if count.confirmed:
        step.after = PledgeState.PARTLY.value
    pledge.ended_at, said = step.now, masking.clean_text(words, 500)
    pledge = _finish(step, words=said, data={"confirmed": str(count.confirmed)})
    _follow(pledge, step.now)
    people = [*_givers(pledge, now), *_receivers(pledge, now), *telling.desk_of(pledge, now)]
    telling.of_pledge(pledge, people, _("承诺已结束，余下部分不再等"), now=now, words=said)
    return pledge


@transaction.atomic
def put_off(
    actor: Actor, *, pledge_id: int, later_on: date | None, words: str, now: datetime, seen: int | None = None
) -> Pledge:
    """The giver asks for a later day, and why; until the receiver agrees the day stays. Raises Refused while one is
    asked for already, or where it is not later."""
    step = _begin(actor, pledge_id, "put_off", now, seen, later_on=later_on, words=steps.said(words))
    pledge, day = step.thing, steps.day_ahead(later_on, now)
    if pledge.later_on:
        raise Refused(_("已经请求延期，等对方答复。"))
    if day is None or day <= pledge.due_on:
        raise Refused(_("新的日期要晚于原来的日期。"))
    pledge.later_on, said = day, masking.clean_text(words, 500)
    pledge = _finish(step, words=said, data=_days(pledge.due_on, day))
    people = {*_receivers(pledge, now), *telling.leads_of(pledge, now)} - {actor.person_id or 0}
    telling.of_pledge(pledge, people, _("对方请求延期，请答复"), now=now, words=f"→ {day:%Y-%m-%d}\n{said}")
    return pledge


@transaction.atomic
def agree_day(actor: Actor, *, pledge_id: int, now: datetime, seen: int | None = None) -> Pledge:
    """The receiver, or a leader there, agrees to the later day; what reminds of it counts from that one."""
    step = _begin(actor, pledge_id, "agree_day", now, seen)
    pledge, day = step.thing, _asked_day(step.thing)
    before, pledge.due_on, pledge.later_on = pledge.due_on, day, None
    pledge.reminded_at = pledge.climbed_at = None
    pledge = _finish(step, data=_days(before, day))
    telling.of_pledge(pledge, _givers(pledge, now), _("对方同意延期"), now=now)
    return pledge


@transaction.atomic
def keep_day(actor: Actor, *, pledge_id: int, words: str, now: datetime, seen: int | None = None) -> Pledge:
    """The receiver, or a leader there, does not agree, and says why: the day stays."""
    step = _begin(actor, pledge_id, "keep_day", now, seen, words=steps.said(words))
    pledge, day = step.thing, _asked_day(step.thing)
    pledge.later_on, said = None, masking.clean_text(words, 500)
    pledge = _finish(step, words=said, data=_days(day, pledge.due_on))
    telling.of_pledge(pledge, _givers(pledge, now), _("对方不同意延期"), now=now, words=said)
    return pledge


def _asked_day(pledge: Pledge) -> date:
    if pledge.later_on is None:
        raise WrongState(_("现在没有人请求延期。"))
    return pledge.later_on


def _days(before: date, after: date) -> dict[str, object]:
    """Both days, for the trail."""
    return {"from_day": before.isoformat(), "to_day": after.isoformat()}


def _follow(pledge: Pledge, now: datetime) -> None:
    """The match stands where its pledge stands, and the need counts what was confirmed."""
    if pledge.match_id is None:
        return
    match = steps.locked_match(pledge.match_id)
    if match.state != pledge.state:
        step = matches.begin(CLOCK, match, "follow", now)
        step.after = MatchState(pledge.state).value
        match.ended_at = pledge.ended_at
        steps.finish(step, data={"pledge": pledge.pk})
    mine = Pledge.objects.filter(match__need=match.need_id).values_list("pk", flat=True)
    met = sum((one.confirmed for one in queries.tallies(mine).values()), quantities.ZERO)
    if met != match.need.met:
        needs.count_met(need_id=match.need_id, met=met, now=now)


def remind_late(*, now: datetime) -> tuple[int, int]:
    """For the clock: remind the giver of every late pledge, and later tell the leaders, once each, however long ago it
    was due. Returns how many were reminded and how many climbed."""
    today, days = timezone.localtime(now).date(), queries.settings()["climb_days"]
    late = Pledge.objects.filter(ended_at=None, due_on__lt=today).order_by("pk")
    unreminded = late.filter(reminded_at=None).values_list("pk", flat=True)
    reminded = steps.each(unreminded, lambda pk: _late(pk, "remind", now))
    higher = late.filter(climbed_at=None, due_on__lt=today - timedelta(days=days)).values_list("pk", flat=True)
    return reminded, steps.each(higher, lambda pk: _late(pk, "climb", now))


@transaction.atomic
def _late(pledge_id: int, verb: str, now: datetime) -> bool:
    """Remind of one pledge, or climb with it; False where that was done, or it ended, meanwhile."""
    pledge = steps.locked_pledge(pledge_id)
    told = pledge.reminded_at if verb == "remind" else pledge.climbed_at
    if pledge.ended_at or told:
        return False
    standings = queries.pledge_standings(CLOCK, pledge)
    step = steps.begin(CLOCK, pledge, rules.PLEDGE_MOVES, verb, standings, now=now)
    if verb == "remind":
        pledge.reminded_at = step.now
        people, subject = _givers(pledge, now), _("承诺已到期，请兑现或说明")
    else:
        pledge.climbed_at = step.now
        people, subject = telling.leads_of(pledge, now), _("承诺逾期未兑现")
    _finish(step)
    telling.of_pledge(pledge, people, subject, now=now)
    return True
