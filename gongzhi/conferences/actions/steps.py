"""What the actions of this room have in common, beside the steps of every room.

Whoever locks several rows locks them in one order: conference, call, decision.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from gongzhi.demands.masking import line as line
from gongzhi.demands.masking import needed as needed
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.shared.moves import NotAllowed, Refused, _
from gongzhi.shared.steps import Step as Step
from gongzhi.shared.steps import begin as begin
from gongzhi.shared.steps import each as each
from gongzhi.shared.steps import finish as finish
from gongzhi.shared.steps import key as key
from gongzhi.shared.steps import note as note
from gongzhi.shared.steps import once as once

_YEARS = timedelta(days=3653)


def must_work_at(actor: Actor, place: Place, label: str) -> None:
    """Raise NotAllowed unless the actor is at the desk of this place or one above, or leads it; Refused for a building."""
    if place.kind not in {PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}:
        raise Refused(_("请选一个社区或街道（镇）。"))
    if {Standing.DESK, Standing.LEAD}.isdisjoint(actor.standings_at(neighbourhood.ladder(place))):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=label)


def ahead(moment: datetime, now: datetime) -> datetime:
    """A moment from today on. Raises Refused for one that has passed or lies beyond any plan."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if not start <= moment <= start + _YEARS:
        raise Refused(_("日期要在今天以后、十年以内。"))
    return moment
