"""What two sides do with each other, in one call: asked, agreed, handed over, confirmed."""

from datetime import datetime, timedelta

from gongzhi.exchange import actions, queries
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Actor

HOUR = timedelta(hours=1)


def asked(desk: Actor, need: int, offer: int, quantity: int, *, due: datetime, at: datetime) -> int:
    """The desk puts an offer beside a need and asks both sides; the match."""
    match = actions.suggest_match(desk, need_id=need, offer_id=offer, quantity=quantity, now=at)
    actions.offer_match(desk, match_id=match.pk, due_on=due.date(), now=at)
    return match.pk


def agreed(
    desk: Actor, giver: Actor, receiver: Actor, need: int, offer: int, quantity: int, *, due: datetime, at: datetime
) -> int:
    """Asked by the desk, both sides say yes on the same day; the pledge."""
    match = asked(desk, need, offer, quantity, due=due, at=at)
    actions.accept_match(giver, match_id=match, side=Side.GIVER, now=at + 3 * HOUR)
    actions.accept_match(receiver, match_id=match, side=Side.RECEIVER, now=at + 5 * HOUR)
    return queries.visible_pledges(desk).get(match=match).pk


def handed_over(giver: Actor, receiver: Actor, pledge: int, quantity: int, *, at: datetime, words: str = "") -> None:
    """The giver notes a part of it, the receiver confirms it a little later."""
    row = actions.deliver(giver, pledge_id=pledge, quantity=quantity, day=at.date(), words=words, now=at)
    actions.confirm_delivery(receiver, delivery_id=row.pk, now=at + HOUR)
