"""Which action each move of a problem is, which moves are open on its page, and which of them comes first."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import actions, disputes, queries, rules
from gongzhi.problems.queries import Story
from gongzhi.problems.rows import Problem
from gongzhi.problems.rules import Kind, State
from gongzhi.web.entrance import actor_of


class Deed(NamedTuple):
    """An action behind a verb; `guarded` where it must not be done on an older picture of the problem."""

    act: Callable[..., object]
    guarded: bool = True


DEEDS = {
    "survey": Deed(actions.survey_problem),
    "name_cause": Deed(actions.name_cause),
    "name_blocker": Deed(actions.name_blocker),
    "lift_blocker": Deed(actions.lift_blocker),
    "whistle": Deed(actions.blow_whistle),
    "refer": Deed(actions.refer_problem),
    "start": Deed(actions.start_problem),
    "seat": Deed(actions.take_seat),
    "mediate": Deed(actions.mediate_problem),
    "title": Deed(actions.set_title),
    "assign": Deed(actions.assign_problem),
    "vulnerable": Deed(actions.set_vulnerable),
    "note": Deed(actions.note_on_problem, guarded=False),
    "solve": Deed(actions.solve_problem),
    "reopen": Deed(actions.reopen_problem),
    "drop": Deed(actions.drop_problem),
}
# Made on the sorting page.
SORTED = ("join", "split", "merge")

# The natural next move of each state: the first that is open.
NEXT: dict[State, tuple[str, ...]] = {
    State.RAISED: ("survey",),
    State.REOPENED: ("survey",),
    State.SURVEYED: ("name_cause",),
    State.CAUSE_KNOWN: ("start",),
    State.IN_HAND: ("solve",),
}


def open_deeds(actor: Actor, problem: Problem, story: Story | None = None) -> dict[str, str]:
    """The moves open to this person on this page: verb to label, in the table's order.

    Left out is what there is nothing to do with: a blocker to lift, a seat of a problem that is no dispute, an occasion
    on which this person may blow; and solving a dispute of which nobody wrote down how it ended at the table.
    """
    found = queries.moves_open_to(actor, problem)
    deeds = {verb: gettext(rules.MOVES[verb].label) for verb in found if verb in DEEDS}
    if problem.kind != Kind.DISPUTE:
        deeds.pop("seat", None)
        deeds.pop("mediate", None)
    elif "solve" in deeds and disputes.is_to_be_mediated(problem):
        del deeds["solve"]
    if story is not None and not any(one.lifted_at is None for one in story.blockers):
        deeds.pop("lift_blocker", None)
    if "whistle" in deeds and not queries.occasions_open_to(actor, problem):
        del deeds["whistle"]
    return deeds


def natural_move(story: Story, deeds: dict[str, str], proposed: list[str]) -> str:
    """The one move that the page puts first; empty where nothing is to be done now."""
    state = State(story.problem.state)
    if state is not State.IN_HAND:
        found = next((verb for verb in proposed if verb in deeds), "")
        if found:
            return found
        # In a dispute the three sides are heard before anything else.
        if "seat" in deeds:
            return "seat" if any(one.seat is None for one in story.seats) else "start"
    if "mediate" in deeds and "solve" not in deeds:
        return "mediate"
    return next((verb for verb in NEXT.get(state, ()) if verb in deeds), "")


def find_problem(request: HttpRequest, problem_id: int) -> Problem:
    """The problem for whoever may see it; absent and not yours are the same 404."""
    try:
        return queries.get_problem(actor_of(request), problem_id)
    except queries.ABSENT as error:
        raise Http404 from error
