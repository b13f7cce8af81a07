"""三张表: what a unit has, what it needs, how to link with it, answered once a period in two minutes on a phone."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.exchange import actions, queries, round_rules
from gongzhi.exchange.actions import OfferDetails
from gongzhi.exchange.queries import Member
from gongzhi.exchange.round_rules import RoundState, Sheet
from gongzhi.exchange.rows import Round
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.asking import sent
from gongzhi.web.casework.stating import MEASURES
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.exchange.round_forms import ASKS, NOTHING, LinesForm, LinkForm
from gongzhi.web.who import UNIT, for_standing, now
from gongzhi.web.words import blame


def _find(request: HttpRequest, round_id: int) -> tuple[Round, list[Member]]:
    """A round with the asker's own units among its members; for others there is none here."""
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
    """The rounds that wait for this person's units, the nearest day first, each with how many forms are left."""
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
        "units": [{"unit": one.unit, "sheets": _sheets(one)} for one in mine],
        "progress": queries.progress_of(actor_of(request), row),
        "late": row.due_on < now().date(),
    }
    return render(request, "units/exchange/round.html", context)


def _sheets(member: Member) -> list[dict[str, Any]]:
    return [
        {
            "sheet": sheet.value,
            "label": round_rules.SHEET_LABELS[sheet],
            "asks": ASKS[sheet],
            "filing": member.filings.get(sheet),
        }
        for sheet in Sheet
    ]


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, round_id: int, unit_id: int, sheet: str) -> HttpResponse:
    """One of the three forms; answered, the next one that is missing follows."""
    row, mine = _find(request, round_id)
    member = next((one for one in mine if one.unit.pk == unit_id), None)
    if member is None or sheet not in set(Sheet):
        raise Http404
    if row.state != RoundState.OPEN:
        messages.warning(request, gettext("这一期已经结束，不能再填。要改清单，请到“资源和需求”。"))
        return HttpResponseRedirect(reverse("units-round", args=[row.pk]))
    act = _fill_link if sheet == Sheet.LINK else _fill_lines
    return act(request, row, member, Sheet(sheet))


def _fill_lines(request: HttpRequest, row: Round, member: Member, sheet: Sheet) -> HttpResponse:
    actor, data = actor_of(request), sent(request)
    rows = queries.lines_to_answer(actor, row, member.unit.pk, sheet)
    form = LinesForm(data, sheet, rows, member.filings.get(sheet))
    if form.is_bound and form.is_valid():
        home = neighbourhood.home_of(member.unit, on=now().date())
        new: Any = [replace(one, place=home) if isinstance(one, OfferDetails) else one for one in form.new]
        try:
            actions.fill_lines(
                actor, round_id=row.pk, unit_id=member.unit.pk, sheet=sheet, said=form.said, new=new,
                nothing=form.answer == NOTHING, once=form.key(), now=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.blame(refusal)
        else:
            return _onward(request, row, member, sheet)
    return _show(request, row, member, sheet, form, measures=MEASURES)


def _fill_link(request: HttpRequest, row: Round, member: Member, sheet: Sheet) -> HttpResponse:
    last = member.filings.get(sheet) or queries.last_filing(member.unit.pk, sheet, before=row)
    form = LinkForm(sent(request), last)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            actions.fill_link(
                actor_of(request), round_id=row.pk, unit_id=member.unit.pk, ways=given["ways"], reach=given["reach"],
                words=given["words"], nothing=request.POST.get("answer") == NOTHING, once=form.key(), now=now(),
            )  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            return _onward(request, row, member, sheet)
    return _show(request, row, member, sheet, form, last=last)


def _onward(request: HttpRequest, row: Round, member: Member, sheet: Sheet) -> HttpResponse:
    left = [one for one in member.missing if one is not sheet]
    said = gettext("已记下：%(label)s。") % {"label": gettext(round_rules.SHEET_LABELS[sheet])}
    if not left:
        messages.success(request, said + gettext("三张表都填好了。"))
        return HttpResponseRedirect(reverse("units-round", args=[row.pk]))
    more = ngettext("还有 %(n)d 张。", "还有 %(n)d 张。", len(left)) % {"n": len(left)}
    messages.success(request, said + more)
    return HttpResponseRedirect(reverse("units-round-fill", args=[row.pk, member.unit.pk, left[0].value]))


def _show(
    request: HttpRequest, row: Round, member: Member, sheet: Sheet, form: LinesForm | LinkForm, **more: Any
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "unit": member.unit,
        "sheet": sheet.value,
        "place": list(Sheet).index(sheet) + 1,
        "label": round_rules.SHEET_LABELS[sheet],
        "title": ASKS[sheet],
        **more,
    }
    template = "units/exchange/fill_link.html" if sheet is Sheet.LINK else "units/exchange/fill.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
