"""Finds which reports may speak of one trouble: the nearest by words, among those near in place where that is known.

Pure. A product of all reports with all others would need the square of their number in memory, so it is made block by
block, and of each row only the nearest are kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from scipy import sparse

from gongzhi.problems.grams import Report

CELL_METRES = 500.0
"""Located reports meet those of their own cell of this size and of the eight around it."""
WINDOW_DAYS = 90.0
"""Located reports further apart in time are not compared."""
METRES_PER_DEGREE = 111_320.0

_BLOCK = 6_000_000

Progress = Callable[[int, int], None]


class Whereabouts(NamedTuple):
    """Where and when each report is: metres east and north (nan where unknown), days, and its place code."""

    east: np.ndarray
    north: np.ndarray
    days: np.ndarray
    places: tuple[str, ...]

    @property
    def located(self) -> np.ndarray:
        return ~np.isnan(self.east)


def whereabouts(reports: Sequence[Report]) -> Whereabouts:
    """Coordinates on a plane around their middle latitude, exact enough within a city."""
    lon, lat = (np.array([_degrees(one, part) for one in reports], float) for part in ("lon", "lat"))
    both = ~(np.isnan(lon) | np.isnan(lat))
    north = np.where(both, lat, np.nan) * METRES_PER_DEGREE
    middle = np.cos(np.radians(np.mean(lat[both]))) if both.any() else 1.0
    east = np.where(both, lon, np.nan) * METRES_PER_DEGREE * middle
    days = np.array([one.reported_at.timestamp() for one in reports], float) / 86_400
    return Whereabouts(east, north, days, tuple(one.place for one in reports))


def _degrees(report: Report, part: str) -> float:
    value = getattr(report, part)
    return np.nan if value is None else float(value)


class Block(NamedTuple):
    """Some reports and those that each of them may meet; `in_time` where the window of days holds."""

    rows: np.ndarray
    others: np.ndarray
    in_time: bool


def blocks(where: Whereabouts) -> list[Block]:
    """Who may meet whom: by cell where there are coordinates, by place where there is a code, else everybody."""
    size = len(where.days)
    located = where.located
    result = _cells(where)
    named = defaultdict(list)
    for number, place in enumerate(where.places):
        if place:
            named[place].append(number)
    loose = [number for number in range(size) if not located[number] and not where.places[number]]
    for members in named.values():
        all_of, unlocated = np.array(members), np.array([one for one in members if not located[one]], int)
        if len(unlocated):
            result.append(Block(unlocated, all_of, True))
    if loose:
        result.append(Block(np.array(loose), np.arange(size), False))
    return [piece for block in result for piece in _pieces(block)]


def _cells(where: Whereabouts) -> list[Block]:
    members = defaultdict(list)
    for number in np.flatnonzero(where.located):
        members[int(where.east[number] // CELL_METRES), int(where.north[number] // CELL_METRES)].append(int(number))
    result = []
    for (across, up), own in members.items():
        around = [members.get((across + x, up + y), []) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        others = sorted(chain.from_iterable(around))
        result.append(Block(np.array(own), np.array(others), True))
    return result


def _pieces(block: Block) -> Iterator[Block]:
    step = max(1, _BLOCK // max(1, len(block.others)))
    for start in range(0, len(block.rows), step):
        yield block._replace(rows=block.rows[start : start + step])


def nearest(
    matrices: Sequence[sparse.csr_array],
    where: Whereabouts,
    *,
    each: int,
    floor: float,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (lower, higher number) in which one is among the `each` nearest of the other by one of the matrices.

    Matrices (reports × grams) have rows of length 1 at most; products below `floor` do not count. `progress` is told
    how many rows are done, of how many.
    """
    size, done = len(where.days), 0
    found: list[np.ndarray] = [np.empty(0, np.int64)]
    todo = blocks(where)
    total = sum(len(block.rows) for block in todo)
    turned = [matrix.T.tocsr() for matrix in matrices]
    for block in todo:
        everyone = len(block.others) == size
        keys = []
        for matrix, across in zip(matrices, turned, strict=True):
            rows = matrix[block.rows]
            product = rows @ (across if everyone else matrix[block.others].T)
            keys.append(_best(product.toarray(), block, where, each, floor))
        found.append(np.unique(np.concatenate(keys)))
        done += len(block.rows)
        if progress:
            progress(done, total)
    pairs = np.unique(np.concatenate(found))
    return pairs // size, pairs % size


def _best(product: np.ndarray, block: Block, where: Whereabouts, each: int, floor: float) -> np.ndarray:
    """The best of a dense block (rows × others) as numbers `lower * reports + higher`."""
    size = len(where.days)
    product[block.rows[:, None] == block.others[None, :]] = 0
    if block.in_time:
        apart = np.abs(where.days[block.rows][:, None] - where.days[block.others][None, :])
        product[apart > WINDOW_DAYS] = 0
    if product.shape[1] > each:
        columns = np.argpartition(-product, each, axis=1)[:, :each]
    else:
        columns = np.tile(np.arange(product.shape[1]), (product.shape[0], 1))
    worth = np.take_along_axis(product, columns, axis=1)
    row, place = np.nonzero(worth > floor)
    one, other = block.rows[row], block.others[columns[row, place]]
    return np.minimum(one, other).astype(np.int64) * size + np.maximum(one, other)
