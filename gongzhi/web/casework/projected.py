"""Tasks as both the desk and a unit see them: their lines, the timeline, their moves, the photos that prove them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from gongzhi.demands import photos
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.planning import Line
from gongzhi.projects.queries import Drawn
from gongzhi.projects.rows import Task, TaskCrew, TaskProof
from gongzhi.projects.rules import ProofKind, TaskState
from gongzhi.shared.moves import Move, Refused, Table
from gongzhi.web.casework import project_fields as fields
from gongzhi.web.casework.making import OVER
from gongzhi.web.photos import DAY
from gongzhi.web.who import now
from gongzhi.web.words import blame


class MoveForm(forms.Form):
    """The form of one move, made of what it asks for; `seen` is the version that the page showed."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, made: Mapping[str, forms.Field], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.update(made)

    def given(self) -> dict[str, Any]:
        """What was asked for."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"once", "seen"}}


@dataclass(frozen=True)
class Deed:
    """One move on a page: what it asks for, and what is then done; `effect` says in a sentence what comes of it."""

    asks: Callable[[Actor, Any], Mapping[str, forms.Field]]
    act: Callable[..., object]
    guarded: bool = True
    once: bool = False
    effect: Any = ""


@dataclass(frozen=True)
class Doing:
    """One kind of thing on whose page moves are made."""

    # What the actions call its number.
    key: str
    table: Table
    find: Callable[[Actor, int], Any]
    moves: Callable[[Actor, Any], Mapping[str, Move]]
    deeds: Mapping[str, Deed]
    # The page on which it stands, under the base of the audience.
    page: Callable[[Any], str]

    def open(self, actor: Actor, thing: Any) -> list[tuple[str, str]]:
        """The moves open to this person: verb and label, in the table's order."""
        return [(verb, gettext(row.label)) for verb, row in self.moves(actor, thing).items() if verb in self.deeds]


def _close(actor: Actor, *, task_id: int, day: date, now: Any, seen: int | None, **proof: Any) -> Task:
    kind = queries.get_task(actor, task_id).proof_kind
    return actions.close_task(
        actor, task_id=task_id, day=day, given=actions.Given(kind=kind, **proof), now=now, seen=seen
    )


def _prove(actor: Actor, *, task_id: int, before: bool, now: Any, seen: int | None, **proof: Any) -> TaskProof:
    given = actions.Given(kind=ProofKind.PHOTO.value, **proof)
    return actions.prove_task(actor, task_id=task_id, given=given, now=now, before=before, seen=seen)


# What stands open beside a task; the rest is behind 更多.
FIRST = ("begin", "report", "close", "reopen")
TASK_DEEDS = {
    "begin": Deed(lambda actor, row: fields.BEGIN(), actions.begin_task),
    "report": Deed(lambda actor, row: fields.REPORT(), actions.report_task),
    "prove": Deed(lambda actor, row: fields.proving(), _prove),
    "close": Deed(lambda actor, row: fields.closing(row.proof_kind), _close),
}


def found(doing: Doing, actor: Actor, pk: int) -> Any:
    """The thing for whoever may see it; absent and not yours are the same 404."""
    try:
        return doing.find(actor, pk)
    except queries.ABSENT as error:
        raise Http404 from error


def make_move(
    request: HttpRequest, actor: Actor, doing: Doing, pk: int, verb: str, *, base: str, once: str = ""
) -> HttpResponse:
    """Show the form of one move, or make it and go back to where the thing stands; refused, the form as it was sent."""
    if verb not in doing.deeds:
        raise Http404
    thing, deed = found(doing, actor, pk), doing.deeds[verb]
    label, back = gettext(doing.table[verb].label), f"{base}{doing.page(thing)}"
    if verb not in dict(doing.open(actor, thing)):
        messages.warning(request, gettext(OVER) % {"label": label})
        return HttpResponseRedirect(back)
    asks = deed.asks(actor, thing)
    initial = {"once": once, "seen": getattr(thing, "version", None)}
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = MoveForm(asks, *posted, initial=initial)

    def act() -> object:
        given = form.given() | {doing.key: pk, "now": now()}
        if deed.guarded:
            given["seen"] = form.cleaned_data["seen"]
        if deed.once:
            given["once"] = form.cleaned_data["once"] or once
        return deed.act(actor, **given)

    return take(
        request, form, label, back, act, lambda: getattr(found(doing, actor, pk), "version", ""),
        layout=f"{base}/layout.html".lstrip("/"), effect=deed.effect,
    )  # fmt: skip


