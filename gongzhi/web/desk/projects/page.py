"""One project: can the day be kept, what comes when, who has what to do, and all that hangs on it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.conferences import queries as conferences
from gongzhi.demands.masking import mask
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import queries, rules, zoning
from gongzhi.projects.queries import Drawn
from gongzhi.projects.rows import Asset, Project, Task, Zone, Zoning
from gongzhi.projects.rules import AssetState, ProjectState, ZoningState
from gongzhi.web.casework import calendars, projected
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.projects.listed import project_line
from gongzhi.web.desk.projects.making import ASSETS, PROJECTS, TASKS, ZONINGS
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import acted_by, office_names

# The moves that stand beside what they are about, and not at the head of the page.
BESIDE = {"add_task", "add_crew", "add_partner", "bind", "spend", "zone", "install", "plan"}


@for_standing(*DESK)
@require_safe
def show_project(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it on one page."""
    actor, today = actor_of(request), now().date()
    row: Project = projected.found(PROJECTS, actor, pk)
    drawn = queries.drawn(row, today)
    lines = projected.lines_of(drawn, today, lambda task: _task_moves(actor, task, row))
    moves = dict(PROJECTS.open(actor, row))
    opened = queries.project_moves(actor, row)
    spending, spent = queries.spending_of(row)
    needs, offers = queries.bound_to(actor, row)
    context = {
        "line": project_line(row),
        "row": row,
        "words": seen_by(actor, row.words),
        "decision": conferences.decision_behind(actor, pk),
        "verdict": _verdict(row, drawn, today),
        "actual": _actual(row),
        "streams": _streams(row, lines),
        "closed": sum(not one["open"] for one in lines),
        "lines": lines,
        "chart": projected.timeline(lines, row.since, row.due_on, None if row.ended_on else today) if lines else None,
        **_advice(drawn),
        "waived": drawn.waived,
        "crews": drawn.team,
        "partners": queries.partners_of(row),
        "needs": [(one.pk, mask(one.title)) for one in needs],
        "offers": [(one.pk, mask(one.title), exchange.giver_name(one)) for one in offers],
        "spending": [(one, _yuan(one.amount)) for one in spending],
        "funds": _funds(row.budget or Decimal(0), spent),
        "assets": [_asset(actor, one) for one in queries.assets_of(row)],
        "zonings": [_zoning(one) for one in queries.zonings_of(row)],
        "events": _events(actor, row),
        "moves": [(verb, label) for verb, label in moves.items() if verb not in BESIDE],
        "may": {verb: verb in opened for verb in (*BESIDE, "change")},
        "thing": f"/desk/projects/{pk}",
    }
    return render(request, "desk/projects/page.html", context)


def _funds(budget: Decimal, spent: Decimal) -> dict[str, str]:
    """What there was, what was used and what is left."""
    return {"budget": _yuan(budget), "spent": _yuan(spent), "left": _yuan(budget - spent)}


def _yuan(amount: Decimal | int) -> str:
    """An amount without nought behind the point."""
    return f"{amount:,.2f}".removesuffix(".00")


def _task_moves(actor: Actor, task: Task, project: Project) -> list[tuple[str, str]]:
    task.project = project
    change = (
        [("change", gettext(rules.TASK_MOVES["change"].label))] if "change" in queries.task_moves(actor, task) else []
    )
    return [*TASKS.open(actor, task), *change]


def _verdict(row: Project, drawn: Drawn, today: date) -> dict[str, Any] | None:
    """Whether the day can be kept, in one sentence with its tone."""
    if drawn.plan is None or row.state not in rules.OPEN:
        return None
    plan = drawn.plan
    late = [one for one in plan.lines if one.late]
    return {
        "kept": plan.kept,
        "margin": plan.margin,
        "short": -plan.margin,
        "finish": plan.finish,
        "best": plan.best,
        "out_of_reach": plan.out_of_reach,
        "late": len(late),
        "held": sum(one.held for one in plan.lines),
    }


def _actual(row: Project) -> dict[str, int] | None:
    """Planned against actual, once it is done."""
    if row.state != ProjectState.DONE or row.ended_on is None:
        return None
    used, given, margin = rules.used(row.since, row.due_on, row.ended_on)
    return {"used": used, "given": given, "margin": margin, "over": -margin, "late": queries.tasks_late(row)}


