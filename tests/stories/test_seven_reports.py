"""The leaking garage (M48–M50), replayed: seven neighbours in five days, a cause next door that nobody here has power
over, the oversight body's coordination, solved within two weeks, everybody told and asked.

In a real browser: the neighbours on their phones, the community's desk, the liaison of the oversight body. Nobody here
exists. The clock is ours: five days of reports and the weeks after take as long as the test.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from gongzhi.console.demo import cast
from gongzhi.demands import actions as demands
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.rules import Actor, CompoundType, PlaceKind, UnitKind
from gongzhi.problems import clock, queries, rules
from gongzhi.problems.models import Alert, Follower, Problem
from gongzhi.shared.models import Notice
from tests.problems.neighbours import LEAKS
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BODY, FIRM = "区纪律检查机关（演示）", "渝岸财产保险公司（演示）"
LIAISON = cast.Part("jiwei_lianluo", "闻人和", "liaison", unit=BODY)
SECRETARY = cast.Part("xingsheng_shuji", "上官宁", "community_lead", place="500104004025")


@dataclass
class Time:
    """The clock of this story, which stands until somebody turns it."""

    at: datetime

    def goes_on(self, span: timedelta) -> datetime:
        self.at += span
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """A month ago, in the forenoon; every page and every action asks this clock."""
    began = (timezone.localtime() - 30 * DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    story = Time(began)
    monkeypatch.setattr(timezone, "now", lambda: story.at)
    return story


@pytest.fixture
def town_then(transactional_db: None, time: Time) -> Town:
    """The town with the offices next door, the oversight body and the community's secretary."""
    town = build()
    now = timezone.localtime()
    town.places["offices"] = neighbourhood.register_place(
        cast.FOUNDER,
        kind=PlaceKind.COMPOUND,
        name="隔壁写字楼",
        compound_type=CompoundType.COMMODITY,
        parent=town.places["xingsheng"],
        lon=106.4511,
        lat=29.4404,
        now=now,
    )
    town.units[BODY] = neighbourhood.register_unit(
        cast.FOUNDER, name=BODY, kind=UnitKind.AGENCY, now=now, fictional=True
    )
    roles = cast.load_roles(now=now)
    for part in (LIAISON, SECRETARY):
        town.accounts[part.key] = cast.load_part(part, roles=roles, now=now)
    return town


def actor(town: Town, key: str) -> Actor:
    return town.actor(key, today=timezone.localdate())


def write(page: Any, address: str, town: Town, words: str) -> bool:
    """Fill in where and what, and press on; whether neighbours were shown to have said the same."""
    page.goto(f"{address}/new?place={town.places['garage'].pk}")
    page.get_by_role("button", name="下一步").click()
    # Asked while she writes; a machine busy with other tests may take longer than the page waits.
    with page.expect_response(re.compile("/new/near")):
        page.locator("[name=body]").fill(words)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_selector("#near:not([hidden]), #step-contact:visible")
    return bool(page.is_visible("#near"))


def report(page: Any, address: str, town: Town, number: int) -> bool:
    """One neighbour reports the leak on her phone, hint or no hint, and leaves how to reach her."""
    shown = write(page, address, town, LEAKS[number])
    if shown:
        page.get_by_role("button", name="不一样，继续填写").click()
    page.locator("[name=phone]").fill(f"1380013{number:04d}")
    page.get_by_label(re.compile("同意只为")).check()
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile("/thanks/"))
    return shown


def move(page: Any, address: str, problem: Problem, verb: str, pick: str = "", **words: str) -> None:
    """Make one move of the problem on the desk's page."""
    page.goto(f"{address}/desk/problems/{problem.pk}/{verb}")
    form = page.locator(f"form[action$='/{verb}']")
    if pick:
        form.locator(pick).check()
    for name, value in words.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator(".btn-primary").click()
    if verb == "solve":
        page.locator("textarea[name^=text-]").first.wait_for()
    else:
        page.wait_for_url(re.compile(rf"/desk/problems/{problem.pk}$"))


def find_the_cause(desk: Any, address: str, problem: Problem) -> None:
    """The desk looks, finds seepage from a firm's disused offices next door, and has no power over it."""
    move(desk, address, problem, "survey", words="车库东墙渗水，隔壁的水管在滴。")
    cause = {"cause": "隔壁停用的办公室漏水，渗进车库", "place_typed": "隔壁写字楼", "unit": FIRM}
    move(desk, address, problem, "name_cause", **cause)
    move(
        desk, address, problem, "name_blocker", "[name=blocker][value=authority]", words="不归社区管，进不去",
        lifter_unit=BODY,
    )  # fmt: skip
    shown = desk.inner_text("main")
    assert all(words in shown for words in ("原因已明、无权处置", "无权办", "隔壁写字楼", FIRM, "勘查记录"))


def seven(page_of: Any, address: str, town: Town, time: Time) -> Problem:
    """Seven neighbours in five days; from the second on each is shown that others said it. One case, and the alert."""
    shown = []
    for number in range(7):
        shown.append(report(page_of("phone"), address, town, number))
        clock.place_new(0)
        assert Alert.objects.count() == (number == 6), "with the seventh report, not one late"
        time.goes_on(18 * HOUR)
    assert shown == [False, *[True] * 6]
    problem = Problem.objects.get()
    alert = Alert.objects.get()
    assert (problem.reports, problem.reporters) == (7, 7)
    assert alert.crossed_at - problem.first_reported_at <= 5 * DAY
    return problem


