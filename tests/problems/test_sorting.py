"""What people sort is done with its trail, and the engine never undoes it."""

from datetime import timedelta

import pytest

from gongzhi.demands import queries as demands
from gongzhi.problems import actions, finding, queries
from gongzhi.problems.models import Alert, Apart, Blocker, Follower, Problem, Report, Suggestion, Survey
from gongzhi.problems.rules import Origin
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, NotAllowed, Refused, WrongState
from tests.problems.neighbours import OTHER, leak, placed, the_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build

DAY = timedelta(days=1)


def _three(town: Town) -> tuple[Problem, list[int]]:
    ids = [placed(town, number, now=NOW).demand_id for number in range(3)]
    return the_problem(), ids


def _verbs(problem: Problem) -> list[str]:
    return [entry.verb for entry in trail.of("problem", problem.pk)]


def test_the_desk_makes_a_problem_of_demands_that_say_it_otherwise(town: Town) -> None:
    desk = town.actor("xingsheng_shegong")
    ids = [placed(town, 0, now=NOW).demand_id, placed(town, 1, now=NOW, body=OTHER).demand_id]
    problem = actions.raise_problem(desk, demand_ids=ids, title="夜里的动静", now=NOW)
    assert (problem.reports, problem.place, problem.title) == (2, town.places["garage"], "夜里的动静")
    with pytest.raises(Refused):
        actions.raise_problem(desk, demand_ids=ids, now=NOW)


def test_a_demand_that_was_not_placed_yet_can_be_sorted_and_placing_leaves_it(town: Town) -> None:
    problem, _ids = _three(town)
    fresh = leak(town, 3, now=NOW, body=OTHER).demand.pk
    desk = town.actor("xingsheng_shegong")
    actions.join_demands(desk, problem_id=problem.pk, demand_ids=[fresh], now=NOW)
    actions.place_new(now=NOW, everything=True)
    assert finding.problem_of(fresh) == problem.pk and the_problem().reports == 4


