"""Learns what messages are about from messages that people have categorised, or from the categories alone. Pure.

A linear support vector machine over words, character pairs and the opening, joined by complement naive Bayes over
words, both folded into one matrix of weights; a calibration fitted on held-out folds turns its scores into
probabilities. Short messages get a calibration of their own, because callers say less than letter writers.

    model = train(texts, codes)
    model.suggest("电梯坏了三天没人修")  ->  [Suggestion(code="1005", confidence=0.91, because=("电梯",)), …]
"""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from gongzhi.demands.category_model import (
    BLOCK_WEIGHTS,
    ORIGIN_HISTORY,
    ORIGIN_SEEDS,
    CategoryModel,
    Suggestion,
    UnreadableModel,
    known_pairs,
    text_length,
)
from gongzhi.demands.wording import BLOCKS, Parts, count, parts, twin_groups

__all__ = [
    "CategoryModel",
    "NothingToLearn",
    "Score",
    "SeedRow",
    "Suggestion",
    "UnreadableModel",
    "cold_start",
    "cross_validate",
    "read_seeds",
    "score",
    "train",
]

MIN_ROWS = 5
"""A category with fewer different messages is left out of training, and named in `CategoryModel.left_out`."""
MIN_TEXTS = 3
"""A part must stand in this many messages: rarer ones are mostly names, which a model has no business keeping."""
MAX_WEIGHTS = 3_000_000
"""Weights are 2 bytes each, so a model stays under 10 MB; the least common parts go first."""
SEEDS = Path(__file__).parent / "seeds" / "categories.csv"

_FOLDS = 3
_SHORT = 24
"""Characters of the short form of a message, about what a caller says in one breath."""
_FLOOR = 1.0
_LEAST_COVERAGE = 0.25
_COLD_SHARPNESS = 6.0


class NothingToLearn(ValueError):
    """Fewer than two categories have enough different messages."""


class SeedRow(NamedTuple):
    """One category as delivered: what it is called, where it stands, and how people speak of it (`phrases`)."""

    version: str
    code: str
    parent_code: str
    name: str
    english: str
    kind: str
    standard: str
    valid_from: str
    phrases: tuple[str, ...]


class Score(NamedTuple):
    """How good suggestions were on `rows` messages that the model had not seen.

    `macro_f1` is the mean F1 of the categories; `calibration_error` the mean gap between stated confidence and
    share right, over ten equally wide bins weighted by size; both 0 to 1.
    """

    macro_f1: float
    accuracy: float
    calibration_error: float
    rows: int


def train(texts: Sequence[str], labels: Sequence[str], *, seed: int = 0) -> CategoryModel:
    """Learn from messages and their category codes; the same input gives the same model.

    Blank messages are passed over, categories with fewer than five different messages are left out and named.
    `NothingToLearn` where fewer than two categories remain. About 10 s for 6,000 messages on two cores.
    """
    found = [parts(text) for text in texts]
    if len(found) != len(labels):
        raise ValueError(f"{len(found)} texts but {len(labels)} labels")
    short = [parts(text.strip()[:_SHORT]) for text in texts]
    return _train(found, short, np.asarray(labels, str), twin_groups(found), seed)


def _train(
    found: Sequence[Parts], short: Sequence[Parts], labels: np.ndarray, groups: np.ndarray, seed: int
) -> CategoryModel:
    filled = np.array([bool(text) for text in found], bool)
    different = Counter(
        label for label, _ in {(label, group) for label, group in zip(labels[filled], groups[filled], strict=True)}
    )
    codes = sorted(str(label) for label, number in different.items() if number >= MIN_ROWS)
    if len(codes) < 2:
        raise NothingToLearn("fewer than two categories have five different messages")
    rows = np.flatnonzero(filled & np.isin(labels, codes))
    found, short = [found[int(row)] for row in rows], [short[int(row)] for row in rows]
    targets = np.searchsorted(codes, labels[rows])
    recipe = _Recipe.of(found, len(codes))
    if not recipe.is_word.any():
        raise NothingToLearn("the messages have no words in common")
    held = _hold_out(found, short, targets, groups[rows], seed)
    whole = held.whole
    (machine, bayes), _ = _fit_scales([held.machine[whole], held.bayes[whole]], held.target[whole], _FLOOR)
    told = machine * held.machine + bayes * held.bayes
    ends = [_fit_scales([told[some]], held.target[some], _FLOOR) for some in (~whole, whole)]
    sums = _learn(recipe.features(found), targets, recipe.is_word, seed)
    return CategoryModel(
        codes=tuple(codes),
        vocabulary=tuple(recipe.vocabulary),
        rarity=recipe.rarity.astype(np.float32),
        weights=(machine * sums.machine + bayes * sums.bayes).astype(np.float16),
        bias=np.array([bias for _, bias in ends]),
        scales=np.array([scale[0] for scale, _ in ends]),
        lengths=np.array([np.median(held.length[some]) for some in (~whole, whole)]),
        coverage=max(_LEAST_COVERAGE, float(np.quantile(held.coverage, 0.02))),
        origin=ORIGIN_HISTORY,
        rows=len(rows),
        left_out=tuple(sorted(str(label) for label in set(labels[filled]) - set(codes))),
    )


