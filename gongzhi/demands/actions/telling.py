"""Telling a reporter something on behalf of a room upstairs."""

from datetime import datetime

from django.db import transaction

from gongzhi.demands.actions import steps
from gongzhi.demands.models import Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.shared import notices
from gongzhi.shared.reading import Question
from gongzhi.shared.rows import Notice


@transaction.atomic
def tell_reporter(*, demand_id: int, subject: str, body: str, now: datetime) -> bool:
    """Queue a message to the reporter with the link to their demand.

    False where they left no address or took it back. Whoever calls sees to it that it names nobody.
    """
    message = message_to_reporter(demand_id=demand_id, subject=subject, body=body, now=now)
    if message:
        notices.tell(message)
    return message is not None


def message_to_reporter(*, demand_id: int, subject: str, body: str, now: datetime) -> Notice | None:
    """The same message, not queued yet, for whoever writes it with other rows; None where nobody can be told."""
    card = next(iter(_CARD.ask(demand_id)), (None,))[0]
    left = neighbourhood.address_left(card)
    if left is None:
        return None
    channel, address = left
    return notices.notice(
        at=now,
        noun="demand",
        noun_id=demand_id,
        channel=channel,
        subject=subject,
        body=f"{body}\n查看和回复：{steps.follow_link(demand_id)}",
        address=address,
    )


_CARD = Question(
    lambda pk: Demand.objects.exclude(state=State.WITHDRAWN.value).filter(pk=pk).values_list("contact"), int
)