def take(
    request: HttpRequest,
    form: Any,
    label: str,
    back: str,
    act: Callable[[], object],
    version: Callable[[], object] = str,
    *,
    layout: str,
    effect: Any = "",
) -> HttpResponse:
    """Show the form, or do what it says and go back; refused, the form as it was sent, about the thing as it is now."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refused as refusal:
            blame(form, refusal)
            form.data = form.data.copy()
            form.data["seen"] = version()
        else:
            messages.success(request, gettext("已记下：%(label)s。") % {"label": label})
            return HttpResponseRedirect(back)
    return ask(request, form, label, back, layout=layout, effect=effect)


def ask(
    request: HttpRequest, form: forms.Form, title: str, back: str, *, layout: str, effect: Any = "", lead: Any = ""
) -> HttpResponse:
    """A form on a page of its own."""
    files = form.is_multipart()
    context = {"form": form, "title": title, "back": back, "layout": layout, "effect": effect, "lead": lead}
    status = 422 if form.is_bound else 200
    return render(request, "parts/project/ask.html", context | {"files": files}, status=status)


# Lines


def due_words(due: date, today: date) -> dict[str, Any]:
    """How far a fixed day is off."""
    left = rules.days_left(due, today)
    return {"due": due, "days": left, "over": -left, "tone": "late" if left < 0 else "soon" if left <= 3 else "calm"}


def task_line(
    task: Task, line: Line | None, today: date, moves: list[tuple[str, str]], crews: list[TaskCrew]
) -> dict[str, Any]:
    """One task in words, with who works on it and where the plan has it."""
    state = TaskState(task.state)
    late = bool(task.due_on and (task.done_on or today) > task.due_on and state is not TaskState.WAIVED)
    return {
        "row": task,
        "state": state.value,
        "label": rules.TASK_LABELS[state],
        "proof_label": rules.PROOF_LABELS[ProofKind(task.proof_kind)],
        "owner": task.owner.name if task.owner else "",
        "crews": crews,
        "open": state in rules.TASK_OPEN,
        "line": line,
        "late": late,
        "critical": bool(line and line.critical),
        "moves": [one for one in moves if one[0] in FIRST],
        "more": [one for one in moves if one[0] not in FIRST],
    }


def lines_of(found_: Drawn, today: date, moves: Callable[[Task], list[tuple[str, str]]]) -> list[dict[str, Any]]:
    """Every task of a project, by its days."""
    by_id = {one.id: one for one in found_.plan.lines} if found_.plan else {}
    lines = [
        task_line(one, by_id.get(str(one.pk)), today, moves(one), found_.crews.get(one.pk, [])) for one in found_.tasks
    ]
    return sorted(
        lines, key=lambda one: (one["row"].begun_on or one["line"].start or one["line"].finish, one["row"].pk)
    )


def _tone(one: dict[str, Any], due: date) -> str:
    """How a bar looks."""
    if not one["open"]:
        return "done"
    if one["late"] or one["line"].finish > due:
        return "late"
    return "critical" if one["critical"] else "plan"


def timeline(lines: list[dict[str, Any]], since: date, due: date, today: date | None) -> dict[str, Any]:
    """The tasks as bars over days, in numbers for a picture: one unit is one day. `today` is None once all is over."""
    ends = [one["line"].finish for one in lines] + [one["line"].latest_finish for one in lines]
    starts = [one["row"].begun_on or one["line"].start or one["line"].finish for one in lines]
    first = min([since, *starts])
    last = max([due, today or due, *ends]) + timedelta(1)
    span = (last - first).days

    def at(day: date) -> int:
        return (day - first).days

    bars = []
    for one, start in zip(lines, starts, strict=True):
        line = one["line"]
        over = at(line.finish) + 1
        slack = max(at(line.latest_finish) + 1 - over, 0) if one["open"] else 0
        bars.append(
            one
            | {
                "start": start,
                "x": at(start),
                "width": max(over - at(start), 1),
                "over": over,
                "slack": slack,
                "tone": _tone(one, due),
            }
        )
    return {
        "bars": bars,
        "span": span,
        "first": first,
        "last": last - timedelta(1),
        "today": at(today) if today else None,
        "due": at(due) + 1,
    }


# Photos


def photo_answer(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """The picture for whoever may see its task, small with `?small`; 404 for absent and not yours alike."""
    try:
        if not name.isprintable():
            raise Http404
        row = queries.get_proof(actor, name)
        with default_storage.open(actions.photo_path(row.photo)) as stored:
            data = stored.read()
    except (*queries.ABSENT, FileNotFoundError) as error:
        raise Http404 from error
    if "small" in request.GET:
        data = photos.thumbnail(data)
    return HttpResponse(data, "image/jpeg", headers={"Cache-Control": f"private, max-age={DAY}"})


def proofs_of(rows: list[TaskProof], base: str) -> list[dict[str, Any]]:
    """What was kept as proof, in words and pictures."""
    return [
        {
            "row": one,
            "label": rules.PROOF_LABELS[ProofKind(one.kind)],
            "who": one.signed_by or one.door,
            "url": f"{base}/proofs/{one.photo}" if one.photo else "",
        }
        for one in rows
    ]
