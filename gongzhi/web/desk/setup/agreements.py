"""What a district sets for agreements: the measures that clauses come from, and the days."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.agreements import actions, queries, rules
from gongzhi.agreements.rows import Measure
from gongzhi.agreements.rules import ClauseKind
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.words import named

FIELDS = ("name", "english", "kind", "order", "active")
HEADS = (_("属于哪一类"), _("顺序"))


class MeasureForm(forms.Form):
    """A measure: a new one, or the one whose number it carries."""

    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=40)
    english = forms.CharField(label=_("英文名"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("属于哪一类"), choices=[(one.value, _(label)) for one, label in rules.CLAUSE_KIND_LABELS.items()],
        help_text=_("四类双向的，两个方向都有条款才能签署。"),
    )  # fmt: skip
    order = forms.IntegerField(
        label=_("顺序"), min_value=0, max_value=999, help_text=_("数小的排在前面，协议里的条款也按这个排。")
    )
    active = forms.BooleanField(
        label=_("现在用"), required=False, initial=True, help_text=_("不用的，新条款选不到；已有的协议不变。")
    )

    def __init__(self, data: Any, rows: list[Measure], row: Measure | None) -> None:
        after = max((one.order for one in rows), default=0) + 1
        start = {"row": row.pk, **{name: getattr(row, name) for name in FIELDS}} if row else {"order": after}
        super().__init__(data, auto_id="id_measure_%s", initial=start)

    def save(self, actor: Actor) -> None:
        """Add the measure or change it."""
        given = {name: self.cleaned_data[name] for name in FIELDS}
        actions.set_measure(actor, measure_id=self.cleaned_data["row"], now=timezone.localtime(), **given)


class DaysForm(forms.Form):
    """Every number that the district sets for agreements."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="id_days_%s")
        values = queries.settings()
        for code, (label, start) in rules.SETTINGS.items():
            self.fields[code] = forms.IntegerField(
                label=gettext(label), min_value=rules.LEAST_DAYS, max_value=rules.MOST_DAYS, initial=values[code],
                help_text=gettext("起初是 %(start)d") % {"start": start},
            )  # fmt: skip

    def save(self, actor: Actor) -> None:
        """Set what was changed."""
        for code in self.changed_data:
            actions.change_setting(actor, code=code, value=self.cleaned_data[code], now=timezone.localtime())


@looking
def show_measures(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The measures and the days, readable by all of the staff; who may set up changes one at a time."""
    may, what = actor.may(Right.SET_UP), request.POST.get("what", "")
    rows = queries.all_measures()
    asked = next((one for one in rows if str(one.pk) == request.GET.get("measure")), None)
    forms_: dict[str, MeasureForm | DaysForm] = {
        "measure": MeasureForm(request.POST if what == "measure" else None, rows, asked),
        "days": DaysForm(request.POST if what == "days" else None),
    }
    status = 200
    if request.method == "POST":
        must_set_up(actor)
        if bound := forms_.get(what):
            if bound.is_valid() and _saved(actor, bound):
                messages.success(request, gettext("已保存。"))
                return HttpResponseRedirect(f"{reverse('setup-agreements')}#{what}")
            status = 422
    context = {
        "may_set_up": may,
        "heads": HEADS,
        "lines": [_line(one) for one in rows],
        "form": forms_["measure"] if may else None,
        "days": forms_["days"],
    }
    return render(request, "desk/setup/agreements.html", context, status=status)


def _saved(actor: Actor, form: MeasureForm | DaysForm) -> bool:
    try:
        form.save(actor)
    except Refused as refused:
        form.add_error(None, said(refused))
        return False
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return True


def _line(row: Measure) -> dict[str, Any]:
    kind = gettext(rules.CLAUSE_KIND_LABELS[ClauseKind(row.kind)])
    return {"row": row, "name": named(row), "cells": list(zip(HEADS, (kind, row.order), strict=True))}
