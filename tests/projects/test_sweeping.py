"""Many schedules swept at once: what comes of it holds, and ends earlier."""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.plans import faults, make
from gongzhi.projects.planning import Crew, PlanningProblem, Task, _Table, plan
from gongzhi.projects.planning_facts import checked
from gongzhi.projects.scheduling import Days, Job, Schedule
from gongzhi.projects.sweeping import Sweeps


def simple(problem: PlanningProblem) -> Schedule:
    """Its tasks as jobs, each crew at work every day."""
    crews = {one.id: number for number, one in enumerate(problem.crews)}
    numbers = {one.id: number for number, one in enumerate(problem.tasks)}
    every = Days(0, 12)
    jobs = [
        Job(
            task.days,
            tuple((crews[name], hands) for name, hands in task.crews.items()),
            every,
            tuple((numbers[one.id], one.lag) for one in task.after),
        )
        for task in problem.tasks
    ]
    return Schedule(jobs, [one.capacity for one in problem.crews], [every] * len(crews))


@pytest.mark.parametrize(("tasks", "crews", "seed"), [(60, 1, 1), (90, 4, 2), (150, 20, 3)])
def test_what_a_sweep_finds_holds_and_ends_earlier(tasks: int, crews: int, seed: int) -> None:
    problem = make(tasks, crews, min(crews, 4), 0.1, seed)
    schedule = simple(problem)
    first = schedule.forward(schedule.order)
    sweeps = Sweeps.of(schedule, schedule.finish(first), 1)
    found = sweeps and sweeps.back_and_forth(first)
    assert found
    assert schedule.finish(found) < schedule.finish(first)
    days = {task.id: problem.day + timedelta(day) for task, day in zip(problem.tasks, found, strict=True)}
    assert not faults(problem, days)
    # The exact way puts no job later in the same order; earlier only where something made room after it was put.
    again = schedule.forward(schedule.in_order([float(one) for one in found]))
    assert all(exact <= day for exact, day in zip(again, found, strict=True))


