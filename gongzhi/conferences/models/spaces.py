"""Public spaces and who uses them when; tables and constraints only."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from gongzhi.conferences import space_rules
from gongzhi.shared.checks import one_of

# A weekly slot begins and ends on its own weekday, so that two of one weekday share a day exactly where their days
# overlap. Numbers stand as ranges of one, which the index knows without an extension.
_ONE = Value("[]")
_SPACE = Func("space", "space", _ONE, function="int8range", output_field=BigIntegerRangeField())
_WEEKDAY = Func("weekday", "weekday", _ONE, function="int4range", output_field=IntegerRangeField())
_DAYS = Func("since", "until", _ONE, function="daterange", output_field=DateRangeField())
_HOURS = Func("first", "last", function="int4range", output_field=IntegerRangeField())


class PublicSpace(models.Model):
    """公共场地: a square, a pavilion, a court that several use at their own hours."""

    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    # What to heed there.
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "name"], name="public_space_once")]
        indexes = [
            models.Index(fields=["community", "name"], name="public_space_community"),
            models.Index(fields=["subdistrict", "name"], name="public_space_subdistrict"),
        ]

    def __str__(self) -> str:
        return self.name


class SpaceSlot(models.Model):
    """使用时段: the hours of one day, or of one weekday from a day on, that are somebody's."""

    state = models.CharField(max_length=8, default="held")
    space = models.ForeignKey(PublicSpace, models.PROTECT, related_name="+")
    # A group or a unit; no person's name.
    user = models.CharField(max_length=60)
    what = models.CharField(max_length=60)
    # 0 for Monday.
    weekday = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    # Minutes of the day.
    first = models.PositiveSmallIntegerField()
    last = models.PositiveSmallIntegerField()
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="space_slot_state", condition=one_of("state", space_rules.SlotState)),
            models.CheckConstraint(name="space_slot_hours", condition=Q(first__lt=F("last"), last__lte=1440)),
            models.CheckConstraint(
                name="space_slot_days",
                condition=Q(since__iso_week_day=F("weekday") + 1)
                & (Q(until=None) | Q(until__gte=F("since"), until__iso_week_day=F("weekday") + 1)),
            ),
            ExclusionConstraint(
                name="space_slot_clash",
                expressions=[(one, RangeOperators.OVERLAPS) for one in (_SPACE, _WEEKDAY, _DAYS, _HOURS)],
                condition=Q(state="held"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.user} {self.since}"
