"""The board's figures of problems: each with the number it stands on, of the reader's places alone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.problems import actions
from gongzhi.problems.models import Occasion
from gongzhi.problems.rules import Origin
from tests.town import Town
from tests.web.board.test_board import reader

BUREAU = "大渡口区城市管理局（演示）"


@pytest.fixture
def found(town: Town) -> Town:
    """Of four problems in Dongzheng three were found before anybody complained; for one the bureau was called."""
    now = timezone.localtime() - timedelta(minutes=5)
    desk = town.actor("dongzheng_shegong", today=now.date())
    demand = town.report(now=now).demand.pk
    actions.place_demand(demand_id=demand, now=now)
    raised = [
        actions.raise_problem(desk, now=now, place=town.places["compound"], title=f"路灯{n}不亮", origin=Origin.PATROL)
        for n in range(3)
    ]
    actions.raise_problem(desk, now=now, demand_ids=[demand])
    lead = town.actor("dongzheng_shuji", today=now.date())
    whistle = actions.blow_whistle(
        lead,
        problem_id=raised[0].pk,
        occasion_id=Occasion.objects.get(name="应急处置").pk,
        unit=town.units[BUREAU],
        words="请来看看",
        now=now,
    )
    unit = town.actor("chengguan_lianluo", today=now.date())
    actions.sign_whistle(unit, whistle_id=whistle.pk, now=now + timedelta(minutes=3))
    return town


def text(client: Client, **asked: object) -> str:
    return " ".join(client.get("/board/problems", asked).content.decode().split())


@pytest.mark.mechanism("M51")
def test_what_was_found_before_anybody_complained_is_a_share_with_its_number(found: Town) -> None:
    page = text(reader("qu_kanban"))
    assert ">75%<" in page and ">3<" in page and ">4<" in page
    assert "东正社区" in page and ">0.25<" in page and "100% (1/1)" in page


@pytest.mark.mechanism("M51")
def test_units_stand_by_name_with_their_times_and_how_many(found: Town) -> None:
    page = text(reader("qu_kanban"))
    assert BUREAU in page and "0.1 (1)" in page and "不作排名" in page


def test_another_community_has_none_of_it(found: Town) -> None:
    page = text(reader("xingsheng_shegong"))
    assert "还没有立案的问题" in page and BUREAU not in page
    there = text(reader("qu_kanban"), place=found.places["xingsheng"].pk)
    assert "还没有立案的问题" in there and BUREAU not in there
