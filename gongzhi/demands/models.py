"""Demands and what hangs on them; tables and constraints only."""

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from gongzhi.demands import rules
from gongzhi.shared.checks import one_of
from gongzhi.shared.texts import pairs_of, weeks_of

_ENDED = sorted(state.value for state in rules.ENDED)


class Category(models.Model):
    """What a demand is about; versioned rows that a district edits, up to three levels deep."""

    version = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    standard = models.CharField(max_length=60, blank=True)
    phrases = models.TextField(blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="category_code_once")]

    def __str__(self) -> str:
        return self.name


class Limit(models.Model):
    """How long one clock may run, per category and urgency; dated, and edited by the district."""

    clock = models.CharField(max_length=8)
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    urgency = models.CharField(max_length=10, blank=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12)
    # From when it runs: from receipt, or from the day it was handed to a unit.
    starts = models.CharField(max_length=10, default="received")
    ends = models.CharField(max_length=10, default="close")
    working_hours_only = models.BooleanField(default=False)
    preset = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="limit_clock", condition=Q(clock__in=["sign_in", "contact", "answer"])),
            models.CheckConstraint(
                name="limit_unit", condition=Q(unit__in=["minutes", "hours", "days", "working_days", "weeks"])
            ),
            models.CheckConstraint(name="limit_starts", condition=Q(starts__in=["received", "dispatched"])),
            models.CheckConstraint(name="limit_ends", condition=Q(ends__in=["close", "same_time"])),
            models.CheckConstraint(name="limit_positive", condition=Q(amount__gt=0)),
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.clock} {self.amount} {self.unit}"


