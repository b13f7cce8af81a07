"""Draws a plan back from a fixed day: whether the day can be kept, with how much to spare, and what to move. Pure.

`plan(problem)` finds the shortest schedule that it can, then draws it back from the fixed day: between the two each
task has its slack. What is critical decides the end; who is asked for more hands than there are is overloaded.
"""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

import numpy as np

from gongzhi.projects.planning_facts import After as After
from gongzhi.projects.planning_facts import BadPlan as BadPlan
from gongzhi.projects.planning_facts import Crew as Crew
from gongzhi.projects.planning_facts import PlanningProblem as PlanningProblem
from gongzhi.projects.planning_facts import Task as Task
from gongzhi.projects.planning_facts import checked
from gongzhi.projects.scheduling import Days, Job, Schedule, Starts, lane_of
from gongzhi.projects.searching import search

SECONDS = 1.8


@dataclass(frozen=True)
class Line:
    """Where a task stands: first and last day, the latest ones that keep the fixed day, and the days between. What cannot
    be moved may last longer by so many days.

    `critical`: a day later here is a day later at the end. `late`: over after its own last day. `held`: it cannot be
    moved, and something that it waits for is over only after its start.
    """

    id: str
    start: date | None
    finish: date
    latest_start: date | None
    latest_finish: date
    slack: int
    critical: bool
    late: bool
    held: bool


@dataclass(frozen=True)
class Overload:
    """A crew that is asked for more hands than it has, from a day to a day, at worst by so many."""

    crew: str
    since: date
    until: date
    needed: int
    capacity: int


@dataclass(frozen=True)
class Change:
    """A task that would have to move."""

    id: str
    planned: date
    start: date

    @property
    def days(self) -> int:
        """How far, negative for earlier."""
        return (self.start - self.planned).days


@dataclass(frozen=True)
class Plan:
    """`finish` is the last day of all, None where there is nothing to do; `best` the day that nothing can beat.

    `overloads` are those of the tasks as they stand planned, `changes` the fewest moves found that set it right:
    together they keep the fixed day wherever the plan does.
    """

    fixed: date
    lines: tuple[Line, ...]
    finish: date | None
    best: date | None
    overloads: tuple[Overload, ...]
    changes: tuple[Change, ...]
    schedules: int
    seconds: float

    @property
    def margin(self) -> int:
        """Days between the end of the plan and the fixed day; negative where it is missed."""
        return (self.fixed - self.finish).days if self.finish else 0

    @property
    def kept(self) -> bool:
        """Whether everything is over by the fixed day, and every task by its own last day."""
        return self.margin >= 0 and not any(one.late for one in self.lines)

    @property
    def out_of_reach(self) -> bool:
        """Whether no plan at all can keep the fixed day."""
        return self.best is not None and self.best > self.fixed


def plan(problem: PlanningProblem, *, seconds: float = SECONDS, schedules: int | None = None) -> Plan:
    """The plan; with a number of `schedules` always the same one, else as good as the seconds allow. Raises BadPlan."""
    began = time.perf_counter()
    problem = checked(problem)
    table = _Table(problem)
    schedule = table.schedule
    starts, proven = search(schedule, seconds=seconds - (time.perf_counter() - began), schedules=schedules)
    end, own = table.number(problem.fixed) + 1, schedule.finish(starts)
    # Drawn back by the miss, a plan that misses its day shows by when each task would have to begin.
    short = max(own - end, 0)
    slacks, tight = table.slacks(starts, max(end, own)), table.slacks(starts, own)
    lines = tuple(table.line(job, starts, slacks[job] - short, critical=not tight[job]) for job in range(len(starts)))
    known = table.planned(starts)
    return Plan(
        problem.fixed,
        lines,
        max((one.finish for one in lines), default=None),
        table.day(own if proven else schedule.bound[1]) - timedelta(1) if lines else None,
        table.overloads(known),
        table.changes(known, starts, end),
        schedule.tried,
        time.perf_counter() - began,
    )


