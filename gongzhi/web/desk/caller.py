"""A caller on the line: written down by keyboard alone, with what they asked before beside it."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.demands import actions, deadlines, queries, rules
from gongzhi.demands.actions import Received
from gongzhi.demands.lists import lines, lines_near
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.places import chosen_place, places_for
from gongzhi.web.casework.rows import rows_for
from gongzhi.web.desk.forms import CallerForm, plain_number
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

log = logging.getLogger("gongzhi.desk")
# The last demand taken, for the page that is read out; the code is stored nowhere else in the clear.
TAKEN = "desk-taken"


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def show_caller(request: HttpRequest) -> HttpResponse:
    """The form for a caller; sent, it takes the demand in."""
    actor = actor_of(request)
    form = CallerForm(actor, choices.categories(), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                received = actions.receive_demand(actor, intake=form.intake(), now=now())
            except Refused as refusal:
                blame(form, refusal)
            else:
                request.session[TAKEN] = _to_read_out(received)
                return HttpResponseRedirect(reverse("desk-taken"))
        status = 422
    return render(request, "desk/caller/page.html", {"form": form, "base": "/desk"}, status=status)


def _to_read_out(received: Received) -> dict[str, Any]:
    demand = received.demand
    clocks = [clock for clock in queries.story_of(demand).clocks if clock.kind == "answer"]
    return {
        "pk": demand.pk,
        "number": rules.number(demand.pk),
        "code": received.code,
        "subject": demand.subject,
        "due": clocks[0].due_at.isoformat() if clocks else "",
        "why": clocks[0].why if clocks else None,
        "again": received.again,
    }


@for_standing(*WORKERS)
@require_safe
def show_taken(request: HttpRequest) -> HttpResponse:
    """Number, code and due time of what was just taken in, to be read out to the caller."""
    taken = request.session.get(TAKEN)
    if not taken:
        return HttpResponseRedirect(reverse("desk-caller"))
    why = deadlines.say(deadlines.explain(taken["why"]), gettext) if taken["why"] else ""
    visible = queries.visible_demands(actor_of(request)).filter(pk=taken["pk"]).exists()
    response = render(
        request, "desk/caller/taken.html", {"taken": taken, "why": why, "visible": visible, "base": "/desk"}
    )
    response["Cache-Control"] = "no-store"
    return response


@for_standing(*DESK)
@require_safe
def show_places(request: HttpRequest) -> HttpResponse:
    """The suggestions below a place field, as a fragment."""
    asked = request.GET.get("q", "").strip()
    found = places_for(actor_of(request), asked)
    return render(request, "desk/caller/places.html", {"places": found, "asked": asked})


@for_standing(*WORKERS)
@require_POST
def show_earlier(request: HttpRequest) -> HttpResponse:
    """What this number asked before, as a fragment. By POST, so that numbers stay out of logs."""
    actor = actor_of(request)
    number = plain_number(request.POST.get("phone", "")[:40])
    found = lines(queries.earlier_demands(actor, number)) if len(number) >= 7 else []
    rows = rows_for(actor, found, choices.scope_of(actor)) if found else []
    context = {"rows": rows, "asked": len(number) >= 7, "base": "/desk"}
    return render(request, "desk/caller/earlier.html", context)


@for_standing(*WORKERS)
@require_POST
def show_near(request: HttpRequest) -> HttpResponse:
    """Open demands near the chosen place, as a fragment."""
    actor = actor_of(request)
    place, _others = chosen_place(actor, request.POST.get("place", ""), request.POST.get("place_typed", "")[:300])
    found = lines_near(actor, place, now=now()) if place else []
    rows = rows_for(actor, found, choices.scope_of(actor)) if found else []
    return render(request, "desk/caller/near.html", {"rows": rows, "place": place, "base": "/desk"})


@for_standing(*WORKERS)
@require_POST
def show_suggestions(request: HttpRequest) -> HttpResponse:
    """Categories that the words suggest, with how sure and why, as a fragment; chosen by a person or not at all."""
    words = request.POST.get("body", "").strip()[:2000]
    by_code = {row.code: row for row in choices.categories()}
    found = [
        {"row": by_code[one.code], "percent": round(one.confidence * 100), "because": list(one.because)}
        for one in _suggest(words)
        if one.code in by_code and one.confidence >= choices.LEAST_SURE
    ]
    return render(request, "desk/caller/suggestions.html", {"suggestions": found})


def _suggest(words: str) -> list[Any]:
    if len(words) < 4:
        return []
    from gongzhi.demands.suggestions import model

    try:
        engine: Any = model()
        return list(engine.suggest(words, 3)) if engine else []
    # A caller is on the line: a model that cannot be read costs the suggestion, not the call.
    except Exception:
        log.exception("no category could be suggested")
        return []
