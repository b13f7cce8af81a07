"""Problems, the reports in them, and who follows them; tables and constraints only."""

from django.db import models
from django.db.models import Q

from gongzhi.problems import rules
from gongzhi.shared.checks import one_of

_ENDED = sorted(state.value for state in rules.ENDED)


class Setting(models.Model):
    """A number that a district sets; the names and the values to start from stand in `rules.SETTINGS`."""

    code = models.CharField(max_length=40, unique=True)
    value = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class Problem(models.Model):
    """One trouble that one handling answers. `times` is how often it has come up: a solved one reported again is 2."""

    state = models.CharField(max_length=12, default="raised")
    kind = models.CharField(max_length=12, default="trouble")
    origin = models.CharField(max_length=12, default="reports")
    title = models.CharField(max_length=120)
    # What everybody may read; written by a person, empty until then.
    public_words = models.CharField(max_length=500, blank=True)
    category = models.ForeignKey("demands.Category", models.PROTECT, null=True, related_name="+", db_index=False)

    # Where the symptom is, with the ladder above it.
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    compound = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    # 首接负责, as of a demand: the community (or what stands for it) that never loses it, and a person of it.
    accountable = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    # Two clocks: from the first report (of this time it came up), and from coordination.
    first_reported_at = models.DateTimeField()
    last_reported_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    coordinated_at = models.DateTimeField(null=True)
    solved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    times = models.PositiveSmallIntegerField(default=1)
    # Counted from the rows by whoever changes them, so that lists need not count.
    reports = models.PositiveIntegerField(default=0)
    reporters = models.PositiveIntegerField(default=0)
    followers = models.PositiveIntegerField(default=0)
    # How many elderly, disabled or very young people live beside it, as the desk states it.
    vulnerable = models.PositiveSmallIntegerField(default=0)
    heat = models.FloatField(default=0)

    # The cause may lie elsewhere and belong to someone else.
    cause = models.TextField(blank=True)
    cause_known_at = models.DateTimeField(null=True)
    cause_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    cause_words = models.CharField(max_length=200, blank=True)
    cause_lon = models.FloatField(null=True)
    cause_lat = models.FloatField(null=True)
    cause_owner = models.CharField(max_length=10, default="unknown")
    cause_unit = models.ForeignKey(
        "neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+", db_index=False
    )
    cause_outsider = models.CharField(max_length=120, blank=True)

    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    visit = models.ForeignKey("Visit", models.PROTECT, null=True, related_name="+", db_index=False)
    baseline = models.ForeignKey("Baseline", models.PROTECT, null=True, related_name="+", db_index=False)
    # The key of the form that raised it: sent twice, it is one problem. None for what no form of its own raised.
    once = models.CharField(max_length=64, null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="problem_state", condition=one_of("state", rules.State)),
            models.CheckConstraint(name="problem_kind", condition=one_of("kind", rules.Kind)),
            models.CheckConstraint(name="problem_origin", condition=one_of("origin", rules.Origin)),
            models.CheckConstraint(
                name="problem_ended_has_end",
                condition=Q(state__in=_ENDED, ended_at__isnull=False) | (~Q(state__in=_ENDED) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="problem_merged_into",
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
            ),
            models.CheckConstraint(
                name="problem_cause_owner",
                condition=Q(cause_owner="unknown", cause_unit=None, cause_outsider="")
                | (Q(cause_owner="unit", cause_unit__isnull=False, cause_outsider=""))
                | (Q(cause_owner="outsider", cause_unit=None) & ~Q(cause_outsider="")),
            ),
            models.UniqueConstraint(fields=["once"], name="problem_once", condition=Q(once__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["-heat", "-id"], name="problem_hot", condition=Q(ended_at=None)),
            models.Index(fields=["community", "-heat", "-id"], name="problem_community_hot"),
            models.Index(fields=["subdistrict", "-heat", "-id"], name="problem_subdistrict_hot"),
            models.Index(fields=["compound", "-last_reported_at"], name="problem_compound"),
            models.Index(fields=["-raised_at", "-id"], name="problem_raised"),
            models.Index(fields=["-id"], name="problem_disputes", condition=Q(kind="dispute")),
            # Set for few: what joins a problem need not write them anew.
            *(
                models.Index(fields=[name], name=f"problem_{name}", condition=Q(**{f"{name}__isnull": False}))
                for name in ("cause_unit", "merged_into", "visit", "baseline")
            ),
        ]

    def __str__(self) -> str:
        return f"{rules.number(self.pk)} {self.title}"


class Report(models.Model):
    """One demand as grouping sees it: what it is compared by, and the problem it belongs to, None while it is alone."""

    demand = models.OneToOneField("demands.Demand", models.CASCADE, related_name="+")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, related_name="+", db_index=False)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    # The cell of some 500 m it lies in; None without coordinates.
    cell = models.BigIntegerField(null=True)
    reported_at = models.DateTimeField()
    # What the engine compares, so that neither text nor demand is read again.
    signature = models.BinaryField()
    place_code = models.CharField(max_length=20, blank=True)
    # What the code lies in, or where its words put it; empty where neither is known.
    area = models.CharField(max_length=20, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    category_code = models.CharField(max_length=20, blank=True)
    # How it came into its problem; the engine moves nothing that a person has put there.
    joined_by = models.CharField(max_length=10, blank=True)
    joined_at = models.DateTimeField(null=True)
    likelihood = models.FloatField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="report_joined",
                condition=Q(problem=None, joined_by="")
                | (Q(problem__isnull=False) & one_of("joined_by", rules.Joining)),
            ),
        ]
        indexes = [
            models.Index(fields=["problem", "reported_at"], name="report_problem", condition=Q(problem__isnull=False)),
            # Of the cells half the rows lie outside the square that is asked for: told from the index alone.
            models.Index(
                fields=["cell", "-reported_at", "lon", "lat"], name="report_cell", condition=Q(cell__isnull=False)
            ),
            models.Index(fields=["community", "-reported_at"], name="report_community"),
            models.Index(fields=["area", "-reported_at"], name="report_area", condition=~Q(area="")),
        ]

    def __str__(self) -> str:
        return f"{self.demand_id} → {self.problem_id}"


