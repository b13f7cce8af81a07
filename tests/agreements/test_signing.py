"""An agreement binds both sides or nobody signs; what was signed stays as it was signed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from gongzhi.agreements import actions, queries
from gongzhi.agreements.models import Agreement, Clause, Measure, Party, Signature, Template
from gongzhi.agreements.rules import TWO_WAY, ProofKind, Side
from gongzhi.shared.moves import Refused
from tests.agreements.making import DAY, DESK, UNIT, draft, party, ready, sent, sign, signed
from tests.exchange.making import BUREAU, INSURER, inbox
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def _ready(town: Town) -> None:
    ready(town)


def clause(row: Agreement, kind: str, side: str) -> Clause:
    return Clause.objects.get(agreement=row, terms=row.terms, kind=kind, side=side)


def test_a_district_starts_from_ten_measures_and_four_of_them_bind_both_sides(town: Town) -> None:
    assert Measure.objects.count() == 10
    row = draft(town)
    clauses = queries.clauses_of(row)
    assert len({one.measure_id for one in clauses}) == 10
    for kind in TWO_WAY:
        assert {one.side for one in clauses if one.kind == kind} == {"local", "unit"}


@pytest.mark.parametrize("kind", list(TWO_WAY))
@pytest.mark.parametrize("side", list(Side))
def test_a_missing_direction_stops_everybody_and_is_named(town: Town, kind: str, side: str) -> None:
    row, desk = draft(town), town.actor(DESK)
    gone = clause(row, kind, side)
    details = actions.ClauseDetails(gone.measure, side, gone.words, gone.proof, gone.target)
    actions.drop_clause(desk, agreement_id=row.pk, clause_id=gone.pk, now=NOW)
    with pytest.raises(Refused, match="还不能签署"):
        actions.circulate(desk, agreement_id=row.pk, now=NOW)
    Agreement.objects.filter(pk=row.pk).update(offered_at=NOW)
    with pytest.raises(Refused, match="还不能签署"):
        sign(town, row, unit=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            party=party(row, unit=True), terms=1, signer="某人", signed_on=NOW.date(), noted_at=NOW
        )
    Agreement.objects.filter(pk=row.pk).update(offered_at=None)
    actions.write_clause(desk, agreement_id=row.pk, details=details, now=NOW)
    assert actions.circulate(desk, agreement_id=row.pk, now=NOW).offered_at


def test_it_is_in_force_when_the_last_one_has_signed(town: Town) -> None:
    row = sent(town)
    assert "请签署共建协议" in inbox(town, UNIT) and not queries.units_with_agreement(NOW.date())
    assert sign(town, row, unit=False).state == "draft"
    with pytest.raises(Refused, match="今天以后"):
        sign(town, row, unit=True, signed_on=NOW.date() + DAY)
    done = sign(town, row, unit=True)
    assert (done.state, done.in_force) == ("active", 1)
    assert queries.units_with_agreement(NOW.date()) == {town.units[BUREAU].pk}
    assert not queries.units_with_agreement(row.until + DAY)
    assert sorted(Signature.objects.values_list("terms", flat=True)) == [1, 1]


def test_a_later_beginning_waits_for_its_day(town: Town) -> None:
    row = signed(town, since=NOW.date() + 3 * DAY)
    assert row.state == "signed"
    assert actions.keep_agreements(now=NOW)["started"] == 0
    assert actions.keep_agreements(now=NOW + 3 * DAY)["started"] == 1
    row.refresh_from_db()
    assert row.state == "active"


def test_what_was_signed_is_not_changed_only_followed(town: Town) -> None:
    row = signed(town)
    old = queries.clauses_of(row, 1)
    for change in (old[0].delete, lambda: Clause.objects.filter(pk=old[0].pk).update(words="别的")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.update(signer="别人")
    desk = town.actor(DESK)
    row = actions.amend_agreement(desk, agreement_id=row.pk, words="加一条", now=NOW)
    assert (row.state, row.terms, row.in_force) == ("draft", 2, 1)
    assert queries.units_with_agreement(NOW.date()), "the first version holds until the second is signed"
    new = queries.clauses_of(row)[0]
    details = actions.ClauseDetails(new.measure, new.side, "新的说法", new.proof, 95)
    actions.write_clause(desk, agreement_id=row.pk, clause_id=new.pk, details=details, now=NOW)
    actions.circulate(desk, agreement_id=row.pk, now=NOW)
    with pytest.raises(Refused, match="再请您签署"):
        actions.sign_agreement(
            town.actor(UNIT), agreement_id=row.pk, party_id=party(row, unit=True).pk, signer="某人",
            signed_on=NOW.date(), now=NOW, terms=1,
        )  # fmt: skip
    sign(town, row, unit=True)
    assert sign(town, row, unit=False).in_force == 2
    assert queries.clauses_of(row, 1)[0].words == old[0].words != queries.clauses_of(row, 2)[0].words


def test_taken_back_before_anybody_signed_it_stays_the_same_version(town: Town) -> None:
    row = sent(town)
    row = actions.amend_agreement(town.actor(DESK), agreement_id=row.pk, words="写错了", now=NOW)
    assert (row.terms, row.offered_at) == (1, None)
    with pytest.raises(Agreement.DoesNotExist):
        queries.get_agreement(town.actor(UNIT), row.pk)


@pytest.mark.parametrize(
    "wrong", [{"target": 0}, {"target": 101}, {"side": "local"}, {"side": "x"}, {"proof": "x"}, {"words": " "}]
)
def test_a_clause_must_be_provable(town: Town, wrong: dict[str, Any]) -> None:
    row = draft(town)
    given = {
        "measure": queries.measures()[0],
        "side": "unit",
        "words": "按时填",
        "proof": ProofKind.LISTS,
        "target": 90,
    }
    with pytest.raises(Refused):
        actions.write_clause(
            town.actor(DESK), agreement_id=row.pk, details=actions.ClauseDetails(**given | wrong), now=NOW
        )  # fmt: skip


def test_parties_stand_once_and_are_kept_to_after_signing(town: Town) -> None:
    row, desk = draft(town), town.actor(DESK)
    more = {"units": [town.units[BUREAU], town.units[INSURER]], "places": [town.places["yuejin"]]}
    assert actions.add_parties(desk, agreement_id=row.pk, now=NOW, **more) == 2
    with pytest.raises(Refused):
        actions.add_parties(desk, agreement_id=row.pk, now=NOW, places=[town.places["building"]])
    insurer = Party.objects.get(agreement=row, unit=town.units[INSURER])
    actions.drop_party(desk, agreement_id=row.pk, party_id=insurer.pk, now=NOW)
    assert queries.parties_of(row).count() == 3
    row = actions.circulate(desk, agreement_id=row.pk, now=NOW)
    with pytest.raises(Refused, match="修改条款"):
        actions.add_parties(desk, agreement_id=row.pk, now=NOW, units=[town.units[INSURER]])


def test_one_form_is_one_draft_and_days_must_fit(town: Town) -> None:
    assert draft(town).pk == draft(town).pk
    for wrong in ({"until": NOW.date() - DAY}, {"until": NOW.date() + timedelta(days=9000)}, {"title": "　"}):
        with pytest.raises(Refused):
            draft(town, once="b", **wrong)


def test_time_warns_expires_and_tells_each_once(town: Town) -> None:
    row = signed(town)
    near = NOW + timedelta(days=320)
    assert actions.keep_agreements(now=near)["warned"] == 1 and actions.keep_agreements(now=near)["warned"] == 0
    assert inbox(town, UNIT).count("共建协议快到期了，请商量是否续签") == 1
    assert actions.keep_agreements(now=NOW + timedelta(days=367))["expired"] == 1
    row.refresh_from_db()
    assert row.state == "expired" and "共建协议已到期" in inbox(town, UNIT)
    following = actions.renew_agreement(
        town.actor(DESK), agreement_id=row.pk, until=row.until + 700 * DAY, now=NOW + timedelta(days=368)
    )
    assert following.since > row.until and len(queries.clauses_of(following)) == 14
    assert queries.parties_of(following).count() == 2


def test_a_draft_can_become_the_next_version_of_a_template(town: Town) -> None:
    row = draft(town)
    name = row.template.name
    with pytest.raises(Refused):
        actions.keep_as_template(town.actor(DESK), agreement_id=row.pk, name=name, now=NOW)
    made = actions.keep_as_template(town.actor("guanli"), agreement_id=row.pk, name=name, now=NOW)
    assert made.version == 2 and queries.templates() == [made] and Template.objects.count() == 2
    assert len(queries.template_clauses(made)) == len(queries.clauses_of(row))
