"""An intake, a list and a map as bare as Django allows."""

from django.db import connection, transaction
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
    """4,000 points as GeoJSON, built by the database."""
    with connection.cursor() as cursor:
        cursor.execute(POINTS)
        return _sized(HttpResponse(cursor.fetchone()[0], content_type="application/geo+json"))


POINTS = """
SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(json_build_object(
    'type', 'Feature',
    'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(lon, lat)),
    'properties', json_build_object('id', id, 'label', subject, 'state', state))))::text
FROM (SELECT id, lon, lat, subject, state FROM bare_order ORDER BY id LIMIT 4000) p
"""


def _sized(response: HttpResponse) -> HttpResponse:
    response.headers["Content-Length"] = str(len(response.content))
    return response


urlpatterns = [path("bare/create", create), path("bare/list", show_list), path("bare/map", show_map)]
