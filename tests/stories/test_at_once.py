"""What is sent twice at the same moment, as by a double click: done once, and the second hears so in words."""

from datetime import timedelta

import pytest

from gongzhi.demands import actions
from gongzhi.demands.models import CallBack
from gongzhi.neighbourhood.actions import open_account
from gongzhi.neighbourhood.models import Account
from gongzhi.shared.moves import Refused
from tests.stories.test_bad_input import at_once
from tests.town import NOW, build

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_login_opened_twice() -> None:
    results = at_once(*[lambda: open_account(login="xiaowang", password="a long phrase", now=NOW)] * 3)
    assert Account.objects.filter(login="xiaowang").count() == 1
    assert sum(isinstance(result, Refused) for result in results) == 2, results


def test_one_sample_drawn_twice() -> None:
    town = build()
    desk = town.actor("dongzheng_shegong")
    for number in range(5):
        pk = town.report(phone="13800138000", body=f"第{number}件").demand.pk
        actions.answer_demand(desk, demand_id=pk, answer="好了。", now=NOW)
    span = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}

    def draw() -> object:
        return actions.draw_sample(desk, sample="六月", percent=100, now=NOW, **span)

    results = at_once(*[draw] * 4)
    assert all(isinstance(result, int) for result in results), results
    assert CallBack.objects.filter(sample="六月").count() == 5
