"""Sweeps many schedules at once over the days, from the first on and from the last on in turn. Pure.

A beam: of many schedules that hold the same jobs so far the `WIDE` best go on, each with its next jobs in `TURNS`
orders near the wished one. It knows days, hands, dependencies and lags, not calendars and days that bind: `Sweeps.fit` says
whether that is all there is to know. What it finds is an order; the plan is made of it by `Schedule.forward`.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gongzhi.projects.scheduling import Schedule, Starts

_Whole = NDArray[np.int64]
_Words = NDArray[np.uint64]
_Base = tuple[_Whole, _Whole, _Whole, _Whole]

WIDE, TURNS, FEW, SPREAD, POWER = 16, 4, 20, 5.0, 12
"""How many schedules go on, in how many orders each, how many jobs are looked at together, by how many days one strays,
and how much more what is late weighs than what is early."""
LEAST, LONGEST, MOST_BYTES = 60, 56, 40_000_000
"""Fewer jobs are not worth it; a longer job would not fit; nor more bytes for the hands taken and asked."""
_FULL, _ONE, _LAST = np.uint64(2**64 - 1), np.uint64(1), np.uint64(63)


class Sweeps:
    """Both ways of sweeping one schedule's jobs."""

    def __init__(self, schedule: Schedule, finish: int, seed: int) -> None:
        days = _horizon(schedule, finish)
        heads = schedule.heads()
        self._schedule, self._chance = schedule, np.random.default_rng(seed)
        self._forward = _Way(schedule, schedule.before, schedule.tails, days)
        self._backward = _Way(schedule, schedule.behind, heads, days)

    @staticmethod
    def fit(schedule: Schedule, finish: int) -> bool:
        """Whether it can sweep these jobs, and that is worth it."""
        jobs, capacities = schedule.jobs, schedule.capacities
        plain = all(
            one.fixed is None
            and one.due is None
            and not one.earliest
            and not one.calendar.off
            and 0 < one.days <= LONGEST
            and all(asked <= capacities[crew] <= 100 for crew, asked in one.crews)
            for one in jobs
        )
        hands = WIDE * TURNS * (len(capacities) + 1) * _horizon(schedule, finish)
        tables = len(jobs) * 8 * max((len(one.crews) for one in jobs), default=0) * (LONGEST + 14)
        return plain and len(jobs) >= LEAST and hands + tables <= MOST_BYTES

    def back_and_forth(self, starts: Starts, over: Callable[[], bool]) -> Starts | None:
        """From these starts to the right and to the left again; nothing where it has to stop on the way."""
        ends: _Whole | None = np.array(starts) + self._forward.days
        for way in (self._backward, self._forward):
            # Seen from the other end a job begins where it is over.
            ends = None if ends is None else way.sweep(ends.max() - ends, self._chance, over)
        self._schedule.tried += 2 * WIDE * TURNS
        return None if ends is None else [int(one) for one in ends - self._forward.days]


