"""撮合: one match, the yes of this side with one press, the no with its reason."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Match
from gongzhi.shared.moves import _
from gongzhi.web.casework.answers import DeclineForm
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.exchanged import events
from gongzhi.web.casework.promised import ACCEPTING, match_line
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now

UNTOLD = _("一项不公开的需求")


def _find(request: HttpRequest, match_id: int) -> Match:
    """A match with the asker's unit, or themselves, on one side; for others there is none here."""
    actor = actor_of(request)
    try:
        match = queries.get_match(actor, match_id)
    except Match.DoesNotExist as error:
        raise Http404 from error
    if not any(queries.is_own(actor, one.unit_id, one.member_id) for one in (match.offer, match.need)):
        raise Http404
    return match


@for_standing(*UNIT)
@require_safe
def show_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """One match: what is asked, what this side may say, and how to reach the other side once both have agreed."""
    match, actor = _find(request, match_id), actor_of(request)
    ask = queries.asked_of(actor, match_id)
    hidden = not ask.receiver
    agreed = match.state in rules.AGREED
    pledges = queries.visible_pledges(actor).filter(match=match_id) if agreed else None
    context: dict[str, Any] = {
        "ask": ask,
        "line": match_line(actor, match, hidden=hidden),
        "hidden": hidden,
        "reachable": queries.may_reach(actor, match),
        "match": match_id,
        "pledge": pledges.values_list("pk", flat=True).first() if pledges is not None else None,
        "events": events(actor, queries.match_trail(actor, match_id), rules.MATCH_MOVES, ask.measure, unnamed=hidden),
    }
    return render(request, "units/exchange/match.html", context)


@for_standing(*UNIT)
@require_POST
def accept_match(request: HttpRequest, match_id: int, verb: str) -> HttpResponse:
    """This side says yes; back to the page of the match, which says what comes next."""
    _find(request, match_id)
    if verb not in ACCEPTING:
        raise Http404
    back = reverse("units-match", args=[match_id])
    return press(
        request,
        rules.MATCH_MOVES[verb].label,
        back,
        lambda: actions.accept_match(actor_of(request), match_id=match_id, side=ACCEPTING[verb], now=now()),
    )


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def decline_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """This side says no, and why."""
    _find(request, match_id)
    ask = queries.asked_of(actor_of(request), match_id)
    form = DeclineForm(sent(request))
    return fill_in(
        request,
        form,
        rules.MATCH_MOVES["decline"].label,
        reverse("units-exchange"),
        lambda given: actions.decline_match(actor_of(request), match_id=match_id, now=now(), **given),
        text=f"{ask.offer_title} → {ask.need_title or gettext(UNTOLD)}",
        leave=reverse("units-match", args=[match_id]),
        danger=True,
    )
