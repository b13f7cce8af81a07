"""通讯录: units with their liaisons, and persons in their own right; a number is opened one by one, and each opening is
written to the trail.
"""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import actions, queries
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, UnitKind
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import in_words

PAGE = 50


def directory_page(request: HttpRequest, *, base: str, layout: str) -> HttpResponse:
    """The members whom this person may look up, by name of unit or liaison, and by place."""
    actor, given, today = actor_of(request), request.GET, now().date()
    words, start, place = given.get("q", "")[:60], _number(given.get("after", "")), _number(given.get("place", ""))
    found = queries.directory(actor, on=today, words=words, place_id=place, start=min(start, 100_000), most=PAGE + 1)
    # Persons stand on the first page, before the units are turned over.
    heads = [] if start else queries.heads(actor, on=today, words=words, place_id=place)
    lines = [
        {
            "pk": one.unit.pk,
            "name": one.unit.name,
            "kind": UNIT_KIND_LABELS[UnitKind(one.unit.kind)],
            "networks": one.networks,
            "liaisons": one.liaisons,
            "offers": one.offers[:5],
            "more": len(one.offers) - 5 if len(one.offers) > 5 else 0,
            "may_open": one.may_open,
        }
        for one in found[:PAGE]
    ]
    context = {
        "lines": lines,
        "heads": [{"entry": one, "offers": one.offers[:5], "more": max(len(one.offers) - 5, 0)} for one in heads],
        "units": queries.visible_members(actor, on=today).count(),
        "persons": queries.visible_heads(actor, on=today).values("person").distinct().count(),
        "base": base,
        "after": str(start + PAGE) if len(found) > PAGE else "",
        "before": str(max(start - PAGE, 0)) if start else "",
        "words": words,
        "place": place,
        "scope": choices.scope_of(actor) if base == "/desk" else None,
        "here": f"{base}/exchange/directory",
        "layout": layout,
        "tab": "directory",
    }
    return render(request, "parts/directory/list.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def open_liaison(request: HttpRequest, unit_id: int, person_id: int, *, base: str, layout: str) -> HttpResponse:
    """How one liaison is reached, and that it was looked at."""
    back = f"{base}/exchange/directory"
    try:
        contact = actions.see_liaison(actor_of(request), unit_id=unit_id, person_id=person_id, now=now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(back)
    return contact_page(request, [contact], back, gettext("通讯录"), layout)


def open_head(request: HttpRequest, membership_id: int, *, base: str, layout: str) -> HttpResponse:
    """How a person in their own right is reached, and that it was looked at."""
    back = f"{base}/exchange/directory"
    try:
        contact = actions.see_head(actor_of(request), membership_id=membership_id, now=now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(back)
    return contact_page(request, [contact], back, gettext("通讯录"), layout)


def open_other_side(request: HttpRequest, match_id: int, *, base: str, layout: str) -> HttpResponse:
    """How the other side of a match is reached, and that it was looked at."""
    back = f"{base}/exchange/matches/{match_id}"
    try:
        found = actions.see_other_side(actor_of(request), match_id=match_id, now=now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(back)
    return contact_page(request, found, back, gettext("对接"), layout)


def contact_page(request: HttpRequest, found: list[Contact], back: str, whence: str, layout: str) -> HttpResponse:
    """Names and numbers that were just opened; no cache keeps them."""
    context = {"contacts": found, "back": back, "whence": whence, "layout": layout, "title": _("联系方式")}
    answer = render(request, "parts/directory/contact.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
