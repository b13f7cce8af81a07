"""What is done about a problem: surveys, blockers, whistles, referrals, seats; tables and constraints only."""

from django.db import models
from django.db.models import F, Q

from gongzhi.problems import rules
from gongzhi.shared.checks import one_of


class Survey(models.Model):
    """Somebody went and looked: when, who, what was found."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+")
    surveyed_at = models.DateTimeField()
    surveyed_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    with_whom = models.CharField(max_length=200, blank=True)
    words = models.TextField()

    def __str__(self) -> str:
        return self.words[:40]


class Blocker(models.Model):
    """What a problem is stuck at, since when, and who could lift it."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    words = models.TextField()
    since = models.DateTimeField()
    lifter_unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    lifter = models.CharField(max_length=120, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="blocker_kind", condition=one_of("kind", rules.BlockerKind)),
            models.CheckConstraint(name="blocker_lifted", condition=Q(lifted_at=None) | Q(lifted_at__gte=F("since"))),
            models.UniqueConstraint(fields=["problem", "kind"], name="blocker_one_open", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.words[:40]}"


class Occasion(models.Model):
    """On what occasion a whistle may be blown, by whom, and how fast the called unit must be there."""

    name = models.CharField(max_length=60)
    # The standings that may blow it, and the level of place from which; rows that a district edits.
    standings = models.JSONField(default=list)
    levels = models.JSONField(default=list)
    sign_hours = models.PositiveSmallIntegerField(default=1)
    contact_hours = models.PositiveSmallIntegerField(default=24)
    on_site_days = models.PositiveSmallIntegerField(default=3)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Whistle(models.Model):
    """吹哨: a unit is called and must turn up; who called says how it went."""

    problem = models.ForeignKey("problems.Problem", models.PROTECT, related_name="+")
    occasion = models.ForeignKey(Occasion, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, default="blown")
    words = models.TextField()
    blown_at = models.DateTimeField()
    blown_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    sign_due_at = models.DateTimeField()
    contact_due_at = models.DateTimeField()
    on_site_due_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    on_site_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    rated_at = models.DateTimeField(null=True)
    rating = models.CharField(max_length=8, blank=True)
    # When it was said that a step is late: once each.
    late_told = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(name="whistle_state", condition=one_of("state", rules.WhistleState)),
            models.CheckConstraint(
                name="whistle_rated", condition=~Q(state="rated") | (Q(rated_at__isnull=False) & ~Q(rating=""))
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-blown_at"], name="whistle_unit"),
            models.Index(
                fields=["on_site_due_at"],
                name="whistle_open",
                condition=Q(state__in=["blown", "contacted", "on_site", "signed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} → {self.unit_id}"


class Referral(models.Model):
    """An oversight body was asked to coordinate: a lane of its own, with the least detail, accusing nobody."""

    problem = models.ForeignKey("problems.Problem", models.PROTECT, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="referred")
    # What the unit reads: the matter and where it is stuck; no reports, no names.
    words = models.TextField()
    referred_at = models.DateTimeField()
    referred_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    received_at = models.DateTimeField(null=True)
    coordinated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="referral_state", condition=one_of("state", rules.ReferralState)),
            models.UniqueConstraint(fields=["problem", "unit"], name="referral_one_open", condition=~Q(state="closed")),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} → {self.unit_id}"


class Mediation(models.Model):
    """How a dispute ended at the table (调解结果): what was agreed, by which seats, on which day; or why it was not."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+", db_index=False)
    # Which time the dispute had come up, as of the problem: taken up again, it is mediated anew.
    times = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=8)
    words = models.TextField()
    # The kinds of the seats that agreed.
    seats = models.JSONField(default=list)
    mediated_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="mediation_outcome", condition=one_of("outcome", rules.Outcome)),
            models.UniqueConstraint(fields=["problem", "times"], name="mediation_once_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.outcome}"


class Seat(models.Model):
    """One of the three seats of a dispute (三方联动): who sits there, how they see it, what they offer."""

    problem = models.ForeignKey("problems.Problem", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    person = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    holder = models.CharField(max_length=120, blank=True)
    view = models.TextField()
    offer = models.TextField(blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="seat_kind", condition=one_of("kind", rules.SeatKind)),
            models.UniqueConstraint(fields=["problem", "kind"], name="seat_once"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.kind}"
