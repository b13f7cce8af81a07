"""What a district sets by rows: limits, the calendar, categories, thresholds."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gongzhi.demands import actions, deadlines, queries, rules
from gongzhi.demands.actions.importing import OWN_VERSION
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import days
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said, tell
from gongzhi.web.words import named

CLOCKS = {"sign_in": _("签收"), "contact": _("首次联系"), "answer": _("答复")}
UNITS = {
    "minutes": _("分钟"),
    "hours": _("小时"),
    "working_days": _("个工作日"),
    "days": _("天"),
    "weeks": _("周"),
}
AMOUNTS = {
    "minutes": ngettext_lazy("%(n)d 分钟", "%(n)d 分钟", "n"),
    "hours": ngettext_lazy("%(n)d 小时", "%(n)d 小时", "n"),
    "working_days": ngettext_lazy("%(n)d 个工作日", "%(n)d 个工作日", "n"),
    "days": ngettext_lazy("%(n)d 天", "%(n)d 天", "n"),
    "weeks": ngettext_lazy("%(n)d 周", "%(n)d 周", "n"),
}
VERSION_LABELS = {
    OWN_VERSION: _("本区自己的类别"),
    "gbt30428": _("GB/T 30428 部件与事件"),
}
ANY = ("", _("不限"))


class LimitForm(forms.Form):
    """A limit from a day on."""

    clock = forms.ChoiceField(label=_("哪一步"), choices=list(CLOCKS.items()), initial="answer")
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=[ANY, *rules.URGENCY_LABELS.items()], required=False)
    category = forms.ModelChoiceField(
        label=_("类别"), queryset=Category.objects.none(), required=False, empty_label=_("不限")
    )
    amount = forms.IntegerField(label=_("时间"), min_value=1, max_value=365)
    unit = forms.ChoiceField(label=_("单位"), choices=list(UNITS.items()), initial="working_days")
    valid_from = forms.DateField(label=_("从哪天起"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    source = forms.CharField(label=_("依据"), max_length=120, help_text=_("文件名称，或一句话的理由。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = queries.current_categories()  # type: ignore[attr-defined]
        self.fields["category"].label_from_instance = named  # type: ignore[attr-defined]


@looking
def show_limits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The limits with their days and sources, the try-out, and the form for a new one."""
    now = timezone.localtime()
    form = LimitForm(request.POST or None, initial={"valid_from": now.date()}) if actor.may(Right.SET_UP) else None
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid() and _set_limit(actor, form):
            messages.success(request, gettext("时限已定。正在办理的仍按原来的时限。"))
            return HttpResponseRedirect(reverse("setup-limits"))
    limits = queries.all_limits()
    groups = [
        (label, [_line(row, now.date()) for row in limits if row.clock == clock]) for clock, label in CLOCKS.items()
    ]
    context = {"groups": groups, "form": form, "tried": _tried(request), **_trial_choices(request)}
    return render(request, "desk/setup/limits.html", context, status=422 if form and form.errors else 200)


def _set_limit(actor: Actor, form: LimitForm) -> bool:
    given = dict(form.cleaned_data)
    starts = "dispatched" if given["clock"] == "sign_in" else "received"
    try:
        actions.set_limit(actor, now=timezone.localtime(), starts=starts, **given)
    except Refused as refused:
        form.add_error(None, said(refused))
        return False
    return True


def _line(row: Any, today: date) -> dict[str, Any]:
    ended = row.valid_to is not None and row.valid_to <= today
    return {
        "row": row,
        "amount": AMOUNTS[row.unit] % {"n": row.amount},
        "urgency": rules.URGENCY_LABELS.get(rules.Urgency(row.urgency)) if row.urgency else "",
        "ended": ended,
        "coming": row.valid_from > today,
    }


def _trial_choices(request: HttpRequest) -> dict[str, Any]:
    return {
        "clocks": CLOCKS,
        "urgencies": rules.URGENCY_LABELS,
        "asked": {name: request.GET.get(name, "") for name in ("clock", "urgency", "at")},
    }


def _tried(request: HttpRequest) -> dict[str, Any] | None:
    """The due time and its sentence for what was asked; None where nothing was."""
    clock, urgency = request.GET.get("clock", ""), request.GET.get("urgency", "")
    if clock not in CLOCKS or urgency not in set(rules.Urgency):
        return None
    moment = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M"])
    try:
        at = moment.clean(request.GET.get("at", "")) or timezone.localtime().replace(
            hour=10, minute=0, second=0, microsecond=0
        )
    except forms.ValidationError:
        return {"fault": gettext("看不懂这个时间。")}
    found = actions.explained_due(clock=clock, urgency=urgency, category=None, at=timezone.localtime(at))
    if found is None:
        return {"fault": gettext("这一步没有时限。")}
    due, phrase = found
    return {"due": due, "words": deadlines.say(phrase, gettext)}


