"""A member unit's door: the demands that it was handed, by due time, and one demand with its moves."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.demands.lists import list_page
from gongzhi.neighbourhood.queries import current_units
from gongzhi.web.casework import choices
from gongzhi.web.casework.filters import Ask
from gongzhi.web.casework.inbox import inbox_page
from gongzhi.web.casework.making import move_response
from gongzhi.web.casework.moves import find_demand
from gongzhi.web.casework.page import demand_page
from gongzhi.web.casework.rows import rows_for
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now, units_of

GROUPS = ("due", "work", "waiting", "answered", "ended", "all")


@for_standing(*UNIT)
@require_safe
def show_worklist(request: HttpRequest) -> HttpResponse:
    """What this unit was handed, by due time."""
    actor = actor_of(request)
    unit_ids = units_of(actor)
    if not unit_ids:
        # Who is a member in their own right is handed nothing: their page is what they have and need.
        return HttpResponseRedirect(reverse("units-exchange"))
    ask = Ask.of(request.GET, actor)
    # Whoever also works at a desk sees more than the unit's; here they see the unit's.
    filters = replace(ask.filters, handler=unit_ids[0])
    page = list_page(
        actor, filters, now=now(), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return render(
        request,
        "units/demand/list.html",
        {
            "unit": current_units().filter(pk=unit_ids[0]).first(),
            "ask": ask,
            "listing": page,
            "rows": rows_for(actor, page.rows, ask.scope),
            "tabs": ask.tabs(GROUPS),
            "selects": ask.selects("due", "urgency"),
            "more_selects": ask.selects("state", "kind"),
            "categories": choices.category_tree(ask.categories),
            "chips": ask.chips(),
            "clear_query": f"?group={ask.group}",
            "base": "/units",
        },
    )


@for_standing(*UNIT)
@require_safe
def show_inbox(request: HttpRequest) -> HttpResponse:
    """Notices to this liaison."""
    return inbox_page(request, base="/units", layout="units/layout.html")


@for_standing(*UNIT)
@require_safe
def show_demand(request: HttpRequest, demand_id: int) -> HttpResponse:
    """One demand that the unit was handed."""
    return demand_page(request, find_demand(request, demand_id), template="units/demand/page.html", base="/units")


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def make_move(request: HttpRequest, demand_id: int, verb: str) -> HttpResponse:
    """Show the form of one move, or make it."""
    return move_response(request, demand_id, verb, base="/units")
