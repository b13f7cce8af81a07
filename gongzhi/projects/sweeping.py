"""Sweeps many schedules at once over the days, from the first on and from the last on in turn. Pure.

A beam: of many schedules that hold the same jobs so far the `WIDE` best go on, each with its next jobs in `TURNS`
orders near the wished one. It knows days, hands, dependencies and lags; of calendars as much as `_Flat` tells it. What
it finds is an order; the plan is made of it by `Schedule.forward`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gongzhi.projects.scheduling import Days, Job, Schedule, Starts

_Whole = NDArray[np.int64]
_Words = NDArray[np.uint64]
_Base = tuple[_Whole, _Whole]
_Bounds = tuple[_Whole, _Whole]
_Over = Callable[[], bool]

WIDE, TURNS, FEW, SPREAD = 8, 8, 24, 5.0
"""How many schedules go on, in how many orders each, how many jobs are looked at together, by how many days one strays."""
QUICK, SLOW = 15, 10
"""How many of the jobs looked at together stay: quickly, and where that finds nothing better any more."""
LEAST, LONGEST, MOST_BYTES = 60, 56, 48_000_000
"""Fewer jobs are not worth it; a longer job would not fit; nor more bytes for the hands taken and asked."""
_ONE, _TOP, _BYTES, _HIGH = np.uint64(1), np.uint64(56), np.uint64(2**64 // 255), np.uint64(2**64 // 255 * 128)
_GATHER = np.uint64(sum(1 << 7 * bit for bit in range(8)))
_WEEKS = np.arange(8)[:, None, None]
_PLACES = np.arange(0, 64, 8, dtype=np.uint64)[:, None]
_PAST = np.array([(1 << day) - 1 for day in range(8)], dtype=np.uint64)


class _Flat:
    """The same jobs on the days alone that the most used calendar works, which then has no days off.

    Those of other calendars last as long as they do on average. What takes no time on such days is left out: what waits
    for it waits for what it waits for.
    """

    def __init__(self, schedule: Schedule, finish: int) -> None:
        self._base = base = _most_used(schedule)
        self.finish, self.numbers = base.worked_before(finish), list[int]()
        place: dict[int, int] = {}
        # By job what it waits for, with lags; and its first day.
        waits: list[dict[int, int]] = [{} for _ in schedule.jobs]
        firsts = [0] * len(schedule.jobs)
        jobs: list[Job] = []
        for job in schedule.order:
            one = schedule.jobs[job]
            if one.fixed is None:
                worked = one.calendar.worked_before(finish)
                days = max(round(one.days * self.finish / worked), 1) if one.days and worked else one.days
                firsts[job], mine = one.earliest, waits[job]
                for before, lag in one.after:
                    if before not in place:
                        firsts[job] = max(firsts[job], firsts[before] + lag)
                    for other, more in waits[before].items() if before not in place else [(before, 0)]:
                        mine[other] = max(mine.get(other, 0), more + lag)
            else:
                firsts[job] = one.fixed
                days = self.number(schedule.end(job, one.fixed)) - self.number(one.fixed)
            if days:
                place[job] = len(jobs)
                self.numbers.append(job)
                first = self.number(firsts[job])
                due = None if one.due is None else self.number(one.due)
                after = tuple((place[other], lag) for other, lag in waits[job].items())
                jobs.append(Job(days, one.crews, base, after, first, due, None if one.fixed is None else first))
        self.schedule = Schedule(jobs, schedule.capacities, ())
        self.lags = sorted({0, *(lag for one in jobs for _before, lag in one.after)})
        self.horizon = (self.finish * 3 // 2 + 2 * (self.lags[-1] + LONGEST) + 120) // 8 * 8
        last = base.end(base.first(0), self.horizon + 1) + self.lags[-1]
        self._before = np.array([base.worked_before(day) for day in range(last + 1)])
        self._worked = np.flatnonzero(np.diff(self._before))

    def number(self, day: int) -> int:
        """The days that are worked before this one."""
        return self._base.worked_before(max(day, 0))

    @cached_property
    def later(self) -> _Whole:
        """By lag and end: the first start behind it."""
        ends = np.concatenate([[0], self._worked[: self.horizon - 1] + 1])
        found: _Whole = self._before[ends + np.array(self.lags)[:, None]]
        return found

    def sooner(self, finish: int) -> _Whole:
        """The same seen from this end of all."""
        starts = finish - np.arange(self.horizon)
        days = (
            np.where(starts < 0, starts, self._worked[np.clip(starts, 0, self.horizon)]) - np.array(self.lags)[:, None]
        )
        found: _Whole = finish - np.where(days < 0, days, self._before[np.maximum(days, 0)])
        return found

    def starts(self, starts: Starts) -> _Whole:
        """Where its jobs begin, so that dependencies hold."""
        found, jobs = [self.number(starts[job]) for job in self.numbers], self.schedule.jobs
        for job, one in enumerate(jobs):
            for before, lag in one.after if one.fixed is None else ():
                end = min(found[before] + jobs[before].days, self.horizon - 1)
                found[job] = max(found[job], int(self.later[self.lags.index(lag), end]))
        return np.array(found, dtype=np.int64)


def _most_used(schedule: Schedule) -> Days:
    used: dict[int, int] = defaultdict(int)
    for one in schedule.jobs:
        used[one.calendar.off] += one.days
    off = max(used, key=used.__getitem__)
    return next(one.calendar for one in schedule.jobs if one.calendar.off == off)


class Sweeps:
    """Both ways of sweeping one schedule's jobs."""

    def __init__(self, schedule: Schedule, flat: _Flat, finish: int, seed: int) -> None:
        self._schedule, self._flat, self._chance = schedule, flat, np.random.default_rng(seed)
        jobs, end = flat.schedule.jobs, flat.finish
        limits, heads = schedule.limits(finish), schedule.heads()
        self._forward = _Way(flat, flat.schedule.before, [end - flat.number(limits[job]) for job in flat.numbers])
        self._backward = _Way(flat, flat.schedule.behind, [flat.number(heads[job]) for job in flat.numbers])
        self._earliest = np.array([one.earliest for one in jobs])
        self._due = np.array([end * 2 if one.due is None else one.due for one in jobs])

    @classmethod
    def of(cls, schedule: Schedule, finish: int, seed: int) -> "Sweeps | None":
        """For these jobs, where they can be swept and that is worth it."""
        if len(schedule.jobs) < LEAST:
            return None
        flat, capacities = _Flat(schedule, finish), schedule.capacities
        free = [one for one in flat.schedule.jobs if one.fixed is None]
        short = all(
            one.days <= LONGEST and all(asked <= capacities[crew] <= 100 for crew, asked in one.crews) for one in free
        )
        hands = WIDE * TURNS * (len(capacities) + 1) * flat.horizon
        hands += 16 * len(flat.lags) * flat.horizon
        tables = len(flat.numbers) * 8 * max((len(one.crews) for one in free), default=0) * (LONGEST + 14)
        fit = short and len(free) >= LEAST and hands + tables <= MOST_BYTES
        return cls(schedule, flat, finish, seed) if fit else None

    def back_and_forth(self, starts: Starts, over: _Over, stay: int = QUICK) -> Starts | None:
        """The order in which they begin, from these starts to the right and to the left again, by numbers: the days of
        their starts where all work every day. Nothing where it has to stop on the way."""
        flat, chance = self._flat, self._chance
        first = flat.starts(starts)
        days, fixed = self._forward.days, self._forward.fixed
        end = int((first + days).max())
        # Seen from the other end a job begins where it is over.
        bounds = np.maximum(end - self._due, 0), flat.sooner(end)
        ends = self._backward.sweep(end - first - days, bounds, chance, over, stay)
        if ends is not None:
            wished = ends.max() - ends
            wished[fixed] = first[fixed]
            ends = self._forward.sweep(wished, (self._earliest, flat.later), chance, over, stay)
        self._schedule.tried += 2 * WIDE * TURNS
        if ends is None:
            return None
        found = [0] * len(starts)
        for job, day in zip(flat.numbers, ends - days, strict=True):
            found[job] = int(day)
        return found