class DayForm(forms.Form):
    """One day against its weekday."""

    day = forms.DateField(label=_("哪天"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    working = forms.ChoiceField(label=_("这一天"), choices=[("", _("放假")), ("yes", _("上班"))], required=False)
    name = forms.CharField(label=_("是什么日子"), max_length=40, help_text=_("例如：端午节、国庆节调休。"))
    source = forms.CharField(label=_("依据"), max_length=80, help_text=_("例如通知的名称。"))


@looking
def show_days(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The days of a year that differ from their weekday, and the form for one more."""
    now = timezone.localtime()
    form = DayForm(request.POST or None) if actor.may(Right.SET_UP) else None
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid():
            given = dict(form.cleaned_data) | {"working": bool(form.cleaned_data["working"])}
            actions.set_day(actor, now=now, **given)
            messages.success(request, gettext("日历已改。"))
            return HttpResponseRedirect(f"{reverse('setup-days')}?year={given['day'].year}")
    years = days.years()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else min(max(years, default=now.year), now.year)
    context = {
        "years": years,
        "year": year,
        "days": days.days_of(year),
        "ends": days.calendar_ends(),
        "days_left": days.calendar_warning(now),
        "form": form,
    }
    return render(request, "desk/setup/days.html", context, status=422 if form and form.errors else 200)


@looking
@require_POST
def load_days(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take over the official days that ship with this version."""
    must_set_up(actor)
    added = actions.load_days(actor, now=timezone.localtime())
    messages.success(request, gettext("已载入 %(count)d 天。") % {"count": added})
    return HttpResponseRedirect(reverse("setup-days"))


class CategoryForm(forms.Form):
    """A category of the district's own."""

    name = forms.CharField(label=_("名称"), max_length=60)
    parent = forms.ModelChoiceField(
        label=_("属于"), queryset=Category.objects.none(), required=False, empty_label=_("（最上一级）")
    )
    code = forms.CharField(label=_("代码"), max_length=20)
    english = forms.CharField(label=_("英文名"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The third level is the last one.
        rows = queries.current_categories().filter(parent__parent=None)
        self.fields["parent"].queryset = rows  # type: ignore[attr-defined]
        self.fields["parent"].label_from_instance = named  # type: ignore[attr-defined]


@looking
def show_categories(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The categories of each version as a list by level, and the form for one more."""
    form = CategoryForm(request.POST or None) if actor.may(Right.SET_UP) else None
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid():
            try:
                actions.add_category(actor, version=OWN_VERSION, now=timezone.localtime(), **form.cleaned_data)
            except Refused as refused:
                form.add_error("code", said(refused))
            else:
                messages.success(request, gettext("已添加类别。"))
                return HttpResponseRedirect(reverse("setup-categories"))
    versions: dict[str, list[tuple[Category, int]]] = {}
    for row in queries.current_categories():
        level = 2 if row.parent and row.parent.parent_id else 1 if row.parent_id else 0
        versions.setdefault(row.version, []).append((row, level))
    context = {
        "versions": [(VERSION_LABELS.get(name, name), rows) for name, rows in versions.items()],
        "form": form,
    }
    return render(request, "desk/setup/categories.html", context, status=422 if form and form.errors else 200)


class ThresholdForm(forms.Form):
    """Every number that the district sets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        values = queries.thresholds()
        for code, (label, start) in rules.THRESHOLDS.items():
            self.fields[code] = forms.IntegerField(
                label=gettext(label),
                min_value=0,
                max_value=3650,
                initial=values[code],
                help_text=gettext("起初是 %(start)d") % {"start": start},
            )


@looking
def show_thresholds(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The district's numbers, each with what it started from."""
    form = ThresholdForm(request.POST or None)
    if request.method == "POST":
        must_set_up(actor)
        if form.is_valid():
            now = timezone.localtime()
            try:
                for code in form.changed_data:
                    actions.change_threshold(actor, code=code, value=form.cleaned_data[code], now=now)
            except Refused as refused:
                tell(request, refused)
            else:
                messages.success(request, gettext("已保存。"))
            return HttpResponseRedirect(reverse("setup-thresholds"))
    context = {"form": form, "may_set_up": actor.may(Right.SET_UP)}
    return render(request, "desk/setup/thresholds.html", context, status=422 if form.errors else 200)
