"""What the actions of this room have in common, beside the steps of every room.

Whoever locks several rows locks them in one order: appeal, project, task or zoning or asset.
"""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from gongzhi.demands.masking import line as line
from gongzhi.demands.masking import needed as needed
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import queries, rules
from gongzhi.projects.models import Project, Task
from gongzhi.shared.moves import Refused, WrongState, _
from gongzhi.shared.steps import Step as Step
from gongzhi.shared.steps import begin as begin
from gongzhi.shared.steps import each as each
from gongzhi.shared.steps import finish as finish
from gongzhi.shared.steps import key as key
from gongzhi.shared.steps import note as note
from gongzhi.shared.steps import once as once


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
    task = Task.objects.select_for_update(of=("self",)).select_related("owner").get(pk=task_id)
    task.project = project
    step = begin(actor, task, rules.TASK_MOVES, verb, queries.task_standings(actor, task), now=now, seen=seen, **given)
    if project.state not in rules.OPEN:
        raise WrongState(_("项目已经结束，任务不能再改了。"))
    return step


def day_of(day: date, now: datetime, since: date) -> date:
    """A day on which something was done: not before the project, not after today. Raises Refused."""
    if not since <= day <= timezone.localtime(now).date():
        raise Refused(_("日期要在%(since)s以后、今天以前。"), since=since.isoformat())
    return day
