"""Needs, matches and pledges in words, as the desk's pages show them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from gongzhi.demands.masking import mask
from gongzhi.exchange import queries, rules
from gongzhi.exchange.quantities import Tally, left
from gongzhi.exchange.rows import Match, Need, Offer, Pledge
from gongzhi.exchange.rules import MatchState, NeedState, PledgeState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.beside import stalled_among
from gongzhi.problems.rules import Stalled
from gongzhi.shared.moves import _
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.casework.hours import windows_in_words
from gongzhi.web.casework.promised import ACCEPTING
from gongzhi.web.desk.problems.asking import stuck_in_words

URGENCY_TONES = {3: ("late", "exclamation-triangle-fill"), 2: ("soon", "exclamation-circle")}
ENDED = frozenset(MatchState) - rules.MATCH_OPEN
BY_HAND = _("工作人员建议")
BY_PHONE = {"give": _("对方电话里同意提供"), "take": _("对方电话里同意接受")}


def days_left(day: date | None, today: date) -> str:
    """How long there is until a day, in words; empty for no day."""
    if day is None:
        return ""
    days = (day - today).days
    if days < 0:
        return ngettext("已过 %(n)d 天", "已过 %(n)d 天", -days) % {"n": -days}
    return ngettext("还有 %(n)d 天", "还有 %(n)d 天", days) % {"n": days} if days else gettext("今天截止")


def asker_of(need: Need) -> str:
    """Whose need it is: the programme of a place, the unit or member, or the place."""
    name = queries.asker_name(need)
    return f"{name} · {need.programme}" if need.programme else name


def need_line(actor: Actor, need: Need, spare: Decimal, today: date, stalled: Stalled | None = None) -> dict[str, Any]:
    """One need: whose, how much is missing, until when, how urgent, verified or not. `spare` is asked of nobody yet;
    `stalled` tells for how long its problem has been stuck."""
    state = NeedState(need.state)
    tone, sign = URGENCY_TONES.get(need.urgency, ("rest", ""))
    missing = left(need.quantity, [need.met])
    return {
        "pk": need.pk,
        "version": need.version,
        "number": rules.number(need.pk),
        "title": mask(need.title),
        "asker": asker_of(need),
        "asker_kind": rules.ASKER_LABELS[rules.Asker(need.asker)],
        "kind": rules.KIND_LABELS[rules.Kind(need.kind)],
        "state": state.value,
        "state_label": rules.NEED_LABELS[state],
        "verified": state is NeedState.VERIFIED,
        "open": state in rules.NEED_OPEN,
        "total": amount(need.quantity, need.measure),
        "met": amount(need.met, need.measure) if need.met else "",
        "missing": amount(missing, need.measure) if missing else "",
        "spare": amount(spare, need.measure) if spare else "",
        "deadline": need.deadline,
        "days_left": days_left(need.deadline, today),
        "late": need.deadline is not None and need.deadline < today,
        "urgency": rules.URGENCY_LABELS[need.urgency],
        "urgency_tone": tone,
        "urgency_sign": sign,
        "confidential": need.confidential,
        "stalled": stuck_in_words(stalled.days, stalled.count) if stalled and state in rules.NEED_OPEN else "",
        "moves": queries.need_moves(actor, need),
    }


def stalls(actor: Actor, needs: Iterable[Need], moment: datetime) -> dict[int, Stalled]:
    """The stuck ones among the problems of these needs. One query, or none."""
    return stalled_among(actor, {one.problem_id for one in needs if one.problem_id}, now=moment)


def match_line(
    actor: Actor,
    match: Match,
    moment: datetime,
    spare: Decimal | None = None,
    pledge: dict[str, Any] | None = None,
    silent: frozenset[int] | None = None,
) -> dict[str, Any]:
    """One match: what would be given by whom, why it was proposed, who has answered; `spare` is left of the offer;
    `silent` where it is known already which members cannot log in."""
    state, offer = MatchState(match.state), match.offer
    giver, receiver = queries.giver_name(offer), asker_of(match.need)
    asked = state is MatchState.OFFERED
    return {
        "pk": match.pk,
        "row": match,
        "version": match.version,
        "state": state.value,
        # What a person put there is not said to come from the engine.
        "state_label": BY_HAND if state is MatchState.SUGGESTED and not match.reasons else rules.MATCH_LABELS[state],
        "suggested": state is MatchState.SUGGESTED,
        "asked": asked,
        "ended": state in ENDED,
        "offer_id": offer.pk,
        "offer_title": mask(offer.title),
        "giver": giver,
        "receiver": receiver,
        "quantity": amount(match.quantity, offer.measure),
        # The day may have been put off since both agreed.
        "due_on": pledge["due_on"] if pledge else match.due_on,
        "sentence": mask(queries.why_suggested(match, gettext)) or (fits(match, spare) if spare is not None else ""),
        "answers": _answers(match, giver, receiver) if asked else [],
        "late": asked and match.answer_due_at is not None and match.answer_due_at < moment,
        "moves": queries.match_moves(actor, match, silent),
        "labels": accepting(queries.match_phoned(actor, match, silent)),
        "pledge": pledge,
    }


def accepting(phoned: Collection[rules.Side]) -> dict[str, str]:
    """What the two ways of saying yes are called: for the desk itself, or said by telephone."""
    return {
        verb: gettext(BY_PHONE[verb] if side in phoned else rules.MATCH_MOVES[verb].label)
        for verb, side in ACCEPTING.items()
    }


def _answers(match: Match, giver: str, receiver: str) -> list[dict[str, Any]]:
    sides = ((rules.Side.GIVER, giver, match.given_at), (rules.Side.RECEIVER, receiver, match.taken_at))
    return [
        {"side": rules.SIDE_LABELS[side], "giver": side is rules.Side.GIVER, "name": name, "at": at}
        for side, name, at in sides
    ]


def fits(match: Match, spare: Decimal) -> str:
    """Why a pair that a person put together goes together, in one sentence."""
    kind = gettext(rules.KIND_LABELS[rules.Kind(match.offer.kind)])
    rest = amount(spare, match.offer.measure)
    return gettext("由工作人员提出：同属“%(kind)s”，对方还有 %(rest)s 没有约定。") % {"kind": kind, "rest": rest}


def pledge_line(pledge: Pledge, count: Tally, today: date) -> dict[str, Any]:
    """One pledge: who promised what to whom, by when, how much has come and how much of it is confirmed."""
    state = PledgeState(pledge.state)
    still, (giver, receiver) = state in rules.PLEDGE_OPEN, queries.pledge_names(pledge)
    return {
        "pk": pledge.pk,
        "version": pledge.version,
        "what": mask(pledge.what),
        "kind": rules.KIND_LABELS[rules.Kind(pledge.kind)],
        "giver": giver,
        "receiver": receiver,
        "state": state.value,
        "state_label": rules.PLEDGE_LABELS[state],
        "open": still,
        "quantity": amount(pledge.quantity, pledge.measure),
        "confirmed": amount(count.confirmed, pledge.measure),
        "waiting": amount(count.waiting, pledge.measure) if count.waiting else "",
        "due_on": pledge.due_on,
        "later_on": pledge.later_on if still else None,
        "days_left": days_left(pledge.due_on, today) if still else "",
        "late": still and pledge.due_on < today,
        "match_id": pledge.match_id,
    }


def offer_line(offer: Offer, spare: Decimal, today: date) -> dict[str, Any]:
    """One offer: what, whose, how much nobody was promised yet, until when."""
    state = rules.OfferState(offer.state)
    return {
        "pk": offer.pk,
        "number": rules.number(offer.pk),
        "title": mask(offer.title),
        "giver": queries.giver_name(offer),
        "kind": rules.KIND_LABELS[rules.Kind(offer.kind)],
        "state": state.value,
        "state_label": rules.OFFER_LABELS[state],
        "total": amount(offer.quantity, offer.measure),
        "spare": amount(spare, offer.measure) if spare else "",
        "how_often": offer.how_often,
        "conditions": mask(offer.conditions),
        "valid_until": offer.valid_until,
        "expired": offer.valid_until is not None and offer.valid_until < today,
        "windows": windows_in_words(offer.windows),
    }
