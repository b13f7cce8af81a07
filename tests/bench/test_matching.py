"""The made-up needs and offers, and the peer beside which matching is measured."""

from collections import Counter

from bench.give_and_take import make
from bench.matching import nearest_first, quantities, score
from gongzhi.exchange.fitting import fits
from gongzhi.exchange.matching import match
from gongzhi.exchange.matching_facts import checked

SMALL = {"needs": 120, "offers": 160, "units": 40}


def test_the_same_numbers_make_the_same_problem_and_another_seed_another() -> None:
    assert make(**SMALL, seed=4) == make(**SMALL, seed=4)
    assert make(**SMALL, seed=4) != make(**SMALL, seed=5)


def test_the_peer_gives_no_more_than_there_is_and_no_half_of_what_is_whole_only() -> None:
    problem = checked(make(**SMALL, seed=4))
    given = nearest_first(problem, fits(problem)[0])
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
    peer = score(problem, pairs, nearest_first(problem, pairs), 0.0)
    ours = score(problem, pairs, quantities(problem, plan), plan.seconds)
    assert ours.share >= peer.share - 1e-9
    assert abs(ours.share - plan.met.value / plan.weight) < 1e-6
    assert ours.most_lately == plan.worst.value
