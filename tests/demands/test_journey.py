"""The life of a demand by its actions, as the desk and the resident would tell it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import actions, queries
from gongzhi.demands.lists import Filters, list_page
from gongzhi.demands.models import Clock, Pause
from gongzhi.demands.rules import Urgency
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from tests.town import NOW, Town


def test_a_report_is_taken_on_answered_and_rated(town: Town) -> None:
    received = town.report(phone="13800138000", name="某居民")
    desk = town.actor("dongzheng_shegong")
    pk = received.demand.pk
    assert [row.pk for row in list_page(desk, Filters(), now=NOW).rows] == [pk]

    actions.classify_demand(desk, demand_id=pk, category=town.category("0101"), now=NOW)
    actions.contact_reporter(desk, demand_id=pk, words="已上门看过", now=NOW + timedelta(hours=1))
    actions.answer_demand(desk, demand_id=pk, answer="管道已修好。", now=NOW + timedelta(days=2))
    demand = queries.get_demand(desk, pk)
    assert demand.state == "replied" and demand.due_at is None

    reporter = town.reporter(received)
    actions.rate_demand(reporter, demand_id=pk, solved=True, satisfied=True, now=NOW + timedelta(days=3))
    story = queries.story_of(queries.get_demand(reporter, pk))
    assert story.demand.state == "closed"
    assert [entry.verb for entry in story.trail] == ["receive", "classify", "contact", "answer", "rate"]
    assert all(clock.met_at for clock in story.clocks)


def test_an_unhappy_rating_with_a_reason_starts_new_clocks(town: Town) -> None:
    received = town.report()
    pk = received.demand.pk
    actions.answer_demand(town.actor("dongzheng_shegong"), demand_id=pk, answer="修好了。", now=NOW)
    later = NOW + timedelta(days=1)
    actions.rate_demand(
        town.reporter(received), demand_id=pk, solved=False, satisfied=False, reasons=["not_done"], now=later
    )
    demand = queries.get_demand(town.actor("dongzheng_shegong"), pk)
    assert demand.state == "reopened" and demand.reopened_times == 1
    assert demand.due_at and demand.due_at > later


def test_the_same_form_sent_twice_is_one_demand_with_the_same_code(town: Town) -> None:
    first, second = town.report(once="form-1"), town.report(once="form-1")
    assert (first.demand.pk, first.code) == (second.demand.pk, second.code)
    assert second.again and not first.again


def test_another_community_sees_nothing(town: Town) -> None:
    pk = town.report().demand.pk
    with pytest.raises(queries.ABSENT):
        queries.get_demand(town.actor("xinyu_shegong"), pk)
    with pytest.raises(queries.ABSENT):
        actions.start_work(town.actor("xinyu_shegong"), demand_id=pk, now=NOW)


def test_the_second_of_two_workers_is_told(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    actions.answer_demand(desk, demand_id=pk, answer="好了。", now=NOW)
    with pytest.raises(WrongState):
        actions.answer_demand(desk, demand_id=pk, answer="好了！", now=NOW)
    other = town.report().demand.pk
    actions.start_work(desk, demand_id=other, now=NOW, seen=1)
    with pytest.raises(Refused):
        actions.contact_reporter(desk, demand_id=other, words="打过电话", now=NOW, seen=1)


def test_an_extension_needs_another_persons_word(town: Town) -> None:
    pk = town.report().demand.pk
    lead = town.actor("dongzheng_shuji")
    before = queries.get_demand(lead, pk).answer_due_at
    asked = actions.ask_extension(lead, demand_id=pk, days=3, reason="等材料", now=NOW)
    with pytest.raises(Refused):
        actions.grant_extension(lead, demand_id=pk, extension=asked.pk, now=NOW)
    with pytest.raises(NotAllowed):
        actions.grant_extension(town.actor("dongzheng_shegong"), demand_id=pk, extension=asked.pk, now=NOW)
    actions.grant_extension(town.actor("yuejin_shuji"), demand_id=pk, extension=asked.pk, now=NOW)
    after = queries.get_demand(lead, pk).answer_due_at
    assert before and after and after >= before + timedelta(days=3)


def test_search_finds_two_characters_places_and_numbers(town: Town) -> None:
    pk = town.report(body="楼道声控灯坏了很久").demand.pk
    town.report(body="垃圾没有人收", place="garage")
    lead = town.actor("qu_fuze")

    def found(words: str) -> list[int]:
        return [row.pk for row in list_page(lead, Filters(group="all", words=words), now=NOW).rows]

    assert (
        found("声控灯坏") == [pk] == found("灯坏") == found("东正大院") == found(str(queries.get_demand(lead, pk))[:10])
    )
    assert found("坏灯") == []


def test_what_is_taken_back_while_it_waits_is_not_late(town: Town) -> None:
    received = town.report()
    pk = received.demand.pk
    due = received.demand.answer_due_at
    assert due
    actions.ask_reporter(town.actor("dongzheng_shegong"), demand_id=pk, question="几单元？", now=NOW)
    actions.withdraw_demand(town.reporter(received), demand_id=pk, now=due + timedelta(days=1))
    assert not Pause.objects.filter(demand=pk, ended_at=None).exists()
    clock = Clock.objects.get(demand=pk, kind="answer")
    assert clock.due_at > due + timedelta(days=1), "the clock stood still while the resident was asked"


def test_before_eight_in_the_morning_the_limits_of_the_new_day_hold(town: Town) -> None:
    midnight = datetime(2026, 6, 9, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    actions.set_limit(
        FOUNDER, clock="answer", amount=3, unit="days", valid_from=midnight.date(), now=NOW, urgency="ordinary"
    )
    # Residents' pages know the moment in UTC, and the database gives it back so.
    pk = town.report(now=midnight.astimezone(UTC)).demand.pk
    (clock,) = Clock.objects.filter(demand=pk, kind="answer")
    assert clock.limit.amount == 3
    actions.refile_demand(
        town.actor("dongzheng_shegong"),
        demand_id=pk,
        reason="更正",
        urgency=Urgency.ORDINARY,
        now=NOW + timedelta(days=2),
    )
    clock.refresh_from_db()
    assert clock.limit.amount == 3
