"""Suggests what a message is about, with a probability that can be believed and the words that spoke for it. Pure.

`categorising` makes a model, this file uses one. A model is a plain file of arrays and JSON: nothing in it can run,
and nothing in it is a message.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from scipy.special import softmax

from gongzhi.demands.wording import BLOCKS, Parts, parts, plain, words

FORMAT = 1
BLOCK_WEIGHTS = {"w": 1.0, "c": 1.0, "h": 0.5}

ORIGIN_HISTORY = "history"
"""Learned from messages that people have categorised."""
ORIGIN_SEEDS = "seeds"
"""Learned from the names and phrases of the categories alone: trained on nothing private."""
COLD_CEILING = 0.5
"""What a model that was never held against real messages may claim at most: it may be right, and must not look sure."""


class UnreadableModel(ValueError):
    """The file is not a model of this version of the program."""


class Suggestion(NamedTuple):
    """One category for a message: `confidence` is the probability (0 to 1) that a person would choose it."""

    code: str
    confidence: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class CategoryModel:
    """Weights per part and category. `origin` says what it learned from; `calibrated` whether on held-out messages.

    `weights` (parts × codes, float16) give scores; `scales` (2) and `bias` (2 × codes) turn them into probabilities
    for messages of the two `lengths` (2, logarithms), and in between for those between. Below `coverage` of known
    character pairs the confidence fades to nothing.
    """

    codes: tuple[str, ...]
    vocabulary: tuple[str, ...]
    rarity: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    scales: np.ndarray
    lengths: np.ndarray
    coverage: float
    origin: str
    rows: int
    left_out: tuple[str, ...] = ()
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", {part: row for row, part in enumerate(self.vocabulary)})

    @property
    def calibrated(self) -> bool:
        return self.origin == ORIGIN_HISTORY

    def suggest(self, text: str, top: int = 3) -> list[Suggestion]:
        """The likeliest categories, best first; none for a text in which nothing is known.

        Reads the first 4,000 characters. The confidences of all categories add up to at most 1; the rest is the
        probability that the text is of a kind never seen.
        """
        found = parts(text)
        rows, values = self._vector(found)
        if not len(rows):
            return []
        shares = self._trust(found) * self._shares(rows, values, found)
        best = np.argsort(-shares, kind="stable")[:top]
        because = self._reasons(text, rows, values, best)
        return [
            Suggestion(self.codes[column], float(shares[column]), reasons)
            for column, reasons in zip(best, because, strict=True)
            if shares[column] > 0
        ]

    def shares(self, text: str) -> np.ndarray:
        """The confidence of every category in the order of `codes`; all 0 where nothing is known."""
        found = parts(text)
        rows, values = self._vector(found)
        if not len(rows):
            return np.zeros(len(self.codes))
        return self._trust(found) * self._shares(rows, values, found)

    def _vector(self, found: Parts) -> tuple[np.ndarray, np.ndarray]:
        known = sorted((self.index[part], number) for part, number in found.items() if part in self.index)
        rows = np.array([row for row, _ in known], int)
        values = (1 + np.log(np.array([number for _, number in known], np.float64))) * self.rarity[rows]
        for block in BLOCKS:
            own = np.array([self.vocabulary[row][0] == block for row in rows], bool)
            length = np.linalg.norm(values[own])
            if length:
                values[own] *= BLOCK_WEIGHTS[block] / length
        return rows, values

    def _shares(self, rows: np.ndarray, values: np.ndarray, found: Parts) -> np.ndarray:
        scores = values @ self.weights[rows].astype(np.float64)
        short, long = self.lengths
        share = float(np.clip((text_length(found) - short) / max(long - short, 1e-9), 0.0, 1.0))
        between = np.array([1.0 - share, share])
        return softmax(between @ self.scales * scores + between @ self.bias)

    def _trust(self, found: Parts) -> float:
        if not self.calibrated:
            # Seeds know few words, so what counts is how many of them the message holds.
            met = sum(part[0] == "w" and len(part) > 2 and part in self.index for part in found)
            return COLD_CEILING * met / (met + 1)
        known, total = known_pairs(found, self.index)
        return float(min(1.0, known / max(total, 1) / self.coverage)) ** 2 if self.coverage else 1.0

    def _reasons(self, text: str, rows: np.ndarray, values: np.ndarray, best: np.ndarray) -> list[tuple[str, ...]]:
        """For each category, up to three words of the text that spoke for it most, joined where they touch."""
        weights = self.weights[rows].astype(np.float64)
        said = values[:, None] * (weights - weights.mean(axis=1, keepdims=True))
        place = {self.vocabulary[row]: at for at, row in enumerate(rows)}
        whole = plain(text)
        placed = [found for found in words(whole) if len(found[0]) > 1 and found[0] != "0"]
        spoken = np.zeros((len(placed), len(best)))
        for at, (word, _, _) in enumerate(placed):
            inner = {"w" + word, *("c" + word[i : i + 2] for i in range(len(word) - 1))}
            known = [place[part] for part in inner if part in place]
            spoken[at] = said[known][:, best].sum(axis=0)
        return [_join(whole, placed, spoken[:, column]) for column in range(len(best))]

    def save(self, path: Path | IO[bytes]) -> None:
        """Write arrays and JSON as one compressed .npz; the same model gives the same bytes."""
        about = {
            "format": FORMAT,
            "codes": self.codes,
            "vocabulary": self.vocabulary,
            "coverage": self.coverage,
            "origin": self.origin,
            "rows": self.rows,
            "left_out": self.left_out,
        }
        letters = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8)
        arrays = {
            "rarity": self.rarity,
            "weights": self.weights,
            "bias": self.bias,
            "scales": self.scales,
            "lengths": self.lengths,
        }
        np.savez_compressed(path, about=letters, **arrays)  # type: ignore[arg-type]

    @staticmethod
    def load(path: Path | IO[bytes]) -> "CategoryModel":
        """Read what `save` wrote; `UnreadableModel` for anything else, never running what the file holds."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                arrays = {name: file[name] for name in ("rarity", "weights", "bias", "scales", "lengths")}
        except FileNotFoundError:
            raise
        except Exception as error:
            raise UnreadableModel(f"not a category model: {error}") from error
        if about.pop("format", None) != FORMAT:
            raise UnreadableModel("a category model of another version; train it again")
        if arrays["weights"].shape != (len(about["vocabulary"]), len(about["codes"])):
            raise UnreadableModel("a category model whose parts do not fit together")
        for name in ("codes", "vocabulary", "left_out"):
            about[name] = tuple(about[name])
        return CategoryModel(**about, **arrays)


