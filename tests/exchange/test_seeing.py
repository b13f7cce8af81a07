"""Who sees which offer and need: the own, the network's, a neighbour's after consent; a firm's need nobody above."""

from datetime import timedelta

import pytest

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Introduction, Match, Need, Offer
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.shared.models import Notice, TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused
from tests.exchange.making import (
    BUREAU,
    DAY,
    INSURER,
    TODAY,
    agreed,
    asked,
    inbox,
    need_details,
    promised,
    settle,
    state_offer,
    verified,
)
from tests.town import NOW, Town

SECRET = "想找人谈续租，租金付不起了"


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def _sees(town: Town, who: str, offer: Offer) -> bool:
    return queries.visible_offers(town.actor(who)).filter(pk=offer.pk).exists()


def test_an_offer_is_seen_where_its_unit_belongs_and_not_next_door(town: Town) -> None:
    offer = state_offer(town)
    assert {who for who in town.accounts if _sees(town, who, offer)} == {
        "chengguan_lianluo", "dongzheng_shegong", "dongzheng_shuji", "yuejin_jiedao", "yuejin_shuji", "qu_fuze",
        "qu_kanban", "guanli",
    }  # fmt: skip
    with pytest.raises(Offer.DoesNotExist) as absent:
        queries.get_offer(town.actor("xinyu_shegong"), offer.pk)
    with pytest.raises(Offer.DoesNotExist) as missing:
        queries.get_offer(town.actor("xinyu_shegong"), 10**6)
    assert str(absent.value) == str(missing.value)


def test_the_desk_of_a_network_sees_what_its_units_offer(town: Town) -> None:
    from gongzhi.console.demo.cast import FOUNDER

    offer = state_offer(town)
    assert not _sees(town, "xingsheng_shegong", offer)
    network = neighbourhood.found_network(
        FOUNDER, name="兴盛区域化党建实体", place=town.places["xingsheng"], on=TODAY, now=NOW
    )
    neighbourhood.join_network(FOUNDER, network=network, unit=town.units[BUREAU], on=TODAY, now=NOW)
    assert _sees(town, "xingsheng_shegong", offer)


def test_a_neighbours_unit_is_seen_once_its_own_community_agreed(town: Town) -> None:
    offer, kept = state_offer(town), state_offer(town, visibility="network")
    desk, lead = town.actor("xinyu_shegong"), town.actor("dongzheng_shuji")
    given = {"unit": town.units[BUREAU], "to_community": town.places["xinyu"], "now": NOW}
    with pytest.raises(Refused):
        actions.ask_introduction(desk, words=" ", **given)
    with pytest.raises(NotAllowed):
        actions.ask_introduction(town.actor("xingsheng_shegong"), words="想请教", **given)
    with pytest.raises(Refused, match="就在本社区"):
        actions.ask_introduction(desk, words="想请教", **(given | {"unit": town.units[INSURER]}))
    row = actions.ask_introduction(desk, words="想请教垃圾分类", **given)
    assert inbox(town, "dongzheng_shuji")[0] == "邻近社区请求介绍单位"
    with pytest.raises(Refused, match="已经请求过"):
        actions.ask_introduction(desk, words="再问", **given)
    assert not _sees(town, "xinyu_shegong", offer)
    with pytest.raises(NotAllowed):
        actions.agree_introduction(desk, introduction_id=row.pk, now=NOW)
    actions.agree_introduction(lead, introduction_id=row.pk, now=NOW)
    assert inbox(town, "xinyu_shegong")[0] == "对方社区同意介绍"
    assert _sees(town, "xinyu_shegong", offer)
    assert not _sees(town, "xinyu_shegong", kept), "the giver keeps this one to its own network"
    assert not _sees(town, "xingsheng_shegong", offer)
    need = verified(town, place="xinyu", who="xinyu_shegong")
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    assert agreed(town, match, receiver="xinyu_shegong").receiver_place == town.places["xinyu"]


def test_after_a_refusal_one_may_ask_again(town: Town) -> None:
    desk, lead = town.actor("xinyu_shegong"), town.actor("dongzheng_shuji")
    given = {"unit": town.units[BUREAU], "to_community": town.places["xinyu"], "words": "想请教", "now": NOW}
    row = actions.ask_introduction(desk, **given)
    actions.refuse_introduction(lead, introduction_id=row.pk, words="近期太忙", now=NOW)
    assert inbox(town, "xinyu_shegong")[0] == "对方社区不同意介绍"
    actions.ask_introduction(desk, **given)
    assert sorted(Introduction.objects.values_list("state", flat=True)) == ["asked", "refused"]


def _confidential(town: Town) -> Need:
    need = actions.state_need(
        town.actor("baoxian_lianluo"),
        details=need_details(title=SECRET, words=SECRET, confidential=True),
        unit=town.units[INSURER],
        now=NOW,
        once="secret",
    ).need
    return actions.verify_need(town.actor("xinyu_shegong"), need_id=need.pk, now=NOW)


def test_a_firms_confidential_need_is_read_by_its_own_people_and_its_own_desk_alone(town: Town) -> None:
    need = _confidential(town)
    readers = {who for who in town.accounts if queries.visible_needs(town.actor(who)).filter(pk=need.pk).exists()}
    assert readers == {"baoxian_lianluo", "xinyu_shegong", "xinyu_shuji"}
    assert all(SECRET not in row.body + row.subject for row in Notice.objects.all())
    assert all(SECRET not in f"{row.words}{row.data}" for row in TrailEntry.objects.filter(noun="need"))


