"""Units called to act with their people, the pavilion, and calendars to follow; tables and constraints only."""

from django.db import models
from django.db.models import Q

from gongzhi.conferences import pavilion_rules, rules
from gongzhi.shared.checks import one_of


class Mobilisation(models.Model):
    """动员: units are called to act on a day; each sends the roster of its people."""

    state = models.CharField(max_length=8, default="called")
    title = models.CharField(max_length=120)
    words = models.CharField(max_length=500, blank=True)
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    conference = models.ForeignKey("conferences.Conference", models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    venue = models.CharField(max_length=120, blank=True)
    called_at = models.DateTimeField()
    # The rosters' names were taken away.
    wiped_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="mobilisation_state", condition=one_of("state", rules.MobilisationState))
        ]
        indexes = [
            models.Index(fields=["community", "-starts_at"], name="mobilisation_community"),
            models.Index(fields=["subdistrict", "-starts_at"], name="mobilisation_subdistrict"),
        ]

    def __str__(self) -> str:
        return self.title


class Mobilised(models.Model):
    """被动员单位: one unit that was called, and when it answered."""

    mobilisation = models.ForeignKey(Mobilisation, models.CASCADE, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mobilisation", "unit"], name="mobilised_once")]

    def __str__(self) -> str:
        return f"{self.mobilisation_id} {self.unit_id}"


class Turnout(models.Model):
    """名单上的人: one person on a unit's roster. The number is kept as a fingerprint alone, to count each once."""

    mobilised = models.ForeignKey(Mobilised, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    mark = models.CharField(max_length=32)
    came = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mobilised", "mark"], name="turnout_once")]

    def __str__(self) -> str:
        return f"{self.mobilised_id} {self.pk}"


class Deliberation(models.Model):
    """议事: neighbours in a pavilion raise a matter, talk it over, settle it, carry it out and look at it."""

    state = models.CharField(max_length=12, default="raised")
    subject = models.CharField(max_length=120)
    # What was raised, without names.
    words = models.CharField(max_length=1000, blank=True)
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    raised_on = models.DateField()
    what = models.CharField(max_length=500, blank=True)
    # A unit, an office or a group of neighbours; no person's name.
    owner = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deliberation_state", condition=one_of("state", pavilion_rules.DeliberationState)
            ),
            models.CheckConstraint(
                name="deliberation_settled",
                condition=Q(state__in=["raised", "discussed", "dropped"])
                | (~Q(what="") & ~Q(owner="") & Q(due_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="deliberation_community"),
            models.Index(fields=["subdistrict", "-id"], name="deliberation_subdistrict"),
        ]

    def __str__(self) -> str:
        return self.subject


class CalendarFeed(models.Model):
    """日历地址: the signed address at which an account's meetings can be read; a new turn ends the old address."""

    account = models.OneToOneField("neighbourhood.Account", models.CASCADE, related_name="+")
    turn = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.account_id} {self.turn}"
