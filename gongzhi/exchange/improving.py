"""A plan made better while there is time: needs planned anew together with those in their way, all else held. Pure.

First by chance, thousands of times a second; then by an integer programme that knows all rules. A plan never becomes
worse. An ask costs what it cost at the linear programme's best, whoever else is asked.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gongzhi.exchange.programme import Crowd
from gongzhi.exchange.settling import Desk, fitting, part_of, tidy
from gongzhi.exchange.solving import DUST, WORTH, Facts

_PAIRS = 150
"""How many pairs of needs that stand in each other's way are planned anew at once."""
_SECONDS, _LEAST_SECONDS, _GAP = 1.0, 0.05, 1e-4
_SMALL, _PART_SECONDS, _CROWD_SHARE = 5000, 2.0, 0.6
_CORES = min(len(os.sched_getaffinity(0)), 4)
_ROUNDS, _ROUND, _IDLE = 150, 30, 6
"""How often needs are shaken, how many at a time, and how often in vain before it is given up."""


class Better(NamedTuple):
    """A plan, what none surpasses in value less effort where an ask costs as here, and whether the clock stopped it."""

    quantity: np.ndarray
    bound: float
    stopped: bool


def improve(
    facts: Facts, quantity: np.ndarray, best: np.ndarray, offer_prices: np.ndarray, *, gap: float, ends: float
) -> Better:
    """The plan with needs planned anew: by chance, which is quick; then each smaller set of needs and offers that hang
    together as a whole; then those in the way of one need; then the larger sets.

    `best` is the best of the programme for these facts, which holds no rules; asks must cost nothing in them.
    """
    task = _Task(facts, quantity, best, gap, ends)
    task.shake(offer_prices)
    parts = list(_parts(facts))
    small = [part for part in parts if len(part) <= _SMALL]
    large = parts[len(small) :]
    task.plan(small, _PART_SECONDS)
    begun = time.perf_counter()
    task.one_by_one(begun + task.left() * (_CROWD_SHARE if large else 1.0))
    rounds = -(-len(large) // _CORES)
    task.plan(large, task.left() / max(rounds, 1))
    return Better(task.quantity, task.bound, task.stopped)


class _Task:
    """A plan that becomes better, and what none surpasses."""

    def __init__(self, facts: Facts, quantity: np.ndarray, best: np.ndarray, gap: float, ends: float) -> None:
        self.facts, self.quantity, self.best, self.gap, self.ends = facts, quantity.copy(), best, gap, ends
        self.worth = facts.value - facts.walk / WORTH
        self.bound, self.stopped = float(self.worth @ best), False

    def left(self) -> float:
        """Seconds."""
        return self.ends - time.perf_counter()

    def done(self) -> bool:
        """Whether the plan is good enough."""
        return bool(self.bound - self.worth @ self.quantity <= self.gap * abs(self.bound))

    def shake(self, offer_prices: np.ndarray) -> None:
        """Plan needs that get too little anew with some around them, dearest losses most often."""
        facts, chance = self.facts, np.random.default_rng(len(self.facts.need))
        desk = Desk(facts, self.quantity, offer_prices)
        best, idle = float(self.worth @ desk.quantity), 0
        for _round in range(_ROUNDS):
            lost = _lost(facts, desk.quantity, self.best)
            poor = np.flatnonzero(lost > DUST)
            if not len(poor) or idle == _IDLE:
                break
            if self.left() < _LEAST_SECONDS:
                self.stopped = True
                break
            for need in chance.choice(poor, min(_ROUND, 2 * len(poor)), p=lost[poor] / lost[poor].sum()):
                desk.shake(int(need), chance)
            now = float(self.worth @ desk.quantity)
            best, idle = max(best, now), 0 if now > best + DUST else idle + 1
        plan = tidy(facts, desk.quantity)
        if self.worth @ plan > self.worth @ self.quantity:
            self.quantity = plan

    def plan(self, parts: list[np.ndarray], seconds: float) -> None:
        """Plan each set that hangs together as a whole, for so many seconds: on all cores, since they share nothing."""
        with ThreadPoolExecutor(_CORES) as pool:
            for part, said in zip(parts, pool.map(partial(self._whole, seconds=seconds), parts), strict=True):
                if said:
                    self.quantity[part] = said.quantity[part]
                    self.bound -= max(0.0, float(self.worth[part] @ self.best[part]) - said.bound)
                    self.stopped |= said.stopped

    def _whole(self, part: np.ndarray, seconds: float) -> Better | None:
        most, now = float(self.worth[part] @ self.best[part]), float(self.worth[part] @ self.quantity[part])
        if most - now <= self.gap * most or self.done():
            return None
        seconds = min(seconds, self.left())
        if seconds < _LEAST_SECONDS:
            return Better(self.quantity, np.inf, stopped=True)
        return _anew(self.facts, self.quantity, part, seconds, self.gap / 2)

    def one_by_one(self, ends: float) -> None:
        """Plan each need that gets less than the programme gave it anew with those in its way, until nothing is gained."""
        tried: dict[int, bytes] = {}
        gained = True
        while gained:
            gained = False
            lost = _lost(self.facts, self.quantity, self.best)
            for need in np.argsort(-lost, kind="stable")[: np.count_nonzero(lost > DUST)].tolist():
                if self.done():
                    return
                seconds = min(_SECONDS, ends - time.perf_counter())
                if seconds < _LEAST_SECONDS:
                    self.stopped = True
                    return
                crowd = _crowd(self.facts, self.quantity, need)
                state = self.quantity[crowd].tobytes()
                if tried.get(need) != state:
                    tried[need] = state
                    better = _anew(self.facts, self.quantity, crowd, seconds, min(self.gap, _GAP)).quantity
                    gained |= better is not self.quantity
                    self.quantity = better


def _lost(facts: Facts, quantity: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The weight that each need gets less than the programme gave it."""
    less = np.bincount(facts.need, best - quantity, minlength=len(facts.wanted))
    return np.asarray(np.maximum(0.0, facts.worth * less / facts.wanted))


def _parts(facts: Facts) -> Iterator[np.ndarray]:
    """The pairs of each set of needs and offers that no pair joins to the rest, smallest first."""
    needs, offers = len(facts.wanted), len(facts.held)
    joined = coo_matrix((np.ones(len(facts.need)), (facts.need, needs + facts.offer)), (needs + offers, needs + offers))
    label = connected_components(joined, directed=False)[1][facts.need]
    order = np.argsort(label, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    yield from sorted(found, key=lambda part: (len(part), part[0]))


def _crowd(facts: Facts, quantity: np.ndarray, need: int) -> np.ndarray:
    """The pairs of a need, of those that have what it could have, and so on, the nearest first."""
    queue, seen = [need], {need}
    found: list[np.ndarray] = []
    while queue and sum(len(one) for one in found) < _PAIRS:
        mine = np.flatnonzero(facts.need == queue.pop(0))
        found.append(mine)
        for offer in facts.offer[mine[np.argsort(facts.metres[mine], kind="stable")]]:
            others = set(facts.need[(facts.offer == offer) & (quantity > 0)].tolist()) - seen
            queue += sorted(others)
            seen |= others
    return np.sort(np.concatenate(found))


def _anew(facts: Facts, plan: np.ndarray, at: np.ndarray, seconds: float, gap: float) -> Better:
    """The plan with the needs of these pairs met anew, all else held; the same where nothing better was found.

    The bound is that of these pairs.
    """
    rest = plan.copy()
    rest[at] = 0
    free = at[fitting(facts, rest)[at]]
    if not len(free):
        return Better(plan, 0.0, False)
    crowd = Crowd(part_of(facts, free, rest))
    columns = crowd.best(plan[free], seconds=seconds, gap=gap)
    if columns is not None:
        rest[free] = columns
        rest = tidy(facts, rest)
    worth = (facts.value - facts.walk / WORTH)[at]
    better = columns is not None and worth @ rest[at] > worth @ plan[at] + DUST
    return Better(rest if better else plan, crowd.bound, crowd.stopped)
