"""限期求助: asking the community for help by a day, and what comes of it. Taking one on is opening its project."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.projects import queries, rules
from gongzhi.projects.actions import steps, telling
from gongzhi.projects.models import Appeal
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("限期求助")
MOST_DAYS = 366


def raise_appeal(
    actor: Actor, *, unit: MemberUnit, place: Place, title: str, words: str, due_on: date, now: datetime, once: str
) -> Appeal:
    """A unit asks a community, street or town for help by a day; its desk and leaders are told at once.

    The same form sent twice is one appeal. Raises Refused.
    """
    if unit.pk not in queries.units_of(actor):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    if place.kind not in (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT):
        raise Refused(_("请选一个社区或街道（镇）。"))
    if not 1 <= rules.days_left(due_on, timezone.localtime(now).date()) <= MOST_DAYS:
        raise Refused(_("日期要在明天以后、一年以内。"))
    row = Appeal(
        unit=unit,
        place=place,
        **neighbourhood.belonging(place),
        title=steps.needed(title, 80, "title", LABEL),
        words=masking.clean_text(words, 1000),
        due_on=due_on,
        raised_at=now,
        raised_by_id=actor.person_id,
        once=steps.key(actor, once),
    )

    def keep() -> Appeal:
        row.save()
        steps.note(actor, row, "raise", "", now, data={"due_on": due_on.isoformat()})
        telling.tell_desk(row, _("有单位限期求助"), now)
        return row

    return steps.once(Appeal.objects.filter(once=row.once), keep)[0]


def _begin(actor: Actor, appeal_id: int, verb: str, now: datetime, **given: Any) -> steps.Step[Appeal]:
    queries.visible_appeals(actor).only("pk").get(pk=appeal_id)
    row = Appeal.objects.select_for_update(of=("self",)).select_related("unit").get(pk=appeal_id)
    standings = queries.standings_at(actor, row, row.unit_id)
    return steps.begin(actor, row, rules.APPEAL_MOVES, verb, standings, now=now, **given)


@transaction.atomic
def decline_appeal(actor: Actor, *, appeal_id: int, words: str, now: datetime) -> Appeal:
    """It cannot be taken on, and why; the unit is told."""
    text = steps.line(words, 500)
    step = _begin(actor, appeal_id, "decline", now, words=text)
    step.thing.answer, step.thing.ended_at = text, now
    telling.tell_units(step.thing, [step.thing.unit], _("社区没有承接你们的求助，理由写在里面"), now)
    return steps.finish(step, words=text)


@transaction.atomic
def withdraw_appeal(actor: Actor, *, appeal_id: int, now: datetime) -> Appeal:
    """The unit does not need it any more."""
    step = _begin(actor, appeal_id, "withdraw", now)
    step.thing.ended_at = now
    telling.tell_desk(step.thing, _("求助已由单位撤回"), now)
    return steps.finish(step)