def _streams(row: Project, lines: Iterable[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The tasks by what belongs together, each with what proves it."""
    rows = list(lines)
    ids = [one["row"].pk for one in rows]
    proofs, posts = queries.proofs_of(ids), queries.posts_of(ids)
    found: dict[str, list[dict[str, Any]]] = {}
    for one in rows:
        task = one["row"]
        one["proofs"] = projected.proofs_of(proofs.get(task.pk, []), "/desk/projects")
        one["posts"] = posts.get(task.pk, [])
        found.setdefault(task.stream, []).append(one)
    return list(found.items())


def _advice(drawn: Drawn) -> dict[str, Any]:
    """What to move, and who is asked for more than they have, by the names of tasks and crews."""
    plan = drawn.plan
    titles = {str(one.pk): one.title for one in drawn.tasks}
    crews = {str(one.crew_id): one.crew.name for ones in drawn.crews.values() for one in ones}
    unplaced = any(one.starts_on is None and one.state == rules.TaskState.TO_DO for one in drawn.tasks)
    return {
        "changes": [(titles[one.id], one, abs(one.days)) for one in plan.changes] if plan else [],
        "overloads": [(crews[one.crew], one) for one in plan.overloads] if plan else [],
        "unplaced": unplaced,
    }


def _asset(actor: Actor, row: Asset) -> dict[str, Any]:
    state, today = AssetState(row.state), now().date()
    return {
        "row": row,
        "state": state.value,
        "label": rules.ASSET_LABELS[state],
        "warranty_over": bool(row.warranty_until and row.warranty_until < today),
        "moves": ASSETS.open(actor, row),
    }


def _zoning(row: Zoning) -> dict[str, Any]:
    state = ZoningState(row.state)
    return {"row": row, "state": state.value, "label": rules.ZONING_LABELS[state]}


def _events(actor: Actor, row: Project) -> list[dict[str, Any]]:
    names = office_names()
    labels = {verb: move.label for verb, move in rules.PROJECT_MOVES.items()} | {"open": rules.OPENED}
    return [
        {
            "when": one.at,
            "what": gettext(labels.get(one.verb, one.verb)),
            "who": acted_by(one.actor_label, names),
            "words": seen_by(actor, one.words),
        }
        for one in reversed(queries.project_trail(row))
    ]


@for_standing(*DESK)
@require_safe
def show_task(request: HttpRequest, pk: int) -> HttpResponse:
    """A task stands on the page of its project."""
    row: Task = projected.found(TASKS, actor_of(request), pk)
    return HttpResponseRedirect(f"/desk{TASKS.page(row)}")


@for_standing(*DESK)
@require_safe
def show_zoning(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of the zones: drawn, and as a list."""
    actor = actor_of(request)
    row: Zoning = projected.found(ZONINGS, actor, pk)
    zones = queries.zones_of(row)
    context = {
        **_zoning(row),
        "project": row.project,
        "map": _drawn(row.site, zones),
        "zones": [(number, one, zoning.area(one.ring)) for number, one in enumerate(zones, 1)],
        "area": zoning.area(row.site),
        "moves": ZONINGS.open(actor, row),
        "thing": f"/desk/projects/zonings/{pk}",
    }
    return render(request, "desk/projects/zoning.html", context)


def _drawn(site: list[list[float]], zones: list[Zone]) -> dict[str, Any]:
    """Rings as points of a picture, north up."""
    at = zoning.on_paper(site)
    return {
        "size": at.size,
        "site": at.points(site),
        "zones": [
            {"number": number, "points": at.points(one.ring), "at": at.middle(one.ring), "tone": (number - 1) % 6 + 1}
            for number, one in enumerate(zones, 1)
        ],
    }


@for_standing(*DESK)
@require_safe
def show_photo(request: HttpRequest, name: str) -> HttpResponse:
    """A photo that proves a task."""
    return projected.photo_answer(request, actor_of(request), name)


@for_standing(*DESK)
@require_safe
def send_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The tasks of a project as a calendar file."""
    row: Project = projected.found(PROJECTS, actor_of(request), pk)
    today = now().date()
    drawn = queries.drawn(row, today)
    lines = {one.id: one for one in drawn.plan.lines} if drawn.plan else {}
    events = []
    for task in drawn.tasks:
        # As it was done, or as the plan has it now.
        line = lines[str(task.pk)]
        begins, ends = task.begun_on or line.start or line.finish, line.finish + calendars.DAY
        events.append(
            calendars.event("task", task.pk, begins, ends, f"{task.title} · {row.title}", version=task.version)
        )
    return calendars.answer(row.title, events, filename=f"project-{pk}")
