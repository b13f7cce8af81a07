"""What two people do to one problem at the same moment: done once, and the second hears so in words."""

import pytest

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import actions as demands
from gongzhi.demands.models import Answer
from gongzhi.problems import actions
from gongzhi.problems.models import Occasion, Problem, Whistle
from gongzhi.problems.rules import Origin
from gongzhi.shared.models import Notice, TrailEntry
from gongzhi.shared.moves import Refused
from tests.problems.making import BUREAU, raise_problem, stuck
from tests.stories.test_bad_input import at_once
from tests.town import NOW, build

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_problem_solved_by_two_answers_each_reporter_once() -> None:
    town = build()
    desks = [town.actor("dongzheng_shegong"), town.actor("yuejin_jiedao")]
    found = [town.report(phone="13800138000").demand for _ in range(4)]
    pk = raise_problem(town, *found).pk
    tries = [
        lambda desk=desk: actions.solve_problem(desk, problem_id=pk, answer="修好了。", now=NOW) for desk in desks * 2
    ]
    results = at_once(*tries)
    assert sum(isinstance(one, actions.Solved) for one in results) == 1, results
    assert sum(isinstance(one, Refused) for one in results) == 3, results
    assert sorted(Answer.objects.values_list("demand", flat=True)) == [one.pk for one in found]
    assert Notice.objects.filter(channel="sms", subject__contains="有答复").count() == 4


def test_one_form_sent_by_two_presses_raises_one_problem() -> None:
    town = build()
    desk, found = town.actor("dongzheng_shegong"), [town.report().demand.pk, town.report(body="楼道灯坏了").demand.pk]
    patrol = {"place": town.places["building"], "title": "外墙空鼓", "origin": Origin.PATROL}
    for key, given in (("a", {"demand_ids": found}), ("b", patrol)):
        tries = [lambda key=key, given=given: actions.raise_once(desk, once=key, now=NOW, **given)] * 3
        results = at_once(*tries)
        assert sorted(one.again for one in results) == [False, True, True], results
        assert len({one.problem.pk for one in results}) == 1
    assert Problem.objects.count() == 2


def test_one_unit_called_by_two_is_called_once() -> None:
    town = build()
    actions.load_occasions(FOUNDER, now=NOW)
    pk, emergency = raise_problem(town).pk, Occasion.objects.get(name="应急处置").pk
    whistles = [
        lambda who=who: actions.blow_whistle(
            town.actor(who), problem_id=pk, occasion_id=emergency, unit=town.units[BUREAU], words="快来", now=NOW
        )
        for who in ("dongzheng_shegong", "dongzheng_shuji", "yuejin_jiedao")
    ]
    results = at_once(*whistles)
    assert Whistle.objects.count() == 1 and sum(isinstance(one, Refused) for one in results) == 2, results


def test_one_late_step_found_by_two_sweeps_is_said_once() -> None:
    town = build()
    actions.load_occasions(FOUNDER, now=NOW)
    emergency = Occasion.objects.get(name="应急处置").pk
    actions.blow_whistle(
        town.actor("dongzheng_shuji"), problem_id=raise_problem(town).pk, occasion_id=emergency,
        unit=town.units[BUREAU], words="快来", now=NOW,
    )  # fmt: skip
    late = NOW.replace(hour=12)
    results = at_once(*[lambda: actions.tell_late_whistles(late)] * 3)
    assert sorted(str(one) for one in results) == ["0", "0", "1"]
    assert TrailEntry.objects.filter(noun="whistle", verb="late").count() == 1


def test_an_unhappy_problem_found_by_two_sweeps_comes_back_once() -> None:
    town = build()
    received = [town.report() for _ in range(3)]
    pk = raise_problem(town, *(one.demand for one in received)).pk
    actions.solve_problem(town.actor("dongzheng_shegong"), problem_id=pk, answer="修好了。", now=NOW)
    for one in received:
        demands.rate_demand(
            town.reporter(one), demand_id=one.demand.pk, solved=False, satisfied=False, reasons=["not_done"], now=NOW
        )
    results = at_once(*[lambda: actions.reopen_unhappy(NOW)] * 3)
    assert sorted(results, key=str) == [[pk], [], []]
    assert Problem.objects.get(pk=pk).times == 2


def test_a_blocker_named_by_two_stands_once() -> None:
    town = build()
    problem = raise_problem(town)
    stuck(problem, "money")
    tries = [
        lambda who=who: actions.name_blocker(
            town.actor(who), problem_id=problem.pk, kind="will", words="不愿办", now=NOW
        )
        for who in ("dongzheng_shegong", "dongzheng_shuji")
    ]
    results = at_once(*tries)
    assert sum(isinstance(one, Refused) for one in results) == 1, results
