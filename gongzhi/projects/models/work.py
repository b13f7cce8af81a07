"""Tasks, who does them, in which order, and what proves that they were done; tables and constraints only."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from gongzhi.projects import rules
from gongzhi.projects.models.project import Project
from gongzhi.shared.checks import one_of

_TO_DO = sorted(one.value for one in rules.TASK_OPEN)


class Crew(models.Model):
    """队伍: so many hands a day for the tasks of one project."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    hands = models.PositiveSmallIntegerField(default=1)
    # Or on working days alone.
    every_day = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="crew_name_once"),
            models.CheckConstraint(name="crew_hands", condition=Q(hands__gte=1, hands__lte=100)),
        ]

    def __str__(self) -> str:
        return self.name


class Task(models.Model):
    """任务: one piece of work with its owner, its days and the proof that closes it."""

    state = models.CharField(max_length=10, default="to_do")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    # What belongs together, in words: 说服群众, 修围墙; the board shows one column for each.
    stream = models.CharField(max_length=40)
    # Who answers for it; empty for the desk of the project's place.
    owner = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    # Days still to do, as last reported while it is under way.
    left = models.PositiveSmallIntegerField(null=True)
    earliest = models.DateField(null=True)
    latest = models.DateField(null=True)
    # Where the plan put it, and the last day that the plan first left it, which stands when the plan moves on.
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    begun_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    proof_kind = models.CharField(max_length=10)
    # What closed it.
    proof = models.OneToOneField("projects.TaskProof", models.PROTECT, null=True, related_name="+")
    waived_because = models.CharField(max_length=500, blank=True)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="task_state", condition=one_of("state", rules.TaskState)),
            models.CheckConstraint(name="task_proof_kind", condition=one_of("proof_kind", rules.ProofKind)),
            models.CheckConstraint(name="task_days", condition=Q(days__gte=1, days__lte=1000)),
            models.CheckConstraint(
                name="task_window", condition=Q(earliest=None) | Q(latest=None) | Q(latest__gte=F("earliest"))
            ),
            # It closes with proof or with a reason, and not otherwise.
            models.CheckConstraint(
                name="task_closed",
                condition=Q(state__in=_TO_DO, done_on=None, proof=None, waived_because="")
                | Q(state="closed", done_on__isnull=False, proof__isnull=False, waived_because="")
                | (Q(state="waived", done_on__isnull=False, proof=None) & ~Q(waived_because="")),
            ),
        ]
        indexes = [models.Index(fields=["project", "stream"], name="task_project")]

    def __str__(self) -> str:
        return self.title


class TaskCrew(models.Model):
    """A crew that a task needs on each of its days, and how many of its hands; several work at once."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    crew = models.ForeignKey(Crew, models.PROTECT, related_name="+")
    hands = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "crew"], name="task_crew_once"),
            models.CheckConstraint(name="task_crew_hands", condition=Q(hands__gte=1, hands__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.crew_id} {self.hands}"


class TaskAfter(models.Model):
    """A task that begins only after another one is over, and so many whole days later."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    before = models.ForeignKey(Task, models.CASCADE, related_name="+")
    lag = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "before"], name="task_after_once"),
            models.CheckConstraint(name="task_after_other", condition=~Q(task=F("before"))),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.task_id}"


class TaskProof(models.Model):
    """证明: how a place looked before, or what shows that a task was done; append-only."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    before = models.BooleanField(default=False)
    # The photo's stored name; who signed; at which door it was confirmed.
    photo = models.CharField(max_length=64, blank=True)
    signed_by = models.CharField(max_length=60, blank=True)
    door = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_proof_holds",
                condition=(Q(kind="photo") & ~Q(photo=""))
                | (Q(kind="signature") & ~Q(signed_by=""))
                | (Q(kind="household") & ~Q(door="")),
            ),
            models.UniqueConstraint(fields=["photo"], name="task_proof_photo", condition=~Q(photo="")),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.task_id} {self.kind}"


class TaskPost(models.Model):
    """A post that a task wants filled: what, how many people, on which day."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    people = models.PositiveSmallIntegerField()
    on = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="task_post_people", condition=Q(people__gte=1))]

    def __str__(self) -> str:
        return f"{self.title} {self.people}"
