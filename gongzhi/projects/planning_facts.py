"""What planning reads: tasks, crews, a fixed day. Pure, plain values; docs/planning.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gongzhi.shared.moves import Refused, _
from gongzhi.shared.workdays import Calendar, official_calendar

MOST_TASKS, MOST_CREWS, MOST_DAYS, MOST_CAPACITY = 2000, 500, 1000, 100


class BadPlan(Refused):
    """Tasks that cannot be planned; `values` name the list (`table`), the row by its `id`, and the `field`."""


@dataclass(frozen=True)
class Crew:
    """Who works: so many hands a day; on working days alone, or every day; never on the days `off`."""

    id: str
    capacity: int = 1
    every_day: bool = True
    off: frozenset[date] = frozenset()


@dataclass(frozen=True)
class After:
    """The task before, and how many whole days must lie between its end and the next one's start."""

    id: str
    lag: int = 0


@dataclass(frozen=True)
class Task:
    """So many days of work by these crews at once (crew to hands); without a crew it goes on every day.

    `left` are the days still to do, `days` at first. `begun`: it is under way and goes on from the day of the plan.
    `done_on`: it is over. `start`: it cannot be moved. `planned`: where it stands now, for what to move.
    """

    id: str
    days: int
    crews: Mapping[str, int] = field(default_factory=dict)
    after: Sequence[After] = ()
    earliest: date | None = None
    latest: date | None = None
    start: date | None = None
    planned: date | None = None
    begun: bool = False
    left: int | None = None
    done_on: date | None = None

    @property
    def to_do(self) -> int:
        """Days of work left."""
        return 0 if self.done_on else self.days if self.left is None else self.left


@dataclass(frozen=True)
class PlanningProblem:
    """Tasks seen on a day that must all be done by the end of the `fixed` one; `calendar` says when offices work."""

    day: date
    fixed: date
    tasks: Sequence[Task]
    crews: Sequence[Crew] = ()
    calendar: Calendar = field(default_factory=official_calendar)


def checked(problem: PlanningProblem) -> PlanningProblem:
    """The problem with its lists in order of id. Raises BadPlan, also for tasks that wait for each other in a ring."""
    if len(problem.tasks) > MOST_TASKS or len(problem.crews) > MOST_CREWS:
        raise BadPlan(_("最多%(tasks)d项任务、%(crews)d个队伍。"), tasks=MOST_TASKS, crews=MOST_CREWS)
    crews = {one.id: one for one in problem.crews}
    tasks = {one.id: one for one in problem.tasks}
    _check(len(crews) == len(problem.crews), "crews", "", "id", _("重复"))
    _check(len(tasks) == len(problem.tasks), "tasks", "", "id", _("重复"))
    for crew in problem.crews:
        _check(bool(crew.id), "crews", crew.id, "id", crew.id)
        _check(1 <= crew.capacity <= MOST_CAPACITY, "crews", crew.id, "capacity", crew.capacity)
        _check(len(crew.off) <= MOST_DAYS, "crews", crew.id, "off", len(crew.off))
    for task in problem.tasks:
        _check_task(task, crews, tasks, problem)
    _in_order(tasks)
    return replace(problem, tasks=[tasks[one] for one in sorted(tasks)], crews=[crews[one] for one in sorted(crews)])


def _check_task(task: Task, crews: Mapping[str, Crew], tasks: Mapping[str, Task], problem: PlanningProblem) -> None:
    _check(bool(task.id), "tasks", task.id, "id", task.id)
    _check(1 <= task.days <= MOST_DAYS, "tasks", task.id, "days", task.days)
    _check(task.left is None or 0 <= task.left <= MOST_DAYS, "tasks", task.id, "left", task.left)
    for name, hands in task.crews.items():
        _check(name in crews, "tasks", task.id, "crews", name)
        _check(1 <= hands <= crews[name].capacity, "tasks", task.id, "crews", f"{name} {hands}")
    for before in task.after:
        _check(before.id in tasks and before.id != task.id, "tasks", task.id, "after", before.id)
        _check(0 <= before.lag <= MOST_DAYS, "tasks", task.id, "lag", before.lag)
    for name in ("earliest", "latest", "start", "planned", "done_on"):
        given: date | None = getattr(task, name)
        far = given is not None and abs((given - problem.day).days) > 10 * MOST_DAYS
        _check(not far, "tasks", task.id, name, given)
    _check(task.done_on is None or task.done_on <= problem.day, "tasks", task.id, "done_on", task.done_on)


def _in_order(tasks: Mapping[str, Task]) -> None:
    """Raise BadPlan for a ring, naming one task of it."""
    waits = {one.id: {before.id for before in one.after} for one in tasks.values()}
    ready = [name for name, before in waits.items() if not before]
    followers: dict[str, list[str]] = {name: [] for name in tasks}
    for name, before in waits.items():
        for one in before:
            followers[one].append(name)
    left = {name: len(before) for name, before in waits.items()}
    while ready:
        name = ready.pop()
        del left[name]
        for one in followers[name]:
            left[one] -= 1
            if not left[one]:
                ready.append(one)
    if left:
        # Whatever only waits behind the ring is none of it.
        ring = dict.fromkeys(left)
        while behind := [name for name in ring if not any(one in ring for one in followers[name])]:
            for name in behind:
                del ring[name]
        raise BadPlan(_("任务“%(id)s”绕了一圈又要等它自己，请改先后顺序。"), table="tasks", id=min(ring), field="after")


def _check(good: bool, table: str, row: str, name: str, value: object) -> None:
    if not good:
        raise BadPlan(
            _("%(table)s “%(id)s”的 %(field)s：不能是“%(value)s”"),
            table=table,
            id=row[:40],
            field=name,
            value=str(value)[:40],
        )
