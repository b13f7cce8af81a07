"""What stands of an earlier plan, and the programme told so that it changes no more of it than it gains by. Pure."""

from collections.abc import Collection
from math import isfinite

import numpy as np

from gongzhi.exchange.fitting import Fits
from gongzhi.exchange.matching_facts import MatchingProblem, Standing
from gongzhi.exchange.saying import Suggestion
from gongzhi.exchange.settling import push_in, put_in, tidy
from gongzhi.exchange.solving import DUST, Facts

STANDING_M = 100.0
"""What stands counts as so much nearer: of plans that are worth alike the one with fewer changes."""


def still(problem: MatchingProblem, pairs: Fits, standing: Collection[Standing | Suggestion]) -> np.ndarray:
    """What each pair gives in an earlier plan, as far as there still is such a pair."""
    found = np.zeros(len(pairs.need))
    if standing:
        needs = {one.id: at for at, one in enumerate(problem.needs)}
        offers = {one.id: at for at, one in enumerate(problem.offers)}
        number = {pair: at for at, pair in enumerate(zip(pairs.need.tolist(), pairs.offer.tolist(), strict=True))}
        for one in standing:
            at = number.get((needs.get(one.need, -1), offers.get(one.offer, -1)))
            if at is not None and isfinite(one.quantity) and one.quantity > DUST:
                found[at] = min(one.quantity, pairs.most[at])
    return found


def nearer(facts: Facts, standing: np.ndarray) -> Facts:
    """The facts with what stands nearer than it is."""
    return facts._replace(metres=facts.metres - STANDING_M * (standing > 0))


def parted(facts: Facts, standing: np.ndarray) -> tuple[Facts, np.ndarray]:
    """The facts for the programme, and the pair that each of their pairs is of.

    A pair that stands is two: what stands, which is nearer, and what is beyond. So no more is gained by giving more where
    something stands, and a need that two offers share keeps its shares.
    """
    stands = np.flatnonzero((standing > 0) & facts.divisible[facts.offer])
    beyond, metres = facts.most.copy(), nearer(facts, standing).metres
    beyond[stands] -= standing[stands]
    some = np.flatnonzero(beyond > DUST)
    at = np.concatenate([some, stands])
    of_beyond = metres.copy()
    of_beyond[stands] = facts.metres[stands]
    return facts._replace(
        need=facts.need[at],
        offer=facts.offer[at],
        most=np.concatenate([beyond[some], standing[stands]]),
        least=facts.least[at],
        metres=np.concatenate([of_beyond[some], metres[stands]]),
        whole=facts.whole[at],
    ), at


def kept(
    facts: Facts, standing: np.ndarray, best: np.ndarray, offer_prices: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What stands, as far as it keeps all rules; and that with what is missing put in where there is room, or in place of
    what weighs less."""
    stays = tidy(facts, standing)
    if not stays.any():
        return stays, stays
    return stays, push_in(facts, put_in(facts, stays, offer_prices), offer_prices, best)
