"""三张表: what a member has, what it needs, how to link with it, answered once a period in two minutes on a phone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.exchange import queries, round_rules
from gongzhi.exchange.queries import Member, Whose
from gongzhi.exchange.round_rules import RoundState, Sheet
from gongzhi.exchange.rows import Round
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework import filling
from gongzhi.web.casework.filling import Filling
from gongzhi.web.casework.round_forms import ASKS
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now


def _find(request: HttpRequest, round_id: int) -> tuple[Round, list[Member]]:
    """A round with the asker's own units, or themselves, among its members; for others there is none here."""
    actor = actor_of(request)
    try:
        row = queries.get_round(actor, round_id)
    except Round.DoesNotExist as error:
        raise Http404 from error
    mine = queries.own_members(actor, row)
    if not mine:
        raise Http404
    return row, mine


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """The rounds that wait for this person and their units, the nearest day first, each with how many forms are left."""
    found = []
    for row in queries.open_rounds(actor):
        if left := sum(len(one.missing) for one in queries.own_members(actor, row)):
            found.append({"pk": row.pk, "name": row.name, "due_on": row.due_on, "left": left})
    return found


@for_standing(*UNIT)
@require_safe
def show_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """The three forms and how far each of them is; of the others only how many are done."""
    row, mine = _find(request, round_id)
    context = {
        "row": row,
        "open": row.state == RoundState.OPEN,
        "label": round_rules.ROUND_LABELS[RoundState(row.state)],
        "members": [{"name": one.name, "sheets": _sheets(row, one)} for one in mine],
        "progress": queries.progress_of(actor_of(request), row),
        "late": row.due_on < now().date(),
    }
    return render(request, "units/exchange/round.html", context)


def _address(row: Round, member: Member, sheet: Sheet) -> str:
    if member.unit:
        return reverse("units-round-fill", args=[row.pk, member.unit.pk, sheet.value])
    return reverse("units-round-fill-own", args=[row.pk, member.whose.member, sheet.value])


def _sheets(row: Round, member: Member) -> list[dict[str, Any]]:
    return [
        {
            "address": _address(row, member, sheet),
            "label": round_rules.SHEET_LABELS[sheet],
            "asks": ASKS[sheet],
            "filing": member.filings.get(sheet),
        }
        for sheet in Sheet
    ]


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(
    request: HttpRequest, round_id: int, sheet: str, unit_id: int | None = None, member_id: int | None = None
) -> HttpResponse:
    """One of the three forms; answered, the next one that is missing follows."""
    row, mine = _find(request, round_id)
    member = next((one for one in mine if one.whose == Whose(unit_id, member_id)), None)
    if member is None or sheet not in set(Sheet):
        raise Http404
    if row.state != RoundState.OPEN:
        messages.warning(request, gettext("这一期已经结束，不能再填。要改清单，请到“资源和需求”。"))
        return HttpResponseRedirect(reverse("units-round", args=[row.pk]))
    one = Filling(
        row,
        member,
        Sheet(sheet),
        layout="units/layout.html",
        back=reverse("units-round", args=[row.pk]),
        lists=reverse("units-exchange") + "#lists",
        done=lambda: _onward(request, row, member, Sheet(sheet)),
    )
    return filling.fill(request, one)


def _onward(request: HttpRequest, row: Round, member: Member, sheet: Sheet) -> HttpResponse:
    left = [one for one in member.missing if one is not sheet]
    said = gettext("已记下：%(label)s。") % {"label": gettext(round_rules.SHEET_LABELS[sheet])}
    if not left:
        messages.success(request, said + gettext("三张表都填好了。"))
        return HttpResponseRedirect(reverse("units-round", args=[row.pk]))
    more = ngettext("还有 %(n)d 张。", "还有 %(n)d 张。", len(left)) % {"n": len(left)}
    messages.success(request, said + more)
    return HttpResponseRedirect(_address(row, member, left[0]))
