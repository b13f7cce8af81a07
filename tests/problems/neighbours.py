"""Neighbours with a leaking garage, for the tests of placing."""

from datetime import datetime
from typing import Any

from gongzhi.demands.actions import Received
from gongzhi.problems import actions
from gongzhi.problems.models import Problem, Report
from tests.town import Town

# Seven ways to say that the garage leaks.
LEAKS = (
    "钓鱼台小区地下车库漏水，车都淋湿了。",
    "地下车库漏水严重，钓鱼台小区的车都泡了。",
    "钓鱼台小区地下车库一直漏水，地上全是水。",
    "我们钓鱼台小区地下车库漏水，请来看看。",
    "地下车库漏水，钓鱼台小区，车被淋了。",
    "钓鱼台小区的地下车库又漏水了。",
    "反映钓鱼台小区地下车库漏水的问题。",
    "钓鱼台小区地下车库漏水，怎么还没人管？",
)
OTHER = "三楼住户半夜打麻将，吵得睡不着觉。"


def leak(town: Town, number: int, *, now: datetime, **more: Any) -> Received:
    """One neighbour reports the leak; each has a number of their own unless said."""
    given = {"place": "garage", "body": LEAKS[number % len(LEAKS)], "phone": f"1380013{number:04d}", "now": now}
    return town.report(**(given | more))


def placed(town: Town, number: int, *, now: datetime, **more: Any) -> Report:
    """The same, and placed at once."""
    report = actions.place_demand(demand_id=leak(town, number, now=now, **more).demand.pk, now=now)
    assert report
    return report


def the_problem() -> Problem:
    """The only one."""
    return Problem.objects.get()
