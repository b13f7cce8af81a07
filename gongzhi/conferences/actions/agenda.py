"""What is to be talked about: tabled by the desk or a member, put on the agenda, set aside or dropped with the reason."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import steps, telling
from gongzhi.conferences.actions.meeting import begin
from gongzhi.conferences.models import Conference, Topic
from gongzhi.conferences.rules import TopicState
from gongzhi.demands import masking
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.shared.moves import Refused, _

TABLED = _("有成员提了议题，请看要不要列入议程")
_LABEL = rules.CONFERENCE_MOVES["table"].label


@transaction.atomic
def table_topic(
    actor: Actor,
    *,
    conference_id: int,
    title: str,
    now: datetime,
    once: str,
    words: str = "",
    problem_id: int | None = None,
    need_id: int | None = None,
) -> Topic:
    """Propose a topic. The desk's is on the agenda at once, out of a problem or a need or in words; a member's waits.

    The same form sent twice is one. Raises Refused, or ABSENT of the room whose row is not theirs.
    """
    step = begin(actor, conference_id, "table", now, title=steps.line(title, 120))
    row, key = step.thing, steps.key(actor, once)
    # The conference is locked: of the same form at the same moment the second finds the first.
    if known := Topic.objects.filter(once=key).first():
        return known
    desk = queries.sees_inside(actor, row)
    topic = Topic(
        conference=row,
        title=steps.needed(title, 120, "title", _LABEL),
        words=masking.clean_text(words, 1000),
        tabled_at=step.now,
        once=key,
        **(_of_desk(actor, problem_id, need_id) if desk else _of_member(actor, row)),
    )
    topic.save()
    steps.finish(step, words=topic.title)
    if not desk:
        telling.desk(row, TABLED, topic.title, now=now)
    return topic


def _of_desk(actor: Actor, problem_id: int | None, need_id: int | None) -> dict[str, Any]:
    problem = problems.get_problem(actor, problem_id) if problem_id else None
    need = exchange.get_need(actor, need_id) if need_id else None
    if need and need.confidential:
        raise Refused(_("不公开的需求不能提上会议。"))
    return {"state": TopicState.AGREED.value, "problem": problem, "need": need}


def _of_member(actor: Actor, row: Conference) -> dict[str, Any]:
    unit = next((one.unit for one in queries.own_calls(actor, row) if one.unit), None)
    return {"state": TopicState.TABLED.value, "unit": unit}


def _topic(step: steps.Step[Conference], topic_id: int) -> Topic:
    """A topic of this conference, or one that an earlier one left without a decision, carried over to this one."""
    row = step.thing
    topic = Topic.objects.select_for_update().filter(pk=topic_id).first()
    if topic and topic.conference_id == row.pk:
        return topic
    # The row is locked: of two conferences that would carry it over the second finds it gone.
    if topic is None or not queries.left_over(row).filter(pk=topic_id).exists():
        raise Refused(_("没有这个议题，请重新选。"))
    same = {name: getattr(topic, name) for name in ("title", "words", "problem_id", "need_id", "unit_id")}
    return Topic(conference=row, carried_from=topic, tabled_at=step.now, once=f"carried-{topic.pk}", **same)


@transaction.atomic
def agree_topic(actor: Actor, *, conference_id: int, topic_id: int, now: datetime) -> Topic:
    """Put a topic on the agenda; one that an earlier conference left without a decision is carried over."""
    return _sorted(begin(actor, conference_id, "agree_topic", now, topic=topic_id), topic_id, TopicState.AGREED)


@transaction.atomic
def set_aside_topic(actor: Actor, *, conference_id: int, topic_id: int, words: str, now: datetime) -> Topic:
    """Do not talk about it this time, and why; whoever tabled it reads that."""
    said = steps.line(words, 200)
    step = begin(actor, conference_id, "set_aside", now, topic=topic_id, words=said)
    return _sorted(step, topic_id, TopicState.SET_ASIDE, said)


@transaction.atomic
def drop_topic(actor: Actor, *, conference_id: int, topic_id: int, words: str, now: datetime) -> Topic:
    """Do not talk about it any more, and why; it is offered to no further conference."""
    said = steps.line(words, 200)
    step = begin(actor, conference_id, "drop_topic", now, topic=topic_id, words=said)
    return _sorted(step, topic_id, TopicState.DROPPED, said)


def _sorted(step: steps.Step[Conference], topic_id: int, state: TopicState, why: str = "") -> Topic:
    topic = _topic(step, topic_id)
    topic.state, topic.why_aside = state.value, why
    topic.save()
    steps.finish(step, words=f"{topic.title}\n{why}".strip())
    return topic
