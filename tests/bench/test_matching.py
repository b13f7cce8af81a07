"""The made-up needs and offers, and the peer beside which matching is measured."""

from collections import Counter
from collections.abc import Callable

import pytest

from bench import feasible
from bench.give_and_take import make
from bench.matching import Given, first_come, gini, nearest_first, quantities, score
from gongzhi.exchange.fitting import fits
from gongzhi.exchange.matching import match
from gongzhi.exchange.matching_facts import checked
from gongzhi.exchange.matching_files import plan_to_json, to_json

SMALL = {"needs": 120, "offers": 160, "units": 40}


def test_the_same_numbers_make_the_same_problem_and_another_seed_another() -> None:
    assert make(**SMALL, seed=4) == make(**SMALL, seed=4)
    assert make(**SMALL, seed=4) != make(**SMALL, seed=5)


@pytest.mark.parametrize("peer", [first_come, nearest_first])
def test_a_peer_gives_no_more_than_there_is_and_no_half_of_what_is_whole_only(peer: Callable[..., Given]) -> None:
    problem = checked(make(**SMALL, seed=4))
    given = peer(problem, fits(problem)[0])
    handed, got = Counter(), Counter()
    for (need, offer), some in given.items():
        handed[offer] += some
        got[need] += some
    assert given and all(some <= problem.offers[at].quantity for at, some in handed.items())
    assert all(some <= problem.needs[at].quantity for at, some in got.items())
    assert all(got[at] in (0, need.quantity) for at, need in enumerate(problem.needs) if need.whole_only)


def test_ours_meets_at_least_what_the_peer_meets() -> None:
    problem = checked(make(**SMALL, seed=4))
    pairs = fits(problem)[0]
    plan = match(problem)
    peers = [score(problem, pairs, peer(problem, pairs)) for peer in (first_come, nearest_first)]
    ours = score(problem, pairs, quantities(problem, plan))
    assert all(ours.share >= peer.share - 1e-9 for peer in peers)
    assert abs(ours.share - plan.met.value / plan.weight) < 1e-6
    assert (ours.most, ours.asks) == (plan.most_asks, plan.asks)


def test_what_may_be_divided_is_planned_exactly() -> None:
    plan = match(make(**SMALL, seed=4, sort="any"))
    assert plan.sought.gap < 1e-6 and not plan.sought.stopped


def test_needs_of_three_offers_or_nothing_get_no_more_and_no_less() -> None:
    problem = make(**SMALL, seed=4, sort="three")
    assert feasible.broken(to_json(problem), plan_to_json(match(problem, seconds=2.0))) == []


def test_gini() -> None:
    assert gini([2, 2, 2]) == 0 and gini([0, 0, 0, 8]) == 0.75 and gini([]) == 0


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"quantity": 2.5}, "more than needed"),
        ({"offer": "O-2"}, "kind"),
        ({"offer": "O-3"}, "declined"),
        ({"quantity": 0.5}, "whole numbers"),
        ({"quantity": 1}, "only whole"),
    ],
)
def test_the_checker_finds_what_is_broken(change: dict[str, object], rule: str) -> None:
    one = {"kind": "skill", "quantity": 2, "measure": "人次"}
    problem = {
        "day": "2026-03-02",
        "needs": [{"id": "N-1", "asker": "C-1", "whole_only": True} | one],
        "offers": [
            {"id": "O-1", "giver": "U-1"} | one,
            {"id": "O-2", "giver": "U-1"} | one | {"kind": "place"},
            {"id": "O-3", "giver": "U-2"} | one,
        ],
        "refusals": [{"why": "declined", "need": "N-1", "offer": "O-3"}],
    }
    good = {"need": "N-1", "offer": "O-1", "quantity": 2}
    assert feasible.broken(problem, {"suggestions": [good], "unmet": []}) == []
    assert any(rule in line for line in feasible.broken(problem, {"suggestions": [good | change], "unmet": []}))
