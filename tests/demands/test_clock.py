"""What time does to demands; each sweep may come late, twice, or with the clock set back."""

from datetime import timedelta
from pathlib import Path

import pytest

from gongzhi.demands import actions, queries
from gongzhi.demands.actions.import_reading import path_of
from gongzhi.demands.clock import take_steps
from gongzhi.demands.models import Clock, Demand
from gongzhi.neighbourhood.models import ContactCard
from gongzhi.shared import notices, trail
from tests.town import NOW, Town


def test_silence_closes_an_answer_and_is_counted_apart(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    actions.answer_demand(desk, demand_id=pk, answer="修好了。", now=NOW)
    assert take_steps(now=NOW + timedelta(days=6))["lapsed"] == 0
    assert take_steps(now=NOW + timedelta(days=8))["lapsed"] == 1
    demand = queries.get_demand(desk, pk)
    assert (demand.state, demand.lapsed) == ("closed", True)


def test_a_question_without_reply_ends_and_the_wait_is_not_counted(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    before = queries.get_demand(desk, pk).answer_due_at
    actions.ask_reporter(desk, demand_id=pk, question="几单元？", now=NOW + timedelta(hours=1))
    assert queries.get_demand(desk, pk).due_at is None
    assert take_steps(now=NOW + timedelta(days=6))["went_on"] == 1
    demand = queries.get_demand(desk, pk)
    assert demand.state == "in_hand"
    assert before and demand.answer_due_at and demand.answer_due_at >= before + timedelta(days=5)


def test_a_parked_matter_comes_back_on_its_day(town: Town) -> None:
    pk = town.report().demand.pk
    lead = town.actor("dongzheng_shuji")
    day = (NOW + timedelta(days=30)).date()
    actions.park_demand(lead, demand_id=pk, reason="等维修资金", review_on=day, now=NOW)
    assert take_steps(now=NOW + timedelta(days=29))["resumed"] == 0
    assert take_steps(now=NOW + timedelta(days=31))["resumed"] == 1
    demand = queries.get_demand(lead, pk)
    assert demand.state == "in_hand" and demand.due_at and demand.due_at > NOW + timedelta(days=30)


def test_those_in_charge_are_told_once_before_and_once_after(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    actions.contact_reporter(desk, demand_id=pk, words="打过电话", now=NOW)
    due = queries.get_demand(desk, pk).due_at
    assert due
    for moment in (
        due - timedelta(hours=3),
        due - timedelta(hours=2),
        due + timedelta(hours=1),
        due + timedelta(days=1),
    ):
        take_steps(now=moment)
    told = [row.subject for row in notices.inbox(desk.person_id or 0)]
    assert told == ["已超期", "即将到期"]


def test_contact_data_goes_when_its_time_is_over_and_the_trail_says_so(town: Town) -> None:
    received = town.report(phone="13800138000", email="x@example.org")
    pk = received.demand.pk
    actions.withdraw_demand(town.reporter(received), demand_id=pk, now=NOW)
    assert take_steps(now=NOW + timedelta(days=89))["wiped"] == 0
    assert take_steps(now=NOW + timedelta(days=91))["wiped"] == 1
    card = ContactCard.objects.get(pk=received.demand.contact_id)
    assert card.wiped_at and not (card.phone_sealed or card.email_sealed or card.phone_mark)
    assert trail.of("demand", pk)[-1].verb == "wipe"
    assert take_steps(now=NOW + timedelta(days=92))["wiped"] == 0


def test_the_clock_set_back_breaks_nothing(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    actions.ask_reporter(desk, demand_id=pk, question="几单元？", now=NOW)
    actions.reply_to_question(desk, demand_id=pk, words="三单元", now=NOW - timedelta(days=2))
    actions.answer_demand(desk, demand_id=pk, answer="好了。", now=NOW - timedelta(days=1))
    assert all(clock.met_at and clock.due_at >= clock.started_at for clock in Clock.objects.filter(demand=pk))


def test_a_spreadsheet_that_was_handed_in_is_deleted_when_its_time_is_over(town: Town, tmp_path: Path) -> None:
    table = tmp_path / "一批诉求.csv"
    table.write_text("标题,诉求内容\n路灯,三单元门口的路灯不亮\n", encoding="utf-8")
    row = actions.hand_in_file(town.actor("dongzheng_shegong"), name=table.name, source=table, now=NOW)
    kept = path_of(row)
    take_steps(now=NOW + timedelta(days=29))
    assert kept.exists()
    assert take_steps(now=NOW + timedelta(days=31))["forgotten"] == 1
    assert not kept.exists() and trail.of("import", row.pk)[-1].verb == "forget"


def test_a_contact_is_kept_where_the_matter_was_taken_up_again_just_before_the_sweep_came_to_it(town: Town) -> None:
    received = town.report(phone="13800138000")
    desk, pk = town.actor("dongzheng_shegong"), received.demand.pk
    actions.answer_demand(desk, demand_id=pk, answer="好了。", now=NOW)
    actions.lapse_demand(demand_id=pk, now=NOW)
    actions.reopen_demand(desk, demand_id=pk, reason="又漏了", now=NOW + timedelta(days=91))
    with pytest.raises(Demand.DoesNotExist):
        actions.wipe_contact_of(demand_id=pk, now=NOW + timedelta(days=91))
    assert ContactCard.objects.get(pk=received.demand.contact_id).wiped_at is None
