"""From an offer and a need to what was delivered: nothing commits by itself, nothing is promised twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Delivery, Match, Need, Offer, Pledge, Receipt, Refusal
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import ContactCard, Person
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from tests.exchange.making import (
    BUREAU,
    DAY,
    INSURER,
    TODAY,
    agreed,
    asked,
    inbox,
    need_details,
    offer_details,
    promised,
    settle,
    state_need,
    state_offer,
    verified,
)
from tests.problems.making import raise_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def test_an_offer_and_a_need_meet_and_what_was_promised_is_delivered(town: Town) -> None:
    desk, unit = town.actor("dongzheng_shegong"), town.actor("chengguan_lianluo")
    need, offer = verified(town), state_offer(town)
    match = actions.suggest_match(
        desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW, reasons={"kind": "skill"}
    )
    with pytest.raises(Match.DoesNotExist):
        queries.get_match(unit, match.pk)
    assert "请答复：能否提供" not in inbox(town, "chengguan_lianluo"), "a suggestion is the desk's alone"
    actions.offer_match(desk, match_id=match.pk, now=NOW, due_on=TODAY + 10 * DAY)
    assert inbox(town, "chengguan_lianluo")[0] == "请答复：能否提供"
    assert inbox(town, "dongzheng_shuji")[0] == "请答复：是否接受"
    assert not Pledge.objects.exists(), "nothing commits by itself"
    actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=NOW)
    assert Match.objects.get().state == "offered" and not Pledge.objects.exists()
    actions.accept_match(town.actor("dongzheng_shuji"), match_id=match.pk, side=Side.RECEIVER, now=NOW)
    pledge = Pledge.objects.get()
    assert (pledge.state, pledge.what, pledge.quantity, pledge.due_on) == ("promised", "电工上门", 4, TODAY + 10 * DAY)
    first = actions.deliver(unit, pledge_id=pledge.pk, quantity="1.5", day=TODAY, now=NOW, words="修了两个楼道")
    assert Match.objects.get().state == "in_delivery" and Need.objects.get().met == 0
    actions.confirm_delivery(desk, delivery_id=first.pk, now=NOW)
    assert (Need.objects.get().met, Need.objects.get().state) == (Decimal("1.5"), "verified")
    rest = actions.deliver(unit, pledge_id=pledge.pk, quantity="2.5", day=TODAY, now=NOW)
    actions.confirm_delivery(desk, delivery_id=rest.pk, now=NOW)
    assert (Pledge.objects.get().state, Match.objects.get().state) == ("fulfilled", "fulfilled")
    assert (Need.objects.get().met, Need.objects.get().state) == (4, "met")
    assert queries.offer_left(offer) == 6
    assert [entry.verb for entry in queries.pledge_trail(unit, pledge.pk)] == [
        "promise", "deliver", "confirm", "deliver", "confirm",
    ]  # fmt: skip
    assert [entry.verb for entry in queries.need_trail(desk, need.pk)] == ["state", "verify", "count", "count"]


def test_nobody_is_asked_for_a_need_that_nobody_verified(town: Town) -> None:
    need, offer, desk = state_need(town), state_offer(town), town.actor("dongzheng_shegong")
    assert inbox(town, "dongzheng_shegong")[0] == "有新需求，请核实"
    with pytest.raises(WrongState, match="核实"):
        actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    assert not Match.objects.exists()


def test_nobody_confirms_what_they_delivered_themselves(town: Town) -> None:
    pledge, unit = promised(town), town.actor("chengguan_lianluo")
    delivery = actions.deliver(unit, pledge_id=pledge.pk, quantity=4, day=TODAY, now=NOW)
    both = Actor("两边的人", (*unit.offices, *town.actor("dongzheng_shegong").offices))
    for who in (unit, both):
        with pytest.raises(NotAllowed):
            actions.confirm_delivery(who, delivery_id=delivery.pk, now=NOW)
    with pytest.raises(NotAllowed):
        actions.deliver(town.actor("dongzheng_shegong"), pledge_id=pledge.pk, quantity=1, day=TODAY, now=NOW)
    assert not Receipt.objects.exists() and Pledge.objects.get().state == "in_delivery"


def test_a_disputed_part_is_noted_anew_and_both_rows_stay(town: Town) -> None:
    pledge, unit, desk = promised(town), town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    first = actions.deliver(unit, pledge_id=pledge.pk, quantity=4, day=TODAY, now=NOW)
    actions.dispute_delivery(desk, delivery_id=first.pk, words="只来了两小时", now=NOW)
    assert inbox(town, "chengguan_lianluo")[0] == "对方对兑现有异议"
    second = actions.correct_delivery(unit, delivery_id=first.pk, quantity=2, day=TODAY, words="记错了", now=NOW)
    with pytest.raises(Refused, match="更正过"):
        actions.correct_delivery(unit, delivery_id=first.pk, quantity=1, day=TODAY, words="再改", now=NOW)
    with pytest.raises(WrongState):
        actions.confirm_delivery(desk, delivery_id=first.pk, now=NOW)
    actions.confirm_delivery(desk, delivery_id=second.pk, now=NOW)
    actions.close_pledge(desk, pledge_id=pledge.pk, words="余下的不需要了", now=NOW)
    assert (Pledge.objects.get().state, Match.objects.get().state) == ("partly", "partly")
    assert (Need.objects.get().met, Need.objects.get().state) == (2, "verified")
    assert [(one.quantity, said and said.confirmed) for one, said in queries.deliveries_of(unit, pledge.pk)] == [
        (4, False), (2, True),
    ]  # fmt: skip
    assert queries.offer_left(Offer.objects.get()) == 8, "what never came can be promised to somebody else"


@pytest.mark.parametrize("table", [Delivery, Receipt])
def test_the_database_lets_nobody_rewrite_what_was_delivered(town: Town, table: type[Delivery] | type[Receipt]) -> None:
    pledge = promised(town)
    delivery = actions.deliver(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=1, day=TODAY, now=NOW)
    actions.confirm_delivery(town.actor("dongzheng_shegong"), delivery_id=delivery.pk, now=NOW)
    for change in (lambda: table.objects.update(words="别的"), lambda: table.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            change()
    assert table.objects.get().words == ""


def test_a_pledge_of_which_nothing_came_has_failed(town: Town) -> None:
    pledge, desk = promised(town), town.actor("dongzheng_shegong")
    delivery = actions.deliver(town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=1, day=TODAY, now=NOW)
    with pytest.raises(Refused, match="等接受方确认"):
        actions.close_pledge(desk, pledge_id=pledge.pk, words="不来了", now=NOW)
    actions.dispute_delivery(desk, delivery_id=delivery.pk, words="没有人来", now=NOW)
    actions.close_pledge(desk, pledge_id=pledge.pk, words="不来了", now=NOW)
    assert (Pledge.objects.get().state, Match.objects.get().state, Need.objects.get().met) == ("failed", "failed", 0)


def test_what_is_promised_or_asked_for_cannot_be_promised_again(town: Town) -> None:
    desk, offer = town.actor("dongzheng_shegong"), state_offer(town, quantity=6)
    asked(town, verified(town), offer, 4)
    second = verified(town)
    with pytest.raises(Refused, match="只剩2"):
        actions.suggest_match(desk, need_id=second.pk, offer_id=offer.pk, quantity=3, now=NOW)
    asked(town, second, offer, 2)
    assert queries.offer_left(offer) == 0
    with pytest.raises(Refused, match="不能更少"):
        actions.change_offer(
            town.actor("chengguan_lianluo"), offer_id=offer.pk, details=offer_details(quantity=5), now=NOW
        )
    for other in ({"measure": "次"}, {"kind": "goods"}):
        with pytest.raises(Refused, match="类别和计量单位"):
            actions.change_offer(
                town.actor("chengguan_lianluo"), offer_id=offer.pk, details=offer_details(**other), now=NOW
            )
        with pytest.raises(Refused, match="类别和计量单位"):
            actions.change_need(desk, need_id=second.pk, details=need_details(**other), now=NOW)
    with pytest.raises(Refused, match="只差2"):
        actions.suggest_match(desk, need_id=second.pk, offer_id=state_offer(town).pk, quantity=3, now=NOW)


def test_what_the_giver_and_the_need_set_is_kept(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    small = state_offer(town, smallest=2, most_per_need=3)
    whole = verified(town, whole_only=True)
    for need, offer, amount, words in (
        (verified(town), small, 1, "最少"), (verified(town), small, 4, "最多"),
        (whole, state_offer(town), 3, "给足"), (verified(town), state_offer(town, measure="次"), 1, "统一单位"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=amount, now=NOW)
    asked(town, verified(town), small, 2)
    with pytest.raises(Refused, match="已经在对接"):
        pair = Match.objects.get()
        actions.suggest_match(desk, need_id=pair.need_id, offer_id=pair.offer_id, quantity=2, now=NOW)


def test_a_refusal_says_who_why_and_until_when(town: Town) -> None:
    need, offer = verified(town), state_offer(town)
    match, unit = asked(town, need, offer), town.actor("chengguan_lianluo")
    for bad in ({"reason": "not_before"}, {"reason": "pair", "until": TODAY + DAY}, {"reason": "mood"}):
        with pytest.raises(Refused):
            actions.decline_match(unit, match_id=match.pk, now=NOW, **bad)
    actions.decline_match(
        unit, match_id=match.pk, reason="not_before", until=TODAY + 30 * DAY, words="月底前没人", now=NOW
    )
    row = Refusal.objects.get()
    assert (row.side, row.reason, row.until) == ("giver", "not_before", TODAY + 30 * DAY)
    assert inbox(town, "dongzheng_shegong")[0] == "对方谢绝了这次对接"
    assert queries.offer_left(offer) == 10
    (decline,) = queries.problem_for_matching(
        town.actor("dongzheng_shegong"), town.places["dongzheng"], now=NOW
    ).declines
    assert (decline.need, decline.offer, decline.reason) == (need.pk, offer.pk, "not_before")
    asked(town, need, offer)


def test_how_to_reach_the_other_side_is_told_after_two_times_yes(town: Town) -> None:
    person = Person.objects.get(pk=town.accounts["chengguan_lianluo"].person_id)
    person.contact = ContactCard.objects.create(
        purpose="staff", phone_sealed=secrets.seal("13800000000"), created_at=NOW
    )
    person.save()
    match = asked(town, verified(town), state_offer(town))
    desk, unit = town.actor("dongzheng_shegong"), town.actor("chengguan_lianluo")
    actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=NOW)
    assert queries.contacts_of_other_side(desk, match.pk, today=TODAY) == []
    actions.accept_match(desk, match_id=match.pk, side=Side.RECEIVER, now=NOW)
    (contact,) = queries.contacts_of_other_side(desk, match.pk, today=TODAY)
    assert (contact.name, contact.phone) == ("阮思齐", "13800000000")
    assert {one.name for one in queries.contacts_of_other_side(unit, match.pk, today=TODAY)} == {"何青禾", "向晚晴"}
    assert queries.contacts_of_other_side(town.actor("qu_kanban"), match.pk, today=TODAY) == [], "no side, no number"
    with pytest.raises(Match.DoesNotExist):
        queries.contacts_of_other_side(town.actor("baoxian_lianluo"), match.pk, today=TODAY)


def test_a_form_sent_twice_is_one_row(town: Town) -> None:
    unit, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    for again in (False, True):
        stated = actions.state_offer(unit, details=offer_details(), unit=town.units[BUREAU], now=NOW, once="a")
        needed = actions.state_need(desk, details=need_details(), place=town.places["dongzheng"], now=NOW, once="a")
        assert (stated.again, needed.again) == (again, again)
    assert (Offer.objects.count(), Need.objects.count()) == (1, 1)


def test_a_problems_need_belongs_to_whoever_is_accountable_for_it(town: Town) -> None:
    problem = raise_problem(town)
    desk = town.actor("dongzheng_shegong")
    need = actions.state_need(desk, details=need_details(), problem_id=problem.pk, now=NOW, once="p").need
    assert (need.asker, need.receiving_place, need.community) == (
        "problem", town.places["dongzheng"], town.places["dongzheng"],
    )  # fmt: skip
    with pytest.raises(type(problem).DoesNotExist):
        actions.state_need(
            town.actor("xinyu_shegong"), details=need_details(), problem_id=problem.pk, now=NOW, once="p"
        )


def test_what_nobody_could_mean_is_refused(town: Town) -> None:
    unit, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    for bad in (
        {"quantity": 0}, {"quantity": "1.234"}, {"quantity": "many"}, {"quantity": "NaN"}, {"title": " "},
        {"measure": ""}, {"kind": "love"}, {"windows": [(7, 0, 60)]}, {"windows": [(0, 60, 60)]},
        {"smallest": 11}, {"reach_metres": 0}, {"reach_metres": 5, "reach_place": town.places["dongzheng"]},
        {"valid_until": TODAY - DAY}, {"visibility": "moon"}, {"lon": 106.0}, {"tags": ["字" * 21]},
    ):  # fmt: skip
        with pytest.raises(Refused):
            actions.state_offer(unit, details=offer_details(**bad), unit=town.units[BUREAU], now=NOW, once="x")
    for bad in ({"urgency": 4}, {"deadline": TODAY - DAY}, {"confidential": True}):
        with pytest.raises(Refused):
            actions.state_need(desk, details=need_details(**bad), place=town.places["dongzheng"], now=NOW, once="x")
    assert not Offer.objects.exists() and not Need.objects.exists()


def test_who_speaks_for_nobody_there_states_nothing(town: Town) -> None:
    for who, unit in (("chengguan_lianluo", INSURER), ("dongzheng_shegong", INSURER), ("qu_kanban", BUREAU)):
        with pytest.raises(NotAllowed):
            state_offer(town, unit=unit, who=who)
    with pytest.raises(NotAllowed):
        state_need(town, place="xinyu")
    assert state_offer(town, unit=BUREAU, who="dongzheng_shegong").community == town.places["dongzheng"]


def test_of_a_unit_that_belongs_nowhere_the_districts_desk_may_speak(town: Town) -> None:
    from gongzhi.neighbourhood.models import MemberUnit

    MemberUnit.objects.filter(name=BUREAU).update(registered_place=None)
    town.units[BUREAU] = MemberUnit.objects.get(name=BUREAU)
    with pytest.raises(NotAllowed):
        state_offer(town, who="dongzheng_shegong")
    offer = state_offer(town, who="qu_fuze")
    assert (offer.community, offer.subdistrict) == (None, None)
    assert list(queries.offer_moves(town.actor("chengguan_lianluo"), offer)) == ["change", "pause", "end"]


def test_a_need_that_ends_calls_off_what_was_asked_and_waits_for_what_was_promised(town: Town) -> None:
    desk, need = town.actor("dongzheng_shegong"), verified(town, quantity=8)
    asked(town, need, state_offer(town))
    kept = asked(town, need, state_offer(town))
    pledge = agreed(town, kept)
    with pytest.raises(Refused, match="已有承诺"):
        actions.withdraw_need(desk, need_id=need.pk, words="不用了", now=NOW)
    actions.close_pledge(desk, pledge_id=pledge.pk, words="不用了", now=NOW)
    actions.withdraw_need(desk, need_id=need.pk, words="不用了", now=NOW)
    assert sorted(Match.objects.values_list("state", flat=True)) == ["declined", "failed"]
    assert inbox(town, "chengguan_lianluo")[0] == "这项需求已经结束，不必再答复"
    actions.restate_need(desk, need_id=need.pk, deadline=TODAY + 5 * DAY, now=NOW)
    assert (Need.objects.get().state, Need.objects.get().verified_at) == ("stated", None)


def test_a_need_changed_by_its_own_unit_is_verified_anew(town: Town) -> None:
    unit, desk = town.actor("baoxian_lianluo"), town.actor("xinyu_shegong")
    need = actions.state_need(unit, details=need_details(), unit=town.units[INSURER], now=NOW, once="u").need
    actions.verify_need(desk, need_id=need.pk, now=NOW)
    assert actions.change_need(desk, need_id=need.pk, details=need_details(urgency=2), now=NOW).state == "verified"
    assert actions.change_need(unit, need_id=need.pk, details=need_details(urgency=3), now=NOW).state == "stated"


def test_a_meetings_pledge_has_no_match_and_is_delivered_the_same(town: Town) -> None:
    desk, unit = town.actor("dongzheng_shegong"), town.actor("chengguan_lianluo")
    given = {
        "kind": "funds", "what": "补贴照明改造", "quantity": 3000, "measure": "元", "due_on": TODAY + 20 * DAY, "now": NOW,
        "once": "m", "receiver_place": town.places["dongzheng"], "giver_unit": town.units[BUREAU],
    }  # fmt: skip
    pledge = actions.note_pledge(desk, **given)
    assert actions.note_pledge(desk, **given) == pledge
    delivery = actions.deliver(unit, pledge_id=pledge.pk, quantity=3000, day=TODAY, now=NOW)
    assert actions.confirm_delivery(desk, delivery_id=delivery.pk, now=NOW).state == "fulfilled"


@pytest.mark.django_db(transaction=True)
def test_two_who_say_yes_at_the_same_time_make_one_pledge() -> None:
    town = build()
    settle(town)
    match = asked(town, verified(town), state_offer(town))
    unit, lead = town.actor("chengguan_lianluo"), town.actor("dongzheng_shuji")
    results = at_once(
        lambda: actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=NOW),
        lambda: actions.accept_match(lead, match_id=match.pk, side=Side.RECEIVER, now=NOW),
        lambda: actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=NOW),
    )
    assert Match.objects.get().state == "accepted", results
    assert Pledge.objects.get().quantity == 4
    assert sum(isinstance(result, Match) for result in results) >= 2, results


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_for_the_same_at_once_are_never_promised_more_than_there_is() -> None:
    town = build()
    settle(town)
    desk, offer = town.actor("dongzheng_shegong"), state_offer(town, quantity=10)
    needs = [verified(town) for _ in range(4)]
    ids = [actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW).pk for need in needs]
    results = at_once(*[lambda pk=pk: actions.offer_match(desk, match_id=pk, now=NOW) for pk in ids])
    assert sum(isinstance(result, Refused) for result in results) == 2, results
    assert Match.objects.filter(state="offered").aggregate(sum=Sum("quantity"))["sum"] == 8


def test_the_pages_version_is_asked_for(town: Town) -> None:
    offer, unit = state_offer(town), town.actor("chengguan_lianluo")
    actions.pause_offer(unit, offer_id=offer.pk, now=NOW, seen=1)
    with pytest.raises(Refused, match="刚才有人"):
        actions.resume_offer(unit, offer_id=offer.pk, now=NOW, seen=1)
    assert actions.resume_offer(unit, offer_id=offer.pk, now=NOW + timedelta(hours=1), seen=2).state == "open"


def test_a_side_on_which_nobody_would_hear_is_not_asked(town: Town) -> None:
    from gongzhi.console.demo.cast import FOUNDER
    from gongzhi.neighbourhood.rules import UnitKind

    silent = neighbourhood.register_unit(
        FOUNDER, name="样例单位", kind=UnitKind.AGENCY, now=NOW, registered_place=town.places["dongzheng"]
    )
    town.units[silent.name] = silent
    offer = state_offer(town, unit=silent.name, who="dongzheng_shegong")
    with pytest.raises(Refused, match="没有人会收到"):
        asked(town, verified(town), offer)
