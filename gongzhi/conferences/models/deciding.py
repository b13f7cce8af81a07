"""What a conference decided; tables and constraints only."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongzhi.conferences import rules
from gongzhi.exchange.rules import Kind
from gongzhi.projects.rules import Strand
from gongzhi.shared.checks import one_given, one_of

_COUNTED = sorted(one.value for one in rules.COUNTED)
_STRANDS = [one.value for one in Strand]
_OWNED = one_given("owner_unit", "owner_place")
# What was signed is what was decided.
_UNCHANGED = """
IF (NEW.conference_id, NEW.topic_id, NEW.kind, NEW.what, NEW.owner_unit_id, NEW.owner_place_id, NEW.due_on, NEW.amount,
    NEW.strands)
    IS DISTINCT FROM
    (OLD.conference_id, OLD.topic_id, OLD.kind, OLD.what, OLD.owner_unit_id, OLD.owner_place_id, OLD.due_on, OLD.amount,
    OLD.strands)
THEN RAISE EXCEPTION 'what was decided stays' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""
_UNWRITTEN = """
IF (SELECT state FROM conferences_conference WHERE id = NEW.conference_id) = 'signed' THEN
    RAISE EXCEPTION 'the minutes are signed' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Decision(models.Model):
    """决定事项: what is done, by which one unit or office, by which day; what came of it stands beside it."""

    conference = models.ForeignKey("conferences.Conference", models.CASCADE, related_name="+")
    topic = models.ForeignKey("conferences.Topic", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, default="drafted")
    kind = models.CharField(max_length=8)
    what = models.CharField(max_length=90)
    owner_unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    owner_place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    # Of a pledge or a need; the amount as it was said, such as 近20万.
    thing = models.CharField(max_length=12, blank=True)
    amount = models.CharField(max_length=12, blank=True)
    measure = models.CharField(max_length=12, blank=True)
    problem = models.ForeignKey("problems.Problem", models.PROTECT, null=True, related_name="+")
    # Of a project: which of the five strands it belongs to.
    strands = ArrayField(models.CharField(max_length=12), default=list)
    # What came of it with the signature.
    pledge = models.OneToOneField("exchange.Pledge", models.PROTECT, null=True, related_name="+")
    need = models.OneToOneField("exchange.Need", models.PROTECT, null=True, related_name="+")
    project = models.OneToOneField("projects.Project", models.PROTECT, null=True, related_name="+")
    # When it was done, or in which time by what people said (数天).
    finished_on = models.DateField(null=True)
    finished_span = models.CharField(max_length=20, blank=True)
    finished_words = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField()
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_state", condition=one_of("state", rules.DecisionState)),
            models.CheckConstraint(name="decision_kind", condition=one_of("kind", rules.DecisionKind)),
            models.CheckConstraint(
                name="decision_owned_and_dated",
                condition=Q(state__in=["drafted", "struck"]) | (_OWNED & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="decision_counted",
                condition=(Q(kind__in=_COUNTED) & one_of("thing", Kind) & ~Q(amount="") & ~Q(measure=""))
                | (~Q(kind__in=_COUNTED) & Q(thing="", amount="", measure="")),
            ),
            models.CheckConstraint(
                name="decision_of_a_problem", condition=~Q(kind="problem") | Q(problem__isnull=False)
            ),
            models.CheckConstraint(
                name="decision_of_a_project",
                condition=Q(kind="project", strands__contained_by=_STRANDS) | (~Q(kind="project") & Q(strands=[])),
            ),
            models.CheckConstraint(
                name="decision_finished",
                condition=Q(state="finished", finished_on__isnull=False, finished_span="")
                | (Q(state="finished", finished_on=None) & ~Q(finished_span=""))
                | (~Q(state="finished") & Q(finished_on=None, finished_span="")),
            ),
        ]
        indexes = [
            models.Index(fields=["conference", "id"], name="decision_conference"),
            models.Index(fields=["owner_unit", "due_on"], name="decision_owner", condition=Q(state="binding")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="not_after_signing", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_UNWRITTEN
            ),
            pgtrigger.Trigger(
                name="what_was_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="drafted"),
                func=_UNCHANGED,
            ),
        ]

    def __str__(self) -> str:
        return self.what
