"""Sorting: which demands belong to a problem, which do not, which problems are one; and why the engine thought so."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.demands import queries as demands
from gongzhi.demands.masking import mask
from gongzhi.demands.rules import number as demand_number
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import actions, beside, finding, lists, queries, rules
from gongzhi.problems.actions import NO_SUGGESTION
from gongzhi.problems.finding import Why
from gongzhi.problems.rows import Problem
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.problems import story
from gongzhi.web.desk.problems.asking import FULL, row_of, rows_of
from gongzhi.web.desk.problems.moves import find_problem
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import in_words

NEW, ALONE = "new", "alone"
ABSENT = (queries.ABSENT, demands.ABSENT, NO_SUGGESTION)


@for_standing(*DESK)
@require_safe
def show_sorting(request: HttpRequest, problem_id: int) -> HttpResponse:
    """The problem's demands, open ones near by, and other problems near by."""
    return _sorting(request, problem_id)


def _sorting(request: HttpRequest, problem_id: int, *, fault: str = "", at: str = "") -> HttpResponse:
    """The page; with a `fault` what was chosen and typed stays where it was."""
    actor, moment = actor_of(request), now()
    problem = find_problem(request, problem_id)
    open_moves = queries.moves_open_to(actor, problem)
    scope = choices.scope_of(actor)
    chosen = set(request.POST.getlist("demand"))
    inside = [
        {**_line(one, scope.prefix), "joined": story.joined_in_words(one), "chosen": str(one.demand_id) in chosen}
        for one in queries.report_lines(actor, problem)
    ]
    near = beside.demands_beside(actor, problem, now=moment) if "join" in open_moves else []
    others = beside.problems_beside(actor, problem) if "merge" in open_moves else []
    context = {
        **_about(problem),
        "inside": inside,
        "may": open_moves,
        "near": [
            {**_line(one, scope.prefix), "percent": round(100 * one.likelihood), "chosen": str(one.demand_id) in chosen}
            for one in near
        ],
        "others": rows_of(others, scope.prefix, moment),
        "full": FULL,
        "fault": fault,
        "at": at,
        "typed": request.POST if fault else {},
    }
    return render(request, "desk/problems/sort.html", context, status=422 if fault else 200)


def _about(problem: Problem) -> dict[str, Any]:
    return {
        "problem": problem,
        "number": rules.number(problem.pk),
        "title": mask(problem.title),
        "thing": f"/desk/problems/{problem.pk}",
    }


def _line(one: Any, prefix: str) -> dict[str, Any]:
    return {
        "pk": one.demand_id,
        "number": demand_number(one.demand_id),
        "subject": one.subject,
        "place": one.place.removeprefix(prefix).strip() or one.place,
        "when": one.reported_at,
    }


def _chosen(request: HttpRequest) -> list[int]:
    texts = request.POST.getlist("demand")[:500]
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


