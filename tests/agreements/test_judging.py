"""Neither side reads what the other says before both are in; then everything is opened at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongzhi.agreements import actions, queries
from gongzhi.agreements.models import Agreement, Judgement, Review, Verdict
from gongzhi.agreements.rules import Mark, Wish, proposal
from gongzhi.shared.moves import Refused, WrongState
from tests.agreements.making import DESK, UNIT, judge, party, ready, reviewed, signed
from tests.exchange.making import inbox
from tests.town import NOW, Town

SECRET = "从不回电话"


@pytest.fixture
def review(town: Town) -> Review:
    ready(town)
    return reviewed(town, signed(town))


def test_forms_mirror_each_other(town: Town, review: Review) -> None:
    (unit,) = queries.forms_to_fill(town.actor(UNIT), review)
    (local,) = queries.forms_to_fill(town.actor(DESK), review)
    assert {one.side for one in unit.clauses} == {"local"} and {one.side for one in local.clauses} == {"unit"}
    assert not queries.forms_to_fill(town.actor("qu_fuze"), review)


def test_nothing_is_in_the_clear_before_both_are_in(town: Town, review: Review) -> None:
    judge(town, review, unit=True, mark=Mark.NOT_KEPT, why=SECRET, words=SECRET, wish=Wish.CHANGE)
    row = Judgement.objects.get()
    assert SECRET.encode() not in bytes(row.sealed) and not row.words and not row.wish
    assert not Verdict.objects.exists() and queries.voices_of(review) == ([], [])
    for deed in (
        lambda: Judgement.objects.filter(pk=row.pk).update(words=SECRET),
        lambda: Verdict.objects.create(judgement=row, clause=queries.clauses_of(review.agreement)[0], mark="kept"),
        lambda: Review.objects.filter(pk=review.pk).update(state="opened", opened_at=NOW, proposal="renew"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
    (own,) = queries.forms_to_fill(town.actor(UNIT), review)
    assert own.handed_in and own.words == SECRET, "one's own form can be read and changed"


def test_the_last_form_opens_both_and_a_proposal_comes_of_them(town: Town, review: Review) -> None:
    judge(town, review, unit=True, mark=Mark.NOT_KEPT, why=SECRET)
    judge(town, review, unit=True, mark=Mark.PARTLY)
    opened = judge(town, review, unit=False, wish=Wish.RENEW)
    opened.refresh_from_db()
    assert (opened.state, opened.proposal) == ("opened", "renew")
    voices, judged = queries.voices_of(opened)
    assert len(judged) == 2 and all(sum(one.marks.values()) == 1 for one in voices)
    assert not any(one.words for one in voices), "what was changed before the opening is not told"
    assert "共建协议的评议已打开" in inbox(town, UNIT) and "共建协议的评议已打开" in inbox(town, DESK)
    with pytest.raises(WrongState):
        judge(town, opened, unit=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgement.objects.filter(review=opened).update(sealed=b"x")
    assert actions.keep_on(town.actor(DESK), agreement_id=review.agreement_id, now=NOW).state == "active"


def test_every_clause_needs_a_mark_and_a_bad_one_a_word(town: Town, review: Review) -> None:
    with pytest.raises(Refused, match="每一条"):
        judge(town, review, unit=True, mark="")
    with pytest.raises(Refused, match="写一句"):
        judge(town, review, unit=True, mark=Mark.NOT_KEPT)
    with pytest.raises(Refused, match="今后怎么办"):
        judge(town, review, unit=True, wish="dance")
    assert not Judgement.objects.exists()


def test_one_side_that_stays_away_is_told_of_once_and_its_leader_may_give_up(town: Town, review: Review) -> None:
    judge(town, review, unit=True)
    late = NOW + timedelta(days=31)
    assert actions.end_reviews(now=late) == 1 and actions.end_reviews(now=late) == 0
    assert inbox(town, DESK)[0] == "共建协议的评议到期了，还有一方没有交"
    review.refresh_from_db()
    assert review.state == "sealed"
    actions.drop_review(town.actor(DESK), review_id=review.pk, words="对方换了人", now=late)
    assert Agreement.objects.get().state == "active" and not Verdict.objects.exists()


def test_many_parties_are_opened_on_the_day_where_both_sides_spoke(town: Town) -> None:
    ready(town)
    row = signed(town)
    review = reviewed(town, row)
    judge(town, review, unit=True)
    Judgement.objects.create(
        review=review, party=party(row, unit=False), sealed=Judgement.objects.get().sealed, filled_at=NOW
    )
    assert actions.end_reviews(now=NOW + timedelta(days=29)) == 0
    assert actions.end_reviews(now=NOW + timedelta(days=31)) == 1
    assert Review.objects.get().state == "opened"


def test_a_review_begins_on_its_day(town: Town) -> None:
    ready(town)
    row = signed(town, review_on=NOW.date() + timedelta(days=100))
    assert actions.keep_agreements(now=NOW)["reviewed"] == 0
    assert actions.keep_agreements(now=NOW + timedelta(days=100))["reviewed"] == 1
    assert Review.objects.get(agreement=row).terms == 1
    with pytest.raises(Refused, match="正在评议"):
        actions.amend_agreement(town.actor(DESK), agreement_id=row.pk, words="改", now=NOW)


def test_what_is_proposed() -> None:
    kept = [Mark.KEPT, Mark.PARTLY]
    assert proposal([Wish.RENEW, Wish.RENEW], kept) is Wish.RENEW
    assert proposal([Wish.RENEW, Wish.RENEW], [Mark.NOT_KEPT]) is Wish.CHANGE
    assert proposal([Wish.RENEW, Wish.END], kept) is Wish.CHANGE
    assert proposal([Wish.END], kept) is Wish.END
