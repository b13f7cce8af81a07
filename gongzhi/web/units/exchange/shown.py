"""How matches and pledges are put before a liaison: amounts, sides, days."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.exchange import queries, rules
from gongzhi.exchange.quantities import Tally
from gongzhi.exchange.rows import Match, Pledge
from gongzhi.exchange.rules import MatchState, PledgeState, Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount

ACCEPTING = {"give": Side.GIVER, "take": Side.RECEIVER}


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
        "giver": queries.giver_name(offer),
        "receiver": "" if hidden else queries.asker_name(need),
        "need": "" if hidden else need.title,
        "accept": [{"verb": verb, "label": gettext(row.label)} for verb, row in moves.items() if verb in ACCEPTING],
        "may_decline": "decline" in moves,
        "state": match.state,
        "label": rules.MATCH_LABELS[MatchState(match.state)],
    }


def pledge_line(actor: Actor, pledge: Pledge, count: Tally) -> dict[str, Any]:
    """One pledge: the other side, how far it has come, and whether something waits."""
    giving, sides = queries.is_own(actor, pledge.giver_unit_id, pledge.giver_member_id), queries.pledge_names(pledge)
    return {
        "pk": pledge.pk,
        "giving": giving,
        "what": pledge.what,
        "amount": amount(pledge.quantity, pledge.measure),
        "other": sides[1] if giving else sides[0],
        "giver": sides[0],
        "receiver": sides[1],
        "due_on": pledge.due_on,
        "later_on": None if pledge.ended_at else pledge.later_on,
        "due_at": None if pledge.ended_at else end_of(pledge.due_on),
        "state": pledge.state,
        "label": rules.PLEDGE_LABELS[PledgeState(pledge.state)],
        "confirmed": amount(count.confirmed, pledge.measure) if count.confirmed else "",
        "waiting": amount(count.waiting, pledge.measure) if count.open else "",
        "disputed": amount(count.disputed, pledge.measure) if count.disputed else "",
        "left": pledge.quantity - count.taken,
    }
