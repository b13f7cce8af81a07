"""What two short reports near each other have in common, as numbers that mean the same in any city. Pure.

First what costs little (place, time, category, facets) for every pair; then the words, for those that may be one still.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gongzhi.problems.facets import FACETS
from gongzhi.problems.grams import LEAST_REPORTS
from gongzhi.problems.short_grams import ShortGrams, once
from gongzhi.problems.spots import DERIVED, GUESSED, MEASURED, MIDDLE, PLACED, Spots
from gongzhi.problems.wordbook import TOPICS, even_share, lifts

PLAIN = (
    *(
        "days",
        "days_root",
        "metres",
        "far",
        "both_measured",
        "one_derived",
        "one_middle",
        "one_guessed",
        "both_guessed",
    ),
    *("same_spot", "other_spot", "one_spot", "no_spot", "same_area", "same_kind", "other_kind", "topic"),
    *(f"{how}_{facet}" for facet in FACETS for how in ("same", "other")),
    *("mixed", "one_named", "none_named", "told_least", "told_most"),
)
WORDY = ("whole", "even", "even_pairs", "even_single", "held_most", "held_least", "shared")

SOFT, HEAVY = 0.25, 4.0
FARTHEST = 400.0
_STEP = 10_000


class Facts(NamedTuple):
    """What is compared of some reports, one row each but for `worth`.

    `kinds` are their categories as numbers (-1 none), `facets` those of `read_facets`, `topics` how their words lie
    towards each category (rows of length 1), `mass` (reports × 4) what each report's grams weigh together, squared: by
    reports, evenly, and the same of pairs and of single characters alone.

    `worth` (grams × 4) is what each of the `grams` weighs.
    """

    spots: Spots
    kinds: np.ndarray
    facets: np.ndarray
    topics: np.ndarray
    mass: np.ndarray
    grams: ShortGrams
    worth: np.ndarray


def gather(spots: Spots, categories: Sequence[str], facets: np.ndarray, grams: ShortGrams) -> Facts:
    """The facts of all reports of an archive."""
    kinds, weights = kinds_of(categories), _weights(grams, spots.area)
    pair = (grams.listed & 1).astype(bool)
    worth = np.stack([weights[:, 0], weights[:, 1], weights[:, 1] * pair, weights[:, 1] * ~pair], axis=1) ** 2
    # Both in one pass through the grams; what it takes to say them is let go before.
    weighed = np.hstack([worth, _lean(grams, kinds, weights[:, 1])])
    said = np.asarray(grams.matrix() @ weighed)
    return Facts(spots, kinds, facets, topics_of(said[:, 4:]), said[:, :4], grams, worth)


def kinds_of(categories: Sequence[str]) -> np.ndarray:
    """A number for each category, the commonest first."""
    counts: dict[str, int] = {}
    for one in categories:
        counts[one] = counts.get(one, 0) + 1
    ranked = sorted((-count, name) for name, count in counts.items() if name)
    number = {name: at for at, (_count, name) in enumerate(ranked)}
    return np.array([number.get(one, -1) for one in categories], np.int64)


def _weights(grams: ShortGrams, area: np.ndarray) -> np.ndarray:
    """How rare each gram is (grams × 2, float32): among reports; and where it is not one place that says it so often.

    The name of an estate is rare and stands in every report from there. So the second weight is the less, the fewer
    areas say a gram than would if areas had nothing to do with it.
    """
    often = grams.often
    rare = np.log((max(grams.reports, LEAST_REPORTS) + 1) / (often + 1.0))
    return np.stack([rare, rare * even_share(often, _spread(grams, area), _areas(area))], axis=1).astype(np.float32)


def _spread(grams: ShortGrams, area: np.ndarray) -> np.ndarray:
    """How many areas say each gram."""
    owner, width = area[grams.rows], len(grams.listed)
    placed = owner >= 0
    keys = once(owner[placed] * width + grams.codes[placed])
    return np.bincount(keys % max(width, 1), minlength=width)


def _areas(area: np.ndarray) -> int:
    return max(len(np.unique(area[area >= 0])), 1)


def _lean(grams: ShortGrams, kinds: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """How much each gram speaks for each of the commonest categories (grams × categories, float32)."""
    number, width = min(int(kinds.max(initial=-1)) + 1, TOPICS), len(grams.listed)
    if number < 2:
        return np.zeros((width, 1), np.float32)
    kind = kinds[grams.rows]
    some = (kind >= 0) & (kind < number)
    place = grams.codes[some] * np.int64(number) + kind[some]
    table = np.bincount(place, minlength=width * number).reshape(width, number)
    sizes = np.bincount(kinds[(kinds >= 0) & (kinds < number)], minlength=number)
    return lifts(table, sizes) * (np.minimum(weights, HEAVY) * SOFT)[:, None]


def topics_of(said: np.ndarray) -> np.ndarray:
    """Where the words of each report point among the categories, from what they say for each (rows of length 1)."""
    said = np.exp(said - said.max(axis=1, keepdims=True))
    return np.asarray(said / np.sqrt((said**2).sum(axis=1, keepdims=True)))


def plain_features(facts: Facts, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The features PLAIN (pairs × features, float32) of pairs of reports, by their numbers."""
    spots, found = facts.spots, np.empty((len(other), len(PLAIN)), np.float32)
    columns = {name: found[:, at] for at, name in enumerate(PLAIN)}
    days = np.abs(spots.days[one] - spots.days[other])
    columns["days"][:], columns["days_root"][:] = np.log1p(days) / 2, np.sqrt(days) / 3
    metres = np.hypot(spots.east[one] - spots.east[other], spots.north[one] - spots.north[other])
    metres = np.minimum(metres, FARTHEST)
    columns["metres"][:], columns["far"][:] = np.log1p(metres / 8) / 2, metres / 100
    here, there = spots.source[one], spots.source[other]
    worst = np.maximum(here, there)
    for name, source in (("both_measured", MEASURED), ("one_derived", DERIVED), ("one_middle", MIDDLE)):
        columns[name][:] = worst == source
    columns["one_guessed"][:], columns["both_guessed"][:] = worst == GUESSED, np.minimum(here, there) == GUESSED
    here, there = spots.spot[one], spots.spot[other]
    known = (here >= 0).astype(np.int8) + (there >= 0)
    columns["same_spot"][:], columns["other_spot"][:] = (here == there) & (known == 2), (here != there) & (known == 2)
    columns["one_spot"][:], columns["no_spot"][:] = known == 1, known == 0
    columns["same_area"][:] = (spots.area[one] == spots.area[other]) & (spots.area[one] >= 0)
    here, there = facts.kinds[one], facts.kinds[other]
    both = (here >= 0) & (there >= 0)
    columns["same_kind"][:], columns["other_kind"][:] = both & (here == there), both & (here != there)
    columns["topic"][:] = np.einsum("ij,ij->i", facts.topics[one], facts.topics[other])
    _compare_facets(facts.facets[one], facts.facets[other], columns)
    told = np.log1p(facts.mass[:, 1]) / 3
    columns["told_least"][:] = np.minimum(told[one], told[other])
    columns["told_most"][:] = np.maximum(told[one], told[other])
    return found