class _Way:
    """All that is known of the jobs, seen from one end, in tables.

    `taken` are bytes: schedule, crew, day. The last crew is nobody, the last job is none: they fill the rows of jobs
    that need fewer crews, or wait for fewer, than others.
    """

    def __init__(self, flat: _Flat, before: Sequence[Mapping[int, int]], tails: Sequence[int]) -> None:
        schedule, horizon = flat.schedule, flat.horizon
        jobs, nobody = schedule.jobs, len(schedule.capacities)
        self.jobs, self.horizon, self.crews, number = jobs, horizon, nobody + 1, len(jobs)
        self.days = np.array([one.days for one in jobs], dtype=np.int64)
        self.tails = np.array(tails, dtype=float)
        widest = max(1, *(len(one.crews) for one in jobs))
        self.crew = np.full((widest, number), nobody, dtype=np.int64)
        self.room = np.full((widest, number), 127, dtype=np.int8)
        self.fixed = np.flatnonzero([one.fixed is not None for one in jobs])
        self.free = np.flatnonzero([one.fixed is None for one in jobs])
        longest = int(self.days[self.free].max())
        self.words = (longest + 14) // 8
        # What a job takes of each crew, by the day of the week of eight on which it begins.
        takes = np.zeros((number, 8, widest, self.words * 8), dtype=np.int8)
        for job, one in enumerate(jobs):
            for at, (crew, hands) in enumerate(one.crews):
                self.crew[at, job], self.room[at, job] = crew, max(schedule.capacities[crew] - hands, 0)
                for first in range(8) if one.fixed is None else ():
                    takes[job, first, at, first : first + one.days] = hands
        words = takes.view(np.uint64).reshape(number * 8, widest, self.words)
        self.takes: _Words = np.ascontiguousarray(words.transpose(2, 1, 0))
        # Together with what is taken it reaches the highest bit of its byte where hands are lacking.
        self.more = (127 - self.room.astype(np.uint64)) * _BYTES
        self.spans = np.arange(self.words)[:, None, None]
        waits = max(1, *(len(one) for one in before))
        self.waits, self.lags = np.full((waits, number), number), np.zeros((waits, number), dtype=np.int64)
        self.waiting = np.zeros((number, number), dtype=bool)
        for job, found in enumerate(before):
            for at, (other, lag) in enumerate(found.items()):
                self.waits[at, job], self.lags[at, job] = other, flat.lags.index(lag) * horizon
                self.waiting[job, other] = True
        shifts, known = list[_Words](), np.ones(number, dtype=np.int64)
        days = np.minimum(self.days, longest)
        while (known < days).any():
            more = np.minimum(known, days - known)
            shifts.append(more.astype(np.uint64))
            known += more
        self.shifts = np.array(shifts, dtype=np.uint64).reshape(-1, number)
        self.far = horizon - longest - flat.lags[-1] - 72

    def sweep(
        self, wished: _Whole, bounds: _Bounds, chance: np.random.Generator, over: _Over, stay: int
    ) -> _Whole | None:
        """The ends of the best schedule in the beam, each job near where it is wished to begin and within `bounds`; those
        that are fixed just there."""
        if max((wished + self.days)[self.fixed].max(initial=0), bounds[0].max()) > self.far:
            return None
        taken, ends = self._held(wished)
        hands, known = taken.reshape(-1).view(np.uint64), ends.reshape(-1)
        order = self.free[np.argsort(wished[self.free], kind="stable")]
        wishes = np.repeat(wished[None].astype(float), WIDE, 0)
        base = self._base()
        behind, scale, at = np.zeros(WIDE), float(wished.max() + 1), 0
        # By schedule that goes on: since nothing that is taken comes back, no job need be looked for before that day.
        least, rest = np.repeat(bounds[0][None], WIDE, 0), order[:0]
        while True:
            few = order[at : at + FEW]
            self._look(hands, known, least, few[len(rest) :], bounds[1], base)
            turns = self._turns(few, wishes[:, few], chance)
            if not self._put(hands, known, turns, least, bounds[1], base):
                return None
            score = np.repeat(behind, TURNS) + self._late(ends, few, scale)
            # Those of one score are mostly the same.
            best = np.unique(score, return_index=True)[1][:WIDE]
            best = np.concatenate([best, np.full(WIDE - len(best), best[0])])
            if at + FEW >= len(order):
                return ends[best[0], :-1]
            if over():
                return None
            kept = ends[best]
            wishes[:, few] = kept[:, few] - self.days[few]
            place = np.empty(len(wished))
            place[turns[:, best[0]]] = np.arange(len(few))
            few = few[np.lexsort((place[few], wishes[0, few]))]
            order[at : at + FEW] = few
            behind, rest = behind[best // TURNS] + self._late(kept, few[:stay], scale), few[stay:]
            self._spread(taken, best, rest, kept, int(ends.max()))
            kept[:, rest], least = 0, least[best // TURNS]
            ends.reshape(WIDE, TURNS, -1)[:] = kept[:, None]
            at += stay

    def _late(self, ends: _Whole, jobs: _Whole, scale: float) -> NDArray[np.float64]:
        """What each schedule leaves behind it: what is late weighs far more than what is early."""
        late: NDArray[np.float64] = (ends[:, jobs] + self.tails[jobs]) / scale
        late = late * late * late
        # To the twelfth, far quicker than by `**`.
        late *= late
        late *= late
        return late.sum(1)

    def _held(self, wished: _Whole) -> tuple[NDArray[np.int8], _Whole]:
        """By schedule the hands of each crew that fixed jobs have, be they more than there are, and their ends."""
        hands = np.zeros((self.crews, self.horizon), dtype=np.int64)
        for job in self.fixed.tolist():
            for crew, asked in self.jobs[job].crews:
                hands[crew, wished[job] : wished[job] + self.days[job]] += asked
        ends = np.zeros((WIDE * TURNS, len(wished) + 1), dtype=np.int64)
        ends[:, self.fixed] = (wished + self.days)[self.fixed]
        return np.tile(np.minimum(hands, 100).astype(np.int8), (WIDE * TURNS, 1)), ends

    def _spread(self, taken: NDArray[np.int8], best: _Whole, rest: _Whole, ends: _Whole, top: int) -> None:
        """The hands of the best schedules for all, but for those of jobs that may go elsewhere; `top` is the last day on
        which anything is taken."""
        weeks = min((top >> 3) + self.words, self.horizon // 8)
        every = taken.view(np.uint64).reshape(-1, self.crews, self.horizon // 8)[:, :, :weeks]
        hands = every[best]
        jobs, starts = np.tile(rest, WIDE), (ends[:, rest] - self.days[rest]).reshape(-1)
        rows = self.crew.take(jobs, 1) * weeks + np.repeat(np.arange(WIDE) * (self.crews * weeks), len(rest))
        where = rows + (starts >> 3) + self.spans
        what = self.takes.take(jobs * 8 + (starts & 7), 2)
        np.subtract.at(hands.reshape(-1), where.reshape(-1), what.reshape(-1))
        every.reshape(WIDE, TURNS, self.crews, weeks)[:] = hands[:, None]

    def _turns(self, few: _Whole, wishes: NDArray[np.float64], chance: np.random.Generator) -> _Whole:
        """Orders of a few jobs for each schedule in the beam, in which dependencies hold, by turn; the first as it is wished."""
        noise = chance.standard_normal((len(few), WIDE, TURNS)) * SPREAD
        noise[:, :, 0] = 0
        key = (wishes.T[:, :, None] + noise).reshape(len(few), -1)
        waiting = self.waiting[few[:, None], few]
        for at in np.flatnonzero(waiting.any(1)):
            np.maximum(key[at], key[waiting[at]].max(0) + 1e-6, out=key[at])
        return few[np.argsort(key, axis=0, kind="stable")]

    def _base(self) -> _Base:
        """Where each schedule begins: in ends and in words of hands."""
        each = np.arange(WIDE * TURNS)
        return each * (len(self.days) + 1), each * (self.crews * (self.horizon // 8))

    def _look(self, hands: _Words, ends: _Whole, least: _Whole, jobs: _Whole, later: _Whole, base: _Base) -> None:
        """Raises `least` of these jobs to the first starts that are possible beside those that stay."""
        places = (np.tile(one[::TURNS], len(jobs)) for one in base)
        waits, lags, rows, more, shifts = self._asked(np.repeat(jobs, WIDE), *places)
        start = np.maximum(later.take(ends.take(waits) + lags).max(0), least[:, jobs].T.reshape(-1))
        least[:, jobs] = self._first(hands, start, rows, more, shifts).reshape(-1, WIDE).T

    def _put(self, hands: _Words, ends: _Whole, turns: _Whole, least: _Whole, later: _Whole, base: _Base) -> bool:
        """These jobs in each schedule, in its turn, each at its first possible start; whether all can be put."""
        steps = zip(
            turns + base[0],
            np.take_along_axis(np.repeat(least, TURNS, 0).T, turns, 0),
            self.days.take(turns),
            turns * 8,
            *(np.ascontiguousarray(one.swapaxes(0, 1)) for one in self._asked(turns, *base)),
            strict=True,
        )
        for job, earliest, days, takes, waits, lags, rows, more, shifts in steps:
            start = np.maximum(later.take(ends.take(waits) + lags).max(0), earliest)
            start = self._first(hands, start, rows, more, shifts)
            ends[job] = end = start + days
            where = rows + (start >> 3) + self.spans
            hands[where] = hands.take(where) + self.takes.take(takes + (start & 7), 2)
            if end.max() > self.far:
                return False
        return True

    def _asked(self, turns: _Whole, firsts: _Whole, lanes: _Whole) -> tuple[_Whole, _Whole, _Whole, _Words, _Words]:
        """What jobs wait for, with which lags, of whom they need hands, and how many for how long."""
        rows = self.crew.take(turns, 1) * (self.horizon // 8) + lanes
        waits, lags = self.waits.take(turns, 1) + firsts, self.lags.take(turns, 1)
        return waits, lags, rows, self.more.take(turns, 1), self.shifts.take(turns, 1)

    def _first(self, hands: _Words, start: _Whole, rows: _Whole, more: _Words, shifts: _Words) -> _Whole:
        """The first start from this one on with hands enough."""
        week = start >> 3
        lacking = np.bitwise_or.reduce(hands.take(rows + week + _WEEKS) + more, 1)
        # The highest bits of its bytes side by side, then those of all weeks.
        bits = ((lacking & _HIGH) * _GATHER >> _TOP) << _PLACES
        busy = np.bitwise_or.reduce(bits, 0) | _PAST.take(start & 7)
        free = ~busy
        for shift in shifts:
            free &= free >> shift
        found: _Whole = np.bitwise_count((free & -free) - _ONE) + (week << 3)
        if not free.all():
            left = np.flatnonzero(free == 0)
            busy = busy[left]
            # Behind the last busy day; without the one next to it the highest bit is not rounded up.
            start = (week[left] << 3) + np.frexp((busy & ~(busy >> _ONE)).astype(float))[1]
            found[left] = self._first(hands, start, rows.take(left, 1), more.take(left, 1), shifts.take(left, 1))
        return found
