"""Groups short reports whose place is known at least in part: near in place and time first, then judged. Pure."""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from gongzhi.problems.facets import read_facets
from gongzhi.problems.grams import LEAST_REPORTS, Report
from gongzhi.problems.linking import average_link
from gongzhi.problems.meeting import meetings
from gongzhi.problems.near_features import Facts, gather
from gongzhi.problems.near_model import NearModel
from gongzhi.problems.nearness import Progress
from gongzhi.problems.short_grams import ShortGrams, folded, once, read_short, run_number
from gongzhi.problems.spots import find_spots

_DENSE = 2_000


def read_near(reports: Sequence[Report]) -> Facts:
    """The facts of reports in order of time; those that are nowhere have area -1."""
    texts = [folded(one) for one in reports]
    grams, facets = read_short(texts), read_facets(texts)
    spots = find_spots(reports, grams, facets)
    return gather(spots, [one.category for one in reports], facets, grams)


class NearRarity:
    """How rare runs of two characters are: the logarithm of how few troubles speak of them; others count nothing."""

    def __init__(self, grams: ShortGrams, owners: np.ndarray) -> None:
        width = max(len(grams.listed), 1)
        keys = once(owners[grams.rows] * width + grams.codes)
        often = np.bincount(keys % width, minlength=width)
        self._values = np.log((1 + max(grams.reports, LEAST_REPORTS)) / (1 + often))
        self._listed = grams.listed

    def get(self, run: str, otherwise: float, /) -> float:
        if len(run) != 2 or not len(self._listed):
            return otherwise
        number = run_number(run)
        place = min(int(np.searchsorted(self._listed, number)), len(self._listed) - 1)
        return float(self._values[place]) if self._listed[place] == number else otherwise


def group_near(facts: Facts, model: NearModel, progress: Progress | None = None) -> np.ndarray:
    """The number of the earliest report of each one's problem."""
    size = len(facts.kinds)
    found: list[tuple[np.ndarray, ...]] = [(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))]
    for here, there, done in meetings(facts.spots):
        one, other, likely = model.likely(facts, here, there)
        kept = likely > model.missing
        found.append((one[kept], other[kept], likely[kept]))
        if progress:
            progress(done, size)
    one, other, likely = (np.concatenate(part) for part in zip(*found, strict=True))
    return link(size, one, other, likely, missing=model.missing, cut=model.cut)


def link(size: int, one: np.ndarray, other: np.ndarray, alike: np.ndarray, *, missing: float, cut: float) -> np.ndarray:
    """Average link as in `linking.average_link`, made for very many small clusters; the lowest member of each one's.

    No cluster reaches beyond what pairs of at least `cut` connect, so each such part is clustered for itself.
    """
    strong = alike >= cut
    shape = (size, size)
    graph = coo_array((np.ones(int(strong.sum()), np.int8), (one[strong], other[strong])), shape=shape)
    _, part = connected_components(graph, directed=False)
    sizes = np.bincount(part, minlength=1)
    order = np.argsort(part, kind="stable")
    begin = np.cumsum(sizes) - sizes
    owner = order[begin[part]] if size else order
    inside = (part[one] == part[other]) & (sizes[part[one]] > 2)
    one, other, alike = one[inside], other[inside], alike[inside]
    by_part = np.argsort(part[one], kind="stable")
    one, other, alike = one[by_part], other[by_part], alike[by_part].astype(float)
    rank = np.empty(size, np.int64)
    rank[order] = np.arange(size) - begin[part[order]]
    edges = np.flatnonzero(np.diff(part[one], prepend=-1, append=-1)) if len(one) else np.zeros(1, np.int64)
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        number = part[one[low]]
        members = order[begin[number] : begin[number] + sizes[number]]
        here, there = rank[one[low:high]], rank[other[low:high]]
        owner[members] = members[_clusters(len(members), here, there, alike[low:high], missing, cut)]
    return owner


def _clusters(
    size: int, one: np.ndarray, other: np.ndarray, alike: np.ndarray, missing: float, cut: float
) -> np.ndarray:
    """The lowest member of each one's cluster."""
    if size > _DENSE:
        return average_link(size, one, other, alike, missing=missing, cut=cut)
    far = np.full((size, size), 1.0 - missing)
    far[one, other] = far[other, one] = 1.0 - alike
    np.fill_diagonal(far, 0.0)
    labels = fcluster(linkage(squareform(far, checks=False), "average"), 1.0 - cut, "distance")
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return first[place]
