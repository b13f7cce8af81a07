"""An intake, a list and a map as bare as Django allows."""

import json

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.bare.models import Event, Order


def create(request: HttpRequest) -> HttpResponse:
    """Commit an order and an event."""
    with transaction.atomic():
        order = Order.objects.create(
            subject=request.POST["body"][:30], body=request.POST["body"], place=request.POST["place_words"]
        )
        Event.objects.create(order=order, verb="receive")
    return _sized(HttpResponse(status=201))


def show_list(request: HttpRequest) -> HttpResponse:
    """Fifty orders in a table, no count."""
    return _sized(render(request, "bare/list.html", {"orders": Order.objects.order_by("due_at", "id")[:50]}))


def show_map(request: HttpRequest) -> HttpResponse:
    """4,000 points as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [order.lon, order.lat]},
            "properties": {"id": order.pk, "label": order.subject, "state": order.state},
        }
        for order in Order.objects.order_by("id")[:4000]
    ]
    return _sized(HttpResponse(json.dumps({"type": "FeatureCollection", "features": features})))


def _sized(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("bare/create", create), path("bare/list", show_list), path("bare/map", show_map)]
