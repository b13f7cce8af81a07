"""Telling a reporter something on behalf of a room upstairs."""

from datetime import datetime

from django.db import transaction

from gongzhi.demands.actions import steps
from gongzhi.demands.models import Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.shared import notices


@transaction.atomic
def tell_reporter(*, demand_id: int, subject: str, body: str, now: datetime) -> bool:
    """Queue a message to the reporter with the link to their demand.

    False where they left no address or took it back. Whoever calls sees to it that it names nobody.
    """
    demand = Demand.objects.only("pk", "contact").exclude(state=State.WITHDRAWN.value).filter(pk=demand_id).first()
    left = neighbourhood.address_left(demand.contact_id) if demand else None
    if demand is None or left is None:
        return False
    channel, address = left
    notices.tell(
        notices.notice(
            at=now,
            noun="demand",
            noun_id=demand_id,
            channel=channel,
            subject=subject,
            body=f"{body}\n查看和回复：{steps.follow_link(demand_id)}",
            address=address,
        )
    )
    return True
