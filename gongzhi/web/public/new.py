"""反映问题: one form in three short steps, one action, and what to take home."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.actions import Intake, Received
from gongzhi.demands.rules import Channel, Kind, Urgency
from gongzhi.neighbourhood.queries import current_places, find_places, place_of_poster
from gongzhi.neighbourhood.rules import STRANGER, Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of
from gongzhi.web.public import places
from gongzhi.web.public.explained import answer_clock
from gongzhi.web.public.forms import RUNGS, NewForm, fresh_token
from gongzhi.web.public.near import hint_page
from gongzhi.web.words import blame

THANKS = "thanks"
TAKE_HOME = 24 * 3600
URGENCY = {"yes": Urgency.DANGER, "utility": Urgency.UTILITY, "no": Urgency.ORDINARY}


def show_new(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes a demand; `find` in it only looks the place up, for browsers without scripts."""
    if request.method != "POST":
        return show_form(request, NewForm(initial={"once": fresh_token(), **_asked_for(request)}))
    if "find" in request.POST:
        # Unbound, so that nothing is called wrong before the form was sent.
        return show_form(request, NewForm(initial=request.POST.dict()))
    form = NewForm(request.POST, request.FILES)
    if form.is_valid():
        if hint := hint_page(request, form):
            return hint
        try:
            received = receive(actor_of(request), form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return HttpResponseRedirect(thanks_address(received))
    return show_form(request, form, status=422)


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """The place that the page before named, such as that of a problem that is not over."""
    place = request.GET.get("place", "")
    return {"place": place} if place.isascii() and place.isdigit() and len(place) < 18 else {}


def show_poster(request: HttpRequest, code: str) -> HttpResponse:
    """The form with the place filled in, as the QR code on the wall says it."""
    place = place_of_poster(code)
    if place is None:
        raise Http404
    return show_form(request, NewForm(initial={"once": fresh_token(), "place": place.pk, "poster": code}))


def receive(actor: Actor, values: dict[str, Any]) -> Received:
    """Hand the form's values to the room. The same words sent twice count once; other words are another demand."""
    place = values["found"]
    lon, lat = places.position_at(place, values["lon"], values["lat"])
    told = hashlib.sha256(f"{place.pk}\n{values['body']}".encode()).hexdigest()[:16]
    from_poster = place_of_poster(values["poster"] or "")
    intake = Intake(
        place=place,
        body=values["body"],
        kind=Kind.HELP,
        channel=Channel.POSTER if from_poster == place else Channel.PAGE,
        urgency=URGENCY[values["danger"]],
        place_words=values["place_words"],
        lon=lon,
        lat=lat,
        name=values["name"],
        phone=values["phone"],
        email=values["email"],
        photos=values["photos"],
        once=f"{values['once'][:44]}.{told}",
    )
    received = actions.receive_demand(actor, intake=intake, now=timezone.localtime())
    if received.again and values["photos"] and not queries.has_photos(received.demand):
        # Sent a second time because the picture was forgotten.
        reporter = Actor(label=STRANGER.label, link=received.demand.pk)
        actions.attach_photos(reporter, demand_id=received.demand.pk, photos=values["photos"], now=timezone.localtime())
    return received


def show_form(request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
    """The page with what was typed, the places found and the selects chosen so far."""
    values = form.data if form.is_bound else form.initial
    chosen = str(values.get("place") or "")
    found = find_places(str(values.get("search") or "").strip()[:60])
    known = {str(place.pk) for place in found}
    if chosen.isdecimal() and chosen not in known and len(chosen) < 18:
        found = [*current_places().filter(pk=int(chosen)), *found]
    open_ladder = any(values.get(rung) for rung in RUNGS[1:])
    context = {
        "form": form,
        "places": found,
        "chosen": chosen,
        "asked": bool(values.get("search")),
        "rungs": places.ladder_of(values),
        "open_ladder": open_ladder,
        "contact_days": queries.threshold("contact_days"),
        "photos_lost": form.is_bound and bool(request.FILES),
    }
    return render(request, "public/new.html", context, status=status)


def thanks_address(received: Received) -> str:
    """Where the number and the code are shown: signed and short-lived, kept in no session."""
    token = secrets.sign(THANKS, f"{received.demand.pk}:{received.code}:{int(received.again)}")
    return reverse("thanks", args=[token])


def show_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """What to take home: number, code, link, and until when an answer is due and why."""
    try:
        demand_id, code, again = secrets.read_signed(THANKS, token, max_age=TAKE_HOME).split(":")
    except signing.BadSignature:
        return render(request, "public/thanks_gone.html", status=410)
    link = actions.follow_link(int(demand_id))
    demand = queries.get_demand(Actor(label="", link=int(demand_id)), int(demand_id))
    context = {
        "demand": demand,
        "number": rules.number(demand.pk),
        "code": code,
        "spaced": f"{code[:3]} {code[3:]}",
        "again": again == "1",
        "link": link,
        "path": urlsplit(link).path,
        "clock": answer_clock(queries.story_of(demand).clocks),
    }
    answer = render(request, "public/thanks.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer
