"""The plan of a project as it stands today, and the figures of a year. For whoever was let through to the project."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from gongzhi.exchange import queries as exchange
from gongzhi.exchange.rows import Need, Offer
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import rules
from gongzhi.projects.models import (
    Asset,
    Crew,
    Project,
    ProjectNeed,
    ProjectOffer,
    ProjectPartner,
    Spending,
    Task,
    TaskAfter,
    TaskCrew,
    TaskPost,
    TaskProof,
    Zone,
    Zoning,
)
from gongzhi.projects.planning import After, Plan, PlanningProblem, plan
from gongzhi.projects.planning import Crew as Hands
from gongzhi.projects.planning import Task as Work
from gongzhi.projects.queries.seen import visible_projects
from gongzhi.projects.rules import ProjectState, TaskState
from gongzhi.shared.days import calendar

# So many schedules at most are looked at for a page: the same plan each time, in a blink.
SCHEDULES = 60


@dataclass(frozen=True)
class Drawn:
    """The tasks of a project, what each waits for and who works on it, and the plan; `plan` is None while there are none.

    `waived` are tasks that a leader decided need not be done; `team` is everybody who works for it, by name.
    """

    tasks: list[Task]
    after: dict[int, list[TaskAfter]]
    crews: dict[int, list[TaskCrew]]
    plan: Plan | None
    waived: list[Task]
    team: list[Crew]


def drawn(project: Project, today: date) -> Drawn:
    """The plan of all tasks, as it looks today. Four queries."""
    rows = Task.objects.filter(project=project).select_related("owner", "proof").order_by("starts_on", "pk")
    waived = [one for one in rows if one.state == TaskState.WAIVED]
    tasks, team = [one for one in rows if one.state != TaskState.WAIVED], crews_of(project)
    after: dict[int, list[TaskAfter]] = {one.pk: [] for one in tasks}
    for link in TaskAfter.objects.filter(task__in=after, before__in=after).order_by("pk"):
        after[link.task_id].append(link)
    if not tasks:
        return Drawn([], {}, {}, None, waived, team)
    staffed = crews_on(after)
    problem = PlanningProblem(
        day=max(today, project.since),
        fixed=project.due_on,
        tasks=[_work(one, after[one.pk], staffed.get(one.pk, [])) for one in tasks],
        crews=[Hands(str(one.pk), one.hands, one.every_day) for one in team],
        calendar=calendar(),
    )
    return Drawn(tasks, after, staffed, plan(problem, schedules=SCHEDULES), waived, team)


def _work(task: Task, after: list[TaskAfter], crews: list[TaskCrew]) -> Work:
    return Work(
        id=str(task.pk),
        days=task.days,
        crews={str(one.crew_id): min(one.hands, one.crew.hands) for one in crews},
        after=[After(str(one.before_id), one.lag) for one in after],
        earliest=task.earliest,
        latest=task.latest,
        planned=task.starts_on if task.state == TaskState.TO_DO else None,
        begun=task.state == TaskState.UNDER_WAY,
        left=task.left if task.state == TaskState.UNDER_WAY else None,
        done_on=task.done_on,
    )


def proofs_of(task_ids: Iterable[int]) -> dict[int, list[TaskProof]]:
    """For each of these tasks what was kept as proof, oldest first. One query."""
    found: dict[int, list[TaskProof]] = {}
    for one in TaskProof.objects.filter(task__in=list(task_ids)).order_by("pk"):
        found.setdefault(one.task_id, []).append(one)
    return found


def crews_on(task_ids: Iterable[int]) -> dict[int, list[TaskCrew]]:
    """For each of these tasks the crews that work on it, with their hands. One query."""
    found: dict[int, list[TaskCrew]] = {}
    for one in TaskCrew.objects.filter(task__in=list(task_ids)).select_related("crew").order_by("crew__name"):
        found.setdefault(one.task_id, []).append(one)
    return found


def posts_of(task_ids: Iterable[int]) -> dict[int, list[TaskPost]]:
    """For each of these tasks the posts that it wants filled. One query."""
    found: dict[int, list[TaskPost]] = {}
    for one in TaskPost.objects.filter(task__in=list(task_ids)).order_by("pk"):
        found.setdefault(one.task_id, []).append(one)
    return found


def partners_of(project: Project) -> list[ProjectPartner]:
    """Who takes part beside the owner, by name."""
    return list(ProjectPartner.objects.filter(project=project).select_related("unit").order_by("unit__name"))


def bound_to(actor: Actor, project: Project) -> tuple[list[Need], list[Offer]]:
    """The needs and offers that the project is bound to, as far as the actor sees them."""
    needs = exchange.visible_needs(actor).filter(pk__in=ProjectNeed.objects.filter(project=project).values("need"))
    offers = exchange.visible_offers(actor).filter(pk__in=ProjectOffer.objects.filter(project=project).values("offer"))
    return list(needs.order_by("pk")), list(offers.select_related(*exchange.OFFER_SIDE).order_by("pk"))


def crews_of(project: Project) -> list[Crew]:
    """Who works for it, by name."""
    return list(Crew.objects.filter(project=project).order_by("name"))


def tasks_late(project: Project) -> int:
    """How many tasks were over after the last day that the plan had first left them."""
    return Task.objects.filter(project=project, state=TaskState.CLOSED.value, done_on__gt=F("due_on")).count()


def open_tasks(project: Project) -> int:
    """How many tasks are still to be closed."""
    return Task.objects.filter(project=project, state__in=sorted(rules.TASK_OPEN)).count()


def spending_of(project: Project) -> tuple[list[Spending], Decimal]:
    """What was paid, the latest first, and all of it together."""
    rows = list(Spending.objects.filter(project=project).order_by("-spent_on", "-pk"))
    return rows, sum((one.amount for one in rows), Decimal(0))


def assets_of(project: Project) -> list[Asset]:
    """What was installed, what nobody has signed for first."""
    rows = Asset.objects.filter(project=project).exclude(state=rules.AssetState.REMOVED.value)
    return list(rows.select_related("project").order_by("-state", "installed_on", "pk"))


def zonings_of(project: Project) -> list[Zoning]:
    """Every version of the zones, the newest first."""
    return list(Zoning.objects.filter(project=project).select_related("approved_by").order_by("-number"))


def zones_of(zoning: Zoning) -> list[Zone]:
    """The zones of one version, in the order in which they were drawn."""
    return list(Zone.objects.filter(zoning=zoning).order_by("pk"))


@dataclass(frozen=True)
class Totals:
    """Projects of a year: how many in all, of each strand and each goal (one may count in several), and without goal."""

    all: int
    done: int
    strands: dict[rules.Strand, int]
    goals: dict[rules.Goal, int]
    no_strand: int
    no_goal: int


def year_totals(actor: Actor, year: int) -> Totals:
    """Of the projects in sight that were agreed and count from a day of this year. One query."""
    counted = Q(since__year=year) & ~Q(state__in=[ProjectState.DRAFTED.value, ProjectState.STOPPED.value])
    rows = list(visible_projects(actor).filter(counted).values_list("state", "strands", "goals"))
    return Totals(
        all=len(rows),
        done=sum(state == ProjectState.DONE for state, _strands, _goals in rows),
        strands={one: sum(one.value in strands for _state, strands, _goals in rows) for one in rules.Strand},
        goals={one: sum(one.value in goals for _state, _strands, goals in rows) for one in rules.Goal},
        no_strand=sum(not strands for _state, strands, _goals in rows),
        no_goal=sum(not goals for _state, _strands, goals in rows),
    )
