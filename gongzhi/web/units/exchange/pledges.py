"""承诺: one pledge, the parts delivered under it, and what each side says of them."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.quantities import shown
from gongzhi.exchange.rows import Delivery, Pledge
from gongzhi.shared.moves import _
from gongzhi.web.casework.answers import WordsForm
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.promised import delivering, parts_of, pledge_line
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.exchange.forms import CorrectForm, LaterForm
from gongzhi.web.who import UNIT, for_standing, now


def _find(request: HttpRequest, pledge_id: int) -> Pledge:
    """A pledge with the asker's unit, or themselves, on one side; for others there is none here."""
    actor = actor_of(request)
    try:
        pledge = queries.get_pledge(actor, pledge_id)
    except Pledge.DoesNotExist as error:
        raise Http404 from error
    sides = ((pledge.giver_unit_id, pledge.giver_member_id), (pledge.receiver_unit_id, pledge.receiver_member_id))
    if not any(queries.is_own(actor, *side) for side in sides):
        raise Http404
    return pledge


def _line(request: HttpRequest, pledge: Pledge) -> dict[str, Any]:
    return pledge_line(actor_of(request), pledge, queries.tallies([pledge.pk])[pledge.pk])


@for_standing(*UNIT)
@require_safe
def show_pledge(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """One pledge: what is still to come, the parts that came, and how to reach the other side."""
    pledge, actor = _find(request, pledge_id), actor_of(request)
    moves, line = queries.pledge_moves(actor, pledge), _line(request, pledge)
    context: dict[str, Any] = {
        "line": line,
        "form": delivering(pledge, line) if "deliver" in moves and line["left"] > 0 else None,
        "moves": moves,
        "parts": parts_of(queries.deliveries_of(actor, pledge_id), pledge.measure, set(moves)),
        "reachable": pledge.match_id,
        "match": pledge.match_id,
        "events": events(actor, queries.pledge_trail(actor, pledge_id), rules.PLEDGE_MOVES, pledge.measure),
    }
    return render(request, "units/exchange/pledge.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def deliver(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """Note a part as delivered; sent twice, the second finds that it was noted."""
    pledge = _find(request, pledge_id)
    line = _line(request, pledge)
    back = reverse("units-pledge", args=[pledge_id])
    return fill_in(
        request,
        delivering(pledge, line, sent(request)),
        rules.PLEDGE_MOVES["deliver"].label,
        back,
        lambda given: actions.deliver(actor_of(request), pledge_id=pledge_id, now=now(), **given),
        text=f"{line['what']} {line['amount']} → {line['receiver']}",
    )


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def close_pledge(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """The rest will not come, and why."""
    pledge = _find(request, pledge_id)
    line = _line(request, pledge)
    return fill_in(
        request,
        WordsForm(sent(request), initial={"seen": pledge.version}, label=_("为什么不再等")),
        rules.PLEDGE_MOVES["close"].label,
        reverse("units-pledge", args=[pledge_id]),
        lambda given: actions.close_pledge(actor_of(request), pledge_id=pledge_id, now=now(), **given),
        text=gettext("“%(what)s”到此结束，已确认收到的不变，双方都会收到通知。") % {"what": line["what"]},
        danger=True,
    )


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def put_off(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """The giver asks for a later day."""
    pledge = _find(request, pledge_id)
    form = LaterForm(sent(request), initial={"seen": pledge.version})
    return _about_day(request, pledge, "put_off", form, actions.put_off)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def keep_day(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """The receiver does not agree to a later day."""
    pledge = _find(request, pledge_id)
    form = WordsForm(sent(request), initial={"seen": pledge.version}, label=_("为什么不同意"))
    return _about_day(request, pledge, "keep_day", form, actions.keep_day)


@for_standing(*UNIT)
@require_POST
def agree_day(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """The receiver agrees with one press."""
    _find(request, pledge_id)
    return press(
        request,
        rules.PLEDGE_MOVES["agree_day"].label,
        reverse("units-pledge", args=[pledge_id]),
        lambda: actions.agree_day(actor_of(request), pledge_id=pledge_id, now=now()),
    )


def _about_day(
    request: HttpRequest, pledge: Pledge, verb: str, form: WordsForm, act: Callable[..., object]
) -> HttpResponse:
    text = f"{pledge.what} {amount(pledge.quantity, pledge.measure)} · {pledge.due_on:%Y-%m-%d}"
    return fill_in(
        request,
        form,
        rules.PLEDGE_MOVES[verb].label,
        reverse("units-pledge", args=[pledge.pk]),
        lambda given: act(actor_of(request), pledge_id=pledge.pk, now=now(), **given),
        text=f"{text} → {pledge.later_on:%Y-%m-%d}" if pledge.later_on else text,
    )


def _part(request: HttpRequest, pledge_id: int, delivery_id: int) -> Delivery:
    """A part of this pledge. Raises Http404."""
    _find(request, pledge_id)
    parts = queries.deliveries_of(actor_of(request), pledge_id)
    found = next((delivery for delivery, _said in parts if delivery.pk == delivery_id), None)
    if found is None:
        raise Http404
    return found


@for_standing(*UNIT)
@require_POST
def confirm(request: HttpRequest, pledge_id: int, delivery_id: int) -> HttpResponse:
    """The receiver says with one press that it came."""
    _part(request, pledge_id, delivery_id)
    return press(
        request,
        rules.PLEDGE_MOVES["confirm"].label,
        reverse("units-pledge", args=[pledge_id]),
        lambda: actions.confirm_delivery(actor_of(request), delivery_id=delivery_id, now=now()),
    )


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, pledge_id: int, delivery_id: int) -> HttpResponse:
    """The receiver says what is wrong with a part."""
    form = WordsForm(sent(request), label=_("哪里不对"))

    def act(given: dict[str, Any]) -> object:
        return actions.dispute_delivery(actor_of(request), delivery_id=delivery_id, words=given["words"], now=now())

    return _about_part(request, pledge_id, delivery_id, "dispute", form, act)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pledge_id: int, delivery_id: int) -> HttpResponse:
    """The giver notes a part anew, and why; the first note stays."""
    pledge, part = _find(request, pledge_id), _part(request, pledge_id, delivery_id)
    first = {"quantity": shown(part.quantity), "day": part.delivered_on, "seen": pledge.version}
    form = CorrectForm(sent(request), initial=first, measure=pledge.measure)

    def act(given: dict[str, Any]) -> object:
        return actions.correct_delivery(actor_of(request), delivery_id=delivery_id, now=now(), **given)

    return _about_part(request, pledge_id, delivery_id, "correct", form, act)


def _about_part(
    request: HttpRequest, pledge_id: int, delivery_id: int, verb: str, form: WordsForm, act: Callable[..., object]
) -> HttpResponse:
    pledge, part = _find(request, pledge_id), _part(request, pledge_id, delivery_id)
    return fill_in(
        request,
        form,
        rules.PLEDGE_MOVES[verb].label,
        reverse("units-pledge", args=[pledge_id]),
        act,
        text=f"{pledge.what} {amount(part.quantity, pledge.measure)} · {part.delivered_on:%Y-%m-%d}",
    )
