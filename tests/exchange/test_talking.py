"""Outreaches and threads by their actions: once, in confidence, in time, and with contacts that are opened by name."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import ProgrammingError, connection, transaction

from gongzhi.exchange import actions, clock, queries
from gongzhi.exchange.actions import Party
from gongzhi.exchange.models import Match, Message, Need, Outreach, Thread
from gongzhi.exchange.talk_rules import Topic, outsider
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import ContactCard, MemberUnit, Network, Person
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.models import Notice, TrailEntry
from gongzhi.shared.moves import Missing, NotAllowed, Refused, WrongState
from tests.exchange.making import BUREAU, INSURER, agreed, asked, inbox, need_details, settle, state_offer, verified
from tests.town import NOW, Town

LATER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def unit_need(town: Town, *, confidential: bool = False) -> Need:
    """A need of the bureau, verified by Dongzheng's desk."""
    details = need_details(confidential=confidential, title="周转资金", words="账上只剩三天")
    unit = town.actor("chengguan_lianluo")
    need = actions.state_need(unit, details=details, unit=town.units[BUREAU], now=NOW, once=f"u{confidential}").need
    return actions.verify_need(town.actor("dongzheng_shegong"), need_id=need.pk, now=NOW)


def outreach(town: Town, need: Need, once: str = "a", who: str = "dongzheng_shegong") -> Outreach:
    party = Party("江畔银行", "某经理", "13812345678", "a@example.cn")
    return actions.start_outreach(
        town.actor(who), need_id=need.pk, party=party, asked="请看看", facts="一家企业", now=NOW, once=once
    )


# Outreaches


def test_the_same_form_twice_is_one_outreach_and_one_message_to_the_outsider(town: Town) -> None:
    need = unit_need(town)
    assert outreach(town, need).pk == outreach(town, need).pk
    assert Outreach.objects.count() == 1 and Notice.objects.filter(channel="email").count() == 1


def test_only_the_desk_of_a_verified_need_asks_outside(town: Town) -> None:
    need = unit_need(town)
    with pytest.raises(NotAllowed):
        outreach(town, need, who="chengguan_lianluo")
    with pytest.raises(Need.DoesNotExist):
        outreach(town, need, who="xinyu_shegong")
    Need.objects.filter(pk=need.pk).update(state="stated")
    with pytest.raises(WrongState):
        outreach(town, need, once="b")
    assert not Outreach.objects.exists()


def test_how_the_outsider_is_reached_is_sealed_opened_by_right_and_emptied(town: Town) -> None:
    row = outreach(town, unit_need(town))
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone_sealed FROM neighbourhood_contactcard WHERE id = %s", [row.contact_id])
        assert b"13812345678" not in bytes(cursor.fetchone()[0])
    contact = actions.see_party(town.actor("dongzheng_shegong"), outreach_id=row.pk, now=NOW)
    assert contact and contact.phone == "13812345678"
    assert TrailEntry.objects.filter(noun="outreach", noun_id=row.pk, verb="see_contact").count() == 1
    for who in ("chengguan_lianluo", "qu_kanban"):
        with pytest.raises(NotAllowed):
            actions.see_party(town.actor(who), outreach_id=row.pk, now=NOW)
    actions.withdraw_outreach(town.actor("dongzheng_shegong"), outreach_id=row.pk, words="不用了", now=NOW)
    assert clock.take_steps(now=NOW + timedelta(days=89))["wiped"] == 0
    assert clock.take_steps(now=NOW + timedelta(days=91))["wiped"] == 1
    card = ContactCard.objects.get(pk=row.contact_id)
    assert card.wiped_at and not card.phone_sealed
    assert not Notice.objects.filter(noun="outreach", address_sealed__isnull=False).exists()


def test_a_link_ends_with_its_renewal_and_with_the_outreach(town: Town) -> None:
    row, desk = outreach(town, unit_need(town)), town.actor("dongzheng_shegong")
    first = actions.outreach_link(row).rpartition("/")[2]
    assert actions.read_outreach_link(first).pk == row.pk
    second = actions.outreach_link(actions.renew_outreach(desk, outreach_id=row.pk, now=NOW)).rpartition("/")[2]
    with pytest.raises(signing.SignatureExpired):
        actions.read_outreach_link(first)
    assert actions.read_outreach_link(second).pk == row.pk
    with pytest.raises(signing.BadSignature):
        actions.read_outreach_link(second[:-1] + ("a" if second[-1] != "a" else "b"))
    actions.withdraw_outreach(desk, outreach_id=row.pk, words="不用了", now=NOW)
    with pytest.raises(signing.SignatureExpired):
        actions.read_outreach_link(second)


