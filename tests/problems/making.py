"""Problems for tests, made directly from the tables: how demands come together into one is another test's matter."""

from datetime import datetime, timedelta
from typing import Any

from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.models import MemberUnit, Place
from gongzhi.problems import actions, rules
from gongzhi.problems.models import Blocker, Follower, Occasion, Problem, Report
from gongzhi.problems.rules import State
from tests.town import NOW, Town

BUREAU = "大渡口区城市管理局（演示）"
INSURER = "渝岸财产保险公司（演示）"


def raise_problem(town: Town, *demands: Demand, place: str = "building", **more: Any) -> Problem:
    """A problem at a place with these demands in it."""
    where: Place = town.places[place]
    state = State(more.setdefault("state", "raised"))
    if state in rules.ENDED:
        more.setdefault("ended_at", NOW)
    if state is State.MERGED:
        more.setdefault("merged_into", raise_problem(town, place=place))
    if state is State.SOLVED:
        more.setdefault("solved_at", NOW)
    moment: datetime = more.pop("at", NOW)
    above = {
        rung: where if where.kind == rung else getattr(where, rung) for rung in ("subdistrict", "community", "compound")
    }
    problem = Problem.objects.create(
        title=more.pop("title", "车库漏水"),
        place=where,
        **above,
        accountable=above["community"] or where,
        first_reported_at=more.pop("first_reported_at", moment),
        last_reported_at=moment,
        raised_at=moment,
        reports=len(demands),
        reporters=more.pop("reporters", len(demands)),
        **more,
    )
    for demand in demands:
        join(problem, demand)
    return problem


def join(problem: Problem, demand: Demand) -> Report:
    """Put a demand into a problem, as the grouping would."""
    return Report.objects.create(
        demand=demand,
        problem=problem,
        community=demand.community,
        reported_at=demand.reported_at,
        signature=b"",
        joined_by="engine",
        joined_at=demand.received_at,
        likelihood=0.9,
    )


def follow(problem: Problem, contact: Any, mark: str = "m") -> Follower:
    """A neighbour who follows it and left an address."""
    return Follower.objects.create(problem=problem, once=mark, mark=mark, followed_at=NOW, contact=contact)


def occasion(town: Town, name: str = "超出街道职权") -> Occasion:
    """One of the occasions that come with the product."""
    from gongzhi.console.demo.cast import FOUNDER

    actions.load_occasions(FOUNDER, now=NOW)
    return Occasion.objects.get(name=name)


def bureau(town: Town) -> MemberUnit:
    """The unit that is called in these tests."""
    return town.units[BUREAU]


def stuck(problem: Problem, kind: str = "authority", days: int = 0) -> Blocker:
    """A blocker that has stood for so many days."""
    return Blocker.objects.create(problem=problem, kind=kind, words="办不了", since=NOW - timedelta(days=days))


def fresh(problem: Problem) -> Problem:
    """The problem as it stands now."""
    return Problem.objects.get(pk=problem.pk)
