"""Who gave to whom: what counts as once, on which day, who may be told of it, and where sides belong."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Pledge
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import MemberUnit
from gongzhi.neighbourhood.rules import CLOCK
from tests.exchange.making import (
    BUREAU,
    DAY,
    INSURER,
    TODAY,
    agreed,
    balance_of_unit,
    need_details,
    promised,
    settle,
    state_offer,
)
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def deliver(town: Town, pledge: Pledge, quantity: int = 1, days_ago: int = 0, confirm: bool = True) -> int:
    """One part of the bureau's, confirmed by Dongzheng or not; its number."""
    giver, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shuji")
    one = actions.deliver(giver, pledge_id=pledge.pk, quantity=quantity, day=TODAY - days_ago * DAY, now=NOW)
    if confirm:
        actions.confirm_delivery(desk, delivery_id=one.pk, now=NOW)
    return one.pk


def times(town: Town, who: str = "qu_fuze", **asked: object) -> dict[tuple[str, str], int]:
    """How many times who gave to whom, by name."""
    found = queries.who_gave(town.actor(who), **asked)  # type: ignore[arg-type]
    return {(found.sides[one.giver].name, found.sides[one.receiver].name): one.times for one in found.ties}


PAIR = (BUREAU, "东正社区本身")


def test_what_was_confirmed_counts_once_a_part_and_nothing_else_does(town: Town) -> None:
    pledge = promised(town)
    deliver(town, pledge, confirm=False)
    assert times(town) == {}
    deliver(town, pledge)
    deliver(town, pledge, 2)
    assert times(town) == {PAIR: 2}
    assert times(town, kind="skill") == {PAIR: 2} and times(town, kind="place") == {}


def test_only_the_days_asked_for_count(town: Town) -> None:
    pledge = promised(town)
    deliver(town, pledge)
    assert times(town, since=TODAY, until=TODAY) == {PAIR: 1}
    assert times(town, since=TODAY + DAY) == {} == times(town, until=TODAY - DAY)


def test_a_corrected_part_counts_as_what_was_confirmed_last(town: Town) -> None:
    giver, desk, pledge = town.actor("chengguan_lianluo"), town.actor("dongzheng_shuji"), promised(town)
    first = deliver(town, pledge, 2)
    for quantity, expected in (("1", 1), ("0", 0)):
        fixed = actions.correct_delivery(
            giver, delivery_id=first, quantity=Decimal(quantity), day=TODAY, words="记错", now=NOW
        )
        assert sum(times(town).values()) == 1, "until the correction is confirmed the first stands"
        actions.confirm_delivery(desk, delivery_id=fixed.pk, now=NOW)
        assert sum(times(town).values()) == expected
        first = fixed.pk


def test_each_sees_their_own_part(town: Town) -> None:
    deliver(town, promised(town))
    seen = {who for who in town.accounts if times(town, who) == {PAIR: 1}}
    assert seen == {
        "chengguan_lianluo", "dongzheng_shegong", "dongzheng_shuji", "yuejin_jiedao", "yuejin_shuji", "qu_fuze",
        "qu_kanban", "guanli",
    }  # fmt: skip
    assert times(town, "xinyu_shuji") == {} == times(town, "baoxian_lianluo")


def test_what_met_a_confidential_need_is_told_to_those_who_may_read_it(town: Town) -> None:
    insurer, bureau = town.actor("baoxian_lianluo"), town.actor("chengguan_lianluo")
    details = need_details(confidential=True)
    need = actions.state_need(insurer, details=details, unit=town.units[INSURER], now=NOW, once="secret").need
    actions.verify_need(town.actor("xinyu_shuji"), need_id=need.pk, now=NOW)
    offer = state_offer(town, visibility="public")
    match = actions.suggest_match(CLOCK, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    actions.offer_match(town.actor("xinyu_shuji"), match_id=match.pk, now=NOW)
    pledge = agreed(town, match, receiver="baoxian_lianluo")
    part = actions.deliver(bureau, pledge_id=pledge.pk, quantity=1, day=TODAY, now=NOW)
    actions.confirm_delivery(insurer, delivery_id=part.pk, now=NOW)
    told = {who for who in town.accounts if times(town, who)}
    assert told == {"chengguan_lianluo", "baoxian_lianluo", "xinyu_shuji", "xinyu_shegong"}
    listed = {who for who in town.accounts if queries.visible_pledges(town.actor(who)).filter(pk=pledge.pk).exists()}
    assert listed == told, "the pledge itself names its receiver, so it is seen by no others"
    unit = town.units[INSURER].pk
    assert queries.balance_by_pair(town.actor("qu_fuze"), ("unit", unit)) == {}
    assert balance_of_unit(insurer, unit).received.times.total() == 1


def test_a_unit_lies_where_it_is_registered_else_in_its_network_else_nowhere(town: Town) -> None:
    deliver(town, promised(town))
    unit = town.units[BUREAU]

    def path() -> list[str]:
        found = queries.who_gave(town.actor("qu_fuze"))
        return [found.spots[key].name for key in found.sides[f"u{unit.pk}"].path]

    assert path() == ["跃进村街道", "东正社区"]
    MemberUnit.objects.filter(pk=unit.pk).update(registered_place=town.places["yuejin"])
    assert path() == ["跃进村街道", "跃进村街道直属"]
    MemberUnit.objects.filter(pk=unit.pk).update(registered_place=None)
    assert path() == ["没有登记地点"]
    for place, days in (("xinyu", 9), ("xingsheng", 5)):
        day = TODAY - timedelta(days=days)
        network = neighbourhood.found_network(FOUNDER, name=place, place=town.places[place], on=day, now=NOW)
        neighbourhood.join_network(FOUNDER, network=network, unit=unit, on=day, now=NOW)
    assert path() == ["建胜镇", "新雨社区"], "the network that it joined first"
    MemberUnit.objects.filter(pk=unit.pk).update(registered_place=town.places["district"])
    assert path() == ["大渡口区直属"]


def test_it_takes_five_queries_however_many_there_are(town: Town) -> None:
    deliver(town, promised(town))
    for _number in range(2):
        with CaptureQueriesContext(connection) as seen:
            queries.who_gave(town.actor("dongzheng_shegong"))
        deliver(town, promised(town))
    # One of them asks who is asking.
    assert len(seen) <= 6


def test_an_account_is_opened_by_those_whose_it_is_and_those_it_had_to_do_with(town: Town) -> None:
    unit = town.units[INSURER].pk

    def sees(who: str) -> bool:
        try:
            return queries.seen_unit(town.actor(who), unit).pk == unit
        except MemberUnit.DoesNotExist:
            return False

    assert {who for who in town.accounts if sees(who)} == {
        "baoxian_lianluo", "xinyu_shuji", "xinyu_shegong", "qu_fuze", "qu_kanban", "guanli",
    }  # fmt: skip
    with pytest.raises(MemberUnit.DoesNotExist):
        queries.seen_unit(town.actor("qu_fuze"), 10**6)
