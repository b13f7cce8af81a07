"""Proposes who could meet what, in part or whole, over all needs and offers at once, and says why. Pure.

    plan = match(problem)
    plan.suggestions[0].quantity, sentence(plan.suggestions[0])
    plan.unmet[0].why, plan.met.bound, plan.met.gap

Usable as a library: plain values in and out. Sought is as much as possible of the needs, weighted; then as near as
possible, the asking spread over givers. docs/matching.md tells what counts how much.
"""

import time
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import numpy as np

from gongzhi.exchange.fitting import Fits, fits, shared_windows
from gongzhi.exchange.improving import improve
from gongzhi.exchange.matching_facts import (
    BadProblem,
    Declined,
    Giver,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Position,
    Standing,
    Window,
    checked,
)
from gongzhi.exchange.saying import Suggestion, sentence
from gongzhi.exchange.settling import holds, settle
from gongzhi.exchange.solving import WORTH, Facts, Relaxed, Stage, rising
from gongzhi.exchange.standing import kept, nearer, parted, still

__all__ = [
    "BadProblem",
    "Declined",
    "Giver",
    "MatchingProblem",
    "Need",
    "NotBefore",
    "NotForAsker",
    "NotThisKind",
    "Offer",
    "Plan",
    "Position",
    "Stage",
    "Standing",
    "Suggestion",
    "Unmet",
    "Window",
    "match",
    "sentence",
    "weigh",
]

URGENCY = (1.0, 2.0, 4.0, 8.0)
DEADLINE_DAYS = 7.0
"""A need due today weighs twice as much as one without deadline; with so many days left, half as much more."""
FREED = 0.5
"""A need that frees others counts so much of what each of them weighs by itself."""
GAVE_ONLY = 1.1
"""What a need weighs more where its asker has given this year and got nothing."""
STEP_M = 100.0
"""Distances count in such steps, one at least: nobody chooses between 410 and 430 metres, or the same door."""
UNKNOWN_M = 2000.0
"""What counts as distance where either has no position."""
PART_M = 100.0
"""An offer that could meet a need only in part counts as so much further off for each offer more that it would take."""
ASK_M = 100.0
"""Metres that one ask counts; the n-th ask of one giver counts 2 n - 1 times as much."""
_NEAR = 0.01
"""So near its bound an earlier plan is where to begin; there is no need to see whether one from nothing is better."""
SECONDS, GAP = 25.0, 1e-3
_DUST = 1e-5

NOT_ENOUGH, ALL_USED = "not_enough", "all_used"


class Unmet(NamedTuple):
    """A need that is not met, or in part: what is missing in its measure, the share met (0 to 1), and why.

    `why` is one of `fitting.LOOKS`, the look at which the last offer fell; or `not_enough`: all that fits together is
    less than needed; or `all_used`: it was better given elsewhere.
    """

    need: str
    missing: float
    share: float
    why: str


class Plan(NamedTuple):
    """What is proposed. `weight` is that of all needs together, so `met.value / weight` is the weighted share met.

    `sought` is `met` less a point for each 10,000 km of distance and asks. `metres`: a need met whole by one offer counts
    its distance, in part in proportion. `asks` are suggestions, `most_asks` those of one giver with the last 90 days'.
    `overdue` are needs whose deadline has passed, `seconds` what it took.
    """

    suggestions: tuple[Suggestion, ...]
    unmet: tuple[Unmet, ...]
    overdue: tuple[str, ...]
    weight: float
    met: Stage
    sought: Stage
    metres: float
    asks: int
    most_asks: int
    seconds: float


def match(
    problem: MatchingProblem,
    *,
    seconds: float = SECONDS,
    gap: float = GAP,
    ask_m: float = ASK_M,
    standing: Collection[Standing | Suggestion] = (),
) -> Plan:
    """The plan for a problem; the same problem gives the same plan in whatever order its rows come.

    Where needs may be met in any parts, the plan is the best there is. Where all or nothing, few offers or smallest
    parts are asked for, a plan stands at once and is made better for about so many `seconds`, or until it lies within a
    share `gap` of its bound; stopped by the clock (`Stage.stopped`), another run may find another plan. `ask_m`: metres
    that one ask counts. Raises BadProblem.
    """
    begun = time.perf_counter()
    problem = checked(problem)
    pairs, lacking = fits(problem)
    facts = _facts(problem, pairs, ask_m)
    quantity, met, sought = np.zeros(0), Stage(0.0, 0.0), Stage(0.0, 0.0)
    if len(pairs.need):
        quantity, met, sought = _planned(facts, still(problem, pairs, standing), gap, begun + seconds)
    asks = np.bincount(facts.by[quantity > 0], minlength=len(facts.asked))
    return Plan(
        tuple(_suggestions(problem, pairs, quantity)),
        tuple(_unmet(problem, pairs, quantity, lacking)),
        tuple(need.id for need in problem.needs if need.deadline and need.deadline < problem.day),
        float(facts.worth.sum()),
        met,
        sought,
        float(_metres(pairs) @ (quantity * facts.share)),
        int(asks.sum()),
        int(np.max((facts.asked + asks)[asks > 0], initial=0)),
        time.perf_counter() - begun,
    )


