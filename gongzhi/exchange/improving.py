"""A plan made better while there is time: needs planned anew together with those in their way, all else held. Pure.

Each time an integer programme that knows all rules; so a plan never becomes worse. An ask costs what it cost at the
linear programme's best, whoever else is asked.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gongzhi.exchange.programme import Crowd
from gongzhi.exchange.settling import fitting, part_of, tidy
from gongzhi.exchange.solving import DUST, WORTH, Facts

_PAIRS = 150
"""How many pairs of needs that stand in each other's way are planned anew at once."""
_SECONDS, _LEAST_SECONDS, _FIRST_SHARE, _GAP = 1.0, 0.05, 0.7, 1e-4


class Better(NamedTuple):
    """A plan, what none surpasses in value less effort where an ask costs as here, and whether the clock stopped it."""

    quantity: np.ndarray
    bound: float
    stopped: bool


def improve(facts: Facts, quantity: np.ndarray, best: np.ndarray, gap: float, ends: float) -> Better:
    """The plan with needs planned anew: those in the way of one that gets less than the programme gave it, dearest
    first; and at last all that hang together, which also says how good the plan could be at most.

    `best` is the best of the programme for these facts, which holds no rules; asks must cost nothing in them.
    """
    begun = time.perf_counter()
    worth = facts.value - facts.walk / WORTH
    bound = float(worth @ best)
    quantity, stopped = _one_by_one(facts, quantity, best, gap, begun + _FIRST_SHARE * (ends - begun))
    parts = list(_parts(facts))
    size = sum(map(len, parts))
    for part in parts:
        most, now = float(worth[part] @ best[part]), float(worth[part] @ quantity[part])
        seconds = (ends - time.perf_counter()) * len(part) / size
        size -= len(part)
        if most - now <= gap * most or bound - worth @ quantity <= gap * bound:
            continue
        if seconds < _LEAST_SECONDS:
            stopped = True
            continue
        said = _anew(facts, quantity, part, seconds, gap / 2)
        quantity, bound = said.quantity, bound - max(0.0, most - said.bound)
        stopped |= said.stopped
    return Better(quantity, bound, stopped)


def _one_by_one(
    facts: Facts, quantity: np.ndarray, best: np.ndarray, gap: float, ends: float
) -> tuple[np.ndarray, bool]:
    worth = facts.value - facts.walk / WORTH
    bound = float(worth @ best)
    tried: dict[int, bytes] = {}
    gained = True
    while gained:
        gained = False
        for need in _poor(facts, quantity, best):
            if bound - worth @ quantity <= gap * bound:
                return quantity, False
            seconds = min(_SECONDS, ends - time.perf_counter())
            if seconds < _LEAST_SECONDS:
                return quantity, True
            crowd = _crowd(facts, quantity, need)
            state = quantity[crowd].tobytes()
            if tried.get(need) != state:
                tried[need] = state
                better = _anew(facts, quantity, crowd, seconds, min(gap, _GAP)).quantity
                gained |= better is not quantity
                quantity = better
    return quantity, False


def _poor(facts: Facts, quantity: np.ndarray, best: np.ndarray) -> list[int]:
    """Needs that get less than the programme gave them, dearest loss first."""
    lost = facts.worth * np.bincount(facts.need, best - quantity, minlength=len(facts.wanted)) / facts.wanted
    return [int(one) for one in np.argsort(-lost, kind="stable") if lost[one] > DUST]


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
