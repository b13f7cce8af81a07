"""Average-link clustering of a sparse list of pairs: two clusters are as alike as their members are on average. Pure."""

import heapq

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_DENSE, _STEP, _CELLS = 96, 4, 500_000


def average_link(
    size: int, first: np.ndarray, second: np.ndarray, alike: np.ndarray, *, missing: float, cut: float
) -> np.ndarray:
    """Join the most alike clusters until none are `cut` alike; returns the lowest member of each one's cluster.

    `first`, `second` (pairs) are numbers below `size`, each pair once; `alike` (pairs) from 0 to 1. A pair that is not
    listed counts `missing`, which is below `cut`. The result is that of a dense average link, in memory of the pairs;
    ties are decided by the lower numbers.
    """
    above: list[dict[int, float]] = [{} for _ in range(size)]
    for one, other, value in zip(first.tolist(), second.tolist(), alike.tolist(), strict=True):
        above[one][other] = above[other][one] = value - missing
    sizes, owner = [1] * size, list(range(size))
    heap = [
        (-(missing + extra), one, other)
        for one, others in enumerate(above)
        for other, extra in others.items()
        if one < other and missing + extra >= cut
    ]
    heapq.heapify(heap)
    while heap:
        worth, one, other = heapq.heappop(heap)
        extra = above[one].get(other)
        if extra is None or -(missing + extra / (sizes[one] * sizes[other])) != worth:
            continue
        _join(above, one, other)
        sizes[one] += sizes[other]
        owner[other] = one
        for third, extra in above[one].items():
            value = missing + extra / (sizes[one] * sizes[third])
            if value >= cut:
                heapq.heappush(heap, (-value, min(one, third), max(one, third)))
    return _roots(owner)


def _join(above: list[dict[int, float]], one: int, other: int) -> None:
    del above[one][other], above[other][one]
    for third, extra in above[other].items():
        del above[third][other]
        above[one][third] = above[third][one] = above[one].get(third, 0.0) + extra
    above[other] = {}


def _roots(owner: list[int]) -> np.ndarray:
    # A cluster is owned by its lowest member, so every owner stands before what it owns.
    for number, above in enumerate(owner):
        owner[number] = owner[above]
    return np.array(owner, np.int64)


def link_many(
    size: int, first: np.ndarray, second: np.ndarray, alike: np.ndarray, *, missing: float, cut: float
) -> np.ndarray:
    """The same as `average_link`, made for very many small clusters.

    No cluster reaches beyond what pairs of at least `cut` connect, so each such part is clustered for itself, and those
    of about one size at once.
    """
    strong = alike >= cut
    ones = np.ones(int(strong.sum()), np.int8)
    graph = coo_array((ones, (first[strong], second[strong])), shape=(size, size))
    part = connected_components(graph, directed=False)[1].astype(np.int64)
    sizes = np.bincount(part, minlength=1)
    order = np.argsort(part, kind="stable")
    begin = np.cumsum(sizes) - sizes
    rank = np.empty(size, np.int64)
    rank[order] = np.arange(size) - begin[part[order]]
    owner = order[begin[part]]
    inside = (part[first] == part[second]) & (sizes[part[first]] > 2)
    pairs = (part[first[inside]], rank[first[inside]], rank[second[inside]], alike[inside].astype(float))
    # Parts of up to 4, 8, 12, … members are padded to that many.
    width = np.where(sizes <= 2, 0, -(-sizes // _STEP) * _STEP)
    for wide in np.unique(width[width > 0]).tolist():
        of_width = width[pairs[0]] == wide
        some = [one[of_width] for one in pairs]
        for parts in np.array_split(np.flatnonzero(width == wide), 1 + (width == wide).sum() * wide * wide // _CELLS):
            leads = _lead(parts, wide, some, missing, cut)
            for_each = np.arange(wide) < sizes[parts][:, None]
            members = order[(begin[parts][:, None] + np.arange(wide))[for_each]]
            owner[members] = order[(begin[parts][:, None] + leads)[for_each]]
    return owner


def _lead(parts: np.ndarray, wide: int, pairs: list[np.ndarray], missing: float, cut: float) -> np.ndarray:
    """The lowest member of each one's cluster (parts × wide) from pairs (part, first, second, alike)."""
    low, high = np.searchsorted(parts, pairs[0]), len(parts)
    known = parts[np.minimum(low, high - 1)] == pairs[0]
    part, first, second, alike = low[known], pairs[1][known], pairs[2][known], pairs[3][known]
    if wide > _DENSE:
        found = [(part == at) for at in range(high)]
        rows = [average_link(wide, first[mine], second[mine], alike[mine], missing=missing, cut=cut) for mine in found]
        return np.stack(rows)
    total = np.full((high, wide, wide), missing)
    total[part, first, second] = total[part, second, first] = alike
    return _dense(total, cut)


def _dense(total: np.ndarray, cut: float) -> np.ndarray:
    """Average link of many dense parts at once (parts × members × members): join the most alike of each, and again."""
    parts, wide, _ = total.shape
    lead, weight = np.tile(np.arange(wide), (parts, 1)), np.ones((parts, wide))
    below = np.tri(wide, dtype=bool)
    left = np.arange(parts)
    while len(left):
        some = total[left] / (weight[left, :, None] * weight[left, None, :])
        some[:, below] = -1.0
        best = some.reshape(len(left), -1).argmax(axis=1)
        going = some.reshape(len(left), -1)[np.arange(len(left)), best] >= cut
        left, best = left[going], best[going]
        one, other = np.divmod(best, wide)
        joined = total[left, one] + total[left, other]
        total[left, one], total[left, :, one] = joined, joined
        # What has been joined away is like nobody any more.
        total[left, other], total[left, :, other] = -1e9, -1e9
        weight[left, one] += weight[left, other]
        lead[left] = np.where(lead[left] == other[:, None], one[:, None], lead[left])
    return lead
