"""The appeals and projects of the desk's places, one appeal, and the totals of a year."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.demands.masking import mask
from gongzhi.projects import queries, rules
from gongzhi.projects.rows import Appeal, Project
from gongzhi.projects.rules import AppealState, Goal, ProjectState, Strand
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.projected import due_words, found
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.projects.making import APPEALS
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

SHOWS = ("open", "ended")
MOST = 50


def appeal_line(row: Appeal) -> dict[str, Any]:
    """One appeal in words."""
    state = AppealState(row.state)
    return {
        "row": row,
        "title": mask(row.title),
        "state": state.value,
        "label": rules.APPEAL_LABELS[state],
        "waits": state is AppealState.RAISED,
        **due_words(row.due_on, now().date()),
    }


def project_line(row: Project) -> dict[str, Any]:
    """One project in words; its margin is that of the plan as it was last drawn."""
    state = ProjectState(row.state)
    ended = row.ended_on or row.forecast_on
    return {
        "row": row,
        "state": state.value,
        "label": rules.PROJECT_LABELS[state],
        "open": state in rules.OPEN,
        "margin": (row.due_on - ended).days if ended else None,
        "short": (ended - row.due_on).days if ended else None,
        "strands": [rules.STRAND_LABELS[Strand(one)] for one in row.strands],
        "goals": [rules.GOAL_LABELS[Goal(one)] for one in row.goals],
        **due_words(row.due_on, now().date()),
    }


@for_standing(*DESK)
@require_safe
def show_projects(request: HttpRequest) -> HttpResponse:
    """Appeals that wait, then the projects: the open ones by their day, or those that have ended; of one strand or goal."""
    actor = actor_of(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else SHOWS[0]
    states = rules.OPEN if show == "open" else frozenset(ProjectState) - rules.OPEN
    rows = queries.visible_projects(actor).filter(state__in=sorted(states)).select_related("place", "owner")
    if (strand := request.GET.get("strand", "")) in set(Strand):
        rows = rows.filter(strands__contains=[strand])
    if (goal := request.GET.get("goal", "")) in set(Goal):
        rows = rows.filter(goals__contains=[goal])
    page = page_of(request, rows.order_by("due_on", "pk") if show == "open" else rows.order_by("-ended_on", "-pk"))
    waiting = queries.visible_appeals(actor).filter(state=AppealState.RAISED.value).select_related("unit", "place")
    context = {
        "appeals": [appeal_line(one) for one in waiting.order_by("due_on", "pk")[:MOST]],
        "lines": [project_line(one) for one in page.rows],
        **page.turns,
        "show": show,
        "narrowed": [
            label
            for label in (rules.STRAND_LABELS.get(strand), rules.GOAL_LABELS.get(goal))  # type: ignore[call-overload]
            if label
        ],
        "may_work": actor.holds(*WORKERS),
    }
    return render(request, "desk/projects/list.html", context)


@for_standing(*DESK)
@require_safe
def show_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal: who asks for what, how many days are left, and what may be done."""
    actor = actor_of(request)
    row: Appeal = found(APPEALS, actor, pk)
    project = queries.visible_projects(actor).filter(appeal=row).first()
    context = {
        "line": appeal_line(row),
        "words": seen_by(actor, row.words),
        "may_take": "take" in queries.appeal_moves(actor, row),
        "moves": APPEALS.open(actor, row),
        "project": project,
    }
    return render(request, "desk/projects/appeal.html", context)


@for_standing(*DESK)
@require_safe
def show_totals(request: HttpRequest) -> HttpResponse:
    """The projects of a year by strand and by goal."""
    asked = request.GET.get("year", "")
    this = now().year
    year = int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked[:5]) <= this + 1 else this
    totals = queries.year_totals(actor_of(request), year)
    context = {
        "year": year,
        "years": range(this, this - 4, -1),
        "totals": totals,
        "strands": [(one.value, rules.STRAND_LABELS[one], number) for one, number in totals.strands.items()],
        "goals": [(one.value, rules.GOAL_LABELS[one], number) for one, number in totals.goals.items()],
    }
    return render(request, "desk/projects/totals.html", context)
