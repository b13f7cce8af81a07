"""The first two goals of matching as one integer programme for each part that hangs together, solved by HiGHS. Pure.

Goal 1: as much as possible of the weighted shares of needs. Goal 2: as near as possible. Both stand in one sum,
`value - distance / WORTH`, so the nearer of two plans of one value wins, and a plan of less value only where it saves
WORTH metres for each point of value: at the best of the sum, value lies under the best value by at most
(the longest distance that could be walked - the distance walked) / WORTH. That is what the bound of goal 1 counts in.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

WORTH = 1e7
"""Metres that weigh as much as one point of value, which an ordinary need without deadline has."""
_SCALE = 1e4
"""The solver's tolerances are absolute; a hundred metres of one need must stand well above them."""
_TIGHT = 1e-7
_LEAST_SECONDS = 0.2
_DUST = 1e-6
_SMALL, _SMALL_SECONDS = 400, 0.5
WHOLE, SEMI = 1, 2


class Facts(NamedTuple):
    """Pairs as arrays (`need` to `whole`), then needs (`wanted` to `whole_only`), then offers (`held` on), then givers.

    `metres` are as they count; `worth` is the weight of a need; `giver` the giver's number of each offer.
    """

    need: np.ndarray
    offer: np.ndarray
    most: np.ndarray
    least: np.ndarray
    metres: np.ndarray
    whole: np.ndarray
    wanted: np.ndarray
    worth: np.ndarray
    whole_only: np.ndarray
    held: np.ndarray
    divisible: np.ndarray
    giver: np.ndarray
    asked: np.ndarray

    @property
    def value(self) -> np.ndarray:
        """What one of the measure is worth, for each pair."""
        return np.asarray((self.worth / self.wanted)[self.need])

    @property
    def walk(self) -> np.ndarray:
        """Metres that one of the measure counts, for each pair: a need met whole by one offer counts its distance."""
        return np.asarray(self.metres / self.wanted[self.need])


