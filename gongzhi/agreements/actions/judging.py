"""Both sides judge each other clause by clause; sealed until both are in, then opened together with what they propose."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from gongzhi.agreements import queries, rules
from gongzhi.agreements.actions import steps
from gongzhi.agreements.models import Agreement, Judgement, Party, Review, Verdict
from gongzhi.agreements.rules import AgreementState, Mark, ReviewState, Wish
from gongzhi.demands import masking
from gongzhi.exchange.queries import DESK_STANDINGS
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import notices, secrets
from gongzhi.shared.moves import Refused, _

PLEASE = _("请逐条评议共建协议，双方交齐后同时打开")
OPENED = _("共建协议的评议已打开")
NOT_IN = _("共建协议的评议到期了，还有一方没有交")


@transaction.atomic
def start_review(actor: Actor, *, agreement_id: int, now: datetime, seen: int | None = None) -> Review:
    """Ask every party to judge how the other side kept its clauses."""
    return begin_review_of(steps.begin(actor, agreement_id, "review", now, seen=seen))


def begin_review_of(step: steps.Step[Agreement]) -> Review:
    """The review of an agreement on which the move was decided, and its parties told."""
    row = step.thing
    due_on = step.now.date() + timedelta(days=row.review_days)
    review = Review.objects.create(agreement=row, terms=row.in_force, started_at=step.now, due_on=due_on)
    row.review_on = None
    steps.note(step.actor, review, "start", "", step.now)
    steps.tell(row, PLEASE, step.now, body=f"{row.title} {due_on:%Y-%m-%d}")
    steps.finish(step, data={"review": review.pk, "due_on": due_on.isoformat()})
    return review


@transaction.atomic
def judge(
    actor: Actor,
    *,
    review_id: int,
    party_id: int,
    marks: Mapping[str, tuple[str, str]],
    wish: str,
    words: str,
    now: datetime,
) -> Review:
    """One party's form: a mark for every clause that the other side owes (`marks`: clause to mark and words).

    Sealed, and changed by its party until the opening, which comes with the last one. Raises Party.DoesNotExist, Refused.
    """
    step = steps.begin_review(actor, review_id, "judge", now, marks=marks, wish=wish)
    review = step.thing
    form = next((one for one in queries.forms_to_fill(actor, review) if one.party.pk == party_id), None)
    if form is None:
        raise Party.DoesNotExist
    said = {}
    for clause in form.clauses:
        mark, why = marks.get(str(clause.pk), ("", ""))
        if mark not in set(Mark):
            raise Refused(_("请每一条都选一项；说不准的，选“说不准”。"))
        why = masking.clean_text(why, 500).strip()
        if mark == Mark.NOT_KEPT and not why:
            raise Refused(_("选了“没有做到”的，请写一句是什么事。"))
        said[str(clause.pk)] = (mark, why)
    if wish not in set(Wish):
        raise Refused(_("请选今后怎么办。"))
    kept = {"marks": said, "wish": wish, "words": masking.clean_text(words, 1000).strip()}
    sealed = secrets.seal(json.dumps(kept, ensure_ascii=False))
    given = {"sealed": sealed, "filled_at": now, "filled_by_id": actor.person_id}
    Judgement.objects.update_or_create(review=review, party=form.party, defaults=given)
    if Judgement.objects.filter(review=review).count() == queries.parties_of(review.agreement).count():
        step.after = ReviewState.OPENED.value
    steps.note(actor, review, "judge", review.state, now, data={"party": party_id})
    if step.after == ReviewState.OPENED:
        _open(review, now)
    return review


def _open(review: Review, now: datetime) -> None:
    """Everything in the clear at once, and what it proposes."""
    rows = list(Judgement.objects.filter(review=review).order_by("pk"))
    kept = {row.pk: json.loads(secrets.unseal(row.sealed)) for row in rows}
    marks = [Mark(mark) for one in kept.values() for mark, _words in one["marks"].values()]
    wishes = [Wish(one["wish"]) for one in kept.values()]
    before = review.state
    review.state, review.opened_at = ReviewState.OPENED.value, now
    review.proposal = rules.proposal(wishes, marks).value
    review.save()
    for row in rows:
        row.wish, row.words = kept[row.pk]["wish"], kept[row.pk]["words"]
        row.save(update_fields=["wish", "words"])
    Verdict.objects.bulk_create(
        Verdict(judgement=row, clause_id=int(clause), mark=mark, words=why)
        for row in rows
        for clause, (mark, why) in kept[row.pk]["marks"].items()
    )
    steps.note(CLOCK, review, "open", before, now, data={"proposal": review.proposal})
    steps.tell(review.agreement, OPENED, now)


@transaction.atomic
def drop_review(actor: Actor, *, review_id: int, words: str, now: datetime) -> Review:
    """A leader no longer waits for those who do not judge; what was sealed stays sealed for ever."""
    step = steps.begin_review(actor, review_id, "drop", now, words=words)
    review = steps.finish(step, words=steps.needed(words, 500, "words", _("不再等，作罢")))
    if review.agreement.state == AgreementState.IN_REVIEW:
        steps.finish(steps.begin(CLOCK, review.agreement_id, "keep", now))
    return review


def drop_open_review(actor: Actor, row: Agreement, words: str, now: datetime) -> None:
    """The same where the agreement itself is over."""
    for review in Review.objects.select_for_update().filter(agreement=row, state=ReviewState.SEALED.value):
        before = review.state
        review.state = ReviewState.DROPPED.value
        review.save()
        steps.note(actor, review, "drop", before, now, words=words)


def end_reviews(*, now: datetime) -> int:
    """For the clock: on the day after its last one a review is opened, if both sides said something; else its desk is
    told, once. Returns how many."""
    today = timezone.localtime(now).date()
    rows = Review.objects.filter(state=ReviewState.SEALED.value, due_on__lt=today).order_by("pk")
    return steps.each(rows.values_list("pk", flat=True), partial(_end, now=now))


@transaction.atomic
def _end(review_id: int, *, now: datetime) -> bool:
    sides = {
        queries.side_of(one.party)
        for one in Judgement.objects.filter(review=review_id).select_related("party").order_by("pk")
    }
    if len(sides) == 2:
        _open(steps.begin_review(CLOCK, review_id, "open", now).thing, now)
        return True
    step = steps.begin_review(CLOCK, review_id, "tell", now)
    review, row = step.thing, step.thing.agreement
    if review.told_at:
        return False
    review.told_at = now
    staff = neighbourhood.staff_at([row.place_id], *DESK_STANDINGS, today=timezone.localtime(now).date())
    people = [one.pk for one in staff]
    notices.tell_people("agreement", row.pk, people, NOT_IN, row.title, now=now)
    steps.finish(step)
    return True
