"""Which action each move is, which moves are open on a page, and which of them comes first."""

from collections.abc import Callable
from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.rows import Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.web.casework.forms import ON_BUTTONS
from gongzhi.web.entrance import actor_of


class Deed(NamedTuple):
    """An action behind a verb; `guarded` where it must not be done on an older picture of the demand."""

    act: Callable[..., object]
    guarded: bool = False


DEEDS = {
    "classify": Deed(actions.classify_demand, guarded=True),
    "refile": Deed(actions.refile_demand, guarded=True),
    "dispatch": Deed(actions.dispatch_demand, guarded=True),
    "recall": Deed(actions.recall_demand, guarded=True),
    "sign": Deed(actions.sign_demand, guarded=True),
    "return": Deed(actions.return_demand, guarded=True),
    "contact": Deed(actions.contact_reporter, guarded=True),
    "start": Deed(actions.start_work, guarded=True),
    "note": Deed(actions.note_on_demand),
    "add": Deed(actions.add_words),
    "attach": Deed(actions.attach_photos),
    "ask": Deed(actions.ask_reporter, guarded=True),
    "reply_to_question": Deed(actions.reply_to_question),
    "stop_waiting": Deed(actions.stop_waiting),
    "ask_extension": Deed(actions.ask_extension, guarded=True),
    "grant_extension": Deed(actions.grant_extension),
    "refuse_extension": Deed(actions.refuse_extension),
    "remind": Deed(actions.remind_handler),
    "supervise": Deed(actions.supervise_demand),
    "park": Deed(actions.park_demand, guarded=True),
    "resume": Deed(actions.resume_demand),
    "answer": Deed(actions.answer_demand, guarded=True),
    "call_back": Deed(actions.call_back),
    "reopen": Deed(actions.reopen_demand),
    "archive": Deed(actions.archive_demand),
}
# Decided where the request stands, not among the other moves.
BESIDE = frozenset({"grant_extension", "refuse_extension"})

# The natural next move of each state: the first that is open.
NEXT: dict[State, tuple[str, ...]] = {
    State.RECEIVED: ("classify",),
    State.CLASSIFIED: ("contact",),
    State.DISPATCHED: ("sign", "remind"),
    State.SIGNED: ("contact",),
    State.CONTACTED: ("start",),
    State.IN_HAND: ("answer",),
    State.WAITING: ("reply_to_question", "stop_waiting"),
    State.RETURNED: ("dispatch",),
    State.ON_REGISTER: ("resume",),
    State.REOPENED: ("contact",),
    State.REPLIED: ("call_back",),
    State.CALLED_BACK: ("call_back",),
}


def open_deeds(actor: Actor, demand: Demand) -> dict[str, str]:
    """The moves open to this person on this page: verb to label, in the table's order."""
    found = queries.moves_open_to(actor, demand)
    return {verb: deed_label(verb) for verb in found if verb in DEEDS}


def deed_label(verb: str) -> str:
    """What the button of a move says."""
    return str(ON_BUTTONS.get(verb) or gettext(rules.MOVES[verb].label))


def natural_move(actor: Actor, demand: Demand, deeds: dict[str, str]) -> str:
    """The one move that the page puts first; empty where nothing is to be done now."""
    state = State(demand.state)
    with_unit = demand.handler_id and state in rules.IN_WORK
    if with_unit and Standing.UNIT not in queries.standings(actor, demand):
        return "remind" if "remind" in deeds else ""
    return next((verb for verb in NEXT.get(state, ()) if verb in deeds), "")


def find_demand(request: HttpRequest, demand_id: int) -> Demand:
    """The demand for whoever may see it; absent and not yours are the same 404."""
    try:
        return queries.get_demand(actor_of(request), demand_id)
    except queries.ABSENT as error:
        raise Http404 from error
