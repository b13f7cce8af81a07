"""Many schedules swept at once: what comes of it holds, and is what the exact way makes of the same order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.plans import faults, make
from gongzhi.projects.planning import Crew, PlanningProblem, plan
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
def test_a_sweep_puts_jobs_where_the_exact_way_puts_them(tasks: int, crews: int, seed: int) -> None:
    problem = make(tasks, crews, min(crews, 4), 0.1, seed)
    schedule = simple(problem)
    first = schedule.forward(schedule.order)
    found = Sweeps(schedule, schedule.finish(first), 1).back_and_forth(first, lambda: False)
    assert found is not None
    assert found == schedule.forward(schedule.in_order([float(one) for one in found]))
    assert schedule.finish(found) < schedule.finish(first)
    days = {task.id: problem.day + timedelta(day) for task, day in zip(problem.tasks, found, strict=True)}
    assert not faults(problem, days)


def test_a_scarce_project_ends_earlier_than_by_the_rules_alone() -> None:
    problem = make(120, 4, 4, 0.1, 0)
    found, again, by_rules = plan(problem, schedules=600), plan(problem, schedules=600), plan(problem, schedules=24)
    assert found.lines == again.lines
    assert found.finish and by_rules.finish and found.finish + timedelta(5) < by_rules.finish
    assert not faults(problem, {one.id: one.start for one in found.lines if one.start})


def test_days_off_days_that_bind_and_small_projects_are_left_to_the_exact_way() -> None:
    schedule = simple(make(80, 4, 3, 0.2, 1))
    assert Sweeps.fit(schedule, 200)
    one, *others = schedule.jobs
    bound = [replace(one, due=9), replace(one, fixed=3), replace(one, earliest=2), replace(one, days=90)]
    for job in [*bound, replace(one, calendar=Days(1 << 5, 12))]:
        assert not Sweeps.fit(Schedule([job, *others], schedule.capacities, schedule.calendars), 200)
    assert not Sweeps.fit(simple(make(40, 4, 3, 0.2, 1)), 200)
    resting = make(80, 4, 3, 0.1, 1)
    resting = replace(resting, crews=[Crew(one.id, one.capacity, every_day=False) for one in resting.crews])
    found = plan(resting, schedules=40)
    assert not faults(resting, {one.id: one.start for one in found.lines if one.start})


def test_a_sweep_stops_where_its_time_is_over() -> None:
    schedule = simple(make(80, 4, 3, 0.1, 1))
    first = schedule.forward(schedule.order)
    assert Sweeps(schedule, schedule.finish(first), 1).back_and_forth(first, lambda: True) is None
