"""Small problems of needs and offers, and what every plan must keep."""

from datetime import date
from typing import Any

from bench import feasible
from gongzhi.exchange.matching import Giver, MatchingProblem, Need, Offer, Plan, Position, match
from gongzhi.exchange.matching_files import plan_to_json, to_json

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
    """Every rule that a plan breaks, as a checker finds that shares no code with the engine."""
    return feasible.broken(to_json(asked), plan_to_json(plan))
