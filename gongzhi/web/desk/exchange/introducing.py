"""介绍: a community asks to see a neighbouring community's unit; a leader there agrees or refuses."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Introduction
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.exchanged import events
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import offer_line
from gongzhi.web.desk.exchange.making import INTRODUCTIONS, found
from gongzhi.web.desk.exchange.table import BOTH, match_lines
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

# How many of a unit's offers, and of what is under way, the page of its introduction shows.
MOST = 50


class AskForm(forms.Form):
    """Which unit, for which community, and what for."""

    unit = UnitField(label=_("想认识哪家单位"), help_text=_("写单位名称的一部分，从列出的名称里选。"))
    to_community = forms.TypedChoiceField(label=_("替哪个社区问"), coerce=int)
    words = forms.CharField(
        label=_("为什么想认识、想请对方做什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        scope = choices.scope_of(actor)
        mine = [one for one in (*scope.own, *scope.below) if one.kind == PlaceKind.COMMUNITY]
        field: Any = self.fields["to_community"]
        field.choices = [(one.pk, one.name) for one in mine]
        self.places = {one.pk: one for one in mine}

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return self.cleaned_data | {"to_community": self.places[self.cleaned_data["to_community"]]}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def show_introductions(request: HttpRequest) -> HttpResponse:
    """What was asked for and of whom, what waits for an answer first; and the form to ask."""
    actor = actor_of(request)
    may_ask = actor.holds(*WORKERS)
    if request.method == "POST" and not may_ask:
        raise PermissionDenied
    form = AskForm(actor, request.POST if request.method == "POST" else None) if may_ask else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            actions.ask_introduction(actor, now=now(), **form.given())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已请对方社区介绍，等对方负责人答复。"))
            return HttpResponseRedirect("/desk/exchange/introductions/")
    rows = queries.visible_introductions(actor).select_related("unit", "to_community", "own_place")
    page = page_of(request, rows.order_by(F("answered_at").desc(nulls_first=True), "-asked_at", "-pk"))
    context = {
        "form": form,
        "lines": [_line(actor, one) for one in page.rows],
        **page.turns,
        "tab": "introductions",
    }
    return render(request, "desk/exchange/introductions.html", context, status=422 if form and form.errors else 200)


def _line(actor: Actor, row: Introduction) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "unit": row.unit.name,
        "to": row.to_community.name,
        "own": row.own_place.name,
        "words": seen_by(actor, row.words),
        "state": row.state,
        "state_label": rules.INTRODUCTION_LABELS[rules.IntroductionState(row.state)],
        "asked_at": row.asked_at,
        "answered_at": row.answered_at,
        "waiting": row.state == rules.IntroductionState.ASKED,
        "deeds": INTRODUCTIONS.open(actor, row).items(),
    }


@for_standing(*DESK)
@require_safe
def show_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks for whom, what the two communities talked over, and what the unit offers to whoever may see that."""
    actor, moment = actor_of(request), now()
    row: Introduction = found(INTRODUCTIONS, actor, pk)
    seen = queries.visible_offers(actor).filter(unit=row.unit_id, state=rules.OfferState.OPEN.value)
    offers = list(seen.select_related(*queries.OFFER_SIDE).order_by("-pk")[:MOST])
    left = queries.offers_left(offers)
    rows = queries.visible_matches(actor).filter(offer__unit=row.unit_id, need__community=row.to_community_id)
    entries = queries.introduction_trail(actor, row.pk)
    talks = [one for one in entries if one.verb == "talk"]
    others = [one for one in entries if one.verb != "talk"]
    context = {
        "line": _line(actor, row),
        "thing": INTRODUCTIONS.address(row.pk),
        "deeds": INTRODUCTIONS.open(actor, row),
        "offers": [offer_line(one, left[one.pk], moment.date()) for one in offers],
        "matches": match_lines(actor, list(rows.select_related(*BOTH).order_by("-pk")[:MOST]), moment),
        "talks": events(actor, talks, rules.INTRODUCTION_MOVES),
        "events": events(actor, others, rules.INTRODUCTION_MOVES),
    }
    return render(request, "desk/exchange/introduction.html", context)
