"""找资源: by hand, the offers in sight that fit a need by kind and measure, each to be put beside it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.quantities import ZERO, shown
from gongzhi.exchange.queries import Gap
from gongzhi.exchange.rows import Need, Offer
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.casework.paging import page_of
from gongzhi.web.desk.exchange.lines import need_line, offer_line
from gongzhi.web.desk.exchange.needs import may_find, wanted
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import in_words


@for_standing(*DESK)
@require_safe
def show_offers(request: HttpRequest, need_id: int) -> HttpResponse:
    """What could be put beside one need, and of each how much."""
    return _page(request, wanted(actor_of(request), need_id))


def _page(request: HttpRequest, need: Need, *, refused: str = "", status: int = 200) -> HttpResponse:
    actor, today = actor_of(request), now().date()
    gap = queries.gaps([need])[need.pk]
    spare = gap.left
    line = need_line(actor, need, spare, today)
    kind = _in_sight(actor, need, today)
    page = page_of(request, kind.filter(measure=need.measure).select_related(*queries.OFFER_SIDE).order_by("-pk"))
    tried = _tried(actor, need)
    left = queries.offers_left(page.rows)
    lines = [_line(one, need, left[one.pk], gap, today, tried.get(one.pk, "")) for one in page.rows]
    context = {
        "need": line,
        "thing": f"/desk/exchange/needs/{need.pk}",
        "may_find": may_find(need, line),
        "offers": sorted(lines, key=lambda one: (bool(one["why_not"]), bool(one["declined"]))),
        "otherwise": kind.exclude(measure=need.measure).count(),
        "refused": refused,
        **page.turns,
    }
    return render(request, "desk/exchange/find.html", context, status=status)


def _in_sight(actor: Actor, need: Need, today: date) -> QuerySet[Offer]:
    """Open offers of the same kind that the actor sees, the asker's own left out, and what stands beside it already."""
    good = Q(valid_until=None) | Q(valid_until__gte=today)
    rows = queries.visible_offers(actor).filter(good, state=rules.OfferState.OPEN.value, kind=need.kind)
    if need.unit_id:
        rows = rows.exclude(unit=need.unit_id)
    if need.member_id:
        rows = rows.exclude(member=need.member_id)
    if need.receiving_place_id:
        rows = rows.exclude(giving_place=need.receiving_place_id)
    beside = queries.visible_matches(actor).filter(need=need, state__in=sorted(rules.MATCH_OPEN))
    return rows.exclude(pk__in=beside.values("offer"))


def _tried(actor: Actor, need: Need) -> dict[int, str]:
    """How the last match of each offer with this need ended, in words."""
    ended = [rules.MatchState.DECLINED.value, rules.MatchState.PASSED.value, rules.MatchState.FAILED.value]
    rows = queries.visible_matches(actor).filter(need=need, state__in=ended).order_by("pk")
    return {pk: rules.MATCH_LABELS[rules.MatchState(state)] for pk, state in rows.values_list("offer", "state")}


def _line(offer: Offer, need: Need, left: Decimal, gap: Gap, today: date, declined: str) -> dict[str, Any]:
    least = offer.smallest or ZERO
    most = min(left, gap.left, offer.most_per_need or left)
    why_not = ""
    if not left:
        why_not = gettext("已经全部约定出去了。")
    elif gap.offers == 0 and not need.whole_only:
        why_not = gettext("这项需求限定的家数已经满了。")
    elif most < least:
        why_not = gettext("对方每次最少给 %(amount)s。") % {"amount": amount(least, offer.measure)}
    elif need.whole_only and most != need.quantity:
        why_not = gettext("这项需求要一次给足，对方不够。")
    return offer_line(offer, left, today) | {
        "most": shown(most) if most else "",
        "measure": offer.measure,
        "why_not": why_not,
        "declined": declined,
    }


@for_standing(*DESK)
@require_POST
def suggest(request: HttpRequest, need_id: int) -> HttpResponse:
    """Put one of them beside the need; asks nobody yet."""
    actor = actor_of(request)
    need = wanted(actor, need_id)
    asked = request.POST.get("offer", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return _page(request, need, refused=gettext("请选一项资源。"), status=422)
    amount_asked = request.POST.get("quantity", "").replace("\0", "").strip()[:20]
    try:
        actions.suggest_match(actor, need_id=need.pk, offer_id=int(asked), quantity=amount_asked, now=now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        return _page(request, need, refused=in_words(refusal), status=422)
    messages.success(request, gettext("已放到这项需求旁边。还没有问任何一方，下一步请“征求双方意见”。"))
    return HttpResponseRedirect(f"/desk/exchange/#need-{need.pk}")
