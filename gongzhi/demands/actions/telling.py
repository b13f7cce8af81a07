"""Telling a reporter something on behalf of a room upstairs."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from gongzhi.demands.actions import steps
from gongzhi.demands.models import Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.shared import notices
from gongzhi.shared.reading import AmongThese, Question
from gongzhi.shared.rows import Notice


@transaction.atomic
def tell_reporter(*, demand_id: int, subject: str, body: str, now: datetime) -> bool:
    """Queue a message to the reporter with the link to their demand.

    False where they left no address or took it back. Whoever calls sees to it that it names nobody.
    """
    messages = messages_to_reporters({demand_id: body}, subject=subject, now=now)
    notices.tell(*messages)
    return bool(messages)


def messages_to_reporters(bodies: Mapping[int, str], *, subject: str, now: datetime) -> list[Notice]:
    """The same messages (demand to body), not queued yet, for whoever writes them with other rows; one question.

    None to those who cannot be told.
    """
    found = []
    for pk, *sealed in _SEALED.ask(list(bodies)) if bodies else ():
        left = neighbourhood.address_sealed(*sealed)
        if left:
            channel, address = left
            found.append(
                notices.notice(
                    at=now,
                    noun="demand",
                    noun_id=pk,
                    channel=channel,
                    subject=subject,
                    body=f"{bodies[pk]}\n查看和回复：{steps.follow_link(pk)}",
                    address=address,
                )
            )
    return found


_SEALED = Question(
    lambda ids: (
        Demand.objects.filter(AmongThese("id", ids), contact__wiped_at=None)
        .exclude(state=State.WITHDRAWN.value)
        .order_by("pk")
        .values_list("pk", "contact__email_sealed", "contact__phone_sealed")
    ),
    list,
)
