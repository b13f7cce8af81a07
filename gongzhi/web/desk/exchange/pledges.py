"""承诺: the open ones with the late first, and one with what was delivered under it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.queries import giving
from gongzhi.exchange.rows import Delivery, Pledge, Receipt
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import pledge_line
from gongzhi.web.desk.exchange.making import PLEDGES, found
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

SIDES = queries.PLEDGE_SIDES


@for_standing(*DESK)
@require_safe
def show_pledges(request: HttpRequest) -> HttpResponse:
    """Open pledges by their day, so that the late ones stand first; or those that ended, the latest first."""
    actor, today = actor_of(request), now().date()
    over = request.GET.get("show") == "over"
    rows = queries.visible_pledges(actor).filter(ended_at__isnull=not over).select_related(*SIDES)
    rows = rows.order_by("-ended_at", "-pk") if over else rows.order_by("due_on", "pk")
    page = page_of(request, rows)
    counts = queries.tallies([one.pk for one in page.rows])
    context = {
        "lines": [pledge_line(one, counts[one.pk], today) for one in page.rows],
        **page.turns,
        "may_note": actor.holds(*WORKERS),
        "over": over,
        "tab": "pledges",
    }
    return render(request, "desk/exchange/pledges.html", context)


@for_standing(*DESK)
@require_safe
def show_pledge(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """One pledge with every delivery and what the receiver said of it."""
    actor = actor_of(request)
    pledge: Pledge = found(PLEDGES, actor, pledge_id)
    count = queries.tallies([pledge.pk])[pledge.pk]
    line = pledge_line(pledge, count, now().date())
    opened = PLEDGES.open(actor, pledge)
    deliveries = _deliveries(actor, pledge, opened)
    single = {"confirm", "dispute", "correct"}
    context = {
        "line": line,
        "thing": PLEDGES.address(pledge.pk),
        "deliveries": deliveries,
        "entered": giving.entered(actor, pledge) if pledge.ended_at else None,
        "may_enter": giving.may_enter(actor, pledge),
        # What somebody waits for an answer to stands first.
        "deeds": sorted(((verb, label) for verb, label in opened.items() if verb not in single), key=_waited_for),
        "talk": queries.voice_of(actor, pledge),
        "events": events(actor, queries.pledge_trail(actor, pledge.pk), rules.PLEDGE_MOVES, pledge.measure),
    }
    return render(request, "desk/exchange/pledge.html", context)


def _waited_for(deed: tuple[str, str]) -> bool:
    return deed[0] not in {"agree_day", "keep_day"}


def _deliveries(actor: Actor, pledge: Pledge, opened: dict[str, str]) -> list[dict[str, Any]]:
    """Each delivery, and what may be done about it: what was corrected, or answered, is not answered again."""
    rows = queries.deliveries_of(actor, pledge.pk)
    corrected = {one.corrects_id for one, _said in rows}
    return [_delivery(actor, pledge, one, said, one.pk in corrected, opened) for one, said in rows]


def _delivery(
    actor: Actor, pledge: Pledge, one: Delivery, said: Receipt | None, corrected: bool, opened: dict[str, str]
) -> dict[str, Any]:
    waiting = said is None and not corrected
    return {
        "pk": one.pk,
        "day": one.delivered_on,
        "quantity": amount(one.quantity, pledge.measure),
        "words": seen_by(actor, one.words),
        "corrects": one.corrects_id is not None,
        "corrected": corrected,
        "said": said,
        "said_words": seen_by(actor, said.words) if said else "",
        "may_confirm": waiting and "confirm" in opened,
        "may_dispute": waiting and "dispute" in opened,
        "may_correct": not corrected and "correct" in opened,
    }