def follow(page: Any, address: str, town: Town) -> None:
    """An eighth neighbour sees it and taps instead of filing."""
    assert write(page, address, town, "车库漏水，钓鱼台小区地下车库")
    assert "有 7 位邻居也反映了" in page.inner_text("#near")
    page.get_by_role("button", name="我也是，关注这件事").click()
    page.wait_for_url(re.compile("/f/"))
    page.locator("[name=phone]").fill("13900008888")
    page.get_by_role("button", name="有结果告诉我").click()
    page.get_by_text("有结果会告诉您").first.wait_for()


def coordinate(page: Any, address: str) -> None:
    """The oversight body receives it and writes what was agreed, seeing no report and no name."""
    log_in(page, address, LIAISON.key)
    page.get_by_role("link", name="监督协调").first.click()
    page.locator("main .rows a").first.click()
    page.get_by_role("button", name="接收").click()
    page.locator("textarea").fill("写字楼业主两周内修好水管，社区配合清理。")
    assert not any(words in page.inner_text("main") for words in ("淋湿", "1380013", "隔壁停用"))
    page.get_by_role("button", name="记录协调结果").click()
    page.get_by_text("协调结果已记下").wait_for()


@pytest.mark.mechanism("M48")
@pytest.mark.mechanism("M49")
@pytest.mark.mechanism("M50")
def test_seven_reports_one_case_a_cause_next_door_and_two_weeks(
    open_page: Any, live_server: Any, town_then: Town, time: Time
) -> None:
    address, town = live_server.url, town_then
    problem = seven(open_page, address, town, time)
    follow(open_page("phone"), address, town)
    desk, secretary = open_page("desk"), open_page("desk")
    log_in(desk, address, "xingsheng_shegong")
    desk.goto(f"{address}/desk/inbox")
    assert "热点预警" in desk.inner_text("main")

    # M49: the cause is known, its place and its owner are others, and the power is elsewhere.
    find_the_cause(desk, address, problem)
    story = queries.story_of(actor(town, "xingsheng_shuji"), problem.pk, now=time.at)
    assert story.no_power and story.problem.state == "cause_known"
    assert story.problem.cause_place == town.places["offices"] != story.problem.place
    assert story.problem.cause_unit == town.units[FIRM] and story.surveys[0].surveyed_at == time.at

    # M50: the secretary refers it, the oversight body coordinates, it is solved within two weeks from then.
    time.goes_on(2 * DAY)
    refer(secretary, address, problem)
    time.goes_on(DAY)
    coordinate(open_page("phone"), address)
    everybody_reads_how_it_stands(open_page("phone"), address, problem)
    time.goes_on(9 * DAY)
    solve(desk, address, problem)
    clocks = queries.story_of(actor(town, "xingsheng_shuji"), problem.pk, now=time.goes_on(HOUR)).clocks
    assert clocks.coordinated == 10 <= 14 and clocks.reported > 14
    all_are_told(problem)
    she_is_asked_and_rates(open_page("phone"), address)


def refer(secretary: Any, address: str, problem: Problem) -> None:
    """The secretary reads what is proposed, and asks the oversight body to coordinate."""
    log_in(secretary, address, SECRETARY.key)
    secretary.goto(f"{address}/desk/problems/{problem.pk}")
    assert "请监督单位协调" in secretary.inner_text("main")
    move(secretary, address, problem, "refer", unit=BODY, words="车库漏水，原因在小区外，请协调。")
    assert "协调处置中" in secretary.inner_text("main")


def solve(desk: Any, address: str, problem: Problem) -> None:
    """The desk writes one answer, sees what each of the seven will read, and sends it."""
    move(desk, address, problem, "solve", answer="水管修好了，东墙已做防水。")
    assert desk.locator("textarea[name^=text-]").count() == 7
    desk.get_by_role("button", name="都看过了，发出并解决").click()
    desk.get_by_text("答复了 7 件诉求").first.wait_for()


def everybody_reads_how_it_stands(page: Any, address: str, problem: Problem) -> None:
    page.goto(f"{address}/problems/{rules.number(problem.pk)}")
    shown = page.inner_text("main")
    assert all(words in shown for words in ("工作人员到现场看过", "原因查明了", "已请有关方面协调", "8 位邻居"))
    assert not any(words in shown for words in ("隔壁", FIRM, BODY, "淋湿"))


def all_are_told(problem: Problem) -> None:
    """Each of the seven hears that theirs is answered, and the eighth that it is solved."""
    told = Notice.objects.exclude(channel="desk")
    for demand in Demand.objects.all():
        assert demand.state == "replied"
        assert any("水管修好了" in one.body for one in told.filter(noun="demand", noun_id=demand.pk))
    assert Follower.objects.count() == 1
    assert any("水管修好了" in one.body for one in told.filter(noun="problem", noun_id=problem.pk))


def she_is_asked_and_rates(page: Any, address: str) -> None:
    """Each of the seven finds the question on her page; the first answers it."""
    for demand in Demand.objects.order_by("-pk"):
        page.goto(address + urlsplit(demands.follow_link(demand.pk)).path)
        shown = page.inner_text("main")
        assert "您来评一评" in shown and "水管修好了" in shown and "和另外 7 位邻居的一起办理" in shown
    for name in ("solved", "satisfied"):
        page.locator(f"label:has([name$={name}])").first.click()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state()
    assert "您的评价" in page.inner_text("main")
    assert Demand.objects.order_by("pk")[0].state == "closed"
