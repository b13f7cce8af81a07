"""Looks for the schedule that ends first. Pure.

Priority rules, day by day and job by job, each schedule pushed right and left again (double justification, Valls et al.
2005). Then sweeps from what was found last (`sweeping`), from the best again where that leads nowhere. It stops at a
bound that nothing can beat.
"""

import time

from gongzhi.projects.scheduling import Schedule, Starts
from gongzhi.projects.sweeping import Sweeps

PATIENCE, IN_VAIN = 10, 300
"""After so many sweeps in vain the best is where it goes on, after so many it ends."""


def search(schedule: Schedule, *, seconds: float, schedules: int | None = None, seed: int = 1) -> tuple[Starts, bool]:
    """The best schedule found, and whether nothing can beat it. With a number of `schedules` the clock plays no part."""
    until = None if schedules is not None else time.perf_counter() + seconds
    bound = schedule.bound
    best: Starts = schedule.forward(schedule.order)
    cost = schedule.cost(best)

    def over() -> bool:
        spent = schedule.tried >= schedules if schedules is not None else time.perf_counter() >= (until or 0)
        return spent or cost <= bound

    def keep(starts: Starts) -> None:
        nonlocal best, cost
        starts = schedule.justified(starts)
        if (reached := schedule.cost(starts)) < cost:
            best, cost = starts, reached

    rules = _rules(schedule)
    for rule in rules:
        if not over():
            keep(schedule.daily(rule))
    sweeps = None if over() else Sweeps.of(schedule, cost[1], seed)
    # Job by job fewer days of their own are missed; else sweeps need no more to begin with.
    if cost[0] or not sweeps:
        for rule in rules:
            if not over():
                keep(schedule.forward(schedule.in_order(rule)))
    idle, at = 0, best
    while sweeps and idle < IN_VAIN and not over():
        idle += 1
        found = sweeps.back_and_forth(at)
        at = best if not found or idle % PATIENCE == 0 else found
        if found and (reached := schedule.cost(found)) <= cost:
            idle = idle if reached == cost else 0
            best, cost = found, reached
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
