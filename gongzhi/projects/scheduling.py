"""Puts tasks on days so that dependencies hold, no crew is asked for more hands than it has, and all ends early. Pure.

Days are whole numbers from 0, the day of the plan. What a crew still has is kept as bits, one for each day, so that
looking for a gap of many days costs a few operations on long whole numbers. The search: priority rules from both
ends, each schedule pushed right and left again (double justification, Valls et al. 2005), then a genetic search on
lists of tasks with two-point crossover (Hartmann 1998). It stops at a bound that nothing can beat.
"""

import heapq
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gongzhi.projects.working import Days as Days

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


class _Hands:
    """What the crews still have: for each crew and each number of hands the days that lack so many, as bits."""

    def __init__(self, capacities: Sequence[int]) -> None:
        self._lacking = [[0] * capacity for capacity in capacities]

    def busy(self, job: Job) -> int:
        """The days on which one of its crews lacks hands for a job, as bits."""
        found = 0
        for crew, hands in job.crews:
            found |= self._lacking[crew][hands - 1]
        return found

    def take(self, job: Job, start: int) -> None:
        """Give a job its hands on its worked days from a start on."""
        if not job.crews or not job.days:
            return
        window = job.calendar.window(start, job.calendar.end(start, job.days))
        for crew, hands in job.crews:
            lacking = self._lacking[crew]
            # What lacked more hands lacks so many fewer now; what asks for nearly all lacks them.
            fewer = [one | (window & more) for one, more in zip(lacking, lacking[hands:], strict=False)]
            self._lacking[crew] = fewer + [one | window for one in lacking[len(fewer) :]]


class Schedule:
    """Jobs with their crews, each with its hands and the days on which it works; and the ways of putting them on days."""

    def __init__(self, jobs: Sequence[Job], capacities: Sequence[int], calendars: Sequence[Days]) -> None:
        self.jobs, self.capacities, self.calendars = jobs, capacities, calendars
        self.before = [dict(job.after) for job in jobs]
        self.behind: list[dict[int, int]] = [{} for _ in jobs]
        for number, job in enumerate(jobs):
            for one, lag in job.after:
                self.behind[one][number] = lag
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
                last = one.calendar.latest(0, limits[job], one.days) if worked >= one.days else limits[job] - one.days
            for before, lag in one.after:
                limits[before] = min(limits[before], last - lag)
        return limits

    # Putting on days

    def _empty(self) -> "_Hands":
        """All hands free but those of fixed jobs."""
        hands = _Hands(self.capacities)
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
        hands, found = _Hands(self.capacities), [0] * len(self.jobs)
        for job, start in zip(self.jobs, starts, strict=True):
            hands.take(job, max(start, 0))
        for number, job in enumerate(self.jobs):
            if job.fixed is None or not job.days:
                continue
            over = self.end(number, starts[number])
            limits = [end if job.due is None else min(end, job.due)]
            limits += [starts[behind] - lag for behind, lag in self.behind[number].items()]
            # Beyond its own end the hands that lack are those of others.
            if busy := hands.busy(job) >> over:
                limits.append(over + (busy & -busy).bit_length() - 1)
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

    # Bounds

    def bound(self) -> Cost:
        """No schedule is better than this: the longest chain, and for each crew the work that it has to do."""
        heads = self.heads()
        late, finish = self.cost(heads)
        tails = [0] * len(self.jobs)
        for job in reversed(self.order):
            for behind, lag in self.behind[job].items():
                tails[job] = max(tails[job], lag + self.jobs[behind].days + tails[behind])
        for crew, capacity in enumerate(self.capacities):
            mine = [
                (heads[job], tails[job], hands * one.days)
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


def search(schedule: Schedule, *, seconds: float, schedules: int | None = None, seed: int = 1) -> tuple[Starts, bool]:
    """The best schedule found, and whether nothing can beat it. With a number of `schedules` the clock plays no part."""
    until = None if schedules is not None else time.perf_counter() + seconds
    bound = schedule.bound()
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

    rules = _rules(schedule)
    chance = random.Random(seed)  # noqa: S311 - no secret
    people = [keep(schedule.forward(schedule.in_order(rule))) for rule in rules if not over()]
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
PEOPLE, STALE, RESTARTS = 16, 60, 8


def _sampled(
    schedule: Schedule, rule: Sequence[float], chance: random.Random, keep: _Keep, over: Callable[[], bool]
) -> list[tuple[Cost, Starts]]:
    """Schedules by a rule with some noise, so that the search starts from many sides."""
    spread = max(1.0, (max(rule, default=0) - min(rule, default=0)) / 8)
    found: list[tuple[Cost, Starts]] = []
    while len(found) < PEOPLE and not over():
        noisy = [one + chance.gauss(0, spread) for one in rule]
        found.append(keep(schedule.forward(schedule.in_order(noisy))))
    return found


def _breed(
    schedule: Schedule,
    people: list[tuple[Cost, Starts]],
    chance: random.Random,
    keep: _Keep,
    over: Callable[[], bool],
) -> None:
    """Children take a stretch of their order from one parent and the rest from the other; the worst make room. Ends where
    nothing new is born for long."""
    stale = 0
    while len(people) > 1 and stale < STALE and not over():
        people.sort(key=lambda one: one[0])
        del people[2 * PEOPLE :]
        worst = people[-1][0]
        child = _child(schedule, people, chance)
        born = keep(schedule.forward(child))
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
