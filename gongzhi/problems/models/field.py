"""Going out to people: visits, baseline surveys, what residents told; tables and constraints only."""

from django.db import models
from django.db.models import F, Q

from gongzhi.problems import rules
from gongzhi.shared.checks import one_of


class Visit(models.Model):
    """One entry of the visit log (民情日志): where somebody was, what was said, what follows from it."""

    kind = models.CharField(max_length=12)
    visited_at = models.DateTimeField()
    visitor = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    compound = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    # Whose door, in words, such as a unit and flat; seen by the desk of the place alone.
    household = models.CharField(max_length=120, blank=True)
    words = models.TextField()
    measure = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True)
    followed_up_at = models.DateTimeField(null=True)
    follow_up_words = models.TextField(blank=True)
    # The last day on which the visitor was told that the follow-up is late.
    reminded_on = models.DateField(null=True)
    demand = models.ForeignKey("demands.Demand", models.SET_NULL, null=True, related_name="+")
    # The form's key: one form sent twice is one entry.
    once = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="visit_kind", condition=one_of("kind", rules.VisitKind))]
        indexes = [
            models.Index(fields=["community", "-visited_at"], name="visit_community"),
            models.Index(
                fields=["follow_up_on"],
                name="visit_follow_up",
                condition=Q(follow_up_on__isnull=False, followed_up_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.visited_at:%Y-%m-%d}"


class Baseline(models.Model):
    """底数摸排: how a compound stood on a day, as it was found; its problems are raised in one pass."""

    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    surveyed_on = models.DateField()
    surveyed_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    households = models.PositiveIntegerField(null=True)
    has_property_firm = models.BooleanField(null=True)
    has_owners_committee = models.BooleanField(null=True)
    words = models.TextField(blank=True)
    once = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "surveyed_on"], name="baseline_once_a_day")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.surveyed_on}"


class ResidentStory(models.Model):
    """What a resident told of living there; shown to nobody beyond the desk before they agreed, their age as a band."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="+")
    words = models.TextField()
    age_band = models.CharField(max_length=10, blank=True)
    years_there = models.PositiveSmallIntegerField(null=True)
    told_on = models.DateField()
    # How consent was given, in words, and when; taken back again, it is hidden again.
    consent_words = models.CharField(max_length=200, blank=True)
    consented_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="story_consent_has_words", condition=Q(consented_at=None) | ~Q(consent_words="")
            ),
            models.CheckConstraint(
                name="story_withdrawn_later", condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("consented_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.baseline_id} {self.told_on}"
