"""The quick scores are those of the definitions, counted demand by demand and pair by pair."""

import itertools
import random

import pytest

from bench.scores import score


def by_definition(gold: list[int], found: list[int]) -> tuple[float, float, float, float]:
    """B-cubed precision and recall, pair precision and recall, the slow way."""
    every = range(len(gold))
    precision = recall = 0.0
    for one in every:
        same_gold = {other for other in every if gold[other] == gold[one]}
        same_found = {other for other in every if found[other] == found[one]}
        precision += len(same_gold & same_found) / len(same_found) / len(gold)
        recall += len(same_gold & same_found) / len(same_gold) / len(gold)
    pairs = list(itertools.combinations(every, 2))
    true = {(one, two) for one, two in pairs if gold[one] == gold[two]}
    said = {(one, two) for one, two in pairs if found[one] == found[two]}
    right = len(true & said)
    return precision, recall, right / len(said) if said else 1.0, right / len(true) if true else 1.0


@pytest.mark.parametrize("seed", range(20))
def test_scores_are_those_of_the_definitions(seed: int) -> None:
    chance = random.Random(seed)
    gold = [chance.randrange(1 + seed) for _ in range(30)]
    found = [chance.randrange(12) for _ in range(30)]
    seen = score(gold, found)
    assert (seen.b3_precision, seen.b3_recall, seen.pair_precision, seen.pair_recall) == pytest.approx(
        by_definition(gold, found)
    )


def test_the_same_groups_under_other_names_are_perfect() -> None:
    assert score([1, 1, 2, 3], ["b", "b", "z", "a"]) == (1.0,) * 6


def test_all_alone_has_nothing_wrong_in_pairs_and_finds_none() -> None:
    seen = score([1, 1, 1, 2], [1, 2, 3, 4])
    assert (seen.pair_precision, seen.pair_recall, seen.pair_f1) == (1.0, 0.0, 0.0)
