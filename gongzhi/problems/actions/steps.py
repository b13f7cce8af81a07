"""The two halves of every move of a problem: begin (lock, decide by the table) and finish (save, trail)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries, rules
from gongzhi.problems.models import Problem
from gongzhi.problems.rules import State
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _, check_move


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
    queries.visible_problems(actor).only("pk").get(pk=problem_id)
    problem = Problem.objects.select_for_update().get(pk=problem_id)
    before = State(problem.state)
    after = check_move(rules.MOVES, verb, before, queries.standings(actor, problem), given)
    if seen is not None and seen != problem.version:
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    return Step(actor, problem, verb, before, State(after), timezone.localtime(now))


def finish(step: Step, *, words: str = "", data: Mapping[str, object] | None = None) -> Problem:
    """Save the problem in its new state and write the trail."""
    problem = step.problem
    problem.state = step.after.value
    problem.version += 1
    problem.ended_at = (problem.ended_at or step.now) if step.after in rules.ENDED else None
    problem.save()
    trail.write(
        trail.entry(
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
    )
    return problem
