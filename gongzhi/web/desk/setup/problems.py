"""What a district sets for problems: numbers, alert rules, the escalation ladder, the occasions of a whistle."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood.rules import PLACE_KIND_LABELS, Actor, PlaceKind, Right, Standing
from gongzhi.problems import actions, lists, queries, rules, whistling
from gongzhi.problems.rows import AlertRule, Occasion, Rung
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import CategoryField, PlaceForm
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.words import named

LEVELS = [(kind.value, _(PLACE_KIND_LABELS[kind])) for kind in whistling.LEVELS]
BLOWERS = [(one.value, _(label)) for one, label in whistling.BLOWER_LABELS.items()]


class NumbersForm(forms.Form):
    """Every number that the district sets for problems."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_numbers_%s")
        values = queries.settings()
        for code, (label, start) in rules.SETTINGS.items():
            self.fields[code] = forms.IntegerField(
                label=gettext(label),
                min_value=0,
                max_value=3650,
                initial=values[code],
                help_text=gettext("起初是 %(start)d") % {"start": start},
            )

    def save(self, actor: Actor) -> None:
        """Set what was changed."""
        for code in self.changed_data:
            actions.change_setting(actor, code=code, value=self.cleaned_data[code], now=timezone.localtime())


class RowForm(PlaceForm):
    """A form for one row: a new one, or the one whose number it carries."""

    place_required = False
    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=60, required=False, help_text=_("不写就按内容取名。"))
    active = forms.BooleanField(label=_("现在用"), required=False, initial=True)


def _count(label: Any, *, required: bool = True, most: int = 1000) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, required=required, min_value=1, max_value=most, widget=box)


class AlertForm(RowForm):
    """So many reports within so many days."""

    reports = _count(_("多少次反映"), most=10_000)
    days = _count(_("在多少天内"), most=366)

    def __init__(self, actor: Actor, data: Any = None, row: AlertRule | None = None) -> None:
        super().__init__(data, auto_id="id_alert_%s", initial=_values(row, "name", "active", "reports", "days"))
        self.actor = actor
        self.fields["category"] = CategoryField(
            choices.categories(), label=_("哪个类别"), required=False, empty=_("不限")
        )
        self.fields.update(self.place_fields(_("哪里")))
        self.fields["place_typed"].help_text = _("不写就是全区。")
        if row:
            self.initial["category"] = str(row.category_id or "")
            if row.place:
                self.initial.update(place_typed=row.place.full_name, place=row.place_id)
        self.order_fields(("row", "reports", "days", "category", "place", "place_typed", "name", "active"))

    def save(self, actor: Actor) -> None:
        """Add the rule or change it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"row", "place_typed"}}
        actions.set_alert_rule(actor, rule_id=self.cleaned_data["row"], now=timezone.localtime(), **given)


class RungForm(RowForm):
    """Whom a problem climbs to, and when."""

    level = forms.ChoiceField(label=_("上报给哪一级负责人"), choices=LEVELS)
    after_days = _count(_("首次反映后多少天"), required=False)
    at_times = _count(_("第几次发生"), required=False)
    at_reports = _count(_("多少次反映和关注"), required=False)

    def __init__(self, actor: Actor, data: Any = None, row: Rung | None = None) -> None:
        names = ("name", "active", "level", "after_days", "at_times", "at_reports")
        super().__init__(data, auto_id="id_rung_%s", initial=_values(row, *names))
        self.actor = actor
        self.order_fields(("row", "level", "after_days", "at_times", "at_reports", "name", "active"))

    def save(self, actor: Actor) -> None:
        """Add the rung or change it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"row", "place"}}
        given["level"] = PlaceKind(given["level"])
        actions.set_rung(actor, rung_id=self.cleaned_data["row"], now=timezone.localtime(), **given)


