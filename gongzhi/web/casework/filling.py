"""三张表 filled in: by a liaison or a person in their own right on a phone, or by the desk for whoever rings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.exchange import actions, queries, round_rules
from gongzhi.exchange.actions import OfferDetails
from gongzhi.exchange.queries import Member
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rows import Filing, Round
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_home
from gongzhi.neighbourhood.rows import Place
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.asking import sent
from gongzhi.web.casework.round_forms import ASKS, NOTHING, LinesForm, LinkForm
from gongzhi.web.casework.stating import MEASURES
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import blame


@dataclass(frozen=True)
class Filling:
    """One form of one member, with where its page stands: the layout, where it leads back to, where the lists are
    (empty for the desk), and what follows an answer. The desk is not shown whether the member has answered before."""

    row: Round
    member: Member
    sheet: Sheet
    layout: str
    back: str
    lists: str
    done: Callable[[], HttpResponse]
    by_phone: bool = False

    @property
    def answered(self) -> Filing | None:
        """What was answered in this period, for the member itself."""
        return None if self.by_phone else self.member.filings.get(self.sheet)

    def given(self) -> dict[str, Any]:
        """What both actions take."""
        whose = self.member.whose
        return {"round_id": self.row.pk, "unit_id": whose.unit, "member_id": whose.member, "by_phone": self.by_phone}


def fill(request: HttpRequest, one: Filling) -> HttpResponse:
    """The form, or what was sent of it."""
    return _fill_link(request, one) if one.sheet is Sheet.LINK else _fill_lines(request, one)


def _home(member: Member) -> Place | None:
    if member.unit:
        return neighbourhood.home_of(member.unit, on=now().date())
    return member_home(member.head) if member.head else None


def _fill_lines(request: HttpRequest, one: Filling) -> HttpResponse:
    actor = actor_of(request)
    rows = queries.lines_to_answer(actor, one.row, one.member.whose, one.sheet)
    form = LinesForm(sent(request), one.sheet, rows, one.answered)
    if form.is_bound and form.is_valid():
        home = _home(one.member)
        new: Any = [replace(line, place=home) if isinstance(line, OfferDetails) else line for line in form.new]
        try:
            actions.fill_lines(
                actor, **one.given(), sheet=one.sheet, said=form.said, new=new, nothing=form.answer == NOTHING,
                once=form.key(), now=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.blame(refusal)
        else:
            return one.done()
    return _show(request, one, form, measures=MEASURES)


def _fill_link(request: HttpRequest, one: Filling) -> HttpResponse:
    last = one.answered or queries.last_filing(one.member.whose, one.sheet, before=one.row)
    form = LinkForm(sent(request), last)
    if form.is_bound and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("ways", "reach", "words")}
        nothing = request.POST.get("answer") == NOTHING
        try:
            actions.fill_link(actor_of(request), **one.given(), **said, nothing=nothing, once=form.key(), now=now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return one.done()
    return _show(request, one, form, last=last)


def _show(request: HttpRequest, one: Filling, form: LinesForm | LinkForm, **more: Any) -> HttpResponse:
    context = {
        "one": one,
        "row": one.row,
        "form": form,
        "sheet": one.sheet.value,
        "place": list(Sheet).index(one.sheet) + 1,
        "label": round_rules.SHEET_LABELS[one.sheet],
        "title": ASKS[one.sheet],
        "layout": one.layout,
        **more,
    }
    template = "parts/rounds/link.html" if one.sheet is Sheet.LINK else "parts/rounds/lines.html"
    return render(request, template, context, status=422 if form.is_bound else 200)
