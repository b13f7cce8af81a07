"""Learns from archives with known problems how likely two short reports near each other are of one. Pure."""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from gongzhi.problems.meeting import meetings
from gongzhi.problems.near_features import Facts, plain_features, wordy_features
from gongzhi.problems.near_model import NearModel

THROUGH, CUT, MISSING = 0.03, 0.5, 0.02
_GATE, _JUDGE = (16,), (32, 16)


class Known(NamedTuple):
    """An archive, or part of one: its facts, pairs that may meet, and which of those are of one problem."""

    facts: Facts
    one: np.ndarray
    other: np.ndarray
    same: np.ndarray


def all_meetings(facts: Facts, problems: np.ndarray) -> Known:
    """Every pair that may meet of an archive whose problems are known (one number per report)."""
    found = [(one, other) for one, other, _done in meetings(facts.spots)]
    one, other = (np.concatenate(side) for side in zip(*found, strict=True))
    return Known(facts, one, other, problems[one] == problems[other])


def train_near(archives: Sequence[Known], *, cut: float = CUT) -> NearModel:
    """A model from some archives; the same for the same archives."""
    plain = [plain_features(one.facts, one.one, one.other) for one in archives]
    same = np.concatenate([one.same for one in archives])
    gate = _network(np.concatenate(plain), same, _GATE, rounds=8, batch=1000)
    first = NearModel(*gate, *gate, np.array([THROUGH, cut, MISSING], np.float32))
    every, right = [], []
    for archive, features in zip(archives, plain, strict=True):
        through = first.lets_through(features)
        wordy = wordy_features(archive.facts, archive.one[through], archive.other[through])
        every.append(np.hstack([features[through], wordy]))
        right.append(archive.same[through])
    judge = _network(np.concatenate(every), np.concatenate(right), _JUDGE, rounds=30, batch=500)
    return NearModel(*gate, *judge, first.limits)


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
