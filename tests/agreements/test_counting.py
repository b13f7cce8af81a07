"""The measures of a network where a page of today does not reach: needs whose last day has passed."""

from datetime import date

from gongzhi.agreements import queries
from gongzhi.agreements.queries import Health
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions as exchange
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.models import Network
from gongzhi.neighbourhood.registers import visible_networks
from tests.exchange.making import BUREAU, DAY, TODAY, settle, verified
from tests.exchange.making import state_need as stated
from tests.town import NOW, Town


def measured(town: Town, network: Network, days: int) -> Health:
    row = visible_networks(town.actor("dongzheng_shuji")).get(pk=network.pk)
    return queries.health_of(town.actor("dongzheng_shuji"), row, since=TODAY, until=TODAY + days * DAY)


def test_needs_with_a_last_day_count_once_it_has_passed_or_they_are_met(town: Town) -> None:
    settle(town)
    network = register.found_network(FOUNDER, name="东正", place=town.places["dongzheng"], on=date(2020, 1, 1), now=NOW)
    register.join_network(FOUNDER, network=network, unit=town.units[BUREAU], on=date(2020, 1, 1), now=NOW)
    verified(town, deadline=TODAY + 2 * DAY)
    gone = stated(town, deadline=TODAY + DAY)
    desk = town.actor("dongzheng_shegong")
    exchange.withdraw_need(desk, need_id=gone.pk, words="不用了", now=NOW)
    verified(town, "xinyu", "xinyu_shegong", deadline=TODAY + DAY)
    assert measured(town, network, 2).needs == (0, 0), "open on its last day is not late yet"
    assert measured(town, network, 3).needs == (0, 1) == measured(town, network, 3).closure
    assert measured(town, network, 3).mix == (0, 0), "one member makes no pair"
    early = verified(town, deadline=TODAY + 2 * DAY)
    exchange.meet_need(desk, need_id=early.pk, words="居民自己修好了", now=NOW)
    assert measured(town, network, 2).needs == (1, 1)
    assert measured(town, network, 3).closure == (1, 2)