@for_standing(*DESK)
@require_POST
def join(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Put the chosen demands in."""
    find_problem(request, problem_id)
    ids = _chosen(request)
    try:
        actions.join_demands(actor_of(request), problem_id=problem_id, demand_ids=ids, now=now(), seen=_seen(request))
    except ABSENT as error:
        raise Http404 from error
    except Refused as refusal:
        said = in_words(refusal) if ids else gettext("还没有选诉求：先勾选，再并入。")
        return _sorting(request, problem_id, fault=said, at="join")
    words = ngettext("并入了 %(n)d 件诉求，已告知反映人。", "并入了 %(n)d 件诉求，已告知反映人。", len(ids))
    messages.success(request, words % {"n": len(ids)})
    return HttpResponseRedirect(f"/desk/problems/{problem_id}/sort")


@for_standing(*DESK)
@require_POST
def split(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Take the chosen demands out: into a problem of their own, or each to stand alone."""
    find_problem(request, problem_id)
    ids = _chosen(request)
    try:
        if not ids:
            raise Refused(gettext("还没有选诉求：先勾选，再拆出。"))
        said = _take_out(request, problem_id, ids)
    except ABSENT as error:
        raise Http404 from error
    except Refused as refusal:
        return _sorting(request, problem_id, fault=in_words(refusal), at="split")
    messages.success(request, said)
    return HttpResponseRedirect(f"/desk/problems/{problem_id}/sort")


def _take_out(request: HttpRequest, problem_id: int, ids: list[int]) -> str:
    actor, reason = actor_of(request), request.POST.get("reason", "")[:2000]
    if request.POST.get("how") == ALONE:
        seen = _seen(request)
        for pk in ids:
            left = actions.take_out(actor, problem_id=problem_id, demand_id=pk, reason=reason, now=now(), seen=seen)
            seen = left.version if seen is not None else None
        words = ngettext("拆出了 %(n)d 件，各自单独办理。", "拆出了 %(n)d 件，各自单独办理。", len(ids))
        return words % {"n": len(ids)}
    title = request.POST.get("title", "")[:120]
    new = actions.split_demands(
        actor, problem_id=problem_id, demand_ids=ids, reason=reason, title=title, now=now(), seen=_seen(request)
    )
    return gettext("已拆出，另立为问题 %(number)s。") % {"number": rules.number(new.pk)}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, problem_id: int) -> HttpResponse:
    """The two problems side by side, and the one put into the other."""
    actor, problem = actor_of(request), find_problem(request, problem_id)
    asked = request.POST if request.method == "POST" else request.GET
    into = _read_into(asked.get("into", ""), asked.get("into_number", ""))
    target = queries.visible_problems(actor).filter(pk=into).first() if into else None
    if target is None or target.pk == problem.pk:
        said = gettext("没有找到另一个问题：请选一个，或写它的编号。")
        return _sorting(request, problem_id, fault=said, at="merge")
    fault = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "")[:2000]
        try:
            actions.merge_problems(
                actor, problem_id=problem_id, into_id=target.pk, reason=reason, now=now(), seen=_seen(request)
            )
        except ABSENT as error:
            raise Http404 from error
        except Refused as refusal:
            fault = in_words(refusal)
        else:
            said = gettext("问题 %(one)s 已并入 %(other)s。")
            messages.success(request, said % {"one": rules.number(problem_id), "other": rules.number(target.pk)})
            return HttpResponseRedirect(f"/desk/problems/{target.pk}")
    context = {
        **_about(problem),
        "sides": [_side(actor, one) for one in (problem, target)],
        "into": target.pk,
        "fault": fault,
        "full": FULL,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "desk/problems/merge.html", context, status=422 if fault else 200)


def _read_into(chosen: str, typed: str) -> int | None:
    if typed.strip():
        return rules.read_number(typed[:40])
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else None


def _side(actor: Actor, problem: Problem) -> dict[str, Any]:
    """One problem as it stands beside another."""
    (line,) = lists.lines(queries.visible_problems(actor).filter(pk=problem.pk))
    found = queries.report_lines(actor, problem)
    return {
        "row": row_of(line, choices.scope_of(actor).prefix, now()),
        "reports": [_line(one, "") for one in found[:8]],
        "more": max(len(found) - 8, 0),
        "since": problem.first_reported_at,
        "cause": seen_by(actor, problem.cause),
    }


@for_standing(*DESK)
@require_safe
def show_why(request: HttpRequest, problem_id: int, demand_id: int) -> HttpResponse:
    """Why a demand stands in a problem, or could: as a page, or as a fragment of one."""
    actor, problem = actor_of(request), find_problem(request, problem_id)
    try:
        why = finding.why_together(actor, demand_id, problem_id)
    except ABSENT as error:
        raise Http404 from error
    context = {
        **_about(problem),
        "demand_number": demand_number(demand_id),
        "demand_pk": demand_id,
        "why": reasons(why) if why else None,
    }
    whole = "desk/problems/parts/why.html" if request.htmx else "desk/problems/why.html"  # type: ignore[attr-defined]
    return render(request, whole, context)


def reasons(why: Why) -> dict[str, Any]:
    """What two demands have in common, for a template."""
    told = why.explanation
    return {
        "nearest": why.nearest,
        "nearest_number": demand_number(why.nearest),
        "percent": round(100 * why.likelihood),
        **common(told),
    }


def common(told: Any) -> dict[str, Any]:
    """Shared words and names, metres, days."""
    return {
        "words": list(told.words),
        "names": list(told.names),
        "metres": round(told.metres) if told.metres is not None else None,
        "days": round(told.days),
    }
