"""Groups reports that one handling would answer, and says why. Pure: plain values in and out, usable as a library.

    grouping = group(reports)
    grouping.problem_of["D-17"]  ->  "D-3"      # the earliest report of the problem names it
    explain(one, other, among=grouping).words  ->  ("丽景花园", "搅拌站")
    hot(grouping)[0].description

Short reports of which something is known of the place go by place and time first (`near`). Letters without any go by
words, in six steps: read the texts into grams; group once, carefully, by words alone; count again how rare each gram is,
by those troubles instead of by reports; judge the nearest pairs by a learned model; join by average link; count, judge
and join once more by the troubles thus found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gongzhi.problems.explaining import Explanation, explain_pair
from gongzhi.problems.grams import Grams, Rarity, Report, Weights, read
from gongzhi.problems.hotspots import Hot, rank
from gongzhi.problems.linking import average_link
from gongzhi.problems.near import NearRarity, group_near, read_near
from gongzhi.problems.near_model import NearModel, shipped_near
from gongzhi.problems.nearness import Progress, nearest
from gongzhi.problems.pair_features import FEATURES, Measure
from gongzhi.problems.pair_model import PairModel, UnreadableModel, shipped

__all__ = [
    "Explanation",
    "Grouping",
    "Hot",
    "PairModel",
    "Pairs",
    "Report",
    "UnreadableModel",
    "candidate_pairs",
    "counted_again",
    "explain",
    "group",
    "hot",
    "join",
    "sorted_reports",
]

NEAREST = 50
"""Of each report and each way of comparing, so many others are looked at."""
MISSING = 0.02
"""What a pair that is no candidate counts: most such pairs are strangers."""

_ROUNDS = 2
_FIRST_CUT, _FIRST_FLOOR, _FIRST_MISSING = 0.22, 0.05, 0.03
_FLOOR, _RARE = 0.02, 40
_LEAST_JOINED, _LEAST_SUBJECT = 0.06, 0.1
_STEP = 20_000


class Pairs(NamedTuple):
    """Candidate pairs (numbers of `reports`, the lower first), and their features."""

    reports: tuple[Report, ...]
    grams: Grams
    weights: Weights
    first: np.ndarray
    second: np.ndarray
    features: np.ndarray


class Grouping:
    """Every report with its problem. `problem_of` maps demand ids to problem ids; `members` the other way.

    Problems and their members come in order of time.
    """

    def __init__(self, reports: Sequence[Report], owners: np.ndarray, rarity: Callable[[], Rarity]) -> None:
        self.reports, self._rarity = reports, rarity
        ids = [one.demand_id for one in reports]
        self.problem_of: dict[str, str] = {one: ids[owner] for one, owner in zip(ids, owners.tolist(), strict=True)}

    @cached_property
    def members(self) -> dict[str, list[Report]]:
        result: dict[str, list[Report]] = defaultdict(list)
        for one in self.reports:
            result[self.problem_of[one.demand_id]].append(one)
        return dict(result)

    @cached_property
    def rarity(self) -> Rarity:
        """How rare each gram is: the logarithm of how few troubles speak of it."""
        return self._rarity()


def group(
    reports: Iterable[Report],
    *,
    model: PairModel | None = None,
    near: NearModel | None = None,
    progress: Progress | None = None,
) -> Grouping:
    """Put every report into one problem; the same reports give the same problems in whatever order they come.

    `model` judges pairs of letters, `near` those of reports near each other, by default the shipped ones; `progress` is
    told how many steps are done, of how many. Raises ValueError where a demand id comes twice. On one core 6 s for
    100,000 short reports with places; about 20 s for 4,000 letters without.
    """
    ordered = sorted_reports(reports)
    if not any(one.place or (one.lon is not None and one.lat is not None) for one in ordered):
        return joined(*judged_twice(candidate_pairs(ordered, progress=progress), model or shipped()))
    facts = read_near(ordered)
    letters = np.flatnonzero(facts.spots.area < 0)
    steps = 2 if len(letters) else 1
    owners = group_near(facts, near or shipped_near(), _part(progress, 0, steps))
    if len(letters):
        pairs = candidate_pairs([ordered[at] for at in letters], progress=_part(progress, 1, steps))
        owners[letters] = letters[judged_twice(pairs, model or shipped())[1]]
    return Grouping(ordered, owners, lambda: NearRarity(facts.grams, owners))


def joined(pairs: Pairs, owners: np.ndarray) -> Grouping:
    """Letters whose problems are known, by the number of the earliest report of each."""

    def rarity() -> Rarity:
        letters = [chr(point) for point in pairs.grams.alphabet]
        texts = (_spelt(int(code), letters) for code in pairs.grams.codes)
        return dict(zip(texts, pairs.weights.rarity.tolist(), strict=True))

    return Grouping(pairs.reports, owners, rarity)


def judged_twice(pairs: Pairs, model: PairModel) -> tuple[Pairs, np.ndarray]:
    """The pairs as they were counted last, and the number of the earliest report of each one's problem.

    Judged once, the troubles are known better than by words alone: their words are counted once more, and judged.
    """
    cut = float(model.cut[0])
    again = counted_again(pairs, join(pairs, model.probability(pairs.features), cut))
    return again, join(again, model.probability(again.features), cut)


def sorted_reports(reports: Iterable[Report]) -> tuple[Report, ...]:
    """In order of time, then of id. Raises ValueError where a demand id comes twice."""
    result = tuple(sorted(reports, key=lambda one: (one.reported_at, one.demand_id)))
    seen: set[str] = set()
    for one in result:
        if one.demand_id in seen:
            raise ValueError(f"the demand {one.demand_id!r} comes twice")
        seen.add(one.demand_id)
    return result


def candidate_pairs(reports: Iterable[Report], *, progress: Progress | None = None) -> Pairs:
    """Pairs that may be of one trouble, with what they have in common."""
    ordered = sorted_reports(reports)
    grams = read(ordered)
    weights = grams.weigh()
    for step in range(_ROUNDS):
        weights = grams.weigh(_first_troubles(grams, weights, _part(progress, step, _ROUNDS + 1)))
    rare = weights.often <= _RARE
    matrices = [grams.matrix(values) for values in (weights.whole, weights.subject, weights.joined)]
    for values in (weights.whole, weights.subject):
        some = np.where(rare[grams.columns], values, 0)
        matrices.append(grams.matrix(grams.to_length(some), rare))
    first, second = nearest(matrices, each=NEAREST, floor=_FLOOR, progress=_part(progress, _ROUNDS, _ROUNDS + 1))
    features = Measure(ordered, grams, weights).features(first, second)
    joined, subject = (features[:, FEATURES.index(name)] for name in ("joined", "subject"))
    kept = (joined > _LEAST_JOINED) | (subject > _LEAST_SUBJECT)
    first, second = first[kept], second[kept]
    return Pairs(ordered, grams, weights, first, second, features[kept])


def counted_again(pairs: Pairs, owners: np.ndarray) -> Pairs:
    """The same pairs, with how rare each gram is counted by these troubles (a number for each report)."""
    weights = pairs.grams.weigh(owners)
    features = Measure(pairs.reports, pairs.grams, weights).features(pairs.first, pairs.second)
    return pairs._replace(weights=weights, features=features)


def _part(progress: Progress | None, step: int, steps: int) -> Progress:
    """Tells `progress` of one of some steps as a share of all."""

    def told(done: int, total: int) -> None:
        if progress:
            progress(step * total + done, steps * total)

    return told


def _first_troubles(grams: Grams, weights: Weights, progress: Progress) -> np.ndarray:
    """A first grouping by words alone, as numbers of troubles."""
    matrix = grams.matrix(weights.joined)
    first, second = nearest([matrix], each=NEAREST, floor=_FIRST_FLOOR, progress=progress)
    alike = np.empty(len(first))
    for start in range(0, len(first), _STEP):
        some = slice(start, start + _STEP)
        alike[some] = matrix[first[some]].multiply(matrix[second[some]]).sum(axis=1)
    return average_link(matrix.shape[0], first, second, alike, missing=_FIRST_MISSING, cut=_FIRST_CUT)


def join(pairs: Pairs, likely: np.ndarray, cut: float) -> np.ndarray:
    """The number of the earliest report of each one's problem, from the probability of each candidate pair."""
    return average_link(len(pairs.reports), pairs.first, pairs.second, likely, missing=MISSING, cut=cut)


def explain(first: Report, second: Report, *, among: Grouping | None = None) -> Explanation:
    """Why two reports stand together: shared words and names, metres and days apart.

    With `among`, words are weighed by how few troubles of that grouping speak of them, else by their length.
    """
    return explain_pair(first, second, among.rarity if among else None)


def hot(grouping: Grouping, *, most: int = 10, window_days: float = 30.0) -> list[Hot]:
    """The problems that most reports speak of, hottest first, none with a single report; see `hotspots.rank`."""
    return rank(grouping.members, grouping.rarity, most=most, window_days=window_days)


def _spelt(code: int, letters: Sequence[str]) -> str:
    numbers = [(code >> shift) & 0xFFFF for shift in (48, 32, 16, 0)]
    return "".join(letters[number - 1] for number in numbers if number)
