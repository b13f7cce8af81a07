"""爱心账 for everybody: what came to a community, what it was used for, what is left; names only where agreed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.exchange.queries import giving as queries
from gongzhi.web import amounts


@require_safe
def show_places(request: HttpRequest) -> HttpResponse:
    """The places of whose ledgers something may be told."""
    return render(request, "public/giving.html", {"places": queries.public_places()})


@require_safe
def show_ledger(request: HttpRequest, place_id: int) -> HttpResponse:
    """The ledger of one place."""
    ledger = queries.public_ledger(place_id) if place_id < 2**63 else None
    if ledger is None:
        raise Http404
    lines = [
        {
            "days": amounts.days(one.came_on, one.came_until),
            "giver": one.giver if one.named else gettext(one.giver),
            "amount": amounts.said(one.amount),
            "left": amounts.left(one.amount),
            "what_for": one.what_for,
            "uses": [{"day": day, "what": what, "amount": amounts.said(much)} for day, what, much in one.uses],
        }
        for one in ledger.lines
    ]
    context = {
        "place": ledger.place,
        "sums": amounts.sums(ledger.totals),
        "lines": lines,
        "hidden": ledger.hidden,
        "cut": queries.MOST_PUBLIC if len(lines) == queries.MOST_PUBLIC else 0,
    }
    return render(request, "public/giving_place.html", context)
