"""What is decided: drafted live, changed or struck until the minutes are signed; done or given up afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import meeting, steps
from gongzhi.conferences.models import Conference, Decision, Topic
from gongzhi.conferences.rules import DecisionKind
from gongzhi.demands import masking
from gongzhi.exchange import giving_rules
from gongzhi.exchange.rules import Kind
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.projects.rules import Strand
from gongzhi.shared.moves import Missing, Refused, _

LABEL = rules.CONFERENCE_MOVES["decide"].label


@dataclass(frozen=True)
class Decided:
    """A decision as it is written down; owner and day may still be missing. `amount` as it was said: 10, 近20万.

    `thing`, `amount` and `measure` are of a pledge or a need alone, `strands` of a project.
    """

    kind: str
    what: str
    owner_unit: MemberUnit | None = None
    owner_place: Place | None = None
    due_on: date | None = None
    thing: str = ""
    amount: str = ""
    measure: str = ""
    problem_id: int | None = None
    topic_id: int | None = None
    strands: Sequence[str] = ()


def _read(actor: Actor, row: Conference, given: Decided) -> dict[str, Any]:
    """The columns, checked."""
    if given.kind not in set(DecisionKind):
        raise Refused(_("请选这是哪一类决定。"))
    if given.owner_unit and given.owner_place:
        raise Refused(_("一项决定只能有一个责任方：一家单位，或一个社区、街道（镇）。"))
    if given.due_on and row.began_at and given.due_on < timezone.localtime(row.began_at).date():
        raise Refused(_("办好的日期不能在开会以前。"))
    topic = Topic.objects.filter(conference=row, pk=given.topic_id).first() if given.topic_id else None
    problem_id = given.problem_id or (topic.problem_id if topic else None)
    if given.kind == DecisionKind.PROBLEM and problem_id is None:
        raise Missing(_("请写明是哪个问题，或先选由问题提出的议题。"), field="problem")
    counted, project = given.kind in rules.COUNTED, given.kind == DecisionKind.PROJECT
    return {
        "kind": given.kind,
        "what": steps.needed(given.what, 90, "what", LABEL),
        "owner_unit": given.owner_unit,
        "owner_place": given.owner_place,
        "due_on": given.due_on,
        "topic": topic,
        "problem": problems.get_problem(actor, problem_id) if problem_id else None,
        "strands": [one.value for one in Strand if project and one in given.strands],
        **(_counted(given) if counted else {"thing": "", "amount": "", "measure": ""}),
    }


def _counted(given: Decided) -> dict[str, str]:
    if given.thing not in set(Kind):
        raise Missing(_("请选是场地、资金还是别的。"), field="thing")
    measure = steps.needed(given.measure, 12, "measure", LABEL)
    amount = steps.needed(given.amount, 12, "amount", LABEL)
    giving_rules.read_amount(amount, measure)
    return {"thing": given.thing, "amount": amount, "measure": measure}


@transaction.atomic
def decide(actor: Actor, *, conference_id: int, decided: Decided, now: datetime, once: str) -> Decision:
    """Write a decision down; the same form sent twice is one. Its owner and day may follow before the signing."""
    step = meeting.begin(actor, conference_id, "decide", now, what=steps.line(decided.what, 90))
    row, key = step.thing, steps.key(actor, once)
    # The conference is locked: of the same form at the same moment the second finds the first.
    if known := Decision.objects.filter(once=key).first():
        return known
    decision = Decision(conference=row, decided_at=row.began_at or step.now, once=key, **_read(actor, row, decided))
    decision.save()
    steps.finish(step, words=decision.what)
    steps.note(actor, decision, "draft", "", now)
    return decision


def begin(
    actor: Actor, decision_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: object
) -> steps.Step[Decision]:
    """Lock conference and decision, in the room's order, and decide by the table."""
    known = queries.get_decision(actor, decision_id)
    Conference.objects.select_for_update().only("pk").get(pk=known.conference_id)
    rows = Decision.objects.select_for_update(of=("self",)).select_related("conference__place", "owner_unit")
    row = rows.get(pk=decision_id)
    standings = queries.decision_standings(actor, row)
    return steps.begin(actor, row, rules.DECISION_MOVES, verb, standings, now=now, seen=seen, **given)


@transaction.atomic
def change_decision(
    actor: Actor, *, decision_id: int, decided: Decided, now: datetime, seen: int | None = None
) -> Decision:
    """Put a draft right."""
    step = begin(actor, decision_id, "change", now, seen=seen, what=steps.line(decided.what, 90))
    for name, value in _read(actor, step.thing.conference, decided).items():
        setattr(step.thing, name, value)
    return steps.finish(step, words=step.thing.what)


@transaction.atomic
def strike_decision(actor: Actor, *, decision_id: int, now: datetime, seen: int | None = None) -> Decision:
    """Strike a draft; the trail keeps that it was there."""
    return steps.finish(begin(actor, decision_id, "strike", now, seen=seen))


@transaction.atomic
def finish_decision(
    actor: Actor,
    *,
    decision_id: int,
    now: datetime,
    day: date | None = None,
    span: str = "",
    words: str = "",
    seen: int | None = None,
) -> Decision:
    """It is done: on a day, or, where nobody wrote the day down, within a time as people say it (数天)."""
    said = steps.line(span, 20)
    step = begin(actor, decision_id, "finish", now, seen=seen, done=day or said)
    row = step.thing
    _must_stand_alone(row)
    if day and said:
        raise Refused(_("日期和大约多久，只写一样。"))
    if day and not timezone.localtime(row.decided_at).date() <= day <= step.now.date():
        raise Refused(_("办好的日期要在决定以后、今天以前。"))
    row.finished_on, row.finished_span, row.finished_words = day, said, masking.clean_text(words, 500)
    data: dict[str, object] = {"day": day.isoformat()} if day else {"span": said}
    return steps.finish(step, words=row.finished_words, data=data)


@transaction.atomic
def give_up_decision(actor: Actor, *, decision_id: int, words: str, now: datetime, seen: int | None = None) -> Decision:
    """It will not be done, and why; the next meeting hears it."""
    said = steps.line(words, 500)
    step = begin(actor, decision_id, "give_up", now, seen=seen, words=said)
    _must_stand_alone(step.thing)
    step.thing.finished_words = said
    return steps.finish(step, words=said)


def _must_stand_alone(row: Decision) -> None:
    """What came out as a row of its own is done, or not, by that row's moves."""
    if queries.came_out(row):
        raise Refused(_("这项决定已经成了承诺、需求或项目，请到那里办。"))