def cold_start(categories: Sequence[SeedRow]) -> CategoryModel:
    """A first model from the names and phrases of categories alone: trained on nothing private, and it says so.

    Its confidences are a rule of thumb, not calibrated (`CategoryModel.calibrated` is False), and stay below what
    a trained model states for the same words.
    """
    if len({row.code for row in categories}) < 2:
        raise NothingToLearn("fewer than two categories")
    codes = sorted({row.code for row in categories})
    said = [(row.code, phrase) for row in categories for phrase in (row.name, *row.phrases)]
    whole = [sum((parts(phrase) for code, phrase in said if code == own), Counter()) for own in codes]
    recipe = _Recipe.of(whole, len(codes), least=1)
    features = recipe.features(whole)
    return CategoryModel(
        codes=tuple(codes),
        vocabulary=tuple(recipe.vocabulary),
        rarity=recipe.rarity.astype(np.float32),
        weights=features.T.toarray().astype(np.float16),
        bias=np.zeros((2, len(codes))),
        scales=np.full(2, _COLD_SHARPNESS),
        lengths=np.array([0.0, 1.0]),
        coverage=0.0,
        origin=ORIGIN_SEEDS,
        rows=len(said),
    )


def score(model: CategoryModel, texts: Sequence[str], labels: Sequence[str]) -> Score:
    """Judge a model by messages it has not seen."""
    return _score(model.codes, np.array([model.shares(text) for text in texts]), np.asarray(labels, str))


def cross_validate(texts: Sequence[str], labels: Sequence[str], *, folds: int = 5, seed: int = 0) -> Score:
    """Train `folds` times, each time judging by the messages left out; messages that repeat stay in one fold."""
    found = [parts(text) for text in texts]
    short = [parts(text.strip()[:_SHORT]) for text in texts]
    named, groups = np.asarray(labels, str), twin_groups(found)
    codes = sorted(set(labels))
    shares = np.zeros((len(texts), len(codes)))
    for learned, held in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(named, named, groups):
        some = [[side[at] for at in learned] for side in (found, short)]
        model = _train(some[0], some[1], named[learned], groups[learned], seed)
        shares[np.ix_(held, np.searchsorted(codes, model.codes))] = [model.shares(texts[at]) for at in held]
    return _score(codes, shares, named)


def _score(codes: Sequence[str], shares: np.ndarray, labels: np.ndarray) -> Score:
    named = np.asarray(codes, str)
    chosen, stated = named[shares.argmax(axis=1)], shares.max(axis=1)
    right = chosen == labels
    each = []
    for label in set(labels):
        hit = int((right & (labels == label)).sum())
        each.append(2 * hit / (int((labels == label).sum()) + int((chosen == label).sum())))
    bins = np.minimum((stated * 10).astype(int), 9)
    gaps = [abs(stated[bins == at].sum() - right[bins == at].sum()) for at in range(10)]
    return Score(float(np.mean(each)), float(right.mean()), float(sum(gaps) / len(labels)), len(labels))