@given(tasks=st.integers(3, 90), crews=st.integers(1, 5), seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_one_schedule_alone_is_put_where_the_exact_way_puts_it(tasks: int, crews: int, seed: int) -> None:
    problem = real(make(tasks, crews, crews, 0.2, seed), random.Random(seed))
    schedule = _Table(checked(problem)).schedule
    first, jobs = schedule.forward(schedule.order), schedule.jobs
    place = {job: at for at, job in enumerate(schedule.order)}
    # What cannot be moved stands before all others.
    order = sorted(place, key=lambda job: (jobs[job].fixed is None, first[job], place[job]))
    with pytest.MonkeyPatch.context() as alone:
        for name, value in {"WIDE": 1, "TRIED": 1, "FEWEST": 100, "MOST": 100}.items():
            alone.setattr(f"gongzhi.projects.sweeping.{name}", value)
        sweeps = Sweeps.of(schedule, schedule.finish(first), 1)
        assert sweeps
        found = sweeps._forward.sweep(np.array(first), sweeps._earliest, np.random.default_rng(1))
    exact = schedule.forward(order)
    assert found
    for job, one in enumerate(jobs):
        assert found.ends[job] == schedule.end(job, exact[job])
        assert one.fixed is not None or found.starts[job] == exact[job]


def test_a_scarce_project_ends_earlier_than_by_the_rules_alone() -> None:
    problem = make(120, 4, 4, 0.1, 0)
    found, again, by_rules = plan(problem, schedules=600), plan(problem, schedules=600), plan(problem, schedules=13)
    assert found.lines == again.lines
    assert found.finish and by_rules.finish and found.finish + timedelta(5) < by_rules.finish
    assert not faults(problem, {one.id: one.start for one in found.lines if one.start})


def test_what_would_take_too_much_room_is_left_to_the_rules() -> None:
    every = Days(0, 8)
    crews, two = 500, [Job(1000, ((0, 1),), every, ((1, 1000),)), Job(1000, ((0, 1),), every)]
    assert Sweeps.of(Schedule(two, [1], [every]), 3000, 1)
    assert not Sweeps.of(Schedule(two, [1] * crews, [every] * crews), 3000, 1)
    tasks = [Task(str(number), 1000, {"0": 1}, [], latest=date(2026, 1, 9)) for number in range(3)]
    found = plan(
        PlanningProblem(date(2026, 1, 1), date(2036, 1, 1), tasks, [Crew(str(number)) for number in range(crews)])
    )
    assert found.finish == date(2026, 1, 1) + timedelta(2999)


def test_one_job_or_none_is_not_swept() -> None:
    every = Days(0, 8)
    assert not Sweeps.of(Schedule([Job(3, ((0, 1),), every)], [1], [every]), 3, 1)
    assert not Sweeps.of(Schedule([], [1], [every]), 0, 1)


def test_a_start_far_beyond_the_days_known_ends_a_sweep_in_vain() -> None:
    every = Days(0, 8)
    jobs = [Job(1, ((0, 1),), every, fixed=9_000), Job(1, ((0, 1),), every, ((0, 0),)), Job(1, ((0, 1),), every)]
    schedule = Schedule(jobs, [1], [every])
    starts = schedule.forward(schedule.order)
    assert starts == [9_000, 9_001, 0]
    sweeps = Sweeps.of(schedule, 10, 1)
    assert sweeps and sweeps.back_and_forth(starts) is None


def real(problem: PlanningProblem, chance: random.Random) -> PlanningProblem:
    """The same under way: crews that rest, tasks that are over, begun, fixed, or have days of their own."""
    day = problem.day + timedelta(chance.randint(0, 40))
    crews = [
        replace(one, every_day=chance.random() < 0.5, off=frozenset({day + timedelta(chance.randint(0, 60))}))
        for one in problem.crews
    ]
    tasks = []
    for number, task in enumerate(problem.tasks):
        then = day + timedelta(chance.randint(0, 90))
        # Nobody's hands are asked of what cannot be moved, so that they are never too few.
        more: dict[str, Any] = chance.choice(
            [
                {"crews": {}, "done_on": day},
                {"crews": {}, "begun": True, "left": chance.randint(0, 9)},
                {"crews": {}, "after": [], "start": then},
            ]
            if number % 6 == 0
            else [{}, {"earliest": then}, {"latest": then}, {"earliest": day, "latest": then}]
        )
        tasks.append(replace(task, **more))
    return replace(problem, day=day, tasks=tasks, crews=crews)


@given(tasks=st.integers(15, 110), crews=st.integers(1, 5), seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_what_is_swept_of_a_project_under_way_holds(tasks: int, crews: int, seed: int) -> None:
    problem = real(make(tasks, crews, crews, 0.2, seed), random.Random(seed))
    found, again = plan(problem, schedules=300), plan(problem, schedules=300)
    assert found.lines == again.lines
    held = {one.id for one in found.lines if one.held}
    wrong = faults(problem, {one.id: one.start for one in found.lines if one.start})
    assert [one for one in wrong if one.split()[0] not in held] == []


def test_a_scarce_project_whose_crews_rest_is_swept_too() -> None:
    problem = make(120, 4, 4, 0.1, 0)
    problem = replace(problem, crews=[replace(one, every_day=False) for one in problem.crews])
    found, by_rules = plan(problem, schedules=600), plan(problem, schedules=13)
    assert found.finish and by_rules.finish and found.finish + timedelta(5) < by_rules.finish
    assert not faults(problem, {one.id: one.start for one in found.lines if one.start})


def test_a_plan_that_gets_no_time_is_a_plan() -> None:
    problem = make(80, 4, 3, 0.1, 1)
    found = plan(problem, seconds=0)
    assert found.schedules < 10
    assert not faults(problem, {one.id: one.start for one in found.lines if one.start})
