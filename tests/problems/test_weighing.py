"""What neighbours say is weighed as one would with a pencil."""

import subprocess
import sys
from collections import defaultdict
from math import exp, expm1, log, sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongzhi.problems.grams import LEAST_REPORTS
from gongzhi.problems.near_features import HEAVY, SOFT
from gongzhi.problems.short_grams import GRAMS
from gongzhi.problems.spots import Spots
from gongzhi.problems.weighing import gather_few
from gongzhi.problems.wordbook import Wordbook, nothing

Said = list[tuple[int, list[int]]]
"""By report, the new one last: its area (-1 none) and its grams."""


def book(listed: list[int]) -> Wordbook:
    """A book that knows these grams: more often and in more areas from one to the next, half of two categories."""
    number = np.arange(len(listed))
    told = np.column_stack([number * 3, number[::-1]])
    return Wordbook(500, 20, ("a", "b"), np.array([300, 200]), np.array(listed, np.int32), number * 4, number + 1, told)


def gathered(said: Said, words: Wordbook) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mass, what is in common with the last, and the directions of the words, by the engine."""
    size = len(said)
    zero = np.zeros(size)
    spots = Spots(np.full(size, -1), np.array([area for area, _grams in said]), zero, zero, zero.astype(np.int8), zero)
    counts = np.array([len(grams) for _area, grams in said], np.int64)
    codes = np.array([gram for _area, grams in said for gram in grams], np.int32)
    found = gather_few(spots, [""] * size, np.zeros((size, 5), np.uint16), counts, codes, words)
    assert found.common is not None
    return found.mass, found.common, found.topics


def by_hand(said: Said, words: Wordbook) -> tuple[list[list[float]], list[list[float]], list[list[float]]]:
    """The same, gram by gram."""
    listed, known, speaks = words.tables
    rows = {int(gram): row for row, gram in enumerate(listed)}
    where, often = defaultdict(set), defaultdict(int)
    for area, grams in said:
        for gram in grams:
            often[gram] += 1
            where[gram] |= {area} - {-1}
    areas = max(words.areas, len({area for area, _grams in said} - {-1}), 1)
    mass, common, topics = [], [], []
    for _area, grams in said:
        held, both, lean = [0.0] * 4, [0.0] * 4, [0.0] * speaks.shape[1]
        for gram in grams:
            row = rows.get(gram)
            times = max(often[gram], 0 if row is None else int(known[row, 0]))
            spread = max(len(where[gram]), 0 if row is None else int(known[row, 1]))
            rare = log((max(words.reports, LEAST_REPORTS) + 1) / (times + 1)) if times > 1 else 0.0
            even = rare * min(spread / max(-areas * expm1(-times / areas), 1e-9), 1) ** 2
            for column, weight in ((0, rare), (1, even), (2 if gram % 2 else 3, even)):
                held[column] += weight**2
                both[column] += weight**2 * (gram in said[-1][1])
            for kind in range(len(lean) if row is not None else 0):
                lean[kind] += float(speaks[row, kind]) * min(even, HEAVY) * SOFT
        length = sqrt(sum(exp(one) ** 2 for one in lean))
        mass.append(held)
        common.append(both)
        topics.append([exp(one) / length for one in lean])
    return mass, common, topics


GRAM = st.one_of(st.integers(0, 12), st.integers(GRAMS - 6, GRAMS - 1))
REPORT = st.tuples(st.sampled_from([-1, 0, 1, 7, 4_000]), st.lists(GRAM, unique=True).map(sorted))


@given(said=st.lists(REPORT, min_size=1, max_size=9), listed=st.lists(GRAM, unique=True).map(sorted))
@example(said=[(-1, [])], listed=[])
@example(said=[(0, [3]), (-1, [3])], listed=[3])
@settings(deadline=None)
def test_it_is_what_one_finds_by_hand(said: Said, listed: list[int]) -> None:
    for words in (book(listed), nothing()):
        for found, wanted in zip(gathered(said, words), by_hand(said, words), strict=True):
            assert found == pytest.approx(np.array(wanted), rel=1e-4, abs=1e-5)


def test_whoever_groups_an_archive_has_the_memory_for_it_alone() -> None:
    loaded = "import sys, gongzhi.problems.grouping; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def test_more_reports_than_are_ever_asked_for_are_told_apart() -> None:
    many: Said = [(at % 50, [at % 7, 100 + at % 3, GRAMS - 1]) for at in range(5_000)]
    for found, wanted in zip(gathered(many, book([100, 101])), by_hand(many, book([100, 101])), strict=True):
        assert found == pytest.approx(np.array(wanted), rel=1e-3)
