"""Problems in a real browser: sorted and solved by keyboard alone, and read by everyone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from gongzhi.console.demo.cast import FOUNDER, PASSWORD
from gongzhi.demands import upstairs
from gongzhi.problems import actions
from gongzhi.problems.actions import belonging
from gongzhi.problems.models import Problem, Report, Suggestion
from gongzhi.problems.rules import Kind, Origin
from gongzhi.web.who import now
from tests.problems.making import fresh, stuck
from tests.reading import too_wide, until, violations
from tests.town import Town

pytestmark = pytest.mark.browser
BODIES = ("3号楼外墙渗水，卧室墙面发霉", "外墙渗水好几天，楼道地面很滑", "渗水把电表箱都打湿了")


@pytest.fixture
def problem(town: Town) -> Problem:
    """A leak with three reports, stuck, with its cause elsewhere; beside it a dispute and a pair to decide."""
    desk = town.actor("dongzheng_shegong", today=now().date())
    actions.load_occasions(FOUNDER, now=now())
    spot = {"lon": 106.4772, "lat": 29.4871}
    rows = [town.report(body=body, phone=f"1380013800{n}", now=now(), **spot).demand for n, body in enumerate(BODIES)]
    leak = actions.raise_problem(desk, demand_ids=[row.pk for row in rows], title="3号楼外墙渗水", now=now())
    cause = {"cause": "水管锈穿", "lon": 106.479, "lat": 29.488, "outsider": "原厂留守处"}
    actions.name_cause(desk, problem_id=leak.pk, now=now(), **cause)
    stuck(leak)
    one, other = (town.report(body=f"路灯不亮，第{n}次", now=now()).demand for n in range(2))
    for row in (one, other):
        belonging.report_row(upstairs.words_of(row.pk)).save()
    Suggestion.objects.create(demand=one, nearest=other, community=one.community, likelihood=0.4, made_at=now())
    return fresh(leak)


@pytest.fixture
def desk(chromium: Any, live_server: Any, town: Town, problem: Problem) -> Iterator[Any]:
    """A page with the social worker logged in."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url, locale="zh-CN")
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto("/login")
    page.fill("[name=username]", "dongzheng_shegong")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/")
    yield page
    assert page.faults == []
    context.close()


def test_a_report_is_split_off_by_keyboard_alone(desk: Any, problem: Problem) -> None:
    desk.goto(f"/desk/problems/{problem.pk}/sort")
    desk.focus("input[name=demand]")
    desk.keyboard.press("Space")
    desk.focus("[name=reason]")
    desk.keyboard.type("是另一处")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=已拆出")
    assert Report.objects.filter(problem=problem).count() == 2


def test_why_opens_in_place(desk: Any, problem: Problem) -> None:
    desk.goto(f"/desk/problems/{problem.pk}")
    desk.locator("text=为什么在一起").first.focus()
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".why >> text=都写到")
    assert desk.url.endswith(f"/desk/problems/{problem.pk}")


def test_the_place_of_a_cause_is_tapped_on_the_map(desk: Any, problem: Problem) -> None:
    desk.goto(f"/desk/problems/{problem.pk}")
    desk.click("text=更多办法")
    desk.click(".moves >> text=写明原因")
    box = desk.locator("#panel .map-box")
    box.locator(".map-pin").first.wait_for()
    field = desk.locator("#panel [name=cause_point]")
    # What was named before stands there, and can be taken away.
    assert field.input_value() == "106.479000,29.488000" and desk.locator("text=已标出原因的位置").is_visible()
    desk.click("text=不标了")
    assert field.input_value() == "" and not desk.locator("text=已标出原因的位置").is_visible()
    box.click(position={"x": 40, "y": 150})
    until(desk, "document.querySelector('#panel [name=cause_point]').value")
    lon, lat = map(float, field.input_value().split(","))
    desk.fill("#panel [name=cause]", "水管锈穿了")
    desk.click("#panel button.btn-primary")
    desk.wait_for_selector("text=已记下：写明原因")
    named = fresh(problem)
    assert (named.cause_lon, named.cause_lat) == (lon, lat) and abs(lon - 106.4772) < 0.02 and abs(lat - 29.4871) < 0.02
    desk.locator("aside .map-cause").wait_for()


def test_everyone_is_answered_from_one_place(desk: Any, town: Town, problem: Problem) -> None:
    lead = town.actor("dongzheng_shuji", today=now().date())
    actions.start_problem(lead, problem_id=problem.pk, words="约人到场", now=now())
    desk.goto(f"/desk/problems/{problem.pk}")
    desk.fill("#panel [name=answer]", "水管换好了。")
    desk.click("#panel button.btn-primary")
    desk.wait_for_selector(".letters")
    boxes = desk.locator(".letter textarea")
    assert boxes.count() == 3 and all("水管换好了。" in boxes.nth(n).input_value() for n in range(3))
    boxes.nth(1).fill("您家也修好了。")
    desk.fill("#letters-answer", "水管换好了，墙下周刷。")
    desk.click("text=改好了，重新写给每一位")
    expect(desk.locator(".letter textarea").first).to_have_value(re.compile("下周刷"))
    assert desk.locator(".letter textarea").nth(1).input_value() == "您家也修好了。"
    desk.click("text=都看过了，发出并解决")
    desk.wait_for_selector("text=答复到了谁")
    assert fresh(problem).state == "solved"


def test_the_pages_can_be_read_by_everyone(desk: Any, town: Town, problem: Problem) -> None:
    lead = town.actor("dongzheng_shuji", today=now().date())
    place = town.places["compound"]
    quarrel = actions.raise_problem(
        lead, title="停车费", place=place, now=now(), kind=Kind.DISPUTE, origin=Origin.PATROL
    )
    own = f"/desk/problems/{problem.pk}"
    addresses = (
        "/desk/problems/", own, f"{own}/name_cause", f"{own}/sort", f"{own}/merge?into={quarrel.pk}",
        f"/desk/problems/{quarrel.pk}", "/desk/problems/suggestions", "/desk/problems/map", "/desk/problems/new",
        "/desk/setup/problems/",
    )  # fmt: skip
    for width in (1440, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            desk.goto(address)
            assert violations(desk, serious=True) == [], f"{address} at {width}"
            assert not too_wide(desk), f"{address} at {width}"
