"""The third goal of matching: the asking spread fairly among givers, and few givers for each need. Pure.

What each need gets stays as goals 1 and 2 left it, and the distance grows by at most a stated share. First the worst
asked giver is asked as seldom as possible, those asked lately counted; then the sum of the squares of how often each
is asked is least, so that the tenth ask of one costs more than the first of another, and an ask saved is one saved.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from gongzhi.exchange.solving import Facts, Programme, Stage, parts, solve, tidy

NEAREST = 12
"""Of the offers that fit a need so many of the nearest are looked at for spreading, beside those that it has."""
_DUST = 1e-5
_SMALL, _NEEDS_A_BLOCK, _BLOCK_SECONDS, _BLOCK_GAP = 600, 45, 0.6, 0.01
_BEYOND = 1000.0
# What the relaxation says of a metre is too little, and the first blocks would walk it all: dearer at first.
_DEARER = (4.0, 2.0, 1.0)


class Spread(NamedTuple):
    """What each pair gives; how often the worst asked giver was and is asked; the squares summed."""

    quantity: np.ndarray
    worst: Stage
    asks: Stage


class _Looked(NamedTuple):
    """The pairs looked at, with what they may give now that each need's share is known, and how far all may be."""

    at: np.ndarray
    most: np.ndarray
    quantity: np.ndarray
    metres: float


class _Goal(NamedTuple):
    """What a block is solved for: the worst number of asks wanted, what a metre costs, the gap that is good enough."""

    worst: int
    price: float
    gap: float


def spread(facts: Facts, quantity: np.ndarray, *, slack: float, seconds: float, gap: float) -> Spread:
    """A plan that meets each need as far as `quantity` does, its distance grown by a share of `slack` at most.

    Both bounds are those of the relaxation of the whole, among the pairs looked at. The plan is sought block by block,
    each solved with all others held, so it never becomes worse and may stay above the bound. Once the seconds are over
    what is found so far stands.
    """
    ends = time.perf_counter() + seconds
    walked = float(facts.walk @ quantity)
    most = walked * (1 + slack) + _DUST * max(1.0, walked)
    looked = _looked(facts, quantity, most)
    if not len(looked.at):
        return Spread(quantity, Stage(0, 0), Stage(0, 0))
    top = _worst(facts, _asks(facts, quantity))
    least = _least_worst(facts, looked, top, ends)
    bound, price = _bound(facts, looked, top, ends - time.perf_counter())
    best, stopped = quantity, False
    for times, blocks in zip(_DEARER, _rounds(facts, looked.at, quantity), strict=False):
        goal = _Goal(least, price * times, gap if len(blocks) == 1 else max(gap, _BLOCK_GAP))
        for block in blocks:
            if time.perf_counter() > ends:
                stopped = True
                break
            best = _block(facts, looked.at[block], best, max(0.0, most - float(facts.walk @ best)), goal)
    asks = _asks(facts, best)
    worst, value = _worst(facts, asks), _squares(facts, asks)
    return Spread(best, Stage(worst, min(least, worst), stopped), Stage(value, min(value, max(0.0, bound)), stopped))


