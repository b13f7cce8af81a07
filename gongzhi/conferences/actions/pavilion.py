"""议事亭: raised, talked over, settled, carried out, looked at."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gongzhi.conferences import pavilion_rules, queries
from gongzhi.conferences.actions import steps
from gongzhi.conferences.models import Deliberation
from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.shared.moves import Refused, _

LABEL = _("记一件议事")


@transaction.atomic
def raise_deliberation(
    actor: Actor,
    *,
    place: Place,
    subject: str,
    raised_on: date,
    now: datetime,
    once: str,
    words: str = "",
    problem_id: int | None = None,
) -> Deliberation:
    """Write down what neighbours raised; the same form sent twice is one."""
    steps.must_work_at(actor, place, LABEL)
    row = Deliberation(
        place=place,
        **neighbourhood.belonging(place),
        subject=steps.needed(subject, 120, "subject", LABEL),
        words=masking.clean_text(words, 1000),
        problem=problems.get_problem(actor, problem_id) if problem_id else None,
        raised_on=_past(raised_on, now),
        once=steps.key(actor, once),
    )

    def keep() -> Deliberation:
        row.save()
        steps.note(actor, row, "raise", "", now, words=row.words, data={"day": raised_on.isoformat()})
        return row

    return steps.once(Deliberation.objects.filter(once=row.once), keep)[0]


def _past(day: date | None, now: datetime) -> date:
    today = timezone.localtime(now).date()
    if day is None or not today.replace(year=today.year - 5, day=min(today.day, 28)) <= day <= today:
        raise Refused(_("日期要在今天以前、五年以内。"))
    return day


def _begin(
    actor: Actor, pk: int, verb: str, now: datetime, seen: int | None, **given: object
) -> steps.Step[Deliberation]:
    queries.visible_deliberations(actor).only("pk").get(pk=pk)
    row = Deliberation.objects.select_for_update(of=("self",)).get(pk=pk)
    standings = queries.deliberation_standings(actor, row)
    return steps.begin(actor, row, pavilion_rules.DELIBERATION_MOVES, verb, standings, now=now, seen=seen, **given)


def _on_a_day(
    actor: Actor, pk: int, verb: str, day: date | None, words: str, now: datetime, seen: int | None
) -> Deliberation:
    said = masking.clean_text(words, 1000)
    step = _begin(actor, pk, verb, now, seen, day=day, words=said)
    return steps.finish(step, words=said, data={"day": _past(day, now).isoformat()})


@transaction.atomic
def discuss_deliberation(
    actor: Actor, *, deliberation_id: int, day: date | None, words: str, now: datetime, seen: int | None = None
) -> Deliberation:
    """It was talked over on a day; what was said, without names. More than once if need be."""
    return _on_a_day(actor, deliberation_id, "discuss", day, words, now, seen)


@transaction.atomic
def settle_deliberation(
    actor: Actor,
    *,
    deliberation_id: int,
    what: str,
    owner: str,
    due_on: date | None,
    now: datetime,
    seen: int | None = None,
) -> Deliberation:
    """What was settled, who does it by when."""
    said, who = masking.clean_text(what, 500), steps.line(owner, 120)
    step = _begin(actor, deliberation_id, "settle", now, seen, what=said, owner=who, due_on=due_on)
    row = step.thing
    if due_on is None or due_on < step.now.date():
        raise Refused(_("日期要在今天以后、十年以内。"))
    row.what, row.owner, row.due_on = said, who, due_on
    return steps.finish(step, words=f"{said}\n{who}", data={"due_on": due_on.isoformat()})


@transaction.atomic
def carry_out_deliberation(
    actor: Actor, *, deliberation_id: int, day: date | None, words: str, now: datetime, seen: int | None = None
) -> Deliberation:
    """It was done on a day, and how."""
    return _on_a_day(actor, deliberation_id, "carry_out", day, words, now, seen)


@transaction.atomic
def check_deliberation(
    actor: Actor, *, deliberation_id: int, day: date | None, words: str, now: datetime, seen: int | None = None
) -> Deliberation:
    """Somebody went and looked: it is as it was settled."""
    return _on_a_day(actor, deliberation_id, "check", day, words, now, seen)


@transaction.atomic
def send_back_deliberation(
    actor: Actor, *, deliberation_id: int, words: str, now: datetime, seen: int | None = None
) -> Deliberation:
    """Somebody went and looked: it is not, and what is missing."""
    said = masking.clean_text(words, 1000)
    return steps.finish(_begin(actor, deliberation_id, "send_back", now, seen, words=said), words=said)


@transaction.atomic
def drop_deliberation(
    actor: Actor, *, deliberation_id: int, words: str, now: datetime, seen: int | None = None
) -> Deliberation:
    """It is not talked over any more, and why."""
    said = masking.clean_text(words, 1000)
    return steps.finish(_begin(actor, deliberation_id, "drop", now, seen, words=said), words=said)