class Stage(NamedTuple):
    """What a goal reached, what it cannot be better than, and whether the solver was stopped by the clock."""

    value: float
    bound: float
    stopped: bool = False

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the greater of both; 0 where it is the best."""
        most = max(abs(self.value), abs(self.bound))
        return abs(self.value - self.bound) / most if most > 1e-9 else 0.0


class Met(NamedTuple):
    """What each pair gives, and both goals."""

    quantity: np.ndarray
    met: Stage
    near: Stage


class Programme(NamedTuple):
    """Columns and rows as HiGHS takes them: `lower <= rows @ columns <= upper`, `least <= columns <= most`."""

    rows: csr_matrix
    lower: np.ndarray
    upper: np.ndarray
    least: np.ndarray
    most: np.ndarray
    whole: np.ndarray


def meet(facts: Facts, *, seconds: float, gap: float) -> Met:
    """Goals 1 and 2. `seconds` is what it may take, about; `gap` the share at which a part counts as solved."""
    quantity = np.zeros(len(facts.need))
    sums = np.zeros(4)
    stopped = False
    ends = time.perf_counter() + seconds
    left = len(facts.need)
    for part in parts(facts):
        # Parts come smallest first: what they leave of their share of time is there for the hard ones.
        share = max(_LEAST_SECONDS, (ends - time.perf_counter()) * max(0.5, len(part) / left))
        left -= len(part)
        found = _meet_part(facts, part, share, gap)
        quantity[part] = found.quantity
        sums += (found.met.value, found.met.bound, found.near.value, found.near.bound)
        stopped |= found.met.stopped
    return Met(quantity, Stage(sums[0], sums[1], stopped), Stage(sums[2], sums[3], stopped))


def parts(facts: Facts) -> Iterator[np.ndarray]:
    """The pairs of each set of needs and offers that no pair joins to the rest, smallest first."""
    needs, offers = len(facts.wanted), len(facts.held)
    ones = np.ones(len(facts.need))
    joined = coo_matrix((ones, (facts.need, needs + facts.offer)), (needs + offers, needs + offers))
    label = connected_components(joined, directed=False)[1][facts.need] if len(ones) else np.zeros(0, int)
    order = np.argsort(label, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    yield from sorted(found, key=lambda part: (len(part), part[0]))


def _meet_part(facts: Facts, part: np.ndarray, seconds: float, gap: float) -> Met:
    if len(part) == 1:
        return _alone(facts, part)
    programme = _programme(facts, part)
    width = programme.rows.shape[1]
    value, walk = np.zeros(width), np.zeros(width)
    value[: len(part)], walk[: len(part)] = facts.value[part], facts.walk[part]
    # The longest that could be walked: each need wholly by the furthest that fits.
    furthest = np.zeros(len(facts.wanted))
    np.maximum.at(furthest, facts.need[part], facts.metres[part])
    found = solve(programme, walk / WORTH - value, seconds, _TIGHT if gap < _TIGHT * 10 else gap / 10)
    best = facts.worth[np.unique(facts.need[part])].sum()
    turns = by_turns(facts, part)
    quantity = turns if found.columns is None else tidy(facts, part, found.columns[: len(part)], facts.wanted)
    if facts.value[part] @ quantity < facts.value[part] @ turns - _DUST:
        quantity = turns
    reached, walked = float(facts.value[part] @ quantity), float(facts.walk[part] @ quantity)
    bound = min(best, furthest.sum() / WORTH - found.bound)
    if bound - reached > _DUST and len(part) <= _SMALL:
        # Nearness blurs the bound of a small part more than it need; value alone is soon solved.
        bound = min(bound, -solve(programme, -value, _SMALL_SECONDS, _TIGHT).bound)
    # Every plan worth as much has `found.bound <= walk / WORTH - value`; where that says little, the relaxation may.
    least = (found.bound + reached) * WORTH
    if walked - least > 1e-3 * walked:
        held = vstack([programme.rows, csr_matrix(value)], format="csr")
        lower, upper = np.append(programme.lower, reached * (1 - 1e-9)), np.append(programme.upper, np.inf)
        loose = programme._replace(rows=held, lower=lower, upper=upper, least=np.zeros(width), whole=np.zeros(width))
        least = max(least, solve(loose, walk, seconds, _TIGHT).bound)
    return Met(
        quantity,
        Stage(reached, max(reached, bound), found.stopped),
        Stage(walked, min(walked, max(0.0, least)), found.stopped),
    )


def _alone(facts: Facts, part: np.ndarray) -> Met:
    """A need and an offer that fit nothing else."""
    at = part[0]
    enough = facts.most[at] >= facts.wanted[facts.need[at]] or not facts.whole_only[facts.need[at]]
    quantity = facts.most[part] * enough
    met, walked = float(facts.value[at] * quantity[0]), float(facts.walk[at] * quantity[0])
    return Met(quantity, Stage(met, met), Stage(walked, walked))


def _programme(facts: Facts, part: np.ndarray) -> Programme:
    """Columns: what each pair gives; whether each need that wants all or nothing gets it; whether each pair of an
    offer that goes to one need only is the one."""
    needs, need = np.unique(facts.need[part], return_inverse=True)
    offers, offer = np.unique(facts.offer[part], return_inverse=True)
    wanted = facts.wanted[needs]
    all_or_nothing = np.flatnonzero(facts.whole_only[needs])
    single = np.flatnonzero(~facts.divisible[offers][offer])
    pairs, alls, singles = len(part), len(all_or_nothing), len(single)
    width = pairs + alls + singles
    pair, chosen = np.arange(pairs), pairs + alls + np.arange(singles)
    of_offer = _matrix(np.ones(pairs), offer, pair, (len(offers), width))
    of_need = _matrix(
        np.concatenate([np.ones(pairs), -wanted[all_or_nothing]]),
        np.concatenate([need, all_or_nothing]),
        np.concatenate([pair, pairs + np.arange(alls)]),
        (len(needs), width),
    )
    one, each = np.ones(singles), np.tile(np.arange(singles), 2)
    bounded, both = np.concatenate([one, -facts.most[part][single]]), np.concatenate([single, chosen])
    if_chosen = _matrix(bounded, each, both, (singles, width))
    once = _matrix(one, offer[single], chosen, (len(offers), width))
    least_met, most_met = np.full(len(needs), -np.inf), wanted.copy()
    least_met[all_or_nothing] = most_met[all_or_nothing] = 0
    none = np.full(len(offers), -np.inf)
    least, most, whole = np.zeros(width), np.ones(width), np.ones(width)
    most[:pairs], whole[:pairs] = facts.most[part], facts.whole[part]
    # A smallest part: either nothing, or at least so much (semi-continuous, semi-integer).
    some = facts.least[part] > facts.whole[part]
    least[:pairs][some] = facts.least[part][some]
    whole[:pairs][some] += SEMI
    return Programme(
        vstack([of_offer, of_need, if_chosen, once], format="csr"),
        np.concatenate([none, least_met, np.full(singles, -np.inf), none]),
        np.concatenate([facts.held[offers], most_met, np.zeros(singles), np.ones(len(offers))]),
        least,
        most,
        whole,
    )


def _matrix(values: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> coo_matrix:
    return coo_matrix((values, (row, column)), shape)


class Answer(NamedTuple):
    """What HiGHS said: the columns (None: none found), a lower bound (-inf: none), whether the clock stopped it."""

    columns: np.ndarray | None
    bound: float
    stopped: bool
    impossible: bool


def solve(programme: Programme, cost: np.ndarray, seconds: float, gap: float) -> Answer:
    """The cheapest columns, to within a share `gap`. `seconds` is HiGHS' own limit and looked at between its steps."""
    said = milp(
        cost * _SCALE,
        integrality=programme.whole,
        bounds=Bounds(programme.least, programme.most),
        constraints=LinearConstraint(programme.rows, programme.lower, programme.upper),
        options={"time_limit": max(seconds, _LEAST_SECONDS), "mip_rel_gap": gap},
    )
    bound = said.get("mip_dual_bound")
    if bound is None:
        # A programme without whole numbers: solved, or nothing known.
        bound = said.fun if said.status == 0 else None
    return Answer(said.x, -np.inf if bound is None else bound / _SCALE, said.status == 1, said.status == 2)


