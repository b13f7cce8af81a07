"""Pairs of needs and offers with all their rules as an integer programme for HiGHS. Pure."""

import highspy
import numpy as np
from scipy.sparse import coo_matrix, vstack

from gongzhi.exchange.solving import SCALE, WORTH, Facts, quiet_solver

_KINDS = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)


class Programme:
    """A programme for HiGHS, row by row; `bound` and `stopped` once it is solved."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[coo_matrix] = []
        self.lower: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []
        self.bound, self.stopped = np.inf, False

    def row(self, entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]], low: np.ndarray, high: np.ndarray) -> None:
        """Rows `low <= values <= high`; entries are their rows, columns and values."""
        row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
        self.rows.append(coo_matrix((value, (row, column)), (len(high), self.width)))
        self.lower.append(low)
        self.upper.append(high)

    def least(
        self,
        cost: np.ndarray,
        most: np.ndarray,
        whole: np.ndarray | None = None,
        *,
        seconds: float = 10.0,
        gap: float = 0.0,
        known: np.ndarray | None = None,
    ) -> np.ndarray | None:
        """The cheapest columns from 0 to `most` that HiGHS finds in time, at least as good as those known."""
        matrix = vstack(self.rows).tocsc()
        programme = highspy.HighsLp()
        programme.num_row_, programme.num_col_ = matrix.shape
        programme.col_cost_, programme.col_lower_, programme.col_upper_ = cost * SCALE, np.zeros(self.width), most
        programme.row_lower_, programme.row_upper_ = np.concatenate(self.lower), np.concatenate(self.upper)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_, programme.a_matrix_.index_ = matrix.indptr, matrix.indices
        programme.a_matrix_.value_ = matrix.data
        if whole is not None:
            programme.integrality_ = [_KINDS[int(one)] for one in whole]
        solver = quiet_solver()
        solver.setOptionValue("time_limit", max(seconds, 0.05))
        solver.setOptionValue("mip_rel_gap", gap)
        solver.passModel(programme)
        if known is not None:
            solver.setSolution(self.width, np.arange(self.width, dtype=np.int32), known.astype(float))
        solver.run()
        solution, info = solver.getSolution(), solver.getInfo()
        self.bound = -info.mip_dual_bound / SCALE
        self.stopped = solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        return np.array(solution.col_value) if solution.value_valid else None


class Crowd(Programme):
    """Pairs with all their rules. Columns: what each gives; whether it does, where that matters; whether each need that
    wants all or nothing is met."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.needs, self.need = np.unique(facts.need, return_inverse=True)
        self.offers, self.offer = np.unique(facts.offer, return_inverse=True)
        self.single = ~facts.divisible[self.offers]
        limited = facts.few[self.needs] < np.bincount(self.need)
        self.chosen = np.flatnonzero((facts.least > facts.whole) | self.single[self.offer] | limited[self.need])
        self.alone = np.flatnonzero(facts.whole_only[self.needs])
        pairs, choices = len(facts.need), len(self.chosen)
        super().__init__(pairs + choices + len(self.alone))
        self.gives, self.does = np.arange(pairs), pairs + np.arange(choices)
        self.met = pairs + choices + np.arange(len(self.alone))
        self._amounts()
        if choices:
            self._choices(limited)

    def _amounts(self) -> None:
        facts, ones = self.facts, np.ones(len(self.gives))
        wanted = facts.wanted[self.needs]
        low, high = np.full(len(wanted), -np.inf), wanted.copy()
        low[self.alone] = high[self.alone] = 0
        self.row([(self.need, self.gives, ones), (self.alone, self.met, -wanted[self.alone])], low, high)
        held = facts.held[self.offers]
        self.row([(self.offer, self.gives, ones)], np.full(len(held), -np.inf), held)

    def _choices(self, limited: np.ndarray) -> None:
        facts, at, ones = self.facts, self.chosen, np.ones(len(self.chosen))
        each, nothing, never = np.arange(len(at)), np.zeros(len(at)), np.full(len(at), np.inf)
        least = np.minimum(np.maximum(facts.least, facts.whole), facts.most)[at]
        self.row([(each, at, ones), (each, self.does, -facts.most[at])], -never, nothing)
        self.row([(each, at, ones), (each, self.does, -least)], nothing, never)
        few = np.where(limited, facts.few[self.needs], len(at)).astype(float)
        most = few.copy()
        most[self.alone] = 0
        of_need = [(self.need[at], self.does, ones), (self.alone, self.met, -few[self.alone])]
        self.row(of_need, np.full(len(few), -np.inf), most)
        once = np.where(self.single, 1.0, len(at))
        self.row([(self.offer[at], self.does, ones)], np.full(len(once), -np.inf), once)

    def best(self, now: np.ndarray, *, seconds: float, gap: float) -> np.ndarray | None:
        """What each pair gives at the best that was found, at least as good as now."""
        facts, pairs = self.facts, len(self.gives)
        cost, most, whole = np.zeros(self.width), np.ones(self.width), np.ones(self.width, bool)
        cost[:pairs], most[:pairs], whole[:pairs] = facts.walk / WORTH - facts.value, facts.most, facts.whole
        met = np.bincount(self.need, now, minlength=len(self.needs))[self.alone] > 0
        known = np.concatenate([now, now[self.chosen] > 0, met])
        found = self.least(cost, most, whole, seconds=seconds, gap=gap, known=known)
        return None if found is None else found[:pairs]
