"""Reads reports into runs of two to four characters, and counts how many troubles speak of each. Pure.

Names of shops, roads and estates stand in no dictionary, so runs of characters are what two reports have in common.
A run is rare when few *troubles* speak of it: the name of a plant that eighty neighbours complain about is in eighty
reports and still names one thing. `Grams.weigh` therefore takes the counts from a first, careful grouping.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np
from scipy import sparse

MAX_CHARACTERS = 4_000
"""Of a longer text only the opening is read."""
LENGTHS = (2, 3, 4)
SUBJECT_WEIGHT = 1.5
"""How much more the subject says than the body, where both are brought to length 1."""

LEAST_REPORTS = 200
"""A smaller archive says little about what is rare, so it counts as one of this size."""

_MOST_CHARACTERS = 0xFFFF
_GAP = re.compile(r"[\W_]+")
# Places that an archive has made unreadable for publication: a letter, a number and a step of the ladder ("A3区").
_CODED = re.compile(r"(?<![a-z])[a-z]\d{0,3}(?:省|市|区|县|镇|乡|街道)")


class Report(NamedTuple):
    """One demand as the engine reads it.

    `place` is any code or name of a place, "" where unknown; `lon` and `lat` are degrees of one datum; `category`
    any code, "" where unknown. All `reported_at` of one grouping are aware or all are naive.
    """

    demand_id: str
    reported_at: datetime
    subject: str
    body: str
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    category: str = ""


class Rarity(Protocol):
    """How rare a gram is, or what is given where it is strange, as a dict answers."""

    def get(self, run: str, otherwise: float, /) -> float: ...


def plain(text: str) -> str:
    """The text as it is compared: width and case folded, coded places taken out, anything but letters one space."""
    return _GAP.sub(" ", _CODED.sub(" ", _folded(text))).strip()


def names(report: Report) -> frozenset[str]:
    """The places that a report names in code, and its own place."""
    found = set(_CODED.findall(_folded(f"{report.subject} {report.body}")))
    return frozenset(found | {f"={report.place}"} if report.place else found)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS].lower()


class Weights(NamedTuple):
    """How much each entry of a `Grams` weighs, aligned with its entries; rows of each have length 1, or 0.

    `often` (grams) is in how many troubles a gram stands, `rarity` (grams) the logarithm of how few those are.
    """

    often: np.ndarray
    rarity: np.ndarray
    whole: np.ndarray
    subject: np.ndarray
    body: np.ndarray
    joined: np.ndarray


@dataclass(frozen=True)
class Grams:
    """Which grams each report holds: entries in order of report, then gram.

    `starts` (reports + 1) and `columns` (entries) are those of a compressed sparse matrix; `in_subject` and
    `in_body` (entries) count; `codes` (grams) are the grams as numbers, `alphabet` says which character is which.
    """

    starts: np.ndarray
    columns: np.ndarray
    in_subject: np.ndarray
    in_body: np.ndarray
    codes: np.ndarray
    alphabet: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """The report of each entry."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def matrix(self, values: np.ndarray, chosen: np.ndarray | None = None) -> sparse.csr_array:
        """The entries, or those of the `chosen` grams alone (bool per gram), as a matrix (reports × grams)."""
        shape = (len(self.starts) - 1, len(self.codes))
        result = sparse.csr_array((values.copy(), self.columns.copy(), self.starts.copy()), shape=shape)
        if chosen is not None:
            result.data[~chosen[self.columns]] = 0
            result.eliminate_zeros()
        return result

    def spread(self, troubles: np.ndarray | None = None) -> np.ndarray:
        """In how many troubles each gram stands; `troubles` numbers the trouble of each report, by default its own."""
        if troubles is None:
            return np.bincount(self.columns, minlength=len(self.codes))
        width = len(self.codes)
        met = np.unique(troubles[self.rows].astype(np.int64) * width + self.columns)
        return np.bincount(met % width, minlength=width)

    def weigh(self, troubles: np.ndarray | None = None) -> Weights:
        """TF-IDF with logarithmic counts, where rare means in few troubles (numbered per report)."""
        often = self.spread(troubles)
        rarity = np.log((1 + max(len(self.starts) - 1, LEAST_REPORTS)) / (1 + often))
        both = [self._scaled(counts, rarity + 1) for counts in (self.in_subject, self.in_body)]
        whole = self._scaled(self.in_subject + self.in_body, rarity + 1)
        joined = self.to_length(SUBJECT_WEIGHT * both[0] + both[1])
        return Weights(often, rarity, whole, both[0], both[1], joined)

    def _scaled(self, counts: np.ndarray, factors: np.ndarray) -> np.ndarray:
        values = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * factors[self.columns]
        return self.to_length(values)

    def to_length(self, values: np.ndarray) -> np.ndarray:
        """Bring the values of each report to length 1; reports without any stay 0."""
        return (values / self.lengths(values)[self.rows]).astype(np.float32)

    def lengths(self, values: np.ndarray, chosen: np.ndarray | None = None) -> np.ndarray:
        """The length of each report's values, those of the `chosen` grams alone where given; 1 instead of 0."""
        squares = values.astype(np.float64) ** 2
        if chosen is not None:
            squares *= chosen[self.columns]
        length = np.sqrt(np.bincount(self.rows, squares, minlength=len(self.starts) - 1))
        return np.where(length > 0, length, 1.0)


