"""Average-link clustering of a sparse list of pairs: two clusters are as alike as their members are on average. Pure."""

import heapq

import numpy as np


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
