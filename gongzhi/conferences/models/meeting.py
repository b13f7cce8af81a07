"""Conferences, whom they call, what is to be talked about; tables and constraints only."""

import pgtrigger
from django.db import models
from django.db.models import Q

from gongzhi.conferences import rules
from gongzhi.shared.checks import one_given, one_of

# The last guard behind the rule: what is still a draft has no owner or no day, or was not decided on.
_COMPLETE = """
IF EXISTS (SELECT 1 FROM conferences_decision WHERE conference_id = NEW.id AND state = 'drafted') THEN
    RAISE EXCEPTION 'minutes with a draft cannot be signed' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

_ASIDE = Q(state__in=["set_aside", "dropped"])


class MeetingRhythm(models.Model):
    """会议节奏: how often a network meets; the next conference is proposed by the clock."""

    network = models.OneToOneField("neighbourhood.Network", models.PROTECT, related_name="+")
    every = models.CharField(max_length=12)
    # Counted from here until a conference was held.
    first_on = models.DateField()
    venue = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="rhythm_every", condition=one_of("every", rules.Rhythm))]

    def __str__(self) -> str:
        return f"{self.network_id} {self.every}"


class Conference(models.Model):
    """联席会议: the members of a network, or units asked by a place, meet; from the notice to the signed minutes."""

    state = models.CharField(max_length=12, default="proposed")
    kind = models.CharField(max_length=8, default="regular")
    title = models.CharField(max_length=120)
    network = models.ForeignKey("neighbourhood.Network", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    venue = models.CharField(max_length=120, blank=True)
    bring = models.CharField(max_length=500, blank=True)
    # Of an urgent one: who asked for it (an office or a unit), about what, when.
    asked_by = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField(null=True)
    chair = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    recorder = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    noticed_at = models.DateTimeField(null=True)
    # The day of which all were reminded on the day before.
    reminded_of = models.DateField(null=True)
    began_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # The form's key, or the clock's: one of each is one conference.
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="conference_state", condition=one_of("state", rules.ConferenceState)),
            models.CheckConstraint(name="conference_kind", condition=one_of("kind", rules.ConferenceKind)),
            models.CheckConstraint(
                name="conference_urgent_asked",
                condition=Q(kind="regular", requested_at=None, asked_by="")
                | (Q(kind="urgent", requested_at__isnull=False) & ~Q(asked_by="") & ~Q(about="")),
            ),
            models.CheckConstraint(
                name="conference_held",
                condition=~Q(state__in=["in_session", "minuted", "signed"])
                | Q(chair__isnull=False, recorder__isnull=False, began_at__isnull=False),
            ),
            models.CheckConstraint(
                name="conference_signed",
                condition=(Q(state="signed") & Q(signed_at__isnull=False, closed_at__isnull=False))
                | (~Q(state="signed") & Q(signed_at=None)),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-starts_at"], name="conference_community"),
            models.Index(fields=["subdistrict", "-starts_at"], name="conference_subdistrict"),
            models.Index(fields=["network", "-starts_at"], name="conference_network"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_when_complete",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="signed") & ~pgtrigger.Q(old__state="signed"),
                func=_COMPLETE,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Call(models.Model):
    """与会方: a unit, or a person in their own right, called to a conference; and what the roll says of them."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="+")
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+")
    # Of the network on that day; others were asked beside it.
    member = models.BooleanField(default=True)
    bring = models.CharField(max_length=200, blank=True)
    presence = models.CharField(max_length=8, blank=True)
    # Whose people stand for it: another member that was there, or somebody by name or office.
    proxy = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    # Who came for it as proxy, or why nobody came.
    words = models.CharField(max_length=200, blank=True)
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="call_one", condition=one_given("unit", "person")),
            models.CheckConstraint(
                name="call_presence",
                condition=Q(presence="", proxy=None, words="")
                | Q(presence="present", proxy=None)
                | (Q(presence="proxy") & (Q(proxy__isnull=False) | ~Q(words="")))
                | (Q(presence="absent", proxy=None) & ~Q(words="")),
            ),
            models.UniqueConstraint(fields=["conference", "unit"], name="call_unit_once"),
            models.UniqueConstraint(fields=["conference", "person"], name="call_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conference_id}: {self.unit_id or self.person_id}"


class Topic(models.Model):
    """议题: what is to be talked about, out of a problem, a need or a member's words."""

    conference = models.ForeignKey(Conference, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, default="tabled")
    title = models.CharField(max_length=120)
    words = models.CharField(max_length=1000, blank=True)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    need = models.ForeignKey("exchange.Need", models.PROTECT, null=True, related_name="+")
    # Which member tabled it; none where the desk did.
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    why_aside = models.CharField(max_length=200, blank=True)
    # The same topic at an earlier conference, which ended without a decision on it.
    carried_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    tabled_at = models.DateTimeField()
    once = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="topic_state", condition=one_of("state", rules.TopicState)),
            models.CheckConstraint(name="topic_one_source", condition=Q(problem=None) | Q(need=None)),
            models.CheckConstraint(
                name="topic_aside_said", condition=(_ASIDE & ~Q(why_aside="")) | (~_ASIDE & Q(why_aside=""))
            ),
        ]
        indexes = [models.Index(fields=["conference", "id"], name="topic_conference")]

    def __str__(self) -> str:
        return self.title
