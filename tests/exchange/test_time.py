"""What time brings, each once and never forgotten; what a met need frees; what units gave and got."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions, queries
from gongzhi.exchange.clock import take_steps
from gongzhi.exchange.models import BalanceTask, Match, Need, Offer, Pledge, Unlock
from gongzhi.exchange.rules import Kind
from gongzhi.neighbourhood.models import MemberUnit
from gongzhi.shared.models import Notice
from gongzhi.shared.moves import NotAllowed, Refused
from tests.exchange.making import (
    BUREAU,
    DAY,
    INSURER,
    TODAY,
    agreed,
    asked,
    balance_of_unit,
    inbox,
    need_details,
    offer_details,
    promised,
    settle,
    state_offer,
    verified,
)
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build

NOTHING = {
    "ended": 0,
    "lapsed": 0,
    "unanswered": 0,
    "reminded": 0,
    "climbed": 0,
    "outreaches": 0,
    "silent": 0,
    "wiped": 0,
    "rounds": 0,
}


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def test_what_nobody_answers_is_told_to_the_leaders_once(town: Town) -> None:
    match = asked(town, verified(town), state_offer(town), due_on=TODAY + 60 * DAY)
    # Monday: three working days on is Thursday, at closing.
    assert match.answer_due_at and match.answer_due_at.isoformat()[:16] == "2026-06-11T18:00"
    assert take_steps(now=NOW + 3 * DAY) == NOTHING
    assert take_steps(now=NOW + 20 * DAY) == NOTHING | {"unanswered": 1}, "however long the server was down"
    assert take_steps(now=NOW + 21 * DAY) == NOTHING
    assert inbox(town, "dongzheng_shuji")[0] == "征求意见到期，还没有人答复"
    assert Match.objects.get().state == "offered", "it is told, not decided"


def test_a_late_pledge_reminds_its_giver_and_then_climbs_once_each(town: Town) -> None:
    promised(town, due_on=TODAY + DAY)
    assert take_steps(now=NOW + DAY) == NOTHING
    assert take_steps(now=NOW + 2 * DAY) == NOTHING | {"reminded": 1}
    assert inbox(town, "chengguan_lianluo")[0] == "承诺已到期，请兑现或说明"
    assert take_steps(now=NOW + 8 * DAY) == NOTHING
    assert take_steps(now=NOW + 9 * DAY) == NOTHING | {"climbed": 1}
    assert inbox(town, "dongzheng_shuji")[0] == "承诺逾期未兑现"
    assert take_steps(now=NOW + 30 * DAY) == NOTHING


def test_steps_missed_while_the_server_was_down_are_all_taken(town: Town) -> None:
    promised(town, due_on=TODAY + DAY)
    assert take_steps(now=NOW + 100 * DAY) == NOTHING | {"reminded": 1, "climbed": 1}


def test_one_step_that_fails_keeps_no_other_waiting(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.exchange.actions import telling

    first, second = promised(town, due_on=TODAY + DAY), promised(town, due_on=TODAY + DAY)
    tell = telling.of_pledge

    def broken(pledge: Pledge, *rest: Any, **more: Any) -> None:
        if pledge.pk == first.pk:
            raise OSError("no inbox")
        tell(pledge, *rest, **more)

    monkeypatch.setattr(telling, "of_pledge", broken)
    assert take_steps(now=NOW + 2 * DAY) == NOTHING | {"reminded": 1}
    assert Pledge.objects.get(pk=second.pk).reminded_at and not Pledge.objects.get(pk=first.pk).reminded_at
    monkeypatch.undo()
    assert take_steps(now=NOW + 2 * DAY) == NOTHING | {"reminded": 1}, "the other one at the next sweep"


def test_how_many_days_is_a_row_that_the_district_sets(town: Town) -> None:
    with pytest.raises(NotAllowed):
        actions.change_setting(town.actor("dongzheng_shuji"), code="climb_days", value=2, now=NOW)
    for code, value in (("moon", 3), ("climb_days", 0)):
        with pytest.raises(Refused):
            actions.change_setting(FOUNDER, code=code, value=value, now=NOW)
    actions.change_setting(FOUNDER, code="climb_days", value=2, now=NOW)
    promised(town, due_on=TODAY + DAY)
    assert take_steps(now=NOW + 4 * DAY) == NOTHING | {"reminded": 1, "climbed": 1}


def test_offers_end_and_needs_lapse_on_their_day_but_not_what_is_promised(town: Town) -> None:
    state_offer(town, valid_until=TODAY + DAY)
    lapsing, kept = verified(town, deadline=TODAY + DAY), verified(town, deadline=TODAY + DAY)
    agreed(town, asked(town, kept, state_offer(town), due_on=TODAY + 50 * DAY))
    assert take_steps(now=NOW + DAY) == NOTHING
    assert take_steps(now=NOW + 2 * DAY) == NOTHING | {"ended": 1, "lapsed": 1}
    assert take_steps(now=NOW + 2 * DAY) == NOTHING
    assert (Need.objects.get(pk=lapsing.pk).state, Need.objects.get(pk=kept.pk).state) == ("lapsed", "verified")
    assert Offer.objects.filter(state="ended").count() == 1
    assert inbox(town, "dongzheng_shegong")[0] == "需求到期，还没有满足"


def test_a_met_need_puts_forward_what_it_frees_in_the_same_breath(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    parking, road, garden = (verified(town, title=title) for title in ("停车", "修路", "花园"))
    for freed in (road, garden):
        actions.link_unlock(desk, need_id=parking.pk, frees_id=freed.pk, now=NOW)
    actions.withdraw_need(desk, need_id=garden.pk, words="不做了", now=NOW)
    pledge = _of(town, parking)
    delivery = actions.deliver(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=4, day=TODAY, now=NOW)
    assert Need.objects.get(pk=road.pk).urgency == 1
    actions.confirm_delivery(desk, delivery_id=delivery.pk, now=NOW)
    assert (Need.objects.get(pk=parking.pk).state, Need.objects.get(pk=road.pk).urgency) == ("met", 2)
    assert Need.objects.get(pk=garden.pk).urgency == 1, "what was withdrawn stays so"
    notice = Notice.objects.get(noun="need", noun_id=road.pk, subject="前一项已解决，可以提这一项了")
    assert notice.body == "停车解决了，可以提修路了"
    assert "put_forward" in [entry.verb for entry in queries.need_trail(desk, road.pk)]
    assert [one.frees.title for one in queries.unlocks_of(desk, parking.pk)] == ["修路", "花园"]


def _of(town: Town, need: Need) -> Pledge:
    return agreed(town, asked(town, need, state_offer(town)))


def test_needs_do_not_wait_for_each_other_in_a_circle(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    first, second, third = (verified(town) for _ in range(3))
    actions.link_unlock(desk, need_id=first.pk, frees_id=second.pk, now=NOW)
    actions.link_unlock(desk, need_id=second.pk, frees_id=third.pk, now=NOW)
    for one, other in ((third, first), (second, first), (first, first)):
        with pytest.raises(Refused, match="互相等待"):
            actions.link_unlock(desk, need_id=one.pk, frees_id=other.pk, now=NOW)
    actions.link_unlock(desk, need_id=first.pk, frees_id=second.pk, now=NOW)
    assert Unlock.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_close_a_circle_from_both_ends_do_not() -> None:
    town = build()
    settle(town)
    desk = town.actor("dongzheng_shegong")
    first, second = verified(town), verified(town)
    results = at_once(
        lambda: actions.link_unlock(desk, need_id=first.pk, frees_id=second.pk, now=NOW),
        lambda: actions.link_unlock(desk, need_id=second.pk, frees_id=first.pk, now=NOW),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    assert Unlock.objects.count() == 1


def _deliver(town: Town, amount: str, *, confirm: bool = True) -> None:
    pledge = promised(town)
    delivery = actions.deliver(
        town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=amount, day=TODAY, now=NOW
    )
    if confirm:
        actions.confirm_delivery(town.actor("dongzheng_shegong"), delivery_id=delivery.pk, now=NOW)


def test_both_columns_count_what_was_delivered_and_confirmed(town: Town) -> None:
    _deliver(town, "1.5")
    _deliver(town, "2")
    _deliver(town, "4", confirm=False)
    hours = (Kind.SKILL, "小时")
    for who in ("chengguan_lianluo", "dongzheng_shegong", "qu_kanban"):
        mine = balance_of_unit(town.actor(who), town.units[BUREAU].pk)
        assert (mine.gave.times[hours], mine.gave.amounts[hours]) == (2, Decimal("3.5"))
        assert not mine.received.amounts
    pairs = queries.balance_by_pair(town.actor("chengguan_lianluo"), ("unit", town.units[BUREAU].pk))
    assert list(pairs) == [("place", town.places["dongzheng"].pk)]
    assert not queries.balance_by_pair(town.actor("xinyu_shegong"), ("unit", town.units[BUREAU].pk))


def test_a_unit_that_received_nothing_for_a_year_is_asked_what_it_needs_once_a_year(town: Town) -> None:
    MemberUnit.objects.filter(name=BUREAU).update(joined_on=TODAY - 400 * DAY)
    MemberUnit.objects.filter(name=INSURER).update(joined_on=TODAY - 100 * DAY)
    assert actions.raise_quiet(now=NOW) == 1
    task = BalanceTask.objects.get()
    assert (task.unit, task.place) == (town.units[BUREAU], town.places["dongzheng"])
    assert inbox(town, "dongzheng_shegong")[0] == "这家单位一年没有得到任何支持，请问问需要什么"
    assert queries.visible_tasks(town.actor("dongzheng_shegong")).get() == task
    assert not queries.visible_tasks(town.actor("xinyu_shegong")).exists()
    assert actions.raise_quiet(now=NOW + 400 * DAY) == 1, "the insurer's; the bureau's is still open"
    actions.answer_quiet(town.actor("dongzheng_shegong"), task_id=task.pk, words="想要停车位", now=NOW + 400 * DAY)
    assert actions.raise_quiet(now=NOW + 401 * DAY) == 1, "a year later it is asked again"


def test_a_unit_that_received_something_is_left_alone(town: Town) -> None:
    MemberUnit.objects.filter(name=BUREAU).update(joined_on=TODAY - 400 * DAY)
    desk, unit = town.actor("dongzheng_shegong"), town.actor("chengguan_lianluo")
    need = actions.state_need(unit, details=need_details(), unit=town.units[BUREAU], now=NOW, once="n").need
    actions.verify_need(desk, need_id=need.pk, now=NOW)
    offer = actions.state_offer(
        town.actor("dongzheng_shuji"), details=offer_details(), place=town.places["dongzheng"], now=NOW, once="o"
    ).offer
    match = asked(town, need, offer)
    pledge = agreed(town, match, giver="dongzheng_shegong", receiver="chengguan_lianluo")
    delivery = actions.deliver(desk, pledge_id=pledge.pk, quantity=4, day=TODAY, now=NOW)
    actions.confirm_delivery(unit, delivery_id=delivery.pk, now=NOW)
    assert actions.raise_quiet(now=NOW + timedelta(days=30)) == 0
    assert balance_of_unit(unit, town.units[BUREAU].pk).received.times[Kind.SKILL, "小时"] == 1
    assert actions.raise_quiet(now=NOW + timedelta(days=400)) >= 1
