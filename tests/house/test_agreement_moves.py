"""Every move of an agreement and of its review, by everyone, from every state."""

from typing import Any

import pytest

from gongzhi.agreements import actions, queries
from gongzhi.agreements.models import Agreement, Party, Review
from gongzhi.agreements.rules import AGREEMENT_MOVES, REVIEW_MOVES, AgreementState, Part, ReviewState
from gongzhi.neighbourhood.rules import Standing
from tests.agreements.making import DAY, draft, judge, party, ready, reviewed, signed
from tests.house.test_exchange_moves import LATER, Do, Sight, _everyone
from tests.town import NOW, Town

_TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _ready(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        ready(request.getfixturevalue("town"))


def _own(actor: Any, pk: int) -> Party:
    """The party for which this one speaks, or any where they speak for none."""
    row = Agreement.objects.get(pk=pk)
    return (queries.own_parties(actor, row) or list(queries.parties_of(row)))[0]


def _note(actor: Any, pk: int, words: str = "走访") -> Any:
    row = Agreement.objects.get(pk=pk)
    clause = next(one for one in queries.clauses_of(row) if one.proof == "noted" and one.side == "unit")
    return actions.note_evidence(
        actor, agreement_id=pk, clause_id=clause.pk, party_id=party(row, unit=True).pk, day=_TODAY, words=words,
        now=LATER, once="note",
    )  # fmt: skip


def _sign(actor: Any, pk: int, signer: str = "某人") -> Any:
    return actions.sign_agreement(
        actor, agreement_id=pk, party_id=_own(actor, pk).pk, signer=signer, signed_on=_TODAY, now=LATER
    )


def _judge(actor: Any, pk: int) -> Any:
    review = Review.objects.get(pk=pk)
    forms = queries.forms_to_fill(actor, review)
    marks = {str(one.pk): ("kept", "") for one in forms[0].clauses} if forms else {"0": ("kept", "")}
    mine = forms[0].party.pk if forms else party(review.agreement, unit=True).pk
    return actions.judge(actor, review_id=pk, party_id=mine, marks=marks, wish="renew", words="", now=LATER)


VERBS: dict[str, Do] = {
    "change": lambda a, pk: actions.change_days(
        a, agreement_id=pk, title="另一个名称", since=_TODAY, until=_TODAY + 9 * DAY, now=LATER
    ),
    "circulate": lambda a, pk: actions.circulate(a, agreement_id=pk, now=LATER),
    "sign": _sign,
    "amend": lambda a, pk: actions.amend_agreement(a, agreement_id=pk, words="改", now=LATER),
    "note": _note,
    "review": lambda a, pk: actions.start_review(a, agreement_id=pk, now=LATER),
    "keep": lambda a, pk: actions.keep_on(a, agreement_id=pk, now=LATER),
    "renew": lambda a, pk: actions.renew_agreement(a, agreement_id=pk, until=_TODAY + 999 * DAY, now=LATER),
    "end": lambda a, pk: actions.end_agreement(a, agreement_id=pk, words="不办了", now=LATER),
}
BLANK: dict[str, Do] = {
    "sign": lambda a, pk: _sign(a, pk, " "),
    "amend": lambda a, pk: actions.amend_agreement(a, agreement_id=pk, words="　", now=LATER),
    "note": lambda a, pk: _note(a, pk, " "),
    "end": lambda a, pk: actions.end_agreement(a, agreement_id=pk, words="\n", now=LATER),
}
# What time brings is tried with what brings it about; a day left out is no day.
OF_TIME, WITHOUT_DAY = {"start", "warn", "expire"}, {"renew"}
REVIEW_VERBS: dict[str, Do] = {
    "judge": _judge,
    "drop": lambda a, pk: actions.drop_review(a, review_id=pk, words="对方换了人", now=LATER),
}
REVIEW_OF_TIME = {"open", "tell"}

# An agreement of Dongzheng with the bureau: who stands how towards it.
SIGHT: Sight = {
    "qu_kanban": {Standing.READER}, "qu_fuze": {Standing.LEAD}, "guanli": {Standing.OPERATOR},
    "yuejin_shuji": {Standing.LEAD}, "yuejin_jiedao": {Standing.DESK},
    "dongzheng_shuji": {Standing.LEAD, Part.PARTY}, "dongzheng_shegong": {Standing.DESK, Part.PARTY},
    "chengguan_lianluo": {Part.PARTY}, "clock": {Standing.CLOCK},
    "xinyu_shuji": None, "xinyu_shegong": None, "xingsheng_shegong": None, "baoxian_lianluo": None, "stranger": None,
}  # fmt: skip
UNSENT: Sight = SIGHT | {"chengguan_lianluo": None}


def _put(town: Town, state: str, **more: Any) -> Agreement:
    row = signed(town)
    Agreement.objects.filter(pk=row.pk).update(state=state, **more)
    row.refresh_from_db()
    return row


def test_every_verb_of_the_tables_has_its_action() -> None:
    assert set(VERBS) | OF_TIME == set(AGREEMENT_MOVES)
    assert set(BLANK) | WITHOUT_DAY == {verb for verb, row in AGREEMENT_MOVES.items() if row.needs}
    assert set(REVIEW_VERBS) | REVIEW_OF_TIME == set(REVIEW_MOVES)


@pytest.mark.parametrize("state", [one for one in AgreementState if one is not AgreementState.DRAFT])
def test_every_move_of_an_agreement_by_everyone(town: Town, state: str) -> None:
    _everyone(AGREEMENT_MOVES, "agreement", town, SIGHT, VERBS, _put(town, state))


def test_every_move_of_a_draft_by_everyone(town: Town) -> None:
    row = draft(town)
    written = {verb: do for verb, do in VERBS.items() if verb not in {"sign", "amend"}}
    _everyone(AGREEMENT_MOVES, "agreement", town, UNSENT, written, row)
    row = actions.circulate(town.actor("dongzheng_shuji"), agreement_id=row.pk, now=NOW)
    going = {verb: do for verb, do in VERBS.items() if verb not in {"change", "circulate"}}
    _everyone(AGREEMENT_MOVES, "agreement", town, SIGHT, going, row)


@pytest.mark.parametrize("state", list(ReviewState))
def test_every_move_of_a_review_by_everyone(town: Town, state: str) -> None:
    review = reviewed(town, signed(town))
    if state == ReviewState.OPENED:
        judge(town, review, unit=True)
        judge(town, review, unit=False)
    if state == ReviewState.DROPPED:
        actions.drop_review(town.actor("qu_fuze"), review_id=review.pk, words="作罢", now=NOW)
    review.refresh_from_db()
    _everyone(REVIEW_MOVES, "review", town, SIGHT, REVIEW_VERBS, review)
