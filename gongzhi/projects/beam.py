"""Puts jobs on days, in several schedules beside each other: compiled loops over numbers. Pure; for `sweeping` alone.

Jobs, crews and schedules are numbers, days are counted from one end of the plan. A job that has not been put yet is
over on day 0.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongzhi.shared.compiling import compiled

POWER = 12
"""To this power of its days what is late weighs more than what is early."""

Table = NDArray[np.void]
Whole = NDArray[np.int64]
Hands = NDArray[np.int16]
Real = NDArray[np.float64]

JOB = np.dtype([("days", "i4"), ("calendar", "i4"), ("needs", "i4"), ("waits", "i4"), ("tail", "f8")], align=True)
"""Worked days, row of its calendar (-1: all days are worked), first rows of NEED and WAIT, days behind it at least."""
NEED = np.dtype([("crew", "i4"), ("hands", "i4"), ("room", "i4")], align=True)
"""Whom a job needs, how many hands, and how many others may have then."""
WAIT = np.dtype([("job", "i4"), ("lag", "i4")], align=True)
"""What must be over before, by how many days."""
DAY = np.dtype([("works", "i4"), ("before", "i4"), ("nth", "i4")], align=True)
"""Of a calendar: whether this day is worked, how many before it are, and the day that is worked after so many."""


class Jobs(NamedTuple):
    """All jobs (one row more than there are, so that the rows of the last end), and what their rows lead to."""

    jobs: Table
    needs: Table
    waits: Table
    days: Table


class Tried(NamedTuple):
    """Of each schedule tried, by place among the few jobs: the turn that was taken, starts and ends; what it costs."""

    turns: Whole
    starts: Whole
    ends: Whole
    costs: Real


@compiled
def _start(jobs: Table, days: Table, job: int, end: int) -> int:
    """Where a job begins that is over then."""
    long, row = jobs[job].days, jobs[job].calendar
    return end - long if row < 0 or not long else days[row, days[row, end].before - long].nth


@compiled
def _end(jobs: Table, needs: Table, days: Table, taken: Hands, job: int, start: int) -> int:
    """The end of a job that begins as early as it can from this day on; -1 beyond the last day known."""
    long, row, first, last = jobs[job].days, jobs[job].calendar, jobs[job].needs, jobs[job + 1].needs
    if not long:
        return start
    # Of the days looked at those before this one are known to be free.
    free = start
    while start + long <= len(taken):
        end = start + long if row < 0 else days[row, days[row, start].before + long - 1].nth + 1
        if end > len(taken):
            break
        # From the last one on: behind a busy day it begins anew.
        day = end - 1
        while day >= free:
            if row < 0 or days[row, day].works:
                at = first
                while at < last and taken[day, needs[at].crew] <= needs[at].room:
                    at += 1
                if at < last:
                    break
            day -= 1
        if day < free:
            return end
        free, start = end, day + 1
    return -1


@compiled
def _take(jobs: Table, needs: Table, days: Table, taken: Hands, job: int, start: int, end: int, sign: int) -> None:
    """Give a job its hands, or take them back."""
    row = jobs[job].calendar
    for at in range(jobs[job].needs, jobs[job + 1].needs):
        crew, hands = needs[at].crew, sign * needs[at].hands
        for day in range(start, end):
            if row < 0 or days[row, day].works:
                taken[day, crew] += hands


@compiled
def _from(jobs: Table, waits: Table, ends: Whole, job: int, least: int) -> int:
    """The first start that its dependencies leave it."""
    for at in range(jobs[job].waits, jobs[job + 1].waits):
        least = max(least, ends[waits[at].job] + waits[at].lag)
    return least


@compiled
def _in_turn(jobs: Table, waits: Table, few: Whole, among: Whole, keys: Real, turn: Whole) -> None:
    """The places of a few jobs by their keys, raised so that dependencies hold; `among` are the places by job."""
    for place in range(len(few)):
        job = few[place]
        for at in range(jobs[job].waits, jobs[job + 1].waits):
            before = among[waits[at].job]
            if before >= 0:
                keys[place] = max(keys[place], keys[before] + 1e-6)
        at = place
        while at > 0 and keys[turn[at - 1]] > keys[place]:
            turn[at] = turn[at - 1]
            at -= 1
        turn[at] = place


@compiled
def raise_least(known: Jobs, taken: Hands, ends: Whole, least: Whole, few: Whole) -> bool:
    """Raise the first starts of a few jobs to those possible beside all that stay, since nothing taken comes back."""
    jobs, needs, waits, days = known
    for one in range(len(taken)):
        for job in few:
            start = _from(jobs, waits, ends[one], job, least[one, job])
            end = _end(jobs, needs, days, taken[one], job, start)
            if end < 0:
                return False
            least[one, job] = _start(jobs, days, job, end)
    return True


@compiled
def try_turns(
    known: Jobs, taken: Hands, ends: Whole, least: Whole, few: Whole, keys: Real, scale: float, tried: Tried
) -> bool:
    """Put a few jobs into each schedule in several turns, by `keys` (equally many for each schedule, in order), and take
    them out again. False where the days known are too few.

    What a turn costs, the more the later its jobs and what waits for them end, comes on top of what stands in `costs`.
    """
    jobs, needs, waits, days = known
    each, among = len(keys) // len(taken), np.full(len(jobs), -1)
    for place in range(len(few)):
        among[few[place]] = place
    for child in range(len(keys)):
        hands, over, done = taken[child // each], ends[child // each], 0
        turn, starts = tried.turns[child], tried.starts[child]
        _in_turn(jobs, waits, few, among, keys[child], turn)
        for place in turn:
            job = few[place]
            start = _from(jobs, waits, over, job, least[child // each, job])
            end = _end(jobs, needs, days, hands, job, start)
            if end < 0:
                break
            start = _start(jobs, days, job, end)
            _take(jobs, needs, days, hands, job, start, end, 1)
            over[job] = tried.ends[child, place] = end
            starts[place] = start
            tried.costs[child] += ((end + jobs[job].tail) / scale) ** POWER
            done += 1
        for place in turn[:done]:
            job = few[place]
            _take(jobs, needs, days, hands, job, starts[place], over[job], -1)
            over[job] = 0
        if done < len(few):
            return False
    return True


@compiled
def put(known: Jobs, taken: Hands, ends: Whole, some: Whole) -> None:
    """Give these jobs their hands, in each schedule where they are over then."""
    jobs, needs, _waits, days = known
    for one in range(len(taken)):
        for job in some:
            end = ends[one, job]
            _take(jobs, needs, days, taken[one], job, _start(jobs, days, job, end), end, 1)
