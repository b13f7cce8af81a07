"""议事亭 at the desk: what neighbours raised, talked over, settled; whether it was carried out and looked at."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.conferences import actions, pavilion_rules, queries
from gongzhi.conferences.rows import Deliberation
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.met import deliberation_label, events
from gongzhi.web.casework.paging import page_of
from gongzhi.web.desk.conferences.fields import OnADayForm, RaiseForm, SettleForm, WordsForm
from gongzhi.web.desk.conferences.listing import WRITE
from gongzhi.web.desk.exchange.whose import at_work, key_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

FORMS: Mapping[str, tuple[type[forms.Form], Callable[..., object]]] = {
    "discuss": (OnADayForm, actions.discuss_deliberation),
    "settle": (SettleForm, actions.settle_deliberation),
    "carry_out": (OnADayForm, actions.carry_out_deliberation),
    "check": (OnADayForm, actions.check_deliberation),
    "send_back": (WordsForm, actions.send_back_deliberation),
    "drop": (WordsForm, actions.drop_deliberation),
}


def address(row: Deliberation) -> str:
    """The page of a deliberation."""
    return reverse("desk-deliberation", args=[row.pk])


def _find(request: HttpRequest, deliberation_id: int) -> tuple[Actor, Deliberation]:
    actor = actor_of(request)
    try:
        return actor, queries.get_deliberation(actor, deliberation_id)
    except Deliberation.DoesNotExist as error:
        raise Http404 from error


@for_standing(*DESK)
@require_safe
def show_pavilion(request: HttpRequest) -> HttpResponse:
    """What is and was talked about, the latest first."""
    actor = actor_of(request)
    page = page_of(request, queries.visible_deliberations(actor).select_related("place").order_by("-pk"))
    context = {
        "rows": [{"row": one, "label": deliberation_label(one.state)} for one in page.rows],
        **page.turns,
        "may_work": actor.holds(*WORKERS),
        "today": now().date(),
        "tab": "pavilion",
    }
    return render(request, "desk/conferences/pavilion.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def raise_one(request: HttpRequest) -> HttpResponse:
    """Write down what was raised."""
    actor = at_work(request)
    form = RaiseForm(actor, sent(request), {"raised_on": now().date()})

    def act(given: dict[str, Any]) -> Deliberation:
        said = {name: given[name] for name in ("subject", "raised_on", "words")}
        return actions.raise_deliberation(
            actor, place=form.places[given["place"]], **said, now=now(), once=key_of(form)
        )

    return fill_in(
        request, form, gettext("记一件议事"), reverse("desk-pavilion"), act, template=WRITE, onto=address,
        lead=gettext("提出、商议、议定、落实、查看，一步一步记在一处。"),
    )  # fmt: skip


@for_standing(*DESK)
@require_safe
def show_one(request: HttpRequest, deliberation_id: int) -> HttpResponse:
    """One deliberation with its steps."""
    actor, row = _find(request, deliberation_id)
    table = pavilion_rules.DELIBERATION_MOVES
    context = {
        "row": row,
        "label": deliberation_label(row.state),
        "late": row.state == "decided" and row.due_on is not None and row.due_on < now().date(),
        "moves": [(verb, one.label) for verb, one in queries.deliberation_moves(actor, row).items()],
        "events": events(actor, queries.deliberation_trail(actor, row.pk), table),
    }
    return render(request, "desk/conferences/deliberation.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def on_deliberation(request: HttpRequest, deliberation_id: int, verb: str) -> HttpResponse:
    """The next step, by its form."""
    at_work(request)
    actor, row = _find(request, deliberation_id)
    if verb not in FORMS or verb not in queries.deliberation_moves(actor, row):
        raise Http404
    make, act = FORMS[verb]
    form = make(sent(request), initial={"day": now().date()})
    return fill_in(
        request, form, pavilion_rules.DELIBERATION_MOVES[verb].label, address(row),
        lambda given: act(actor, deliberation_id=row.pk, now=now(), **given), template=WRITE, lead=row.subject,
    )  # fmt: skip
