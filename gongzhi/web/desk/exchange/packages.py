"""帮扶: a survey and what it found, each kind with its giver and day, or nobody yet."""

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
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.demands.masking import mask
from gongzhi.exchange import rules
from gongzhi.exchange.actions import NeedDetails
from gongzhi.exchange.actions import packages as actions
from gongzhi.exchange.queries import packages as queries
from gongzhi.exchange.queries.packages import Part
from gongzhi.exchange.rows import Package
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import pledge_line
from gongzhi.web.desk.exchange.stating import RECEIVING
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

PAGE = 30
# So many kinds are offered; the first few stand open.
ROWS, OPEN = len(rules.Kind), 3
UNIT, PROGRAMME = rules.Asker.UNIT, rules.Asker.PROGRAMME
_TEXT = forms.TextInput(attrs={"autocomplete": "off"})
_DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


@for_standing(*DESK)
@require_safe
def show_packages(request: HttpRequest) -> HttpResponse:
    """The packages of the actor's places, the latest survey first, each with how many kinds have a giver."""
    actor, asked = actor_of(request), request.GET.get("after", "")
    start = min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    rows = queries.visible_packages(actor).select_related("unit", "receiving_place").order_by("-surveyed_on", "-pk")
    page = list(rows[start : start + PAGE + 1])
    parts = queries.parts_of(actor, [one.pk for one in page[:PAGE]])
    context = {
        "lines": [_line(one) | {"parts": [_short(part) for part in parts[one.pk]]} for one in page[:PAGE]],
        "after": str(start + PAGE) if len(page) > PAGE else "",
        "before": str(max(start - PAGE, 0)) if start else "",
        "may_work": actor.holds(*WORKERS),
        "tab": "packages",
    }
    return render(request, "desk/exchange/packages.html", context)


def _line(row: Package) -> dict[str, Any]:
    where = row.receiving_place.name if row.receiving_place else ""
    return {
        "pk": row.pk,
        "receiver": row.unit.name if row.unit else f"{where} · {row.programme}",
        "surveyor": mask(row.surveyor),
        "surveyed_on": row.surveyed_on,
    }


def _short(part: Part) -> dict[str, Any]:
    return {"kind": rules.KIND_LABELS[rules.Kind(part.need.kind)], "given": bool(part.pledges)}


def _find(actor: Actor, package_id: int) -> Package:
    try:
        return queries.get_package(actor, package_id)
    except Package.DoesNotExist as error:
        raise Http404 from error


@for_standing(*DESK)
@require_safe
def show_one(request: HttpRequest, package_id: int) -> HttpResponse:
    """One package: what was found, and each kind with who gives it, by when, and what has come."""
    actor = actor_of(request)
    row = _find(actor, package_id)
    parts = [_part(actor, one) for one in queries.parts_of(actor, [row.pk])[row.pk]]
    context = {
        "line": _line(row),
        "words": seen_by(actor, row.words) if queries.reads_survey(actor, row) else "",
        "parts": parts,
        "given": sum(1 for one in parts if one["pledges"]),
        "may_add": _may_add(actor, row) and len(parts) < ROWS,
    }
    return render(request, "desk/exchange/package.html", context)


def _may_add(actor: Actor, row: Package) -> bool:
    here = (row.receiving_place_id, row.community_id, row.subdistrict_id)
    return not set(WORKERS).isdisjoint(actor.standings_at(here))


def _part(actor: Actor, part: Part) -> dict[str, Any]:
    need, state = part.need, rules.NeedState(part.need.state)
    today = now().date()
    return {
        "pk": need.pk,
        "kind": rules.KIND_LABELS[rules.Kind(need.kind)],
        "title": mask(need.title),
        "total": amount(need.quantity, need.measure),
        "deadline": need.deadline,
        "state": state.value,
        "state_label": rules.NEED_LABELS[state],
        "met": amount(need.met, need.measure) if need.met else "",
        "pledges": [pledge_line(row, count, today) for row, count in part.pledges],
        "asked": len(part.asked),
    }


