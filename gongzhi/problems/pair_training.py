"""Learns from pairs that people have judged how likely two reports speak of one trouble. Pure; numbers in and out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from gongzhi.problems.pair_model import PairModel, normal

QUANTILES = 101
CUT = 0.45


def train(features: np.ndarray, same: np.ndarray, *, cut: float = CUT) -> PairModel:
    """A model from features (pairs × FEATURES) and whether each pair is of one trouble (bool); always the same."""
    quantiles = np.quantile(features, np.linspace(0, 1, QUANTILES), axis=0).T
    straight = LogisticRegression(max_iter=500).fit(normal(features, quantiles), same)
    trees = HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.05,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        l2_regularization=10,
        early_stopping=False,
        random_state=0,
    ).fit(features, same)
    return PairModel(
        quantiles=quantiles,
        weights=straight.coef_[0],
        bias=straight.intercept_,
        start=np.asarray(trees._baseline_prediction, float).reshape(1),
        cut=np.array([cut]),
        **_trees([stage[0].nodes for stage in trees._predictors]),
    )


def _trees(found: Sequence[Any]) -> dict[str, np.ndarray]:
    """The trees as arrays (trees × nodes); a leaf leads to itself."""
    shape = (len(found), max(len(nodes) for nodes in found))
    result: dict[str, np.ndarray] = {
        "feature": np.zeros(shape, np.int16),
        "bound": np.zeros(shape),
        "left": np.tile(np.arange(shape[1], dtype=np.int16), (shape[0], 1)),
        "value": np.zeros(shape),
    }
    result["right"] = result["left"].copy()
    for row, nodes in enumerate(found):
        inner = np.flatnonzero(nodes["is_leaf"] == 0)
        result["value"][row, : len(nodes)] = nodes["value"]
        for name, own in (("feature", "feature_idx"), ("bound", "num_threshold"), ("left", "left"), ("right", "right")):
            result[name][row, inner] = nodes[own][inner]
    return result


def judged(first: np.ndarray, second: np.ndarray, problems: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs people have judged, and which of those are of one problem (two bool arrays, one per pair).

    `problems` gives the problem of each report, "" where nobody said.
    """
    named = np.asarray(problems, str)
    known = (named[first] != "") & (named[second] != "")
    return known, known & (named[first] == named[second])


def folds(problems: Sequence[str], number: int, seed: int) -> np.ndarray:
    """A fold (0 to `number` - 1) for each report, the same for all of one problem; -1 where nobody said."""
    listed = sorted(set(problems) - {""})
    shuffled = np.random.RandomState(seed).permutation(len(listed))
    chosen: Mapping[str, int] = {listed[place]: at % number for at, place in enumerate(shuffled)}
    return np.array([chosen.get(one, -1) for one in problems])


def unseen(
    features: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    problems: Sequence[str],
    number: int,
    seed: int,
    again: np.ndarray | None = None,
) -> np.ndarray:
    """The probability (pairs) of each pair by a model that saw no pair touching either of its two folds.

    `again`, where given, are the features that are judged by what was learned from `features`.
    """
    judged_by = features if again is None else again
    fold = folds(problems, number, seed)
    one, other = fold[first], fold[second]
    known, same = judged(first, second, problems)
    result = np.zeros(len(first))
    for low in range(-1, number):
        for high in range(low, number):
            asked = (np.minimum(one, other) == low) & (np.maximum(one, other) == high)
            if asked.any():
                apart = known & ~np.isin(one, (low, high)) & ~np.isin(other, (low, high))
                result[asked] = train(features[apart], same[apart]).probability(judged_by[asked])
    return result
