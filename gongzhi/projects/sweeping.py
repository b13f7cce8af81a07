"""Sweeps many schedules at once over the days, from the first on and from the last on in turn. Pure.

A beam: of many schedules that hold the same jobs so far the `WIDE` best go on, each with its next jobs in many orders near
the wished one, `TRIED` in all. Seen from the other end a job begins where it is over, and waits for what waited for it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongzhi.projects.beam import (
    DAY,
    JOB,
    NEED,
    POWER,
    WAIT,
    Hands,
    Jobs,
    Table,
    Tried,
    Whole,
    put,
    raise_least,
    try_turns,
)
from gongzhi.projects.planning_facts import MOST_CAPACITY
from gongzhi.projects.scheduling import Days, Schedule, Starts

WIDE, TRIED, SPREAD = 8, 64, 8.0
"""How many schedules go on, how many are tried at once, by how many days a job may stray."""
TOGETHER, FEWEST, MOST, STAY = 4.5, 20, 60, 0.55
"""So many times as many jobs as are under way on one day are looked at together, from and to so many; what share stays."""
MOST_BYTES = 48_000_000
"""No more are held for the hands taken."""


class _Swept(NamedTuple):
    """A schedule seen from one end: starts, but of jobs that cannot be moved, and ends."""

    starts: Whole
    ends: Whole


class Sweeps:
    """Both ways of sweeping one schedule's jobs."""

    def __init__(self, schedule: Schedule, finish: int, horizon: int, seed: int) -> None:
        self._schedule, self._chance, self._last = schedule, np.random.default_rng(seed), finish * 3 // 2
        jobs = schedule.jobs
        limits, heads = schedule.limits(finish), schedule.heads()
        self._fixed = fixed = {job: one.fixed for job, one in enumerate(jobs) if one.fixed is not None}
        over = {job: schedule.end(job, start) for job, start in fixed.items()}
        turned = {job: self._last - start for job, start in fixed.items()}
        few = round(TOGETHER * sum(one.days for one in jobs if one.fixed is None) / max(finish, 1))
        few = min(max(few, FEWEST), MOST)
        self._forward = _Way(schedule, schedule.before, [finish - one for one in limits], over, horizon, few, None)
        self._backward = _Way(schedule, schedule.behind, heads, turned, horizon, few, self._last)
        self._earliest = np.array([one.earliest for one in jobs])
        self._due = np.array([self._last if one.due is None else one.due for one in jobs])

    @classmethod
    def of(cls, schedule: Schedule, finish: int, seed: int) -> "Sweeps | None":
        """For these jobs, where there are any to be swept and not too many."""
        free = [one for one in schedule.jobs if one.fixed is None and one.days]
        lags = max((lag for one in schedule.jobs for _before, lag in one.after), default=0)
        horizon = finish * 2 + 2 * (lags + max((one.days for one in free), default=0)) + 60
        fit = len(free) > 1 and 2 * WIDE * 2 * len(schedule.capacities) * horizon <= MOST_BYTES
        return cls(schedule, finish, horizon, seed) if fit else None

    def back_and_forth(self, starts: Starts) -> Starts | None:
        """From these starts to the right and to the left again. Nothing where the days known are too few."""
        last, end = self._last, self._schedule.end
        ends = np.maximum([last - end(job, start) for job, start in enumerate(starts)], 0)
        self._schedule.tried += 2 * TRIED
        right = self._backward.sweep(ends, np.maximum(ends.min(), last - self._due), self._chance)
        left = None if right is None else self._forward.sweep(last - right.ends, self._earliest, self._chance)
        if left is None:
            return None
        found: Starts = left.starts.tolist()
        for job, start in self._fixed.items():
            found[job] = start
        return found


class _Way:
    """The jobs in tables, seen from the first day, or turned round from a last one; `over` are the ends of those fixed."""

    def __init__(
        self,
        schedule: Schedule,
        before: Sequence[Mapping[int, int]],
        tails: Sequence[int],
        over: Mapping[int, int],
        horizon: int,
        few: int,
        last: int | None,
    ) -> None:
        jobs, self._few, self._stay = schedule.jobs, few, max(round(few * STAY), 1)
        calendars = {one: row for row, one in enumerate(dict.fromkeys(one.calendar for one in jobs))}
        works = np.array([_works(one, horizon, last) for one in calendars])
        days = np.full((len(works), horizon + 1), np.array((0, 0, horizon), DAY))
        for row, its in enumerate(works):
            days["works"][row, :-1], days["before"][row, 1:] = its, np.cumsum(its)
            days["nth"][row, : its.sum()] = np.flatnonzero(its)
        rows = [calendars[one.calendar] for one in jobs]
        self._jobs = Jobs(*_tables(schedule, before, tails, rows), days)
        self._free = np.flatnonzero([one.fixed is None for one in jobs])
        place = np.empty(len(jobs), np.int64)
        place[schedule.order] = np.arange(len(jobs))
        self._place = place[self._free] if last is None else -place[self._free]
        self._ends = np.zeros(len(jobs), np.int64)
        held = np.zeros((horizon, len(schedule.capacities)), np.int64)
        for job, end in over.items():
            one, self._ends[job] = jobs[job], end
            long = schedule.end(job, one.fixed or 0) - (one.fixed or 0)
            span = np.arange(max(end - long, 0), min(end, horizon))
            span = span[works[rows[job], span]]
            for crew, hands in one.crews:
                held[span, crew] += hands
        # What cannot be moved may ask for more than there is, but then by how many says nothing.
        self._held = np.minimum(held, MOST_CAPACITY + 1).astype(np.int16)

    def sweep(self, wished: Whole, least: Whole, chance: np.random.Generator) -> _Swept | None:
        """The best schedule in the beam, each job near where it is wished to begin and not before `least`."""
        order = self._free[np.lexsort((self._place, wished[self._free]))]
        beam, at = _Beam(self._jobs, self._held, self._ends, wished, least), 0
        while (tried := beam.tried(order[at : at + self._few], chance)) is not None:
            if at + self._few >= len(order):
                return beam.best(order[at:], tried)
            order[at : at + self._few] = beam.go_on(order[at : at + self._few], tried, self._stay)
            at += self._stay
        return None


