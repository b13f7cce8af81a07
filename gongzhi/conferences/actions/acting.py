"""动员: units are called to act, send the roster of their people, and say who came."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import steps, telling
from gongzhi.conferences.models import Conference, Mobilisation, Mobilised, Turnout
from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused, _

LABEL = _("动员各单位")
CALLED = _("请派人一起来，并报名单")
# The names on the rosters are taken away so many days after the day.
NAMES_KEPT = timedelta(days=90)


@transaction.atomic
def mobilise(
    actor: Actor,
    *,
    place: Place,
    title: str,
    starts_at: datetime,
    units: Sequence[MemberUnit],
    now: datetime,
    once: str,
    venue: str = "",
    words: str = "",
    conference_id: int | None = None,
) -> Mobilisation:
    """Call these units to act on a day; their liaisons are told. The same form sent twice is one call."""
    steps.must_work_at(actor, place, LABEL)
    if not units:
        raise Refused(_("请写明动员哪些单位。"))
    row = Mobilisation(
        place=place,
        **neighbourhood.belonging(place),
        title=steps.needed(title, 120, "title", LABEL),
        words=masking.clean_text(words, 500),
        conference=_conference(actor, conference_id),
        starts_at=steps.ahead(starts_at, now),
        venue=steps.line(venue, 120),
        called_at=now,
        once=steps.key(actor, once),
    )
    return _keep(actor, row, {unit.pk: unit for unit in units}, now)


def _keep(actor: Actor, row: Mobilisation, chosen: dict[int, MemberUnit], now: datetime) -> Mobilisation:
    """Keep a call to act with its units, and tell them; where the same was kept before, that one."""

    def keep() -> Mobilisation:
        row.save()
        Mobilised.objects.bulk_create(Mobilised(mobilisation=row, unit=unit) for unit in chosen.values())
        steps.note(actor, row, "call", "", now, data={"units": len(chosen)})
        telling.mobilised(row, chosen.values(), CALLED, now=now)
        return row

    return steps.once(Mobilisation.objects.filter(once=row.once), keep)[0]


def _conference(actor: Actor, conference_id: int | None) -> Conference | None:
    return queries.get_conference(actor, conference_id) if conference_id else None


def _begin(
    actor: Actor,
    mobilisation_id: int,
    verb: str,
    now: datetime,
    *,
    unit_id: int | None = None,
    seen: int | None = None,
    **given: object,
) -> steps.Step[Mobilisation]:
    queries.visible_mobilisations(actor).only("pk").get(pk=mobilisation_id)
    row = Mobilisation.objects.select_for_update(of=("self",)).select_related("place").get(pk=mobilisation_id)
    standings = queries.mobilisation_standings(actor, row, unit_id)
    return steps.begin(actor, row, rules.MOBILISATION_MOVES, verb, standings, now=now, seen=seen, **given)


def _mobilised(row: Mobilisation, unit_id: int) -> Mobilised:
    found = Mobilised.objects.filter(mobilisation=row, unit=unit_id).select_related("unit").first()
    if found is None:
        raise Refused(_("没有动员这家单位。"))
    return found


@transaction.atomic
def answer_mobilisation(
    actor: Actor, *, mobilisation_id: int, unit_id: int, roster: str, now: datetime, seen: int | None = None
) -> Mobilised:
    """A unit sends its roster, a line for each of its people; sent again, the last one counts, and who came stays so."""
    step = _begin(actor, mobilisation_id, "answer", now, unit_id=unit_id, seen=seen, roster=roster.strip())
    mine = _mobilised(step.thing, unit_id)
    people = {secrets.mark(number): name for name, number in rules.read_roster(masking.clean_text(roster, 40_000))}
    came = dict(Turnout.objects.filter(mobilised=mine).values_list("mark", "came"))
    Turnout.objects.filter(mobilised=mine).delete()
    Turnout.objects.bulk_create(
        Turnout(mobilised=mine, name=name, mark=mark, came=came.get(mark)) for mark, name in people.items()
    )
    mine.answered_at = step.now
    mine.save(update_fields=["answered_at"])
    steps.finish(step, data={"unit": unit_id, "name": mine.unit.name, "people": len(people)})
    return mine


@transaction.atomic
def mark_turnout(
    actor: Actor, *, mobilisation_id: int, unit_id: int, came: Collection[int], now: datetime
) -> Mobilised:
    """Who of a unit's roster came; the others did not. The desk marks any unit, a liaison the own one."""
    step = _begin(actor, mobilisation_id, "mark", now, unit_id=unit_id)
    mine = _mobilised(step.thing, unit_id)
    people = Turnout.objects.filter(mobilised=mine)
    if step.thing.starts_at > step.now:
        raise Refused(_("还没有到时间，到了那天再记到场。"))
    people.update(came=False)
    people.filter(pk__in=list(came)).update(came=True)
    steps.finish(step, data={"unit": unit_id, "name": mine.unit.name, "people": len(came)})
    return mine


@transaction.atomic
def end_mobilisation(actor: Actor, *, mobilisation_id: int, now: datetime, seen: int | None = None) -> Mobilisation:
    """Nothing more is sent or marked."""
    return steps.finish(_begin(actor, mobilisation_id, "end", now, seen=seen))


# What time brings


def wipe_rosters(*, now: datetime) -> int:
    """For the clock: take the names away when their time is over; how many there were stays. Returns how many."""
    over = Mobilisation.objects.filter(starts_at__lt=now - NAMES_KEPT, wiped_at=None)
    return steps.each(over.values_list("pk", flat=True), partial(_wipe, now=now))


@transaction.atomic
def _wipe(mobilisation_id: int, *, now: datetime) -> bool:
    row = Mobilisation.objects.select_for_update().get(pk=mobilisation_id)
    if row.wiped_at:
        return False
    Turnout.objects.filter(mobilised__mobilisation=row).update(name="")
    row.wiped_at = now
    row.save(update_fields=["wiped_at"])
    return True
