"""Matching as one linear programme, solved by HiGHS. Pure.

Sought is the greatest `value - effort / WORTH`. Value is the weighted shares of needs met; effort is metres walked, and
asks counted in metres: the n-th ask of a giver costs `2 n - 1` times what one ask counts, so their sum grows with the
square, and those of late are counted first. An ask is a share of a need met: half a need asks half as much. So of two
plans of one value the one of less effort wins, and value is given up only where it saves WORTH metres for each point.

What the programme leaves out is what no line can say: whole needs or none, few offers, smallest parts, offers in one
piece. It can only be better than what keeps them, so its best is a bound; `settling` comes back to them. Where a problem
has none of them, the programme's best is the plan.
"""

from typing import NamedTuple

import highspy
import numpy as np

WORTH = 1e7
"""Metres that weigh as much as one point of value, which an ordinary need without deadline has."""
SCALE = 1e4
"""The solver's tolerances are absolute; a hundred metres of one need must stand well above them."""
_FIRST = 4
"""Of each need so many of its best offers are given to the solver at once; others as soon as their price asks for it."""
_STEPS = 16
"""So many asks of each giver at once; more as soon as all are used."""
_FEW_COLUMNS = 300
"""After so few new columns the primal simplex is there in a moment; after more, the dual is faster."""
_DEAR = 1e-6
_DUAL, _PRIMAL = 1, 4
DUST = 1e-6


class Facts(NamedTuple):
    """Pairs as arrays (`need` to `whole`), then needs (`wanted` to `few`), then offers (`held` on), then givers.

    `metres` are as they count; `worth` is the weight of a need; `few` how many offers it may take; `giver` the number
    of each offer's giver; `ask` the metres that one ask counts.
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
    few: np.ndarray
    held: np.ndarray
    divisible: np.ndarray
    giver: np.ndarray
    asked: np.ndarray
    ask: float

    @property
    def value(self) -> np.ndarray:
        """What one of the measure is worth, for each pair."""
        return np.asarray((self.worth / self.wanted)[self.need])

    @property
    def walk(self) -> np.ndarray:
        """Metres that one of the measure counts, for each pair: a need met whole by one offer counts its distance."""
        return np.asarray(self.metres / self.wanted[self.need])

    @property
    def share(self) -> np.ndarray:
        """What one of the measure is of the need, for each pair; also what it asks of the giver."""
        return np.asarray(1 / self.wanted[self.need])

    @property
    def by(self) -> np.ndarray:
        """The giver's number, for each pair."""
        return np.asarray(self.giver[self.offer])

    def asking(self, quantity: np.ndarray) -> np.ndarray:
        """How much each giver is asked by a plan, in needs."""
        return np.bincount(self.by, quantity * self.share, minlength=len(self.asked))

    def effort(self, quantity: np.ndarray) -> float:
        """Metres walked, and asks in metres."""
        return float(self.walk @ quantity) + self.ask * float(rising(self.asked, self.asking(quantity)).sum())

    def score(self, quantity: np.ndarray) -> float:
        """What is sought: value less effort, in weight."""
        return float(self.value @ quantity) - self.effort(quantity) / WORTH


def rising(asked: np.ndarray, load: np.ndarray) -> np.ndarray:
    """What so many asks more cost each giver: the squares, in straight lines between whole asks."""
    full = np.floor(load + DUST)
    return np.asarray(full * (2 * asked + full) + (load - full) * (2 * (asked + full) + 1))


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