class _Table:
    """The problem in whole numbers, and back."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem, self.tasks = problem, problem.tasks
        horizon = self._horizon()
        crews = {one.id: number for number, one in enumerate(problem.crews)}
        rest = sum(1 << day for day in range(horizon) if not problem.calendar.is_working(self.day(day)))
        off = [
            (0 if one.every_day else rest)
            | sum(1 << self.number(day) for day in one.off if 0 <= self.number(day) < horizon)
            for one in problem.crews
        ]
        lane = lane_of((crews[name], hands) for task in self.tasks for name, hands in task.crews.items())
        calendar = cache(partial(Days, lane=lane))
        self.numbers = {one.id: number for number, one in enumerate(self.tasks)}
        jobs = []
        for task in self.tasks:
            mine = [(crews[name], hands) for name, hands in sorted(task.crews.items())]
            bits = 0
            for crew, _hands in mine:
                bits |= off[crew]
            jobs.append(self._job(task, tuple(mine), calendar(bits)))
        self.schedule = Schedule(jobs, [one.capacity for one in problem.crews], [calendar(bits) for bits in off])

    def _horizon(self) -> int:
        """Days after which no task can still be going on, were they done one after the other."""
        far = [self.problem.fixed]
        for task in self.tasks:
            far += [day for day in (task.earliest, task.start, task.planned) if day]
        work = sum(task.to_do + max((one.lag for one in task.after), default=0) for task in self.tasks)
        return max(self.number(max(far)), 0) + work * 2 + 60

    def number(self, day: date) -> int:
        """Days from the day of the plan."""
        return (day - self.problem.day).days

    def day(self, number: int) -> date:
        """The date of a number."""
        return self.problem.day + timedelta(number)

    def _job(self, task: Task, crews: tuple[tuple[int, int], ...], calendar: Days) -> Job:
        after = tuple((self.numbers[one.id], one.lag) for one in task.after)
        due = self.number(task.latest) + 1 if task.latest else None
        if task.done_on:
            return Job(0, (), calendar, after, due=due, fixed=self.number(task.done_on) + 1)
        fixed = self.number(task.start) if task.start else None
        if task.begun:
            fixed = 0
        elif fixed is not None:
            # What should have begun and has not begins today at best.
            fixed = calendar.first(fixed) if fixed >= 0 else None
        earliest = max(self.number(task.earliest), 0) if task.earliest else 0
        return Job(task.to_do, crews, calendar, after, earliest, due, fixed)

    def slacks(self, starts: Starts, end: int) -> list[int]:
        """The days by which each task can be later for all to be over by `end`."""
        late = self.schedule.backward(starts, end)
        longer = self.schedule.spare(late, end)
        return [
            was - start if job.fixed is None else more
            for job, was, start, more in zip(self.schedule.jobs, late, starts, longer, strict=True)
        ]

    def line(self, job: int, starts: Starts, slack: int, *, critical: bool) -> Line:
        """A task in dates."""
        task, one, schedule = self.tasks[job], self.schedule.jobs[job], self.schedule
        over, start, end = task.done_on is not None, starts[job], schedule.end(job, starts[job])
        slack = 0 if over else slack
        latest = start + slack if one.fixed is None else start
        last = schedule.end(job, latest) if one.fixed is None and latest >= 0 else end + slack
        waits = any(schedule.end(before, starts[before]) + lag > start for before, lag in one.after)
        return Line(
            id=task.id,
            start=None if over else self.day(start),
            finish=self.day(end - 1),
            latest_start=None if over else self.day(latest),
            latest_finish=self.day(last - 1),
            slack=slack,
            critical=critical and not over and one.days > 0,
            late=one.due is not None and end > one.due,
            held=one.fixed is not None and not over and waits,
        )

    def planned(self, starts: Starts) -> Starts:
        """The starts as they stand planned; for what is not planned, or can only begin later than that, those of the plan."""
        known = list(starts)
        for job, task in enumerate(self.tasks):
            one = self.schedule.jobs[job]
            if task.planned and one.fixed is None and one.days:
                known[job] = one.calendar.first(max(self.number(task.planned), 0))
        return known

    def overloads(self, starts: Starts) -> tuple[Overload, ...]:
        """Every run of days on which a crew is asked for more than it has."""
        schedule = self.schedule
        if not starts:
            return ()
        load = np.zeros((len(schedule.capacities), max(schedule.finish(starts), 0) + 1), dtype=int)
        for job, start in enumerate(starts):
            one = schedule.jobs[job]
            end = schedule.end(job, start)
            days = [day for day in range(max(start, 0), end) if not one.calendar.off >> day & 1]
            for crew, hands in one.crews:
                load[crew, days] += hands
        found = []
        for crew, capacity in enumerate(schedule.capacities):
            # The last column is empty, so that every run ends.
            edges = np.flatnonzero(np.diff(np.concatenate([[0], load[crew] > capacity])))
            for since, until in zip(edges[::2], edges[1::2], strict=True):
                most = int(load[crew, since:until].max())
                first, last = self.day(int(since)), self.day(int(until) - 1)
                found.append(Overload(self.problem.crews[crew].id, first, last, most, capacity))
        return tuple(found)

    def changes(self, known: Starts, starts: Starts, end: int) -> tuple[Change, ...]:
        """The fewest moves, then the shortest, among: later alone; the same order from the left; the plan itself; each
        pulled back to where it stood as far as that holds and the day is kept."""
        schedule = self.schedule
        moved = [job for job, task in enumerate(self.tasks) if task.planned and schedule.jobs[job].days]
        if not moved:
            return ()
        order = schedule.in_order([float(one) for one in known])
        candidates = [schedule.forward(order, known)]
        for found in (schedule.forward(order), starts):
            candidates.append(schedule.backward(found, max(end, schedule.finish(found)), known))
        was = {job: self.number(self.tasks[job].planned) for job in moved}  # type: ignore[arg-type]

        def price(found: Starts) -> tuple[int, ...]:
            late, finish = schedule.cost(found)
            away = [abs(found[job] - was[job]) for job in moved]
            return max(finish - end, 0), late, sum(one > 0 for one in away), sum(away)

        best = min(candidates, key=price)
        changes = [Change(self.tasks[job].id, self.day(was[job]), self.day(best[job])) for job in moved]
        return tuple(one for one in changes if one.days)
