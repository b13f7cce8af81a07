"""爱心账: what came to the actor's places, what it was used for, what is left; and one contribution with its moves."""

import secrets
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

from gongzhi.exchange import giving_rules, rules
from gongzhi.exchange.actions import giving as actions
from gongzhi.exchange.actions.giving import From, Gift
from gongzhi.exchange.giving_rules import Amount, Giver, Openness, Qualifier
from gongzhi.exchange.queries import giving as queries
from gongzhi.exchange.rows import Contribution, Entry, Pledge
from gongzhi.neighbourhood.queries import current_places
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import queries as problems
from gongzhi.problems.rules import number as problem_number
from gongzhi.problems.rules import read_number
from gongzhi.shared.moves import Refused
from gongzhi.web import amounts
from gongzhi.web.casework import choices
from gongzhi.web.casework.exchanged import events
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.given import contribution_line, use_lines
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.giving_fields import AMOUNT_HINT, WHAT_FOR_HINT
from gongzhi.web.desk.exchange.making import Doing, door, found
from gongzhi.web.desk.exchange.stating import RECEIVING
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame, in_words

PAGE = 50
CONTRIBUTIONS = Doing(
    "giving",
    "contribution_id",
    giving_rules.GIVING_MOVES,
    queries.get_contribution,
    queries.contribution_moves,
    {
        "use": actions.use_contribution,
        "agree": actions.agree_public,
        "withdraw": actions.withdraw_public,
        "correct_entry": actions.correct_contribution,
        "correct_use": actions.correct_use,
    },
    lambda row: row.what_for,
)
on_contribution = door(CONTRIBUTIONS)
_DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")
_TEXT = forms.TextInput(attrs={"autocomplete": "off"})


@for_standing(*DESK)
@require_safe
def show_ledger(request: HttpRequest) -> HttpResponse:
    """What came, the latest first, below the sums of all of it."""
    actor, asked = actor_of(request), request.GET.get("after", "")
    start = min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    rows = queries.visible_contributions(actor)
    page = list(rows.select_related(*queries.BOTH).order_by("-came_on", "-pk")[start : start + PAGE + 1])
    context = {
        "sums": amounts.sums(queries.totals_of(rows)) if page else [],
        "lines": [contribution_line(one) for one in page[:PAGE]],
        "after": str(start + PAGE) if len(page) > PAGE else "",
        "before": str(max(start - PAGE, 0)) if start else "",
        "may_work": actor.holds(*WORKERS),
        "tab": "giving",
    }
    return render(request, "desk/exchange/giving.html", context)


