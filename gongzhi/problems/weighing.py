"""What a new report and its neighbours say, weighed by a book of words. Pure; in loops that are compiled."""

from collections.abc import Sequence
from math import expm1, log, log1p, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gongzhi.problems.grams import LEAST_REPORTS
from gongzhi.problems.near_features import HEAVY, SOFT, kinds_of, topics_of
from gongzhi.problems.short_grams import BITS, ONE, TWO, Packed
from gongzhi.problems.spots import LETTER, Spots
from gongzhi.problems.wordbook import Wordbook
from gongzhi.shared.compiling import compiled

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Real = NDArray[np.float32]


def grams_of(text: str) -> np.ndarray:
    """The grams of one folded text, as numbers in order (int32), each once."""
    return _grams(np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32))


@compiled
def _grams(points: NDArray[np.uint32]) -> Small:
    """By the characters of the text."""
    found, number, before = np.empty(2 * len(points), np.int32), 0, np.uint64(0)
    for point in points:
        wide = np.uint64(point)
        if not _is_letter(point):
            before = np.uint64(0)
            continue
        found[number] = _hashed(wide, ONE)
        number += 1
        if before:
            found[number] = _hashed(before << np.uint64(21) | wide, TWO) | np.uint64(1)
            number += 1
        before = wide
    return np.unique(found[:number])


@compiled
def _hashed(value: np.uint64, factor: np.uint64) -> np.uint64:
    """As in `short_grams`."""
    mixed = (value + np.uint64(1)) * factor
    mixed ^= mixed >> np.uint64(29)
    mixed *= TWO
    return mixed >> np.uint64(64 - BITS) & ~np.uint64(1)


@compiled
def _is_letter(point: int) -> bool:
    """As in `short_grams`."""
    if point < 0xC0:
        return 48 <= point <= 57 or 97 <= point <= 122 or point == 35
    return not (0x2000 <= point <= 0x2BFF or 0x3000 <= point <= 0x303F or 0xFE00 <= point <= 0xFF0F)


class Beside(NamedTuple):
    """What is compared of a new report, the last, and its neighbours, one row each.

    All but the last two are as in `Facts`. `sure` (0 to 1) is how clearly the words of each point anywhere, which is not to
    be taken for granted of so few, and `common` (reports × 4) what those weigh that the last has in common with each.
    """

    spots: Spots
    kinds: np.ndarray
    facets: np.ndarray
    topics: np.ndarray
    mass: np.ndarray
    sure: np.ndarray
    common: np.ndarray


def gather_few(spots: Spots, categories: Sequence[str], facets: np.ndarray, grams: Packed, book: Wordbook) -> Beside:
    """The facts of some neighbours and, last, of the new one; their words are as rare and speak of what the book says.

    `spots` may have a row more for each other place where the last of them may stand.
    """
    mine, shift = len(categories) - 1, len(categories).bit_length()
    area = spots.area[: mine + 1]
    areas = max(book.areas, len(np.unique(area[area >= 0])), 1)
    # Gram and report as one number: sorted, each gram stands once with those who say it.
    said: Whole = np.empty(int(grams.counts.sum()), "i4" if shift <= 31 - BITS else "i8")
    _unpack(*grams, shift, said)
    said.sort()
    mass, common, lean = _weigh(said, shift, area, *book.tables, float(max(book.reports, LEAST_REPORTS)), float(areas))
    topics = topics_of(lean)
    # Words that the book does not know point everywhere, which looks like pointing the same way.
    everywhere = topics.sum(axis=1) ** 2 / topics.shape[1]
    sure = np.sqrt(np.clip(1 - everywhere, 0, 1))
    found = Beside(spots, kinds_of(categories), facets, topics, mass, sure, common)
    if more := len(spots.area) - mine - 1:
        rows = np.append(np.arange(mine), np.full(more + 1, mine))
        found = Beside(spots, *(part[rows] for part in found[1:]))
    return found


def spoken_of(grams: Packed, area: np.ndarray, *, most: int = 3) -> list[int]:
    """The areas that the last report's words may speak of, best first; none where no area is known or none stands out."""
    often, worth = _speaking(*grams, area)
    if np.count_nonzero(often) >= LETTER:
        return []
    # Rounded, so that areas which share one word each are alike.
    worth = worth.astype(np.float32)
    order = np.argsort(-worth, kind="stable")[:most]
    return [int(at) for at in order if worth[at] > max(_MAYBE, worth[order[0]] / 2)]


_MAYBE = 0.08


@compiled
def _gram(held: Bytes, at: int) -> np.int64:
    return np.int64(held[at]) | np.int64(held[at + 1]) << 8 | np.int64(held[at + 2]) << 16


@compiled
def _unpack(held: Bytes, starts: Whole, counts: Whole, shift: int, said: Whole) -> None:
    """Put each gram and the report that says it, as one number, into `said`."""
    end = 0
    for report in range(len(counts)):
        for at in range(starts[report], starts[report] + 3 * counts[report], 3):
            said[end] = _gram(held, at) << shift | report
            end += 1


@compiled
def _speaking(held: Bytes, starts: Whole, counts: Whole, area: Whole) -> tuple[Whole, NDArray[np.float64]]:
    """How many others say each gram of the last report, and how much its pairs of characters speak for each area."""
    new = len(counts) - 1
    mine = np.empty(counts[new], np.int64)
    # Most grams are not among those: told from a short table before they are looked for.
    maybe = np.zeros(1 << 12, np.bool_)
    for place in range(len(mine)):
        mine[place] = _gram(held, starts[new] + 3 * place)
        maybe[mine[place] >> 1 & 4095] = True
    often, told = np.zeros(len(mine), np.int64), np.zeros((len(mine), area.max() + 1), np.int32)
    known = np.zeros(told.shape[1], np.bool_)
    for report in range(new):
        where = area[report]
        if where >= 0:
            known[where] = True
        for at in range(starts[report], starts[report] + 3 * counts[report], 3):
            gram = _gram(held, at)
            if maybe[gram >> 1 & 4095]:
                found = np.searchsorted(mine, gram)
                if found < len(mine) and mine[found] == gram:
                    often[found] += 1
                    if where >= 0 and gram & 1:
                        told[found, where] += 1
    return often, _for_areas(told, known.sum())


@compiled
def _for_areas(told: Small, areas: int) -> NDArray[np.float64]:
    """How much some grams speak for each area, by how many of its reports say each (grams × areas); what few areas say
    speaks most."""
    worth, square = np.zeros(told.shape[1]), np.zeros(told.shape[1])
    for said in told:
        spread = np.count_nonzero(said)
        if spread > max(3, areas // 5):
            continue
        rare = log((areas + 1) / (spread + 1)) ** 2
        for where, often in enumerate(said):
            if often:
                some = log1p(often) * rare
                worth[where] += some
                square[where] += some * some
    for told_of in np.flatnonzero(square):
        worth[told_of] /= sqrt(square[told_of])
    return worth


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
