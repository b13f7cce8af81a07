"""Projects to be planned, made by chance from a number, and a check of plans that shares nothing with the engine.

The `sorts` are made in the manner of the public sets (Kolisch and Sprecher 1997: durations of 1 to 10 days, one to
three tasks behind each, crews scarce by a strength between what one task needs and what all would take at once); the
sets themselves are in no package, but for single instances. `street` are crews of a district, few tasks each.
"""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from gongzhi.projects.planning_facts import After, Crew, PlanningProblem, Task

DAY = date(2026, 3, 2)
# name: tasks, crews, crews of one task, strength, instances
SORTS = {
    "30 tasks, 4 crews": (30, 4, 4, 0.2, 3),
    "120 tasks, 4 crews": (120, 4, 3, 0.2, 3),
    "120 tasks, 4 crews, scarcer": (120, 4, 4, 0.1, 2),
    "500 tasks, 50 crews": (500, 50, 3, 0.3, 3),
    "500 tasks, 50 crews, scarcer": (500, 50, 6, 0.1, 3),
    "500 tasks, 4 crews": (500, 4, 3, 0.2, 2),
}


def make(tasks: int, crews: int, widest: int, strength: float, seed: int) -> PlanningProblem:
    """One project; the same for the same numbers."""
    chance = random.Random(f"{tasks} {crews} {widest} {strength} {seed}")
    names = [f"C{number:02}" for number in range(crews)]
    days = [chance.randint(1, 10) for _ in range(tasks)]
    after: list[list[After]] = [[] for _ in range(tasks)]
    for number in range(tasks - 1):
        near = range(number + 1, min(tasks, number + 1 + max(8, tasks // 8)))
        for behind in chance.sample(near, min(len(near), chance.randint(1, 3))):
            if len(after[behind]) < 3:
                after[behind].append(After(f"T{number:03}", chance.choice([0, 0, 0, 0, 1, 3])))
    hands = [
        {name: chance.randint(1, 10) for name in chance.sample(names, chance.randint(1, widest))} for _ in range(tasks)
    ]
    peaks = _peaks(days, after, hands)
    least = {name: max((one[name] for one in hands if name in one), default=1) for name in names}
    capacities = {name: round(least[name] + strength * max(peaks[name] - least[name], 0)) for name in names}
    return PlanningProblem(
        DAY,
        DAY + timedelta(sum(days)),
        [Task(f"T{at:03}", days[at], hands[at], after[at]) for at in range(tasks)],
        [Crew(name, min(capacity, 100)) for name, capacity in capacities.items()],
    )


def _peaks(days: list[int], after: list[list[After]], hands: list[dict[str, int]]) -> dict[str, int]:
    """The most hands of each crew at once, were there enough of all."""
    starts: list[int] = []
    load: dict[tuple[str, int], int] = defaultdict(int)
    for at, before in enumerate(after):
        known = [starts[int(one.id[1:])] + days[int(one.id[1:])] + one.lag for one in before]
        starts.append(max(known, default=0))
        for name, number in hands[at].items():
            for day in range(starts[at], starts[at] + days[at]):
                load[name, day] += number
    peaks: dict[str, int] = defaultdict(int)
    for (name, _day), number in load.items():
        peaks[name] = max(peaks[name], number)
    return peaks


def faults(problem: PlanningProblem, starts: dict[str, date]) -> list[str]:
    """What is wrong with these starts, day by day and task by task: nothing, where they hold."""
    crews = {one.id: one for one in problem.crews}
    worked: dict[str, list[date]] = {}
    for task in problem.tasks:
        if task.done_on:
            worked[task.id] = [task.done_on]
            continue
        day, mine = starts[task.id], []
        while len(mine) < task.to_do:
            if all(_works(problem, crews[name], day) for name in task.crews):
                mine.append(day)
            day += timedelta(1)
        worked[task.id] = mine
    found = list(_broken(problem, worked))
    load: dict[tuple[str, date], int] = defaultdict(int)
    for task in problem.tasks:
        for name, number in task.crews.items() if not task.done_on else ():
            for day in worked[task.id]:
                load[name, day] += number
    found += [f"{name} {day}: {number}" for (name, day), number in load.items() if number > crews[name].capacity]
    return found


def _works(problem: PlanningProblem, crew: Crew, day: date) -> bool:
    return day not in crew.off and (crew.every_day or problem.calendar.is_working(day))


def _broken(problem: PlanningProblem, worked: dict[str, list[date]]) -> Iterable[str]:
    for task in problem.tasks:
        if task.done_on or not worked[task.id]:
            continue
        first = worked[task.id][0]
        if first < max(problem.day, task.earliest or problem.day):
            yield f"{task.id} begins too early"
        if task.start and task.start >= problem.day and not task.begun and first < task.start:
            yield f"{task.id} left its fixed start"
        for before in task.after:
            if worked[before.id] and first <= worked[before.id][-1] + timedelta(before.lag):
                yield f"{task.id} does not wait for {before.id}"