class _Beam:
    """Schedules that hold the same jobs so far."""

    def __init__(self, jobs: Jobs, held: Hands, ends: Whole, wished: Whole, least: Whole) -> None:
        self._jobs, self._ends, self._least, self._wished = jobs, ends[None].copy(), least[None].copy(), wished[None]
        self._taken, self._spare = (np.tile(held, (WIDE, 1, 1)) for _ in range(2))
        # Behind this day nothing is taken but what is held.
        self._top = 0
        # What those that stay cost.
        self._behind, self._scale = np.zeros(1), float(wished.max() + 1)

    def tried(self, few: Whole, chance: np.random.Generator) -> Tried | None:
        """A few jobs in each schedule in as many turns; nothing where the days known are too few."""
        many, taken = len(self._ends), self._taken[: len(self._ends)]
        noise = chance.standard_normal((many, TRIED // many, len(few)))
        # The first turn is the wished one.
        noise[:, 0] = 0
        keys = (self._wished[:, None, few] + noise * SPREAD).reshape(-1, len(few))
        turns, starts, ends = np.empty((3, *keys.shape), np.int64)
        tried = Tried(turns, starts, ends, np.repeat(self._behind, TRIED // many))
        fits = raise_least(self._jobs, taken, self._ends, self._least, few) and try_turns(
            self._jobs, taken, self._ends, self._least, few, keys, self._scale, tried
        )
        return tried if fits else None

    def best(self, few: Whole, tried: Tried) -> _Swept:
        """The best schedule tried."""
        child = int(tried.costs.argmin())
        parent = child // (TRIED // len(self._ends))
        found = _Swept(self._wished[parent].copy(), self._ends[parent])
        found.starts[few], found.ends[few] = tried.starts[child], tried.ends[child]
        return found

    def go_on(self, few: Whole, tried: Tried, stay: int) -> Whole:
        """Go on with the best of those tried, with so many of the few jobs as the best one has first; all in its order."""
        # Those of one cost are mostly the same.
        best = np.unique(tried.costs, return_index=True)[1][:WIDE]
        parents, many = best // (TRIED // len(self._ends)), len(best)
        places = np.lexsort((tried.turns[best[0]].argsort(), tried.starts[best[0]]))
        few, first = few[places], few[places[:stay]]
        self._wished, self._least, self._ends = self._wished[parents], self._least[parents], self._ends[parents]
        self._wished[:, few] = tried.starts[best[:, None], places]
        self._ends[:, first] = tried.ends[best[:, None], places[:stay]]
        late = (self._ends[:, first] + self._jobs.jobs["tail"][first]) / self._scale
        self._behind = self._behind[parents] + (late**POWER).sum(1)
        self._top = max(self._top, int(tried.ends.max()))
        self._spare[:many, : self._top] = self._taken[parents, : self._top]
        self._taken, self._spare = self._spare, self._taken
        put(self._jobs, self._taken[:many], self._ends, first)
        return few


def _tables(
    schedule: Schedule, before: Sequence[Mapping[int, int]], tails: Sequence[int], rows: Sequence[int]
) -> tuple[Table, Table, Table]:
    """The jobs with their rows in the calendars, what they need, and what they wait for."""
    jobs, capacities = schedule.jobs, schedule.capacities
    table = np.zeros(len(jobs) + 1, JOB)
    table["days"][:-1], table["tail"][:-1] = [one.days for one in jobs], tails
    table["calendar"][:-1] = [row if one.calendar.off else -1 for one, row in zip(jobs, rows, strict=True)]
    table["needs"][1:] = np.cumsum([len(one.crews) for one in jobs])
    table["waits"][1:] = np.cumsum([len(one) for one in before])
    needs = [(crew, hands, capacities[crew] - hands) for one in jobs for crew, hands in one.crews]
    return table, np.array(needs, NEED), np.array([wait for one in before for wait in one.items()], WAIT)


def _works(calendar: Days, horizon: int, last: int | None) -> NDArray[np.bool_]:
    """Which days are worked; seen from the other end all before the first one are."""
    if last is None:
        return calendar.works(horizon)
    return np.append(calendar.works(last)[::-1], np.ones(horizon - last, bool))
