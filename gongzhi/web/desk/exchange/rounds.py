"""三张表 at the desk: a period opened for a network, how far it is, and for its secretary alone who is missing."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, round_rules
from gongzhi.exchange.queries import Member
from gongzhi.exchange.round_rules import Part, RoundState, Sheet
from gongzhi.exchange.rows import Round
from gongzhi.neighbourhood.registers import networks_to_lead
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import filling
from gongzhi.web.casework.filling import Filling
from gongzhi.web.desk.exchange.making import ROUNDS, found
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame, in_words

MOST = 50
SHEETS = [(sheet.value, label) for sheet, label in round_rules.SHEET_LABELS.items()]
_QUARTERS = (_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度"))


class OpenForm(forms.Form):
    """A period for a network; the quarter that runs is proposed."""

    network = forms.TypedChoiceField(label=_("哪个实体"), coerce=int)
    name = forms.CharField(label=_("这一期叫什么"), max_length=60)
    since = forms.DateField(label=_("从哪天"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("到哪天"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    due_on = forms.DateField(label=_("请在哪天以前填好"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, actor: Actor, data: Any, today: date) -> None:
        super().__init__(data, initial=_quarter(today))
        self.networks = {one.pk: one for one in networks_to_lead(actor)}
        self.fields["network"].choices = [(pk, one.name) for pk, one in self.networks.items()]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return self.cleaned_data | {"network": self.networks[self.cleaned_data["network"]]}


def _quarter(today: date) -> dict[str, Any]:
    number = (today.month - 1) // 3
    since = date(today.year, number * 3 + 1, 1)
    following = date(today.year + (number == 3), (number * 3 + 3) % 12 + 1, 1)
    until = date.fromordinal(following.toordinal() - 1)
    name = gettext("%(year)d年%(quarter)s") % {"year": today.year, "quarter": gettext(str(_QUARTERS[number]))}
    due_on = min(until, date.fromordinal(today.toordinal() + 14))
    return {"name": name, "since": since, "until": until, "due_on": due_on}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def show_rounds(request: HttpRequest) -> HttpResponse:
    """The periods in sight, the newest first; the form that opens one; the three lists to take out, print, take in."""
    actor, posted = actor_of(request), request.method == "POST"
    if posted and not actor.holds(*WORKERS):
        raise PermissionDenied
    form = OpenForm(actor, request.POST if posted else None, now().date()) if actor.holds(*WORKERS) else None
    if form is not None and posted and form.is_valid():
        try:
            row = actions.open_round(actor, now=now(), **form.given())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已开始这一期，各单位的联络员和个人成员收到了通知。"))
            return HttpResponseRedirect(reverse("desk-round", args=[row.pk]))
    rows = queries.visible_rounds(actor).select_related("network__place").order_by("-since", "-pk")[:MOST]
    context = {
        "form": form if form and form.networks else None,
        "rounds": [_line(one) for one in rows],
        "sheets": SHEETS,
        "may_export": actor.may(Right.EXPORT),
        "may_import": actor.may(Right.IMPORT),
        "tab": "rounds",
    }
    return render(request, "desk/exchange/rounds.html", context, status=422 if form and form.errors else 200)


def _line(row: Round) -> dict[str, Any]:
    return {"row": row, "label": round_rules.ROUND_LABELS[RoundState(row.state)]}


@for_standing(*DESK)
@require_safe
def show_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """How far a period is; the secretary sees each member by name, nobody else does."""
    actor = actor_of(request)
    row: Round = found(ROUNDS, actor, round_id)
    secretary = Part.SECRETARY in queries.round_standings(actor, row)
    progress, moves = queries.progress_of(actor, row), queries.round_moves(actor, row)
    today = now().date()
    context = {
        **_line(row),
        "late": row.state == RoundState.OPEN and row.due_on < today,
        "progress": progress,
        "sheets": [(label, progress.sheets[Sheet(sheet)]) for sheet, label in SHEETS] if progress else [],
        "labels": [label for _sheet, label in SHEETS],
        "secretary": secretary,
        "members": [_member(row, one, today) for one in queries.members_by_name(actor, row)] if secretary else [],
        "may_remind": "remind" in moves,
        "may_ring": "note" in moves,
        "deeds": ROUNDS.open(actor, row).items(),
        "thing": ROUNDS.address(row.pk),
    }
    return render(request, "desk/exchange/round.html", context)


def _key(one: Member) -> str:
    return f"u{one.whose.unit}" if one.unit else f"m{one.whose.member}"


def _member(row: Round, one: Member, today: date) -> dict[str, Any]:
    whose = one.whose
    return {
        "name": one.name,
        "person": one.head.person if one.head else None,
        "remind": reverse("desk-round-remind", args=[row.pk, whose.unit])
        if one.unit
        else reverse("desk-round-remind-own", args=[row.pk, whose.member]),
        "filings": [(label, one.filings.get(Sheet(sheet))) for sheet, label in SHEETS],
        "missing": one.missing,
        "reminded_on": one.reminded_on,
        "reminded_today": one.reminded_on == today,
    }


@for_standing(*DESK)
@require_POST
def remind(
    request: HttpRequest, round_id: int, unit_id: int | None = None, member_id: int | None = None
) -> HttpResponse:
    """The secretary reminds one member by one press."""
    try:
        actions.remind_member(actor_of(request), round_id=round_id, unit_id=unit_id, member_id=member_id, now=now())
    except Round.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
    else:
        messages.success(request, gettext("已催，对方收到了通知。"))
    return HttpResponseRedirect(reverse("desk-round", args=[round_id]))


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_by_phone(request: HttpRequest, round_id: int) -> HttpResponse:
    """One form of one member, filled in for whoever says it by telephone."""
    row: Round = found(ROUNDS, actor_of(request), round_id)
    if "note" not in queries.round_moves(actor_of(request), row):
        raise PermissionDenied
    key, sheet, members = request.GET.get("whose", ""), request.GET.get("sheet", ""), queries.round_members(row)
    if not key:
        # Names alone: who has answered is the secretary's to know.
        named = [(_key(one), f"{one.name} {one.head.person or ''}" if one.head else one.name) for one in members]
        return render(request, "desk/exchange/by_phone.html", {"row": row, "members": named, "sheets": SHEETS})
    member = next((one for one in members if _key(one) == key), None)
    if member is None or sheet not in set(Sheet):
        raise Http404
    back = reverse("desk-round-by-phone", args=[row.pk])

    def done() -> HttpResponse:
        said = {"label": gettext(round_rules.SHEET_LABELS[Sheet(sheet)]), "name": member.name}
        messages.success(request, gettext("已替“%(name)s”记下：%(label)s。") % said)
        return HttpResponseRedirect(back)

    one = Filling(row, member, Sheet(sheet), layout="desk/layout.html", back=back, lists="", done=done, by_phone=True)
    return filling.fill(request, one)