def test_what_was_asked_outside_is_called_off_with_the_need(town: Town) -> None:
    need = unit_need(town)
    row, done = outreach(town, need), outreach(town, need, "b")
    actions.answer_outreach(outsider(done.pk), outreach_id=done.pk, verb="accept", now=NOW)
    actions.report_outreach(outsider(done.pk), outreach_id=done.pk, words="办好了", now=NOW)
    actions.withdraw_need(town.actor("chengguan_lianluo"), need_id=need.pk, words="自己解决了", now=NOW)
    states = dict(Outreach.objects.values_list("pk", "state"))
    assert states == {row.pk: "withdrawn", done.pk: "reported"}


def test_a_need_does_not_lapse_while_somebody_outside_is_at_it(town: Town) -> None:
    need = unit_need(town)
    Need.objects.filter(pk=need.pk).update(deadline=NOW.date())
    row = outreach(town, need)
    actions.answer_outreach(outsider(row.pk), outreach_id=row.pk, verb="accept", now=NOW)
    assert clock.take_steps(now=LATER)["lapsed"] == 0
    actions.answer_outreach(outsider(row.pk), outreach_id=row.pk, verb="decline", words="不行了", now=LATER)
    assert clock.take_steps(now=LATER)["lapsed"] == 1


def test_each_step_that_nobody_takes_is_told_to_the_lead_once(town: Town) -> None:
    row = outreach(town, unit_need(town))
    assert clock.take_steps(now=NOW + timedelta(days=1))["outreaches"] == 0
    assert [clock.take_steps(now=LATER)["outreaches"] for _ in range(2)] == [1, 0]
    assert inbox(town, "dongzheng_shuji").count("转介到期没有进展") == 1
    actions.answer_outreach(outsider(row.pk), outreach_id=row.pk, verb="accept", now=LATER)
    assert clock.take_steps(now=LATER + timedelta(days=7))["outreaches"] == 0
    assert clock.take_steps(now=LATER + timedelta(days=45))["outreaches"] == 1


def test_of_a_confidential_need_only_those_who_read_it_hear_that_nothing_moves(town: Town) -> None:
    row = outreach(town, unit_need(town, confidential=True))
    assert row.state == "proposed" and not Notice.objects.filter(channel="email").exists()
    with pytest.raises(signing.SignatureExpired):
        actions.read_outreach_link(actions.outreach_link(row).rpartition("/")[2])
    with pytest.raises(Thread.DoesNotExist):
        say(town.actor("chengguan_lianluo"), Topic.OUTREACH, row.pk)
    assert clock.take_steps(now=LATER)["outreaches"] == 1
    told = Notice.objects.filter(subject="转介到期没有进展")
    people = {town.accounts[who].person_id for who in ("dongzheng_shuji",)}
    assert {one.person_id for one in told} == people and all(one.body == "" for one in told)


# Threads


def say(actor: Actor, topic: Topic, pk: int, once: str = "m", **more: bool) -> Message:
    return actions.write_message(actor, topic=topic, about_id=pk, words="请看看", now=NOW, once=once, **more)


def test_a_message_is_kept_once_and_for_good(town: Town) -> None:
    need, unit = unit_need(town), town.actor("chengguan_lianluo")
    message = say(unit, Topic.NEED, need.pk)
    assert say(unit, Topic.NEED, need.pk).pk == message.pk and Message.objects.count() == 1
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Message.objects.update(words="别的")
    with pytest.raises(Missing):
        actions.write_message(unit, topic=Topic.NEED, about_id=need.pk, words="\u3164 ", now=NOW, once="x")


def test_both_sides_of_a_pledge_talk_and_nobody_else_reads_a_confidential_one(town: Town) -> None:
    need = actions.state_need(
        town.actor("baoxian_lianluo"),
        details=need_details(confidential=True),
        unit=town.units[INSURER],
        now=NOW,
        once="c",
    ).need
    actions.verify_need(town.actor("xinyu_shuji"), need_id=need.pk, now=NOW)
    offer = state_offer(town, visibility="public")
    desk = town.actor("xinyu_shuji")
    neighbourhood_offer_is_seen(town)
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    actions.offer_match(desk, match_id=match.pk, now=NOW)
    pledge = agreed(town, Match.objects.get(), receiver="baoxian_lianluo")
    say(town.actor("baoxian_lianluo"), Topic.PLEDGE, pledge.pk)
    talk = queries.get_talk(town.actor("chengguan_lianluo"), Topic.PLEDGE, pledge.pk)
    (line,) = queries.said_in(town.actor("chengguan_lianluo"), talk)
    assert line.message.words == "请看看" and queries.unread_count(town.actor("chengguan_lianluo")) == 1
    assert queries.unread_count(town.actor("xinyu_shegong")) == 1
    for who in ("dongzheng_shegong", "qu_fuze", "qu_kanban"):
        with pytest.raises(queries.ABSENT_TALK):
            queries.get_talk(town.actor(who), Topic.PLEDGE, pledge.pk)
        assert queries.unread_count(town.actor(who)) == 0 and not queries.threads_of(town.actor(who)).exists()