def _planned(facts: Facts, standing: np.ndarray, gap: float, ends: float) -> tuple[np.ndarray, Stage, Stage]:
    """What each pair gives, the value, and what is sought."""
    near, (told, at) = nearer(facts, standing), parted(facts, standing)
    relaxed = Relaxed(told)
    best = np.bincount(at, relaxed.best(), minlength=len(facts.need))
    bound, most = relaxed.bounds()
    # From here on an ask costs what one more would cost at the best, so that givers need not be looked at together.
    steady = near._replace(metres=near.metres + relaxed.ask_prices[facts.by] * WORTH, ask=0.0)
    stays, quantity = kept(steady, standing, best, relaxed.offer_prices)
    if bound - near.score(quantity) > _NEAR * abs(bound) or holds(steady, best):
        quantity = max(quantity, settle(steady, best, relaxed.offer_prices), key=near.score)
    stopped = False
    if bound - near.score(quantity) > gap * abs(bound):
        better = improve(steady, quantity, best, relaxed.offer_prices, gap=gap, ends=ends)
        if near.score(better.quantity) > near.score(quantity):
            quantity = better.quantity
        load = facts.asking(best)
        saved = relaxed.ask_prices @ load - facts.ask * rising(facts.asked, load).sum() / WORTH
        bound, stopped = min(bound, better.bound + float(saved)), better.stopped
    quantity = max(quantity, stays, key=facts.score)
    reached, value = facts.score(quantity), float(facts.value @ quantity)
    return quantity, Stage(value, max(value, most), stopped), Stage(reached, max(reached, bound), stopped)


def weigh(needs: "list[Need] | tuple[Need, ...]", givers: "list[Giver] | tuple[Giver, ...]", day: date) -> list[float]:
    """What each need weighs on that day: by urgency, deadline, what it frees, and whether its asker only gave."""
    alone = {need.id: URGENCY[need.urgency] * _pressing(need.deadline, day) for need in needs}
    gave_only = {giver.id for giver in givers if giver.given > 0 and giver.received == 0}
    found = []
    for need in needs:
        freed = sum(alone.get(one, 0.0) for one in set(need.frees) - {need.id})
        found.append((alone[need.id] + FREED * freed) * (GAVE_ONLY if need.asker in gave_only else 1.0))
    return found


def _pressing(deadline: date | None, day: date) -> float:
    if deadline is None:
        return 1.0
    return 1.0 + 1.0 / (1.0 + max(0, (deadline - day).days) / DEADLINE_DAYS)


def _metres(pairs: Fits) -> np.ndarray:
    """Metres as they count."""
    steps = np.maximum(1, np.ceil(pairs.metres / STEP_M)) * STEP_M
    return np.where(np.isnan(pairs.metres), UNKNOWN_M, steps)


def _facts(problem: MatchingProblem, pairs: Fits, ask_m: float) -> Facts:
    ids = sorted({offer.giver for offer in problem.offers})
    number = {one: at for at, one in enumerate(ids)}
    asked = {giver.id: giver.asked_lately for giver in problem.givers}
    wanted = np.array([need.quantity for need in problem.needs], float)
    return Facts(
        need=pairs.need,
        offer=pairs.offer,
        most=pairs.most,
        least=pairs.least,
        metres=_metres(pairs) + PART_M * (wanted[pairs.need] / pairs.most - 1),
        whole=pairs.whole,
        wanted=wanted,
        worth=np.array(weigh(list(problem.needs), list(problem.givers), problem.day), float),
        whole_only=np.array([need.whole_only for need in problem.needs], bool),
        few=np.array([need.most_offers or len(problem.offers) for need in problem.needs], int),
        held=np.array([offer.quantity for offer in problem.offers], float),
        divisible=np.array([offer.divisible for offer in problem.offers], bool),
        giver=np.array([number[offer.giver] for offer in problem.offers], int),
        asked=np.array([asked.get(one, 0) for one in ids], int),
        ask=ask_m,
    )


def _suggestions(problem: MatchingProblem, pairs: Fits, quantity: np.ndarray) -> list[Suggestion]:
    """By need and offer, the biggest first."""
    givers = {giver.id: giver for giver in problem.givers}
    found = []
    for at in np.flatnonzero(quantity > 0).tolist():
        need, offer = problem.needs[pairs.need[at]], problem.offers[pairs.offer[at]]
        metres = pairs.metres_of(at)
        giver = givers.get(offer.giver, Giver(offer.giver))
        found.append(
            Suggestion(
                need=need.id,
                offer=offer.id,
                giver=giver.id,
                giver_name=giver.name or giver.id,
                kind=offer.kind,
                what=offer.title or "、".join(sorted(need.tags or offer.tags)),
                quantity=round(float(quantity[at]), 6),
                needed=need.quantity,
                measure=offer.measure,
                distance_m=None if metres is None else round(metres, 1),
                shared_minutes=pairs.shared_of(at),
                windows=shared_windows(need.windows, offer.windows),
                agreement=giver.agreement,
                in_time=giver.in_time,
                late=giver.late,
                failed=giver.failed,
                given=giver.given,
                received=giver.received,
                asked_lately=giver.asked_lately,
            )
        )
    return sorted(found, key=lambda one: (one.need, -one.quantity, one.offer))


def _unmet(problem: MatchingProblem, pairs: Fits, quantity: np.ndarray, lacking: dict[int, str]) -> list[Unmet]:
    got = np.bincount(pairs.need, quantity, minlength=len(problem.needs))
    could = np.bincount(pairs.need, pairs.most, minlength=len(problem.needs))
    found = []
    for number, need in enumerate(problem.needs):
        if got[number] < need.quantity - _DUST:
            why = lacking.get(number) or (NOT_ENOUGH if could[number] < need.quantity - _DUST else ALL_USED)
            missing = float(need.quantity - got[number])
            found.append(Unmet(need.id, round(missing, 6), round(float(got[number]) / need.quantity, 6), why))
    return found
