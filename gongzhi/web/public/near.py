"""Before she sends: troubles near by that look the same, as a fragment or a page of their own."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from gongzhi.demands.actions.intake import LONGEST
from gongzhi.neighbourhood.queries import current_place
from gongzhi.problems import finding
from gongzhi.shared import tries
from gongzhi.web.public import neighbours, places
from gongzhi.web.public.forms import RUNGS, NewForm
from gongzhi.web.switches import ELDER
from gongzhi.web.tries import origin

log = logging.getLogger("gongzhi.web")
LOOKS_AN_HOUR = 600
# More than two troubles to choose from is a puzzle; in large type one.
MOST, MOST_ELDER = 2, 1
# What was typed goes along, so that it is there again where the tap comes too late, or she goes on.
CARRIED = (
    *("once", "lon", "lat", "poster", "search", *RUNGS, "place_words"),
    *("body", "danger", "name", "phone", "email", "agree"),
)


@dataclass(frozen=True)
class Hint:
    """One trouble as the page shows it; `count` None for fewer than five neighbours."""

    key: str
    title: str
    count: int | None
    since: datetime


def hints_for(request: HttpRequest, values: Mapping[str, Any]) -> list[Hint]:
    """What looks the same near by. Whatever goes wrong here must not stand in the way of a report: then nothing."""
    place = current_place(_chosen(values)) if _chosen(values) else None
    text = str(values.get("body") or "").strip()
    if place is None or not text or len(text) > LONGEST:
        return []
    if not tries.take({("near", origin(request)): LOOKS_AN_HOUR}, now=timezone.localtime()):
        return []
    most = MOST_ELDER if request.session.get(ELDER) else MOST
    try:
        lon, lat = places.position_at(place, _number(values.get("lon")), _number(values.get("lat")))
        found = finding.similar_open(text, place, lon, lat, now=timezone.localtime(), most=most)
    except Exception:
        log.exception("no hint for a report")
        return []
    return [Hint(neighbours.signed_key(one.key), one.title, one.count, one.since) for one in found]


def _chosen(values: Mapping[str, Any]) -> int:
    given = (str(values.get(rung) or "") for rung in RUNGS)
    return next((int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 18), 0)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def carried(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed, for hidden fields."""
    return [(name, str(values[name])) for name in CARRIED if values.get(name) not in (None, "")]


@require_POST
def show_near(request: HttpRequest) -> HttpResponse:
    """The hint as a fragment; nothing at all where nothing looks the same."""
    found = hints_for(request, request.POST)
    if not found:
        return HttpResponse(status=204)
    return render(request, "public/parts/near.html", {"hints": found, "typed": carried(request.POST)})


def hint_page(request: HttpRequest, form: NewForm) -> HttpResponse | None:
    """For browsers without scripts: the hint between the first press and the second; None where there is none.

    Where photos were chosen there is none either: the page in between would lose them.
    """
    if request.POST.get("plain") != "1" or form.cleaned_data["photos"]:
        return None
    found = hints_for(request, request.POST)
    if not found:
        return None
    context = {"hints": found, "typed": carried(request.POST), "filing": True}
    return render(request, "public/near.html", context)
