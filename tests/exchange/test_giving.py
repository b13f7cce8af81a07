"""爱心账: what came, what it was used for, what is left, and what everybody may read of it."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.exchange import actions as exchange
from gongzhi.exchange.actions import giving
from gongzhi.exchange.actions.giving import From, Gift
from gongzhi.exchange.giving_rules import Amount, Qualifier, read_amount, totals, written
from gongzhi.exchange.models import Contribution, Entry, Pledge, Use
from gongzhi.exchange.queries import giving as queries
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Missing, NotAllowed, Refused
from tests.exchange.making import BUREAU, DAY, INSURER, TODAY, agreed, asked, inbox, settle, state_offer, verified
from tests.town import NOW, Town, build


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def note(
    town: Town, amount: str = "12000", *, unit: str | None = INSURER, once: str = "a", **more: Any
) -> Contribution:
    """What the insurer gave Dongzheng, noted by its desk."""
    said = {"kind": "funds", "measure": "元", "came_on": TODAY, "what_for": "补种绿化"}
    giver = From(unit=town.units[unit] if unit else None, name=more.pop("name", ""))
    desk, place = town.actor(more.pop("who", "dongzheng_shegong")), town.places["dongzheng"]
    gift = Gift(amount=amount, **(said | more))
    return giving.note_contribution(desk, place=place, giver=giver, gift=gift, now=NOW, once=once)


def spend(town: Town, row: Contribution, quantity: str = "5000", **more: Any) -> Use:
    said = {"day": TODAY, "what": "买树苗", "now": NOW} | more
    return giving.use_contribution(town.actor("dongzheng_shegong"), contribution_id=row.pk, quantity=quantity, **said)


@pytest.mark.parametrize(
    ("text", "number", "qualifier"),
    [
        ("12000", "12000", "exact"),
        ("12,000.50", "12000.5", "exact"),
        ("１２万元", "120000", "exact"),
        ("近20万", "200000", "nearly"),
        (" 近 20 万元 ", "200000", "nearly"),
        ("20余万元", "200000", "over"),
        ("20万余元", "200000", "over"),
        ("300多", "300", "over"),
        ("约1.5万", "15000", "about"),
        ("大约300元", "300", "about"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, number: str, qualifier: str) -> None:
    assert read_amount(text, "元") == (Decimal(number), Qualifier(qualifier))


@pytest.mark.parametrize("text", ["", "元", "很多", "近20余万", "-5", "0", "1e5", "近", "20万万", "1.234", "9" * 20])
def test_what_is_no_amount_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused):
        read_amount(text, "元")


def test_large_amounts_are_written_short_and_the_rest_as_it_is() -> None:
    assert written(Decimal(200_000), "元", by_ten_thousand=True) == {"number": "20", "measure": "万元"}
    assert written(Decimal(205_000), "元", by_ten_thousand=True) == {"number": "20.5", "measure": "万元"}
    assert written(Decimal("12345.60"), "元", by_ten_thousand=True) == {"number": "12,345.6", "measure": "元"}
    assert written(Decimal(200_000), "元", by_ten_thousand=False) == {"number": "200,000", "measure": "元"}


numbers = st.integers(1, 10**8).map(Decimal)
amounts = st.builds(Amount, numbers, st.sampled_from(Qualifier), st.sampled_from(["元", "件"]), st.just(Decimal(0)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(amounts, max_size=8))
def test_what_is_only_stated_is_never_in_a_sum(rows: list[Amount]) -> None:
    found = {total.measure: total for total in totals(rows)}
    assert set(found) == {one.measure for one in rows}
    for measure, total in found.items():
        mine = [one for one in rows if one.measure == measure]
        assert total.exact == sum((one.number for one in mine if one.qualifier is Qualifier.EXACT), Decimal(0))
        assert total.stated == [one for one in mine if one.qualifier is not Qualifier.EXACT]


def test_it_is_noted_used_and_what_is_left_is_counted(town: Town) -> None:
    row = note(town)
    assert note(town).pk == row.pk, "the same form twice is one"
    spend(town, row)
    row.refresh_from_db()
    assert (row.quantity, row.used, queries.amount_of(row).left) == (12000, 5000, 7000)
    with pytest.raises(Refused, match="只剩7000元"):
        spend(town, row, "7000.01")
    spend(town, row, "7000", what="买水管")
    row.refresh_from_db()
    assert queries.amount_of(row).left == 0
    assert "贵方给的用了一笔" in inbox(town, "baoxian_lianluo")[0]
    assert [entry.verb for entry in queries.contribution_trail(town.actor("dongzheng_shegong"), row.pk)] == [
        "note",
        "use",
        "use",
    ]


def test_the_database_itself_lets_nothing_be_used_twice(town: Town) -> None:
    row = note(town, "100")
    columns = {"contribution": row, "used_on": TODAY, "what": "x", "noted_at": NOW}
    Use.objects.create(quantity=60, **columns)
    with pytest.raises(IntegrityError, match="not_used_up_twice"), transaction.atomic():
        Use.objects.create(quantity=41, **columns)
    with pytest.raises(IntegrityError, match="not_used_up_twice"), transaction.atomic():
        Entry.objects.create(
            contribution=row, quantity=59, qualifier="exact", came_on=TODAY, what_for="x", words="少了", noted_at=NOW
        )
    for change in (
        lambda: Use.objects.update(quantity=1),
        lambda: Use.objects.all().delete(),
        lambda: Entry.objects.update(quantity=1),
        lambda: Contribution.objects.filter(pk=row.pk).update(giver_unit=town.units[BUREAU]),
    ):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            change()
    row.refresh_from_db()
    assert (row.used, row.giver_unit) == (60, town.units[INSURER])


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_use_the_same_money() -> None:
    town = build()
    settle(town)
    row, found = note(town, "100"), []

    def use() -> None:
        try:
            spend(town, row, "60")
            found.append("used")
        except Refused:
            found.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    row.refresh_from_db()
    assert sorted(found) == ["refused", "used"] and row.used == 60


def test_what_is_only_stated_is_bounded_where_it_says_so(town: Town) -> None:
    near, over = note(town, "近20万"), note(town, "20余万", once="b")
    with pytest.raises(Refused, match="只剩200000元"):
        spend(town, near, "200001")
    spend(town, over, "200001")
    over.refresh_from_db()
    assert queries.amount_of(over).left is None and over.used == 200_001
    (total,) = queries.totals_of(Contribution.objects.all())
    assert (total.exact, len(total.stated)) == (0, 2)


def test_a_mistake_is_corrected_by_a_further_row_with_words(town: Town) -> None:
    row, desk = note(town), town.actor("dongzheng_shegong")
    use = spend(town, row)
    said = {"contribution_id": row.pk, "day": TODAY, "now": NOW}
    with pytest.raises(Refused, match="已经用了5000元"):
        giving.correct_contribution(desk, amount="4000", what="补种", words="写错", **said)
    with pytest.raises(Missing):
        giving.correct_use(desk, use_id=use.pk, quantity="3000", what="买树苗", words=" ", **said)
    giving.correct_use(desk, use_id=use.pk, quantity="3000", what="买树苗", words="发票是三千", **said)
    giving.correct_use(desk, use_id=use.pk, quantity="3500", what="买树苗", words="还有运费", **said)
    row.refresh_from_db()
    assert row.used == 3500
    (spent,) = queries.uses_of([row.pk])[row.pk]
    assert [one.quantity for one in (*spent.earlier, spent.row)] == [5000, 3000, 3500]
    giving.correct_contribution(desk, amount="近2万", what="补种绿化", words="还没有点清", **said)
    row.refresh_from_db()
    assert (row.quantity, row.qualifier, Entry.objects.filter(contribution=row).count()) == (20_000, "nearly", 2)
    assert "还没有点清" in queries.contribution_trail(desk, row.pk)[-1].words


def test_an_old_picture_is_refused(town: Town) -> None:
    row = note(town)
    spend(town, row, seen=1)
    with pytest.raises(Refused, match="刚才有人办过"):
        spend(town, row, "1", seen=1)


def test_days_must_have_come_and_in_order(town: Town) -> None:
    with pytest.raises(Refused, match="今天以前"):
        note(town, came_on=TODAY + DAY)
    with pytest.raises(Refused, match="先后"):
        note(town, came_on=TODAY, came_until=TODAY - DAY)
    with pytest.raises(Refused, match="今天以前"):
        note(town, came_on=date(1999, 12, 31))
    row = note(town, came_on=TODAY - 30 * DAY, came_until=TODAY)
    for day in (TODAY - 31 * DAY, TODAY + DAY):
        with pytest.raises(Refused, match="收到以后"):
            spend(town, row, day=day)


def test_only_the_place_itself_and_those_above_note_what_came_there(town: Town) -> None:
    for who in ("xinyu_shegong", "baoxian_lianluo"):
        with pytest.raises(NotAllowed):
            note(town, who=who)
    row = note(town)
    seen = {who: queries.visible_contributions(town.actor(who)).filter(pk=row.pk).exists() for who in town.accounts}
    assert {who for who, here in seen.items() if not here} == {
        "xinyu_shuji", "xinyu_shegong", "xingsheng_shegong", "chengguan_lianluo",
    }  # fmt: skip


def delivered(town: Town, *, kind: str = "funds", parts: tuple[int, ...] = (3000, 1000)) -> Pledge:
    """A pledge of the bureau to Dongzheng, of which so much came."""
    need = verified(town, kind=kind, title="活动室修缮", quantity=4000, measure="元")
    offer = state_offer(town, kind=kind, title="资金", quantity=4000, measure="元")
    pledge = agreed(town, asked(town, need, offer, 4000))
    for n, part in enumerate(parts):
        day = TODAY - (len(parts) - n) * DAY
        one = exchange.deliver(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=part, day=day, now=NOW)
        exchange.confirm_delivery(town.actor("dongzheng_shuji"), delivery_id=one.pk, now=NOW)
    return Pledge.objects.get(pk=pledge.pk)


def test_a_fulfilled_pledge_is_entered_once_as_it_was_confirmed(town: Town) -> None:
    desk, pledge = town.actor("dongzheng_shegong"), delivered(town)
    row = giving.enter_pledge(desk, pledge_id=pledge.pk, now=NOW)
    assert giving.enter_pledge(desk, pledge_id=pledge.pk, now=NOW).pk == row.pk
    assert (row.quantity, row.measure, row.what_for) == (4000, "元", "活动室修缮")
    assert (row.came_on, row.came_until, row.giver_unit) == (TODAY - 2 * DAY, TODAY - DAY, town.units[BUREAU])


def test_what_is_still_to_come_or_was_no_gift_is_not_entered(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    with pytest.raises(Refused, match="兑现并结束以后"):
        giving.enter_pledge(desk, pledge_id=delivered(town, parts=(1000,)).pk, now=NOW)
    with pytest.raises(Refused, match="兑现并结束以后"):
        giving.enter_pledge(desk, pledge_id=delivered(town, kind="skill").pk, now=NOW)
    with pytest.raises(Refused, match="兑现并结束以后"):
        giving.enter_pledge(town.actor("chengguan_lianluo"), pledge_id=delivered(town).pk, now=NOW)


def ledger(town: Town) -> queries.PublicLedger:
    found = queries.public_ledger(town.places["dongzheng"].pk)
    assert found is not None
    return found


def agree(town: Town, row: Contribution, openness: str, who: str = "baoxian_lianluo", **more: Any) -> Contribution:
    return giving.agree_public(town.actor(who), contribution_id=row.pk, openness=openness, now=NOW, **more)


def test_everybody_reads_only_what_the_giver_let_be_told(town: Town) -> None:
    row, other = note(town, what_for=f"{INSURER}补种绿化"), note(town, "800", unit=BUREAU, once="b")
    spend(town, row, what=f"用{INSURER}的钱买树苗")
    spend(town, other, "300")
    assert (ledger(town).lines, ledger(town).totals, ledger(town).hidden) == ([], [], 2)
    agree(town, row, "unnamed")
    (line,), (total,) = ledger(town).lines, ledger(town).totals
    assert (line.giver, line.named, total.exact, total.used, ledger(town).hidden) == ("一家单位", False, 12000, 5000, 1)
    assert INSURER not in line.what_for and INSURER not in line.uses[0][1]
    agree(town, row, "named")
    assert ledger(town).lines[0].giver == INSURER
    # What the other gave is in no sum, so that it cannot be reckoned from what is there.
    assert ledger(town).totals[0].exact == 12000
    giving.withdraw_public(town.actor("baoxian_lianluo"), contribution_id=row.pk, now=NOW)
    assert (ledger(town).lines, ledger(town).totals, ledger(town).hidden) == ([], [], 2)
    row.refresh_from_db()
    assert (row.state, row.agreed_on, row.agreed_words, row.agreed_by_id) == ("closed", None, "", None)


def test_a_desk_that_writes_consent_down_says_how_and_when(town: Town) -> None:
    row = note(town)
    with pytest.raises(Missing):
        agree(town, row, "named", "dongzheng_shegong")
    with pytest.raises(Refused, match="收到以后"):
        agree(town, row, "named", "dongzheng_shegong", words="函件同意", day=TODAY + DAY)
    row = agree(town, row, "named", "dongzheng_shegong", words="函件同意", day=TODAY)
    desk = town.accounts["dongzheng_shegong"]
    assert (row.agreed_on, row.agreed_words, row.agreed_by_id) == (TODAY, "函件同意", desk.person_id)
    assert "提供方同意公开" in inbox(town, "baoxian_lianluo")[0]
    with pytest.raises(Refused, match="署不署名"):
        agree(town, row, "closed")


def test_a_person_is_named_only_while_they_agree_and_nowhere_else(town: Town) -> None:
    row = note(town, "500", unit=None)
    assert queries.giver_of(row) == ""
    said = {"words": "当面同意", "day": TODAY}
    with pytest.raises(Missing):
        agree(town, row, "named", "dongzheng_shegong", **said)
    agree(town, row, "named", "dongzheng_shegong", name="老周", **said)
    assert ledger(town).lines[0].giver == "老周"
    giving.withdraw_public(town.actor("dongzheng_shegong"), contribution_id=row.pk, now=NOW)
    row.refresh_from_db()
    assert row.public_name == "" and ledger(town).lines == []
    written_down = "".join(f"{one.words}{one.data}{one.actor_label}" for one in TrailEntry.objects.all())
    assert "老周" not in written_down and "当面同意" not in written_down
    agree(town, row, "unnamed", "dongzheng_shegong", **said)
    assert ledger(town).lines[0].giver == "一位热心人"


def test_a_unit_that_is_no_member_is_named_with_consent_too(town: Town) -> None:
    row = note(town, "300件", unit=None, name="某某商贸行", kind="goods", measure="件")
    agree(town, row, "unnamed", "dongzheng_shegong", words="电话里说的")
    assert ledger(town).lines[0].giver == "一家单位"
    agree(town, row, "named", "dongzheng_shegong", words="电话里说的")
    assert ledger(town).lines[0].giver == "某某商贸行" and ledger(town).totals[0].measure == "件"


def test_a_place_without_a_ledger_has_none(town: Town) -> None:
    assert queries.public_ledger(town.places["building"].pk) is None
    assert queries.public_ledger(10**9) is None
    assert queries.public_places() == []
    agree(town, note(town), "named")
    assert queries.public_places() == [town.places["dongzheng"]]
