"""What a follower's link leads to, and with how many others a reporter shares a trouble; nobody by name."""

from typing import NamedTuple

from django.db.models import F, Q

from gongzhi.problems import rules
from gongzhi.problems.finding import shown_count
from gongzhi.problems.models import Follower, Report
from gongzhi.problems.rules import State


class Followed(NamedTuple):
    """What a follower's link leads to, and whether its holder can be told anything."""

    pk: int
    problem: int
    reachable: bool


def followed(follower_id: int) -> Followed | None:
    """The problem that a follower's link leads to; None where there is none such."""
    rows = Follower.objects.filter(pk=follower_id).annotate(reachable=Q(contact__isnull=False, contact__wiped_at=None))
    found = rows.values_list("pk", "problem", "reachable").first()
    return Followed(*found) if found else None


class Together(NamedTuple):
    """The problem that a demand is handled with, and how many others have it; None for a number that is not said."""

    number: str
    others: int | None


def together_with(demand_id: int) -> Together | None:
    """With what a demand is handled, for its reporter; None while nobody else is known to have the same. One query."""
    rows = Report.objects.filter(demand=demand_id, problem__isnull=False).exclude(problem__state=State.DROPPED.value)
    voices = F("problem__reporters") + F("problem__followers")
    found = rows.annotate(voices=voices).values_list("problem", "voices").first()
    if not found or found[1] < 2:
        return None
    return Together(rules.number(found[0]), shown_count(found[1] - 1))
