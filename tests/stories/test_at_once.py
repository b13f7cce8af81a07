"""What is sent twice at the same moment, as by a double click: done once, and the second hears so in words."""

from datetime import timedelta

import pytest

from gongzhi.demands import actions
from gongzhi.demands.models import CallBack
from gongzhi.neighbourhood.actions import open_account
from gongzhi.neighbourhood.models import Account
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.actions import field
from gongzhi.problems.actions.field import Finding, Noted
from gongzhi.problems.models import Baseline, Problem, Visit
from gongzhi.problems.rules import VisitKind
from gongzhi.shared import notices
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


def test_one_visit_written_down_twice_and_made_into_a_demand_twice() -> None:
    town = build()
    desk, place = town.actor("dongzheng_shegong"), town.places["building"]

    def note() -> object:
        kind = VisitKind.HOUSEHOLD
        return field.note_visit(
            desk, place=place, kind=kind, words="灯不亮", once="k", follow_up_on=NOW.date(), now=NOW
        )

    results = at_once(*[note] * 4)
    assert all(isinstance(result, Noted) for result in results), results
    pk = Visit.objects.get().pk
    told = at_once(*[lambda: field.remind_follow_ups(now=NOW + timedelta(days=2))] * 3)
    assert sum(int(str(one)) for one in told) == 1 == notices.inbox(desk.person_id or 0).count()
    made = at_once(*[lambda: field.demand_from_visit(desk, visit_id=pk, now=NOW).pk] * 3)
    assert len(set(made)) == 1, made
    raised = at_once(*[lambda: field.problem_from_visit(desk, visit_id=pk, now=NOW).pk] * 3)
    assert len(set(raised)) == 1 and Problem.objects.count() == 1, raised


def test_one_compound_surveyed_twice() -> None:
    town = build()
    desk, lead, place = town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji"), town.places["compound"]
    found = [Finding("雨天满地泥", "院坝没有硬化"), Finding("路窄")]

    def survey(actor: Actor, once: str) -> object:
        return field.survey_compound(actor, place=place, surveyed_on=NOW.date(), findings=found, once=once, now=NOW)

    results = at_once(lambda: survey(desk, "a"), lambda: survey(desk, "a"), lambda: survey(lead, "b"))
    assert (Baseline.objects.count(), Problem.objects.count()) == (1, 2), results
    assert sum(isinstance(result, Refused) for result in results) in {1, 2}, results
