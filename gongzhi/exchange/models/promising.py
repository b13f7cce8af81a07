"""Matches, refusals, pledges, and what was delivered under them; tables and constraints only."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from gongzhi.exchange import rules
from gongzhi.shared.checks import one_given, one_of

_OPEN = sorted(state.value for state in rules.MATCH_OPEN)
_AGREED = sorted(state.value for state in rules.AGREED)


class Match(models.Model):
    """撮合: one need and one offer that may fit; a person asks, both sides answer, each for itself."""

    state = models.CharField(max_length=12, default="suggested")
    need = models.ForeignKey("exchange.Need", models.PROTECT, related_name="+")
    offer = models.ForeignKey("exchange.Offer", models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    due_on = models.DateField(null=True)
    # Why the engine proposed it: the facts that the sentence for the desk of the need is made of, in its reader's
    # language. Rows of before hold the sentence itself, and fewer facts.
    reasons = models.JSONField(default=dict)
    sentence = models.CharField(max_length=500, blank=True)
    suggested_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    answer_due_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    # When the leaders were told that nobody answered, once.
    climbed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="match_state", condition=one_of("state", rules.MatchState)),
            models.CheckConstraint(name="match_quantity", condition=Q(quantity__gt=0)),
            models.UniqueConstraint(fields=["need", "offer"], name="match_one_open", condition=Q(state__in=_OPEN)),
            # Nothing is agreed before both have said so.
            models.CheckConstraint(
                name="match_agreed_by_both",
                condition=~Q(state__in=_AGREED) | Q(given_at__isnull=False, taken_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["answer_due_at"], name="match_unanswered", condition=Q(state="offered")),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} × {self.offer_id} {self.state}"


class Refusal(models.Model):
    """谢绝: why a match was declined, kept so that what was said once need not be said again."""

    match = models.OneToOneField(Match, models.CASCADE, related_name="+")
    need = models.ForeignKey("exchange.Need", models.CASCADE, related_name="+")
    offer = models.ForeignKey("exchange.Offer", models.CASCADE, related_name="+")
    # Who declined: one of the sides, or the desk (empty).
    side = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=16)
    until = models.DateField(null=True)
    words = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="refusal_reason", condition=one_of("reason", rules.RefusalReason)),
            models.CheckConstraint(name="refusal_side", condition=Q(side="") | one_of("side", rules.Side)),
            models.CheckConstraint(
                name="refusal_until",
                condition=Q(reason="not_before", until__isnull=False) | (~Q(reason="not_before") & Q(until=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need_id} × {self.offer_id} {self.reason}"


class Pledge(models.Model):
    """承诺: one giver promises one receiver so much of something by a day."""

    state = models.CharField(max_length=12, default="promised")
    # Empty where it was made in a meeting.
    match = models.OneToOneField(Match, models.PROTECT, null=True, related_name="+")
    giver_unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    giver_member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    giver_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    receiver_unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    receiver_member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    receiver_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    # Where the receiver belongs.
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    what = models.CharField(max_length=120)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    measure = models.CharField(max_length=20)
    due_on = models.DateField()
    # The later day that the giver asks for, while nobody has answered.
    later_on = models.DateField(null=True)
    promised_at = models.DateTimeField()
    # When the giver was reminded and the leaders told that it is late, once each.
    reminded_at = models.DateTimeField(null=True)
    climbed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # For one noted by form.
    once = models.CharField(max_length=80, unique=True, null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pledge_state", condition=one_of("state", rules.PledgeState)),
            models.CheckConstraint(name="pledge_kind", condition=one_of("kind", rules.Kind)),
            models.CheckConstraint(
                name="pledge_one_giver", condition=one_given("giver_unit", "giver_member", "giver_place")
            ),
            models.CheckConstraint(
                name="pledge_one_receiver", condition=one_given("receiver_unit", "receiver_member", "receiver_place")
            ),
            models.CheckConstraint(name="pledge_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="pledge_later", condition=Q(later_on=None) | Q(later_on__gt=F("due_on"))),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="pledge_due", condition=Q(ended_at=None)),
            models.Index(fields=["community", "-id"], name="pledge_community"),
            models.Index(fields=["subdistrict", "-id"], name="pledge_subdistrict"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.quantity} {self.measure}"


class Delivery(models.Model):
    """One part delivered, as the giver notes it; append-only, a mistake is corrected by a further one."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    delivered_on = models.DateField()
    words = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # A correction may say that nothing came.
            models.CheckConstraint(
                name="delivery_quantity", condition=Q(quantity__gt=0) | Q(quantity=0, corrects__isnull=False)
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.quantity} {self.delivered_on}"


class Receipt(models.Model):
    """What the receiver said of one delivery: that it came, or what is wrong with it; append-only, once."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="+")
    confirmed = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="receipt_dispute_has_words", condition=Q(confirmed=True) | ~Q(words="")),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.confirmed}"


class BalanceTask(models.Model):
    """A member has received nothing for a year: somebody at the desk of its place asks what it needs."""

    state = models.CharField(max_length=12, default="raised")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    # Or a person who is a member in their own right.
    member = models.ForeignKey("neighbourhood.Membership", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    raised_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="balance_task_state", condition=one_of("state", rules.TaskState)),
            models.CheckConstraint(
                name="balance_task_done",
                condition=Q(state="raised", done_at=None) | (Q(state="done", done_at__isnull=False) & ~Q(words="")),
            ),
            models.CheckConstraint(name="balance_task_whose", condition=one_given("unit", "member")),
            models.UniqueConstraint(fields=["unit"], name="balance_task_one_open", condition=Q(state="raised")),
            models.UniqueConstraint(fields=["member"], name="balance_task_member", condition=Q(state="raised")),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id or self.member_id} {self.raised_at:%Y-%m-%d}"