def read(reports: Sequence[Report]) -> Grams:
    """The grams of every report; those of one report alone, or of more than half of many, are left out."""
    subjects, bodies = ([plain(getattr(one, part)) for one in reports] for part in ("subject", "body"))
    alphabet = _alphabet(subjects + bodies)
    rows, codes = zip(*(_occurrences(texts, alphabet) for texts in (subjects, bodies)), strict=True)
    listed, inverse = np.unique(np.concatenate(codes), return_inverse=True)
    keys = np.concatenate(rows).astype(np.int64) * max(len(listed), 1) + inverse
    is_subject = np.arange(len(keys)) < len(rows[0])
    entries, place = np.unique(keys, return_inverse=True)
    counts = [np.bincount(place, some, minlength=len(entries)) for some in (is_subject, ~is_subject)]
    row, column = np.divmod(entries, max(len(listed), 1))
    often = np.bincount(column, minlength=len(listed))
    common = (often >= 2) & (often <= max(LEAST_REPORTS, len(reports)) / 2)
    kept = common[column]
    numbers = np.cumsum(common) - 1
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=len(reports)))])
    columns = numbers[column[kept]].astype(np.int32)
    return Grams(starts, columns, counts[0][kept], counts[1][kept], listed[common], alphabet)


def _alphabet(texts: Sequence[str]) -> np.ndarray:
    """The characters that occur, as sorted code points without the space; the first 65,535 of them."""
    found = np.unique(_points(" ".join(texts)))
    return found[found != ord(" ")][:_MOST_CHARACTERS]


def _points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def _occurrences(texts: Sequence[str], alphabet: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each gram of each text: the number of the text, and the gram as the numbers of its characters, 16 bits each."""
    points = _points(" ".join(texts) + " ")
    place = np.searchsorted(alphabet, points)
    known = alphabet[np.minimum(place, len(alphabet) - 1)] == points if len(alphabet) else np.zeros(len(points), bool)
    letters = np.where(known, place + 1, 0).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), [len(text) + 1 for text in texts])
    rows, codes = [], []
    whole, inside = letters, letters > 0
    for length in range(2, max(LENGTHS) + 1):
        following = letters[length - 1 :]
        whole = (whole[: len(following)] << np.uint64(16)) | following
        inside = inside[: len(following)] & (following > 0)
        if length in LENGTHS:
            rows.append(owner[: len(following)][inside])
            codes.append(whole[inside])
    return np.concatenate(rows), np.concatenate(codes)
