"""资源清单 and 需求清单 of a unit: an offer or a need put down, looked at, changed, taken off."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Need, Offer
from gongzhi.exchange.rules import NeedState, OfferState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_home, members_ever
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Move, _
from gongzhi.web.casework.answers import WordsForm
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.hours import windows_in_words
from gongzhi.web.casework.outreaches import lines_for_need
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.exchange.forms import NeedForm, OfferForm, RestateForm
from gongzhi.web.who import UNIT, for_standing, now, units_of

PAUSING: dict[str, Callable[..., object]] = {"pause": actions.pause_offer, "resume": actions.resume_offer}
Thing = TypeVar("Thing", Offer, Need)
FORM = "units/exchange/form.html"


def _members(request: HttpRequest) -> list[MemberUnit | Membership]:
    """The units that the asker speaks for, and their own memberships. Raises Http404 where there is none any more."""
    actor = actor_of(request)
    units = neighbourhood.current_units().filter(pk__in=units_of(actor)).order_by("name")
    found: list[MemberUnit | Membership] = [*units, *members_ever(queries.members_of(actor))]
    if not found:
        raise Http404
    return found


def _home(member: MemberUnit | Membership | None) -> Place | None:
    if isinstance(member, Membership):
        return member_home(member)
    return neighbourhood.home_of(member, on=now().date()) if member else None


def _own(request: HttpRequest, find: Callable[[Actor, int], Thing], pk: int) -> Thing:
    """An offer or a need of the asker's own unit, or their own; for others there is none here."""
    try:
        thing = find(actor_of(request), pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if not queries.is_own(actor_of(request), thing.unit_id, thing.member_id):
        raise Http404
    return thing


def _reason(
    request: HttpRequest, thing: Thing, move: Move, act: Callable[[dict[str, Any]], object], page: str
) -> HttpResponse:
    """Take a thing off its list, with the reason."""
    form = WordsForm(sent(request), initial={"seen": thing.version})
    back, text = reverse("units-exchange"), f"{thing.title} {amount(thing.quantity, thing.measure)}"
    return fill_in(request, form, move.label, back, act, text=text, leave=reverse(page, args=[thing.pk]), danger=True)


# Offers


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def state_offer(request: HttpRequest) -> HttpResponse:
    """Put an offer on the list."""
    members = _members(request)
    # Who speaks for several says on the offer's own page how near it must be.
    form = OfferForm(sent(request), members, _home(members[0]) if len(members) == 1 else None)

    def act(_given: dict[str, Any]) -> object:
        return actions.state_offer(
            actor_of(request), details=form.details(), now=now(), once=form.key(), **form.whose()
        )

    lead = _("写下能拿出来的：场地、人手、东西、信息。有合适的需求，社区会来问，您再答复给不给。")
    return fill_in(request, form, _("登记资源"), reverse("units-exchange"), act, template=FORM, lead=lead)


@for_standing(*UNIT)
@require_safe
def show_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One offer: how much of it is left, and what may be done with it."""
    offer, actor = _own(request, queries.get_offer, offer_id), actor_of(request)
    context = {
        "row": offer,
        "kind": rules.KIND_LABELS[rules.Kind(offer.kind)],
        "label": rules.OFFER_LABELS[OfferState(offer.state)],
        "visibility": rules.VISIBILITY_LABELS[rules.Visibility(offer.visibility)],
        "windows": windows_in_words(offer.windows),
        "amount": amount(offer.quantity, offer.measure),
        "left": amount(queries.offer_left(offer), offer.measure),
        "smallest": amount(offer.smallest, offer.measure) if offer.smallest else "",
        "most": amount(offer.most_per_need, offer.measure) if offer.most_per_need else "",
        "moves": queries.offer_moves(actor, offer),
        "events": events(actor, queries.offer_trail(actor, offer_id), rules.OFFER_MOVES, offer.measure),
    }
    return render(request, "units/exchange/offer.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Say anew what is offered."""
    offer = _own(request, queries.get_offer, offer_id)
    form = OfferForm(sent(request), [], _home(offer.unit or offer.member), offer)

    def act(given: dict[str, Any]) -> object:
        return actions.change_offer(
            actor_of(request), offer_id=offer_id, details=form.details(), now=now(), seen=given["seen"]
        )

    back = reverse("units-offer", args=[offer_id])
    return fill_in(request, form, rules.OFFER_MOVES["change"].label, back, act, template=FORM)


@for_standing(*UNIT)
@require_POST
def pause_offer(request: HttpRequest, offer_id: int, verb: str) -> HttpResponse:
    """Pause an offer, or take it up again, with one press."""
    _own(request, queries.get_offer, offer_id)
    if verb not in PAUSING:
        raise Http404
    return press(
        request,
        rules.OFFER_MOVES[verb].label,
        reverse("units-offer", args=[offer_id]),
        lambda: PAUSING[verb](actor_of(request), offer_id=offer_id, now=now()),
    )


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def end_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Take an offer off the list, with the reason."""
    offer = _own(request, queries.get_offer, offer_id)

    def act(given: dict[str, Any]) -> object:
        return actions.end_offer(actor_of(request), offer_id=offer_id, now=now(), **given)

    return _reason(request, offer, rules.OFFER_MOVES["end"], act, "units-offer")


# Needs


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def state_need(request: HttpRequest) -> HttpResponse:
    """Put a need on the list; the desk verifies it before anybody is asked."""
    form = NeedForm(sent(request), _members(request))

    def act(_given: dict[str, Any]) -> object:
        return actions.state_need(actor_of(request), details=form.details(), now=now(), once=form.key(), **form.whose())

    lead = _("写下缺什么。社区核实以后去找能提供的一方，找到了会来问您要不要。")
    return fill_in(request, form, _("登记需求"), reverse("units-exchange"), act, template=FORM, lead=lead)


@for_standing(*UNIT)
@require_safe
def show_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """One need: how much of it has come, and what may be done with it."""
    need, actor = _own(request, queries.get_need, need_id), actor_of(request)
    context = {
        "row": need,
        "kind": rules.KIND_LABELS[rules.Kind(need.kind)],
        "label": rules.NEED_LABELS[NeedState(need.state)],
        "urgency": rules.URGENCY_LABELS[need.urgency],
        "windows": windows_in_words(need.windows),
        "amount": amount(need.quantity, need.measure),
        "met": amount(need.met, need.measure),
        "moves": queries.need_moves(actor, need),
        "events": events(actor, queries.need_trail(actor, need_id), rules.NEED_MOVES, need.measure),
        "outreaches": lines_for_need(actor, need_id, now()),
    }
    return render(request, "units/exchange/need.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def change_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """Say anew what is needed; the desk verifies it once more."""
    need = _own(request, queries.get_need, need_id)
    form = NeedForm(sent(request), [], need)

    def act(given: dict[str, Any]) -> object:
        return actions.change_need(
            actor_of(request), need_id=need_id, details=form.details(), now=now(), seen=given["seen"]
        )

    back = reverse("units-need", args=[need_id])
    lead = _("改过以后，社区要再核实一次。")
    return fill_in(request, form, rules.NEED_MOVES["change"].label, back, act, template=FORM, lead=lead)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """It is not needed any more, and why."""
    need = _own(request, queries.get_need, need_id)

    def act(given: dict[str, Any]) -> object:
        return actions.withdraw_need(actor_of(request), need_id=need_id, now=now(), **given)

    return _reason(request, need, rules.NEED_MOVES["withdraw"], act, "units-need")


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def restate_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """Take up a need that had lapsed or was withdrawn."""
    need = _own(request, queries.get_need, need_id)
    return fill_in(
        request,
        RestateForm(sent(request), initial={"seen": need.version}),
        rules.NEED_MOVES["restate"].label,
        reverse("units-need", args=[need_id]),
        lambda given: actions.restate_need(actor_of(request), need_id=need_id, now=now(), **given),
        text=f"{need.title} {amount(need.quantity, need.measure)}",
    )