def _compare_facets(here: np.ndarray, there: np.ndarray, columns: dict[str, np.ndarray]) -> None:
    both, equal = (here > 0) & (there > 0), here == there
    for at, name in enumerate(FACETS):
        columns[f"same_{name}"][:] = both[:, at] & equal[:, at]
        columns[f"other_{name}"][:] = both[:, at] & ~equal[:, at]
    one, other = here[:, PLACED].any(axis=1), there[:, PLACED].any(axis=1)
    # One names a building and the other a gate.
    columns["mixed"][:] = one & other & ~both[:, PLACED].any(axis=1)
    columns["one_named"][:], columns["none_named"][:] = one ^ other, ~(one | other)


def wordy_features(facts: Facts, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The features WORDY (pairs × features, float32) of pairs of reports, by their numbers."""
    result = np.empty((len(one), len(WORDY)), np.float32)
    matrix = facts.grams.matrix()
    for at in range(0, len(one), _STEP):
        here, there = one[at : at + _STEP], other[at : at + _STEP]
        both = matrix[here].multiply(matrix[there]) @ facts.worth
        mine, theirs, found = facts.mass[here], facts.mass[there], result[at : at + _STEP]
        found[:, :4] = both / np.sqrt(mine * theirs + 1e-6)
        found[:, 4] = both[:, 1] / (np.minimum(mine, theirs)[:, 1] + 1e-3)
        found[:, 5] = both[:, 1] / (np.maximum(mine, theirs)[:, 1] + 1e-3)
        found[:, 6] = np.log1p(both[:, 1]) / 3
    return result