class OccasionForm(RowForm):
    """On what occasion a whistle may be blown, by whom, and how fast the called unit must be there."""

    standings = forms.MultipleChoiceField(label=_("谁可以吹"), choices=BLOWERS, widget=forms.CheckboxSelectMultiple)
    levels = forms.MultipleChoiceField(label=_("哪一级可以吹"), choices=LEVELS, widget=forms.CheckboxSelectMultiple)
    sign_hours = _count(_("多少小时内签收"), most=72)
    contact_hours = _count(_("多少小时内联系"), most=240)
    on_site_days = _count(_("多少个工作日内到场"), most=60)

    def __init__(self, actor: Actor, data: Any = None, row: Occasion | None = None) -> None:
        names = ("name", "active", "standings", "levels", "sign_hours", "contact_hours", "on_site_days")
        start: dict[str, Any] = {"sign_hours": 1, "contact_hours": 24, "on_site_days": 3}
        super().__init__(data, auto_id="id_occasion_%s", initial={**start, **_values(row, *names)})
        self.actor = actor
        self.fields["name"].required, self.fields["name"].help_text = True, ""
        self.order_fields(("row", "name", "standings", "levels", "sign_hours", "contact_hours", "on_site_days"))

    def save(self, actor: Actor) -> None:
        """Add the occasion or change it."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"row", "place"}}
        actions.set_occasion(actor, occasion_id=self.cleaned_data["row"], now=timezone.localtime(), **given)


def _values(row: Any, *names: str) -> dict[str, Any]:
    return {"row": row.pk, **{name: getattr(row, name) for name in names}} if row else {}


Kinds = dict[str, tuple[type[Any], list[Any]]]


@looking
def show_problem_rows(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The rows, readable by all of the staff; who may set up changes one at a time."""
    may = actor.may(Right.SET_UP)
    kinds: Kinds = {
        "alert": (AlertForm, list(lists.alert_rules())),
        "rung": (RungForm, list(lists.rungs())),
        "occasion": (OccasionForm, list(queries.occasions(active=False))),
    }
    what = request.POST.get("what", "")
    bound: Any = None
    if request.method == "POST":
        must_set_up(actor)
        bound = NumbersForm(request.POST) if what == "numbers" else None
        if what in kinds:
            bound = kinds[what][0](actor, request.POST)
        if bound is not None and bound.is_valid() and _saved(actor, bound):
            messages.success(request, gettext("已保存。"))
            return HttpResponseRedirect(f"{reverse('setup-problems')}#{what}")
    context = {
        "numbers": bound if what == "numbers" and bound else NumbersForm(),
        "may_set_up": may,
        **{f"{kind}_heads": heads for kind, heads in HEADS.items()},
        **{
            f"{kind}_lines": [_headed(kind, _LINES[kind](row)) for row in rows] for kind, (_form, rows) in kinds.items()
        },
        "forms": _forms(request, actor, kinds, what, bound) if may else {},
    }
    return render(request, "desk/setup/problems.html", context, status=422 if bound is not None else 200)


def _saved(actor: Actor, form: Any) -> bool:
    try:
        form.save(actor)
    except Refused as refused:
        form.add_error(None, said(refused))
        return False
    return True


def _forms(request: HttpRequest, actor: Actor, kinds: Kinds, what: str, bound: Any) -> dict[str, Any]:
    """One form for each kind of row: what was sent, the row asked for, or an empty one."""
    found = {}
    for kind, (form, rows) in kinds.items():
        asked = request.GET.get(kind, "")
        row = next((one for one in rows if str(one.pk) == asked), None)
        found[kind] = bound if kind == what and bound is not None else form(actor, None, row)
    return found


HEADS: dict[str, tuple[Any, ...]] = {
    "alert": (_("什么时候"), _("类别"), _("哪里")),
    "rung": (_("上报给谁"), _("什么时候")),
    "occasion": (_("谁可以吹"), _("对方的时限")),
}


def _headed(kind: str, line: dict[str, Any]) -> dict[str, Any]:
    return line | {"cells": list(zip(HEADS[kind], line["cells"], strict=True))}


def _alert_line(row: AlertRule) -> dict[str, Any]:
    what = gettext("%(days)d 天内 %(reports)d 次反映") % {"days": row.days, "reports": row.reports}
    where = row.place.full_name if row.place else gettext("全区")
    return {"row": row, "name": row.name, "cells": (what, named(row.category) or gettext("不限"), where)}


def _rung_line(row: Rung) -> dict[str, Any]:
    when = []
    if row.after_days:
        when.append(gettext("满 %(n)d 天") % {"n": row.after_days})
    if row.at_times:
        when.append(gettext("第 %(n)d 次发生") % {"n": row.at_times})
    if row.at_reports:
        when.append(gettext("满 %(n)d 次反映和关注") % {"n": row.at_reports})
    level = gettext(PLACE_KIND_LABELS[PlaceKind(row.level)])
    return {"row": row, "name": gettext(row.name), "cells": (level, gettext("，或者").join(when))}


def _occasion_line(row: Occasion) -> dict[str, Any]:
    who = gettext("、").join(gettext(whistling.BLOWER_LABELS[Standing(one)]) for one in row.standings)
    levels = gettext("、").join(gettext(PLACE_KIND_LABELS[PlaceKind(one)]) for one in row.levels)
    limits = gettext("%(sign)d 小时签收，%(contact)d 小时联系，%(days)d 个工作日到场") % {
        "sign": row.sign_hours,
        "contact": row.contact_hours,
        "days": row.on_site_days,
    }
    return {"row": row, "name": gettext(row.name), "cells": (f"{levels} · {who}", limits)}


_LINES: dict[str, Any] = {"alert": _alert_line, "rung": _rung_line, "occasion": _occasion_line}
