"""Stating a need for a community, a programme, a problem, or on behalf of a unit."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.demands.masking import mask
from gongzhi.exchange import actions, rules
from gongzhi.exchange.actions import NeedDetails
from gongzhi.exchange.rules import Asker
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import queries as problems
from gongzhi.problems.rows import Problem
from gongzhi.problems.rules import number as problem_number
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import PlaceForm, UnitField
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

RECEIVING = {PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT}
WHOSE = (Asker.COMMUNITY, Asker.PROGRAMME, Asker.UNIT)


class DetailsForm(PlaceForm):
    """What is needed, how much, until when, where."""

    place_required = False
    title = forms.CharField(
        label=_("需要什么"), max_length=120, help_text=_("一句话，例如“楼道照明检修”。不写人名、门牌和电话。")
    )
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()],
        widget=forms.RadioSelect,
    )
    quantity = forms.CharField(
        label=_("要多少"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    measure = forms.CharField(
        label=_("计量单位"),
        max_length=20,
        help_text=_("小时、个、元、次……和资源用同一个说法，才配得上。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    whole_only = forms.BooleanField(label=_("要一次给足，分开给没有用"), required=False)
    deadline = forms.DateField(
        label=_("最晚哪天要"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    urgency = forms.TypedChoiceField(
        label=_("紧急程度"),
        choices=[(key, _(label)) for key, label in rules.URGENCY_LABELS.items()],
        coerce=int,
        initial=1,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("说明"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("对方要看得懂做什么、有什么条件。不写居民是谁。"),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.actor = actor
        self.fields.update(self.place_fields(_("在哪里用")))
        self.fields["place_typed"].help_text = _("小区、楼栋或社区，写字或拼音首字母都行。")

    def details(self, **more: Any) -> NeedDetails:
        """What the action takes."""
        data = self.cleaned_data
        names = ("kind", "title", "quantity", "measure", "words", "deadline", "urgency", "whole_only", "place")
        return NeedDetails(**{name: data[name] for name in names}, **more)


class StateForm(DetailsForm):
    """The same, and whose need it is; of a problem that is known already."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    whose = forms.ChoiceField(
        label=_("替谁提"),
        choices=[(one.value, _(rules.ASKER_LABELS[one])) for one in WHOSE],
        initial=Asker.COMMUNITY.value,
        widget=forms.RadioSelect,
    )
    receiver = forms.TypedChoiceField(label=_("哪个社区、街道（镇）"), coerce=int, required=False, empty_value=None)
    programme = forms.CharField(
        label=_("哪项工作"), max_length=120, required=False, help_text=_("只在替一项工作提时填，例如“百日绿化”。")
    )
    unit = UnitField(
        label=_("哪家单位"), required=False, help_text=_("只在替单位提时填。写名称的一部分，从列出的名称里选。")
    )
    confidential = forms.BooleanField(label=_("单位不愿公开：只有本社区和单位自己的人看得到"), required=False)

    def __init__(self, actor: Actor, data: Any = None, *, problem: Problem | None = None) -> None:
        super().__init__(actor, data, initial={"once": secrets.token_urlsafe(16)})
        self.problem = problem
        if problem is not None:
            for name in ("whose", "receiver", "programme", "unit", "confidential"):
                del self.fields[name]
        else:
            self._receivers(actor)
        self.order_fields(("title", "whose", "receiver", "programme", "unit", "confidential"))

    def _receivers(self, actor: Actor) -> None:
        """The places for which this person may state a need."""
        scope = choices.scope_of(actor)
        found = [one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in RECEIVING]
        field: Any = self.fields["receiver"]
        field.choices = [(one.pk, one.name) for one in found]
        self.places = {one.pk: one for one in found}

    def clean(self) -> dict[str, Any] | None:
        """What must be said of whoever it is for."""
        data = super().clean() or {}
        if (
            self.problem is None
            and data.get("whose") == Asker.UNIT
            and not data.get("unit")
            and "unit" not in self.errors
        ):
            self.add_error("unit", gettext("请写明是哪家单位。"))
        if self.problem is None and data.get("whose") == Asker.PROGRAMME and not (data.get("programme") or "").strip():
            self.add_error("programme", gettext("请写明是哪项工作。"))
        return data

    def asker(self) -> dict[str, Any]:
        """Whose need it is, by the action's own names."""
        if self.problem is not None:
            return {"problem_id": self.problem.pk}
        data = self.cleaned_data
        if data["whose"] == Asker.UNIT:
            return {"unit": data["unit"]}
        programme = data["programme"] if data["whose"] == Asker.PROGRAMME else ""
        return {"place": self.places.get(data["receiver"]), "programme": programme}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def state_need(request: HttpRequest) -> HttpResponse:
    """The form, and the need that it makes; `problem` in the address names the problem that it is of."""
    actor = actor_of(request)
    if not actor.holds(*WORKERS):
        raise PermissionDenied
    problem = _problem(request, actor)
    posted = request.POST if request.method == "POST" else None
    form = StateForm(actor, posted, problem=problem)
    if posted is not None and form.is_valid():
        confidential = form.cleaned_data.get("confidential") or False
        once = form.cleaned_data["once"] or form["once"].initial
        try:
            details = form.details(confidential=confidential)
            kept = actions.state_need(actor, details=details, now=now(), once=once, **form.asker())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已登记。核实以后，才能去征求别人的意见。"))
            return HttpResponseRedirect(f"/desk/exchange/needs/{kept.need.pk}")
    context: dict[str, Any] = {"form": form, "problem": None}
    if problem is not None:
        context["problem"] = {"pk": problem.pk, "number": problem_number(problem.pk), "title": mask(problem.title)}
    return render(request, "desk/exchange/new.html", context, status=422 if form.errors else 200)


def _problem(request: HttpRequest, actor: Actor) -> Problem | None:
    """The problem that the address or the form names. Raises Http404 for one that is absent or not theirs."""
    asked = (request.POST if request.method == "POST" else request.GET).get("problem", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise Http404
    try:
        return problems.get_problem(actor, int(asked))
    except problems.ABSENT as error:
        raise Http404 from error
