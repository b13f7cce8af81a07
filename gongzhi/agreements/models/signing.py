"""Measures, templates, agreements with their parties and clauses, and who signed which version; tables and constraints."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from gongzhi.agreements import rules
from gongzhi.shared.checks import one_given, one_of

_NAMED = ", ".join(f"'{kind.value}'" for kind in rules.TWO_WAY)
# Each of the named kinds in both directions, or nobody signs.
_BOTH_WAYS = f"""
IF (SELECT count(DISTINCT (c.kind, c.side)) FROM agreements_clause c JOIN agreements_party p ON p.id = NEW.party_id
    WHERE c.agreement_id = p.agreement_id AND c.terms = NEW.terms AND c.kind IN ({_NAMED})) < {2 * len(rules.TWO_WAY)}
THEN RAISE EXCEPTION 'a two-way clause lacks a direction' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW;
"""  # noqa: S608
_NOT_AFTER_SIGNING = """
IF EXISTS (SELECT 1 FROM agreements_signature s JOIN agreements_party p ON p.id = s.party_id
    WHERE (TG_OP <> 'INSERT' AND p.agreement_id = OLD.agreement_id AND s.terms = OLD.terms)
       OR (TG_OP <> 'DELETE' AND p.agreement_id = NEW.agreement_id AND s.terms = NEW.terms))
THEN RAISE EXCEPTION 'what was signed is not changed' USING ERRCODE = 'check_violation'; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class AgreementSetting(models.Model):
    """A number that a district sets; the names and the values to start from stand in `rules.SETTINGS`."""

    code = models.CharField(max_length=40, unique=True)
    value = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


class Measure(models.Model):
    """措施: one of the measures that clauses come from; which there are is the district's to decide.

    A clause keeps the words that its measure had when it was written.
    """

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    english = models.CharField(max_length=60, blank=True)
    order = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(name="measure_kind", condition=one_of("kind", rules.ClauseKind))]

    def __str__(self) -> str:
        return self.name


class Template(models.Model):
    """范本: the clauses that a new agreement starts from; changed by a further version, the latest of a name counts."""

    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="template_version_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class TemplateClause(models.Model):
    """One clause of a template."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="+")
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)
    words = models.CharField(max_length=500)
    proof = models.CharField(max_length=12)
    target = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="template_clause_kinds", condition=one_of("side", rules.Side) & one_of("proof", rules.ProofKind)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.measure_id} {self.side}"


class Agreement(models.Model):
    """共建协议: what its parties owe each other from a day to a day.

    `terms` is the version that is written or goes round, `in_force` the last one that every party signed, 0 for none.
    """

    state = models.CharField(max_length=12, default="draft")
    title = models.CharField(max_length=120)
    # Whose desk keeps it.
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, related_name="+")
    community = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    subdistrict = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+", db_index=False)
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="+")
    # The one that it renews.
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField()
    # How many days before its end the parties are told, and how long a review stays open.
    warn_days = models.PositiveSmallIntegerField(default=60)
    review_days = models.PositiveSmallIntegerField(default=30)
    review_on = models.DateField(null=True)
    terms = models.PositiveSmallIntegerField(default=1)
    in_force = models.PositiveSmallIntegerField(default=0)
    # When this version was sent to its parties; empty while it is written.
    offered_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    # The form's key: one form sent twice is one agreement.
    once = models.CharField(max_length=80, unique=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="agreement_state", condition=one_of("state", rules.AgreementState)),
            models.CheckConstraint(name="agreement_days", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="agreement_terms", condition=Q(terms__gte=1, in_force__lte=F("terms"))),
            models.CheckConstraint(
                name="agreement_in_force",
                condition=Q(in_force__gte=1) | Q(state__in=["draft", "ended", "expired"]),
            ),
            models.CheckConstraint(
                name="agreement_review_on",
                condition=Q(review_on=None) | Q(review_on__gte=F("since"), review_on__lte=F("until")),
            ),
        ]
        indexes = [
            models.Index(fields=["until"], name="agreement_until", condition=Q(ended_at=None)),
            models.Index(fields=["community", "-id"], name="agreement_community"),
            models.Index(fields=["subdistrict", "-id"], name="agreement_subdistrict"),
        ]

    def __str__(self) -> str:
        return self.title


class Party(models.Model):
    """一方: a unit, or a street or community, that an agreement binds."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("neighbourhood.MemberUnit", models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey("neighbourhood.Place", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="party_unit_or_place", condition=one_given("unit", "place")),
            models.UniqueConstraint(fields=["agreement", "unit"], name="party_unit_once"),
            models.UniqueConstraint(fields=["agreement", "place"], name="party_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.unit_id or self.place_id}"


class Clause(models.Model):
    """条款: what one side owes the other by one version of an agreement, and what proves it."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", db_index=False)
    terms = models.PositiveSmallIntegerField()
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+")
    # As the measure was when it was written.
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    english = models.CharField(max_length=60, blank=True)
    side = models.CharField(max_length=8)
    words = models.CharField(max_length=500)
    proof = models.CharField(max_length=12)
    target = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clause_kinds",
                condition=one_of("kind", rules.ClauseKind)
                & one_of("side", rules.Side)
                & one_of("proof", rules.ProofKind),
            ),
            models.CheckConstraint(name="clause_words", condition=~Q(words="")),
            models.CheckConstraint(name="clause_target", condition=Q(target__gte=1)),
        ]
        indexes = [models.Index(fields=["agreement", "terms"], name="clause_agreement")]
        triggers = [
            pgtrigger.Trigger(
                name="not_after_signing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_NOT_AFTER_SIGNING,
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}.{self.terms} {self.words}"


class Signature(models.Model):
    """签署: one party signed one version; append-only."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    terms = models.PositiveSmallIntegerField()
    # Who signed for it, as the paper says.
    signer = models.CharField(max_length=60)
    signed_on = models.DateField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "terms"], name="signature_once"),
            models.CheckConstraint(name="signature_signer", condition=~Q(signer="")),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(name="both_ways", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_BOTH_WAYS),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.terms}"
