"""A unit's own tasks and its appeals: on one page, each with what may be done."""

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

from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.registers import networks_joined
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.rows import Appeal, Project, Task
from gongzhi.projects.rules import AppealState, ProjectState
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import project_fields as fields
from gongzhi.web.casework import projected
from gongzhi.web.casework.asking import press
from gongzhi.web.casework.projected import TASK_DEEDS, Doing
from gongzhi.web.casework.stating import text_area
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now, units_of
from gongzhi.web.words import blame

BASE, MOST = "/units", 100
TASKS = Doing(
    "task_id",
    rules.TASK_MOVES,
    queries.get_task,
    queries.task_moves,
    TASK_DEEDS,
    lambda row: f"/projects/#task-{row.pk}",
)


@for_standing(*UNIT)
@require_safe
def show_projects(request: HttpRequest) -> HttpResponse:
    """The tasks that the unit answers for in open projects, by project; and its appeals, the newest first."""
    actor, today = actor_of(request), now().date()
    rows = queries.visible_tasks(actor).filter(owner__in=units_of(actor), project__state__in=sorted(rules.OPEN))
    found: dict[Project, list[Task]] = {}
    for task in rows.select_related("project__place", "owner").order_by("project__due_on", "starts_on", "pk")[:MOST]:
        found.setdefault(task.project, []).append(task)
    ids = [task.pk for tasks in found.values() for task in tasks]
    proofs, crews = queries.proofs_of(ids), queries.crews_on(ids)
    groups = []
    for project, tasks in found.items():
        lines = [projected.task_line(one, None, today, TASKS.open(actor, one), crews.get(one.pk, [])) for one in tasks]
        for line in lines:
            line["proofs"] = projected.proofs_of(proofs.get(line["row"].pk, []), "/units/projects")
        groups.append((project, lines))
    return render(request, "units/projects/list.html", {"groups": groups, "appeals": _appeals(actor)})


def _appeals(actor: Actor) -> list[dict[str, Any]]:
    rows = list(
        queries.visible_appeals(actor).filter(unit__in=units_of(actor)).select_related("place").order_by("-pk")[:MOST]
    )
    projects = {one.appeal_id: one for one in queries.visible_projects(actor).filter(appeal__in=rows)}
    return [_appeal(actor, one, projects.get(one.pk)) for one in rows]


def _appeal(actor: Actor, row: Appeal, project: Project | None) -> dict[str, Any]:
    state, end = AppealState(row.state), (project.ended_on or project.forecast_on) if project else None
    running = project is not None and project.state in rules.OPEN
    return {
        "row": row,
        "state": state.value,
        "label": rules.APPEAL_LABELS[state],
        "counts": state is AppealState.RAISED or running,
        "project": project,
        "project_label": rules.PROJECT_LABELS[ProjectState(project.state)] if project else "",
        "margin": (row.due_on - end).days if end else None,
        "short": (end - row.due_on).days if end else None,
        "may_withdraw": "withdraw" in queries.appeal_moves(actor, row),
        **projected.due_words(row.due_on, now().date()),
    }


@for_standing(*UNIT)
@require_safe
def show_task(request: HttpRequest, pk: int) -> HttpResponse:
    """A task stands on the one page of the unit."""
    row: Task = projected.found(TASKS, actor_of(request), pk)
    return HttpResponseRedirect(f"{BASE}{TASKS.page(row)}")


@for_standing(*UNIT)
@require_safe
def show_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """An appeal stands on the one page of the unit."""
    try:
        row = queries.get_appeal(actor_of(request), pk)
    except Appeal.DoesNotExist as error:
        raise Http404 from error
    return HttpResponseRedirect(f"{reverse('units-projects')}#appeal-{row.pk}")


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def on_task(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Show the form of one move, or make it."""
    return projected.make_move(request, actor_of(request), TASKS, pk, verb, base=BASE)


@for_standing(*UNIT)
@require_safe
def show_photo(request: HttpRequest, name: str) -> HttpResponse:
    """A photo that proves a task."""
    return projected.photo_answer(request, actor_of(request), name)


class AppealForm(forms.Form):
    """What a unit cannot manage alone, by which day, and whom it asks."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    unit = forms.TypedChoiceField(label=_("替哪家单位求助"), coerce=int)
    title = fields.line(_("要帮什么"), 80, _("一句话，例如“开学前学校门口的路要通”。"))
    words = forms.CharField(
        label=_("现在是什么情况、自己能做到哪一步"), max_length=1000, required=False, widget=text_area(4, 1000)
    )
    due_on = fields.day(_("哪天以前一定要办好"))
    place = forms.TypedChoiceField(label=_("向哪个社区、街道（镇）求助"), coerce=int)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        today = now().date()
        mine = units_of(actor)
        self.units: dict[int, MemberUnit] = {
            one.pk: one for one in (neighbourhood.current_unit(pk) for pk in mine) if one is not None
        }
        self.places = _places_of(self.units.values(), mine, today)
        for name, rows in (("unit", self.units), ("place", self.places)):
            field: Any = self.fields[name]
            field.choices = [(pk, row.name) for pk, row in rows.items()]
        if len(self.units) == 1:
            unit: Any = self.fields["unit"]
            unit.widget, unit.initial = forms.HiddenInput(), next(iter(self.units))


def _places_of(units: Any, mine: list[int], today: Any) -> dict[int, Place]:
    """The communities and streets of the networks that the units have joined, and where they are registered."""
    found = [
        one.place for one in networks_joined(mine, on=today).select_related("place__community", "place__subdistrict")
    ]
    found += [place for unit in units if (place := neighbourhood.home_of(unit, on=today))]
    rows: dict[int, Place] = {}
    for one in found:
        for place in (one.community, one, one.subdistrict):
            if place and place.kind in (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT):
                rows.setdefault(place.pk, place)
    return rows


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def raise_appeal(request: HttpRequest) -> HttpResponse:
    """Ask the community for help by a day."""
    actor = actor_of(request)
    if not units_of(actor):
        raise PermissionDenied
    initial = {"once": secrets.token_urlsafe(16)}
    form = AppealForm(actor, request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            actions.raise_appeal(
                actor, unit=form.units[data["unit"]], place=form.places[data["place"]], title=data["title"],
                words=data["words"], due_on=data["due_on"], now=now(), once=data["once"] or initial["once"],
            )  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已发给社区，社区的书记和工作人员都收到了通知。"))
            return HttpResponseRedirect(reverse("units-projects"))
    lead = "" if form.places else gettext("我们还没有加入任何社区的实体，请先联系所在社区。")
    return projected.ask(
        request, form, gettext("限期求助"), reverse("units-projects"), layout="units/layout.html", lead=lead
    )


@for_standing(*UNIT)
@require_POST
def withdraw_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not needed any more, by one press."""
    actor = actor_of(request)
    try:
        queries.get_appeal(actor, pk)
    except Appeal.DoesNotExist as error:
        raise Http404 from error
    label = rules.APPEAL_MOVES["withdraw"].label
    return press(
        request, label, reverse("units-projects"), lambda: actions.withdraw_appeal(actor, appeal_id=pk, now=now())
    )
