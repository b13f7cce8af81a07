"""One plan over all that lies below a street or the district, handed to each community's desk; and what a street hears."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Introduction, Match, Need, Offer
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.shared.notices import inbox as told
from tests.exchange.making import BUREAU, INSURER, inbox, settle, state_offer, verified
from tests.exchange.rounds import DAY, appoint
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db
FOUND = "上级替您这里的需求找到了可能的资源，请看过再征求意见"


@pytest.fixture
def street(town: Town) -> Town:
    """A second community of 跃进村街道, with a desk of its own."""
    settle(town)
    town.places["yuejincun"] = register.register_place(
        FOUNDER, kind=PlaceKind.COMMUNITY, name="跃进村社区", parent=town.places["yuejin"], code="500104002018",
        lon=106.48, lat=29.48, now=NOW,
    )  # fmt: skip
    appoint(town, "yuejincun_shegong", "community_desk", place="yuejincun")
    return town


def propose(town: Town, who: str = "yuejin_jiedao", place: str = "yuejin") -> list[Match]:
    return actions.propose_matches(town.actor(who), place=town.places[place], now=NOW).matches


def of_the_street(town: Town, **more: object) -> Offer:
    """An offer of the street itself, which belongs to no community."""
    details = actions.OfferDetails(**({"kind": "skill", "title": "电工班", "quantity": 6, "measure": "小时"} | more))  # type: ignore[arg-type]
    actor, place = town.actor("yuejin_jiedao"), town.places["yuejin"]
    return actions.state_offer(actor, details=details, place=place, now=NOW, once=str(more)).offer


def test_every_community_gets_its_share_of_what_the_street_has_and_its_desk_is_told(street: Town) -> None:
    first, second = verified(street), verified(street, "yuejincun", "yuejincun_shegong")
    offer = of_the_street(street)
    found = propose(street)
    got = {one.need_id: one.quantity for one in found}
    assert set(got) == {first.pk, second.pk} and sum(got.values()) == offer.quantity, "none first, nothing twice"
    assert Match.objects.filter(asked_at=None, state="suggested").count() == 2
    for who, need in (("dongzheng_shegong", first), ("yuejincun_shegong", second)):
        notice = told(street.accounts[who].person_id or 0)[0]
        assert (notice.subject, notice.noun_id, notice.body) == (FOUND, need.pk, need.title)
        assert queries.visible_matches(street.actor(who)).count() == 1
    propose(street)
    assert inbox(street, "yuejincun_shegong").count(FOUND) == 1, "what is not new is not told again"
    assert FOUND not in inbox(street, "yuejin_jiedao")


def test_many_suggestions_ask_the_database_no_more_than_few(street: Town) -> None:
    asked = []
    for amount in (100, 200, 300):
        for _more in range(3):
            verified(street)
        of_the_street(street, quantity=amount)
        with CaptureQueriesContext(connection) as seen:
            found = propose(street)
        asked.append((len(found), len(seen)))
    # The first time nothing was there to be passed.
    (_first, (few, before), (many, after)) = asked
    assert many > few and after == before, asked


def test_a_community_that_plans_for_itself_is_not_told_what_it_did(street: Town) -> None:
    verified(street)
    state_offer(street)
    assert len(propose(street, "dongzheng_shegong", "dongzheng")) == 1
    assert FOUND not in inbox(street, "dongzheng_shegong") + inbox(street, "dongzheng_shuji")


def test_a_unit_is_not_named_to_a_neighbouring_community_that_it_was_not_introduced_to(street: Town) -> None:
    need = verified(street, "yuejincun", "yuejincun_shegong")
    state_offer(street)
    assert propose(street) == []
    Introduction.objects.create(
        state="agreed", unit=street.units[BUREAU], to_community=street.places["yuejincun"], answered_at=NOW,
        own_place=street.places["dongzheng"], words="想请电工", asked_at=NOW,
    )  # fmt: skip
    assert [one.need_id for one in propose(street)] == [need.pk]


def test_a_member_of_the_streets_own_network_may_be_asked_for_all_below(street: Town) -> None:
    need = verified(street, "yuejincun", "yuejincun_shegong")
    state_offer(street)
    network = register.found_network(
        FOUNDER, name="街道实体", place=street.places["yuejin"], on=NOW.date() - DAY, now=NOW
    )
    register.join_network(FOUNDER, network=network, unit=street.units[BUREAU], on=NOW.date() - DAY, now=NOW)
    assert [one.need_id for one in propose(street)] == [need.pk]
    assert propose(street, "yuejincun_shegong", "yuejincun") == [], "the community itself does not see it"


def test_an_offer_for_one_place_goes_nowhere_else(street: Town) -> None:
    verified(street)
    here = verified(street, "yuejincun", "yuejincun_shegong")
    of_the_street(street, reach_place=street.places["yuejincun"])
    assert [one.need_id for one in propose(street)] == [here.pk]


def test_the_district_plans_for_all_and_a_firm_that_wants_no_name_is_left_to_its_own_desk(street: Town) -> None:
    details = actions.NeedDetails(kind="skill", title="法务", quantity=2, measure="小时", confidential=True)
    firm = actions.state_need(
        street.actor("baoxian_lianluo"), details=details, unit=street.units[INSURER], now=NOW, once="c"
    ).need
    actions.verify_need(street.actor("xinyu_shegong"), need_id=firm.pk, now=NOW)
    need = verified(street, "xinyu", "xinyu_shegong")
    state_offer(street, INSURER, "baoxian_lianluo", quantity=20)
    assert [one.need_id for one in propose(street, "qu_fuze", "district")] == [need.pk]
    assert Need.objects.get(pk=firm.pk).state == "verified"


def test_many_suggestions_are_written_in_few_queries(street: Town, django_assert_max_num_queries: object) -> None:
    for _n in range(12):
        verified(street)
        state_offer(street)
    found = len(propose(street))
    with django_assert_max_num_queries(46):  # type: ignore[operator]
        propose(street)
    assert (
        Match.objects.filter(state="suggested").count() == Match.objects.filter(state="passed").count() == found >= 12
    )


def test_what_a_place_itself_does_not_answer_goes_to_the_place_above(street: Town) -> None:
    need, offer = verified(street), of_the_street(street)
    desk = street.actor("dongzheng_shegong")
    match = actions.suggest_match(
        street.actor("yuejin_jiedao"), need_id=need.pk, offer_id=offer.pk, quantity=2, now=NOW
    )
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    actions.accept_match(street.actor("yuejin_jiedao"), match_id=match.pk, side=Side.GIVER, now=NOW)
    late = "征求意见到期，还没有人答复"
    assert actions.climb_unanswered(now=NOW + 20 * DAY) == 1
    assert late in inbox(street, "yuejin_shuji"), "the community's own leader was asked and did not answer"
    assert late not in inbox(street, "dongzheng_shuji")


def test_where_nobody_of_a_side_can_log_in_the_desk_is_told_to_telephone_and_the_leaders_hear_in_time(
    street: Town,
) -> None:
    need, offer = verified(street), state_offer(street)
    liaison = street.accounts["chengguan_lianluo"]
    type(liaison).objects.filter(pk=liaison.pk).update(is_active=False)
    desk = street.actor("dongzheng_shegong")
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=2, now=NOW)
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    assert inbox(street, "dongzheng_shegong")[0].startswith("有一方没有人能登录系统")
    assert actions.climb_unanswered(now=NOW + 20 * DAY) == 1
    assert inbox(street, "dongzheng_shuji")[0] == "征求意见到期，还没有人答复"
    type(liaison).objects.filter(pk=liaison.pk).update(is_active=True)
    other = actions.suggest_match(
        desk, need_id=verified(street).pk, offer_id=state_offer(street, title="另一项").pk, quantity=1, now=NOW
    )
    before = len(inbox(street, "dongzheng_shegong"))
    actions.offer_match(desk, match_id=other.pk, now=NOW)
    assert not any(one.startswith("有一方") for one in inbox(street, "dongzheng_shegong")[: -before or None])