def _horizon(schedule: Schedule, finish: int) -> int:
    """Whole words of bits for the days that a schedule not much worse than the best takes."""
    lags = max((lag for one in schedule.jobs for _before, lag in one.after), default=0)
    return (finish * 5 // 4 + 2 * (lags + LONGEST) + 127) // 64 * 64


class _Way:
    """All that is known of the jobs, seen from one end, in tables.

    `taken` are bytes: schedule, crew, day. The last crew is nobody, the last job is none: they fill the rows of jobs
    that need fewer crews, or wait for fewer, than others.
    """

    def __init__(
        self, schedule: Schedule, before: Sequence[Mapping[int, int]], tails: Sequence[int], horizon: int
    ) -> None:
        jobs, nobody = schedule.jobs, len(schedule.capacities)
        self.horizon, self.crews, number = horizon, nobody + 1, len(jobs)
        self.days = np.array([one.days for one in jobs], dtype=np.int64)
        self.tails = np.array(tails, dtype=float)
        widest = max(1, *(len(one.crews) for one in jobs))
        self.crew = np.full((widest, number), nobody, dtype=np.int64)
        self.room = np.full((widest, number), 127, dtype=np.int8)
        longest = int(self.days.max())
        self.words = (longest + 14) // 8
        # What a job takes of each crew, by the day of the week of eight on which it begins.
        takes = np.zeros((number, 8, widest, self.words * 8), dtype=np.int8)
        for job, one in enumerate(jobs):
            for at, (crew, hands) in enumerate(one.crews):
                self.crew[at, job], self.room[at, job] = crew, schedule.capacities[crew] - hands
                for first in range(8):
                    takes[job, first, at, first : first + one.days] = hands
        words = takes.view(np.uint64).reshape(number * 8, widest, self.words)
        self.takes: _Words = np.ascontiguousarray(words.transpose(2, 1, 0))
        self.spans, self.blocks = np.arange(self.words)[:, None, None], np.arange(horizon // 64)
        waits = max(1, *(len(one) for one in before))
        self.waits, self.lags = np.full((waits, number), number), np.zeros((waits, number), dtype=np.int64)
        self.waiting = np.zeros((number, number), dtype=bool)
        for job, found in enumerate(before):
            for at, (other, lag) in enumerate(found.items()):
                self.waits[at, job], self.lags[at, job], self.waiting[job, other] = other, lag, True
        self.shifts, known = [], np.ones(number, dtype=np.int64)
        while (known < self.days).any():
            more = np.minimum(known, self.days - known)
            self.shifts.append(more.astype(np.uint64))
            known += more
        past = np.arange(horizon + 64) < np.arange(horizon + 1)[:, None]
        self.past: _Words = np.ascontiguousarray(np.packbits(past, axis=1, bitorder="little").view(np.uint64).T)
        self.far = horizon - longest - int(self.lags.max()) - self.words * 8 - 8

    def sweep(self, wished: _Whole, chance: np.random.Generator, over: Callable[[], bool]) -> _Whole | None:
        """The ends of the best schedule in the beam, each job near where it is wished to begin."""
        number, lanes = len(wished), WIDE * TURNS
        taken = np.zeros((lanes * self.crews, self.horizon), dtype=np.int8)
        ends = np.zeros((lanes, number + 1), dtype=np.int64)
        order = np.argsort(wished, kind="stable")
        wishes = np.repeat(wished[None].astype(float), WIDE, 0)
        base = self._base(lanes)
        behind, scale, top, at = np.zeros(WIDE), float(wished.max() + 1), 0, 0
        while True:
            few = order[at : at + FEW]
            turns = self._turns(few, wishes[:, few], chance)
            score = np.repeat(behind, TURNS)
            for jobs in np.ascontiguousarray(turns.T):
                end = self._put(taken, ends, jobs, base, top)
                score += ((end + self.tails.take(jobs)) / scale) ** POWER
                top = max(top, int(end.max()))
                if top > self.far:
                    return None
            # Those of one score are mostly the same.
            best = np.unique(score, return_index=True)[1][:WIDE]
            best = np.concatenate([best, np.full(WIDE - len(best), best[0])])
            if at + FEW >= number:
                return ends[best[0], :-1]
            if over():
                return None
            kept = ends[best]
            wishes[:, few] = kept[:, few] - self.days[few]
            place = np.empty(number)
            place[turns[best[0]]] = np.arange(len(few))
            few = few[np.lexsort((place[few], wishes[0, few]))]
            order[at : at + FEW] = few
            stay, rest = few[: FEW // 2], few[FEW // 2 :]
            behind = behind[best // TURNS] + (((kept[:, stay] + self.tails[stay]) / scale) ** POWER).sum(1)
            self._spread(taken.reshape(lanes, -1), best, rest, kept)
            ends.reshape(WIDE, TURNS, -1)[:] = kept[:, None]
            at += len(stay)

    def _spread(self, taken: NDArray[np.int8], best: _Whole, rest: _Whole, ends: _Whole) -> None:
        """The hands of the best schedules for all, but for those of jobs that may go elsewhere."""
        hands = taken[best]
        jobs, starts = np.tile(rest, WIDE), (ends[:, rest] - self.days[rest]).reshape(-1)
        where, what = self._hands(jobs, starts, np.repeat(self._base(WIDE)[3], len(rest)))
        np.subtract.at(hands.reshape(-1).view(np.uint64), where.reshape(-1), what.reshape(-1))
        taken.reshape(WIDE, TURNS, -1)[:] = hands[:, None]

    def _turns(self, few: _Whole, wishes: NDArray[np.float64], chance: np.random.Generator) -> _Whole:
        """Orders of a few jobs for each schedule in the beam, in which dependencies hold; the first as it is wished."""
        key = wishes[:, None, :] + chance.standard_normal((WIDE, TURNS, len(few))) * SPREAD
        key[:, 0] = wishes
        waiting = self.waiting[few[:, None], few]
        for at in np.flatnonzero(waiting.any(1)):
            least = key[:, :, np.flatnonzero(waiting[at])].max(2) + 1e-6
            np.maximum(key[:, :, at], least, out=key[:, :, at])
        return few[np.argsort(key, axis=2, kind="stable").reshape(WIDE * TURNS, -1)]

    def _base(self, lanes: int) -> _Base:
        """Where each schedule begins: itself, in ends, in rows and in words of hands."""
        each = np.arange(lanes)
        rows = each * self.crews
        return each, each * (len(self.days) + 1), rows, rows * (self.horizon // 8)

    def _put(self, taken: NDArray[np.int8], ends: _Whole, jobs: _Whole, base: _Base, top: int) -> _Whole:
        """One job in each schedule at its first possible start; `top` is the last day on which anything is taken."""
        each, firsts, rows, words = base
        known = ends.reshape(-1)
        start = (known.take(self.waits.take(jobs, 1) + firsts) + self.lags.take(jobs, 1)).max(0)
        since = int(start.min()) >> 6
        until = max((top >> 6) + 1, since + 1)
        blocks = ((self.crew.take(jobs, 1) + rows) * (self.horizon // 64))[:, :, None] + self.blocks[since:until]
        given = taken.reshape(-1, 64).take(blocks, 0).reshape(*blocks.shape[:2], -1)
        lacking = given > self.room.take(jobs, 1)[:, :, None]
        bits = np.packbits(lacking.reshape(-1), bitorder="little").view(np.uint64).reshape(blocks.shape)
        busy = self.past[since : until + 1].take(start, 1)
        busy[:-1] |= np.bitwise_or.reduce(bits, 0).T
        # A day on which it cannot begin: one of so many from it on is busy.
        for shifts in self.shifts:
            shift = shifts.take(jobs)
            more = busy >> shift
            more[:-1] |= busy[1:] << _ONE << (_LAST - shift)
            busy |= more
        word = (busy != _FULL).argmax(0)
        free = busy[word, each]
        start = np.bitwise_count((~free & (free + _ONE)) - _ONE).astype(np.int64) + (word + since) * 64
        end: _Whole = start + self.days.take(jobs)
        known[firsts + jobs] = end
        where, what = self._hands(jobs, start, words)
        taken.reshape(-1).view(np.uint64)[where] += what
        return end

    def _hands(self, jobs: _Whole, starts: _Whole, rows: _Whole) -> tuple[_Whole, _Words]:
        """The words in which jobs take hands, and how many."""
        where = self.crew.take(jobs, 1) * (self.horizon // 8) + (rows + (starts >> 3)) + self.spans
        return where, self.takes.take(jobs * 8 + (starts & 7), 2)
