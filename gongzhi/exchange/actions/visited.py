"""What was heard at a door becomes a need."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongzhi.exchange import rules
from gongzhi.exchange.actions.needs import NeedDetails, StatedNeed, state_need
from gongzhi.exchange.models import Need
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import visits
from gongzhi.problems.actions import field
from gongzhi.shared.moves import _


@transaction.atomic
def need_from_visit(
    actor: Actor, *, visit_id: int, details: NeedDetails, now: datetime, once: str, **whose: Any
) -> StatedNeed:
    """State a need of what was heard at a visit, linked and once; a follow-up still open is then the need's.

    `whose` as in `state_need`. Raises Refused, or visits.ABSENT where the actor may not see the visit.
    """
    visits.visible_visits(actor).only("pk").get(pk=visit_id)
    try:
        with transaction.atomic():
            stated = state_need(actor, details=details, now=now, once=once, **whose)
            Need.objects.filter(pk=stated.need.pk).update(visit=visit_id)
    except IntegrityError:
        # Somebody has made a need of it already.
        return StatedNeed(Need.objects.get(visit=visit_id), again=True)
    if not stated.again:
        pk, words = stated.need.pk, _("已转为需求 %(number)s")
        field.make_of_visit(actor, visit_id=visit_id, words=words, number=rules.number(pk), data={"need": pk}, now=now)
    return stated
