"""Plans of the engine beside those of OR-Tools CP-SAT, in the same run: python -m bench.planning [--seconds 60]

Both get the same generated projects, and two public ones; every plan of the engine goes through a checker that shares
no code with it (`bench.plans`). Goals: 500 tasks with 50 crews in under 2 s, and never longer than OR-Tools' by more
than 3 %.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import timedelta

from ortools.sat.python import cp_model

from bench.machine import describe
from bench.plans import SORTS, faults, make
from bench.public_projects import public_projects
from gongzhi.projects.planning import plan
from gongzhi.projects.planning_facts import PlanningProblem

MOST_SECONDS, MOST_LONGER = 2.0, 0.03


def by_solver(problem: PlanningProblem, seconds: float) -> tuple[int, int]:
    """The days that CP-SAT needs, and its bound."""
    model = cp_model.CpModel()
    horizon = sum(one.days for one in problem.tasks)
    starts = {one.id: model.new_int_var(0, horizon, one.id) for one in problem.tasks}
    spans = {one.id: model.new_fixed_size_interval_var(starts[one.id], one.days, one.id) for one in problem.tasks}
    end = model.new_int_var(0, 2 * horizon, "end")
    days = {one.id: one.days for one in problem.tasks}
    for task in problem.tasks:
        model.add(end >= starts[task.id] + task.days)
        for before in task.after:
            model.add(starts[task.id] >= starts[before.id] + days[before.id] + before.lag)
    for crew in problem.crews:
        mine = [one for one in problem.tasks if crew.id in one.crews]
        model.add_cumulative([spans[one.id] for one in mine], [one.crews[crew.id] for one in mine], crew.capacity)
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE), "no plan found"
    return round(solver.objective_value), round(solver.best_objective_bound)


def _projects() -> Iterator[tuple[str, PlanningProblem]]:
    for name, (tasks, crews, widest, strength, instances) in SORTS.items():
        for seed in range(instances):
            yield f"{name} #{seed}", make(tasks, crews, widest, strength, seed)
    yield from public_projects()


def main() -> int:
    """Print a line for each project; 1 where a goal is missed."""
    asked = argparse.ArgumentParser(prog="bench.planning", description=__doc__)
    asked.add_argument("--seconds", type=float, default=60.0, help="of OR-Tools for each project")
    seconds = asked.parse_args().seconds
    print(describe())
    print(f"OR-Tools CP-SAT has {seconds:g} s a project. Days to the end; share: ours to theirs, less one.\n")
    print(f"{'project':32}{'ours':>6}{'s':>6}{'theirs':>8}{'bound':>7}{'share':>8}")
    missed = 0
    for name, problem in _projects():
        began = time.perf_counter()
        found = plan(problem)
        took = time.perf_counter() - began
        wrong = faults(problem, {one.id: one.start for one in found.lines if one.start})
        assert found.finish and not wrong, wrong[:3]
        ours = (found.finish - problem.day + timedelta(1)).days
        theirs, bound = by_solver(problem, seconds)
        share = ours / theirs - 1
        miss = share > MOST_LONGER or took >= MOST_SECONDS
        missed += miss
        print(f"{name:32}{ours:6}{took:6.2f}{theirs:8}{bound:7}{share:8.1%}{'  missed' * miss}")
    print(f"\n{'every goal met' if not missed else f'{missed} missed'}")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
