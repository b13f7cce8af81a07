"""When a problem raises the alert and whom it climbs to; tables and constraints only."""

from django.db import models
from django.db.models import Q


class AlertRule(models.Model):
    """So many reports within so many days raise the alert; rows that a district edits."""

    name = models.CharField(max_length=60)
    reports = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    # Empty: for every category and everywhere.
    category = models.ForeignKey("demands.Category", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="alert_rule_numbers", condition=Q(reports__gte=2, days__gte=1, days__lte=366))
        ]

    def __str__(self) -> str:
        return f"{self.reports} / {self.days}"


class Alert(models.Model):
    """A problem crossed a rule, once for each time it came up; `crossed_at` is when the report that did it was made."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+")
    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="+", db_index=False)
    times = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    crossed_at = models.DateTimeField()
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "rule", "times"], name="alert_once")]
        indexes = [models.Index(fields=["-raised_at"], name="alert_raised")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.crossed_at:%Y-%m-%d %H:%M}"


class Rung(models.Model):
    """One rung of the escalation ladder: after so many days, or at so many times, whom above it is told to."""

    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12)
    after_days = models.PositiveSmallIntegerField(null=True)
    at_times = models.PositiveSmallIntegerField(null=True)
    at_reports = models.PositiveIntegerField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="rung_level", condition=Q(level__in=["community", "subdistrict", "district"])),
            models.CheckConstraint(
                name="rung_has_reason",
                condition=Q(after_days__gte=1) | Q(at_times__gte=2) | Q(at_reports__gte=2),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Escalation(models.Model):
    """A problem climbed a rung, once for each time it came up."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+")
    rung = models.ForeignKey(Rung, models.PROTECT, related_name="+", db_index=False)
    times = models.PositiveSmallIntegerField()
    climbed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "rung", "times"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.rung_id}"
