"""What two reports have in common, as numbers that mean the same in any city. Pure.

All of them are sums over the grams that both hold, so the shared grams are found once and weighed many times.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from gongzhi.problems.grams import Grams, Report, Weights, names

FEATURES = (
    *("whole", "subject", "body", "joined", "across_most", "across_least"),
    *("subject_pairs", "whole_pairs", "subject_rare", "whole_rare", "subject_common", "whole_common", "rarest"),
    *("told_most", "told_least", "titles_most", "titles_least", "told_rare_most", "told_rare_least"),
    *("rare_number", "rare_in_subjects", "days", "names_shared", "names_apart", "shorter", "longer"),
)
"""The columns of the matrix that `features` gives, in order."""

_RARE, _RARER, _RAREST, _RARE_IN_SUBJECT = 40, 30, 12, 20
_STEP = 10_000


class _Shared(NamedTuple):
    """One entry per pair and shared gram: which pair, which gram, and where it stands in `Grams` for each side."""

    pair: np.ndarray
    gram: np.ndarray
    one: np.ndarray
    other: np.ndarray
    pairs: int

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum of the values (entries) of each pair."""
        return np.bincount(self.pair, values, minlength=self.pairs)


def _shared(places: sparse.csr_array, ones: sparse.csr_array, first: np.ndarray, second: np.ndarray) -> _Shared:
    # Two products of the same pattern, one holding the places of the left side, the other those of the right.
    left = places[first].multiply(ones[second]).tocsr()
    right = ones[first].multiply(places[second]).tocsr()
    pair = np.repeat(np.arange(len(first)), np.diff(left.indptr))
    return _Shared(pair, left.indices, left.data - 1, right.data - 1, len(first))


class Measure:
    """Measures pairs of one archive: `reports` in the order of `grams`, weighed by `weights`."""

    def __init__(self, reports: Sequence[Report], grams: Grams, weights: Weights) -> None:
        self.grams, self.weights = grams, weights
        self.days = np.array([one.reported_at.timestamp() for one in reports], float) / 86_400
        self.names = [names(one) for one in reports]
        self.parts = [_parts(found) for found in self.names]
        self.sizes = np.log1p([len(one.body) for one in reports])
        often, rarity = weights.often, weights.rarity
        short = grams.codes < 2**32
        self.columns = {
            "pairs": short,
            "rare": often <= _RARE,
            "subject_common": (often > _RARE) & short,
            "whole_common": (often > _RARE) & (grams.codes < 2**48),
            "rarest": often <= _RARER,
        }
        self.square = np.where(often <= _RARER, (rarity + 1) ** 2, 0.0)
        self.titled = grams.in_subject > 0
        self.masses = [np.maximum(self._mass(rarity**power), 1e-9) for power in (1, 2)]
        self.norms = {
            **{(part, name): grams.lengths(getattr(weights, part), chosen) for part, name, chosen in self._chosen()},
            ("present", "rarest"): grams.lengths(np.ones(len(grams.columns)) * self.square[grams.columns]),
        }

    def _mass(self, worth: np.ndarray) -> np.ndarray:
        return np.bincount(
            self.grams.rows, worth[self.grams.columns] * self.titled, minlength=len(self.grams.starts) - 1
        )

    def _chosen(self) -> Iterator[tuple[str, str, np.ndarray]]:
        for part in ("subject", "whole"):
            for name in ("pairs", "rare", "common"):
                yield part, name, self.columns[f"{part}_common" if name == "common" else name]

    def features(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """The features (pairs × FEATURES, float64) of the pairs of reports `first` and `second` (numbers)."""
        size = len(self.grams.columns)
        places = self.grams.matrix(np.arange(1, size + 1, dtype=np.int64))
        ones = self.grams.matrix(np.ones(size, np.int64))
        found = [np.empty((0, len(FEATURES)))]
        for start in range(0, len(first), _STEP):
            one, other = first[start : start + _STEP], second[start : start + _STEP]
            found.append(self._block(one, other, _shared(places, ones, one, other)))
        return np.concatenate(found)

    def _block(self, first: np.ndarray, second: np.ndarray, shared: _Shared) -> np.ndarray:
        columns = {**self._cosines(first, second, shared), **self._containment(first, second, shared)}
        columns["days"] = np.log1p(np.abs(self.days[first] - self.days[second]))
        pairs = list(zip(first.tolist(), second.tolist(), strict=True))
        columns["names_shared"] = np.array([len(self.names[one] & self.names[other]) for one, other in pairs], float)
        columns["names_apart"] = np.array([_apart(self.parts[one], self.parts[other]) for one, other in pairs], float)
        columns["shorter"] = np.minimum(self.sizes[first], self.sizes[second])
        columns["longer"] = np.maximum(self.sizes[first], self.sizes[second])
        return np.column_stack([columns[name] for name in FEATURES])

    def _cosines(self, first: np.ndarray, second: np.ndarray, shared: _Shared) -> dict[str, np.ndarray]:
        weights, result = self.weights, {}
        for part in ("whole", "subject", "body", "joined"):
            values = getattr(weights, part)
            result[part] = shared.total(values[shared.one] * values[shared.other])
        there = shared.total(weights.subject[shared.one] * weights.body[shared.other])
        back = shared.total(weights.body[shared.one] * weights.subject[shared.other])
        result["across_most"], result["across_least"] = np.maximum(there, back), np.minimum(there, back)
        for part, name, chosen in self._chosen():
            values, norms = getattr(weights, part), self.norms[part, name]
            product = values[shared.one] * values[shared.other] * chosen[shared.gram]
            result[f"{part}_{name}"] = shared.total(product) / (norms[first] * norms[second])
        norms = self.norms["present", "rarest"]
        result["rarest"] = shared.total(self.square[shared.gram] ** 2) / (norms[first] * norms[second])
        return result

    def _containment(self, first: np.ndarray, second: np.ndarray, shared: _Shared) -> dict[str, np.ndarray]:
        """How much of one's subject stands anywhere in the other, by rarity, both ways."""
        often, rarity = self.weights.often[shared.gram], self.weights.rarity[shared.gram]
        here, there = self.titled[shared.one], self.titled[shared.other]
        result = {}
        for name, worth, mass in zip(("told", "told_rare"), (rarity, rarity**2), self.masses, strict=True):
            one, other = shared.total(worth * here) / mass[first], shared.total(worth * there) / mass[second]
            result[f"{name}_most"], result[f"{name}_least"] = np.maximum(one, other), np.minimum(one, other)
        mass, both = self.masses[0], shared.total(rarity * here * there)
        result["titles_most"] = both / np.minimum(mass[first], mass[second])
        result["titles_least"] = both / np.maximum(mass[first], mass[second])
        result["rare_number"] = np.log1p(shared.total(often <= _RAREST))
        result["rare_in_subjects"] = shared.total((often <= _RARE_IN_SUBJECT) & here & there)
        return result


def _parts(found: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Places as the text names them, without whole cities, and the place that the row gives."""
    return (
        frozenset(name for name in found if name[0] != "=" and name[-1] not in "省市"),
        frozenset(name for name in found if name[0] == "="),
    )


def _apart(one: tuple[frozenset[str], frozenset[str]], other: tuple[frozenset[str], frozenset[str]]) -> bool:
    return any(bool(here) and bool(there) and not here & there for here, there in zip(one, other, strict=True))
