"""How likely two reports speak of one trouble, from what they have in common. Pure.

Two judges, whose logits are averaged: a logistic regression on ranks, which extends smoothly, and small boosted trees,
which see combinations. The shipped model is a plain file of numbers: nothing in it can run, and nothing in it is text.
`pair_training` makes a model, this file uses one.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
from scipy.special import expit, ndtri

from gongzhi.problems.pair_features import FEATURES

SHIPPED = Path(__file__).parent / "seeds" / "pairs.npz"
FORMAT = 1
_LEAST = 1e-4
"""Neither judge is ever surer than this of the contrary, so that one cannot silence the other."""
_EDGE = 1e-3


class UnreadableModel(ValueError):
    """The file is not a model of pairs for this version of the program."""


@dataclass(frozen=True)
class PairModel:
    """Arrays alone. `quantiles` (features × steps) turn features into ranks, `weights` (features) and `bias` (1) judge.

    `leaf` and the five arrays of its shape (trees × nodes) are the trees: at a node that is no leaf go `left` where
    `feature` is at most `bound`, else `right`; a leaf's `value` adds to `start` (1). `cut` (1) is the probability at
    which clusters are joined, on average over their members.
    """

    quantiles: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    feature: np.ndarray
    bound: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    start: np.ndarray
    cut: np.ndarray

    def probability(self, features: np.ndarray) -> np.ndarray:
        """The probability (pairs) that each pair (pairs × FEATURES) is of one trouble."""
        return np.asarray(expit((_modest(self.straight(features)) + _modest(self.branching(features))) / 2))

    def straight(self, features: np.ndarray) -> np.ndarray:
        """The logit that the logistic regression gives."""
        return np.asarray(normal(features, self.quantiles) @ self.weights + self.bias[0])

    def branching(self, features: np.ndarray) -> np.ndarray:
        """The logit that the trees give."""
        total = np.full(len(features), self.start[0])
        everyone = np.arange(len(features))
        for tree in range(len(self.feature)):
            node = np.zeros(len(features), np.int64)
            left, right = self.left[tree], self.right[tree]
            while True:
                # A leaf leads to itself, so all have arrived once nobody moves.
                goes_left = features[everyone, self.feature[tree][node]] <= self.bound[tree][node]
                following = np.where(goes_left, left[node], right[node])
                if np.array_equal(following, node):
                    break
                node = following
            total += self.value[tree][node]
        return total

    def save(self, path: Path | IO[bytes]) -> None:
        """Write one compressed .npz; the same model gives the same bytes."""
        arrays = {one.name: getattr(self, one.name) for one in fields(self)}
        np.savez_compressed(path, format=np.array([FORMAT, len(FEATURES)]), **arrays)

    @staticmethod
    def load(path: Path | IO[bytes]) -> "PairModel":
        """Read what `save` wrote; `UnreadableModel` for anything else, never running what the file holds."""
        try:
            with np.load(path, allow_pickle=False) as file:
                form = file["format"].tolist()
                arrays = {one.name: file[one.name] for one in fields(PairModel)}
        except FileNotFoundError:
            raise
        except Exception as error:
            raise UnreadableModel(f"not a model of pairs: {error}") from error
        if form != [FORMAT, len(FEATURES)] or arrays["weights"].shape != (len(FEATURES),):
            raise UnreadableModel("a model of pairs of another version; train it again")
        return PairModel(**arrays)


@lru_cache(maxsize=1)
def shipped() -> PairModel:
    """The model that comes with the program."""
    return PairModel.load(SHIPPED)


def normal(features: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Each feature by its rank among the quantiles (features × steps), as a normal deviate from about -3 to 3."""
    steps = np.linspace(0, 1, quantiles.shape[1])
    result = np.empty(features.shape)
    for column, known in enumerate(quantiles):
        # From both ends, so that a value which many pairs share stands in the middle of its ranks.
        up = np.interp(features[:, column], known, steps)
        down = 1 - np.interp(-features[:, column], -known[::-1], steps)
        result[:, column] = ndtri(np.clip((up + down) / 2, _EDGE, 1 - _EDGE))
    return result


def _modest(logit: np.ndarray) -> np.ndarray:
    most = np.log(1 / _LEAST - 1)
    return np.clip(logit, -most, most)
