"""Jobs on days: dependencies hold, and no crew is asked for more hands than it has. Pure.

Days are whole numbers from 0, the day of the plan. What a crew has given is one whole number with a lane of bits for each
day, so that looking for a gap of many days costs a few operations on long whole numbers. `searching` looks for the best.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from gongzhi.projects.working import Days as Days
from gongzhi.projects.working import ones

Starts = list[int]
Cost = tuple[int, int]


@dataclass(frozen=True)
class Job:
    """One task in whole numbers; `fixed` is a start that cannot be moved, `due` the day by whose start it should be over."""

    days: int
    crews: tuple[tuple[int, int], ...]
    calendar: Days
    after: tuple[tuple[int, int], ...] = ()
    earliest: int = 0
    due: int | None = None
    fixed: int | None = None


def lane_of(crews: Iterable[tuple[int, int]]) -> int:
    """Bits to a day that hold all hands that jobs ask of one crew, were all at once, and one more."""
    asked: dict[int, int] = defaultdict(int)
    for crew, hands in crews:
        asked[crew] += hands
    return max(asked.values(), default=0).bit_length() + 1


@cache
def _each(days: int, lane: int, hands: int) -> int:
    """So many hands on each of so many days."""
    return ones(days, lane) * max(hands, 0)


class _Hands:
    """The hands of each crew that are taken: whole numbers with a lane of bits for each day."""

    def __init__(self, capacities: Sequence[int], lane: int) -> None:
        self._taken, self._capacities, self._lane = [0] * len(capacities), capacities, lane
        self._most = (1 << lane - 1) - 1

    def busy(self, job: Job) -> int:
        """The days on which one of its crews lacks hands for a job."""
        found, lane = 0, self._lane
        longest = max((self._taken[crew].bit_length() for crew, _hands in job.crews), default=0)
        # In steps, so that few such numbers are made.
        days = (longest // lane // 64 + 1) * 64
        for crew, hands in job.crews:
            # What is more than there is runs over into the highest bit of its lane.
            found |= self._taken[crew] + _each(days, lane, self._most - self._capacities[crew] + hands)
        return found & _each(days, lane, self._most + 1)

    def take(self, job: Job, start: int) -> None:
        """Give a job its hands on its worked days from a start on."""
        if not job.crews or not job.days:
            return
        window = job.calendar.window(start, job.calendar.end(start, job.days))
        for crew, hands in job.crews:
            self._taken[crew] += window * hands


class Schedule:
    """Jobs with their crews, each with its hands and the days on which it works; and the ways of putting them on days."""

    def __init__(self, jobs: Sequence[Job], capacities: Sequence[int], calendars: Sequence[Days]) -> None:
        self.jobs, self.capacities, self.calendars = jobs, capacities, calendars
        self.before = [dict(job.after) for job in jobs]
        self.behind: list[dict[int, int]] = [{} for _ in jobs]
        for number, job in enumerate(jobs):
            for one, lag in job.after:
                self.behind[one][number] = lag
        self.lane = calendars[0].lane if calendars else 2
        self.tried = 0

    def end(self, job: int, start: int) -> int:
        """The day after a job's last."""
        one = self.jobs[job]
        return one.calendar.end(start, one.days) if one.days else start

    @cached_property
    def order(self) -> list[int]:
        """Every job behind those that it waits for."""
        return self.in_order([0] * len(self.jobs))

    def in_order(self, urgency: Sequence[float]) -> list[int]:
        """All jobs so that dependencies hold, the least number first among those that could come."""
        left = [len(before) for before in self.before]
        ready = [(urgency[job], job) for job, number in enumerate(left) if not number]
        heapq.heapify(ready)
        found = []
        while ready:
            job = heapq.heappop(ready)[1]
            found.append(job)
            for one in self.behind[job]:
                left[one] -= 1
                if not left[one]:
                    heapq.heappush(ready, (urgency[one], one))
        return found

    def heads(self) -> Starts:
        """The start of each job if there were hands enough."""
        starts = [0] * len(self.jobs)
        for job in self.order:
            starts[job] = self._from(job, starts)
        return starts

    def _from(self, job: int, starts: Sequence[int]) -> int:
        one = self.jobs[job]
        if one.fixed is not None:
            return one.fixed
        start = one.earliest
        for before, lag in one.after:
            start = max(start, self.end(before, starts[before]) + lag)
        return one.calendar.first(start) if one.days else start

    def limits(self, end: int) -> Starts:
        """The day by whose start each job must be over for all to be over by `end`, if there were hands enough."""
        limits = [end] * len(self.jobs)
        for job in reversed(self.order):
            one = self.jobs[job]
            if one.due is not None:
                limits[job] = min(limits[job], one.due)
            if one.fixed is not None:
                last = one.fixed
            else:
                worked = one.calendar.worked_before(max(limits[job], 0))
                fits = 0 < one.days <= worked
                last = one.calendar.latest(0, limits[job], one.days) if fits else limits[job] - one.days
            for before, lag in one.after:
                limits[before] = min(limits[before], last - lag)
        return limits

    # Putting on days

    def _empty(self) -> "_Hands":
        """All hands free but those of fixed jobs."""
        hands = _Hands(self.capacities, self.lane)
        for job in self.jobs:
            if job.fixed is not None:
                hands.take(job, job.fixed)
        return hands

    def forward(self, order: Sequence[int], least: Sequence[int] | None = None) -> Starts:
        """Each job in turn at its first possible start, none before `least`."""
        hands, starts = self._empty(), [0] * len(self.jobs)
        self.tried += 1
        for job in order:
            one, start = self.jobs[job], self._from(job, starts)
            if one.fixed is None and one.days:
                if least is not None and start < least[job]:
                    start = least[job]
                start = one.calendar.earliest(hands.busy(one), start, one.days)
                hands.take(one, start)
            starts[job] = start
        return starts

    def daily(self, urgency: Sequence[float]) -> Starts:
        """Day by day: of all jobs that can begin on it the most urgent first. Denser than `forward` where hands are scarce."""
        hands, starts = self._empty(), [0] * len(self.jobs)
        self.tried += 1
        left = [len(before) for before in self.before]
        ready = [(self._from(job, starts), urgency[job], job) for job, number in enumerate(left) if not number]
        heapq.heapify(ready)
        while ready:
            start, urgent, job = heapq.heappop(ready)
            one = self.jobs[job]
            if one.fixed is None and one.days:
                first = one.calendar.earliest(hands.busy(one), start, one.days)
                if first > start:
                    # Others have taken its hands since; what is taken never comes back, so it need not look before that day.
                    heapq.heappush(ready, (first, urgent, job))
                    continue
                hands.take(one, start)
            starts[job] = start
            for behind in self.behind[job]:
                left[behind] -= 1
                if not left[behind]:
                    heapq.heappush(ready, (self._from(behind, starts), urgency[behind], behind))
        return starts

    def backward(self, starts: Sequence[int], end: int, most: Sequence[int] | None = None) -> Starts:
        """Each job as late as it can be for all to be over by `end`, none later than `most`: the last to finish first.

        No job moves left of where it stands in `starts`, which must hold; a job that is over later than `end` stays.
        """
        hands, found = self._empty(), list(starts)
        self.tried += 1
        rank = {job: place for place, job in enumerate(self.order)}
        order = sorted(range(len(starts)), key=lambda job: (-self.end(job, starts[job]), -starts[job], -rank[job]))
        for job in order:
            one = self.jobs[job]
            if one.fixed is not None or not one.days:
                continue
            limit = max(end, self.end(job, starts[job]))
            if one.due is not None:
                limit = min(limit, max(one.due, self.end(job, starts[job])))
            for behind, lag in self.behind[job].items():
                limit = min(limit, found[behind] - lag)
            if most is not None:
                limit = min(limit, one.calendar.end(one.calendar.first(max(most[job], starts[job])), one.days))
            # Where it stands it always fits, except where fixed jobs ask for more than there is.
            found[job] = max(one.calendar.latest(hands.busy(one), limit, one.days), starts[job])
            hands.take(one, found[job])
        return found

    def spare(self, starts: Sequence[int], end: int) -> list[int]:
        """The days by which each fixed job may last longer for all to be over by `end`, the others standing at `starts`."""
        hands, found = _Hands(self.capacities, self.lane), [0] * len(self.jobs)
        for job, start in zip(self.jobs, starts, strict=True):
            hands.take(job, max(start, 0))
        for number, job in enumerate(self.jobs):
            if job.fixed is None or not job.days:
                continue
            over = self.end(number, starts[number])
            limits = [end if job.due is None else min(end, job.due)]
            limits += [starts[behind] - lag for behind, lag in self.behind[number].items()]
            # Beyond its own end the hands that lack are those of others.
            if busy := hands.busy(job) >> over * self.lane:
                limits.append(over + ((busy & -busy).bit_length() - 1) // self.lane)
            found[number] = min(limits) - over
        return found

    def finish(self, starts: Sequence[int]) -> int:
        """The day after the last of all."""
        return max((self.end(job, start) for job, start in enumerate(starts)), default=0)

    def cost(self, starts: Sequence[int]) -> Cost:
        """Days by which jobs miss their own last day, then the day on which all is over."""
        late = sum(
            max(self.end(job, start) - due, 0)
            for job, start in enumerate(starts)
            if (due := self.jobs[job].due) is not None
        )
        return late, self.finish(starts)

    def justified(self, starts: Starts) -> Starts:
        """Pushed right to its own end and left again: never later, mostly earlier."""
        right = self.backward(starts, self.finish(starts))
        left = self.forward(self.in_order(right))
        return left if self.cost(left) <= self.cost(starts) else starts

    @cached_property
    def tails(self) -> list[int]:
        """The days of the longest chain behind each job."""
        tails = [0] * len(self.jobs)
        for job in reversed(self.order):
            for behind, lag in self.behind[job].items():
                tails[job] = max(tails[job], lag + self.jobs[behind].days + tails[behind])
        return tails

    # Bounds

    @cached_property
    def bound(self) -> Cost:
        """No schedule is better than this: the longest chain, and for each crew the work that it has to do."""
        heads = self.heads()
        late, finish = self.cost(heads)
        for crew, capacity in enumerate(self.capacities):
            mine = [
                (heads[job], self.tails[job], hands * one.days)
                for job, one in enumerate(self.jobs)
                for its, hands in one.crews
                if its == crew and one.days and one.fixed is None
            ]
            finish = max(finish, _load(mine, capacity, self.calendars[crew]))
        return late, finish


def _load(mine: list[tuple[int, int, int]], capacity: int, calendar: Days) -> int:
    """Of a crew's work (head, tail, days of one hand): what starts no earlier than some head and leaves some tail behind."""
    best = 0
    for head in {one[0] for one in mine}:
        work = 0
        for _head, tail, days in sorted((one for one in mine if one[0] >= head), key=lambda one: -one[1]):
            work += days
            best = max(best, calendar.end(calendar.first(head), -(-work // capacity)) + tail)
    return best
