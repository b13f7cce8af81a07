"""监督协调: what an oversight unit was asked to coordinate, in a lane of its own, with the least detail."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongzhi.problems import actions, lists, queries, rules
from gongzhi.problems.lists import Asked
from gongzhi.problems.rows import Referral
from gongzhi.problems.rules import ReferralState
from gongzhi.shared.moves import _
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.steps import Kept, events_of, forms_of, open_to_unit, take_step
from gongzhi.web.who import UNIT, for_standing, units_of
from gongzhi.web.words import in_language

ACT: dict[str, Callable[..., object]] = {"receive": actions.receive_referral, "coordinate": actions.coordinate_referral}
OTHERS = {"refer": _("提请协调")}


@for_standing(*UNIT)
@require_safe
def show_referrals(request: HttpRequest) -> HttpResponse:
    """What this unit was asked to coordinate, the newest first."""
    actor = actor_of(request)
    rows = [_line(one) for one in lists.referral_lines(actor) if one.unit_id in units_of(actor)]
    return render(request, "units/referral/list.html", {"rows": rows})


def _line(asked: Asked) -> dict[str, Any]:
    return {
        "asked": asked,
        "label": rules.REFERRAL_LABELS[ReferralState(asked.state)],
        "category": in_language(asked.category or "", asked.category_english or ""),
    }


def _find(request: HttpRequest, referral_id: int) -> Asked:
    actor = actor_of(request)
    try:
        asked = lists.get_asked(actor, referral_id)
    except Referral.DoesNotExist as error:
        raise Http404 from error
    if asked.unit_id not in units_of(actor):
        raise Http404
    return asked


@for_standing(*UNIT)
@require_safe
def show_referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """One matter to be coordinated, and the next step."""
    return _page(request, referral_id, None)


def _page(request: HttpRequest, referral_id: int, kept: Kept | None) -> HttpResponse:
    asked = _find(request, referral_id)
    steps = forms_of(open_to_unit(rules.REFERRAL_MOVES, ReferralState(asked.state)), kept)
    context = {
        **_line(asked),
        "first": steps[0] if steps else None,
        "kept": kept,
        "address": reverse("units-referral", args=[referral_id]),
        "events": events_of(queries.referral_trail(actor_of(request), referral_id), rules.REFERRAL_MOVES, OTHERS),
    }
    return render(request, "units/referral/page.html", context)


@for_standing(*UNIT)
@require_POST
def make_step(request: HttpRequest, referral_id: int, verb: str) -> HttpResponse:
    """Receive it, or write down what was agreed."""
    _find(request, referral_id)
    back = reverse("units-referral", args=[referral_id])
    return take_step(
        request,
        verb,
        ACT,
        rules.REFERRAL_MOVES,
        back,
        lambda kept: _page(request, referral_id, kept),
        referral_id=referral_id,
    )
