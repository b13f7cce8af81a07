"""The two lists, what unlocks what, and who may be asked across a border; tables and constraints only."""

from django.db import models
from django.db.models import F, Q

from gongzhi.exchange import rules
from gongzhi.shared.checks import one_given, one_of


class ExchangeSetting(models.Model):
    """A number that a district sets; the names and the values to start from stand in `rules.SETTINGS`."""

    code = models.CharField(max_length=40, unique=True)
    value = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class Offer(models.Model):
    """资源: what a member or a community can give, how much, when, how far, on what conditions."""

    state = models.CharField(max_length=12, default="open")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    # Or of a person who is a member in their own right.
    member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    giving_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    # Where the giver belongs, so that its desk can be asked; both empty for a unit that is nowhere registered.
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)

    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    # Short words, as a list.
    tags = models.JSONField(default=list)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    # What is counted, in words: 小时, 个, 元.
    measure = models.CharField(max_length=20)
    most_per_need = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    smallest = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # How often it can be had, in words.
    how_often = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    # [weekday 0 to 6, from minute, to minute]; empty for any time.
    windows = models.JSONField(default=list)
    # Where it is, and how far it reaches from there: in metres, to one place, or anywhere.
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    reach_metres = models.PositiveIntegerField(null=True)
    reach_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    conditions = models.CharField(max_length=500, blank=True)
    audience = models.CharField(max_length=200, blank=True)
    visibility = models.CharField(max_length=10, default="district")
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # The form's key: one form sent twice is one offer.
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="offer_state", condition=one_of("state", rules.OfferState)),
            models.CheckConstraint(name="offer_kind", condition=one_of("kind", rules.Kind)),
            models.CheckConstraint(name="offer_visibility", condition=one_of("visibility", rules.Visibility)),
            models.CheckConstraint(name="offer_one_giver", condition=one_given("unit", "member", "giving_place")),
            models.CheckConstraint(name="offer_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="offer_parts",
                condition=(Q(smallest=None) | Q(smallest__gt=0, smallest__lte=F("quantity")))
                & (Q(most_per_need=None) | Q(most_per_need__gt=0)),
            ),
            models.CheckConstraint(name="offer_one_reach", condition=Q(reach_metres=None) | Q(reach_place=None)),
            models.CheckConstraint(
                name="offer_validity",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="offer_community"),
            models.Index(fields=["subdistrict", "-id"], name="offer_subdistrict"),
            models.Index(fields=["valid_until"], name="offer_until", condition=~Q(state="ended")),
        ]

    def __str__(self) -> str:
        return f"{rules.number(self.pk)} {self.title}"


class Need(models.Model):
    """需求: what a problem, a unit, a community or a programme needs; nobody is asked before a person verified it."""

    state = models.CharField(max_length=12, default="stated")
    asker = models.CharField(max_length=12)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    # What was heard there; one visit is one need.
    visit = models.OneToOneField("problems.Visit", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    # A person who is a member in their own right.
    member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    programme = models.CharField(max_length=120, blank=True)
    # For all but a member's: the place whose desk accepts, and confirms what comes.
    receiving_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)

    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    tags = models.JSONField(default=list)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    measure = models.CharField(max_length=20)
    # Counted from confirmed deliveries by whoever changes them.
    met = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    deadline = models.DateField(null=True)
    urgency = models.PositiveSmallIntegerField(default=1)
    windows = models.JSONField(default=list)
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    # Of no use in parts; or from how many offers at most it is put together.
    whole_only = models.BooleanField(default=False)
    most_offers = models.PositiveSmallIntegerField(null=True)
    # A firm's own: read by the desk of its place and its own people alone.
    confidential = models.BooleanField(default=False)
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="need_state", condition=one_of("state", rules.NeedState)),
            models.CheckConstraint(name="need_kind", condition=one_of("kind", rules.Kind)),
            models.CheckConstraint(
                name="need_one_asker",
                condition=one_given("unit", "member", "receiving_place")
                & (
                    Q(asker="problem", problem__isnull=False, programme="", receiving_place__isnull=False)
                    | Q(asker="unit", problem=None, programme="", unit__isnull=False)
                    | Q(asker="member", problem=None, programme="", member__isnull=False)
                    | Q(asker="community", problem=None, programme="", receiving_place__isnull=False)
                    | (Q(asker="programme", problem=None, receiving_place__isnull=False) & ~Q(programme=""))
                ),
            ),
            models.CheckConstraint(name="need_quantity", condition=Q(quantity__gt=0, met__gte=0)),
            models.CheckConstraint(name="need_parts", condition=Q(most_offers=None) | Q(most_offers__gt=0)),
            models.CheckConstraint(name="need_urgency", condition=Q(urgency__lte=rules.MOST_URGENT)),
            models.CheckConstraint(name="need_confidential", condition=Q(confidential=False) | Q(asker="unit")),
            models.CheckConstraint(name="need_verified", condition=~Q(state="verified") | Q(verified_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["community", "-urgency", "-id"], name="need_community"),
            models.Index(fields=["subdistrict", "-urgency", "-id"], name="need_subdistrict"),
            models.Index(fields=["deadline"], name="need_deadline", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{rules.number(self.pk)} {self.title}"


class Unlock(models.Model):
    """Once the first need is met, the second can be taken up (一事办结，带出下一事)."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="+")
    frees = models.ForeignKey(Need, models.CASCADE, related_name="+")
    # When the second was put forward, once.
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "frees"], name="unlock_once"),
            models.CheckConstraint(name="unlock_not_itself", condition=~Q(need=F("frees"))),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.frees_id}"


class Introduction(models.Model):
    """A community asks to see what a neighbouring community's unit can give; that community's leader answers."""

    state = models.CharField(max_length=12, default="asked")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, related_name="+")
    to_community = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    # The unit's own place, as it was when it was asked.
    own_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="introduction_state", condition=one_of("state", rules.IntroductionState)),
            models.UniqueConstraint(
                fields=["unit", "to_community"], name="introduction_one_open", condition=~Q(state="refused")
            ),
            models.CheckConstraint(
                name="introduction_answered",
                condition=Q(state="asked", answered_at=None) | (~Q(state="asked") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} → {self.to_community_id} {self.state}"