@for_standing(*DESK)
@require_safe
def show_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One contribution: what came, what became of it, whether it may be told."""
    actor = actor_of(request)
    row: Contribution = found(CONTRIBUTIONS, actor, pk)
    opened, line = CONTRIBUTIONS.open(actor, row), contribution_line(row)
    entries = queries.entries_of(actor, row.pk)
    context = {
        "line": line,
        "row": row,
        "thing": CONTRIBUTIONS.address(row.pk),
        "kind": rules.KIND_LABELS[rules.Kind(row.kind)],
        "giver_kind": giving_rules.GIVER_LABELS[Giver(row.giver)],
        "problem": _problem(actor, row),
        "agreed_words": seen_by(actor, row.agreed_words),
        "earlier": [_entry(actor, one, row.measure) for one in entries[:-1]],
        "why": seen_by(actor, entries[-1].words),
        "uses": use_lines(row, queries.uses_of([row.pk])[row.pk]),
        "may_use": "use" in opened and bool(row.quantity) and queries.amount_of(row).left != 0,
        "may_correct_use": "correct_use" in opened,
        "may_correct": "correct_entry" in opened,
        "openings": [(verb, opened[verb]) for verb in ("agree", "withdraw") if verb in opened],
        "public": Openness(row.state) in giving_rules.TOLD,
        "events": events(actor, queries.contribution_trail(actor, row.pk), giving_rules.GIVING_MOVES, row.measure),
    }
    return render(request, "desk/exchange/contribution.html", context)


def _entry(actor: Actor, one: Entry, measure: str) -> dict[str, Any]:
    return {
        "amount": amounts.said(Amount(one.quantity, Qualifier(one.qualifier), measure)),
        "days": amounts.days(one.came_on, one.came_until),
        "what_for": seen_by(actor, one.what_for),
        "noted_at": one.noted_at,
    }


def _problem(actor: Actor, row: Contribution) -> dict[str, Any] | None:
    """The problem that it was given for, where this person sees it."""
    if row.problem_id is None:
        return None
    try:
        problem = problems.get_problem(actor, row.problem_id)
    except problems.ABSENT:
        return None
    return {"pk": problem.pk, "number": problem_number(problem.pk), "title": seen_by(actor, problem.title)}


class NoteForm(forms.Form):
    """What came: from whom, how much, when, what for."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    amount = forms.CharField(label=_("数额"), max_length=30, widget=_TEXT, help_text=AMOUNT_HINT)
    measure = forms.CharField(
        label=_("计量单位"),
        max_length=20,
        widget=_TEXT,
        initial=giving_rules.MONEY,
        help_text=_("钱写元；东西写件、台、棵……"),
    )
    kind = forms.ChoiceField(
        label=_("给的是什么"),
        choices=[(key.value, _(label)) for key, label in rules.KIND_LABELS.items()],
        initial=rules.Kind.FUNDS.value,
        widget=forms.RadioSelect,
    )
    giver = forms.ChoiceField(
        label=_("谁给的"),
        choices=[(key.value, _(label)) for key, label in giving_rules.GIVER_LABELS.items()],
        initial=Giver.UNIT.value,
        widget=forms.RadioSelect,
        help_text=_("个人给的不记姓名，凭收据号找得到；本人同意署名以后再写称呼。"),
    )
    unit = UnitField(
        label=_("哪家成员单位"), required=False, help_text=_("成员单位给的才填。写名称的一部分，从列出的名称里选。")
    )
    giver_place = forms.TypedChoiceField(
        label=_("哪个社区、街道（镇）"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("社区、街道给的才填。"),
    )
    name = forms.CharField(
        label=_("别的单位叫什么"), max_length=120, required=False, widget=_TEXT, help_text=_("别的单位给的才填。")
    )
    came_on = forms.DateField(label=_("哪天收到的"), widget=_DAY)
    came_until = forms.DateField(
        label=_("到哪天"), required=False, widget=_DAY, help_text=_("分几次、一段时间里收到的才填。")
    )
    receiver = forms.TypedChoiceField(label=_("给了哪里"), coerce=int)
    what_for = forms.CharField(label=_("给来做什么"), max_length=200, widget=_TEXT, help_text=WHAT_FOR_HINT)
    problem = forms.CharField(
        label=_("为哪个问题给的"), max_length=20, required=False, widget=_TEXT, help_text=_("写问题编号。")
    )
    programme = forms.CharField(
        label=_("为哪项工作给的"), max_length=120, required=False, widget=_TEXT, help_text=_("例如“百日绿化”。")
    )
    receipt_number = forms.CharField(label=_("收据号"), max_length=40, required=False, widget=_TEXT)
    # What a giver of each kind is asked for.
    ASKS = {Giver.UNIT: "unit", Giver.PLACE: "giver_place", Giver.OUTSIDE: "name"}

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "came_on": now().date()})
        scope = choices.scope_of(actor)
        own = [one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in RECEIVING]
        others = current_places().filter(kind__in=sorted(RECEIVING)).only("pk", "name", "kind").order_by("full_name")
        self.actor, self.places = actor, {one.pk: one for one in (*others, *own)}
        receiver: Any = self.fields["receiver"]
        receiver.choices = [(one.pk, one.name) for one in own]
        giver: Any = self.fields["giver_place"]
        giver.choices = [("", "—"), *((one.pk, one.name) for one in others)]

    def clean_problem(self) -> int | None:
        """The problem of a number. Raises ValidationError for one that is not there for this person."""
        words = self.cleaned_data["problem"].strip()
        if not words:
            return None
        pk = read_number(words)
        try:
            return int(problems.get_problem(self.actor, pk or 0).pk) if (pk or 0) < 2**63 else None
        except problems.ABSENT:
            raise forms.ValidationError(_("没有这个编号的问题，请再看一遍。")) from None

    def clean(self) -> dict[str, Any]:
        """Only what belongs to the kind of giver that was chosen counts, and that must be there."""
        data = super().clean() or {}
        asked = self.ASKS.get(Giver(data["giver"])) if data.get("giver") else None
        if asked and not data.get(asked) and asked not in self.errors:
            self.add_error(asked, gettext("请写明是谁给的。"))
        return data

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        asked = self.ASKS.get(Giver(data["giver"]))
        giver = From(
            unit=data["unit"] if asked == "unit" else None,
            place=self.places.get(data["giver_place"]) if asked == "giver_place" else None,
            name=data["name"] if asked == "name" else "",
        )
        names = ("kind", "amount", "measure", "came_on", "came_until", "what_for", "programme", "receipt_number")
        return {
            "giver": giver,
            "gift": Gift(**{name: data[name] for name in names}),
            "place": self.places[data["receiver"]],
            "problem_id": data["problem"],
            "once": data["once"] or self["once"].initial,
        }


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest) -> HttpResponse:
    """The form, and the contribution that it makes."""
    actor = actor_of(request)
    if not actor.holds(*WORKERS):
        raise PermissionDenied
    form = NoteForm(actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = actions.note_contribution(actor, now=now(), **form.arguments())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已记入爱心账。提供方同意以后才会公开。"))
            return HttpResponseRedirect(CONTRIBUTIONS.address(row.pk))
    return render(request, "desk/exchange/giving_new.html", {"form": form}, status=422 if form.errors else 200)


@for_standing(*DESK)
@require_POST
def enter(request: HttpRequest, pledge_id: int) -> HttpResponse:
    """With one press: what came of a pledge that has ended stands in the ledger."""
    try:
        row = actions.enter_pledge(actor_of(request), pledge_id=pledge_id, now=now())
    except Pledge.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
        return HttpResponseRedirect(reverse("desk-pledge", args=[pledge_id]))
    messages.success(request, gettext("已记入爱心账。提供方同意以后才会公开。"))
    return HttpResponseRedirect(CONTRIBUTIONS.address(row.pk))
