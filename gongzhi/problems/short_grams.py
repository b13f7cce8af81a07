"""Reads short reports into hashed runs of one and two characters, many at once. Pure.

A run is a number below `GRAMS`, the same in every process and version, so that it can be kept beside a demand. Two runs
may share a number; among a million that is rare enough not to matter.
"""

import threading
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from gongzhi.problems.grams import Report

BITS = 20
GRAMS = 1 << BITS
LONGEST = 400
"""Of each part of a report so many characters are read: the rest of a long letter says little more."""

_AT_ONCE, _FEW = 20_000, 200_000
_END = "\n"
# One for each thread, so that a stream of single reports need not make it anew for each.
_BOARD = threading.local()
ONE, TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class ShortGrams(NamedTuple):
    """The grams of each report, ascending and each once: those of report i are `codes[starts[i]:starts[i + 1]]`.

    `starts` (reports + 1, int64); `codes` (entries, int32) are places in `listed` (int32, ascending), which holds the
    numbers of the grams; those of two characters are odd.
    """

    starts: np.ndarray
    codes: np.ndarray
    listed: np.ndarray

    @property
    def reports(self) -> int:
        return len(self.starts) - 1

    @property
    def rows(self) -> np.ndarray:
        """The report of each entry."""
        return np.repeat(np.arange(self.reports, dtype=np.int32), np.diff(self.starts))

    @property
    def often(self) -> np.ndarray:
        """In how many reports each gram stands."""
        return np.bincount(self.codes, minlength=len(self.listed))

    def matrix(self) -> sparse.csr_array:
        """Ones where a report holds a gram (reports × grams, float32)."""
        ones = np.ones(len(self.codes), np.float32)
        found = sparse.csr_array((ones, self.codes, self.starts), shape=(self.reports, len(self.listed)))
        found.has_canonical_format = True
        return found


class Packed(NamedTuple):
    """The grams of reports in as few bytes as they are kept in: those of report i are `counts[i]` numbers in order, three
    bytes each, the lowest first, from `starts[i]` on in `held` (uint8).
    """

    held: np.ndarray
    starts: np.ndarray
    counts: np.ndarray

    def those(self, reports: Sequence[int]) -> "Packed":
        """The same of some of the reports."""
        return Packed(self.held, self.starts[reports], self.counts[reports])

    def codes(self) -> tuple[np.ndarray, np.ndarray]:
        """How many grams each report has, and the numbers of all (int32)."""
        ends = np.cumsum(self.counts)
        first = np.repeat(self.starts - 3 * (ends - self.counts), self.counts) + 3 * np.arange(int(self.counts.sum()))
        low, middle, high = (self.held[first + at].astype(np.int32) for at in range(3))
        return self.counts, low | middle << 8 | high << 16


def folded(report: Report) -> str:
    """The words of a report as they are compared: width and case folded, one line."""
    words = f"{report.subject[:LONGEST]} {report.body[:LONGEST]}"
    return unicodedata.normalize("NFKC", words).lower().replace(_END, " ")


def read_short(texts: Sequence[str], *, least: int = 2) -> ShortGrams:
    """The grams of each folded text, without those that fewer than `least` of them hold."""
    parts = [_read(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    counts = np.concatenate([np.empty(0, np.int64), *(counts for counts, _codes in parts)])
    return listed_once(
        counts, np.concatenate([np.empty(0, np.int32), *(codes for _counts, codes in parts)]), least=least
    )


def listed_once(counts: np.ndarray, whole: np.ndarray, *, least: int = 1) -> ShortGrams:
    """Grams from the number of each report's, and their numbers in order of report."""
    ends = np.concatenate([[0], np.cumsum(counts)])
    if len(whole) > _FEW:
        some = np.bincount(whole, minlength=GRAMS) >= least
        listed = np.flatnonzero(some).astype(np.int32)
        place = np.where(some, np.cumsum(some, dtype=np.int32) - 1, -1)[whole]
    else:
        listed, place = _few(whole, least)
    kept = place >= 0
    starts = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])[ends]
    return ShortGrams(starts, place[kept], listed)


def _few(codes: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray]:
    """For few codes, without a pass over all GRAMS: those that stand so often, and the place of each among them or -1."""
    ordered = np.sort(codes)
    new = np.flatnonzero(np.diff(ordered, prepend=-1))
    often = np.diff(np.append(new, len(ordered)))
    listed = ordered[new[often >= least]]
    return listed, _places(listed, codes)


def _places(listed: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """The place of each code among those listed, or -1."""
    if not hasattr(_BOARD, "places"):
        _BOARD.places = np.full(GRAMS, -1, np.int32)
    _BOARD.places[listed] = np.arange(len(listed), dtype=np.int32)
    place = _BOARD.places[codes]
    _BOARD.places[listed] = -1
    return np.asarray(place)


def _read(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """How many grams each text has, and their numbers."""
    points = np.frombuffer((_END.join(texts) + _END).encode("utf-32-le", "replace"), np.uint32)
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(text) + 1 for text in texts])
    letter, shift = _letters(points), np.uint64(BITS)
    twice = letter[:-1] & letter[1:]
    wide = points.astype(np.uint64)
    pairs = (wide[:-1] << np.uint64(21) | wide[1:])[twice]
    ones = owner[letter] << shift | _hashed(wide[letter], ONE)
    found = np.concatenate([ones, owner[:-1][twice] << shift | _hashed(pairs, TWO) | np.uint64(1)])
    found = once(found)
    counts = np.bincount((found >> shift).astype(np.int64), minlength=len(texts))
    return counts, (found & np.uint64(GRAMS - 1)).astype(np.int32)


def once(keys: np.ndarray) -> np.ndarray:
    """The keys in order, each once; sorts in place."""
    keys.sort()
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys


def run_number(run: str) -> int:
    """The number of the gram that one or two characters are."""
    points = [np.uint64(ord(sign)) for sign in run]
    if len(points) == 1:
        return int(_hashed(np.array(points), ONE)[0])
    return int(_hashed(np.array([points[0] << np.uint64(21) | points[1]]), TWO)[0]) | 1


def _hashed(values: np.ndarray, factor: np.uint64) -> np.ndarray:
    """An even number below GRAMS for each value."""
    mixed = (values + np.uint64(1)) * factor
    mixed ^= mixed >> np.uint64(29)
    mixed *= TWO
    return np.asarray((mixed >> np.uint64(64 - BITS)) & ~np.uint64(1))


def _letters(points: np.ndarray) -> np.ndarray:
    """Which characters are letters or digits: of ASCII those and #, beyond it everything but marks and spaces."""
    digit, letter = (points >= 48) & (points <= 57), (points >= 97) & (points <= 122)
    marks = ((points >= 0x2000) & (points <= 0x2BFF)) | ((points >= 0x3000) & (points <= 0x303F))
    marks |= (points >= 0xFE00) & (points <= 0xFF0F)
    return digit | letter | (points == ord("#")) | ((points >= 0xC0) & ~marks)
