"""Learns from archives with known problems how likely two short reports near each other are of one. Pure."""

import warnings
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from gongzhi.problems.meeting import meetings
from gongzhi.problems.near_features import PLAIN, Facts, plain_features, wordy_features
from gongzhi.problems.near_model import NearModel

THROUGH, CUT, MISSING = 0.03, 0.5, 0.02
_GATE, _JUDGE = (16,), (32, 16)


class Lesson(NamedTuple):
    """The features PLAIN and WORDY of pairs that may meet, and which of these are of one problem."""

    features: np.ndarray
    same: np.ndarray


def all_meetings(facts: Facts, problems: np.ndarray) -> Lesson:
    """Every pair that may meet of an archive whose problems are known (one number per report)."""
    found = [(one, other) for one, other, _done in meetings(facts.spots)]
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    features = np.hstack([plain_features(facts, one, other), wordy_features(facts, one, other)])
    return Lesson(features, problems[one] == problems[other])


def train_near(lessons: Iterable[Lesson], *, cut: float = CUT) -> NearModel:
    """A model from some lessons; the same for the same ones."""
    features, same = (np.concatenate(part) for part in zip(*lessons, strict=True))
    plain = features[:, : len(PLAIN)]
    gate = _network(plain, same, _GATE, rounds=8, batch=1000)
    limits = np.array([THROUGH, cut, MISSING], np.float32)
    through = NearModel(*gate, *gate, limits).lets_through(plain)
    return NearModel(*gate, *_network(features[through], same[through], _JUDGE, rounds=30, batch=500), limits)


def _network(
    features: np.ndarray, same: np.ndarray, layers: tuple[int, ...], *, rounds: int, batch: int
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """The weights and bias of each layer, for features as they are."""
    middle, width = features.mean(axis=0), features.std(axis=0) + 1e-3
    network = MLPClassifier(layers, max_iter=rounds, batch_size=batch, alpha=1e-3, random_state=0, tol=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit((features - middle) / width, same)
    weights, bias = list(network.coefs_), list(network.intercepts_)
    bias[0] = bias[0] - (middle / width) @ weights[0]
    weights[0] = weights[0] / width[:, None]
    return tuple(one.astype(np.float32) for one in weights), tuple(one.astype(np.float32) for one in bias)
