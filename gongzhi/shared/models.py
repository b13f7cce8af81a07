"""The tables that every room writes through `trail`, `notices` and `workdays`, never directly."""

import pgtrigger
from django.db import models
from django.db.models import F, Q


class TrailEntry(models.Model):
    """One thing that one actor did to one noun; append-only, a mistake is corrected by a further entry."""

    at = models.DateTimeField()
    noun = models.CharField(max_length=40)
    noun_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    # Plain values, not keys: shared knows no room, and an entry outlives whoever made it.
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["noun", "noun_id", "id"], name="trail_noun"),
            models.Index(fields=["at"], name="trail_at"),
            models.Index(fields=["corrects"], name="trail_corrects", condition=Q(corrects__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.noun_id} {self.verb} {self.at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """One message to one person by one channel, written with what it tells of and delivered afterwards."""

    created_at = models.DateTimeField()
    noun = models.CharField(max_length=40)
    noun_id = models.BigIntegerField()
    channel = models.CharField(max_length=16)
    # For the channel "desk": whose inbox. Plain value, as in the trail.
    person_id = models.BigIntegerField(null=True)
    # For every other channel: the address, sealed; emptied once it is not needed.
    address_sealed = models.BinaryField(null=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=10, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], name="notice_queue", condition=Q(state="queued")),
            models.Index(fields=["state", "-id"], name="notice_troubled", condition=Q(state__in=["failed"])),
            models.Index(fields=["noun", "noun_id"], name="notice_noun"),
            models.Index(fields=["person_id", "-id"], name="notice_inbox", condition=Q(channel="desk")),
        ]
        constraints = [
            models.CheckConstraint(name="notice_state", condition=Q(state__in=["queued", "sent", "failed", "wiped"])),
            models.CheckConstraint(
                name="notice_desk_has_person", condition=~Q(channel="desk") | Q(person_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state} {self.subject}"


class TryCount(models.Model):
    """How often one key was tried within an hour: a number with a wrong code, a network that opens accounts."""

    what = models.CharField(max_length=24)
    # A keyed fingerprint: neither a number nor an address stands here.
    mark = models.CharField(max_length=32)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "mark"], name="try_once_a_key")]
        indexes = [models.Index(fields=["began_at"], name="try_began")]

    def __str__(self) -> str:
        return f"{self.what} {self.count}"


class Day(models.Model):
    """A day that differs from its weekday: a public holiday, or a weekend on which offices work (调休)."""

    date = models.DateField(unique=True)
    working = models.BooleanField()
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=80)

    class Meta:
        ordering = [F("date").asc()]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
