"""Outreaches to outsiders, and threads with who has read how far; tables and constraints only."""

from functools import reduce
from operator import or_

import pgtrigger
from django.db import models
from django.db.models import Q

from gongzhi.exchange import talk_rules
from gongzhi.shared.checks import one_of

_OPEN = sorted(state.value for state in talk_rules.RUNNING)


class Outreach(models.Model):
    """外部转介: somebody outside the network is asked by a signed link to help with one verified need."""

    state = models.CharField(max_length=12, default="sent")
    need = models.ForeignKey("exchange.Need", models.PROTECT, related_name="+")
    # A bank, an institute, an expert; how to reach them is sealed.
    party = models.CharField(max_length=120)
    contact = models.ForeignKey("neighbourhood.ContactCard", models.PROTECT, null=True, related_name="+")
    # All that the outsider reads: nothing of the need itself.
    asked = models.CharField(max_length=1000)
    facts = models.CharField(max_length=2000, blank=True)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # Which of its links holds; an earlier one opens nothing.
    link = models.PositiveSmallIntegerField(default=1)
    answer = models.CharField(max_length=1000, blank=True)
    result = models.CharField(max_length=2000, blank=True)
    # How much of what was needed it brought, in the need's measure, where that can be said.
    brought = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # When the next step is due, and when the leaders were told that it is late, once a step.
    due_at = models.DateTimeField(null=True)
    climbed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="outreach_state", condition=one_of("state", talk_rules.OutreachState)),
            models.CheckConstraint(name="outreach_brought", condition=Q(brought=None) | Q(brought__gt=0)),
            models.CheckConstraint(
                name="outreach_result", condition=~Q(state__in=["reported", "confirmed"]) | ~Q(result="")
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="outreach_due", condition=Q(state__in=_OPEN))]

    def __str__(self) -> str:
        return f"{self.need_id} → {self.party} {self.state}"


class Thread(models.Model):
    """留言: what is said between the sides of one need, offer, pledge or outreach, or with a person who is a member in
    their own right; whose message waits for an answer."""

    need = models.OneToOneField("exchange.Need", models.CASCADE, null=True, related_name="+")
    offer = models.OneToOneField("exchange.Offer", models.CASCADE, null=True, related_name="+")
    pledge = models.OneToOneField("exchange.Pledge", models.CASCADE, null=True, related_name="+")
    outreach = models.OneToOneField(Outreach, models.CASCADE, null=True, related_name="+")
    member = models.OneToOneField("neighbourhood.Membership", models.CASCADE, null=True, related_name="+")
    waiting = models.CharField(max_length=10, blank=True)
    due_at = models.DateTimeField(null=True)
    climbed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="thread_one_topic",
                condition=reduce(
                    or_,
                    [
                        Q(**{f"{other.value}__isnull": other is not topic for other in talk_rules.Topic})
                        for topic in talk_rules.Topic
                    ],
                ),
            ),
            models.CheckConstraint(
                name="thread_waiting",
                condition=Q(waiting="", due_at=None) | (one_of("waiting", talk_rules.Voice) & Q(due_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="thread_due", condition=Q(climbed_at=None))]

    def __str__(self) -> str:
        return f"{self.need_id or self.offer_id or self.pledge_id or self.outreach_id or self.member_id}"


class Message(models.Model):
    """One message; append-only."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="+")
    voice = models.CharField(max_length=10)
    words = models.CharField(max_length=2000)
    # Whether whoever wrote it wants to be answered.
    asks = models.BooleanField()
    said_at = models.DateTimeField()
    # Empty for an outsider.
    said_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(name="message_voice", condition=one_of("voice", talk_rules.Voice))]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.voice} {self.said_at:%Y-%m-%d %H:%M}"


class ThreadRead(models.Model):
    """How far one reader has read a thread; without a person, the outsider."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    person = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    voice = models.CharField(max_length=10)
    up_to = models.BigIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="thread_read_voice", condition=one_of("voice", talk_rules.Voice)),
            models.UniqueConstraint(fields=["thread", "person"], name="thread_read_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.voice} {self.up_to}"
