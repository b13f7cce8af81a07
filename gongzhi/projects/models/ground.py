"""Zones of a site in versions, and what was installed; tables and constraints only."""

from django.db import models
from django.db.models import F, Q

from gongzhi.projects import rules
from gongzhi.projects.models.project import Project
from gongzhi.shared.checks import one_of


class Zoning(models.Model):
    """分区方案: one version of how a site is divided, and who looks after which part."""

    state = models.CharField(max_length=10, default="proposed")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    # A ring of [longitude, latitude] in degrees, WGS-84.
    site = models.JSONField()
    words = models.CharField(max_length=500, blank=True)
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="zoning_state", condition=one_of("state", rules.ZoningState)),
            models.UniqueConstraint(fields=["project", "number"], name="zoning_number"),
            models.UniqueConstraint(fields=["project"], name="zoning_one_approved", condition=Q(state="approved")),
            models.CheckConstraint(
                name="zoning_approved",
                condition=Q(state__in=["proposed", "dropped"], approved_at=None)
                | Q(state__in=["approved", "replaced"], approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} v{self.number}"


class Zone(models.Model):
    """分区: one part of a site, who looks after it, and what is to be minded there."""

    zoning = models.ForeignKey(Zoning, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    keeper = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=200, blank=True)
    ring = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zoning", "name"], name="zone_name_once")]

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """设施: something that was installed; not accepted until somebody signs for it."""

    state = models.CharField(max_length=10, default="installed")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    what = models.CharField(max_length=80)
    spot = models.CharField(max_length=80, blank=True)
    # Who installed it and answers for the warranty.
    maker = models.CharField(max_length=80, blank=True)
    installed_on = models.DateField()
    warranty_until = models.DateField(null=True)
    # What was found wrong with it, until it is accepted.
    fault = models.CharField(max_length=500, blank=True)
    signed_by = models.CharField(max_length=60, blank=True)
    accepted_on = models.DateField(null=True)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="asset_state", condition=one_of("state", rules.AssetState)),
            models.CheckConstraint(
                name="asset_accepted",
                condition=Q(state="installed", accepted_on=None, signed_by="")
                | (Q(state="accepted", accepted_on__isnull=False) & ~Q(signed_by=""))
                | Q(state="removed"),
            ),
            models.CheckConstraint(
                name="asset_warranty", condition=Q(warranty_until=None) | Q(warranty_until__gte=F("installed_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.installed_on}"
