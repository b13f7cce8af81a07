"""How offers, needs, matches and pledges are put before a liaison: amounts, sides, days, the trail in words."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.exchange import queries, rules
from gongzhi.exchange.quantities import Tally, shown
from gongzhi.exchange.rows import Match, Pledge
from gongzhi.exchange.rules import MatchState, PledgeState, RefusalReason, Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Table, _
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.words import acted_by, office_names

ACCEPTING = {"give": Side.GIVER, "take": Side.RECEIVER}
# What a trail says beyond the moves of its table.
BEGUN = {
    "offer": {"state": _("登记资源")},
    "need": {"state": _("登记需求")},
    "match": {"suggest": _("提出撮合")},
    "pledge": {"promise": _("双方同意，承诺成立")},
}
TABLES: Mapping[str, Table] = {
    "offer": rules.OFFER_MOVES,
    "need": rules.NEED_MOVES,
    "match": rules.MATCH_MOVES,
    "pledge": rules.PLEDGE_MOVES,
}
NEED_ENDED = _("这项需求已经结束")
LOOKS = {
    "state": ("calm", "plus-circle"),
    "promise": ("accent", "patch-check"),
    "offer": ("soon", "question-circle"),
    "give": ("good", "hand-thumbs-up"),
    "take": ("good", "hand-thumbs-up"),
    "deliver": ("accent", "send"),
    "correct": ("soon", "pencil"),
    "confirm": ("good", "check-circle"),
    "dispute": ("late", "exclamation-circle"),
    "decline": ("rest", "x-circle"),
    "verify": ("good", "check-circle"),
    "remind": ("late", "alarm"),
    "climb": ("late", "exclamation-triangle"),
    "pause": ("rest", "pause-circle"),
    "resume": ("accent", "play-circle"),
    "change": ("calm", "pencil"),
}


def amount(quantity: Decimal | str, measure: str) -> str:
    """Such as 4小时."""
    return f"{shown(Decimal(quantity))}{measure}"


def end_of(day: date | None) -> datetime | None:
    """The moment at which a day is over: until then nothing due on it is late."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None


def match_line(actor: Actor, match: Match, *, hidden: bool) -> dict[str, Any]:
    """One match with what this side may do; `hidden` where the other side stays unnamed until both have agreed."""
    need, offer = match.need, match.offer
    moves = queries.match_moves(actor, match)
    giving = Side.GIVER in queries.match_standings(actor, match)
    return {
        "pk": match.pk,
        "giving": giving,
        "what": offer.title,
        "amount": amount(match.quantity, offer.measure),
        "due_on": match.due_on,
        "answer_due_at": match.answer_due_at,
        "giver": queries.name_of(offer.unit, offer.giving_place),
        "receiver": "" if hidden else queries.name_of(need.unit, need.receiving_place),
        "need": "" if hidden else need.title,
        "accept": [{"verb": verb, "label": gettext(row.label)} for verb, row in moves.items() if verb in ACCEPTING],
        "may_decline": "decline" in moves,
        "state": match.state,
        "label": rules.MATCH_LABELS[MatchState(match.state)],
    }


def pledge_line(pledge: Pledge, count: Tally, mine: Iterable[int]) -> dict[str, Any]:
    """One pledge: the other side, how far it has come, and whether something waits."""
    giving = pledge.giver_unit_id in set(mine)
    sides = (
        queries.name_of(pledge.giver_unit, pledge.giver_place),
        queries.name_of(pledge.receiver_unit, pledge.receiver_place),
    )
    return {
        "pk": pledge.pk,
        "giving": giving,
        "what": pledge.what,
        "amount": amount(pledge.quantity, pledge.measure),
        "other": sides[1] if giving else sides[0],
        "giver": sides[0],
        "receiver": sides[1],
        "due_on": pledge.due_on,
        "due_at": None if pledge.ended_at else end_of(pledge.due_on),
        "state": pledge.state,
        "label": rules.PLEDGE_LABELS[PledgeState(pledge.state)],
        "confirmed": amount(count.confirmed, pledge.measure) if count.confirmed else "",
        "waiting": amount(count.waiting, pledge.measure) if count.open else "",
        "disputed": amount(count.disputed, pledge.measure) if count.disputed else "",
        "left": pledge.quantity - count.taken,
    }


def story(noun: str, entries: list[TrailEntry], measure: str, *, unnamed: bool = False) -> list[dict[str, Any]]:
    """The trail in words, newest first; `unnamed` leaves out who acted, for a match that is still confidential."""
    table, begun = TABLES[noun], BEGUN[noun]
    offices = office_names()
    found = []
    for entry in entries:
        label = table[entry.verb].label if entry.verb in table else begun.get(entry.verb, "")
        if not label:
            continue
        tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
        found.append(
            {
                "when": entry.at,
                "what": gettext(label),
                "who": "" if unnamed else acted_by(entry.actor_label, offices),
                "words": "\n".join(one for one in (_said(entry.data, measure), entry.words) if one),
                "tone": tone,
                "icon": icon,
            }
        )
    return found[::-1]


def _said(data: Mapping[str, Any], measure: str) -> str:
    """The amount, the day and the reason that an entry keeps, in words."""
    parts = []
    if data.get("quantity"):
        parts.append(amount(data["quantity"], measure))
    if day := data.get("due_on"):
        parts.append(gettext("%(day)s 前") % {"day": day})
    if day := data.get("day"):
        parts.append(str(day))
    reason = data.get("reason") or data.get("why")
    if reason in set(RefusalReason):
        parts.append(gettext(rules.REFUSAL_LABELS[RefusalReason(reason)]))
    elif reason == "need_ended":
        parts.append(gettext(NEED_ENDED))
    if day := data.get("until"):
        parts.append(gettext("%(day)s 起可以") % {"day": day})
    return " · ".join(parts)
