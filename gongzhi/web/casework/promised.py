"""How matches and pledges are put before whoever stands on one side of them, logged in or by link."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.exchange import queries, rules
from gongzhi.exchange.quantities import Tally, shown
from gongzhi.exchange.rows import Delivery, Match, Pledge, Receipt
from gongzhi.exchange.rules import MatchState, PledgeState, Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.answers import DeliverForm
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.who import now

# People read a page, not a ledger: the most that a part shows, the nearest first.
MOST = 50
ENDED = 10
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


def asks_of(actor: Actor) -> list[dict[str, Any]]:
    """The matches that wait for an answer, this side's or the other's; the nearest day first."""
    mine = queries.own(actor, "offer__") | queries.own(actor, "need__")
    rows = queries.visible_matches(actor).filter(mine, state=MatchState.OFFERED.value)
    found = list(rows.select_related(*queries.MATCH_SIDES).order_by("answer_due_at", "pk")[:MOST])
    closed = [match.need_id for match in found if match.need.confidential]
    told = set(queries.visible_needs(actor).filter(pk__in=closed).values_list("pk", flat=True)) if closed else set()
    return [match_line(actor, match, hidden=match.need.confidential and match.need_id not in told) for match in found]


def promised_to_or_by(actor: Actor) -> QuerySet[Pledge]:
    """What was promised by the actor's units or themselves, or to them."""
    mine = queries.own(actor, "giver_") | queries.own(actor, "receiver_")
    return queries.visible_pledges(actor).filter(mine).select_related(*queries.PLEDGE_SIDES)


def pledges_of(actor: Actor) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The pledges that run, by their day, and the last ones that ended."""
    rows = promised_to_or_by(actor)
    running = list(rows.filter(ended_at=None).order_by("due_on", "pk")[:MOST])
    ended = list(rows.exclude(ended_at=None).order_by("-ended_at", "-pk")[:ENDED])
    counts = queries.tallies([one.pk for one in (*running, *ended)])
    lines = [pledge_line(actor, one, counts[one.pk]) for one in (*running, *ended)]
    return lines[: len(running)], lines[len(running) :]


def delivering(pledge: Pledge, line: dict[str, Any], data: Any = None, **more: Any) -> DeliverForm:
    """What mostly happens is filled in: all that is left, today."""
    first = {"quantity": shown(line["left"]), "day": now().date(), "seen": pledge.version}
    return DeliverForm(data, initial=first, measure=pledge.measure, **more)


def parts_of(parts: list[tuple[Delivery, Receipt | None]], measure: str, moves: set[str]) -> list[dict[str, Any]]:
    """Each part with what may be said of it; one that was corrected stays visible and says so."""
    corrected = {delivery.corrects_id for delivery, _said in parts}
    found = []
    for delivery, said in parts:
        last = delivery.pk not in corrected
        found.append(
            {
                "pk": delivery.pk,
                "amount": amount(delivery.quantity, measure),
                "day": delivery.delivered_on,
                "words": delivery.words,
                "corrects": delivery.corrects_id,
                "corrected": not last,
                "said": said,
                "confirm": last and said is None and "confirm" in moves,
                "dispute": last and said is None and "dispute" in moves,
                "correct": last and "correct" in moves,
            }
        )
    return found
