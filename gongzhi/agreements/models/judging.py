"""How both sides judged each other, clause by clause; until both are in, nothing of it stands in the clear."""

import pgtrigger
from django.db import models
from django.db.models import Q

from gongzhi.agreements import rules
from gongzhi.agreements.models.signing import Agreement, Clause, Party
from gongzhi.shared.checks import one_of

_OPEN_TOGETHER = """
IF (SELECT count(DISTINCT (p.unit_id IS NULL)) FROM agreements_judgement j JOIN agreements_party p ON p.id = j.party_id
    WHERE j.review_id = NEW.id) < 2
THEN RAISE EXCEPTION 'one side has not judged yet' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW;
"""
# Before the opening nothing in the clear, after it nothing else than what was sealed.
_SEALED = """
IF (SELECT state FROM agreements_review WHERE id = NEW.review_id) = 'opened' THEN
    IF TG_OP = 'INSERT' OR NEW.sealed IS DISTINCT FROM OLD.sealed
    THEN RAISE EXCEPTION 'the review was opened' USING ERRCODE = 'check_violation'; END IF;
ELSIF NEW.wish <> '' OR NEW.words <> ''
THEN RAISE EXCEPTION 'the review is sealed' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW;
"""
_AFTER_OPENING = """
IF NOT EXISTS (SELECT 1 FROM agreements_judgement j JOIN agreements_review r ON r.id = j.review_id
    WHERE j.id = NEW.judgement_id AND r.state = 'opened')
THEN RAISE EXCEPTION 'the review is sealed' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW;
"""


class Review(models.Model):
    """双向评议: both sides judge how the other kept its clauses, on mirrored forms that are opened together."""

    state = models.CharField(max_length=8, default="sealed")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    terms = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_on = models.DateField()
    told_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    # What the judgements propose together.
    proposal = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="review_state", condition=one_of("state", rules.ReviewState)),
            models.CheckConstraint(
                name="review_opened",
                condition=(Q(state="opened", opened_at__isnull=False) & one_of("proposal", rules.Wish))
                | (~Q(state="opened") & Q(opened_at=None, proposal="")),
            ),
            models.UniqueConstraint(fields=["agreement"], name="review_one_at_a_time", condition=Q(state="sealed")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="open_together",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="opened"),
                func=_OPEN_TOGETHER,
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.started_at:%Y-%m-%d}"


class Judgement(models.Model):
    """评议表: what one party says of the other side's clauses; sealed, then in the clear in its verdicts."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    wish = models.CharField(max_length=8, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    filled_at = models.DateTimeField()
    filled_by = models.ForeignKey("neighbourhood.Person", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "party"], name="judgement_once"),
            models.CheckConstraint(name="judgement_wish", condition=Q(wish="") | one_of("wish", rules.Wish)),
        ]
        triggers = [
            pgtrigger.Protect(name="not_taken_away", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="sealed", when=pgtrigger.Before, operation=pgtrigger.Insert | pgtrigger.Update, func=_SEALED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.party_id}"


class Verdict(models.Model):
    """逐条评价: how one party says that one clause was kept; written when the review is opened, never changed."""

    judgement = models.ForeignKey(Judgement, models.PROTECT, related_name="+", db_index=False)
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="+")
    mark = models.CharField(max_length=8)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judgement", "clause"], name="verdict_once"),
            models.CheckConstraint(name="verdict_mark", condition=one_of("mark", rules.Mark)),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="after_opening", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_AFTER_OPENING
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judgement_id} {self.clause_id} {self.mark}"
