"""Demands find their problem: together where they belong, once, whatever comes between."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from gongzhi.demands import actions as demands
from gongzhi.demands.actions import Intake
from gongzhi.demands.models import ImportFile
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import actions, finding
from gongzhi.problems.actions import placing
from gongzhi.problems.clock import take_steps
from gongzhi.problems.models import Alert, Apart, Problem, Report, Suggestion
from gongzhi.shared import notices, trail
from gongzhi.shared.models import Notice
from tests.problems.neighbours import LEAKS, OTHER, leak, placed, the_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build

DAY = timedelta(days=1)


def _told(demand_id: int) -> list[str]:
    return list(
        Notice.objects.filter(noun="demand", noun_id=demand_id).exclude(channel="desk").values_list("body", flat=True)
    )


@pytest.mark.mechanism("M48")
def test_seven_reports_in_five_days_are_one_problem_with_one_alert_and_all_are_told(town: Town) -> None:
    desk = town.actor("xingsheng_shegong")
    ids = []
    for number in range(7):
        now = NOW + number * timedelta(hours=20)
        assert Alert.objects.count() == 0
        ids.append(leak(town, number, now=now).demand.pk)
        assert actions.place_new(now=now) > 0
    problem = the_problem()
    assert (problem.reports, problem.reporters, problem.state) == (7, 7, "raised")
    assert problem.place == town.places["garage"] and problem.accountable == town.places["xingsheng"]
    alert = Alert.objects.get()
    assert (alert.since, alert.crossed_at) == (NOW, NOW + timedelta(hours=120))
    assert [len(_told(pk)) for pk in ids] == [1] * 7
    assert all("另有" in _told(pk)[0] for pk in ids)
    assert [row.subject for row in notices.inbox(desk.person_id or 0) if row.noun == "problem"] == ["热点预警"]
    placed(town, 7, now=NOW + 6 * DAY)
    assert Alert.objects.count() == 1 and the_problem().reports == 8
    assert [entry.verb for entry in trail.of("problem", problem.pk)].count("alert") == 1


def test_the_alert_comes_with_the_seventh_and_not_for_seven_over_six_days(town: Town) -> None:
    for number in range(7):
        placed(town, number, now=NOW + number * timedelta(hours=21))
    assert Alert.objects.count() == 0
    placed(town, 7, now=NOW + 7 * timedelta(hours=21) - timedelta(hours=20))
    assert Alert.objects.count() == 1


def test_one_person_who_says_it_twice_is_one_reporter_and_is_told_of_nobody(town: Town) -> None:
    first = placed(town, 0, now=NOW)
    placed(town, 1, now=NOW + DAY, phone="13800130000")
    assert (the_problem().reports, the_problem().reporters) == (2, 1)
    assert _told(first.demand_id) == []


def test_few_neighbours_are_not_counted_out_and_many_are(town: Town) -> None:
    reports = [placed(town, number, now=NOW + number * timedelta(hours=1)) for number in range(7)]
    assert "另有邻居" in _told(reports[0].demand_id)[0]
    assert "另有6位邻居" in _told(reports[6].demand_id)[0]
    for report in reports:
        assert LEAKS[0][:6] not in "".join(_told(report.demand_id))


def test_what_is_no_more_alike_stands_alone(town: Town) -> None:
    placed(town, 0, now=NOW)
    other = placed(town, 1, now=NOW, body=OTHER)
    assert other.problem is None and Problem.objects.count() == 0


def test_placing_again_changes_nothing(town: Town) -> None:
    for number in range(3):
        placed(town, number, now=NOW)
    before = list(Report.objects.order_by("pk").values_list("demand", "problem"))
    for demand_id, _problem in before:
        actions.place_demand(demand_id=demand_id, now=NOW + DAY)
    assert list(Report.objects.order_by("pk").values_list("demand", "problem")) == before
    assert the_problem().reports == 3


def test_a_likeness_that_is_not_enough_is_left_to_a_person_once(town: Town) -> None:
    operator = town.actor("guanli")
    actions.change_setting(operator, code="join_percent", value=101, now=NOW)
    first, second = placed(town, 0, now=NOW), placed(town, 1, now=NOW)
    row = Suggestion.objects.get()
    assert (row.demand_id, row.nearest_id) == (second.demand_id, first.demand_id)
    desk = town.actor("xingsheng_shegong")
    assert list(finding.open_suggestions(desk)) == [row]
    assert list(finding.open_suggestions(town.actor("xinyu_shegong"))) == []
    actions.decline_suggestion(desk, suggestion_id=row.pk, now=NOW)
    assert list(finding.open_suggestions(desk)) == [] and Problem.objects.count() == 0


def test_old_orders_and_what_was_taken_back_are_not_placed(town: Town) -> None:
    file = ImportFile.objects.create(name="旧单.csv", digest="0", stored_as="", handed_in_at=NOW, historic=True)
    intake = Intake(place=town.places["garage"], body=LEAKS[0], historic=True, import_file=file)
    old = demands.receive_demand(Actor(label="表格"), intake=intake, now=NOW)
    back = leak(town, 1, now=NOW)
    demands.withdraw_demand(town.reporter(back), demand_id=back.demand.pk, now=NOW)
    assert actions.place_new(now=NOW) == 0
    for received in (old, back):
        assert actions.place_demand(demand_id=received.demand.pk, now=NOW) is None
    assert Report.objects.count() == 0


def test_one_taken_back_later_does_not_count_any_more(town: Town) -> None:
    received = [leak(town, number, now=NOW) for number in range(3)]
    actions.place_new(now=NOW)
    demands.withdraw_demand(town.reporter(received[2]), demand_id=received[2].demand.pk, now=NOW)
    assert take_steps(now=NOW)["recounted"] == 1
    assert the_problem().reports == 2
    assert take_steps(now=NOW)["recounted"] == 0


def test_nobody_is_put_with_what_stood_alone_and_was_taken_back(town: Town) -> None:
    received = leak(town, 0, now=NOW)
    actions.place_new(now=NOW)
    demands.withdraw_demand(town.reporter(received), demand_id=received.demand.pk, now=NOW)
    assert placed(town, 1, now=NOW).problem is None


def test_a_confidential_report_belongs_and_its_words_are_nowhere(town: Town) -> None:
    secret = "不要说是我，地下车库漏水，钓鱼台小区"
    placed(town, 0, now=NOW, body=secret, confidential=True, phone="")
    placed(town, 1, now=NOW + DAY)
    problem = the_problem()
    assert problem.reports == 2
    assert "不要说是我" not in problem.title
    assert not [row for row in Notice.objects.filter(noun="problem") if "不要说是我" in row.body]


def test_a_solved_problem_that_is_reported_again_comes_up_a_second_time_with_its_history(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    pk = the_problem().pk
    Problem.objects.update(state="solved", solved_at=NOW + 2 * DAY, ended_at=NOW + 2 * DAY)
    placed(town, 2, now=NOW + 10 * DAY)
    problem = the_problem()
    assert (problem.pk, problem.state, problem.times, problem.reports) == (pk, "reopened", 2, 3)
    assert problem.first_reported_at == NOW + 10 * DAY and problem.ended_at is None
    verbs = [entry.verb for entry in trail.of("problem", pk)]
    assert verbs == ["raise", "reopen", "join"]


def test_what_was_said_before_it_was_solved_is_not_again(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    late = leak(town, 2, now=NOW + DAY)
    Problem.objects.update(state="solved", solved_at=NOW + 2 * DAY, ended_at=NOW + 2 * DAY)
    report = actions.place_demand(demand_id=late.demand.pk, now=NOW + 3 * DAY)
    assert report and report.problem is None and the_problem().times == 1
    assert Suggestion.objects.count() == 1


def test_an_old_archive_raises_no_alert(town: Town) -> None:
    for number in range(8):
        placed(town, number, now=NOW + 100 * DAY, reported_at=NOW + number * timedelta(hours=1))
    assert the_problem().reports == 8 and Alert.objects.count() == 0


def test_one_bad_demand_stops_nobody_and_is_tried_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [leak(town, number, now=NOW).demand.pk for number in range(3)]
    real = placing.place_demand

    def failing(*, demand_id: int, now: Any) -> Any:
        if demand_id == ids[1]:
            raise RuntimeError("broken")
        return real(demand_id=demand_id, now=now)

    with monkeypatch.context() as patched:
        patched.setattr(placing, "place_demand", failing)
        assert actions.place_new(now=NOW) == 3
    assert set(Report.objects.values_list("demand", flat=True)) == {ids[0], ids[2]}
    actions.place_new(now=NOW)
    assert Report.objects.count() == 3


def test_nothing_is_missed_over_days_without_a_worker_and_long_imports(town: Town) -> None:
    leak(town, 0, now=NOW)
    actions.place_new(now=NOW)
    # Days without a worker; and one committed late, with the moment at which its import began.
    for number in range(1, 6):
        leak(town, number, now=NOW + number * DAY)
    assert actions.place_new(now=NOW + 6 * DAY, most=2) == 2
    actions.place_new(now=NOW + 6 * DAY)
    assert Report.objects.count() == 6
    leak(town, 6, now=NOW + 5 * DAY - timedelta(minutes=50))
    actions.place_new(now=NOW + 6 * DAY)
    assert Report.objects.count() == 7
    leak(town, 7, now=NOW + DAY)
    actions.place_new(now=NOW + 6 * DAY)
    assert Report.objects.count() == 7
    actions.place_new(now=NOW + 6 * DAY, everything=True)
    assert Report.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_several_processes_at_once_make_one_problem_and_one_alert() -> None:
    town = build()
    ids = [leak(town, number, now=NOW).demand.pk for number in range(8)]
    results = at_once(*[lambda pk=pk: actions.place_demand(demand_id=pk, now=NOW) for pk in ids])
    assert all(isinstance(result, Report) for result in results), results
    assert (the_problem().reports, Alert.objects.count()) == (8, 1)
    assert [len(_told(pk)) for pk in ids] == [1] * 8


@pytest.mark.django_db(transaction=True)
def test_the_same_sweep_twice_at_once_places_each_once() -> None:
    town = build()
    for number in range(6):
        leak(town, number, now=NOW)
    results = at_once(*[lambda: actions.place_new(now=NOW)] * 3)
    assert all(isinstance(result, int) for result in results), results
    assert (the_problem().reports, Report.objects.count()) == (6, 6)
    assert connection.vendor == "postgresql" and Apart.objects.count() == 0
