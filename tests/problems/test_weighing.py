"""What neighbours say is weighed as one would with a pencil."""

from collections import Counter, defaultdict
from math import exp, expm1, log, log1p, sqrt

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongzhi.problems.grams import LEAST_REPORTS
from gongzhi.problems.near_features import HEAVY, SOFT
from gongzhi.problems.short_grams import GRAMS, Packed
from gongzhi.problems.spots import Spots
from gongzhi.problems.weighing import gather_few, spoken_of
from gongzhi.problems.wordbook import Wordbook, nothing

Said = list[tuple[int, list[int]]]
"""By report, the new one last: its area (-1 none) and its grams."""


def book(listed: list[int]) -> Wordbook:
    """A book that knows these grams: more often and in more areas from one to the next, half of two categories."""
    number = np.arange(len(listed))
    told = np.column_stack([number * 3, number[::-1]])
    return Wordbook(500, 20, ("a", "b"), np.array([300, 200]), np.array(listed, np.int32), number * 4, number + 1, told)


def packed(said: Said) -> Packed:
    """Their grams three bytes each, with something else before each report's, as in what is kept of it."""
    held, starts = b"", []
    for _area, grams in said:
        held += b"other"
        starts.append(len(held))
        held += b"".join(gram.to_bytes(3, "little") for gram in grams)
    counts = [len(grams) for _area, grams in said]
    return Packed(np.frombuffer(held, np.uint8), np.array(starts, np.int64), np.array(counts, np.int64))


def gathered(said: Said, words: Wordbook) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mass, what is in common with the last, and the directions of the words, by the engine."""
    size = len(said)
    zero = np.zeros(size)
    spots = Spots(np.full(size, -1), np.array([area for area, _grams in said]), zero, zero, zero.astype(np.int8), zero)
    found = gather_few(spots, [""] * size, np.zeros((size, 5), np.uint16), packed(said), words)
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


def test_more_reports_than_are_ever_asked_for_are_told_apart() -> None:
    many: Said = [(at % 50, [at % 7, 100 + at % 3, GRAMS - 1]) for at in range(5_000)]
    for found, wanted in zip(gathered(many, book([100, 101])), by_hand(many, book([100, 101])), strict=True):
        assert found == pytest.approx(np.array(wanted), rel=1e-3)


def for_each_area(said: Said) -> dict[int, float]:
    """How much the last report's pairs of characters speak for each area, gram by gram."""
    *others, (_area, mine) = said
    known = {area for area, _grams in others} - {-1}
    worth: dict[int, list[float]] = defaultdict(list)
    for gram in (one for one in mine if one % 2):
        often = Counter(area for area, grams in others if gram in grams and area != -1)
        for area, times in often.items():
            if len(often) <= max(3, len(known) // 5):
                worth[area].append(log1p(times) * log((len(known) + 1) / (len(often) + 1)) ** 2)
    return {area: sum(all_) / sqrt(sum(one**2 for one in all_)) for area, all_ in worth.items() if any(all_)}


@given(said=st.lists(REPORT, min_size=2, max_size=12))
@example(said=[(-1, [1]), (-1, [1])])
@example(said=[(area, [2 * area + 1, 99]) for area in range(8)] + [(-1, [1, 3, 5, 99])])
@settings(deadline=None)
def test_a_report_speaks_of_the_areas_whose_words_it_has(said: Said) -> None:
    said[-1] = (-1, said[-1][1])
    worth = for_each_area(said)
    found = spoken_of(packed(said), np.array([area for area, _grams in said]))
    most = max(worth.values(), default=0)
    enough = {area for area, value in worth.items() if value > max(0.08, most / 2) + 1e-6}
    at_all = {area for area, value in worth.items() if value > max(0.08, most / 2) - 1e-6}
    assert set(found) <= at_all
    assert len(found) == 3 or enough <= set(found)
    assert [worth[area] for area in found] == pytest.approx(
        sorted(worth.values(), reverse=True)[: len(found)], abs=1e-6
    )


def test_a_letter_speaks_of_no_area() -> None:
    mine = list(range(1, 601, 2))
    said: Said = [(0, mine), (1, [1]), (-1, mine)]
    assert spoken_of(packed(said), np.array([0, 1, -1])) == []
    said[0] = (0, mine[:-1])
    assert spoken_of(packed(said), np.array([0, 1, -1])) == [0]
