"""The two halves of every move in this room: begin (decide by the table) and finish (save, trail).

Whoever locks several rows locks them in one order: appeal, project, task or zoning or asset.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Appeal, Asset, Project, Task, Zoning
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, Refused, Table, WrongState, _, check_move

Thing = TypeVar("Thing", Appeal, Project, Task, Zoning, Asset)
NOUNS = {Appeal: "appeal", Project: "project", Task: "task", Zoning: "zoning", Asset: "asset"}
MOVED_ON = _("刚才有人办过这件事，请看过新情况再办。")


@dataclass
class Step(Generic[Thing]):
    """One move under way, its row locked until the transaction ends."""

    actor: Actor
    thing: Thing
    verb: str
    before: str
    after: str
    now: datetime

    @property
    def today(self) -> date:
        """The day of the move on the wall."""
        return self.now.date()


def begin(
    actor: Actor,
    thing: Thing,
    table: Table,
    verb: str,
    standings: Collection[StrEnum],
    *,
    now: datetime,
    seen: int | None = None,
    **given: Any,
) -> Step[Thing]:
    """Check a move of a row that is locked and that the actor may see. Raises `Refused` with the reason.

    `seen` is the version that the actor's page showed.
    """
    state = type(next(iter(table[verb].sources)))
    after = check_move(table, verb, state(thing.state), standings, given)
    if seen is not None and seen != getattr(thing, "version", seen):
        raise Refused(MOVED_ON)
    return Step(actor, thing, verb, thing.state, after.value, timezone.localtime(now))


def finish(step: Step[Thing], *, words: str = "", data: Mapping[str, object] | None = None) -> Thing:
    """Save the row in its new state and write the trail."""
    thing = step.thing
    thing.state = step.after
    if isinstance(thing, Project | Task):
        thing.version += 1
    thing.save()
    note(step.actor, thing, step.verb, step.before, step.now, words=words, data=data)
    return thing


def note(
    actor: Actor,
    thing: Appeal | Project | Task | Zoning | Asset,
    verb: str,
    before: str,
    now: datetime,
    *,
    words: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write what was done to a row into its trail."""
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun=NOUNS[type(thing)],
            noun_id=thing.pk,
            verb=verb,
            from_state=before,
            to_state=thing.state,
            words=words,
            data=data,
        )
    )


def on_project(
    actor: Actor, project_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: Any
) -> Step[Project]:
    """Lock a project that the actor may see and begin a move of it. Raises Project.DoesNotExist, Refused."""
    queries.visible_projects(actor).only("pk").get(pk=project_id)
    row = Project.objects.select_for_update(of=("self",)).select_related("place").get(pk=project_id)
    standings = queries.standings_at(actor, row, row.owner_id)
    return begin(actor, row, rules.PROJECT_MOVES, verb, standings, now=now, seen=seen, **given)


def on_task(
    actor: Actor, task_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: Any
) -> Step[Task]:
    """Lock a task of an open project that the actor may see and begin a move of it. Raises Task.DoesNotExist, Refused."""
    found = queries.visible_tasks(actor).only("project").get(pk=task_id)
    project = Project.objects.select_for_update(of=("self",)).select_related("place").get(pk=found.project_id)
    task = Task.objects.select_for_update(of=("self",)).select_related("owner", "crew").get(pk=task_id)
    task.project = project
    step = begin(actor, task, rules.TASK_MOVES, verb, queries.task_standings(actor, task), now=now, seen=seen, **given)
    if project.state not in rules.OPEN:
        raise WrongState(_("项目已经结束，任务不能再改了。"))
    return step


def said(text: str, most: int) -> str:
    """A text without what cannot be seen, in one line."""
    return " ".join(masking.clean_text(text, most).split())


def needed(text: str, most: int, field: str, label: str) -> str:
    """A text that must be there, in one line. Raises Missing."""
    cleaned = said(text, most)
    if not cleaned:
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=label, field=field)
    return cleaned


def day_of(day: date, now: datetime, since: date) -> date:
    """A day on which something was done: not before the project, not after today. Raises Refused."""
    if not since <= day <= timezone.localtime(now).date():
        raise Refused(_("日期要在%(since)s以后、今天以前。"), since=since.isoformat())
    return day