def test_the_giver_reads_a_confidential_need_once_both_sides_agreed(town: Town) -> None:
    need, desk = _confidential(town), town.actor("xinyu_shegong")
    offer = actions.state_offer(desk, details=_own_offer(), place=town.places["xinyu"], now=NOW, once="o").offer
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    assert not queries.visible_matches(town.actor("qu_fuze")).exists(), "the district reads of it nothing"
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    assert queries.asked_of(town.actor("baoxian_lianluo"), match.pk).need_words == SECRET, "its own"
    other = Offer.objects.create(
        unit=town.units[BUREAU], community=town.places["dongzheng"], kind="skill", title="咨询", quantity=4,
        measure="小时", stated_at=NOW, once="other",
    )  # fmt: skip
    beside = Match.objects.create(
        need=need, offer=other, quantity=4, suggested_at=NOW, due_on=TODAY + DAY, state="offered"
    )
    unit = town.actor("chengguan_lianluo")
    told = queries.asked_of(unit, beside.pk)
    assert (told.need_title, told.need_words, told.receiver, told.kind, told.quantity) == ("", "", "", "skill", 4)
    actions.accept_match(unit, match_id=beside.pk, side=Side.GIVER, now=NOW)
    assert queries.asked_of(unit, beside.pk).need_words == ""
    actions.accept_match(town.actor("baoxian_lianluo"), match_id=beside.pk, side=Side.RECEIVER, now=NOW)
    assert queries.asked_of(unit, beside.pk).need_words == SECRET
    with pytest.raises(Need.DoesNotExist):
        queries.get_need(unit, need.pk)
    with pytest.raises(Match.DoesNotExist):
        queries.asked_of(town.actor("dongzheng_shegong"), beside.pk)


def _own_offer() -> actions.OfferDetails:
    return actions.OfferDetails(kind="skill", title="法律咨询", quantity=10, measure="小时")


def test_a_unit_sees_offers_that_it_was_asked_to_take(town: Town) -> None:
    unit, desk = town.actor("baoxian_lianluo"), town.actor("xinyu_shegong")
    offer = actions.state_offer(desk, details=_own_offer(), place=town.places["xinyu"], now=NOW, once="o").offer
    need = actions.state_need(unit, details=need_details(), unit=town.units[INSURER], now=NOW, once="n").need
    actions.verify_need(desk, need_id=need.pk, now=NOW)
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    assert not _sees(town, "baoxian_lianluo", offer)
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    assert _sees(town, "baoxian_lianluo", offer)


def test_buttons_are_what_the_table_lets_one_do(town: Town) -> None:
    need, offer = verified(town), state_offer(town)
    match = asked(town, need, offer)
    unit, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    assert list(queries.match_moves(unit, match)) == ["give", "decline"]
    assert list(queries.match_moves(desk, match)) == ["take", "decline"]
    match = actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=NOW)
    assert list(queries.match_moves(unit, match)) == ["decline"], "who has said yes is not asked again"
    assert list(queries.offer_moves(unit, offer)) == ["change", "pause", "end"]
    assert "verify" not in queries.need_moves(desk, need) and "withdraw" in queries.need_moves(desk, need)
    pledge = agreed(town, match)
    assert list(queries.pledge_moves(unit, pledge)) == ["deliver", "close", "put_off"]
    assert queries.pledge_moves(town.actor("qu_kanban"), pledge) == {}


def test_the_engine_is_given_what_is_open_verified_and_left(town: Town, django_assert_max_num_queries: object) -> None:
    need, offer = verified(town, quantity=6, windows=[(5, 540, 720)], tags=["照明"]), state_offer(town)
    asked(town, need, offer, 4)
    pledge = promised(town)
    delivery = actions.deliver(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=4, day=TODAY, now=NOW)
    actions.confirm_delivery(town.actor("dongzheng_shegong"), delivery_id=delivery.pk, now=NOW)
    actions.state_need(
        town.actor("dongzheng_shegong"), details=need_details(), place=town.places["dongzheng"], now=NOW, once="u"
    )
    desk = town.actor("dongzheng_shegong")
    found = queries.problem_for_matching(desk, town.places["dongzheng"], now=NOW)
    (row,) = found.needs
    assert (row.pk, row.quantity, row.windows, row.tags) == (need.pk, 2, ((5, 540, 720),), ("照明",))
    assert {one.pk: one.quantity for one in found.offers}[offer.pk] == 6
    assert found.open_pairs == {(need.pk, offer.pk)}
    done = found.givers["unit", town.units[BUREAU].pk]
    assert (done.asked_lately, done.in_time, done.late, done.failed, done.given) == (2, 1, 0, 0, 1)
    later = NOW + timedelta(days=400)
    old = queries.problem_for_matching(CLOCK, town.places["dongzheng"], now=later).givers
    assert {(row.asked_lately, row.in_time, row.given) for row in old.values()} == {(0, 0, 0)}, "that was a year ago"
    assert queries.problem_for_matching(CLOCK, town.places["xinyu"], now=NOW).needs == ()
    for _ in range(5):
        verified(town)
        state_offer(town)
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        queries.problem_for_matching(desk, town.places["dongzheng"], now=NOW)
