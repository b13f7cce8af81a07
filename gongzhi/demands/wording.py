"""Reads a message into countable parts: its words, its pairs of characters, and those of its opening. Pure.

Three blocks, each a letter in front of the part: "w" words of the whole text, "c" pairs of neighbouring characters,
"h" both of them again for the opening (the subject, or the first clause), which says most about what is meant.
Words come from rjieba because a desk worker is shown them as the reason for a suggestion, and fragments such as
"梯坏" are no reason; pairs stand beside them because residents write names and dialect no dictionary holds.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import rjieba
from scipy import sparse
from scipy.sparse.csgraph import connected_components

MAX_CHARACTERS = 4_000
"""Of a longer text only the opening is read: what a message is about stands there, and a page must not wait."""

BLOCKS = "wch"
_OPENING = 40
_SHARED = 6
_RUN = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")

Parts = Counter[str]


def plain(text: str) -> str:
    """The text as it is read: width and case folded, numbers as one "0", anything but letters as one space."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS].lower()
    return " ".join(_DIGITS.sub("0", run) for run in _RUN.findall(folded))


def words(plain_text: str) -> list[tuple[str, int, int]]:
    """The words of a text that `plain` has returned, each with its place [start, end) in characters."""
    return [(word, start, end) for word, start, end in rjieba.tokenize(plain_text) if not word.isspace()]


def opening(plain_text: str) -> str:
    """The first clause of at least five characters, at most 40 characters long."""
    gap = plain_text.find(" ", 5)
    return plain_text[: _OPENING if gap < 0 else min(gap, _OPENING)]


def pairs(plain_text: str) -> list[str]:
    """Neighbouring characters, never across a gap."""
    both = (plain_text[at : at + 2] for at in range(len(plain_text) - 1))
    return [pair for pair in both if " " not in pair]


def parts(text: str) -> Parts:
    """Count the parts of a text; empty for a text without letters or digits."""
    whole = plain(text)
    if not whole:
        return Counter()
    head = opening(whole)
    counts: Parts = Counter("w" + word for word, _, _ in words(whole))
    counts.update("c" + pair for pair in pairs(whole))
    counts.update("h" + word for word, _, _ in words(head))
    # The bar keeps a pair of the opening apart from a word of the opening that is spelt the same.
    counts.update("h|" + pair for pair in pairs(head))
    return counts


def count(texts: Sequence[Parts], vocabulary: Sequence[str] | None = None) -> tuple[sparse.csr_array, list[str]]:
    """Counts as a matrix (texts × vocabulary, float32) and the vocabulary, by default every part in sorted order."""
    listed = sorted(set().union(*texts)) if vocabulary is None else list(vocabulary)
    index = {part: column for column, part in enumerate(listed)}
    columns: list[int] = []
    values: list[int] = []
    starts = [0]
    for found in texts:
        row = sorted((index[part], number) for part, number in found.items() if part in index)
        columns.extend(column for column, _ in row)
        values.extend(number for _, number in row)
        starts.append(len(columns))
    shape = (len(texts), len(listed))
    data = (np.asarray(values, np.float32), np.asarray(columns, np.int32), np.asarray(starts, np.int32))
    return sparse.csr_array(data, shape=shape), listed


def twin_groups(texts: Iterable[Parts], *, alike: float = 0.5) -> np.ndarray:
    """Number the texts so that those which repeat one another share a number (int array, one per text).

    Two texts are twins when the cosine between their sets of less common words (in at most 50 texts) is at least
    `alike` and they share six of them; twins of twins belong together. A fold of a
    cross-validation must never cut a group.
    """
    found = list(texts)
    counts, listed = count(found)
    is_word = np.array([part[0] == "w" for part in listed], bool)
    often = np.bincount(counts.indices, minlength=len(listed))
    chosen = np.flatnonzero(is_word & (often >= 2) & (often <= 50))
    present = counts[:, chosen]
    present.data[:] = 1
    links = [_links(present, start, alike) for start in range(0, len(found), 2_000)]
    # Rare words alone miss two short texts that are letter by letter the same.
    same: dict[frozenset[tuple[str, int]], int] = {}
    first = np.array([same.setdefault(frozenset(parts.items()), at) for at, parts in enumerate(found)], int)
    links.append(sparse.coo_array((np.ones(len(found)), (np.arange(len(found)), first)), shape=(len(found),) * 2))
    return np.asarray(connected_components(sum(links), directed=False)[1])


def _links(present: sparse.csr_array, start: int, alike: float) -> sparse.coo_array:
    size = present.shape[0]
    length = np.sqrt(np.bincount(np.repeat(np.arange(size), np.diff(present.indptr)), minlength=size))
    shared = (present[start : start + 2_000] @ present.T).tocoo()
    rows, columns = shared.coords[0] + start, shared.coords[1]
    # Two short messages of one kind share a few words without being the same message, hence a least number.
    keep = (shared.data >= _SHARED) & (shared.data >= alike * length[rows] * length[columns])
    return sparse.coo_array((np.ones(int(keep.sum())), (rows[keep], columns[keep])), shape=(size, size))
