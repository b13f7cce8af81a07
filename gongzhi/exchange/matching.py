"""Proposes who could meet what, in part or whole, over all needs and offers at once, and says why. Pure.

    plan = match(problem)
    plan.suggestions[0].quantity, sentence(plan.suggestions[0])
    plan.unmet[0].why, plan.met.bound, plan.met.gap

Usable as a library: plain values in and out. Three goals, each sought with the former held: as much as possible of the
needs, weighted; as near as possible; the asking spread over givers. docs/matching.md tells what counts how much.
"""

import math
import time
from datetime import date
from typing import NamedTuple

import numpy as np

from gongzhi.exchange.fitting import Pair, fits, shared_windows
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
    Window,
    checked,
)
from gongzhi.exchange.saying import Suggestion, sentence
from gongzhi.exchange.solving import Facts, Stage, meet
from gongzhi.exchange.spreading import spread

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
SECONDS, GAP, SLACK = 25.0, 1e-3, 0.1
_MEET_SHARE = 0.6
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

    `met` in weight, `near` in metres (a need met whole by one offer counts its distance, in part in proportion),
    `worst` in asks of one giver with those of the last 90 days, `asks` in squares of asks. `overdue` are needs whose
    deadline has passed, `seconds` what it took.
    """

    suggestions: tuple[Suggestion, ...]
    unmet: tuple[Unmet, ...]
    overdue: tuple[str, ...]
    weight: float
    met: Stage
    near: Stage
    worst: Stage
    asks: Stage
    seconds: float


def match(problem: MatchingProblem, *, seconds: float = SECONDS, gap: float = GAP, slack: float = SLACK) -> Plan:
    """The plan for a problem; the same problem gives the same plan in whatever order its rows come.

    `seconds`: about how long it may take; where the clock stopped a stage (`Stage.stopped`), another run may find
    another plan. `gap`: the share at which a goal counts as reached; 0 asks for the proven best. `slack`: the share by
    which the distance may grow so that the asking is spread. Raises BadProblem.
    """
    begun = time.perf_counter()
    problem = checked(problem)
    pairs, lacking = fits(problem)
    facts = _facts(problem, pairs)
    nothing = Stage(0.0, 0.0)
    quantity, stages = np.zeros(0), (nothing, nothing, nothing, nothing)
    if pairs:
        found = meet(facts, seconds=(seconds - (time.perf_counter() - begun)) * _MEET_SHARE, gap=gap)
        left = seconds - (time.perf_counter() - begun)
        even = spread(facts, found.quantity, slack=slack, seconds=left, gap=gap)
        quantity = even.quantity
        walked = float(facts.walk @ quantity)
        # The slack is not the second goal's failure: its figures are those before the asking was spread.
        stages = (found.met, found.near._replace(value=min(walked, found.near.value)), even.worst, even.asks)
    suggestions = tuple(_suggestions(problem, pairs, quantity))
    return Plan(
        suggestions,
        tuple(_unmet(problem, pairs, quantity, lacking)),
        tuple(need.id for need in problem.needs if need.deadline and need.deadline < problem.day),
        float(facts.worth.sum()),
        *stages,
        time.perf_counter() - begun,
    )


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


def _facts(problem: MatchingProblem, pairs: list[Pair]) -> Facts:
    ids = sorted({offer.giver for offer in problem.offers})
    number = {one: at for at, one in enumerate(ids)}
    asked = {giver.id: giver.asked_lately for giver in problem.givers}
    metres = [UNKNOWN_M if one.metres is None else max(1, math.ceil(one.metres / STEP_M)) * STEP_M for one in pairs]
    return Facts(
        need=np.array([one.need for one in pairs], int),
        offer=np.array([one.offer for one in pairs], int),
        most=np.array([one.most for one in pairs], float),
        least=np.array([one.least for one in pairs], float),
        metres=np.array(metres, float),
        whole=np.array([one.whole for one in pairs], int),
        wanted=np.array([need.quantity for need in problem.needs], float),
        worth=np.array(weigh(list(problem.needs), list(problem.givers), problem.day), float),
        whole_only=np.array([need.whole_only for need in problem.needs], bool),
        held=np.array([offer.quantity for offer in problem.offers], float),
        divisible=np.array([offer.divisible for offer in problem.offers], bool),
        giver=np.array([number[offer.giver] for offer in problem.offers], int),
        asked=np.array([asked.get(one, 0) for one in ids], int),
    )


def _suggestions(problem: MatchingProblem, pairs: list[Pair], quantity: np.ndarray) -> list[Suggestion]:
    """By need and offer, the biggest first."""
    givers = {giver.id: giver for giver in problem.givers}
    found = []
    for at in np.flatnonzero(quantity > 0):
        pair = pairs[at]
        need, offer = problem.needs[pair.need], problem.offers[pair.offer]
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
                distance_m=None if pair.metres is None else round(pair.metres, 1),
                shared_minutes=pair.shared,
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


def _unmet(problem: MatchingProblem, pairs: list[Pair], quantity: np.ndarray, lacking: dict[int, str]) -> list[Unmet]:
    got = np.zeros(len(problem.needs))
    could = np.zeros(len(problem.needs))
    for pair, some in zip(pairs, quantity.tolist(), strict=True):
        got[pair.need] += some
        could[pair.need] += pair.most
    found = []
    for number, need in enumerate(problem.needs):
        if got[number] < need.quantity - _DUST:
            why = lacking.get(number) or (NOT_ENOUGH if could[number] < need.quantity - _DUST else ALL_USED)
            missing = float(need.quantity - got[number])
            found.append(Unmet(need.id, round(missing, 6), round(float(got[number]) / need.quantity, 6), why))
    return found
