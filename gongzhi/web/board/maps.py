"""The map: places as circles, demands as points, and the outline they lie in; GeoJSON in WGS-84."""

import json
from hashlib import blake2b
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.statistics import maps, rules
from gongzhi.web.board.asking import address, ago_of, scope_of, works_at_a_desk
from gongzhi.web.board.overview import BOARD, MAP, ROWS, head, spot_words


def _feature(lon: float, lat: float, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def _send(request: HttpRequest, features: str) -> HttpResponse:
    """Answer with a collection, or with 304 where the browser has it already."""
    body = f'{{"type":"FeatureCollection","features":{features}}}'.encode()
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=tag, response=response) or response


def _compact(features: list[dict[str, Any]]) -> str:
    return json.dumps(features, ensure_ascii=False, separators=(",", ":"))


@login_required
@require_safe
def send_points(request: HttpRequest) -> HttpResponse:
    """Demands as points: `of` is open, late or received; beyond 4,000 they are put together in cells."""
    scope = scope_of(request)
    shown = request.GET.get("of", "open")
    shown = shown if shown in maps.SHOWN else "open"
    zoom = request.GET.get("zoom", "")
    linked = works_at_a_desk(scope) and bool(is_valid_path("/desk/demands/1"))
    points = maps.points_of(
        scope,
        shown,
        link="/desk/demands/" if linked else "",
        zoom=int(zoom) if zoom.isascii() and zoom.isdigit() and len(zoom) < 3 else 22,
    )
    if not points.cells:
        return _send(request, points.features)
    ago = ago_of(request)
    return _send(
        request,
        _compact([_cell(cell, shown, address(ROWS, scope, ago=ago, of=shown, box="")) for cell in points.cells]),
    )


def _cell(cell: maps.Cell, shown: str, rows: str) -> dict[str, Any]:
    open_there = cell.count if shown != "received" else 0
    return _feature(
        cell.lon,
        cell.lat,
        label=_("%(n)d 件，超时 %(late)d 件") % {"n": cell.count, "late": cell.late},
        count=cell.count,
        tone=rules.tone_of(open_there or cell.count, cell.late),
        url=f"{rows}&box={','.join(map(str, cell.box))}",
    )


@login_required
@require_safe
def send_places(request: HttpRequest) -> HttpResponse:
    """Communities, or a community's compounds, as circles that grow with what is open."""
    scope, ago = scope_of(request), ago_of(request)
    features = [
        _feature(
            spot.place.lon,
            spot.place.lat,
            label=_("%(name)s：%(words)s") % {"name": spot.place.name, "words": spot_words(spot)},
            count=spot.open,
            tone=rules.tone_of(spot.open, spot.late),
            url=address(BOARD, scope, ago=ago, place=spot.place.pk),
        )
        for spot in maps.spots_of(scope)
        if spot.place.lon is not None and spot.place.lat is not None
    ]
    return _send(request, _compact(features))


@login_required
@require_safe
def send_outline(request: HttpRequest) -> HttpResponse:
    """The boundary around what the map shows; nothing where the district has loaded none."""
    places = maps.outline_of(scope_of(request))
    return _send(request, _compact([_outline(place.boundary) for place in places]))


def _outline(boundary: Any) -> dict[str, Any]:
    """A stored boundary as a feature, whether it was kept as a geometry, a feature or a collection of one."""
    if boundary.get("type") == "FeatureCollection":
        boundary = boundary["features"][0]
    geometry = boundary["geometry"] if boundary.get("type") == "Feature" else boundary
    return {"type": "Feature", "properties": {}, "geometry": geometry}


@login_required
@require_safe
def show_map(request: HttpRequest) -> HttpResponse:
    """Each demand as a point, with the places beside for those who do not see the map."""
    scope, ago = scope_of(request), ago_of(request)
    shown = request.GET.get("of", "open")
    shown = shown if shown in maps.SHOWN else "open"
    context = {
        **head(request, scope, MAP),
        "choices": [
            (rules.COUNTS[code].label, address(MAP, scope, ago=ago, of=code), code == shown) for code in maps.SHOWN
        ],
        "of": shown,
        "outline": address("/board/outline.geojson", scope, ago=ago),
        "points": address("/board/map.geojson", scope, ago=ago, of=shown),
        "rows_address": address(ROWS, scope, ago=ago, of=shown),
        "spots": [
            {
                "label": spot.place.name,
                "url": address(ROWS, scope, ago=ago, of=shown, place=spot.place.pk),
                "count": spot_words(spot),
            }
            for spot in maps.spots_of(scope)
        ],
        "board": address(BOARD, scope, ago=ago),
    }
    return render(request, "board/map.html", context)
