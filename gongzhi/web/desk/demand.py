"""One demand at the desk: its whole story, its reporter's contact, its place, and the moves open to whoever looks."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.rows import Demand
from gongzhi.neighbourhood.queries import outline_of
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.making import move_response
from gongzhi.web.casework.moves import find_demand
from gongzhi.web.casework.page import demand_page
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import in_words

PAGE = "desk/demand/page.html"


@for_standing(*DESK)
@require_safe
def show_demand(request: HttpRequest, demand_id: int) -> HttpResponse:
    """One demand with its whole story."""
    return demand_page(request, find_demand(request, demand_id), template=PAGE, base="/desk")


@for_standing(*DESK)
@require_POST
def open_contact(request: HttpRequest, demand_id: int) -> HttpResponse:
    """Show how to reach the reporter, and write down that it was shown."""
    demand = find_demand(request, demand_id)
    try:
        contact = actions.see_contact(actor_of(request), demand_id=demand_id, now=now())
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(f"/desk/demands/{demand_id}")
    response = demand_page(request, demand, template=PAGE, base="/desk", contact=contact)
    response["Cache-Control"] = "no-store"
    return response


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def make_move(request: HttpRequest, demand_id: int, verb: str) -> HttpResponse:
    """Show the form of one move, or make it."""
    return move_response(request, demand_id, verb, base="/desk")


@for_standing(*DESK)
@require_safe
def show_map(request: HttpRequest, demand_id: int, layer: str) -> HttpResponse:
    """The map of a demand's surroundings as GeoJSON: `points` are it and open ones near by, `outline` its area."""
    demand = find_demand(request, demand_id)
    if layer == "outline":
        return JsonResponse(outline_of(demand.place))
    if layer != "points":
        raise Http404
    actor, moment = actor_of(request), now()
    near = [one for one in queries.near_by(actor, demand.place, now=moment, limit=20) if one.pk != demand.pk]
    features = [_point(one, seen_by(actor, one.subject, one), "calm") for one in near]
    features.append(_point(demand, seen_by(actor, demand.subject, demand), "soon", here=True))
    return JsonResponse({"type": "FeatureCollection", "features": [one for one in features if one]})


def _point(demand: Demand, label: str, tone: str, *, here: bool = False) -> dict[str, object] | None:
    if demand.lon is None or demand.lat is None:
        return None
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [demand.lon, demand.lat]},
        "properties": {
            "label": f"{rules.number(demand.pk)} {label}",
            "url": f"/desk/demands/{demand.pk}",
            "tone": tone,
            "here": here,
        },
    }
