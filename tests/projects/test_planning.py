"""Plans: small ones that can be checked by hand, and what holds for any, by a checker that shares no code."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.plans import faults, make
from gongzhi.projects.planning import After, BadPlan, Crew, Plan, PlanningProblem, Task, plan

DAY = date(2026, 6, 8)  # a Monday


def on(number: int) -> date:
    return DAY + timedelta(number)


def planned(*tasks: Task, fixed: int = 13, crews: tuple[Crew, ...] = (), schedules: int = 40) -> Plan:
    return plan(PlanningProblem(DAY, on(fixed), tasks, crews), schedules=schedules)


def starts(found: Plan) -> dict[str, date | None]:
    return {one.id: one.start for one in found.lines}


def test_a_chain_is_as_long_as_it_is_and_the_rest_is_margin() -> None:
    found = planned(Task("a", 3), Task("b", 4, after=[After("a", 1)]), Task("c", 1))
    assert starts(found) == {"a": on(0), "b": on(4), "c": on(0)}
    assert (found.finish, found.best, found.margin, found.kept) == (on(7), on(7), 6, True)
    lines = {one.id: one for one in found.lines}
    assert [lines[one].critical for one in "abc"] == [True, True, False]
    assert [lines[one].slack for one in "abc"] == [6, 6, 13]
    assert (lines["b"].latest_start, lines["b"].latest_finish) == (on(10), on(13))


def test_a_crew_can_only_do_so_much_at_once() -> None:
    crew = Crew("x", 2)
    found = planned(*(Task(name, 5, {"x": 1}) for name in "abcd"), crews=(crew,), fixed=8)
    assert (found.margin, found.kept, found.out_of_reach, found.best) == (-1, False, True, on(9))
    assert min(one.slack for one in found.lines) == -1
    assert planned(*(Task(name, 5, {"x": 1}) for name in "abcd"), crews=(Crew("x", 4),), fixed=8).margin == 4


def test_working_days_and_days_off_interrupt_a_task() -> None:
    crew = Crew("x", every_day=False, off=frozenset({on(1)}))
    found = planned(Task("a", 5, {"x": 1}), crews=(crew,))
    # Monday, Wednesday to Friday, and the next Monday.
    assert (found.finish, starts(found)["a"]) == (on(7), DAY)
    # 19 to 21 June 2026 is the Dragon Boat festival.
    long = planned(Task("a", 10, {"x": 1}), crews=(Crew("x", every_day=False),))
    assert long.finish == on(14)


def test_what_is_done_begun_or_fixed_stays_where_it_is() -> None:
    found = planned(
        Task("a", 4, done_on=on(-1)),
        Task("b", 9, begun=True, left=2, after=[After("a")]),
        Task("c", 2, start=on(6), after=[After("b")]),
        Task("d", 1, start=on(1), after=[After("b")]),
        Task("e", 1, start=on(-4)),
    )
    assert starts(found) == {"a": None, "b": DAY, "c": on(6), "d": on(1), "e": DAY}
    assert {one.id: one.held for one in found.lines if one.held} == {"d": True}


def test_a_task_with_nothing_left_to_do_ends_on_a_day_off_too() -> None:
    found = planned(
        Task("a", 1, {"x": 1}, start=on(4)),
        Task("b", 3, {"x": 1}, left=0, latest=on(6)),
        crews=(Crew("x", every_day=False),),
    )
    assert found.kept and found.finish == on(4)


def test_a_task_that_misses_its_own_day_is_late_though_the_project_is_not() -> None:
    crew = Crew("x")
    found = planned(Task("a", 3, {"x": 1}), Task("b", 3, {"x": 1}, latest=on(2)), crews=(crew,))
    assert found.kept and starts(found) == {"a": on(3), "b": DAY}
    late = planned(Task("a", 3, {"x": 1}, start=DAY), Task("b", 3, {"x": 1}, latest=on(2)), crews=(crew,))
    assert not late.kept and late.margin == 8 and [one.id for one in late.lines if one.late] == ["b"]


def test_who_is_overloaded_and_the_fewest_moves() -> None:
    crew = Crew("x", 2)
    tasks = (
        Task("a", 4, {"x": 2}, planned=on(0)),
        Task("b", 3, {"x": 1}, planned=on(2)),
        Task("c", 2, {"x": 1}, planned=on(10)),
    )
    found = planned(*tasks, crews=(crew,))
    (load,) = found.overloads
    assert (load.crew, load.since, load.until, load.needed, load.capacity) == ("x", on(2), on(3), 3, 2)
    assert [(one.id, one.start, one.days) for one in found.changes] == [("b", on(4), 2)]


def test_a_slip_that_would_miss_the_day_pulls_others_forward() -> None:
    tasks = (Task("a", 6, begun=True), Task("b", 4, after=[After("a")], planned=on(9)), Task("c", 2, planned=on(12)))
    found = planned(*tasks, fixed=10)
    assert [(one.id, one.days) for one in found.changes] == [("b", -2), ("c", -3)] and found.kept


def test_what_is_under_way_may_last_longer_until_something_waits_for_it() -> None:
    crew = Crew("x")
    found = planned(
        Task("a", 3, begun=True),
        Task("b", 4, after=[After("a", 1)]),
        Task("c", 2, {"x": 1}, begun=True),
        Task("d", 3, {"x": 1}),
        crews=(crew,),
    )
    lines = {one.id: one for one in found.lines}
    assert [(lines[one].slack, lines[one].critical) for one in "abcd"] == [(6, True), (6, True), (9, False), (9, False)]
    assert (lines["a"].latest_start, lines["a"].latest_finish) == (DAY, on(8))


def test_nothing_to_do_is_no_plan_to_be_missed() -> None:
    found = planned()
    assert (found.finish, found.best, found.margin, found.kept, found.lines) == (None, None, 0, True, ())


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ((Task("a", 1, after=[After("b")]), Task("b", 1, after=[After("a")]), Task("c", 1, after=[After("b")])), "“a”"),
        ((Task("a", 1, {"y": 1}),), "crews"),
        ((Task("a", 1, {"x": 3}),), "x 3"),
        ((Task("a", 0),), "days"),
        ((Task("a", 1), Task("a", 1)), "重复"),
        ((Task("a", 1, after=[After("z")]),), "after"),
        ((Task("a", 1, done_on=on(1)),), "done_on"),
    ],
)
def test_what_cannot_be_planned_is_named(tasks: tuple[Task, ...], words: str) -> None:
    with pytest.raises(BadPlan, match=words):
        planned(*tasks, crews=(Crew("x", 2),))


@given(
    size=st.integers(1, 25),
    crews=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    office=st.booleans(),
    fixed=st.integers(0, 90),
)
@settings(max_examples=60, deadline=None)
def test_every_plan_holds_and_is_always_the_same(size: int, crews: int, seed: int, office: bool, fixed: int) -> None:
    problem = make(size, crews, crews, 0.2, seed)
    rows = [replace(one, every_day=not office, off=frozenset({on(2)})) for one in problem.crews]
    problem = replace(problem, day=DAY, fixed=on(fixed), crews=rows)
    found = plan(problem, schedules=30)
    assert faults(problem, {one.id: one.start for one in found.lines if one.start}) == []
    latest = {one.id: one.latest_start for one in found.lines if one.latest_start}
    if found.margin >= 0:
        assert faults(problem, latest) == [] and max(one.latest_finish for one in found.lines) <= problem.fixed
        # Slack counts days on which its crew works, the margin counts every day; one day is off.
        assert min(one.slack for one in found.lines) >= found.margin - 1 or office
    assert found.best and found.finish and found.best <= found.finish
    assert any(one.critical for one in found.lines)
    again = plan(replace(problem, tasks=list(problem.tasks)[::-1]), schedules=30)
    assert again.lines == found.lines


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_what_is_proposed_to_be_moved_sets_it_right(seed: int) -> None:
    problem = make(15, 2, 2, 0.2, seed)
    first = plan(problem, schedules=20)
    where = {one.id: one.start for one in first.lines}
    assert first.finish
    # One task has slipped by a few days, not the very first, for which all may have to move; the rest stands where it stood.
    begun = min(start for start in where.values() if start)
    late = next(one.id for one in problem.tasks[3:] if where[one.id] != begun)
    slipped = [
        replace(one, planned=where[one.id], earliest=where[one.id] + timedelta(4) if one.id == late else None)  # type: ignore[operator]
        for one in problem.tasks
    ]
    again = replace(problem, tasks=slipped, fixed=first.finish + timedelta(6))
    found = plan(again, schedules=20)
    moved = where | {one.id: one.start for one in found.changes}
    assert faults(again, moved) == []  # type: ignore[arg-type]
    assert len(found.changes) < len(problem.tasks)


def test_the_engine_of_matching_and_the_solver_it_is_measured_by_live_in_one_process() -> None:
    model = pytest.importorskip("ortools.sat.python.cp_model")
    import highspy

    assert model.CpModel() is not None and highspy.Highs().version().startswith("1.14")
