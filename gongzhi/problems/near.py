"""Groups short reports whose place is known at least in part: near in place and time first, then judged. Pure."""

from collections.abc import Sequence

import numpy as np

from gongzhi.problems.facets import read_facets
from gongzhi.problems.grams import LEAST_REPORTS, Report
from gongzhi.problems.linking import link_many
from gongzhi.problems.meeting import meetings
from gongzhi.problems.near_features import Facts, gather
from gongzhi.problems.near_model import NearModel
from gongzhi.problems.nearness import Progress
from gongzhi.problems.short_grams import ShortGrams, folded, once, read_short, run_number
from gongzhi.problems.spots import find_spots


def read_near(reports: Sequence[Report]) -> Facts:
    """The facts of reports in order of time; those that are nowhere have area -1."""
    texts = [folded(one) for one in reports]
    grams, facets = read_short(texts), read_facets(texts)
    moments, places = [one.reported_at for one in reports], [one.place for one in reports]
    spots = find_spots(moments, places, [one.lon for one in reports], [one.lat for one in reports], facets, grams)
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
    return link_many(size, one, other, likely, missing=model.missing, cut=model.cut)
