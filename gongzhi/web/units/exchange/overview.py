"""资源和需求 on one page: what we must answer, what we promised, what we are to get, our two lists."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Need, Offer
from gongzhi.exchange.rules import NeedState, OfferState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.casework.paging import Page, page_of
from gongzhi.web.casework.promised import MOST, asks_of, pledge_line, pledges_of, promised_to_or_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.exchange.rounds import waiting
from gongzhi.web.who import UNIT, for_standing, units_of


@for_standing(*UNIT)
@require_safe
def show_overview(request: HttpRequest) -> HttpResponse:
    """The four parts; a fixed number of queries, whatever they hold."""
    actor = actor_of(request)
    asks = asks_of(actor)
    running, ended = pledges_of(actor)
    offers = _offers(actor).exclude(state=OfferState.ENDED.value)
    needs = _needs(actor).filter(state__in=sorted(rules.NEED_OPEN)).order_by("-urgency", "-pk")
    context = {
        "rounds": waiting(actor),
        "asks": [ask for ask in asks if ask["accept"]],
        "answered": [ask for ask in asks if not ask["accept"]],
        "given": [one for one in running if one["giving"]],
        "got": [one for one in running if not one["giving"]],
        "ended": ended,
        "offers": [_offer_line(one) for one in offers[:MOST]],
        "needs": [_need_line(one) for one in needs[:MOST]],
        "most": MOST,
        # What was given is kept of units.
        "for_unit": bool(units_of(actor)),
        "unread": queries.unread_count(actor),
        "cut": max(len(asks), len(running)) >= MOST,
    }
    return render(request, "units/exchange/overview.html", context)


def _offers(actor: Actor) -> QuerySet[Offer]:
    return queries.visible_offers(actor).filter(queries.own(actor)).order_by("-pk")


def _needs(actor: Actor) -> QuerySet[Need]:
    return queries.visible_needs(actor).filter(queries.own(actor))


def _offer_line(one: Offer) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "title": one.title,
        "amount": amount(one.quantity, one.measure),
        "state": one.state,
        "label": rules.OFFER_LABELS[OfferState(one.state)],
        "until": one.valid_until,
    }


def _need_line(one: Need) -> dict[str, Any]:
    return {
        "pk": one.pk,
        "title": one.title,
        "amount": amount(one.quantity, one.measure),
        "met": amount(one.met, one.measure) if one.met else "",
        "state": one.state,
        "label": rules.NEED_LABELS[NeedState(one.state)],
        "until": one.deadline,
        "confidential": one.confidential,
    }


@for_standing(*UNIT)
@require_safe
def show_all(request: HttpRequest, part: str) -> HttpResponse:
    """All that ever stood on one of the lists, or was promised, what ended too; the newest first."""
    actor = actor_of(request)
    if part == "offers":
        page: Page[Any] = page_of(request, _offers(actor))
        lines = [_offer_line(one) for one in page.rows]
    elif part == "needs":
        page = page_of(request, _needs(actor).order_by("-pk"))
        lines = [_need_line(one) for one in page.rows]
    elif part == "pledges":
        page = page_of(request, promised_to_or_by(actor).order_by("-pk"))
        counts = queries.tallies([one.pk for one in page.rows])
        lines = [pledge_line(actor, one, counts[one.pk]) for one in page.rows]
    else:
        raise Http404
    return render(request, "units/exchange/all.html", {"part": part, "lines": lines, **page.turns})
