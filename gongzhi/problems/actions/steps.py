"""The two halves of every move of a problem: begin (lock, decide by the table) and finish (save, trail)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.problems import queries, rules
from gongzhi.problems.models import Problem
from gongzhi.problems.rules import State
from gongzhi.shared import trail, writing
from gongzhi.shared.moves import Refused, _, check_move
from gongzhi.shared.reading import Rows
from gongzhi.shared.rows import TrailEntry


@dataclass
class Step:
    """One move under way, its problem locked until the transaction ends."""

    actor: Actor
    problem: Problem
    verb: str
    before: State
    after: State
    now: datetime


# Whoever puts this many signs that nobody sees before the first word has said nothing.
_UNSEEN = 20_000


def said(text: str) -> str:
    """What is left of a text without what cannot be seen, to tell whether anything was said at all."""
    return masking.clean_text(text[:_UNSEEN], _UNSEEN)


def begin(actor: Actor, problem_id: int, verb: str, *, now: datetime, seen: int | None = None, **given: Any) -> Step:
    """Lock the problem and check the move against the table.

    `seen` is the version that the actor's page showed. Raises Problem.DoesNotExist where the actor may not see it,
    `Refused` with the reason where the move may not be made.
    """
    if actor is not CLOCK:
        queries.visible_problems(actor).only("pk").get(pk=problem_id)
    problem = locked(problem_id)
    if problem is None:
        raise Problem.DoesNotExist
    return begun(actor, problem, verb, now=now, seen=seen, **given)


def begun(actor: Actor, problem: Problem, verb: str, *, now: datetime, seen: int | None = None, **given: Any) -> Step:
    """The same for a problem that is locked already and that the actor may see."""
    before = State(problem.state)
    after = check_move(rules.MOVES, verb, before, queries.standings(actor, problem), given)
    if seen is not None and seen != problem.version:
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    return Step(actor, problem, verb, before, State(after), timezone.localtime(now))


def locked(problem_id: int) -> Problem | None:
    """A problem, nobody else's to change until the transaction ends; None for an absent one."""
    return next(iter(LOCKED.ask(problem_id)), None)


LOCKED = Rows(lambda pk: Problem.objects.select_for_update().filter(pk=pk), int)
"""What is asked to lock one."""


def finish(step: Step, *, words: str = "", data: Mapping[str, object] | None = None) -> Problem:
    """Save the problem in its new state and write the trail."""
    entry = ended(step, words=words, data=data)
    writing.write([entry], then=[writing.changes(step.problem)])
    return step.problem


def ended(step: Step, *, words: str = "", data: Mapping[str, object] | None = None) -> TrailEntry:
    """The problem in its new state and the entry of the trail, both unsaved."""
    problem = step.problem
    problem.state = step.after.value
    problem.version += 1
    problem.ended_at = (problem.ended_at or step.now) if step.after in rules.ENDED else None
    return trail.entry(
        step.actor,
        at=step.now,
        noun="problem",
        noun_id=problem.pk,
        verb=step.verb,
        from_state=step.before.value,
        to_state=step.after.value,
        words=words,
        data=data,
    )
