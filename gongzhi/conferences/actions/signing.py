"""The signature: all that was decided becomes binding, and what comes of it comes of it at once, or nothing does."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import meeting, steps, telling
from gongzhi.conferences.models import Conference, Decision
from gongzhi.conferences.rules import DecisionKind, DecisionState
from gongzhi.exchange import actions as exchange
from gongzhi.exchange import giving_rules
from gongzhi.exchange.actions import NeedDetails
from gongzhi.exchange.giving_rules import Qualifier
from gongzhi.exchange.rules import Kind
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import actions as problems
from gongzhi.projects import actions as projects
from gongzhi.shared.moves import Refused, _

BINDING = _("会上定了由贵方负责的事")
# What one thing of no stated number is counted in.
_ONE_OF = {Kind.FUNDS: "笔"}


@transaction.atomic
def sign_minutes(actor: Actor, *, conference_id: int, now: datetime, seen: int | None = None) -> Conference:
    """Sign the minutes. Raises Refused, naming the decision, while one lacks its owner or its day, and while the roll
    says nothing of a member; then nothing has happened."""
    step = meeting.begin(actor, conference_id, "sign", now, seen=seen)
    row = step.thing
    if left := queries.roll_of(queries.calls_of(row)).uncalled:
        raise Refused(_("还有%(n)d家没有点名，点完名才能签发。"), n=left)
    related = ("owner_unit", "owner_place", "problem", "topic")
    drafts = Decision.objects.select_for_update(of=("self",)).select_related(*related)
    for one in drafts.filter(conference=row, state=DecisionState.DRAFTED.value).order_by("pk"):
        _bind(actor, one, row, now)
    row.signed_at, row.signed_by_id = step.now, actor.person_id
    return steps.finish(step)


def _bind(actor: Actor, one: Decision, row: Conference, now: datetime) -> None:
    owners = sum(side is not None for side in (one.owner_unit, one.owner_place))
    if rules.incomplete(owners, one.due_on):
        raise Refused(_("“%(what)s”还没有写明由谁负责、哪天办好，纪要不能签发。"), what=one.what)
    if rules.without_strand(one.kind, one.strands):
        raise Refused(_("“%(what)s”是项目，还没有选属于“五共”里的哪些，纪要不能签发。"), what=one.what)
    one.conference = row
    if come_out := OUTCOMES.get(DecisionKind(one.kind)):
        try:
            come_out(actor, one, now)
        except Refused as refusal:
            raise Refused(_("“%(what)s”：%(why)s"), what=one.what, why=refusal) from refusal
    owner = one.owner_unit_id or one.owner_place_id
    standings = queries.decision_standings(actor, one)
    step = steps.begin(actor, one, rules.DECISION_MOVES, "bind", standings, now=now, owner=owner, due_on=one.due_on)
    steps.finish(step, data={"pledge": one.pledge_id, "need": one.need_id, "project": one.project_id})
    telling.owner(one, BINDING, now=now)


def _figure(one: Decision) -> tuple[str, Decimal, str]:
    """What it is, how much, in which measure. An amount that was not said exactly stays in its words: one thing is
    promised, and 近20万元 is no figure."""
    number, qualifier = giving_rules.read_amount(one.amount, one.measure)
    if qualifier is Qualifier.EXACT:
        return one.what, number, one.measure
    said = one.amount if one.amount.endswith(one.measure) else f"{one.amount}{one.measure}"
    what = one.what if said in one.what else f"{one.what}（{said}）"
    return what, Decimal(1), _ONE_OF.get(Kind(one.thing), "项")


def _pledge(actor: Actor, one: Decision, now: datetime) -> None:
    what, quantity, measure = _figure(one)
    assert one.due_on is not None
    one.pledge = exchange.note_pledge(
        actor,
        kind=one.thing,
        what=what,
        quantity=quantity,
        measure=measure,
        due_on=one.due_on,
        now=now,
        once=f"decision-{one.pk}",
        receiver_place=one.conference.place,
        giver_unit=one.owner_unit,
        giver_place=one.owner_place,
    )


def _need(actor: Actor, one: Decision, now: datetime) -> None:
    title, quantity, measure = _figure(one)
    details = NeedDetails(kind=one.thing, title=title, quantity=quantity, measure=measure, deadline=one.due_on)
    whose = {"problem_id": one.problem_id} if one.problem_id else {"place": one.conference.place}
    one.need = exchange.state_need(actor, details=details, now=now, once=f"decision-{one.pk}", **whose).need
    # What a meeting decided is true.
    exchange.verify_need(actor, need_id=one.need.pk, now=now)


def _problem(actor: Actor, one: Decision, now: datetime) -> None:
    assert one.problem_id is not None
    owner = one.owner_unit or one.owner_place
    words = f"{one.conference.title}：{one.what}（{owner.name if owner else ''}，{one.due_on:%Y-%m-%d}）"
    problems.note_on_problem(actor, problem_id=one.problem_id, words=words, now=now)


def _project(actor: Actor, one: Decision, now: datetime) -> None:
    """At the place that has it in hand, or at that of the conference and led by the unit that has."""
    assert one.due_on is not None
    title = one.what[:80]
    words = one.what if title != one.what else ""
    details = projects.Details(title, one.due_on, one.strands, words=words, owner=one.owner_unit)
    one.project = projects.open_project(
        actor,
        place=one.owner_place or one.conference.place,
        details=details,
        now=now,
        once=f"decision-{one.pk}",
        problem_id=one.problem_id,
        need_ids=[one.topic.need_id] if one.topic and one.topic.need_id else [],
    )
    # What a meeting decided is agreed upon.
    projects.move_project(actor, project_id=one.project.pk, verb="agree", now=now)


# What comes of each kind; a kind that is not here is followed up by people alone.
OUTCOMES: Mapping[DecisionKind, Callable[[Actor, Decision, datetime], None]] = {
    DecisionKind.PLEDGE: _pledge,
    DecisionKind.NEED: _need,
    DecisionKind.PROBLEM: _problem,
    DecisionKind.PROJECT: _project,
}