class PartForm(forms.Form):
    """One kind of help; a row left empty is none."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[("", "—"), *((key.value, _(label)) for key, label in rules.KIND_LABELS.items())],
        required=False,
    )
    title = forms.CharField(label=_("要什么"), max_length=120, required=False, widget=_TEXT)
    quantity = forms.CharField(
        label=_("要多少"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    measure = forms.CharField(label=_("计量单位"), max_length=20, required=False, widget=_TEXT)
    deadline = forms.DateField(label=_("最晚哪天要"), required=False, widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """A row in which something stands must say all of it."""
        data = super().clean() or {}
        if any(data.get(name) for name in ("kind", "title", "quantity", "measure")) or self.errors:
            for name in ("kind", "title", "quantity", "measure"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, gettext("这一项还没有写。"))
        return data

    def details(self) -> NeedDetails | None:
        """What the action takes; None for a row left empty."""
        return NeedDetails(**self.cleaned_data) if self.cleaned_data.get("kind") else None


class PackageForm(forms.Form):
    """Who is to be helped, who looked, when, what was found."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    whose = forms.ChoiceField(
        label=_("帮谁"),
        choices=[(one.value, _(rules.ASKER_LABELS[one])) for one in (PROGRAMME, UNIT)],
        initial=PROGRAMME.value,
        widget=forms.RadioSelect,
    )
    receiver = forms.TypedChoiceField(label=_("哪个社区、街道（镇）"), coerce=int)
    programme = forms.CharField(
        label=_("哪项工作"), max_length=120, required=False, widget=_TEXT, help_text=_("例如“工疗站”。帮单位的不填。")
    )
    unit = UnitField(
        label=_("哪家单位"), required=False, help_text=_("只在帮单位时填。写名称的一部分，从列出的名称里选。")
    )
    surveyor = forms.CharField(label=_("谁去调研的"), max_length=120, widget=_TEXT, help_text=_("例如“区残联”。"))
    surveyed_on = forms.DateField(label=_("哪天去的"), widget=_DAY)
    words = forms.CharField(
        label=_("看到什么、缺什么"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写事，不写学员、住户是谁。只有本地的工作人员和被帮的单位看得到。"),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "surveyed_on": now().date()})
        scope = choices.scope_of(actor)
        found = [one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in RECEIVING]
        receiver: Any = self.fields["receiver"]
        receiver.choices = [(one.pk, one.name) for one in found]
        self.places = {one.pk: one for one in found}
        self.parts = [PartForm(data, prefix=f"p{step}") for step in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        """What must be said of whoever it is for."""
        data = super().clean() or {}
        asked = "unit" if data.get("whose") == UNIT else "programme"
        if not data.get(asked) and asked not in self.errors:
            self.add_error(asked, gettext("请写明帮谁。"))
        return data

    def all_valid(self) -> bool:
        """Whether all of it is well; each row is looked at, so that everything wrong is said at once."""
        return all([self.is_valid(), *(part.is_valid() for part in self.parts)])

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        if data["whose"] == UNIT:
            whose = {"unit": data["unit"]}
        else:
            whose = {"place": self.places[data["receiver"]], "programme": data["programme"]}
        return {
            **whose,
            **{name: data[name] for name in ("surveyor", "surveyed_on", "words")},
            "once": data["once"] or self["once"].initial,
            "parts": [details for part in self.parts if (details := part.details())],
        }


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """The form, and the package that it makes."""
    actor = actor_of(request)
    if not actor.holds(*WORKERS):
        raise PermissionDenied
    form = PackageForm(actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.all_valid():
        try:
            row = actions.make_package(actor, now=now(), **form.arguments())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已登记。每一项都可以去找谁能给了。"))
            return HttpResponseRedirect(reverse("desk-package", args=[row.pk]))
    more = form.parts[OPEN:]
    context = {
        "form": form,
        "open_parts": form.parts[:OPEN],
        "more_parts": more,
        "more_open": any(part.is_bound and (part.errors or part.data.get(f"{part.prefix}-title")) for part in more),
    }
    return render(request, "desk/exchange/package_new.html", context, status=422 if form.is_bound else 200)


class AddForm(PartForm):
    """One kind more, sent once."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, package_id: int) -> HttpResponse:
    """One kind more for a package."""
    actor = actor_of(request)
    row = _find(actor, package_id)
    if not _may_add(actor, row):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = AddForm(posted, initial={"once": secrets.token_urlsafe(16)})
    for name in ("kind", "title", "quantity", "measure"):
        form.fields[name].required = True
    if form.is_bound and form.is_valid():
        once = form.cleaned_data.pop("once") or str(form["once"].initial)
        details = form.details()
        assert details is not None
        try:
            actions.add_to_package(actor, package_id=row.pk, details=details, now=now(), once=once)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已登记。每一项都可以去找谁能给了。"))
            return HttpResponseRedirect(reverse("desk-package", args=[row.pk]))
    context = {"form": form, "line": _line(row)}
    return render(request, "desk/exchange/package_add.html", context, status=422 if form.is_bound else 200)
