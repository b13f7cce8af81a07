"""Place blocks for the peers: which demands may be about one trouble at all. None of the peers runs without.

A demand's block is the compound of its place code; else the nearest compound by its coordinates; else the one whose
demands share most letters with its words. All peers get the same blocks, and their cost is counted for each.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from bench.districts import EAST, NORTH, ORIGIN
from bench.troubles import START, Row


class Sheet:
    """The rows as columns: words, days since the start, metres (nan where unknown), block."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.texts = [f"{row.subject} {row.body}" for row in rows]
        self.days = np.array([(row.reported_at - START).total_seconds() / 86400 for row in rows])
        points = [(np.nan, np.nan) if row.lon is None else (row.lon, row.lat) for row in rows]
        self.metres = (np.array(points, dtype=float).reshape(-1, 2) - ORIGIN) * (EAST, NORTH)
        self.block = self._blocks()

    def members(self) -> Iterator[np.ndarray]:
        """The positions of each block's rows, in order of time."""
        order = np.lexsort((self.days, self.block))
        ends = np.flatnonzero(np.diff(self.block[order])) + 1
        for start, end in pairwise([0, *ends.tolist(), len(order)]):
            yield order[start:end]

    def _blocks(self) -> np.ndarray:
        areas = [row.place.split("-")[0] for row in self.rows]
        names = sorted({area for area in areas if area})
        number = {name: at for at, name in enumerate(names)}
        block = np.array([number.get(area, -1) for area in areas])
        located = ~np.isnan(self.metres[:, 0])
        both = located & (block >= 0)
        count = np.bincount(block[both], minlength=len(names))
        middle = [np.bincount(block[both], self.metres[both, axis], len(names)) for axis in (0, 1)]
        centres = np.column_stack(middle) / np.maximum(count, 1)[:, None]
        homes = np.array([at for at, name in enumerate(names) if name[0] == "C" and count[at]])
        # A road's demands go to the compound that it passes: reports without a code cannot tell the two apart.
        _, near = cKDTree(centres[homes]).query(centres)
        home = np.where([name[0] == "C" for name in names], np.arange(len(names)), homes[near])
        block[block >= 0] = home[block[block >= 0]]
        lost = located & (block < 0)
        _, near = cKDTree(centres[homes]).query(self.metres[lost])
        block[lost] = homes[near]
        self._by_words(block, len(names))
        return block

    def _by_words(self, block: np.ndarray, blocks: int) -> None:
        """Give each row that has no block the one whose words are most like its own."""
        lost = np.flatnonzero(block < 0)
        if not len(lost):
            return
        letters = HashingVectorizer(
            analyzer="char", ngram_range=(2, 4), n_features=2**18, norm=None, alternate_sign=False
        )
        known = np.flatnonzero(block >= 0)
        every = letters.transform([self.texts[at] for at in known])
        pick = csr_matrix((np.ones(len(known)), (block[known], np.arange(len(known)))), shape=(blocks, len(known)))
        profile = (pick @ every).tocsr()
        spread = np.bincount(profile.indices, minlength=profile.shape[1])
        rare = np.log((blocks + 1) / (spread + 1.0)) ** 2
        profile.data = np.log1p(profile.data)
        weights = normalize(profile.multiply(rare).tocsr()).T.tocsr()
        for start in range(0, len(lost), 2000):
            part = lost[start : start + 2000]
            likeness = normalize(letters.transform([self.texts[at] for at in part])) @ weights
            block[part] = np.asarray(likeness.argmax(axis=1)).ravel()
