"""Finds which reports may speak of one trouble: the nearest by words.

Pure. A product of all reports with all others would need the square of their number in memory, so it is made block by
block, and of each row only the nearest are kept.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import sparse

CELL_METRES = 500.0
"""A report that is placed among earlier ones meets those of its own cell of this size and of the eight around it."""
WINDOW_DAYS = 90.0
"""Reports further apart in time are not compared when one is placed."""
METRES_PER_DEGREE = 111_320.0

_BLOCK = 6_000_000

Progress = Callable[[int, int], None]


def nearest(
    matrices: Sequence[sparse.csr_array], *, each: int, floor: float, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (lower, higher number) in which one is among the `each` nearest of the other by one of the matrices.

    Matrices (reports × grams) have rows of length 1 at most; products below `floor` do not count. `progress` is told
    how many rows are done, of how many.
    """
    size = matrices[0].shape[0]
    step = max(1, _BLOCK // max(1, size))
    found: list[np.ndarray] = [np.empty(0, np.int64)]
    turned = [matrix.T.tocsr() for matrix in matrices]
    for start in range(0, size, step):
        rows = np.arange(start, min(start + step, size))
        keys = [
            _best((matrix[rows] @ across).toarray(), rows, each, floor)
            for matrix, across in zip(matrices, turned, strict=True)
        ]
        found.append(np.unique(np.concatenate(keys)))
        if progress:
            progress(int(rows[-1]) + 1, size)
    pairs = np.unique(np.concatenate(found))
    return pairs // max(size, 1), pairs % max(size, 1)


def _best(product: np.ndarray, rows: np.ndarray, each: int, floor: float) -> np.ndarray:
    """The best of some rows (rows × reports) as numbers `lower * reports + higher`."""
    size = product.shape[1]
    product[np.arange(len(rows)), rows] = 0
    # Where there are fewer than `each`, all of them.
    columns = np.argpartition(-product, min(each, size - 1), axis=1)[:, :each]
    row, place = np.nonzero(np.take_along_axis(product, columns, axis=1) > floor)
    one, other = rows[row], columns[row, place]
    return np.minimum(one, other).astype(np.int64) * size + np.maximum(one, other)
