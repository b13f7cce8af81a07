"""What people noted of how a clause was kept, and the reports that write themselves."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from gongzhi.agreements.models.signing import Agreement, Clause, Party


class Evidence(models.Model):
    """履约记录: one time that a party kept a clause for which nothing else is counted; append-only."""

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    day = models.DateField()
    words = models.CharField(max_length=500)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="evidence_words", condition=~Q(words=""))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.clause_id} {self.day}"


class QuarterReport(models.Model):
    """季度报告: how an agreement was kept in a quarter, as the proofs stood when it was written; append-only."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField()
    # The text that wrote itself, and its table: a line a clause.
    drafted = models.TextField()
    lines = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "since"], name="report_once"),
            models.CheckConstraint(name="report_days", condition=Q(until__gte=F("since"))),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.since}"


class ReportText(models.Model):
    """改过的报告: the text as people corrected it; the draft and every earlier text stay, the latest counts."""

    report = models.ForeignKey(QuarterReport, models.PROTECT, related_name="+")
    words = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.report_id} {self.written_at:%Y-%m-%d}"
