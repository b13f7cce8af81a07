"""Lists which located reports may speak of one trouble: those near each other in place and time. Pure, in arrays."""

from collections.abc import Iterator

import numpy as np

from gongzhi.problems.spots import Spots

METRES = 160.0
"""Reports further apart are not compared; those of one area may be twice as far, since some stand in its middle."""
DAYS = 45.0
"""Nor are those with more days between them."""

_WIDE = 1 << 32
_AT_ONCE = 250_000


def meetings(spots: Spots) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Pairs of reports (numbers in order of time, the lower first), each once, with how many reports are done.

    A quarter of a million pairs at a time at most, but for one report.
    """
    size = len(spots.days)
    across, up = (np.floor(axis / METRES).astype(np.int64) for axis in (spots.east, spots.north))
    cell = (across - across.min(initial=0) + 1) * _WIDE + up - up.min(initial=0) + 1
    listed, rank = np.unique(cell, return_inverse=True)
    order = np.argsort(rank.ravel(), kind="stable")
    days = spots.days - spots.days.min(initial=0)
    # Each cell's moments follow those of the cell before, with a gap that no window bridges.
    span = days.max(initial=0) + 2 * DAYS
    moments = rank.ravel()[order] * span + days[order]
    begin, number = np.zeros((size, 9), np.int64), np.zeros((size, 9), np.int64)
    for at in range(9):
        beside = cell + (at // 3 - 1) * _WIDE + at % 3 - 1
        place = np.minimum(np.searchsorted(listed, beside), len(listed) - 1)
        begin[:, at] = np.searchsorted(moments, place * span + days, "left")
        ends = np.searchsorted(moments, place * span + days + DAYS, "right")
        number[:, at] = np.where(listed[place] == beside, ends - begin[:, at], 0)
    for low, high in _portions(number.sum(axis=1)):
        yield *_near(spots, order, begin[low:high], number[low:high], low), high


def _portions(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Runs of rows that have about _AT_ONCE pairs each."""
    total, low = np.cumsum(counts), 0
    while low < len(counts):
        before = total[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(total, before + _AT_ONCE)))
        yield low, high
        low = high


def _near(
    spots: Spots, order: np.ndarray, begin: np.ndarray, number: np.ndarray, low: int
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of the rows from `low` on, whose others are `number` of `order` from `begin` (rows × 9)."""
    rows, flat = np.repeat(np.arange(low, low + len(number)), number.sum(axis=1)), number.ravel()
    ends = np.cumsum(flat)
    others = order[np.arange(len(rows)) + np.repeat(begin.ravel() - (ends - flat), flat)]
    # Of two at the same moment each finds the other: the lower number counts as earlier.
    later = others > rows
    rows, others = rows[later], others[later]
    near = near_enough(spots, rows, others)
    return rows[near], others[near]


def near_enough(spots: Spots, one: np.ndarray, other: np.ndarray | slice) -> np.ndarray:
    """Which pairs, or of one with others, are near enough in place to be compared."""
    apart = (spots.east[one] - spots.east[other]) ** 2 + (spots.north[one] - spots.north[other]) ** 2
    alike = (spots.area[one] == spots.area[other]) & (spots.area[one] >= 0)
    return np.asarray((apart <= METRES**2) | (alike & (apart <= 4 * METRES**2)))


def may_meet(spots: Spots, one: np.ndarray, other: np.ndarray | slice) -> np.ndarray:
    """Which pairs, or of one with others, are near enough in place and in time."""
    return near_enough(spots, one, other) & (np.abs(spots.days[one] - spots.days[other]) <= DAYS)
