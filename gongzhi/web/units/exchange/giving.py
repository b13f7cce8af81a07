"""我们给过的: what this unit gave, what became of it, and whether it may be told."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongzhi.exchange.actions import giving as actions
from gongzhi.exchange.giving_rules import GIVING_MOVES, Openness
from gongzhi.exchange.queries import giving as queries
from gongzhi.exchange.rows import Contribution
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.asking import press
from gongzhi.web.casework.given import contribution_line, use_lines
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now, units_of

MOST = 100
# What a giver may press: how far it is told from then on.
SAYS = {"named": Openness.NAMED, "unnamed": Openness.UNNAMED, "closed": Openness.CLOSED}


def _given(actor: Actor) -> Any:
    return queries.visible_contributions(actor).filter(giver_unit__in=units_of(actor))


@for_standing(*UNIT)
@require_safe
def show_given(request: HttpRequest) -> HttpResponse:
    """The latest first, each with its uses and the three presses."""
    actor = actor_of(request)
    rows: list[Contribution] = list(_given(actor).select_related(*queries.BOTH).order_by("-came_on", "-pk")[:MOST])
    uses = queries.uses_of([row.pk for row in rows])
    lines = [
        contribution_line(row)
        | {
            "uses": use_lines(row, uses[row.pk]),
            "says": [] if not row.quantity else [one for one in SAYS if one != row.state],
            "place": row.receiving_place_id,
        }
        for row in rows
    ]
    context = {"lines": lines, "cut": MOST if len(rows) == MOST else 0}
    return render(request, "units/exchange/giving.html", context)


@for_standing(*UNIT)
@require_safe
def show_one(request: HttpRequest, contribution_id: int) -> HttpResponse:
    """To its line in the list; a notice leads here."""
    if not _given(actor_of(request)).filter(pk=contribution_id).exists():
        raise Http404
    return HttpResponseRedirect(f"{reverse('units-giving')}#given-{contribution_id}")


@for_standing(*UNIT)
@require_POST
def say(request: HttpRequest, contribution_id: int, verb: str) -> HttpResponse:
    """How far it may be told, with one press."""
    actor = actor_of(request)
    if verb not in SAYS or not _given(actor).filter(pk=contribution_id).exists():
        raise Http404
    back = f"{reverse('units-giving')}#given-{contribution_id}"
    if SAYS[verb] is Openness.CLOSED:
        act = partial(actions.withdraw_public, actor, contribution_id=contribution_id, now=now())
        return press(request, GIVING_MOVES["withdraw"].label, back, act)
    act = partial(actions.agree_public, actor, contribution_id=contribution_id, openness=SAYS[verb].value, now=now())
    return press(request, GIVING_MOVES["agree"].label, back, act)
