"""The leaking garage of the article, as far as the cause is known and nobody there has power over it. Made up beyond that."""

from datetime import datetime, timedelta

from gongzhi.demands import actions as demands
from gongzhi.demands.actions import Intake
from gongzhi.demands.queries import current_categories
from gongzhi.demands.rules import Channel
from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Account, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import actions, finding
from gongzhi.problems.rules import BlockerKind

# Seven neighbours within five days: (days ago, words).
REPORTS = (
    (10.0, "地下车库漏水，地面都是水，老人差点滑倒。"),
    (9.2, "车库顶上一直在滴水，车身全是水印。"),
    (8.6, "负一层车库漏水严重，走路要踩着水过去。"),
    (7.9, "地下车库又漏水了，水从顶板的缝里流下来。"),
    (7.1, "车库漏水没有人管，地上积水有一指深。"),
    (6.4, "我家车位上方漏水，车停在那里天天淋。"),
    (5.8, "地下车库漏水，灯管也进了水，怕触电。"),
)


def load(communities: dict[str, Place], accounts: dict[str, Account], *, now: datetime) -> None:
    """Seven reports, one problem, the alert; then a survey, the cause next door, and what it is stuck at."""
    place = queries.current_places(PlaceKind.COMPOUND, under=communities["500104004025"]).get(name="钓鱼台小区")
    desk = queries.actor_for(accounts["xingsheng_shegong"], today=now.date())
    problem = _reported(place, now)
    # Should the engine be less sure of it one day, the demonstration lacks the rest of the story and no more.
    if problem:
        _looked_into(desk, problem, place, now - timedelta(days=4))


def _reported(place: Place, now: datetime) -> int | None:
    category = next((row for row in current_categories() if row.name == "车库漏水"), None)
    for number, (days, words) in enumerate(REPORTS):
        at = now - timedelta(days=days)
        intake = Intake(
            place=place,
            body=words,
            category=category,
            channel=Channel.POSTER if number % 2 else Channel.PAGE,
            once=f"demo-garage-{number}",
            name="演示居民",
            phone=f"1990001{number:04d}",
        )
        received = demands.receive_demand(Actor(label="居民"), intake=intake, now=at)
        actions.place_demand(demand_id=received.demand.pk, now=at)
    return finding.problem_of(received.demand.pk)


def _looked_into(desk: Actor, problem: int, place: Place, surveyed: datetime) -> None:
    actions.survey_problem(
        desk,
        problem_id=problem,
        words="顶板与隔壁楼相接处有渗水，雨停后仍在渗。隔壁是一家企业停用的办公用房，门锁着。",
        with_whom="物业工程部",
        now=surveyed,
    )
    actions.name_cause(
        desk,
        problem_id=problem,
        cause="隔壁停用办公用房的屋面和水管失修，积水沿墙体渗入车库。",
        cause_words="小区东侧停用的办公楼",
        outsider="停用办公楼的产权企业",
        lon=place.lon + 0.0006 if place.lon else None,
        lat=place.lat,
        now=surveyed + timedelta(hours=5),
    )
    actions.name_blocker(
        desk,
        problem_id=problem,
        kind=BlockerKind.AUTHORITY,
        words="社区和物业都进不了那栋楼，也无权要求企业维修。",
        lifter="能与产权企业协调的上级单位",
        now=surveyed + timedelta(hours=6),
    )
