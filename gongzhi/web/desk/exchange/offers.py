"""资源清单: the offers in sight, and one offer."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Offer
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import offer_line
from gongzhi.web.desk.exchange.making import OFFERS, found
from gongzhi.web.desk.exchange.table import BOTH, match_lines
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now


@for_standing(*DESK)
@require_safe
def show_offers(request: HttpRequest) -> HttpResponse:
    """Offers that this person sees, the newest first; by kind, giver and state."""
    actor, today = actor_of(request), now().date()
    kind, giver = request.GET.get("kind", ""), request.GET.get("giver", "").replace("\0", "").strip()[:60]
    state = request.GET.get("state", "")
    states = [state] if state in set(rules.OfferState) else [rules.OfferState.OPEN.value]
    rows = queries.visible_offers(actor).filter(state__in=states)
    if kind in set(rules.Kind):
        rows = rows.filter(kind=kind)
    if giver:
        rows = rows.filter(
            Q(unit__name__icontains=giver)
            | Q(giving_place__name__icontains=giver)
            | Q(member__capacity__icontains=giver)
            | Q(member__place__name__icontains=giver)
        )
    page = page_of(request, rows.select_related(*queries.OFFER_SIDE).order_by("-pk"))
    left = queries.offers_left(page.rows)
    context = {
        "lines": [offer_line(one, left[one.pk], today) for one in page.rows],
        **page.turns,
        "may_state": actor.holds(*WORKERS),
        "kinds": rules.KIND_LABELS.items(),
        "states": rules.OFFER_LABELS.items(),
        "kind": kind,
        "giver": giver,
        "state": states[0],
        "narrowed": bool(kind or giver or state),
        "tab": "offers",
    }
    return render(request, "desk/exchange/offers.html", context)


@for_standing(*DESK)
@require_safe
def show_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One offer with its conditions, what it is asked for, and its trail."""
    actor, moment = actor_of(request), now()
    offer: Offer = found(OFFERS, actor, offer_id)
    rows = queries.visible_matches(actor).filter(offer=offer, need__in=queries.visible_needs(actor))
    rows = rows.select_related(*BOTH).order_by("-pk")
    context = {
        "line": offer_line(offer, queries.offer_left(offer), moment.date()),
        "row": offer,
        "thing": OFFERS.address(offer.pk),
        "words": seen_by(actor, offer.words),
        "visibility": rules.VISIBILITY_LABELS[rules.Visibility(offer.visibility)],
        "smallest": amount(offer.smallest, offer.measure) if offer.smallest else "",
        "most": amount(offer.most_per_need, offer.measure) if offer.most_per_need else "",
        "may_change": "change" in queries.offer_moves(actor, offer),
        "deeds": OFFERS.open(actor, offer).items(),
        "matches": match_lines(actor, list(rows[:50]), moment),
        "talk": queries.voice_of(actor, offer),
        "events": events(actor, queries.offer_trail(actor, offer.pk), rules.OFFER_MOVES, offer.measure),
    }
    return render(request, "desk/exchange/offer.html", context)
