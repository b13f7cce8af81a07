"""Posters for buildings: choose a compound or some of its buildings, print one page each."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from gongzhi.neighbourhood import posters, registers
from gongzhi.neighbourhood.queries import poster_path
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.web.desk.setup.doors import looking
from gongzhi.web.desk.setup.places import place_of

PRINTED = (PlaceKind.COMMUNITY, PlaceKind.COMPOUND, PlaceKind.BUILDING)


@looking
@require_GET
def show_posters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Find a compound or community, then choose among its buildings."""
    words = request.GET.get("words", "")[:60]
    context: dict[str, object] = {"words": words}
    if (place_id := request.GET.get("place", "")).isdecimal() and len(place_id) < 18:
        place = place_of(actor, int(place_id))
        rows = [place, *_inside(actor, place)]
        names = {row.pk: posters.unprintable(str(row)) for row in rows}
        context |= {"place": place, "rows": rows, "boxes": {pk: signs for pk, signs in names.items() if signs}}
        context["signs"] = "".join(dict.fromkeys("".join(names.values())))
    elif words.strip():
        found, _after = registers.places_page(actor, words=words)
        context["found"] = [row for row in found if row.kind in PRINTED][:40]
    return render(request, "desk/setup/posters.html", context)


def _inside(actor: Actor, place: Place) -> list[Place]:
    rows = registers.visible_places(actor).filter(
        valid_to=None, parent=place, kind__in=[kind.value for kind in PRINTED]
    )
    return list(rows.order_by("kind", "pinyin", "pk")[: posters.MOST_PAGES])


@looking
@require_POST
def print_posters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The chosen posters as one PDF."""
    chosen = [int(pk) for pk in request.POST.getlist("place") if pk.isdecimal() and len(pk) < 18]
    places = registers.visible_places(actor).filter(pk__in=chosen, valid_to=None).order_by("full_name", "pk")
    phone = request.POST.get("phone", "").strip()[:30]
    pages = [
        posters.PosterPage(gettext(posters.HEADLINE), str(place), settings.SITE_ADDRESS + poster_path(place), phone)
        for place in places[: posters.MOST_PAGES]
    ]
    if not pages:
        messages.error(request, gettext("请至少选一处。"))
        return HttpResponseRedirect(reverse("setup-posters"))
    response = HttpResponse(posters.poster(pages, gettext), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="posters.pdf"'
    return response