class Threshold(models.Model):
    """A number that a district sets; the names and the values to start from stand in `rules.THRESHOLDS`."""

    code = models.CharField(max_length=40, unique=True)
    value = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class ImportFile(models.Model):
    """One spreadsheet that was handed in: previewed, then confirmed or dropped."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80)
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    mapping = models.JSONField(default=dict)
    # Old orders are only kept and counted; new demands get their clocks and are worked.
    historic = models.BooleanField(default=False)
    fallback_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default="preview")
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_taken = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="import_state", condition=Q(state__in=["preview", "taken", "dropped"]))
        ]

    def __str__(self) -> str:
        return self.name


# Without a constraint, which would have every intake lock the same few rows; these are never deleted (decision 13).
_UNLOCKED: dict[str, Any] = {"related_name": "+", "db_index": False, "db_constraint": False}


class Demand(models.Model):
    """One resident's word. `due_at` is the earliest clock still running, None while none runs."""

    state = models.CharField(max_length=12, default="received")
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=10)
    urgency = models.CharField(max_length=10, default="ordinary")
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    place_words = models.CharField(max_length=300, blank=True)

    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    # The ladder above the place, as it was at receipt, so that a subtree is one equality.
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, **_UNLOCKED)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, **_UNLOCKED)
    compound = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, **_UNLOCKED)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+", db_index=False)
    suggestions = models.JSONField(null=True)

    # 首接负责: set at receipt, never emptied; who works on it now stands apart.
    accountable = models.ForeignKey("neighbourhood.Place", models.PROTECT, **_UNLOCKED)
    handler = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+", db_index=False)
    assignee = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    reported_at = models.DateTimeField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    lapsed = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    reopened_times = models.PositiveSmallIntegerField(default=0)
    review_on = models.DateField(null=True)

    contact = models.ForeignKey(
        "neighbourhood.ContactCard", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    account = models.ForeignKey("neighbourhood.Account", models.SET_NULL, null=True, related_name="+", db_index=False)
    confidential = models.BooleanField(default=False)
    code_hash = models.CharField(max_length=32, blank=True)
    # One form sent twice, one row imported twice: the second finds the first.
    once = models.CharField(max_length=64, null=True)
    external_number = models.CharField(max_length=60, blank=True)
    # What another system said of an old order: stated, never counted by us.
    stated_handler = models.CharField(max_length=120, blank=True)
    stated_in_time = models.BooleanField(null=True)
    stated_closed_at = models.DateTimeField(null=True)
    # Grows with each step, so that two people at one demand do not overwrite each other.
    version = models.PositiveIntegerField(default=1)
    import_file = models.ForeignKey(ImportFile, models.PROTECT, null=True, related_name="+", db_index=False)

    search = models.GeneratedField(
        expression=pairs_of("subject", "body", "place_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["once"], name="demand_once"),
            models.CheckConstraint(name="demand_state", condition=one_of("state", rules.State)),
            models.CheckConstraint(name="demand_kind", condition=one_of("kind", rules.Kind)),
            models.CheckConstraint(name="demand_channel", condition=one_of("channel", rules.Channel)),
            models.CheckConstraint(name="demand_urgency", condition=one_of("urgency", rules.Urgency)),
            models.CheckConstraint(
                name="demand_ended_has_end",
                condition=Q(state__in=_ENDED, closed_at__isnull=False) | (~Q(state__in=_ENDED) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="demand_says_something", condition=~Q(subject="") & Q(received_at__isnull=False)
            ),
        ]
        indexes = [
            # The worklist, whole and by place.
            models.Index(fields=["due_at", "id"], name="demand_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["community", "due_at", "id"],
                name="demand_community_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["subdistrict", "due_at", "id"],
                name="demand_subdistrict_due",
                condition=Q(due_at__isnull=False),
            ),
            # Everything, newest first, by each filter. Every row stands in few of them: an intake pays for each.
            models.Index(fields=["-received_at", "-id"], name="demand_received"),
            models.Index(fields=["community", "-received_at", "-id"], name="demand_community"),
            models.Index(fields=["subdistrict", "-received_at", "-id"], name="demand_subdistrict"),
            models.Index(
                fields=["compound", "-received_at", "-id"], name="demand_compound", condition=Q(compound__isnull=False)
            ),
            models.Index(
                fields=["category", "-received_at", "-id"], name="demand_category", condition=Q(category__isnull=False)
            ),
            models.Index(
                fields=["handler", "-received_at", "-id"], name="demand_handler", condition=Q(handler__isnull=False)
            ),
            models.Index(
                fields=["assignee", "-received_at", "-id"], name="demand_assignee", condition=Q(assignee__isnull=False)
            ),
            models.Index(
                fields=["account", "-received_at", "-id"], name="demand_account", condition=Q(account__isnull=False)
            ),
            models.Index(fields=["contact"], name="demand_contact", condition=Q(contact__isnull=False)),
            models.Index(fields=["import_file", "-id"], name="demand_import", condition=Q(import_file__isnull=False)),
            models.Index(fields=["external_number"], name="demand_external", condition=~Q(external_number="")),
            models.Index(fields=["channel", "-received_at", "-id"], name="demand_by_channel"),
            # What is not ended is two or three of a hundred, what was withdrawn fewer still.
            models.Index(fields=["-received_at", "-id"], name="demand_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["subdistrict", "community", "category", "-received_at", "-id"],
                name="demand_open_place",
                # Without those that are only just in: what few ask for is not paid for by every intake.
                condition=Q(closed_at=None, category__isnull=False),
            ),
            models.Index(fields=["-received_at", "-id"], name="demand_withdrawn", condition=Q(state="withdrawn")),
            # The week first: of each pair no more is then read than those weeks hold.
            GinIndex(weeks_of("received_at"), F("search"), name="demand_search"),
        ]

    def __str__(self) -> str:
        return f"{rules.number(self.pk)} {self.subject}"


class Clock(models.Model):
    """One limit running for one demand, with the reason for its due time."""

    # Its own index would repeat the one of `clock_once`.
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8)
    limit = models.ForeignKey(Limit, models.PROTECT, **_UNLOCKED)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    why = models.JSONField()
    # When those in charge were told that it is nearly due, and that it is late: once each.
    warned_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "kind", "started_at"], name="clock_once"),
            models.CheckConstraint(name="clock_kind", condition=Q(kind__in=["sign_in", "contact", "answer"])),
        ]
        indexes = [models.Index(fields=["due_at"], name="clock_running", condition=Q(met_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"


class Pause(models.Model):
    """A time in which the clocks stood still because the resident was asked something."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    question = models.TextField()
    asked_at = models.DateTimeField()
    reply = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand"], name="pause_one_open", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return self.question[:40]


class Extension(models.Model):
    """More time, asked for with a reason, granted or refused by someone who may."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    granted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand"], name="extension_one_open", condition=Q(decided_at=None)),
            models.CheckConstraint(
                name="extension_not_by_asker",
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
            ),
            models.CheckConstraint(name="extension_days", condition=Q(days__gte=1, days__lte=60)),
        ]

    def __str__(self) -> str:
        return f"+{self.days}"


class Answer(models.Model):
    """What the resident was told."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    words = models.TextField()
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.words[:40]


class Rating(models.Model):
    """What the resident thought of the answer, by link or when called back."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="+")
    by_call_back = models.BooleanField(default=False)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    reasons = models.JSONField(default=list)
    words = models.TextField(blank=True)
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer"], name="rating_one_per_answer")]

    def __str__(self) -> str:
        return f"{self.solved} {self.satisfied}"


class CallBack(models.Model):
    """One call to ask how it went: drawn by sample, reached or not."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    drawn_at = models.DateTimeField()
    sample = models.CharField(max_length=40)
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    reached = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demand", "sample"], name="call_back_once_a_sample"),
            models.CheckConstraint(
                name="call_back_satisfied_if_reached", condition=Q(satisfied=None) | Q(reached=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample} {self.demand_id}"


class Photo(models.Model):
    """A picture to a demand, cleaned, under a name that cannot be guessed."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="+")
    name = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    by_resident = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list that someone wants to see again: the filters, under a name."""

    person = models.ForeignKey("neighbourhood.Person", models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    question = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name
