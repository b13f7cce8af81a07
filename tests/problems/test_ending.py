"""The end of a problem: everybody in it is answered in words that fit, and it comes back where too many are unhappy."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.demands import actions as demands
from gongzhi.demands import queries as demand_queries
from gongzhi.demands.models import Answer, Demand
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.problems import actions, queries, rules, words
from gongzhi.problems.models import Problem
from gongzhi.shared import notices, trail
from gongzhi.shared.models import Notice
from gongzhi.shared.moves import Refused, WrongState
from tests.problems.making import INSURER, bureau, follow, fresh, join, occasion, raise_problem, stuck
from tests.town import NOW, Town

DAY = timedelta(days=1)


def _demand(pk: int) -> Demand:
    return Demand.objects.defer("search").get(pk=pk)


def _seven(town: Town, place: str = "garage") -> list[Any]:
    """Seven residents report within five days, each with a number to be reached at."""
    return [
        town.report(place=place, body=f"车库第{count}个车位漏水", phone=f"1390000000{count}", now=NOW + count * DAY / 2)
        for count in range(7)
    ]


def _solve(town: Town, problem: Problem, who: str = "xingsheng_shegong", **more: Any) -> actions.Solved:
    given: dict[str, Any] = {"answer": "渗水已堵好。", "now": NOW + 30 * DAY} | more
    return actions.solve_problem(town.actor(who), problem_id=problem.pk, **given)


@pytest.mark.mechanism("M50")
def test_seven_people_are_answered_and_asked_to_rate_within_two_weeks_of_coordination(town: Town) -> None:
    seven = _seven(town)
    problem = raise_problem(town, *(one.demand for one in seven), place="garage", title="车库漏水")
    lead = town.actor("qu_fuze")
    actions.name_blocker(lead, problem_id=problem.pk, kind="authority", words="进不了别人的楼", now=NOW + 6 * DAY)
    actions.refer_problem(lead, problem_id=problem.pk, unit=town.units[INSURER], words="请协调", now=NOW + 20 * DAY)
    half_way = queries.story_of(lead, problem.pk, now=NOW + 25 * DAY)
    assert half_way.clocks == rules.Clocks(reported=25, coordinated=5)
    solved = _solve(town, problem, now=NOW + 33 * DAY)
    assert solved.answered == sorted(one.demand.pk for one in seven) and solved.left == solved.told == []
    story = queries.story_of(lead, problem.pk, now=NOW + 60 * DAY)
    assert story.clocks == rules.Clocks(reported=33, coordinated=13) and story.stalled is None
    assert story.clocks.coordinated is not None and story.clocks.coordinated <= 14
    texts = set()
    for one in seven:
        demand = _demand(one.demand.pk)
        assert demand.state == "replied"
        text = Answer.objects.get(demand=demand).words
        assert demand.subject in text and "6位邻居也反映了" in text and text.endswith("渗水已堵好。")
        texts.add(text)
        (told,) = Notice.objects.filter(noun="demand", noun_id=demand.pk, channel="sms")
        assert text in told.body and "/d/" in told.body, "with the link by which the resident rates"
        assert demand_queries.moves_open_to(town.reporter(one), demand).keys() >= {"rate"}
    assert len(texts) == 7, "each in words of their own"


def test_a_demand_at_any_step_is_brought_to_its_answer(town: Town) -> None:
    desk, lead, unit = town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji"), town.actor("chengguan_lianluo")
    dispatched, signed, waiting, parked, returned = [town.report(phone="13800138000").demand for _ in range(5)]
    for one in (dispatched, signed, returned):
        demands.dispatch_demand(desk, demand_id=one.pk, handler=bureau(town), now=NOW)
    demands.sign_demand(unit, demand_id=signed.pk, now=NOW)
    demands.return_demand(unit, demand_id=returned.pk, reason="不归我们", duty_basis="清单", now=NOW)
    demands.ask_reporter(desk, demand_id=waiting.pk, question="几楼？", now=NOW)
    day = (NOW + 90 * DAY).date()
    demands.park_demand(lead, demand_id=parked.pk, reason="等资金", review_on=day, now=NOW)
    found = [dispatched, signed, waiting, parked, returned]
    solved = _solve(town, raise_problem(town, *found), who="dongzheng_shegong")
    assert solved.answered == [one.pk for one in found]
    assert [_demand(one.pk).state for one in found] == ["replied"] * 5
    assert all(_demand(one.pk).due_at is None for one in found)
    assert [entry.verb for entry in trail.of("demand", dispatched.pk)][-2:] == ["recall", "answer"]
    assert [row.subject for row in notices.inbox(unit.person_id or 0)][:2] == ["所在的问题已解决，已统一答复"] * 2


def test_what_was_answered_before_keeps_its_answer_and_is_told(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    before, closed, silent, gone = (town.report(phone="13800138000") for _ in range(4))
    for one in (before, closed, silent):
        demands.answer_demand(desk, demand_id=one.demand.pk, answer="先擦干了。", now=NOW)
    demands.rate_demand(town.reporter(closed), demand_id=closed.demand.pk, solved=True, satisfied=True, now=NOW)
    demands.withdraw_demand(town.reporter(gone), demand_id=gone.demand.pk, now=NOW)
    neighbourhood.wipe_contact(silent.demand.contact_id or 0, now=NOW)
    all_four = [one.demand for one in (before, closed, silent, gone)]
    Notice.objects.all().delete()
    solved = _solve(town, raise_problem(town, *all_four), who="dongzheng_shegong")
    assert solved.told == [one.pk for one in all_four[:3]] and solved.answered == []
    assert [one.words for one in Answer.objects.all()] == ["先擦干了。"] * 3
    told = {row.noun_id: row.body for row in Notice.objects.filter(channel="sms")}
    assert set(told) == {before.demand.pk, closed.demand.pk}, "who took it back or is wiped is not written to"
    assert "渗水已堵好" in told[before.demand.pk]


def test_what_the_actor_may_not_work_on_is_left_and_its_own_desk_told(town: Town) -> None:
    here, there = town.report().demand, town.report(place="garage").demand
    problem = raise_problem(town, here, there)
    solved = _solve(town, problem, who="dongzheng_shegong")
    assert (solved.answered, solved.left) == ([here.pk], [there.pk])
    assert _demand(there.pk).state == "received"
    inbox = notices.inbox(town.accounts["xingsheng_shegong"].person_id or 0)
    assert [(row.subject, row.noun, row.noun_id) for row in inbox] == [
        ("同一问题已解决，请答复这件诉求", "demand", there.pk)
    ]
    assert trail.of("problem", problem.pk)[-1].data["left"] == [there.pk]


def test_own_words_stand_in_place_of_the_standing_ones(town: Town) -> None:
    first, second, foreign = (town.report().demand for _ in range(3))
    problem = raise_problem(town, first, second)
    elsewhere = town.report(place="garage").demand
    join(problem, elsewhere)
    for bad in ({foreign.pk: "不在这里"}, {elsewhere.pk: "看不到"}, {first.pk: " "}, {first.pk: "长" * 5001}):
        with pytest.raises(Refused):
            _solve(town, problem, who="dongzheng_shegong", own_words=bad)
    assert fresh(problem).state == "raised" and not Answer.objects.exists()
    _solve(town, problem, who="dongzheng_shegong", own_words={second.pk: "您家楼下已修好。"})
    texts = dict(Answer.objects.values_list("demand", "words"))
    assert texts[second.pk] == "您家楼下已修好。" and "渗水已堵好" in texts[first.pk]


def test_the_preview_shows_what_each_will_read(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    one, answered = town.report(body="漏水，电话13800138000").demand, town.report().demand
    demands.answer_demand(desk, demand_id=answered.pk, answer="先擦干了。", now=NOW)
    problem = raise_problem(town, one, answered, town.report(place="garage").demand)
    preview = actions.answers_preview(desk, problem, "修好了。")
    assert [(row.demand_id, row.fate) for row in preview] == [(one.pk, "answer"), (answered.pk, "tell")]
    assert "13800138000" not in preview[0].text and "几位邻居也反映了" in preview[0].text
    _solve(town, problem, who="dongzheng_shegong", answer="修好了。")
    assert Answer.objects.get(demand=one).words == preview[0].text


def test_followers_who_left_an_address_are_told(town: Town) -> None:
    problem = raise_problem(town, place="garage")
    card = town.report(place="garage", phone="13700137000").demand.contact
    follow(problem, card, "one")
    follow(problem, None, "two")
    Notice.objects.all().delete()
    _solve(town, problem)
    (told,) = Notice.objects.filter(channel="sms")
    assert (told.noun, told.noun_id) == ("problem", problem.pk) and "渗水已堵好" in told.body


def test_all_of_it_or_nothing(town: Town) -> None:
    problem = raise_problem(town, *(town.report().demand for _ in range(2)))
    with pytest.raises(RuntimeError), transaction.atomic():
        _solve(town, problem, who="dongzheng_shegong")
        raise RuntimeError
    assert fresh(problem).state == "raised" and not Answer.objects.exists()
    with pytest.raises(Refused):
        _solve(town, problem, who="dongzheng_shegong", answer=" \n")
    with pytest.raises(Refused):
        _solve(town, problem, who="dongzheng_shegong", seen=7)


def test_solved_it_is_stuck_nowhere_and_coming_back_not_since_then(town: Town) -> None:
    problem = raise_problem(town)
    stuck(problem, "money", days=50)
    _solve(town, problem, who="dongzheng_shegong")
    desk = town.actor("dongzheng_shegong")
    actions.reopen_problem(desk, problem_id=problem.pk, reason="又漏了", now=NOW + 40 * DAY)
    assert queries.story_of(desk, problem.pk, now=NOW + 40 * DAY).stalled is None


def test_reported_again_it_comes_back_a_second_time_with_its_history(town: Town) -> None:
    problem = raise_problem(town, town.report().demand)
    lead = town.actor("dongzheng_shuji")
    actions.blow_whistle(
        lead, problem_id=problem.pk, occasion_id=occasion(town).pk, unit=bureau(town), words="请来", now=NOW + DAY
    )
    _solve(town, problem, who="dongzheng_shegong", now=NOW + 9 * DAY)
    with pytest.raises(Refused):
        actions.reopen_problem(lead, problem_id=problem.pk, reason=" ", now=NOW + 40 * DAY)
    actions.reopen_problem(
        CLOCK, problem_id=problem.pk, reason="又有人反映", reported_at=NOW + 39 * DAY, now=NOW + 40 * DAY
    )
    again = fresh(problem)
    assert (again.state, again.times, again.first_reported_at) == ("reopened", 2, NOW + 39 * DAY)
    assert again.coordinated_at is None and again.solved_at is None and again.ended_at is None
    before = trail.of("problem", problem.pk)[-1].data["before"]
    assert before.keys() == {"first_reported_at", "coordinated_at", "solved_at"}
    story = queries.story_of(lead, problem.pk, now=NOW + 45 * DAY)
    assert story.clocks == rules.Clocks(reported=6, coordinated=None) and story.whistles
    with pytest.raises(WrongState):
        actions.reopen_problem(lead, problem_id=problem.pk, reason="又漏了", now=NOW + 41 * DAY)


def _rate(town: Town, received: Any, *, happy: bool, now: Any = NOW + 31 * DAY) -> None:
    more: dict[str, Any] = {} if happy else {"reasons": ["not_done"]}
    demands.rate_demand(
        town.reporter(received), demand_id=received.demand.pk, solved=happy, satisfied=happy, now=now, **more
    )


def test_one_unhappy_reopens_her_own_demand_alone_and_stays_in_sight(town: Town) -> None:
    seven = _seven(town)
    problem = raise_problem(town, *(one.demand for one in seven), place="garage")
    _solve(town, problem)
    _rate(town, seven[0], happy=False)
    assert actions.reopen_unhappy(NOW + 31 * DAY) == []
    assert _demand(seven[0].demand.pk).state == "reopened" and fresh(problem).state == "solved"
    story = queries.story_of(town.actor("xingsheng_shegong"), problem.pk, now=NOW + 31 * DAY)
    assert story.unhappy == [seven[0].demand.pk]


def test_above_the_share_the_problem_is_taken_up_again_once_for_the_same_ratings(town: Town) -> None:
    seven = _seven(town)
    problem = raise_problem(town, *(one.demand for one in seven), place="garage")
    _solve(town, problem)
    for received, happy in zip(seven[:6], (True, True, True, True, False, False), strict=True):
        _rate(town, received, happy=happy)
    assert actions.reopen_unhappy(NOW + 32 * DAY) == [problem.pk], "two of six is above thirty percent"
    assert (fresh(problem).state, fresh(problem).times) == ("reopened", 2)
    assert actions.reopen_unhappy(NOW + 33 * DAY) == []
    # Solved again, the two are answered again; the old ratings count for nothing.
    solved = _solve(town, problem, now=NOW + 40 * DAY)
    assert solved.answered == [one.demand.pk for one in seven[4:6]]
    assert actions.reopen_unhappy(NOW + 41 * DAY) == []
    story = queries.story_of(town.actor("xingsheng_shegong"), problem.pk, now=NOW + 41 * DAY)
    assert story.unhappy == []
    for received in seven[4:6]:
        _rate(town, received, happy=False, now=NOW + 41 * DAY)
    assert actions.reopen_unhappy(NOW + 42 * DAY) == [problem.pk]


def test_below_the_share_and_by_those_who_did_not_judge_nothing_is_reopened(town: Town) -> None:
    seven = _seven(town)
    problem = raise_problem(town, *(one.demand for one in seven), place="garage")
    _solve(town, problem)
    for received, happy in zip(seven, (True, True, True, True, True, False, False), strict=True):
        _rate(town, received, happy=happy)
    assert actions.reopen_unhappy(NOW + 32 * DAY) == [], "two of seven is below thirty percent"
    # Answered again by itself, she is not unhappy any more.
    demands.answer_demand(
        town.actor("xingsheng_shegong"), demand_id=seven[5].demand.pk, answer="又补了一次。", now=NOW + 33 * DAY
    )
    story = queries.story_of(town.actor("xingsheng_shegong"), problem.pk, now=NOW + 33 * DAY)
    assert story.unhappy == [seven[6].demand.pk]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 100))
def test_the_share_that_reopens(unhappy: int, content: int, silent: int, percent: int) -> None:
    judged, answered = unhappy + content, unhappy + content + silent
    found = rules.too_many_unhappy(unhappy=unhappy, judged=judged, answered=answered, percent=percent)
    if found:
        assert unhappy and unhappy / judged > percent / 100
        assert unhappy > 1 or answered == 1
    elif unhappy > 1:
        assert unhappy / judged <= percent / 100 + 1e-9


@given(st.integers(-1, 300), st.text(min_size=1), st.text(min_size=1))
def test_the_words_of_an_answer_name_no_small_number(others: int, subject: str, answer: str) -> None:
    text = words.answer_text(reported_at=NOW, subject=subject, others=others, answer=answer)
    assert text.startswith(f"您6月8日反映的“{subject}”") and text.endswith(answer)
    assert ("几位邻居" in words.neighbours(others)) == (1 <= others < 5)
    assert (f"{others}位邻居" in words.neighbours(others)) == (others >= 5)