def tidy(facts: Facts, part: np.ndarray, columns: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Quantities that hold exactly: at most what is held and `wanted`, nothing below the smallest part."""
    whole = facts.whole[part].astype(bool)
    quantity = np.where(whole, np.round(columns), np.round(columns, 6))
    quantity = np.clip(quantity, 0, facts.most[part])
    quantity[quantity < np.maximum(facts.least[part] - 1e-5, 1e-6)] = 0
    for group, limit in ((facts.offer[part], facts.held), (facts.need[part], wanted)):
        over = np.bincount(group, quantity, minlength=len(limit)) - limit
        for at in np.flatnonzero(over > 0):
            mine = np.flatnonzero(group == at)
            biggest = mine[np.argmax(quantity[mine])]
            quantity[biggest] = max(0.0, quantity[biggest] - over[at])
    for offer in np.flatnonzero(np.bincount(facts.offer[part][quantity > 0], minlength=len(facts.held)) > 1):
        if not facts.divisible[offer]:
            mine = np.flatnonzero(facts.offer[part] == offer)
            quantity[np.setdiff1d(mine, mine[np.argmax(quantity[mine])])] = 0
    got = np.bincount(facts.need[part], quantity, minlength=len(wanted))
    broken = facts.whole_only & (got < facts.wanted - 1e-5)
    quantity[broken[facts.need[part]]] = 0
    return quantity


def by_turns(facts: Facts, part: np.ndarray) -> np.ndarray:
    """A plan without a solver: dearest need first, its nearest offers first. What stands where time was too short."""
    quantity = np.zeros(len(part))
    held = facts.held.copy()
    need, offer = facts.need[part], facts.offer[part]
    order = np.lexsort((facts.metres[part], need))
    runs = np.split(order, np.flatnonzero(np.diff(need[order])) + 1)
    for run in sorted(runs, key=lambda one: -facts.worth[need[one[0]]]):
        left = facts.wanted[need[run[0]]]
        before = held[offer[run]].copy()
        for at in run:
            most = min(left, facts.most[part[at]], held[offer[at]])
            some = np.floor(most) if facts.whole[part[at]] else most
            if some > 0 and some >= facts.least[part[at]]:
                quantity[at] = some
                left -= some
                held[offer[at]] = held[offer[at]] - some if facts.divisible[offer[at]] else 0.0
        if facts.whole_only[need[run[0]]] and left > 1e-9:
            quantity[run], held[offer[run]] = 0.0, before
    return quantity
