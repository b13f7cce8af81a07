"""The day of a pledge is put off: asked by the giver, agreed by the receiver, both days kept."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from gongzhi.exchange import actions, queries
from gongzhi.exchange.clock import take_steps
from gongzhi.exchange.models import Pledge
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from tests.exchange.making import DAY, TODAY, inbox, promised, settle
from tests.exchange.test_time import NOTHING
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def put_off(town: Town, pledge: Pledge, day: date, words: str = "配件没有到") -> Pledge:
    return actions.put_off(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, later_on=day, words=words, now=NOW)


def test_the_day_moves_once_the_receiver_agrees_and_the_trail_keeps_both(town: Town) -> None:
    pledge, day = promised(town, due_on=TODAY + DAY), TODAY + 20 * DAY
    put_off(town, pledge, day)
    pledge.refresh_from_db()
    assert (pledge.due_on, pledge.later_on) == (TODAY + DAY, day), "until the other side agrees it stays"
    assert inbox(town, "dongzheng_shuji")[0] == "对方请求延期，请答复"
    assert take_steps(now=NOW + 2 * DAY) == NOTHING | {"reminded": 1}
    actions.agree_day(town.actor("dongzheng_shegong"), pledge_id=pledge.pk, now=NOW + 2 * DAY)
    pledge.refresh_from_db()
    assert (pledge.due_on, pledge.later_on) == (day, None) and inbox(town, "chengguan_lianluo")[0] == "对方同意延期"
    kept = {"from_day": str(TODAY + DAY), "to_day": str(day)}
    told = {one.verb: one for one in queries.pledge_trail(town.actor("dongzheng_shegong"), pledge.pk)}
    assert told["put_off"].data == kept and told["put_off"].words == "配件没有到" and told["agree_day"].data == kept
    assert take_steps(now=NOW + 19 * DAY) == NOTHING, "nothing is late before the new day"
    assert take_steps(now=NOW + 21 * DAY) == NOTHING | {"reminded": 1}, "and it is reminded of anew"
    assert take_steps(now=NOW + 30 * DAY) == NOTHING | {"climbed": 1}


def test_a_no_leaves_the_day_and_says_why(town: Town) -> None:
    pledge = promised(town, due_on=TODAY + DAY)
    put_off(town, pledge, TODAY + 5 * DAY)
    actions.keep_day(town.actor("dongzheng_shuji"), pledge_id=pledge.pk, words="汛期等不了", now=NOW)
    pledge.refresh_from_db()
    assert (pledge.due_on, pledge.later_on) == (TODAY + DAY, None)
    assert inbox(town, "chengguan_lianluo")[0] == "对方不同意延期"
    with pytest.raises(WrongState):
        actions.agree_day(town.actor("dongzheng_shuji"), pledge_id=pledge.pk, now=NOW)
    put_off(town, pledge, TODAY + 3 * DAY)
    assert list(queries.pledge_moves(town.actor("chengguan_lianluo"), pledge)) == ["deliver", "close", "put_off"]


def test_what_cannot_be_is_refused_in_words(town: Town) -> None:
    pledge = promised(town, due_on=TODAY + 10 * DAY)
    for day, why in ((TODAY + 10 * DAY, "晚于原来的日期"), (TODAY - DAY, "今天以后")):
        with pytest.raises(Refused, match=why):
            put_off(town, pledge, day)
    put_off(town, pledge, TODAY + 11 * DAY)
    with pytest.raises(Refused, match="已经请求延期"):
        put_off(town, pledge, TODAY + 12 * DAY)
    with pytest.raises(NotAllowed):
        actions.agree_day(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pledge.objects.update(later_on=TODAY)


def test_nobody_agrees_to_their_own_later_day(town: Town) -> None:
    """The subdistrict gives to its community; whoever leads the subdistrict stands on the giver's side alone."""
    lead = town.actor("yuejin_shuji")
    pledge = actions.note_pledge(
        town.actor("dongzheng_shegong"), kind="goods", what="灯具", quantity=3, measure="件", due_on=TODAY + DAY, now=NOW,
        once="a", receiver_place=town.places["dongzheng"], giver_place=town.places["yuejin"],
    )  # fmt: skip
    actions.put_off(lead, pledge_id=pledge.pk, later_on=TODAY + 9 * DAY, words="还在采购", now=NOW)
    pledge.refresh_from_db()
    assert queries.pledge_standings(lead, pledge) == {Side.GIVER}
    assert Standing.LEAD in queries.pledge_standings(town.actor("qu_fuze"), pledge)
    with pytest.raises(NotAllowed):
        actions.agree_day(lead, pledge_id=pledge.pk, now=NOW)
    assert Pledge.objects.get().later_on == TODAY + 9 * DAY
