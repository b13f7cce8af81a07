"""How far two groupings of the same demands agree: B-cubed and pairs, in arrays, for a million demands in a second."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Scores(NamedTuple):
    """B-cubed (Bagga & Baldwin 1998) over demands, and pairs: precision, recall and their harmonic mean."""

    b3_precision: float
    b3_recall: float
    b3_f1: float
    pair_precision: float
    pair_recall: float
    pair_f1: float


def score(gold: Sequence[object], found: Sequence[object]) -> Scores:
    """The scores of the groups `found`, one label for each demand, against `gold` in the same order."""
    _, truth = np.unique(np.asarray(gold), return_inverse=True)
    _, said = np.unique(np.asarray(found), return_inverse=True)
    in_gold, in_found = np.bincount(truth), np.bincount(said)
    cells, both = np.unique(truth.astype(np.int64) * len(in_found) + said, return_counts=True)
    weight = both.astype(float) ** 2
    precision = float((weight / in_found[cells % len(in_found)]).sum() / len(truth))
    recall = float((weight / in_gold[cells // len(in_found)]).sum() / len(truth))
    right, stated, true = _pairs(both), _pairs(in_found), _pairs(in_gold)
    pair = (right / stated if stated else 1.0, right / true if true else 1.0)
    return Scores(precision, recall, _f1(precision, recall), *pair, _f1(*pair))


def _pairs(counts: np.ndarray) -> int:
    return int((counts.astype(np.int64) * (counts - 1) // 2).sum())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
