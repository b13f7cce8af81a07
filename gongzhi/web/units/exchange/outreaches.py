"""外部转介 for a unit's need: whether it may be told so, and whether the result is right."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.exchange import actions, queries, talk_rules
from gongzhi.exchange.rows import Outreach
from gongzhi.web.casework.answers import WordsForm
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.outreaches import outreach_line
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now

PRESSED: dict[str, Any] = {"agree": actions.agree_outreach, "confirm": actions.confirm_outreach}
WRITTEN: dict[str, Any] = {"object": actions.object_to_outreach, "dispute": actions.dispute_outreach}


def _find(request: HttpRequest, outreach_id: int) -> Outreach:
    """An outreach for a need of the asker's own unit; for others there is none here."""
    actor = actor_of(request)
    try:
        outreach = queries.get_outreach(actor, outreach_id)
    except Outreach.DoesNotExist as error:
        raise Http404 from error
    if not queries.is_own(actor, outreach.need.unit_id, outreach.need.member_id):
        raise Http404
    return outreach


@for_standing(*UNIT)
@require_safe
def show_outreach(request: HttpRequest, outreach_id: int) -> HttpResponse:
    """One outreach: word for word what the outsider is told, what they said, and what this unit may say."""
    row, actor = _find(request, outreach_id), actor_of(request)
    context = {
        "row": row,
        "line": outreach_line(actor, row, now()),
        "brought": amount(row.brought, row.need.measure) if row.brought else "",
        "moves": queries.outreach_moves(actor, row),
        "talk": queries.voice_of(actor, row),
        "events": events(actor, queries.outreach_trail(actor, row.pk), talk_rules.OUTREACH_MOVES, row.need.measure),
    }
    return render(request, "units/exchange/outreach.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def make_step(request: HttpRequest, outreach_id: int, verb: str) -> HttpResponse:
    """Agree or confirm with one press; object or dispute with words."""
    row = _find(request, outreach_id)
    back = reverse("units-outreach", args=[outreach_id])
    if verb in PRESSED and request.method == "POST":
        seen = request.POST.get("seen", "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
        label = talk_rules.OUTREACH_MOVES[verb].label
        return press(
            request,
            label,
            back,
            lambda: PRESSED[verb](actor_of(request), outreach_id=outreach_id, now=now(), seen=number),
        )
    if verb not in WRITTEN:
        raise Http404
    return fill_in(
        request,
        WordsForm(sent(request), initial={"seen": row.version}),
        talk_rules.OUTREACH_MOVES[verb].label,
        back,
        lambda given: WRITTEN[verb](actor_of(request), outreach_id=outreach_id, now=now(), **given),
        text=row.asked if verb == "object" else row.result,
    )
