"""What was given, what it was used for, and packages of needs; tables and constraints only."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from gongzhi.exchange import giving_rules as rules
from gongzhi.exchange.rules import Kind
from gongzhi.shared.checks import one_given, one_of

_BOUNDED = sorted(one.value for one in rules.BOUNDED)
# The latest entry counts.
_SAY = """
UPDATE exchange_contribution SET quantity = NEW.quantity, qualifier = NEW.qualifier, came_on = NEW.came_on,
    came_until = NEW.came_until, what_for = NEW.what_for WHERE id = NEW.contribution_id;
RETURN NEW;
"""
# Locked before the uses are read, so that of two at once the second counts the first.
_USE = """
PERFORM 1 FROM exchange_contribution WHERE id = NEW.contribution_id FOR NO KEY UPDATE;
UPDATE exchange_contribution SET used = used + NEW.quantity - COALESCE((
    SELECT quantity FROM exchange_use WHERE contribution_id = NEW.contribution_id AND id <> NEW.id
        AND (id = NEW.corrects_id OR corrects_id = NEW.corrects_id) ORDER BY id DESC LIMIT 1), 0)
    WHERE id = NEW.contribution_id;
RETURN NEW;
"""


class Contribution(models.Model):
    """爱心账的一笔: what one giver gave to a place, in money or in kind.

    How much, when and what for stand in its entries, the latest of which counts. The database writes that one here,
    and the sum of the uses, and refuses what would leave less than nothing.
    """

    # How far the giver lets it be told.
    state = models.CharField(max_length=12, default="closed")
    giver = models.CharField(max_length=10)
    giver_unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    giver_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    # A unit that is none of the district's members. A person's name is kept only while they let it be told.
    giver_name = models.CharField(max_length=120, blank=True)
    public_name = models.CharField(max_length=60, blank=True)
    receiving_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    programme = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    measure = models.CharField(max_length=20)
    pledge = models.OneToOneField("exchange.Pledge", models.PROTECT, null=True, related_name="+")
    # The number of the receipt that the giver holds.
    receipt_number = models.CharField(max_length=40, blank=True)

    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    qualifier = models.CharField(max_length=10)
    came_on = models.DateField()
    # Where it came over a time.
    came_until = models.DateField(null=True)
    what_for = models.CharField(max_length=200)
    used = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    # When and how the giver agreed, and who wrote that down.
    agreed_on = models.DateField(null=True)
    agreed_words = models.CharField(max_length=200, blank=True)
    agreed_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # The form's key: one form sent twice is one contribution.
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="contribution_state", condition=one_of("state", rules.Openness)),
            models.CheckConstraint(name="contribution_kind", condition=one_of("kind", Kind)),
            models.CheckConstraint(name="contribution_qualifier", condition=one_of("qualifier", rules.Qualifier)),
            models.CheckConstraint(
                name="contribution_one_giver",
                condition=Q(giver="unit", giver_unit__isnull=False, giver_place=None, giver_name="")
                | Q(giver="place", giver_unit=None, giver_place__isnull=False, giver_name="")
                | (Q(giver="outside", giver_unit=None, giver_place=None) & ~Q(giver_name=""))
                | Q(giver="person", giver_unit=None, giver_place=None, giver_name=""),
            ),
            models.CheckConstraint(
                name="contribution_person_named_by_consent",
                condition=(Q(giver="person", state="named") & ~Q(public_name=""))
                | (~Q(giver="person", state="named") & Q(public_name="")),
            ),
            models.CheckConstraint(
                name="contribution_told_by_consent",
                condition=Q(state="closed", agreed_on=None, agreed_words="", agreed_by=None)
                | (~Q(state="closed") & Q(agreed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="contribution_not_used_up_twice",
                condition=Q(quantity__gte=0, used__gte=0) & (~Q(qualifier__in=_BOUNDED) | Q(used__lte=F("quantity"))),
            ),
            models.CheckConstraint(
                name="contribution_period", condition=Q(came_until=None) | Q(came_until__gte=F("came_on"))
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-came_on", "-id"], name="contribution_community"),
            models.Index(fields=["subdistrict", "-came_on", "-id"], name="contribution_subdistrict"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="who_gave_what",
                fields=["giver", "giver_unit", "giver_place", "giver_name", "receiving_place", "kind", "measure"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what_for} {self.quantity} {self.measure}"


class Entry(models.Model):
    """How much came, when, what for; append-only, a mistake is corrected by a further one, which then counts."""

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    qualifier = models.CharField(max_length=10)
    came_on = models.DateField()
    came_until = models.DateField(null=True)
    what_for = models.CharField(max_length=200)
    # Why it was corrected.
    words = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            # A correction may say that nothing came.
            models.CheckConstraint(name="entry_quantity", condition=Q(quantity__gt=0) | (Q(quantity=0) & ~Q(words=""))),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="say", when=pgtrigger.After, operation=pgtrigger.Insert, func=_SAY),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.quantity}"


class Use(models.Model):
    """What of a contribution was used, when, what for; append-only, a mistake is corrected by a further one.

    A correction points at the first of its line; the latest of a line counts.
    """

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    used_on = models.DateField()
    what = models.CharField(max_length=200)
    # The number of the invoice or receipt that proves it.
    voucher = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="use_quantity",
                condition=Q(quantity__gt=0, corrects=None)
                | (Q(quantity__gte=0, corrects__isnull=False) & ~Q(words="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="count", when=pgtrigger.After, operation=pgtrigger.Insert, func=_USE),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id} {self.quantity} {self.used_on}"


class Package(models.Model):
    """帮扶: a survey found that one receiver needs several kinds of thing; each kind is a need of its own."""

    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    # Or a programme of a place.
    receiving_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    programme = models.CharField(max_length=120, blank=True)
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    # Who looked, when, and what was found; not who works there.
    surveyor = models.CharField(max_length=120)
    surveyed_on = models.DateField()
    words = models.TextField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="package_one_receiver",
                condition=one_given("unit", "receiving_place")
                & (Q(receiving_place=None, programme="") | (Q(receiving_place__isnull=False) & ~Q(programme=""))),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="package_community"),
            models.Index(fields=["subdistrict", "-id"], name="package_subdistrict"),
        ]

    def __str__(self) -> str:
        return f"{self.programme or self.unit_id} {self.surveyed_on}"


class PackageNeed(models.Model):
    """One kind of help out of a package."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="+")
    need = models.OneToOneField("exchange.Need", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.package_id} {self.need_id}"
