"""Places, people, units, networks, roles; tables and constraints only."""

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from gongzhi.neighbourhood import rules
from gongzhi.shared.checks import one_given, one_of


class Place(models.Model):
    """Any step of the territorial ladder; the steps above stand beside it, so that a subtree is one equality."""

    kind = models.CharField(max_length=12)
    # Official statistical code (12 digits, 15 for a grid); places below carry a local one or none.
    code = models.CharField(max_length=20, unique=True, null=True)
    name = models.CharField(max_length=80)
    # "跃进村街道 东正社区 …", for display and search.
    full_name = models.CharField(max_length=300)
    pinyin = models.CharField(max_length=200, blank=True, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    district = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    subdistrict = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    community = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    grid = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    compound = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    # WGS-84, degrees.
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    boundary = models.JSONField(null=True)
    compound_type = models.CharField(max_length=20, blank=True)
    has_property_firm = models.BooleanField(null=True)
    has_owners_committee = models.BooleanField(null=True)
    built_year = models.PositiveSmallIntegerField(null=True)
    # Flagged 老旧楼栋 by the district; nothing is derived from it.
    old = models.BooleanField(default=False)

    class Meta:
        # Demands point at places without a constraint (decision 13); a place ends by `valid_to`.
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(name="place_kind", condition=one_of("kind", rules.PlaceKind)),
            models.CheckConstraint(
                name="place_compound_type",
                condition=Q(compound_type="") | (Q(kind="compound") & one_of("compound_type", rules.CompoundType)),
            ),
            models.CheckConstraint(
                name="place_compound_has_type", condition=~Q(kind="compound") | ~Q(compound_type="")
            ),
            models.CheckConstraint(name="place_old_building", condition=Q(old=False) | Q(kind="building")),
            models.CheckConstraint(
                name="place_root", condition=Q(kind="district", parent=None) | Q(parent__isnull=False)
            ),
            models.CheckConstraint(
                name="place_validity",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["parent", "kind", "name"], name="place_name_once", condition=Q(valid_to=None)
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subdistrict", "community"], name="place_kind_ladder"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.name


class Person(models.Model):
    """Someone known by name: staff, a liaison, a member in their own right. Residents need no row here."""

    name = models.CharField(max_length=60)
    birth_year = models.PositiveSmallIntegerField(null=True)
    contact = models.ForeignKey("ContactCard", models.SET_NULL, null=True, related_name="+")
    fictional = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Account(AbstractBaseUser):
    """A login. It may belong to a person with offices, or to a resident who wants to keep demands together."""

    login = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    # Somebody else chose the password: it lets in to the page that changes it and nowhere else.
    must_change_password = models.BooleanField(default=False)

    objects = BaseUserManager()
    USERNAME_FIELD = "login"

    def __str__(self) -> str:
        return self.login


class ContactCard(models.Model):
    """How to reach someone; every field sealed, read under its own right, emptied when its time is over."""

    purpose = models.CharField(max_length=40)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    email_sealed = models.BinaryField(null=True)
    # Keyed fingerprint of the number, to find a caller's earlier demands.
    phone_mark = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_mark"], name="contact_phone", condition=~Q(phone_mark=""))]
        constraints = [
            models.CheckConstraint(
                name="contact_wiped_is_empty",
                condition=Q(wiped_at=None) | Q(name_sealed=None, phone_sealed=None, email_sealed=None, phone_mark=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class MemberUnit(models.Model):
    """An organisation that takes part: agency, institution, state firm, non-public firm, social organisation."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    # Unified social credit code, GB 32100, with its check character.
    credit_code = models.CharField(max_length=18, unique=True, null=True)
    registered_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=200, blank=True)
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    fictional = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="unit_kind", condition=one_of("kind", rules.UnitKind))]
        indexes = [models.Index(fields=["kind", "name"], name="unit_kind_name")]

    def __str__(self) -> str:
        return self.name


class Network(models.Model):
    """区域化党建实体: the units and persons who act together around one place, led by its party body."""

    name = models.CharField(max_length=120)
    place = models.OneToOneField(Place, models.PROTECT, related_name="+")
    founded_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One unit, or one person in their own right, in one network, from a day to a day."""

    network = models.ForeignKey(Network, models.PROTECT, related_name="+")
    unit = models.ForeignKey(MemberUnit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    # For a person: as head of what (property firm, owners' committee), and of which compound.
    capacity = models.CharField(max_length=40, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_unit_or_person",
                condition=one_given("person", "unit"),
            ),
            models.CheckConstraint(name="membership_dates", condition=Q(left_on=None) | Q(left_on__gte=F("joined_on"))),
            models.UniqueConstraint(fields=["network", "unit"], name="membership_unit_once", condition=Q(left_on=None)),
            models.UniqueConstraint(
                fields=["network", "person"], name="membership_person_once", condition=Q(left_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network_id}: {self.unit_id or self.person_id}"


class Role(models.Model):
    """What someone can be here. Names differ between districts and change; the standing is what rules read."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=60, blank=True)
    standing = models.CharField(max_length=12)
    rights = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(name="role_standing", condition=one_of("standing", rules.Standing))]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """Who is what, where, and since when."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(MemberUnit, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_place_or_unit",
                condition=one_given("unit", "place"),
            ),
            models.CheckConstraint(name="appointment_dates", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]
        indexes = [models.Index(fields=["person", "until"], name="appointment_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role_id} {self.since}"
