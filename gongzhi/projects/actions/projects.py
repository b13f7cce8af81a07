"""Opening a project and leading it to its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import queries as exchange
from gongzhi.exchange.actions import giving
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.problems import queries as problems
from gongzhi.projects import queries, rules
from gongzhi.projects.actions import steps, telling
from gongzhi.projects.models import Appeal, Crew, Project, ProjectNeed, ProjectOffer, ProjectPartner, Spending
from gongzhi.projects.rules import ProjectState
from gongzhi.shared.moves import Missing, NotAllowed, Refused, _

LABEL = rules.OPENED
MOST_YEARS = 10
MAY_MISS = _("照现在的进度，项目可能误期")


@dataclass(frozen=True)
class Details:
    """What a project is: `due_on` is the fixed day, `since` the day from which it counts (today, or that of its appeal)."""

    title: str
    due_on: date
    strands: Iterable[str]
    goals: Iterable[str] = ()
    words: str = ""
    owner: MemberUnit | None = None
    budget: Decimal | None = None

    def columns(self, label: str) -> dict[str, Any]:
        """The details as columns, checked. Raises Refused."""
        strands = [one.value for one in rules.Strand if one.value in set(self.strands)]
        if not strands:
            raise Missing(_("请至少选一个“五共”。"), field="strands")
        if self.budget is not None and self.budget < 0:
            raise Refused(_("预算不能是负数。"))
        return {
            "title": steps.needed(self.title, 80, "title", label),
            "words": masking.clean_text(self.words, 5000),
            "owner": self.owner,
            "strands": strands,
            "goals": [one.value for one in rules.Goal if one.value in set(self.goals)],
            "budget": self.budget,
        }


def open_project(
    actor: Actor,
    *,
    place: Place,
    details: Details,
    now: datetime,
    once: str,
    appeal_id: int | None = None,
    problem_id: int | None = None,
    need_ids: Iterable[int] = (),
) -> Project:
    """Open a project at a place, for an appeal, a problem, needs, or of one's own; the same form sent twice is one project.

    An appeal is taken with it, and its days count from the day on which it was raised. Raises Refused.
    """
    if not _works_at(actor, place):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    key = steps.key(actor, once)
    return steps.once(
        Project.objects.filter(once=key),
        lambda: _open(actor, place, details, now, key, appeal_id, problem_id, need_ids),
    )[0]


def _works_at(actor: Actor, place: Place) -> bool:
    return not rules.DESK.isdisjoint(actor.standings_at(neighbourhood.ladder(place)))


def _open(
    actor: Actor,
    place: Place,
    details: Details,
    now: datetime,
    once: str,
    appeal_id: int | None,
    problem_id: int | None,
    need_ids: Iterable[int],
) -> Project:
    columns, today = details.columns(LABEL), timezone.localtime(now).date()
    appeal = _take_appeal(actor, appeal_id, place, now) if appeal_id else None
    since = timezone.localdate(appeal.raised_at) if appeal else today
    _must_lie_ahead(details.due_on, today)
    problem = problems.get_problem(actor, problem_id) if problem_id else None
    row = Project(
        **columns, **neighbourhood.belonging(place), place=place, since=since, due_on=details.due_on, appeal=appeal, problem=problem,
        opened_at=now, opened_by_id=actor.person_id, once=once,
    )  # fmt: skip
    row.save()
    steps.note(actor, row, "open", "", now, data={"appeal": appeal_id, "due_on": details.due_on.isoformat()})
    for need in exchange.visible_needs(actor).filter(pk__in=list(need_ids)):
        ProjectNeed.objects.create(project=row, need=need)
    if appeal:
        ProjectPartner.objects.create(project=row, unit=appeal.unit, words=appeal.title)
        telling.tell_units(appeal, [appeal.unit], _("社区承接了你们的求助，已立为项目"), now)
    return row


def _take_appeal(actor: Actor, appeal_id: int, place: Place, now: datetime) -> Appeal:
    queries.visible_appeals(actor).only("pk").get(pk=appeal_id)
    row = Appeal.objects.select_for_update(of=("self",)).select_related("unit").get(pk=appeal_id)
    if row.place_id != place.pk:
        raise Refused(_("这项求助是向别的社区提出的。"))
    step = steps.begin(actor, row, rules.APPEAL_MOVES, "take", queries.standings_at(actor, row), now=now)
    row.ended_at = now
    return steps.finish(step)


def _must_lie_ahead(day: date, today: date) -> None:
    if not today <= day <= today + timedelta(366 * MOST_YEARS):
        raise Refused(_("日期要在今天以后、十年以内。"))


@transaction.atomic
def change_project(
    actor: Actor, *, project_id: int, details: Details, now: datetime, seen: int | None = None
) -> Project:
    """Other words, owner, strands, goals or budget; the fixed day is moved on its own."""
    strands = list(details.strands)
    step = steps.on_project(actor, project_id, "change", now, seen=seen, title=details.title, strands=strands)
    for name, value in details.columns(rules.PROJECT_MOVES["change"].label).items():
        setattr(step.thing, name, value)
    return steps.finish(step, data={"strands": step.thing.strands, "goals": step.thing.goals})


@transaction.atomic
def move_project(actor: Actor, *, project_id: int, verb: str, now: datetime, seen: int | None = None) -> Project:
    """Agree on a project, or start it."""
    assert verb in {"agree", "start"}
    step = steps.on_project(actor, project_id, verb, now, seen=seen)
    return redrawn(steps.finish(step), step.now)


@transaction.atomic
def move_day(
    actor: Actor, *, project_id: int, due_on: date, words: str, now: datetime, seen: int | None = None
) -> Project:
    """Another fixed day, with the reason; both stay in the trail."""
    text = steps.line(words, 500)
    step = steps.on_project(actor, project_id, "move_day", now, seen=seen, due_on=due_on, words=text)
    _must_lie_ahead(due_on, step.today)
    was, step.thing.due_on = step.thing.due_on, due_on
    row = steps.finish(step, words=text, data={"was": was.isoformat(), "due_on": due_on.isoformat()})
    return redrawn(row, step.now)


@transaction.atomic
def finish_project(actor: Actor, *, project_id: int, day: date, now: datetime, seen: int | None = None) -> Project:
    """Everything is done: no task is open, nothing installed waits for its signature."""
    step = steps.on_project(actor, project_id, "finish", now, seen=seen, day=day)
    row = step.thing
    if left := queries.open_tasks(row):
        raise Refused(_("还有%(n)d项任务没有办结，请先凭证明办结，或说明理由不做了。"), n=left)
    if any(one.state == rules.AssetState.INSTALLED for one in queries.assets_of(row)):
        raise Refused(_("还有设施没有签字验收，请先验收。"))
    row.ended_on = steps.day_of(day, now, row.since)
    used, given, margin = rules.used(row.since, row.due_on, row.ended_on)
    row = steps.finish(step, data={"used": used, "given": given, "margin": margin})
    if row.appeal_id:
        appeal = Appeal.objects.select_related("unit").get(pk=row.appeal_id)
        telling.tell_units(appeal, [appeal.unit], _("你们求助的事办完了"), now)
    return row


@transaction.atomic
def stop_project(actor: Actor, *, project_id: int, words: str, now: datetime, seen: int | None = None) -> Project:
    """Do not go on, with the reason."""
    text = steps.line(words, 500)
    step = steps.on_project(actor, project_id, "stop", now, seen=seen, words=text)
    step.thing.ended_on = max(step.today, step.thing.since)
    return steps.finish(step, words=text)


@transaction.atomic
def add_partner(actor: Actor, *, project_id: int, unit: MemberUnit, words: str, now: datetime) -> Project:
    """A unit takes part, with what; named once, it can be described anew."""
    text = steps.line(words, 200)
    step = steps.on_project(actor, project_id, "add_partner", now, unit=unit, words=text)
    ProjectPartner.objects.update_or_create(project=step.thing, unit=unit, defaults={"words": text})
    return steps.finish(step, words=text, data={"unit": unit.pk})


@transaction.atomic
def bind(
    actor: Actor, *, project_id: int, now: datetime, need_ids: Iterable[int] = (), offer_ids: Iterable[int] = ()
) -> Project:
    """Bind exactly these of the needs and offers in sight; those that are not in sight stay as they are."""
    step = steps.on_project(actor, project_id, "bind", now)
    needs, offers = exchange.visible_needs(actor), exchange.visible_offers(actor)
    wanted = set(needs.filter(pk__in=list(need_ids)).values_list("pk", flat=True))
    offered = set(offers.filter(pk__in=list(offer_ids)).values_list("pk", flat=True))
    ProjectNeed.objects.filter(project=step.thing, need__in=needs).exclude(need__in=wanted).delete()
    ProjectOffer.objects.filter(project=step.thing, offer__in=offers).exclude(offer__in=offered).delete()
    for pk in wanted:
        ProjectNeed.objects.get_or_create(project=step.thing, need_id=pk)
    for pk in offered:
        ProjectOffer.objects.get_or_create(project=step.thing, offer_id=pk)
    return steps.finish(step, data={"needs": sorted(wanted), "offers": sorted(offered)})


@transaction.atomic
def add_crew(actor: Actor, *, project_id: int, title: str, hands: int, every_day: bool, now: datetime) -> Crew:
    """Who works for the project: so many hands a day. The same name again changes the number."""
    step = steps.on_project(actor, project_id, "add_crew", now, title=title, hands=hands)
    if not 1 <= hands <= 100:
        raise Refused(_("人手要在1到100之间。"))
    name = steps.needed(title, 40, "title", rules.PROJECT_MOVES["add_crew"].label)
    said = {"hands": hands, "every_day": every_day}
    crew, _made = Crew.objects.update_or_create(project=step.thing, name=name, defaults=said)
    redrawn(steps.finish(step, data={"crew": crew.pk, "hands": hands}), step.now)
    return crew


def spend(
    actor: Actor,
    *,
    project_id: int,
    amount: Decimal,
    day: date,
    what: str,
    now: datetime,
    once: str,
    voucher: str = "",
    contribution_id: int | None = None,
) -> Spending:
    """Note what was paid; out of a contribution, its use is noted there too. The same form sent twice is one."""
    if known := Spending.objects.filter(
        once=steps.key(actor, once), project__in=queries.visible_projects(actor)
    ).first():
        return known
    with transaction.atomic():
        step = steps.on_project(actor, project_id, "spend", now, amount=amount, day=day, what=steps.line(what, 200))
        if not amount or abs(amount) >= 10**10:
            raise Refused(_("金额写数就行，如12000。"))
        text, number = steps.line(what, 200), steps.line(voucher, 40)
        if contribution_id is not None:
            giving.use_contribution(
                actor, contribution_id=contribution_id, quantity=amount, day=day, what=text, voucher=number, now=now
            )
        row = Spending.objects.create(
            project=step.thing,
            contribution_id=contribution_id,
            amount=amount,
            spent_on=steps.day_of(day, now, step.thing.since),
            what=text,
            voucher=number,
            noted_at=now,
            noted_by_id=actor.person_id,
            once=steps.key(actor, once),
        )
        steps.finish(step, words=text, data={"amount": str(amount), "spending": row.pk})
        return row


# The plan


def redrawn(project: Project, now: datetime) -> Project:
    """Draw the plan anew and keep its last day; for whoever has the project locked."""
    if project.state in rules.OPEN:
        found = queries.drawn(project, timezone.localtime(now).date()).plan
        project.forecast_on = found.finish if found else None
        if found is None or found.kept:
            project.warned_at = None
        project.save(update_fields=["forecast_on", "warned_at"])
    return project


@transaction.atomic
def put_plan(actor: Actor, *, project_id: int, now: datetime, seen: int | None = None) -> Project:
    """Put every task that has not begun where the plan has it; what moves least, where it stood somewhere before.

    The last day that a task was first given stays what it is measured by.
    """
    step = steps.on_project(actor, project_id, "plan", now, seen=seen)
    today = step.today
    found = queries.drawn(step.thing, today)
    if found.plan is None:
        raise Refused(_("还没有任务，没有什么可排。"))
    moved = {int(one.id): one.start for one in found.plan.changes}
    for task in found.tasks:
        line = next(one for one in found.plan.lines if one.id == str(task.pk))
        if task.state != rules.TaskState.TO_DO or line.start is None:
            continue
        task.starts_on = moved.get(task.pk, task.starts_on) or line.start
        task.ends_on = max(task.starts_on, task.starts_on + (line.finish - line.start))
        task.due_on = task.due_on or task.latest or max(line.latest_finish, task.ends_on)
        task.save(update_fields=["starts_on", "ends_on", "due_on"])
    return redrawn(steps.finish(step, data={"moved": len(moved)}), step.now)


def keep_margins(*, now: datetime) -> int:
    """For the clock: draw every running plan anew; tell the leaders once where the day may be missed. How many."""
    live = Project.objects.filter(state__in=[ProjectState.AGREED.value, ProjectState.RUNNING.value])
    return sum(_keep_margin(pk, now) for pk in list(live.values_list("pk", flat=True)))


@transaction.atomic
def _keep_margin(project_id: int, now: datetime) -> bool:
    row = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
    if row.state not in (ProjectState.AGREED, ProjectState.RUNNING):
        return False
    redrawn(row, now)
    missed = row.forecast_on is not None and row.forecast_on > row.due_on
    if not missed or row.warned_at:
        return False
    step = steps.on_project(CLOCK, project_id, "warn", now)
    step.thing.warned_at = now
    telling.tell_desk(step.thing, MAY_MISS, now)
    steps.finish(step, data={"forecast_on": str(row.forecast_on)})
    return True