def _rounds(facts: Facts, at: np.ndarray, quantity: np.ndarray) -> Iterator[list[np.ndarray]]:
    """The pairs in blocks of needs: first of those that one giver serves, then of those that stand side by side."""
    needs = np.unique(facts.need[at])
    biggest = np.lexsort((facts.offer, -quantity, facts.need))
    first = biggest[np.unique(facts.need[biggest], return_index=True)[1]]
    giver = dict(zip(facts.need[first].tolist(), facts.giver[facts.offer[first]].tolist(), strict=True))
    part = np.zeros(len(facts.wanted), int)
    for number, one in enumerate(parts(facts)):
        part[facts.need[one]] = number
    load = facts.asked + _asks(facts, quantity)
    # The most asked first: theirs is done when the clock stops.
    by_giver = sorted(needs.tolist(), key=lambda need: (-load[giver[need]], giver[need], need))
    by_part = sorted(needs.tolist(), key=lambda need: (part[need], need))
    for order in (by_giver, by_part, by_giver):
        size = len(order) if len(at) <= _SMALL else _NEEDS_A_BLOCK
        place = np.zeros(len(facts.wanted), int)
        place[order] = np.arange(len(order)) // size
        yield [np.flatnonzero(place[facts.need[at]] == one) for one in range(-(-len(order) // size))]
        if size == len(order):
            return


def _block(facts: Facts, at: np.ndarray, plan: np.ndarray, spare: float, goal: _Goal) -> np.ndarray:
    """The plan with the needs of these pairs met anew, all else held; the same where nothing better was found."""
    rest = plan.copy()
    rest[at] = 0
    others = facts._replace(
        held=facts.held - np.bincount(facts.offer, rest, minlength=len(facts.held)),
        asked=facts.asked + _asks(facts, rest),
    )
    shares = _shares(facts, plan)
    free = others.held[facts.offer[at]] >= np.maximum(facts.least[at], _DUST)
    # What goes to one need only is taken once anybody has some of it.
    taken = np.bincount(facts.offer[rest > 0], minlength=len(facts.held)) > 0
    free &= facts.divisible[facts.offer[at]] | ~taken[facts.offer[at]]
    at = at[free | (plan[at] > 0)]
    most = np.minimum(np.minimum(facts.most[at], shares[facts.need[at]]), others.held[facts.offer[at]])
    looked = _Looked(at, most, plan[at], float(facts.walk[at] @ plan[at]) + spare)
    programme, cost = _programme(others, looked, goal.worst, goal.price)
    found = solve(programme, cost, _BLOCK_SECONDS, goal.gap).columns
    if found is None:
        return plan
    rest[at] = tidy(others, at, found[: len(at)], shares)
    kept = np.abs(_shares(facts, rest) - shares).max(initial=0.0) < _DUST
    # The solver's tolerances may spoil a plan; it is taken only where it keeps all and is better.
    better = _price(facts, rest, goal) < _price(facts, plan, goal) - _DUST
    return rest if kept and better else plan


def _price(facts: Facts, plan: np.ndarray, goal: _Goal) -> float:
    asks = _asks(facts, plan)
    beyond = np.where(asks > 0, np.maximum(0, facts.asked + asks - np.maximum(goal.worst, facts.asked)), 0)
    return _squares(facts, asks) + _BEYOND * float(beyond.sum()) + goal.price * float(facts.walk @ plan)


def _looked(facts: Facts, quantity: np.ndarray, metres: float) -> _Looked:
    shares = _shares(facts, quantity)
    order = np.lexsort((facts.offer, facts.metres, facts.need))
    starts = np.searchsorted(facts.need[order], facts.need[order])
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order)) - starts
    good = (rank < NEAREST) & (shares[facts.need] > 0) & (facts.least <= shares[facts.need])
    at = np.flatnonzero(good | (quantity > 0))
    return _Looked(at, np.minimum(facts.most[at], shares[facts.need[at]]), quantity[at], metres)


def _least_worst(facts: Facts, looked: _Looked, top: int, ends: float) -> int:
    """The least worst number of asks that the relaxation allows, by halving; `top` is known to do."""
    low, high = 0, top
    while high - low > 1 and time.perf_counter() < ends:
        middle = (low + high) // 2
        programme, cost = _relaxed(facts, looked, middle)
        said = solve(programme, cost * 0, max(0.5, ends - time.perf_counter()), 0.0)
        if said.impossible:
            low = middle
        elif said.columns is None:
            break
        else:
            high = middle
    return low + 1


def _flow(facts: Facts, looked: _Looked, width: int) -> tuple[list[coo_matrix], list[np.ndarray], list[np.ndarray]]:
    """Rows that every plan keeps: each need its share, no offer beyond what it holds, not too far in all."""
    at, pairs = looked.at, len(looked.at)
    needs, need = np.unique(facts.need[at], return_inverse=True)
    offers, offer = np.unique(facts.offer[at], return_inverse=True)
    shares = np.bincount(need, looked.quantity)
    column = np.arange(pairs)
    rows = [
        coo_matrix((np.ones(pairs), (need, column)), (len(needs), width)),
        coo_matrix((np.ones(pairs), (offer, column)), (len(offers), width)),
        coo_matrix((facts.walk[at], (np.zeros(pairs, int), column)), (1, width)),
    ]
    lower = [shares, np.full(len(offers), -np.inf), np.array([-np.inf])]
    upper = [shares, facts.held[offers], np.array([looked.metres])]
    return rows, lower, upper


def _relaxed(facts: Facts, looked: _Looked, worst: int) -> tuple[Programme, np.ndarray]:
    """Asks counted as the shares of what each pair could give: never more than the asks of a real plan.

    Columns: what each pair gives, and each giver's first, second, … ask up to `worst` at its rising cost.
    """
    at, pairs = looked.at, len(looked.at)
    givers, giver = np.unique(facts.giver[facts.offer[at]], return_inverse=True)
    asked = facts.asked[givers]
    step_of, nth = _steps(np.minimum(np.bincount(giver), np.maximum(0, worst - asked)))
    width = pairs + len(step_of)
    rows, lower, upper = _flow(facts, looked, width)
    values = np.concatenate([1 / looked.most, -np.ones(len(step_of))])
    rows.append(coo_matrix((values, (np.concatenate([giver, step_of]), np.arange(width))), (len(givers), width)))
    lower.append(np.zeros(len(givers)))
    upper.append(np.zeros(len(givers)))
    cost = np.concatenate([np.zeros(pairs), 2 * (asked[step_of] + nth) - 1])
    most = np.concatenate([looked.most, np.ones(len(step_of))])
    stacked = vstack(rows, format="csr")
    return Programme(
        stacked, np.concatenate(lower), np.concatenate(upper), np.zeros(width), most, np.zeros(width)
    ), cost


def _steps(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each giver so many asks: whose each is, and the how manieth, from 1."""
    of = np.repeat(np.arange(len(steps)), steps)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps) + 1


def _bound(facts: Facts, looked: _Looked, worst: int, seconds: float) -> tuple[float, float]:
    """What the asks cost at least by the relaxation, and what a metre more would save of it (its dual price)."""
    programme, cost = _relaxed(facts, looked, worst)
    same = programme.lower == programme.upper
    rest = programme.rows[~same]
    said = linprog(
        cost,
        A_ub=rest,
        b_ub=programme.upper[~same],
        A_eq=programme.rows[same],
        b_eq=programme.upper[same],
        bounds=np.column_stack([programme.least, programme.most]),
        method="highs",
        options={"time_limit": max(1.0, seconds)},
    )
    if said.status != 0:
        return 0.0, 0.0
    # The row of the distance is the last of those of `_flow`, and the last that is no equation.
    return float(said.fun), max(0.0, -float(said.ineqlin.marginals[-1]))


def _programme(facts: Facts, looked: _Looked, worst: int, price: float) -> tuple[Programme, np.ndarray]:
    """Columns: what each pair gives, whether it is asked, and each giver's first, second, … ask at its rising cost.

    An ask beyond `worst` costs a thousandfold, so that the worst comes before the sum; a metre costs `price`.
    """
    at, pairs = looked.at, len(looked.at)
    givers, giver = np.unique(facts.giver[facts.offer[at]], return_inverse=True)
    asked = facts.asked[givers]
    step_of, nth = _steps(np.bincount(giver))
    width = 2 * pairs + len(step_of)
    give, ask, step = np.arange(pairs), pairs + np.arange(pairs), 2 * pairs + np.arange(len(step_of))
    rows, lower, upper = _flow(facts, looked, width)

    def add(values: list[np.ndarray], row: list[np.ndarray], column: list[np.ndarray], low: float, high: float) -> None:
        where = np.concatenate(row)
        count = int(where.max(initial=-1)) + 1
        rows.append(coo_matrix((np.concatenate(values), (where, np.concatenate(column))), (count, width)))
        lower.append(np.full(count, low))
        upper.append(np.full(count, high))

    ones, each = np.ones(pairs), np.arange(pairs)
    add([ones, -looked.most], [each, each], [give, ask], -np.inf, 0)
    add([ones, -np.minimum(facts.least[at], looked.most)], [each, each], [give, ask], 0, np.inf)
    add([ones, -np.ones(len(step_of))], [giver, step_of], [ask, step], 0, 0)
    single = np.flatnonzero(~facts.divisible[facts.offer[at]])
    add([ones[single]], [np.unique(facts.offer[at][single], return_inverse=True)[1]], [ask[single]], -np.inf, 1)
    load = asked[step_of] + nth
    cost = np.zeros(width)
    cost[give], cost[step] = price * facts.walk[at], 2 * load - 1 + _BEYOND * (load > worst)
    whole = np.zeros(width)
    whole[give], whole[ask] = facts.whole[at], 1
    most = np.concatenate([looked.most, np.ones(pairs + len(step_of))])
    lows, highs = np.concatenate(lower), np.concatenate(upper)
    return Programme(vstack(rows, format="csr"), lows, highs, np.zeros(width), most, whole), cost


def _shares(facts: Facts, quantity: np.ndarray) -> np.ndarray:
    return np.bincount(facts.need, quantity, minlength=len(facts.wanted))


def _asks(facts: Facts, quantity: np.ndarray) -> np.ndarray:
    """How often each giver is asked by a plan."""
    return np.bincount(facts.giver[facts.offer[quantity > 0]], minlength=len(facts.asked))


def _worst(facts: Facts, asks: np.ndarray) -> int:
    """Of those asked now the most, with the times asked lately."""
    return int(np.max((facts.asked + asks)[asks > 0], initial=0))


def _squares(facts: Facts, asks: np.ndarray) -> float:
    """What the asks add to the sum of squares."""
    return float((2 * facts.asked * asks + asks**2).sum())
