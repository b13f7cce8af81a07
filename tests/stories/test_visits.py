"""A visit at a door and the survey of a compound, in a real browser: on a phone, at a desk, by keyboard alone.

The cast: 何青禾 of Dongzheng's desk at her neighbours' doors, 向晚晴 who leads it, 郑远舟 who reads in the district.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from gongzhi.demands.models import Demand
from gongzhi.problems.models import Problem, ResidentStory, Visit
from gongzhi.web.who import now
from tests.reading import too_wide, violations
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town_now(transactional_db: None) -> Town:
    """The town as it stands today, since the pages ask the real clock."""
    return build()


@pytest.fixture
def enter(live_server: Any, town_now: Town) -> Callable[[Any, str], str]:
    """Log a page in as one of the cast; gives the server's address."""

    def as_one(page: Any, key: str) -> str:
        log_in(page, live_server.url, key)
        return str(live_server.url)

    return as_one


def readable(page: Any) -> None:
    """Nothing that keeps somebody from reading the page, and nothing wider than it."""
    assert violations(page, serious=True) == [], page.url
    assert not too_wide(page), page.url


@pytest.mark.mechanism("M18")
def test_from_a_door_to_a_demand(page: Any, enter: Callable[[Any, str], str]) -> None:
    address = enter(page, "dongzheng_shegong")
    page.goto(f"{address}/desk/visits/")
    readable(page)
    page.get_by_role("link", name="记一次走访").first.click()
    page.wait_for_url("**/visits/new")
    # The place stands ready and the cursor is in the words: two more presses and it is written down.
    assert page.evaluate("document.activeElement.name") == "words"
    page.keyboard.type("二楼老人说楼道灯不亮，晚上不敢下楼。")
    page.locator("label", has_text="三天后").click()
    readable(page)
    page.get_by_role("button", name="记下").click()
    page.wait_for_url(re.compile(r"/visits/\d+$"))
    assert "记下了" in page.inner_text("main") and "待跟进" in page.inner_text("main")
    readable(page)
    page.get_by_role("link", name="转为诉求").click()
    readable(page)
    page.get_by_role("button", name="转为诉求").click()
    page.wait_for_url("**/desk/demands/*")
    assert "二楼老人说楼道灯不亮" in page.inner_text("main")
    assert Visit.objects.get().demand == Demand.objects.get()
    page.goto(f"{address}/desk/visits/week")
    assert "走访 1 次" in page.inner_text("main")
    readable(page)


def test_a_visit_elsewhere_is_noted_by_keyboard_alone(desk: Any, enter: Callable[[Any, str], str]) -> None:
    address = enter(desk, "dongzheng_shegong")
    desk.goto(f"{address}/desk/visits/new")
    keys = desk.keyboard
    keys.press("Shift+Tab")
    assert desk.evaluate("document.activeElement.tagName") == "SUMMARY"
    keys.press("Enter")
    keys.press("Tab")
    assert desk.evaluate("document.activeElement.name") == "place_typed"
    keys.type("dzdy")
    desk.wait_for_selector(".pick-list [aria-selected=true]")
    keys.press("Enter")
    assert desk.evaluate("document.activeElement.name") == "words"
    keys.type("雨棚的铁皮翘起来了")
    keys.press("Tab")
    keys.type("2单元301")
    keys.press("Tab")
    keys.press("ArrowRight")
    keys.press("Control+Enter")
    desk.wait_for_url(re.compile(r"/visits/\d+$"))
    visit = Visit.objects.get()
    assert (visit.household, visit.kind) == ("2单元301", "patrol")


def test_without_javascript_a_visit_is_noted_all_the_same(open_page: Any, enter: Callable[[Any, str], str]) -> None:
    page = open_page("phone", java_script_enabled=False)
    address = enter(page, "dongzheng_shegong")
    page.goto(f"{address}/desk/visits/new")
    page.locator("[name=words]").fill("楼道堆了纸箱")
    page.locator("summary", has_text="在别的地方").click()
    page.locator("[name=place_typed]").fill("东正")
    page.get_by_role("button", name="记下").click()
    # Several places are meant: they are offered, and what was typed is still there.
    assert page.locator("[name=words]").input_value() == "楼道堆了纸箱"
    page.locator("label", has_text="3号楼").last.click()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url(re.compile(r"/visits/\d+$"))
    assert Visit.objects.get().place.name == "3号楼"


@pytest.mark.mechanism("M6")
def test_a_compound_is_surveyed_and_a_story_told(
    page: Any, open_page: Any, enter: Callable[[Any, str], str], town_now: Town
) -> None:
    address = enter(page, "dongzheng_shuji")
    page.goto(f"{address}/desk/compounds/")
    readable(page)
    page.get_by_role("link", name="东正大院").click()
    readable(page)
    page.locator("[name=households]").fill("318")
    page.locator("[name=has_property_firm]").select_option("no")
    for row, title in enumerate(("没有物业", "雨天满地泥", "路窄，会车困难", "停车剐蹭多")):
        page.locator(f"[name=f{row}-title]").fill(title)
    page.get_by_role("button", name="保存摸排").click()
    page.get_by_text("立了 4 个问题").first.wait_for()
    assert Problem.objects.filter(origin="baseline").count() == 4
    page.locator("summary", has_text="记一位居民的故事").click()
    page.locator("[name=words]").last.fill("二十多年了，一下雨出门就是泥。")
    page.locator("[name=age_band]").select_option("70-79")
    page.locator("[name=years_there]").fill("22")
    readable(page)
    page.get_by_role("button", name="记下").last.click()
    page.get_by_text("只有本社区看得到").first.wait_for()
    baseline = f"{address}/desk/compounds/{town_now.places['compound'].pk}/baseline"
    reader = open_page("desk")
    enter(reader, "qu_kanban")
    reader.goto(baseline)
    assert "一下雨出门就是泥" not in reader.inner_text("main") and "雨天满地泥" in reader.inner_text("main")
    page.locator("summary", has_text="居民同意公开了").click()
    page.locator(".story [name=consent_words]").fill("念给本人听过，当面签字")
    page.get_by_role("button", name="记下同意").click()
    page.get_by_text("本人同意公开").first.wait_for()
    readable(page)
    reader.goto(baseline)
    shown = reader.inner_text("main")
    assert "一下雨出门就是泥" in shown and "70-79 岁" in shown
    readable(reader)
    assert ResidentStory.objects.get().told_on == now().date()
