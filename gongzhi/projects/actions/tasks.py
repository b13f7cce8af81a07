"""Tasks: added, begun, reported on, and closed with proof or with a reason."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from gongzhi.demands import masking
from gongzhi.demands.photos import Photo
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import queries, rules
from gongzhi.projects.actions import steps, telling
from gongzhi.projects.actions.projects import redrawn
from gongzhi.projects.models import Crew, Project, Task, TaskAfter, TaskCrew, TaskPost, TaskProof
from gongzhi.projects.planning import BadPlan
from gongzhi.projects.rules import ProofKind, TaskState
from gongzhi.shared.moves import Missing, Refused, _

HANDED = _("有一项任务归你们负责")
_WRONG_PROOF = _("这项任务要凭“%(kind)s”办结。")


@dataclass(frozen=True)
class TaskDetails:
    """What a task is. `after` names the tasks that must be over first, each with the days to wait between; `crews` those
    that work on it at once, each with the hands that it takes a day.
    """

    title: str
    stream: str
    days: int
    proof_kind: str
    owner: MemberUnit | None = None
    earliest: date | None = None
    latest: date | None = None
    after: Mapping[int, int] | None = None
    crews: Mapping[int, int] | None = None

    def columns(self, label: str) -> dict[str, Any]:
        """The details as columns, checked. Raises Refused."""
        if self.proof_kind not in set(ProofKind):
            raise Refused(_("请选凭什么办结。"))
        if not 1 <= self.days <= 1000:
            raise Refused(_("天数要在1到1000之间。"))
        if self.earliest and self.latest and self.latest < self.earliest:
            raise Refused(_("最晚的日子要在最早的日子以后。"))
        return {
            "title": steps.needed(self.title, 80, "title", label),
            "stream": steps.needed(self.stream, 40, "stream", label),
            "days": self.days,
            "proof_kind": self.proof_kind,
            "owner": self.owner,
            "earliest": self.earliest,
            "latest": self.latest,
        }


def add_task(actor: Actor, *, project_id: int, details: TaskDetails, now: datetime, once: str) -> Task:
    """One task more; its owner is told. The same form sent twice is one task. Raises Refused."""
    key = steps.key(actor, once)
    same = queries.visible_tasks(actor).filter(once=key)
    return steps.once(same, lambda: _add(actor, project_id, details, now, key))[0]


def _add(actor: Actor, project_id: int, details: TaskDetails, now: datetime, once: str) -> Task:
    step = steps.on_project(actor, project_id, "add_task", now, title=details.title, days=details.days)
    project = step.thing
    if Task.objects.filter(project=project).count() >= rules.MOST_TASKS:
        raise Refused(_("一个项目最多%(most)d项任务。"), most=rules.MOST_TASKS)
    task = Task(project=project, once=once, **details.columns(rules.PROJECT_MOVES["add_task"].label))
    task.save()
    _order(task, details.after or {})
    _staff(task, details.crews or {})
    steps.finish(step, data={"task": task.pk})
    steps.note(actor, task, "add", "", now)
    telling.tell_units(task, [task.owner], HANDED, step.now, but=actor.person_id)
    _redraw(project, step.now)
    return task


def _order(task: Task, after: Mapping[int, int]) -> None:
    """What must be over before it: tasks of the same project. Raises Refused."""
    known = set(Task.objects.filter(project=task.project_id, pk__in=after).values_list("pk", flat=True))
    if known != set(after) or task.pk in known:
        raise Refused(_("先后顺序里有一项不是这个项目的任务，请重新选。"))
    if any(not 0 <= lag <= 1000 for lag in after.values()):
        raise Refused(_("中间间隔的天数要在0到1000之间。"))
    TaskAfter.objects.filter(task=task).exclude(before__in=after).delete()
    for before, lag in after.items():
        TaskAfter.objects.update_or_create(task=task, before_id=before, defaults={"lag": lag})


def _staff(task: Task, hands: Mapping[int, int]) -> None:
    """Which crews of the same project work on it, each with no more hands than it has. Raises Refused."""
    crews = Crew.objects.filter(project=task.project_id).in_bulk(hands)
    if set(crews) != set(hands):
        raise Refused(_("没有这个队伍，请重新选。"))
    for pk, crew in crews.items():
        if not 1 <= hands[pk] <= crew.hands:
            raise Refused(_("“%(crew)s”一天只有%(hands)d个人手。"), crew=crew.name, hands=crew.hands)
    TaskCrew.objects.filter(task=task).exclude(crew__in=crews).delete()
    for pk in crews:
        TaskCrew.objects.update_or_create(task=task, crew_id=pk, defaults={"hands": hands[pk]})


def _redraw(project: Project, now: datetime) -> None:
    """Draw the plan anew. A ring of tasks is refused in words that name one by its title."""
    try:
        redrawn(project, now)
    except BadPlan as bad:
        title = Task.objects.filter(pk=int(str(bad.values["id"]))).values_list("title", flat=True).first()
        raise Refused(bad.message, **(bad.values | {"id": title})) from bad


@transaction.atomic
def change_task(actor: Actor, *, task_id: int, details: TaskDetails, now: datetime, seen: int | None = None) -> Task:
    """Another owner, other days, another order; whoever it falls to now is told."""
    step = steps.on_task(actor, task_id, "change", now, seen=seen, title=details.title, days=details.days)
    task, was = step.thing, step.thing.owner_id
    for name, value in details.columns(rules.TASK_MOVES["change"].label).items():
        setattr(task, name, value)
    _order(task, details.after or {})
    _staff(task, details.crews or {})
    steps.finish(step)
    if task.owner_id != was:
        telling.tell_units(task, [task.owner], HANDED, step.now, but=actor.person_id)
    _redraw(task.project, step.now)
    return task


@transaction.atomic
def begin_task(actor: Actor, *, task_id: int, day: date, now: datetime, seen: int | None = None) -> Task:
    """Work on it has begun, on a day until today."""
    step = steps.on_task(actor, task_id, "begin", now, seen=seen, day=day)
    task = step.thing
    task.begun_on = steps.day_of(day, now, task.project.since)
    # The days since it began are done, the first of them included.
    task.left = max(task.days - (step.today - task.begun_on).days, 1)
    return _changed(step)


@transaction.atomic
def report_task(
    actor: Actor, *, task_id: int, left: int, now: datetime, words: str = "", seen: int | None = None
) -> Task:
    """How many days of work are still to do from today on; where the plan slips, the margin says so at once."""
    step = steps.on_task(actor, task_id, "report", now, seen=seen, left=left)
    if not 0 <= left <= 1000:
        raise Refused(_("天数要在0到1000之间。"))
    step.thing.left = left
    return _changed(step, words=steps.line(words, 500), data={"left": left})


def _changed(step: steps.Step[Task], **told: Any) -> Task:
    task = steps.finish(step, **told)
    _redraw(task.project, step.now)
    return task


@transaction.atomic
def want_post(actor: Actor, *, task_id: int, title: str, people: int, on: date | None, now: datetime) -> TaskPost:
    """A post that must be filled for the task."""
    text = steps.line(title, 60)
    step = steps.on_task(actor, task_id, "want_post", now, title=text, people=people)
    if not 1 <= people <= 1000:
        raise Refused(_("人数要在1到1000之间。"))
    row = TaskPost.objects.create(task=step.thing, title=text, people=people, on=on)
    steps.finish(step, data={"post": row.pk})
    return row


# Proof


@dataclass(frozen=True)
class Given:
    """What proves it: photos, who signed, or at which door it was confirmed, as its kind asks; and words."""

    kind: str
    photos: Sequence[Photo] = ()
    signed_by: str = ""
    door: str = ""
    words: str = ""

    def columns(self) -> dict[str, Any]:
        """The proof as columns, without its photos. Raises Missing where what its kind asks for is not there."""
        found = {"signed_by": steps.line(self.signed_by, 60), "door": steps.line(self.door, 60)}
        asked = {ProofKind.PHOTO: "photos", ProofKind.SIGNATURE: "signed_by", ProofKind.HOUSEHOLD: "door"}
        if self.kind not in asked:
            raise Refused(_("请选凭什么办结。"))
        field = asked[ProofKind(self.kind)]
        if not (self.photos if field == "photos" else found[field]):
            raise Missing(_("请补上“%(kind)s”。"), kind=rules.PROOF_LABELS[ProofKind(self.kind)], field=field)
        return {name: value for name, value in found.items() if name == field} | {
            "kind": self.kind,
            "words": masking.clean_text(self.words, 500),
        }


@transaction.atomic
def prove_task(
    actor: Actor, *, task_id: int, given: Given, now: datetime, before: bool = True, seen: int | None = None
) -> TaskProof:
    """Keep how it looked before, or something that shows how far it is; the task stays open."""
    step = steps.on_task(actor, task_id, "prove", now, seen=seen)
    row = _keep(step, given, before=before)
    steps.finish(step, words=row.words, data={"proof": row.pk, "before": before})
    return row


@transaction.atomic
def close_task(actor: Actor, *, task_id: int, day: date, given: Given, now: datetime, seen: int | None = None) -> Task:
    """It is done, on a day, and this proves it: the kind of proof that was asked for, no other. Raises Refused."""
    step = steps.on_task(actor, task_id, "close", now, seen=seen, day=day, proof=given)
    task = step.thing
    if given.kind != task.proof_kind:
        raise Refused(_WRONG_PROOF, kind=rules.PROOF_LABELS[ProofKind(task.proof_kind)])
    if waiting := TaskAfter.objects.filter(task=task, before__state__in=sorted(rules.TASK_OPEN)).first():
        raise Refused(_("要先办结“%(title)s”。"), title=waiting.before.title)
    task.done_on = steps.day_of(day, now, task.project.since)
    task.begun_on, task.left = min(task.begun_on or day, day), None
    task.proof = _keep(step, given, before=False)
    return _changed(step, words=task.proof.words, data={"proof": task.proof.pk})


def _keep(step: steps.Step[Task], given: Given, *, before: bool) -> TaskProof:
    """Write down a proof, one row for each of its photos; the first of them stands for all."""
    columns = given.columns()
    photos = list(given.photos) if given.kind == ProofKind.PHOTO else [None]
    rows = [
        TaskProof(
            task=step.thing,
            before=before,
            photo=f"{secrets.token_urlsafe(24)}.jpg" if photo else "",
            noted_at=step.now,
            noted_by_id=step.actor.person_id,
            **columns,
        )
        for photo in photos
    ]
    TaskProof.objects.bulk_create(rows)
    for row, photo in zip(rows, photos, strict=True):
        if photo:
            _store(row.photo, photo)
    return rows[0]


def _store(name: str, photo: Photo) -> None:
    """Stored last, under a name that cannot be guessed; a file of what was rolled back is only an orphan."""
    try:
        default_storage.save(photo_path(name), ContentFile(photo.data))
    except OSError as error:
        with suppress(OSError):
            default_storage.delete(photo_path(name))
        raise Refused(_("照片没有存下来，服务器的磁盘可能满了。请告诉管理员。")) from error


def photo_path(name: str) -> str:
    """Where a proof's photo lies in the store."""
    return f"proofs/{name[:2]}/{name}"


@transaction.atomic
def waive_task(actor: Actor, *, task_id: int, words: str, now: datetime, seen: int | None = None) -> Task:
    """It need not be done, and why: a leader answers for that."""
    text = steps.line(words, 500)
    step = steps.on_task(actor, task_id, "waive", now, seen=seen, words=text)
    step.thing.waived_because, step.thing.done_on, step.thing.left = text, step.today, None
    return _changed(step, words=text)


@transaction.atomic
def reopen_task(actor: Actor, *, task_id: int, words: str, now: datetime, seen: int | None = None) -> Task:
    """It was not done after all, and why; the proof stays on record."""
    text = steps.line(words, 500)
    step = steps.on_task(actor, task_id, "reopen", now, seen=seen, words=text)
    task = step.thing
    if task.proof_id:
        # What closed it stays among its proofs.
        Task.objects.filter(pk=task.pk).update(state=TaskState.TO_DO.value, proof=None, done_on=None)
    task.proof, task.done_on, task.begun_on, task.left, task.waived_because = None, None, None, None, ""
    telling.tell_units(task, [task.owner], _("一项任务要重新做"), step.now, but=actor.person_id)
    return _changed(step, words=text)
