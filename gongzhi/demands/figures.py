"""How fast handling units sign and make contact, from the clocks; for the rooms upstairs that count their own beside."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from gongzhi.demands.models import Clock
from gongzhi.demands.queries import visible_demands
from gongzhi.neighbourhood.rules import Actor


class Handled(NamedTuple):
    """One demand as its unit handled it: times from its being handed over, None where the step did not happen."""

    unit_id: int
    sign: timedelta | None
    contact: timedelta | None


def handled_demands(actor: Actor, *, since: datetime, until: datetime) -> list[Handled]:
    """Demands that the actor may see, handed to the unit that has them in a span. One query.

    Contact that was made before the handing over was the desk's own and counts for no unit.
    """
    mine = Clock.objects.filter(demand=OuterRef("pk")).order_by("-started_at", "-pk")
    signing = mine.filter(kind="sign_in")
    rows = (
        visible_demands(actor)
        .filter(handler__isnull=False)
        .annotate(
            handed_at=Subquery(signing.values("started_at")[:1]),
            signed_at=Subquery(signing.values("met_at")[:1]),
            contacted_at=Subquery(mine.filter(kind="contact").values("met_at")[:1]),
        )
        .filter(handed_at__gte=since, handed_at__lt=until)
        .order_by("pk")
        .values_list("handler", "handed_at", "signed_at", "contacted_at")
    )
    return [
        Handled(unit, _after(handed, signed), _after(handed, contacted)) for unit, handed, signed, contacted in rows
    ]


def _after(handed_at: datetime, done_at: datetime | None) -> timedelta | None:
    return done_at - handed_at if done_at and done_at >= handed_at else None