class Relaxed:
    """The programme, kept by the solver: solved once, and again in a moment after a need or a pair was shut out.

    Rows are needs, offers, givers. Columns are pairs and asks; a pair becomes a column once the prices of the rows make
    it worth while, so most never do and the best is that of all.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.open = np.ones(len(facts.need), bool)
        self.column = np.full(len(facts.need), -1)
        self.steps = np.zeros(len(facts.asked), int)
        # The giver of each column that is an ask; -1 of one that is a pair.
        self.of = np.zeros(0, int)
        self._rates()
        self.solver = quiet_solver()
        # Distances differ and rates are much alike: what the solver does against ties and scales only takes time.
        self.solver.setOptionValue("presolve", "off")
        self.solver.setOptionValue("dual_simplex_cost_perturbation_multiplier", 0.0)
        self.solver.setOptionValue("simplex_scale_strategy", 0)
        none, empty = np.full(len(self.upper), -np.inf), np.zeros(0, np.int32)
        upper = self.upper.copy()
        if not facts.ask:
            # Asks that cost nothing are not counted.
            upper[self.givers :] = np.inf
        self.solver.addRows(len(upper), none, upper, 0, np.zeros(len(upper), np.int32), empty, np.zeros(0))
        self._add_pairs(np.flatnonzero(_rank(facts) < _FIRST))
        if facts.ask:
            self._add_steps(np.flatnonzero(np.bincount(facts.by, minlength=len(facts.asked)) > 0))

    def _rates(self) -> None:
        """What each pair takes of its rows, and what each row has."""
        facts = self.facts
        # An offer in one piece: as much of it is gone as of what the need could get.
        self.of_offer = np.where(facts.divisible[facts.offer], 1.0, 1 / facts.most)
        held = np.where(facts.divisible, facts.held, 1.0)
        self.upper = np.concatenate([facts.wanted, held, np.zeros(len(facts.asked))])
        self.offers, self.givers = len(facts.wanted), len(facts.wanted) + len(held)
        self.cost = (facts.walk / WORTH - facts.value) * SCALE

    def best(self) -> np.ndarray:
        """What each pair gives at the best."""
        added = len(self.of)
        while True:
            self.solver.setOptionValue("simplex_strategy", _PRIMAL if added < _FEW_COLUMNS else _DUAL)
            self.solver.run()
            solution = self.solver.getSolution()
            columns, prices = np.array(solution.col_value), np.array(solution.row_dual)
            dear = self.cost - self._priced(prices)
            wanted = np.flatnonzero(self.open & (self.column < 0) & (dear < -_DEAR))
            asks = self.of >= 0
            used = np.bincount(self.of[asks], columns[asks], len(self.steps))
            full = np.flatnonzero((self.steps > 0) & (used > self.steps - DUST))
            if not len(wanted) and not len(full):
                self.prices = -prices / SCALE
                quantity = np.where(self.column < 0, 0.0, columns[self.column])
                return np.where(quantity < DUST, 0.0, quantity)
            added = len(wanted) + len(full) * _STEPS
            self._add_pairs(wanted)
            self._add_steps(full)

    def bounds(self) -> tuple[float, float]:
        """What no plan surpasses: of what is sought, and of value alone. Of the programme as it was last solved.

        Any prices of needs and offers bound the value by what all there is costs, and what each pair is worth beyond.
        """
        facts = self.facts
        sought = -self.solver.getInfo().objective_function_value / SCALE
        prices = np.maximum(self.prices, 0.0)
        prices[self.givers :] = 0
        beyond = np.maximum(0.0, facts.value - self._priced(prices)) * self.open
        value = float(self.upper @ prices + beyond @ facts.most)
        return sought, min(value, float(facts.worth[np.unique(facts.need)].sum()))

    @property
    def offer_prices(self) -> np.ndarray:
        """What one of the measure of each offer is worth, as the programme was last solved."""
        return np.maximum(self.prices[self.offers : self.givers], 0.0)

    @property
    def ask_prices(self) -> np.ndarray:
        """What one more ask of each giver costs, likewise."""
        return np.maximum(self.prices[self.givers :], 0.0)

    def shut(self, pairs: np.ndarray) -> None:
        """These pairs give nothing any more."""
        self.open[pairs] = False
        self.hold(pairs[self.column[pairs] >= 0], np.zeros(int((self.column[pairs] >= 0).sum())))

    def hold(self, pairs: np.ndarray, quantity: np.ndarray) -> None:
        """These pairs give exactly so much; all of them must be columns."""
        columns = self.column[pairs].astype(np.int32)
        self.solver.changeColsBounds(len(columns), columns, quantity, quantity)

    def _priced(self, prices: np.ndarray) -> np.ndarray:
        """What each pair takes of its rows, at their prices."""
        facts = self.facts
        of_offer, of_giver = prices[self.offers + facts.offer], prices[self.givers + facts.by]
        return np.asarray(prices[facts.need] + of_offer * self.of_offer + of_giver * facts.share)

    def _add_pairs(self, pairs: np.ndarray) -> None:
        facts = self.facts
        row = [facts.need[pairs], self.offers + facts.offer[pairs], self.givers + facts.by[pairs]]
        rate = [np.ones(len(pairs)), self.of_offer[pairs], facts.share[pairs]]
        self.column[pairs] = len(self.of) + np.arange(len(pairs))
        self.of = np.append(self.of, np.full(len(pairs), -1))
        self._add(self.cost[pairs], facts.most[pairs], np.column_stack(row), np.column_stack(rate))

    def _add_steps(self, givers: np.ndarray) -> None:
        facts = self.facts
        of = np.repeat(givers, _STEPS)
        nth = facts.asked[of] + self.steps[of] + np.tile(np.arange(1, _STEPS + 1), len(givers))
        self.steps[givers] += _STEPS
        self.of = np.append(self.of, of)
        cost = facts.ask * (2 * nth - 1) / WORTH * SCALE
        self._add(cost, np.ones(len(of)), self.givers + of[:, None], -np.ones((len(of), 1)))

    def _add(self, cost: np.ndarray, most: np.ndarray, row: np.ndarray, rate: np.ndarray) -> None:
        if len(cost):
            starts = (np.arange(len(cost)) * row.shape[1]).astype(np.int32)
            rows = row.astype(np.int32).ravel()
            self.solver.addCols(len(cost), cost, np.zeros(len(cost)), most, len(rows), starts, rows, rate.ravel())


def quiet_solver() -> highspy.Highs:
    """A solver that says nothing, and the same thing each time."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver


def _rank(facts: Facts) -> np.ndarray:
    """The how manieth each pair is among those of its need, from 0: by distance, and what one more ask counts."""
    effort = facts.metres + facts.ask * (2 * facts.asked[facts.by] + 1)
    order = np.lexsort((facts.offer, effort, facts.need))
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order)) - np.searchsorted(facts.need[order], facts.need[order])
    return rank
