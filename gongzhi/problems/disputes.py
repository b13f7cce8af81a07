"""Disputes and how they ended at the table: what a problem's page and the register of mediation (调解登记) show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from gongzhi.demands.masking import mask
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.models import Mediation, Problem, Seat
from gongzhi.problems.queries import visible_problems
from gongzhi.problems.rules import Kind, Outcome, SeatKind

PAGE = 50
WAITING = "waiting"


def is_to_be_mediated(problem: Problem) -> bool:
    """Whether it is a dispute of which, this time, nobody wrote down how it ended at the table. One query or none."""
    if problem.kind != Kind.DISPUTE:
        return False
    return not Mediation.objects.filter(problem=problem, times=problem.times).exists()


def mediations_of(problem: Problem) -> list[Mediation]:
    """How a dispute ended each time it came up, the last one first; whoever asks may see the problem."""
    return list(Mediation.objects.filter(problem=problem).order_by("-times")) if problem.kind == Kind.DISPUTE else []


class Dispute(NamedTuple):
    """One line of the register; numbers of people in its title are hidden."""

    pk: int
    title: str
    place: str
    state: str
    times: int
    raised_at: datetime
    solved_at: datetime | None
    heard: list[SeatKind]
    mediation: Mediation | None


@dataclass(frozen=True)
class Register:
    """One page of disputes, the newest first; `after` is the cursor of the next one, empty at the end."""

    rows: list[Dispute] = field(default_factory=list)
    after: str = ""


def register(actor: Actor, *, outcome: str = "", after: str = "", size: int = PAGE) -> Register:
    """The disputes at the actor's places, solved ones too, with who was heard and how they ended. Three queries.

    `outcome` narrows to those agreed, failed, or still waiting for one; anything else to none of these.
    """
    rows = _narrowed(visible_problems(actor).filter(kind=Kind.DISPUTE.value), outcome)
    if after.isascii() and after.isdigit() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.exclude(state__in=["merged", "dropped"]).select_related("place").order_by("-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Register(_lines(found), str(found[-1].pk) if more else "")


def _narrowed(rows: QuerySet[Problem], outcome: str) -> QuerySet[Problem]:
    here = Mediation.objects.filter(problem=OuterRef("pk"), times=OuterRef("times"))
    if outcome == WAITING:
        return rows.exclude(Exists(here))
    return rows.filter(Exists(here.filter(outcome=outcome))) if outcome in set(Outcome) else rows


def _lines(found: Iterable[Problem]) -> list[Dispute]:
    rows = list(found)
    heard: dict[int, set[str]] = {}
    for problem, kind in Seat.objects.filter(problem__in=rows).values_list("problem", "kind"):
        heard.setdefault(problem, set()).add(kind)
    ended = {(one.problem_id, one.times): one for one in Mediation.objects.filter(problem__in=rows)}
    return [
        Dispute(
            pk=row.pk,
            title=mask(row.title),
            place=row.place.full_name,
            state=row.state,
            times=row.times,
            raised_at=row.raised_at,
            solved_at=row.solved_at,
            heard=[kind for kind in SeatKind if kind.value in heard.get(row.pk, set())],
            mediation=ended.get((row.pk, row.times)),
        )
        for row in rows
    ]
