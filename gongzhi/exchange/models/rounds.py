"""The rounds in which members fill their three forms; what they answer are offers and needs."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gongzhi.exchange import round_rules
from gongzhi.shared.checks import one_given, one_of


class Round(models.Model):
    """一期: every member of a network is asked for its three forms by a day."""

    state = models.CharField(max_length=8, default="open")
    network = models.ForeignKey("neighbourhood.Network", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    since = models.DateField()
    until = models.DateField()
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # What the clock does once.
    warned_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="round_state", condition=one_of("state", round_rules.RoundState)),
            models.CheckConstraint(
                name="round_days", condition=Q(until__gte=F("since"), due_on__gte=F("since"), due_on__lte=F("until"))
            ),
            models.CheckConstraint(
                name="round_closed",
                condition=Q(state="open", closed_at=None) | Q(state="closed", closed_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["network"], name="round_one_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.network_id}: {self.name}"


class Filing(models.Model):
    """填报: one of the three forms as one member, a unit or a person in their own right, last answered it in one round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    sheet = models.CharField(max_length=8)
    # 本期没有, said expressly.
    nothing = models.BooleanField(default=False)
    # The offers or needs that it named, by number: what the next round starts from.
    lines = ArrayField(models.BigIntegerField(), default=list)
    # Of the third form alone.
    ways = ArrayField(models.CharField(max_length=8), default=list)
    reach = models.CharField(max_length=8, blank=True)
    words = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # The form's key: one form sent twice is one answer.
    once = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(name="filing_one_member", condition=one_given("unit", "member")),
            models.CheckConstraint(name="filing_sheet", condition=one_of("sheet", round_rules.Sheet)),
            models.CheckConstraint(
                name="filing_reach", condition=Q(reach="") | one_of("reach", round_rules.Reach) & Q(sheet="link")
            ),
            models.CheckConstraint(name="filing_nothing", condition=Q(nothing=False) | Q(lines=[], ways=[])),
            models.UniqueConstraint(fields=["round", "unit", "sheet"], name="filing_once"),
            models.UniqueConstraint(fields=["round", "member", "sheet"], name="filing_member_once"),
        ]
        indexes = [models.Index(fields=["unit", "sheet", "-answered_at"], name="filing_unit")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id or self.member_id} {self.sheet}"


class Reminder(models.Model):
    """催填: the secretary reminded a member, once a day at most."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    reminded_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reminder_one_member", condition=one_given("unit", "member")),
            models.UniqueConstraint(fields=["round", "unit", "day"], name="reminder_once_a_day"),
            models.UniqueConstraint(fields=["round", "member", "day"], name="reminder_member_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id or self.member_id} {self.day}"
