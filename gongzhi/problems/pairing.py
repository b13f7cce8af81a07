"""What a new report has in common with each of its neighbours, in the numbers of `near_features`. Pure; a compiled loop."""

from math import hypot, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from gongzhi.problems.near_features import FARTHEST, PLAIN, WORDY
from gongzhi.problems.spots import DERIVED, GUESSED, MEASURED, MIDDLE, PLACED
from gongzhi.problems.weighing import Beside
from gongzhi.shared.compiling import compiled

Whole = NDArray[np.int64]
Real = NDArray[np.float32]
Exact = NDArray[np.float64]
_WIDTH, _TOPIC, _MIXED = len(PLAIN) + len(WORDY), PLAIN.index("topic"), PLAIN.index("mixed")


def features_beside(facts: Beside, one: Whole, others: Whole) -> Real:
    """The features PLAIN and WORDY (pairs × features, float32) of the last report, as it stands in `one`, with others."""
    spots = facts.spots
    where = np.column_stack([spots.days, spots.east, spots.north])
    what = np.column_stack([spots.source, spots.spot, spots.area, facts.kinds])
    words = np.column_stack([facts.mass, facts.common])
    return _features(one, others, where, what, facts.facets, facts.topics, facts.sure, words)


@compiled
def _features(
    one: Whole,
    others: Whole,
    where: Exact,
    what: Whole,
    facets: NDArray[np.uint16],
    topics: Real,
    sure: Real,
    words: Real,
) -> Real:
    """By when and where each is (days, metres), what is known of it (source, spot, area, kind) and what its words weigh
    (`mass`, then `common`)."""
    found = np.zeros((len(one), _WIDTH), np.float32)
    for pair in range(len(one)):
        here, there, row = one[pair], others[pair], found[pair]
        _near(where[here], where[there], row)
        _known(what[here], what[there], row)
        lean = np.float32(0)
        for kind in range(topics.shape[1]):
            lean += topics[here, kind] * topics[there, kind]
        # From -1, where both surely speak of different things, to 1; 0 where one is not to be understood.
        row[_TOPIC] = (2 * lean - 1) * sure[here] * sure[there]
        _named(facets[here], facets[there], row)
        _worded(words[here], words[there], row)
    return found


@compiled
def _near(here: Exact, there: Exact, row: Real) -> None:
    days = abs(here[0] - there[0])
    metres = min(hypot(here[1] - there[1], here[2] - there[2]), FARTHEST)
    row[0], row[1] = log1p(days) / 2, sqrt(days) / 3
    row[2], row[3] = log1p(metres / 8) / 2, metres / 100


@compiled
def _known(here: Whole, there: Whole, row: Real) -> None:
    worst = max(here[0], there[0])
    row[4], row[5], row[6] = worst == MEASURED, worst == DERIVED, worst == MIDDLE
    row[7], row[8] = worst == GUESSED, min(here[0], there[0]) == GUESSED
    spots = (here[1] >= 0) + (there[1] >= 0)
    row[9], row[10] = spots == 2 and here[1] == there[1], spots == 2 and here[1] != there[1]
    row[11], row[12] = spots == 1, spots == 0
    row[13] = here[2] == there[2] and here[2] >= 0
    kinds = here[3] >= 0 and there[3] >= 0
    row[14], row[15] = kinds and here[3] == there[3], kinds and here[3] != there[3]


@compiled
def _named(here: NDArray[np.uint16], there: NDArray[np.uint16], row: Real) -> None:
    at, one, other, both = _TOPIC + 1, False, False, False
    for facet in range(len(here)):
        said = here[facet] > 0 and there[facet] > 0
        row[at], row[at + 1] = said and here[facet] == there[facet], said and here[facet] != there[facet]
        at += 2
        if facet in PLACED:
            one, other, both = one or here[facet] > 0, other or there[facet] > 0, both or said
    # One names a building and the other a gate.
    row[_MIXED] = one and other and not both
    row[_MIXED + 1], row[_MIXED + 2] = one != other, not (one or other)


@compiled
def _worded(here: Real, there: Real, row: Real) -> None:
    least, most = min(here[1], there[1]), max(here[1], there[1])
    row[_MIXED + 3], row[_MIXED + 4] = log1p(least) / 3, log1p(most) / 3
    at, both = _MIXED + 5, there[4:]
    for column in range(4):
        row[at + column] = both[column] / sqrt(here[column] * there[column] + 1e-6)
    row[at + 4], row[at + 5], row[at + 6] = both[1] / (least + 1e-3), both[1] / (most + 1e-3), log1p(both[1]) / 3