def test_a_problem_found_by_a_patrol_needs_a_name_and_a_place(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    found = actions.raise_problem(
        desk, place=town.places["building"], title="外墙空鼓", origin=Origin.PATROL, vulnerable=3, now=NOW
    )
    assert (found.reports, found.first_reported_at, found.heat) == (0, NOW, 3.0)
    for given in ({"title": "只有名称"}, {"place": town.places["building"]}):
        with pytest.raises(Missing):
            actions.raise_problem(desk, origin=Origin.PATROL, now=NOW, **given)  # type: ignore[arg-type]
    with pytest.raises(Missing):
        actions.raise_problem(desk, place=town.places["building"], title="没有诉求", now=NOW)


def test_what_was_split_stays_split(town: Town) -> None:
    problem, ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    new = actions.split_demands(desk, problem_id=problem.pk, demand_ids=ids[:1], reason="是另一个车库", now=NOW)
    problem.refresh_from_db()
    assert (problem.reports, new.reports) == (2, 1)
    assert Apart.objects.filter(demand=ids[0], problem=problem).exists()
    assert Apart.objects.filter(demand__in=ids[1:], problem=new).count() == 2
    assert _verbs(problem)[-1] == "split" and _verbs(new) == ["raise"]
    actions.place_new(now=NOW, everything=True)
    assert finding.problem_of(ids[0]) == new.pk
    # Placed from the beginning, it would still not go back.
    Report.objects.filter(demand=ids[0]).delete()
    actions.place_demand(demand_id=ids[0], now=NOW)
    assert finding.problem_of(ids[0]) != problem.pk


def test_one_taken_out_stands_alone_and_a_person_may_put_it_back(town: Town) -> None:
    problem, ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    actions.take_out(desk, problem_id=problem.pk, demand_id=ids[2], reason="说的是电梯", now=NOW)
    assert finding.problem_of(ids[2]) is None and the_problem().reports == 2
    actions.join_demands(desk, problem_id=problem.pk, demand_ids=[ids[2]], now=NOW)
    assert the_problem().reports == 3 and not Apart.objects.exists()


def test_nothing_is_split_off_that_would_leave_nothing(town: Town) -> None:
    problem, ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    with pytest.raises(Refused):
        actions.split_demands(desk, problem_id=problem.pk, demand_ids=ids, reason="全部", now=NOW)
    with pytest.raises(Missing):
        actions.split_demands(desk, problem_id=problem.pk, demand_ids=ids[:1], reason="", now=NOW)
    stranger = placed(town, 4, now=NOW, body=OTHER).demand_id
    with pytest.raises(Refused):
        actions.split_demands(desk, problem_id=problem.pk, demand_ids=[stranger], reason="不在里面", now=NOW)


def _merged(town: Town) -> tuple[Problem, Problem]:
    problem, _ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    garage = town.places["garage"]
    other = actions.raise_problem(desk, place=garage, title="车库积水", origin=Origin.PATROL, now=NOW - DAY)
    return other, problem


def test_merging_takes_along_what_hangs_on_it_and_the_old_one_leads_to_the_new(town: Town) -> None:
    other, problem = _merged(town)
    desk = town.actor("xingsheng_shegong")
    Survey.objects.create(problem=other, surveyed_at=NOW, words="看过了")
    for pk, kind in ((other.pk, "money"), (other.pk, "will"), (problem.pk, "will")):
        Blocker.objects.create(problem_id=pk, kind=kind, words="卡住了", since=NOW)
    resident = town.reporter(leak(town, 5, now=NOW))
    for pk, mark in ((other.pk, "a"), (other.pk, "b"), (problem.pk, "b")):
        actions.follow(resident, key=pk, once=f"{pk}{mark}", mark=mark, now=NOW, phone="13900000000")
    remained = actions.merge_problems(desk, problem_id=other.pk, into_id=problem.pk, reason="同一处", now=NOW)
    other.refresh_from_db()
    assert (other.state, other.merged_into_id, remained.pk) == ("merged", problem.pk, problem.pk)
    assert (remained.reports, remained.followers) == (3, 2)
    assert Survey.objects.get().problem_id == problem.pk
    assert set(Blocker.objects.filter(problem=problem).values_list("kind", flat=True)) == {"money", "will"}
    assert remained.first_reported_at == NOW - DAY
    assert _verbs(other)[-1] == "merge" and _verbs(problem)[-1] == "join"
    assert (shown := finding.public_problem(other.pk)) and shown.number == queries.rules.number(problem.pk)
    # Followed by the old number, as from a page that was open.
    follower = actions.follow(resident, key=other.pk, once="late", mark="c", now=NOW)
    assert follower.problem_id == problem.pk


def test_merging_raises_no_second_alert_for_the_same_reports(town: Town) -> None:
    for number in range(7):
        placed(town, number, now=NOW)
    old = the_problem()
    desk = town.actor("xingsheng_shegong")
    into = actions.raise_problem(desk, place=town.places["garage"], title="车库积水", origin=Origin.PATROL, now=NOW)
    assert Alert.objects.count() == 1
    actions.merge_problems(desk, problem_id=old.pk, into_id=into.pk, reason="同一处", now=NOW)
    assert Alert.objects.get().problem == into
    actions.recount_problem(problem_id=into.pk, now=NOW)
    assert Alert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_leave_one() -> None:
    town = build()
    other, problem = _merged(town)
    desk = town.actor("xingsheng_shegong")

    def merge(one: int, into: int) -> object:
        return actions.merge_problems(desk, problem_id=one, into_id=into, reason="同一处", now=NOW)

    results = at_once(lambda: merge(other.pk, problem.pk), lambda: merge(problem.pk, other.pk))
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    assert Problem.objects.filter(state="merged").count() == 1


def test_a_dropped_problem_takes_nobody_in_and_lets_go_by_hand(town: Town) -> None:
    problem, ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    actions.drop_problem(desk, problem_id=problem.pk, reason="是三件不同的事", now=NOW)
    late = placed(town, 3, now=NOW)
    assert late.problem is None
    with pytest.raises(WrongState):
        actions.join_demands(desk, problem_id=problem.pk, demand_ids=[late.demand_id], now=NOW)
    again = actions.raise_problem(desk, demand_ids=[ids[0], late.demand_id], now=NOW)
    assert again.reports == 2 and finding.public_problem(problem.pk) is None


def _suggested(town: Town) -> Suggestion:
    actions.change_setting(town.actor("guanli"), code="join_percent", value=101, now=NOW)
    for number in range(2):
        placed(town, number, now=NOW)
    return Suggestion.objects.get()


def test_an_accepted_suggestion_is_one_problem_and_is_decided_once(town: Town) -> None:
    row = _suggested(town)
    desk = town.actor("xingsheng_shegong")
    problem = actions.accept_suggestion(desk, suggestion_id=row.pk, now=NOW)
    assert problem.reports == 2
    with pytest.raises(Refused):
        actions.decline_suggestion(desk, suggestion_id=row.pk, now=NOW)
    third = placed(town, 2, now=NOW)
    late = Suggestion.objects.get(demand=third.demand_id)
    assert actions.accept_suggestion(desk, suggestion_id=late.pk, now=NOW).pk == problem.pk
    assert the_problem().reports == 3


def test_an_accepted_suggestion_across_two_problems_merges_them(town: Town) -> None:
    row = _suggested(town)
    desk = town.actor("xingsheng_shegong")
    for pk in (row.demand_id, row.nearest_id):
        actions.raise_problem(desk, demand_ids=[pk], now=NOW)
    remained = actions.accept_suggestion(desk, suggestion_id=row.pk, now=NOW)
    assert remained.reports == 2 and Problem.objects.filter(state="merged").count() == 1


def test_a_declined_suggestion_does_not_come_back(town: Town) -> None:
    row = _suggested(town)
    desk = town.actor("xingsheng_shegong")
    actions.raise_problem(desk, demand_ids=[row.nearest_id], now=NOW)
    actions.decline_suggestion(desk, suggestion_id=row.pk, now=NOW)
    Report.objects.filter(demand=row.demand_id).delete()
    actions.change_setting(town.actor("guanli"), code="join_percent", value=20, now=NOW)
    report = actions.place_demand(demand_id=row.demand_id, now=NOW)
    assert report and report.problem is None
    assert list(finding.open_suggestions(desk)) == []


def test_a_suggestion_of_elsewhere_looks_absent(town: Town) -> None:
    row = _suggested(town)
    for do in (actions.accept_suggestion, actions.decline_suggestion):
        with pytest.raises(actions.NO_SUGGESTION):
            do(town.actor("xinyu_shegong"), suggestion_id=row.pk, now=NOW)
        with pytest.raises(NotAllowed):
            do(town.actor("qu_kanban"), suggestion_id=row.pk, now=NOW)


def test_demands_and_problems_of_elsewhere_look_absent(town: Town) -> None:
    problem, ids = _three(town)
    strange = town.actor("xinyu_shegong")
    mine = leak(town, 3, now=NOW, place="xinyu", body=OTHER).demand.pk
    with pytest.raises(queries.ABSENT):
        actions.join_demands(strange, problem_id=problem.pk, demand_ids=[mine], now=NOW)
    with pytest.raises(demands.ABSENT):
        actions.raise_problem(strange, demand_ids=ids, now=NOW)
    with pytest.raises(NotAllowed):
        actions.raise_problem(strange, place=town.places["garage"], title="别处", origin=Origin.PATROL, now=NOW)
    with pytest.raises(queries.ABSENT):
        finding.why_together(strange, mine, problem.pk)


def test_why_two_stand_together_is_told_without_anybodys_number(town: Town) -> None:
    body = "钓鱼台小区地下车库漏水，找13800138000"
    problem, _ids = _three(town)
    report = placed(town, 3, now=NOW + DAY, body=body)
    placed(town, 4, now=NOW + DAY, body=body)
    why = finding.why_together(town.actor("xingsheng_shegong"), report.demand_id, problem.pk)
    assert why and any("车库漏水" in word for word in why.explanation.words)
    assert "13800138000" not in "".join(why.explanation.words)
    assert why.explanation.metres == 0 and why.explanation.days <= 1


def test_a_page_shown_before_somebody_else_acted_is_refused(town: Town) -> None:
    problem, ids = _three(town)
    desk = town.actor("xingsheng_shegong")
    with pytest.raises(Refused):
        actions.take_out(
            desk, problem_id=problem.pk, demand_id=ids[0], reason="另一处", now=NOW, seen=problem.version - 1
        )
    assert Follower.objects.count() == 0 and the_problem().reports == 3
