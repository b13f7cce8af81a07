"""Small problems of needs and offers, and what every plan must keep."""

from datetime import date
from typing import Any

from gongzhi.exchange.fitting import shared_minutes, stem
from gongzhi.exchange.matching import (
    Declined,
    Giver,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Plan,
    Position,
    match,
)
from gongzhi.neighbourhood.coordinates import Point, distance_m

DAY = date(2026, 3, 2)
HOME = Position(106.48, 29.48)
NORTH_M = 1 / 111_195
"""Degrees of latitude that make a metre."""


def north(metres: float) -> Position:
    """So many metres north of home."""
    return Position(HOME.lon, HOME.lat + metres * NORTH_M)


def need(name: str = "N-1", **changes: Any) -> Need:
    """A need for one hour of an electrician."""
    given: dict[str, Any] = {"kind": "skill", "quantity": 1, "measure": "人次", "asker": "C-1", "position": HOME}
    return Need(name, **(given | changes))


def offer(name: str = "O-1", **changes: Any) -> Offer:
    """An offer that meets it, at the same place."""
    given: dict[str, Any] = {"kind": "skill", "quantity": 1, "measure": "人次", "giver": "U-1", "position": HOME}
    return Offer(name, **(given | changes))


def problem(
    needs: list[Need], offers: list[Offer], givers: list[Giver] | None = None, *refusals: Any
) -> MatchingProblem:
    """All on one day."""
    return MatchingProblem(DAY, needs, offers, givers or [], refusals)


def planned(*given: Any, **how: Any) -> Plan:
    """The proven best plan of `problem(...)`."""
    return match(problem(*given), **({"gap": 0.0} | how))


def given(plan: Plan) -> dict[tuple[str, str], float]:
    """What each pair of need and offer gets."""
    return {(one.need, one.offer): one.quantity for one in plan.suggestions}


def broken(asked: MatchingProblem, plan: Plan) -> list[str]:
    """Every promise that a plan breaks, looked up anew and slowly in the problem."""
    needs = {one.id: one for one in asked.needs}
    offers = {one.id: one for one in asked.offers}
    wrong = []
    for one in plan.suggestions:
        mine, theirs = needs[one.need], offers[one.offer]
        wrong += [f"{one.need} {one.offer}: {what}" for what in _misfits(asked, mine, theirs, one.quantity)]
    pairs = given(plan)
    for theirs in asked.offers:
        parts = [some for (_need, name), some in pairs.items() if name == theirs.id]
        if sum(parts) > theirs.quantity + 1e-6:
            wrong.append(f"{theirs.id}: more than offered")
        if len(parts) > 1 and not theirs.divisible:
            wrong.append(f"{theirs.id}: divided")
    for mine in asked.needs:
        got = sum(some for (name, _offer), some in pairs.items() if name == mine.id)
        if got > mine.quantity + 1e-6:
            wrong.append(f"{mine.id}: more than needed")
        if mine.whole_only and 0 < got < mine.quantity - 1e-4:
            wrong.append(f"{mine.id}: in part, though whole only")
    return wrong


def _misfits(asked: MatchingProblem, mine: Need, theirs: Offer, some: float) -> list[str]:
    shared = shared_minutes(mine.windows, theirs.windows)
    far = distance_m(Point(*mine.position), Point(*theirs.position)) if mine.position and theirs.position else None
    places = theirs.reach_places
    last = max(mine.deadline or date.max, asked.day)
    looks = {
        "kind": mine.kind == theirs.kind,
        "tags": not mine.tags or not theirs.tags or mine.tags <= theirs.tags,
        "measure": mine.measure == theirs.measure,
        "audience": not theirs.audience or (bool(mine.audience) and mine.audience <= theirs.audience),
        "own": mine.asker != theirs.giver,
        "too far": theirs.reach_m is None or (far is not None and far <= theirs.reach_m * 1.001),
        "place": places is None or any(mine.place.startswith(stem(code)) for code in places),
        "time": (theirs.valid_from or asked.day) <= last and (theirs.valid_until or asked.day) >= asked.day,
        "windows": shared is None or shared >= 30,
        "most": theirs.most is None or some <= theirs.most + 1e-6,
        "smallest": some >= min(theirs.smallest, mine.quantity) - 1e-4,
        "declined": Declined(mine.id, theirs.id) not in asked.refusals,
        "kind refused": NotThisKind(theirs.giver, theirs.kind) not in asked.refusals,
        "asker refused": NotForAsker(theirs.giver, mine.asker) not in asked.refusals,
        "not yet": not any(
            isinstance(one, NotBefore) and one.giver == theirs.giver and asked.day < one.day for one in asked.refusals
        ),
    }
    return [name for name, good in looks.items() if not good]