def text_length(found: Parts) -> float:
    """How long a text is, as the logarithm of its number of character pairs."""
    return float(np.log1p(sum(number for part, number in found.items() if part[0] == "c")))


def known_pairs(found: Parts, index: dict[str, int]) -> tuple[int, int]:
    """How many different character pairs of a text are in the vocabulary, and how many there are."""
    inside = [part for part in found if part[0] == "c"]
    return sum(part in index for part in inside), len(inside)


def _join(whole: str, placed: list[tuple[str, int, int]], spoken: np.ndarray, most: int = 3) -> tuple[str, ...]:
    """The strongest words, in order of strength; two of them that touch in the text become one phrase."""
    strongest: dict[str, int] = {}
    for at in np.argsort(-spoken, kind="stable"):
        if spoken[at] <= 0 or len(strongest) == most:
            break
        strongest.setdefault(placed[at][0], int(at))
    chosen = sorted(strongest.values(), key=lambda at: placed[at][1])
    runs: list[tuple[float, int, int]] = []
    for at in chosen:
        _, start, end = placed[at]
        if runs and runs[-1][2] == start and end - runs[-1][1] <= 8:
            strength, begun, _ = runs.pop()
            runs.append((max(strength, spoken[at]), begun, end))
        else:
            runs.append((float(spoken[at]), start, end))
    return tuple(dict.fromkeys(whole[start:end] for _, start, end in sorted(runs, key=lambda run: -run[0])))
