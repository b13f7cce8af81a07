"""A demand filed elsewhere after it was placed is looked for where it is now."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from gongzhi.demands import actions as demands
from gongzhi.problems import actions
from gongzhi.problems.models import Problem, Report
from tests.problems.neighbours import leak, placed, the_problem
from tests.town import NOW, Town

LATER = NOW + timedelta(minutes=30)


def refile(town: Town, demand_id: int, place: str, *, now: object = NOW) -> None:
    """Filed elsewhere by the secretary of where it stood."""
    lead = town.actor("qu_fuze")
    demands.refile_demand(lead, demand_id=demand_id, reason="写错了地方", place=town.places[place], now=now)  # type: ignore[arg-type]


def test_one_alone_that_is_filed_elsewhere_finds_its_neighbours_there(town: Town) -> None:
    placed(town, 0, now=NOW)
    placed(town, 1, now=NOW)
    problem = the_problem()
    strayed = placed(town, 2, now=NOW, place="building").demand_id
    assert Report.objects.get(demand=strayed).problem is None
    refile(town, strayed, "garage")
    assert actions.refresh_filed(now=LATER) == 1
    report = Report.objects.get(demand=strayed)
    beside = Report.objects.exclude(demand=strayed).earliest("pk")
    assert report.problem == problem and (report.place_code, report.area) == (beside.place_code, beside.area)
    assert (report.community, report.cell) == (town.places["xingsheng"], beside.cell)
    problem.refresh_from_db()
    assert problem.reports == 3
    assert actions.refresh_filed(now=LATER) == 0, "read again, nothing is left to do"


def test_one_in_a_problem_stays_and_is_kept_where_it_is_now(town: Town) -> None:
    ids = [placed(town, number, now=NOW).demand_id for number in range(3)]
    refile(town, ids[0], "building")
    assert actions.refresh_filed(now=LATER) == 1
    report = Report.objects.get(demand=ids[0])
    assert report.problem == the_problem() and report.community == town.places["dongzheng"]
    assert report.place_code.endswith(f"B{town.places['building'].pk}")


def test_a_category_said_later_is_kept_too(town: Town) -> None:
    pk = placed(town, 0, now=NOW).demand_id
    desk = town.actor("xingsheng_shegong")
    demands.classify_demand(desk, demand_id=pk, category=town.category("0101"), now=NOW)
    assert actions.refresh_filed(now=LATER) == 1
    assert Report.objects.get(demand=pk).category_code == "0101" and Problem.objects.count() == 0


def test_one_not_placed_yet_or_taken_back_is_left_to_others(town: Town) -> None:
    waiting = leak(town, 0, now=NOW)
    gone = leak(town, 1, now=NOW, place="building")
    actions.place_demand(demand_id=gone.demand.pk, now=NOW)
    for one, place in ((waiting, "building"), (gone, "garage")):
        refile(town, one.demand.pk, place)
    demands.withdraw_demand(town.reporter(gone), demand_id=gone.demand.pk, now=NOW)
    assert actions.refresh_filed(now=LATER) == 0
    assert Report.objects.get().community == town.places["dongzheng"]


def test_a_sweep_without_news_asks_little_and_a_late_entry_is_still_read(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pk = placed(town, 0, now=NOW).demand_id
    actions.refresh_filed(now=LATER)
    with django_assert_max_num_queries(7):
        assert actions.refresh_filed(now=LATER) == 0
    # Written a little before the last sweep began, and committed after it.
    refile(town, pk, "building", now=LATER - timedelta(minutes=5))
    assert actions.refresh_filed(now=LATER + timedelta(minutes=1)) == 1


@pytest.mark.parametrize("place", ["garage", "building"])
def test_a_bad_one_stops_nobody(town: Town, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.problems.actions import refiling

    bad, good = (
        placed(town, number, now=NOW, place="compound", body=body).demand_id
        for number, body in enumerate(("灯坏了", "门禁失灵"))
    )
    for pk in (bad, good):
        refile(town, pk, place)
    real = refiling.refresh_report
    monkeypatch.setattr(
        refiling, "refresh_report", lambda **given: 1 / 0 if given["demand_id"] == bad else real(**given)
    )
    assert actions.refresh_filed(now=LATER) == 1
    assert Report.objects.get(demand=good).place_code.endswith(f"B{town.places[place].pk}")
