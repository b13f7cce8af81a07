"""Appeals, projects, and what hangs on a project; tables and constraints only."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gongzhi.projects import rules
from gongzhi.shared.checks import one_of

_STRANDS = [one.value for one in rules.Strand]
_GOALS = [one.value for one in rules.Goal]
_OPEN = sorted(one.value for one in rules.OPEN)


class Appeal(models.Model):
    """限期求助: a member cannot manage something alone by a day and asks the community."""

    state = models.CharField(max_length=10, default="raised")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    title = models.CharField(max_length=80)
    words = models.CharField(max_length=1000)
    due_on = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    # Why it was not taken on.
    answer = models.CharField(max_length=500, blank=True)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="appeal_state", condition=one_of("state", rules.AppealState)),
            models.CheckConstraint(
                name="appeal_ended",
                condition=Q(state="raised", ended_at=None) | (~Q(state="raised") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="appeal_declined", condition=~Q(state="declined") | ~Q(answer="")),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="appeal_community"),
            models.Index(fields=["subdistrict", "-id"], name="appeal_subdistrict"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"


class Project(models.Model):
    """项目: what was agreed to be done together, by whom, by a fixed day."""

    state = models.CharField(max_length=10, default="drafted")
    title = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    # Who leads it; empty for the desk of its place.
    owner = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    appeal = models.OneToOneField(Appeal, models.PROTECT, null=True, related_name="+")
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    strands = ArrayField(models.CharField(max_length=12))
    goals = ArrayField(models.CharField(max_length=8), default=list)
    # In yuan; empty where none was set.
    budget = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # From which day it counts, and the fixed day by whose end all is to be done.
    since = models.DateField()
    due_on = models.DateField()
    # The last day of the plan as it was last drawn.
    forecast_on = models.DateField(null=True)
    # When the leaders were told that the day may be missed; once until it can be kept again.
    warned_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="project_state", condition=one_of("state", rules.ProjectState)),
            models.CheckConstraint(
                name="project_strands", condition=Q(strands__len__gt=0, strands__contained_by=_STRANDS)
            ),
            models.CheckConstraint(name="project_goals", condition=Q(goals__contained_by=_GOALS)),
            models.CheckConstraint(name="project_budget", condition=Q(budget=None) | Q(budget__gte=0)),
            models.CheckConstraint(name="project_days", condition=Q(due_on__gte=F("since"))),
            models.CheckConstraint(
                name="project_ended",
                condition=Q(state__in=_OPEN, ended_on=None) | (~Q(state__in=_OPEN) & Q(ended_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="project_community"),
            models.Index(fields=["subdistrict", "-id"], name="project_subdistrict"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.due_on}"


class ProjectPartner(models.Model):
    """参与单位: who takes part beside the owner, and with what."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+")
    words = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "unit"], name="project_partner_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.unit_id}"


class ProjectNeed(models.Model):
    """A need that the project is to meet."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    need = models.ForeignKey("exchange.Need", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "need"], name="project_need_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.need_id}"


class ProjectOffer(models.Model):
    """An offer that the project is to use."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    offer = models.ForeignKey("exchange.Offer", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "offer"], name="project_offer_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.offer_id}"


class Spending(models.Model):
    """支出: what was paid for the project, out of a contribution where one was given; append-only."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    # The entry of 爱心账 that it was paid from; its use is noted there.
    contribution = models.ForeignKey("exchange.Contribution", models.PROTECT, null=True, related_name="+")
    # In yuan; a further one below nought takes back a mistake.
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    spent_on = models.DateField()
    what = models.CharField(max_length=200)
    voucher = models.CharField(max_length=40, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="spending_amount", condition=~Q(amount=0))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.project_id} {self.amount} {self.spent_on}"
