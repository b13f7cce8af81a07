"""动员 at the desk: units called to act, their rosters, who came, each person counted once."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.conferences import actions, queries, rules
from gongzhi.conferences.rows import Mobilisation
from gongzhi.conferences.rules import MobilisationState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.paging import page_of
from gongzhi.web.desk.conferences.fields import MobiliseForm
from gongzhi.web.desk.conferences.listing import WRITE
from gongzhi.web.desk.exchange.whose import at_work, key_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now


def _line(row: Mobilisation) -> dict[str, Any]:
    return {"row": row, "label": rules.MOBILISATION_LABELS[MobilisationState(row.state)]}


def _find(request: HttpRequest, mobilisation_id: int) -> tuple[Actor, Mobilisation]:
    actor = actor_of(request)
    try:
        return actor, queries.get_mobilisation(actor, mobilisation_id)
    except Mobilisation.DoesNotExist as error:
        raise Http404 from error


def address(row: Mobilisation) -> str:
    """The page of a call to act."""
    return reverse("desk-mobilisation", args=[row.pk])


@for_standing(*DESK)
@require_safe
def show_mobilisations(request: HttpRequest) -> HttpResponse:
    """Those in sight, the latest first."""
    actor = actor_of(request)
    page = page_of(request, queries.visible_mobilisations(actor).select_related("place").order_by("-starts_at", "-pk"))
    context = {
        "rows": [_line(one) for one in page.rows],
        **page.turns,
        "may_work": actor.holds(*WORKERS),
        "tab": "mobilisations",
    }
    return render(request, "desk/conferences/mobilisations.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def mobilise(request: HttpRequest) -> HttpResponse:
    """Call units to act on a day."""
    actor = at_work(request)
    form = MobiliseForm(actor, sent(request))

    def act(given: dict[str, Any]) -> Mobilisation:
        said = {name: given[name] for name in ("title", "starts_at", "venue", "words", "units")}
        place = form.places[given["place"]]
        return actions.mobilise(actor, place=place, **said, now=now(), once=key_of(form))

    return fill_in(
        request, form, gettext("动员各单位"), reverse("desk-mobilisations"), act, template=WRITE, onto=address,
        lead=gettext("各单位的联络员马上收到通知，各自报名单。同一个人在两家的名单上，只算一个人。"),
    )  # fmt: skip


@for_standing(*DESK)
@require_safe
def show_mobilisation(request: HttpRequest, mobilisation_id: int) -> HttpResponse:
    """Who answered, who came."""
    actor, row = _find(request, mobilisation_id)
    moves = queries.mobilisation_moves(actor, row)
    context = {
        **_line(row),
        "rosters": queries.rosters_of(actor, row),
        "count": queries.turnout_of(row),
        "begun": row.starts_at <= now(),
        "may_mark": "mark" in moves and row.starts_at <= now(),
        "may_end": "end" in moves,
    }
    return render(request, "desk/conferences/mobilisation.html", context)


@for_standing(*DESK)
@require_POST
def mark(request: HttpRequest, mobilisation_id: int, unit_id: int) -> HttpResponse:
    """Who of one unit came."""
    at_work(request)
    actor, row = _find(request, mobilisation_id)
    came = [int(one) for one in request.POST.getlist("came") if one.isascii() and one.isdigit() and len(one) < 18]
    return press(
        request, rules.MOBILISATION_MOVES["mark"].label, f"{address(row)}#unit-{unit_id}",
        lambda: actions.mark_turnout(actor, mobilisation_id=row.pk, unit_id=unit_id, came=came, now=now()),
    )  # fmt: skip


@for_standing(*DESK)
@require_POST
def end(request: HttpRequest, mobilisation_id: int) -> HttpResponse:
    """Nothing more is sent or marked."""
    at_work(request)
    actor, row = _find(request, mobilisation_id)
    return press(
        request, rules.MOBILISATION_MOVES["end"].label, address(row),
        lambda: actions.end_mobilisation(actor, mobilisation_id=row.pk, now=now()),
    )  # fmt: skip
