"""吹哨报到: what a unit was called to, and its steps: sign, make contact, turn up, be done."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.problems import actions, lists, queries, rules, whistling
from gongzhi.problems.lists import Call
from gongzhi.problems.rows import Whistle
from gongzhi.problems.rules import WhistleState
from gongzhi.shared.moves import _
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.steps import Kept, events_of, forms_of, open_to_unit, take_step
from gongzhi.web.who import UNIT, for_standing, now, units_of

ACT: dict[str, Callable[..., object]] = {
    "sign": actions.sign_whistle,
    "contact": actions.contact_whistle,
    "arrive": actions.arrive_whistle,
    "finish": actions.finish_whistle,
}
OTHERS = {"blow": _("吹哨"), "late": _("超时提醒")}
STEP_LABELS = {"sign": _("签收"), "contact": _("联系吹哨方"), "on_site": _("到场")}


@for_standing(*UNIT)
@require_safe
def show_whistles(request: HttpRequest) -> HttpResponse:
    """What this unit was called to, the newest first; what is still to be done stands first in the tabs."""
    actor = actor_of(request)
    every = request.GET.get("group") == "all"
    before = request.GET.get("after", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    state = "" if every else "open"
    calls = lists.whistle_calls(
        actor, state=state, unit_id=next(iter(units_of(actor)), 0), before=cursor, size=lists.PAGE + 1
    )
    shown = calls[: lists.PAGE]
    context = {
        "rows": [_line(call) for call in shown],
        "every": every,
        "after": str(shown[-1].pk) if len(calls) > lists.PAGE else "",
    }
    return render(request, "units/whistle/list.html", context)


def _line(call: Call) -> dict[str, Any]:
    return {"call": call, "label": rules.WHISTLE_LABELS[WhistleState(call.state)], "next": _next_due(call)}


def _next_due(call: Call) -> dict[str, Any] | None:
    """The step that is due first, with its time; None once the unit is there."""
    if call.state not in rules.WHISTLE_OPEN:
        return None
    for step, (due_at, done_at) in whistling.times(call).items():
        if done_at is None:
            return {"label": gettext(STEP_LABELS[step]), "due_at": due_at}
    return None


def _find(request: HttpRequest, whistle_id: int) -> Call:
    """A whistle blown for one of the asker's units; for others there is none here, wherever else they may see it."""
    actor = actor_of(request)
    try:
        call = lists.get_call(actor, whistle_id)
    except Whistle.DoesNotExist as error:
        raise Http404 from error
    if call.unit_id not in units_of(actor):
        raise Http404
    return call


@for_standing(*UNIT)
@require_safe
def show_whistle(request: HttpRequest, whistle_id: int) -> HttpResponse:
    """One whistle: where, what is wanted, by when, and the next step."""
    return _page(request, whistle_id, None)


def _page(request: HttpRequest, whistle_id: int, kept: Kept | None) -> HttpResponse:
    call = _find(request, whistle_id)
    state = WhistleState(call.state)
    steps = forms_of(open_to_unit(rules.WHISTLE_MOVES, state), kept)
    context = {
        "call": call,
        "label": rules.WHISTLE_LABELS[state],
        "due": _due_lines(call),
        "first": steps[0] if steps else None,
        "others": steps[1:],
        "kept": kept,
        "address": reverse("units-whistle", args=[whistle_id]),
        "rating": rules.WHISTLE_RATINGS.get(call.rating, ""),
        "events": events_of(queries.whistle_trail(actor_of(request), whistle_id), rules.WHISTLE_MOVES, OTHERS),
    }
    return render(request, "units/whistle/page.html", context)


def _due_lines(call: Call) -> list[dict[str, Any]]:
    """Each step with by when it is due and when it was done; what is no longer wanted is not due."""
    running = call.state in rules.WHISTLE_OPEN
    return [
        {"label": STEP_LABELS[step], "due_at": due_at, "done_at": done_at, "running": running, "now": now()}
        for step, (due_at, done_at) in whistling.times(call).items()
    ]


@for_standing(*UNIT)
@require_POST
def make_step(request: HttpRequest, whistle_id: int, verb: str) -> HttpResponse:
    """One step of a whistle."""
    _find(request, whistle_id)
    back = reverse("units-whistle", args=[whistle_id])
    return take_step(
        request,
        verb,
        ACT,
        rules.WHISTLE_MOVES,
        back,
        lambda kept: _page(request, whistle_id, kept),
        whistle_id=whistle_id,
    )