class WordCounts(models.Model):
    """How often the district's reports say each hashed gram, as `wordbook` keeps it; counted anew every night."""

    counted_at = models.DateTimeField()
    reports = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.reports} {self.counted_at:%Y-%m-%d}"


class Apart(models.Model):
    """A person said that this demand is not of this problem; the engine never puts it there again."""

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="+")
    problem = models.ForeignKey(Problem, models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "problem"], name="apart_once")]

    def __str__(self) -> str:
        return f"{self.demand_id} ≠ {self.problem_id}"


class Suggestion(models.Model):
    """Two demands that may be of one trouble, not surely enough to be joined unasked; a person decides."""

    demand = models.ForeignKey("demands.Demand", models.CASCADE, related_name="+")
    nearest = models.ForeignKey("demands.Demand", models.CASCADE, related_name="+", db_index=False)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    likelihood = models.FloatField()
    made_at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "nearest"], name="suggestion_once")]
        indexes = [models.Index(fields=["community", "-made_at"], name="suggestion_open", condition=Q(accepted=None))]

    def __str__(self) -> str:
        return f"{self.demand_id} ? {self.nearest_id}"


class Follower(models.Model):
    """A neighbour who has the same trouble and said so with one tap, instead of reporting it once more."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="+", db_index=False)
    # The form's key: one tap counts once.
    once = models.CharField(max_length=64, unique=True)
    followed_at = models.DateTimeField()
    contact = models.ForeignKey("neighbourhood.ContactCard", models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey("neighbourhood.Account", models.SET_NULL, null=True, related_name="+")
    # A keyed fingerprint of the browser's or the account's mark, so that one person counts once a problem.
    mark = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["problem", "mark"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.followed_at:%Y-%m-%d}"
