"""Raising a problem: found on patrol, at a visit or in a trend, a dispute, or from demands that belong together."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.demands import queries as demands
from gongzhi.demands.masking import mask
from gongzhi.demands.rows import Category
from gongzhi.demands.rules import number
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import actions, rules
from gongzhi.problems.rules import Kind, Origin
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import CategoryField, PlaceForm
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

FOUND_BY = (Origin.PATROL, Origin.VISIT, Origin.TREND)


class RaiseForm(PlaceForm):
    """What is seen, where, and how it came to be known; with demands, all but the kind may be left to them."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    title = forms.CharField(label=_("名称"), max_length=120, help_text=_("一句话，例如“3号楼外墙渗水”。不写人名。"))
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=[(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()],
        initial=Kind.TROUBLE.value,
        widget=forms.RadioSelect,
        help_text=_("纠纷要分别记下居委会、物业企业、业委会三方的意见。"),
    )
    origin = forms.ChoiceField(
        label=_("怎么发现的"),
        choices=[(one.value, _(rules.ORIGIN_LABELS[one])) for one in FOUND_BY],
        initial=Origin.PATROL.value,
        widget=forms.RadioSelect,
    )
    vulnerable = forms.IntegerField(
        label=_("旁边住着多少老人、残疾人和幼儿"),
        required=False,
        min_value=0,
        max_value=5000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, actor: Actor, categories: list[Category], data: Any = None, *, reported: bool = False) -> None:
        self.place_required = not reported
        super().__init__(data, initial={"once": secrets.token_urlsafe(16)})
        self.actor = actor
        self.fields.update(self.place_fields(_("在哪里")))
        self.fields["place_typed"].help_text = _("小区、楼栋或社区，写字或拼音首字母都行。")
        self.fields["category"] = CategoryField(categories, label=_("类别"), required=False, empty=_("以后再分"))
        if reported:
            del self.fields["origin"]
            self.fields["title"].required = False
            self.fields["title"].help_text = _("不写就用类别和地点。")
            self.fields["place_typed"].help_text = _("不写就用诉求的地点。")
        self.order_fields(("title", "place", "place_typed", "kind", "origin", "category", "vulnerable"))

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {
            "once": data["once"] or self["once"].initial,
            "title": data["title"],
            "place": data["place"],
            "kind": Kind(data["kind"]),
            "origin": Origin(data.get("origin") or Origin.REPORTS.value),
            "category": data["category"],
            "vulnerable": data["vulnerable"] or 0,
        }


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def raise_problem(request: HttpRequest) -> HttpResponse:
    """The form, and the problem that it makes; `demand` names demands to begin with."""
    actor = actor_of(request)
    if not actor.holds(*WORKERS):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    ids = [int(text) for text in asked.getlist("demand") if text.isascii() and text.isdigit() and len(text) < 18][:100]
    found = list(demands.visible_demands(actor).filter(pk__in=ids).only("pk", "subject").order_by("pk")) if ids else []
    posted = request.POST if request.method == "POST" else None
    form = RaiseForm(actor, choices.categories(), posted, reported=bool(found))
    if posted is not None and form.is_valid():
        try:
            raised = actions.raise_once(actor, demand_ids=[one.pk for one in found], now=now(), **form.given())
        except Refused as refusal:
            blame(form, refusal)
        else:
            _say(request, raised)
            return HttpResponseRedirect(f"/desk/problems/{raised.problem.pk}")
    context = {
        "form": form,
        "demands": [{"pk": one.pk, "number": number(one.pk), "subject": mask(one.subject)} for one in found],
    }
    return render(request, "desk/problems/new.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, raised: actions.Raised) -> None:
    if raised.again:
        messages.warning(request, gettext("这张表刚才已经交过，没有重复登记。"))
    else:
        number = rules.number(raised.problem.pk)
        messages.success(request, gettext("已立为问题 %(number)s。") % {"number": number})
