"""How often a district says each word, counted from what is kept beside its reports. Pure; holds no text.

A new demand is compared with few others, who cannot say which words are rare, which are a place's own and what category
they speak of. So these are counted from many beforehand, for each hashed gram. Books can be added to one another.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np

from gongzhi.problems.short_grams import ShortGrams, once

SHIPPED = Path(__file__).parent / "seeds" / "words.npz"
FORMAT = 1
TOPICS = 32
"""So many categories at most are told apart, the commonest."""


class UnreadableBook(ValueError):
    """What was kept is no book of this version; count it anew."""


@dataclass(frozen=True)
class Wordbook:
    """Counts of some reports: in how many, and in how many areas, each of the grams `listed` (ascending) stands.

    `told` (grams × kinds) says in how many reports of each category, `kinds` the codes of these, `sizes` the reports of
    each.
    """

    reports: int
    areas: int
    kinds: tuple[str, ...]
    sizes: np.ndarray
    listed: np.ndarray
    often: np.ndarray
    spread: np.ndarray
    told: np.ndarray

    def __add__(self, other: "Wordbook") -> "Wordbook":
        kinds = tuple(dict.fromkeys((*self.kinds, *other.kinds)))
        listed = np.union1d(self.listed, other.listed).astype(np.int32)
        sizes = np.zeros(len(kinds), np.int64)
        often, spread = np.zeros(len(listed), np.int64), np.zeros(len(listed), np.int64)
        told = np.zeros((len(listed), len(kinds)), np.int64)
        for book in (self, other):
            rows = np.searchsorted(listed, book.listed)
            columns = np.array([kinds.index(kind) for kind in book.kinds], np.int64)
            often[rows] += book.often
            spread[rows] += book.spread
            told[rows[:, None], columns] += book.told
            sizes[columns] += book.sizes
        return Wordbook(
            self.reports + other.reports, self.areas + other.areas, kinds, sizes, listed, often, spread, told
        )

    @cached_property
    def tables(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The grams in order, in how many reports and areas each stands (grams × 2), and how much likelier it makes each of
        the commonest categories, as a logarithm (grams × kinds, float32)."""
        chosen = np.argsort(-self.sizes, kind="stable")[:TOPICS]
        some = len(chosen) > 1
        speaks = (
            lifts(self.told[:, chosen], self.sizes[chosen]) if some else np.zeros((len(self.listed), 1), np.float32)
        )
        # Row by row, as compiled loops are made for.
        return self.listed, np.column_stack([self.often, self.spread]).astype(np.int64), np.ascontiguousarray(speaks)

    def save(self) -> bytes:
        """One compressed file; the same book gives the same bytes."""
        kept = BytesIO()
        parts = {name: _small(getattr(self, name)) for name in ("sizes", "listed", "often", "spread", "told")}
        numbers = np.array([FORMAT, self.reports, self.areas], np.int64)
        np.savez_compressed(kept, numbers=numbers, kinds=np.array(self.kinds, dtype="U40"), **parts)  # type: ignore[arg-type]
        return kept.getvalue()

    @staticmethod
    def load(kept: bytes) -> "Wordbook":
        """Read what `save` gave; `UnreadableBook` for anything else, never running what it holds."""
        try:
            with np.load(BytesIO(kept), allow_pickle=False) as file:
                form, reports, areas = file["numbers"].tolist()
                parts = {name: file[name].astype(np.int64) for name in ("sizes", "often", "spread", "told")}
                listed, kinds = file["listed"].astype(np.int32), tuple(file["kinds"].tolist())
        except Exception as error:
            raise UnreadableBook(f"not a book of words: {error}") from error
        if form != FORMAT:
            raise UnreadableBook("a book of words of another version")
        return Wordbook(reports, areas, kinds, listed=listed, **parts)


_SMOOTH = 4.0


def lifts(table: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The logarithm of how much likelier each gram makes each category, from counts (grams × categories)."""
    prior = sizes + 1.0
    prior /= prior.sum()
    lift = (table / prior + _SMOOTH).astype(np.float32)
    lift /= (table.sum(axis=1, keepdims=True) + _SMOOTH).astype(np.float32)
    return np.asarray(np.log(lift))


def even_share(often: np.ndarray, spread: np.ndarray, areas: int) -> np.ndarray:
    """How evenly areas say each gram (0 to 1): areas that do against those that would by chance, squared."""
    expected = areas * -np.expm1(-often / areas)
    return np.asarray(np.clip(spread / np.maximum(expected, 1e-9), 0, 1) ** 2)


def count_words(grams: ShortGrams, areas: Sequence[str], categories: Sequence[str], *, least: int = 2) -> Wordbook:
    """The book of some reports, by their grams, areas and categories ("" unknown); without grams of fewer than `least`."""
    counted = Counter(one for one in categories if one)
    names = [name for _count, name in sorted((-count, name) for name, count in counted.items())[:TOPICS]]
    number = {name: at for at, name in enumerate(names)}
    kind = np.array([number.get(one, -1) for one in categories], np.int64)
    places = {name: at for at, name in enumerate(sorted(set(areas) - {""}))}
    area = np.array([places.get(one, -1) for one in areas], np.int64)
    width, often = max(len(grams.listed), 1), grams.often
    owner = area[grams.rows]
    keys = once(owner[owner >= 0] * width + grams.codes[owner >= 0])
    spread = np.bincount(keys % width, minlength=len(grams.listed))
    some = kind[grams.rows] >= 0
    told = np.bincount(
        grams.codes[some].astype(np.int64) * max(len(names), 1) + kind[grams.rows][some],
        minlength=len(grams.listed) * len(names),
    ).reshape(len(grams.listed), len(names))
    kept = often >= least
    sizes = np.bincount(kind[kind >= 0], minlength=len(names))
    return Wordbook(
        grams.reports,
        max(len(places), 1),
        tuple(names),
        sizes,
        grams.listed[kept],
        often[kept],
        spread[kept],
        told[kept],
    )


def nothing() -> Wordbook:
    """The book of no report."""
    empty = np.empty(0, np.int64)
    return Wordbook(0, 0, (), empty, empty.astype(np.int32), empty, empty, np.empty((0, 0), np.int64))


@lru_cache(maxsize=1)
def shipped_words() -> Wordbook:
    """What comes with the program, for a district that has not said much yet."""
    return Wordbook.load(SHIPPED.read_bytes())


def _small(values: np.ndarray) -> np.ndarray:
    """The same numbers in as few bytes as hold them."""
    most = int(values.max(initial=0))
    return values.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)
