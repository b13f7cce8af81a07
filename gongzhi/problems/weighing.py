"""What a new report and its neighbours say, weighed by a book of words. Pure; in loops that are compiled."""

from collections.abc import Sequence
from math import expm1, log

import numpy as np
from numpy.typing import NDArray

from gongzhi.problems.grams import LEAST_REPORTS
from gongzhi.problems.near_features import HEAVY, SOFT, Facts, kinds_of, topics_of
from gongzhi.problems.short_grams import BITS
from gongzhi.problems.spots import Spots
from gongzhi.problems.wordbook import Wordbook
from gongzhi.shared.compiling import compiled

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Real = NDArray[np.float32]


def gather_few(
    spots: Spots, categories: Sequence[str], facets: np.ndarray, counts: Whole, codes: Small, book: Wordbook
) -> Facts:
    """The facts of some neighbours and, last, of the new one; their words are as rare and speak of what the book says.

    `counts` is how many grams each says, `codes` their numbers in order. `spots` may have a row more for each other place
    where the last of them may stand.
    """
    mine, shift = len(categories) - 1, len(categories).bit_length()
    area = spots.area[: mine + 1]
    areas = max(book.areas, len(np.unique(area[area >= 0])), 1)
    # Gram and report as one number: sorted, each gram stands once with those who say it.
    wide = codes if shift <= 31 - BITS else codes.astype(np.int64)
    said = wide << shift | np.repeat(np.arange(mine + 1, dtype=wide.dtype), counts)
    said.sort()
    mass, common, lean = _weigh(said, shift, area, *book.tables, float(max(book.reports, LEAST_REPORTS)), float(areas))
    topics = topics_of(lean)
    # Words that the book does not know point everywhere, which looks like pointing the same way.
    everywhere = topics.sum(axis=1) ** 2 / topics.shape[1]
    sure = np.sqrt(np.clip(1 - everywhere, 0, 1))
    parts = (kinds_of(categories), facets, topics, mass, sure, common)
    if more := len(spots.area) - mine - 1:
        rows = np.append(np.arange(mine), np.full(more + 1, mine))
        parts = tuple(part[rows] for part in parts)
    kinds, facets, topics, mass, sure, common = parts
    return Facts(spots, kinds, facets, topics, mass, sure=sure, common=common)


@compiled
def _told(said: Whole, at: int, shift: int, area: Whole, last: Whole) -> tuple[int, int]:
    """Where those who say the gram that stands here end, and in how many areas they are."""
    gram, end, where = said[at] >> shift, at, 0
    while end < len(said) and said[end] >> shift == gram:
        place = area[said[end] - (gram << shift)]
        if place >= 0 and last[place] != gram:
            last[place] = gram
            where += 1
        end += 1
    return end, where


@compiled
def _worth(often: int, where: int, reports: float, areas: float) -> tuple[float, float]:
    """How rare a gram is, and that by its `even_share`; nothing where only one report says it."""
    if often < 2:
        return 0.0, 0.0
    rare = log((reports + 1) / (often + 1))
    share = min(where / max(-areas * expm1(-often / areas), 1e-9), 1.0)
    return rare, rare * share * share


@compiled
def _weigh(
    said: Whole,
    shift: int,
    area: Whole,
    listed: Small,
    known: Whole,
    lifts: Real,
    reports: float,
    areas: float,
) -> tuple[Real, Real, Real]:
    """Of each report what its grams weigh together (as in `Facts.mass`), what those that the last one says too do, and
    how much they speak for each category.

    Of the book: its grams in order; the reports and areas that say each, and how much it speaks for each category.
    """
    number, kinds = len(area), lifts.shape[1]
    mass, common = np.zeros((number, 4), np.float32), np.zeros((number, 4), np.float32)
    lean = np.zeros((number, kinds), np.float32)
    # By area the last gram that was counted there.
    last, row, at = np.full(area.max() + 1, -1), 0, 0
    while at < len(said):
        gram = said[at] >> shift
        end, where = _told(said, at, shift, area, last)
        while row < len(listed) and listed[row] < gram:
            row += 1
        in_book = row < len(listed) and listed[row] == gram
        # More than the book counted, where it was said since.
        often = max(end - at, known[row, 0] if in_book else 0)
        whole, even = _worth(often, max(where, known[row, 1] if in_book else 0), reports, areas)
        gain, mine = min(even, HEAVY) * SOFT, said[end - 1] - (gram << shift) == number - 1
        for place in range(at, end):
            report = said[place] - (gram << shift)
            for column, weight in ((0, whole), (1, even), (3 - (gram & 1), even)):
                mass[report, column] += weight * weight
                if mine:
                    common[report, column] += weight * weight
            for kind in range(kinds if in_book else 0):
                lean[report, kind] += lifts[row, kind] * gain
        at = end
    return mass, common, lean
