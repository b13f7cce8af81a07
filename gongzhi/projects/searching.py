"""Looks for the schedule that ends first. Pure.

Priority rules, day by day and job by job, each schedule pushed right and left again (double justification, Valls et al.
2005). Then, where there are many jobs to be put, sweeps of many schedules at once (`sweeping`). Elsewhere a small
population: most children sweep one schedule from its first day on, a few jobs at a time in other orders; the rest cross
two, with two-point crossover (Hartmann 1998). It stops at a bound that nothing can beat.
"""

import random
import time
from collections.abc import Callable, Sequence

from gongzhi.projects.scheduling import Cost, Schedule, Starts
from gongzhi.projects.sweeping import QUICK, SLOW, Sweeps


def search(schedule: Schedule, *, seconds: float, schedules: int | None = None, seed: int = 1) -> tuple[Starts, bool]:
    """The best schedule found, and whether nothing can beat it. With a number of `schedules` the clock plays no part."""
    until = None if schedules is not None else time.perf_counter() + seconds
    bound = schedule.bound
    best: Starts = schedule.forward(schedule.order)
    cost = schedule.cost(best)

    def over() -> bool:
        spent = schedule.tried >= schedules if schedules is not None else time.perf_counter() >= (until or 0)
        return spent or cost <= bound

    def keep(starts: Starts) -> tuple[Cost, Starts]:
        nonlocal best, cost
        starts = schedule.justified(starts)
        reached = schedule.cost(starts)
        if reached < cost:
            best, cost = starts, reached
        return reached, starts

    def in_turn(urgency: Sequence[float]) -> Starts:
        return schedule.forward(schedule.in_order(urgency))

    rules, chance = _rules(schedule), random.Random(seed)  # noqa: S311 - no secret
    people = [keep(schedule.daily(rule)) for rule in rules if not over()]
    sweeps = None if over() else Sweeps.of(schedule, cost[1], seed)
    # Job by job fewer days of their own are missed; else sweeps need no more to begin with.
    if cost[0] or not sweeps:
        people += [keep(in_turn(rule)) for rule in rules if not over()]
    if sweeps:
        _sweep(schedule, sweeps, best, lambda at: keep(in_turn(at)), over)
        return best, cost <= bound
    idle = 0
    while idle < RESTARTS and not over():
        before = cost
        people += _sampled(schedule, rules[0], chance, keep, over)
        _breed(schedule, people, chance, keep, over)
        idle = 0 if cost < before else idle + 1
        # From other sides, with the best so far.
        people = [(cost, best)]
    return best, cost <= bound


def _rules(schedule: Schedule) -> list[list[float]]:
    """Urgencies: least latest finish, least latest start, most work behind, widest behind."""
    limits = schedule.limits(schedule.finish(schedule.heads()))
    jobs = schedule.jobs
    widths = [float(job.days * (1 + sum(hands for _, hands in job.crews))) for job in jobs]
    behind: list[float] = [0.0] * len(jobs)
    for job in reversed(schedule.order):
        behind[job] = widths[job] + max((behind[one] for one in schedule.behind[job]), default=0)
    wide = [-(widths[job] + sum(widths[one] for one in schedule.behind[job])) for job in range(len(jobs))]
    return [
        [float(one) for one in limits],
        [float(limits[job] - jobs[job].days) for job in range(len(jobs))],
        [-one for one in behind],
        wide,
    ]


_Keep = Callable[[Starts], tuple[Cost, Starts]]
PEOPLE, STALE, RESTARTS, SWEPT, SWEEPS, PATIENCE = 3, 60, 8, 0.8, 100, 3
"""How many bear children, how many of these may be in vain, how often it begins anew, how often a child is swept;
how many sweeps may be in vain, and how many quick ones."""


def _sweep(schedule: Schedule, sweeps: Sweeps, best: Starts, keep: _Keep, over: Callable[[], bool]) -> None:
    """On and on from what was found last, until nothing better comes for long."""
    idle, at, cost = 0, best, schedule.cost(best)
    while idle < SWEEPS and not over():
        idle += 1
        if found := sweeps.back_and_forth(at, over, QUICK if idle <= PATIENCE else SLOW):
            reached, at = keep(found)
            if reached < cost:
                idle, cost = 0, reached


def _sampled(
    schedule: Schedule, rule: Sequence[float], chance: random.Random, keep: _Keep, over: Callable[[], bool]
) -> list[tuple[Cost, Starts]]:
    """Schedules by a rule with some noise, so that the search starts from many sides."""
    spread = max(1.0, (max(rule, default=0) - min(rule, default=0)) / 8)
    found: list[tuple[Cost, Starts]] = []
    while len(found) < PEOPLE and not over():
        noisy = [one + chance.gauss(0, spread) for one in rule]
        found.append(keep(schedule.daily(noisy)))
    return found


def _breed(
    schedule: Schedule,
    people: list[tuple[Cost, Starts]],
    chance: random.Random,
    keep: _Keep,
    over: Callable[[], bool],
) -> None:
    """Children are one parent swept, or take a stretch of their order from one and the rest from the other; the worst make
    room. Ends where nothing new is born for long."""
    stale = 0
    while len(people) > 1 and stale < STALE and not over():
        people.sort(key=lambda one: one[0])
        del people[2 * PEOPLE :]
        worst = people[-1][0]
        if chance.random() < SWEPT:
            _cost, one = people[min(chance.randrange(len(people)), chance.randrange(len(people)))]
            born = keep(schedule.swept(schedule.backward(one, schedule.finish(one)), chance))
        else:
            child = _child(schedule, people, chance)
            place = {job: float(at) for at, job in enumerate(child)}
            daily = chance.random() < 0.5
            born = keep(schedule.daily([place[job] for job in range(len(child))]) if daily else schedule.forward(child))
        fresh = born[0] < worst or (born[0] == worst and len(people) < 2 * PEOPLE)
        if fresh and all(born[1] != known for _, known in people):
            people.append(born)
            stale = 0
        else:
            stale += 1


def _child(schedule: Schedule, people: list[tuple[Cost, Starts]], chance: random.Random) -> list[int]:
    ranks = [min(chance.randrange(len(people)), chance.randrange(len(people))) for _ in range(2)]
    one, other = (schedule.in_order(people[rank][1]) for rank in ranks)
    first, second = sorted(chance.randrange(len(one) + 1) for _ in range(2))
    head = one[:first]
    taken = set(head)
    middle = [job for job in other if job not in taken][: second - first]
    taken.update(middle)
    child = head + middle + [job for job in one if job not in taken]
    if chance.random() < 0.3 or ranks[0] == ranks[1]:
        place = {job: float(at) for at, job in enumerate(child)}
        for _ in range(max(1, len(child) // 20)):
            place[chance.randrange(len(child))] += chance.uniform(-len(child) / 5, len(child) / 5)
        child = schedule.in_order([place[job] for job in range(len(child))])
    return child