def neighbourhood_offer_is_seen(town: Town) -> None:
    """Xinyu was introduced to the bureau."""
    asking = actions.ask_introduction(
        town.actor("xinyu_shuji"), unit=town.units[BUREAU], to_community=town.places["xinyu"], words="请教", now=NOW
    )
    actions.agree_introduction(town.actor("dongzheng_shuji"), introduction_id=asking.pk, now=NOW)


def test_thanks_do_not_wait_and_a_second_question_does(town: Town) -> None:
    need, unit, desk = unit_need(town), town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    say(unit, Topic.NEED, need.pk, "1")
    due = Thread.objects.get().due_at
    say(unit, Topic.NEED, need.pk, "2")
    assert Thread.objects.get().due_at == due, "asking again does not put it off"
    say(desk, Topic.NEED, need.pk, "3", asks=False)
    assert Thread.objects.get().waiting == ""
    assert inbox(town, "chengguan_lianluo").count("有新留言") == 1
    say(desk, Topic.NEED, need.pk, "4")
    assert Thread.objects.get().waiting == "desk"


# Contacts and the directory


def test_each_look_at_the_other_sides_numbers_is_in_the_trail(town: Town) -> None:
    match = asked(town, verified(town), state_offer(town))
    unit = town.actor("chengguan_lianluo")
    with pytest.raises(Refused):
        actions.see_other_side(unit, match_id=match.pk, now=NOW)
    agreed(town, match)
    looked = TrailEntry.objects.filter(noun="match", noun_id=match.pk, verb="see_contact")
    assert looked.count() == 0
    names = [one.name for one in actions.see_other_side(unit, match_id=match.pk, now=NOW)]
    assert names == sorted(names) and len(names) == 2 and looked.count() == 1
    with pytest.raises(Refused):
        actions.see_other_side(town.actor("yuejin_jiedao"), match_id=match.pk, now=NOW)
    assert looked.count() == 1


def join(town: Town, unit: str, place: str) -> None:
    founder, day = town.actor("guanli"), NOW.date()
    network = Network.objects.filter(place=town.places[place]).first() or neighbourhood.found_network(
        founder, name=f"{town.places[place].name}实体", place=town.places[place], on=day, now=NOW
    )
    neighbourhood.join_network(founder, network=network, unit=town.units[unit], on=day, now=NOW)


def listed(town: Town, who: str, **more: str) -> list[str]:
    return [one.unit.name for one in queries.directory(town.actor(who), on=NOW.date(), **more)]  # type: ignore[arg-type]


def test_the_directory_is_for_the_same_network_and_the_desks_above(town: Town) -> None:
    state_offer(town)
    assert listed(town, "chengguan_lianluo") == [BUREAU] and listed(town, "baoxian_lianluo") == [INSURER]
    join(town, BUREAU, "dongzheng")
    join(town, INSURER, "dongzheng")
    assert set(listed(town, "baoxian_lianluo")) == {BUREAU, INSURER} == set(listed(town, "dongzheng_shegong"))
    assert listed(town, "xinyu_shegong") == [INSURER] and listed(town, "xingsheng_shegong") == []
    assert set(listed(town, "qu_fuze")) == {BUREAU, INSURER} and listed(town, "qu_kanban") == []
    assert listed(town, "qu_fuze", words="阮") == [BUREAU] and listed(town, "qu_fuze", words="财产") == [INSURER]
    (entry,) = queries.directory(town.actor("baoxian_lianluo"), on=NOW.date(), words="城市管理")
    assert entry.offers == ["电工上门"] and entry.networks == ["东正社区实体"] and not entry.may_open
    assert [one.name for one in entry.liaisons] == ["阮思齐"]


def test_a_liaisons_number_is_opened_by_right_one_by_one_and_written_down(town: Town) -> None:
    person = Person.objects.get(pk=town.accounts["chengguan_lianluo"].person_id)
    person.contact = neighbourhood.seal_contact(purpose="person", name=person.name, phone="13900001111", now=NOW)
    person.save()
    join(town, BUREAU, "dongzheng")
    join(town, INSURER, "dongzheng")
    one = {"unit_id": town.units[BUREAU].pk, "person_id": person.pk, "now": NOW}
    assert actions.see_liaison(town.actor("dongzheng_shegong"), **one).phone == "13900001111"
    assert TrailEntry.objects.filter(noun="person", noun_id=person.pk, verb="see_contact").count() == 1
    with pytest.raises(NotAllowed):
        actions.see_liaison(town.actor("baoxian_lianluo"), **one)
    with pytest.raises(MemberUnit.DoesNotExist):
        actions.see_liaison(town.actor("xinyu_shegong"), **one)
    with pytest.raises(Person.DoesNotExist):
        actions.see_liaison(town.actor("dongzheng_shegong"), **(one | {"unit_id": town.units[INSURER].pk}))
    assert TrailEntry.objects.filter(noun="person", verb="see_contact").count() == 1