def read_seeds(version: str | None = None, path: Path = SEEDS) -> list[SeedRow]:
    """The delivered categories, of one version or of all, in the order of the file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        rows = [SeedRow._make([*list(line.values())[:-1], tuple(line["phrases"].split())]) for line in lines]
    return [row for row in rows if version in (None, row.version)]


class _Sums(NamedTuple):
    """Two linear classifiers over the same columns, each (columns × classes); the calibration adds the biases."""

    machine: np.ndarray
    bayes: np.ndarray


def _rarity(counts: sparse.csr_array) -> np.ndarray:
    often = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log((1 + counts.shape[0]) / (1 + often)) + 1


def _weighted(counts: sparse.csr_array, rarity: np.ndarray, blocks: np.ndarray) -> sparse.csr_array:
    """TF-IDF with logarithmic counts, each block brought to its own length; the same as `CategoryModel._vector`."""
    result = counts.astype(np.float64)
    result.data = (1 + np.log(result.data)) * rarity[result.indices]
    rows = np.repeat(np.arange(result.shape[0]), np.diff(result.indptr))
    for number, block in enumerate(BLOCKS):
        own = blocks[result.indices] == number
        squares = np.bincount(rows[own], result.data[own] ** 2, minlength=result.shape[0])
        result.data[own] *= BLOCK_WEIGHTS[block] / np.sqrt(squares[rows[own]])
    return result


def _learn(features: sparse.csr_array, targets: np.ndarray, is_word: np.ndarray, seed: int) -> _Sums:
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=seed).fit(features, targets)
    weights = machine.coef_.T
    if weights.shape[1] == 1:
        weights = np.hstack([-weights, weights])
    bayes = np.zeros_like(weights)
    evidence = ComplementNB(alpha=0.3).fit(features[:, is_word], targets).feature_log_prob_.T
    bayes[is_word] = evidence - evidence.mean(axis=1, keepdims=True)
    return _Sums(weights, bayes)


def _fit_scales(scores: Sequence[np.ndarray], targets: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """One factor per score matrix (texts × classes) and one bias per class, by maximum likelihood.

    The likelihood is convex in them; `floor` is the strength of a pull of the biases towards 0, which decides
    where a class has hardly any messages.
    """
    stack = np.stack(scores)
    known = np.eye(stack.shape[2])[targets]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        factors, bias = parameters[: len(stack)], parameters[len(stack) :]
        logs = log_softmax(np.tensordot(factors, stack, 1) + bias, axis=1)
        surplus = np.exp(logs) - known
        slope = np.hstack([np.tensordot(stack, surplus, 2), surplus.sum(axis=0) + floor * bias])
        return float(-(logs * known).sum() + floor * bias @ bias / 2), slope

    start = np.zeros(len(stack) + stack.shape[2])
    start[0] = 1.0
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found[: len(stack)], found[len(stack) :]


class _HeldOut(NamedTuple):
    """What models that had not seen a message said of it: scores, truth, length, known pairs, whole or cut."""

    machine: np.ndarray
    bayes: np.ndarray
    target: np.ndarray
    length: np.ndarray
    coverage: np.ndarray
    whole: np.ndarray


def _hold_out(
    found: Sequence[Parts], short: Sequence[Parts], targets: np.ndarray, groups: np.ndarray, seed: int
) -> _HeldOut:
    """Score every message, whole and cut to its first characters, by a model trained without its fold."""
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
    pieces = []
    for learned, held in folds.split(targets, targets, groups):
        if len(set(targets[learned])) < len(set(targets)):
            continue
        recipe = _Recipe.of([found[at] for at in learned], int(targets.max()) + 1)
        sums = _learn(recipe.features([found[at] for at in learned]), targets[learned], recipe.is_word, seed)
        asked = [texts[at] for texts in (found, short) for at in held]
        features = recipe.features(asked)
        index = {part: row for row, part in enumerate(recipe.vocabulary)}
        known = np.array([known_pairs(text, index) for text in asked])
        pieces.append(
            _HeldOut(
                features @ sums.machine,
                features @ sums.bayes,
                np.tile(targets[held], 2),
                np.array([text_length(text) for text in asked]),
                known[:, 0] / np.maximum(known[:, 1], 1),
                np.repeat([True, False], len(held)),
            )
        )
    if not pieces:
        raise NothingToLearn("too few different messages to hold some back")
    return _HeldOut(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


class _Recipe(NamedTuple):
    """How counts become features: the parts that are kept and how rare each is."""

    vocabulary: list[str]
    rarity: np.ndarray

    @classmethod
    def of(cls, found: Sequence[Parts], classes: int, least: int = MIN_TEXTS) -> "_Recipe":
        counts, listed = count(found)
        often = np.bincount(counts.indices, minlength=len(listed))
        common = np.flatnonzero(often >= least)
        kept = common[np.argsort(-often[common], kind="stable")[: MAX_WEIGHTS // classes]]
        kept.sort()
        return cls([listed[column] for column in kept], _rarity(counts)[kept])

    @property
    def is_word(self) -> np.ndarray:
        return np.array([part[0] == "w" for part in self.vocabulary], bool)

    def features(self, found: Sequence[Parts]) -> sparse.csr_array:
        counts, _ = count(found, self.vocabulary)
        blocks = np.array([BLOCKS.index(part[0]) for part in self.vocabulary], int)
        return _weighted(counts, self.rarity, blocks)
