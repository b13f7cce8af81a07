"""The residents' pages in a real browser: three steps, keyboard alone, no faults for assistive technology."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from gongzhi.demands import actions
from gongzhi.demands.models import Demand
from tests.reading import too_wide, violations
from tests.town import NOW, Town
from tests.web.public.test_follow import answered, path
from tests.web.public.test_new import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = {"phone": (390, 844), "office": (1440, 900)}


@pytest.fixture(params=SIZES, ids=str)
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page at phone and at office size; what the browser complains of fails the test."""
    width, height = SIZES[request.param]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def test_a_report_in_three_steps_with_a_photo(town: Town, live_server: LiveServer, page: Page, tmp_path: Any) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(size=(2400, 1800)).read())
    page.goto(f"{live_server.url}/new")
    assert not page.is_visible("#id_body")
    page.click("[data-next]")
    assert page.is_visible("text=请先选好地点")
    page.locator("#id_search").press_sequentially("大院")
    page.get_by_label("东正大院").first.check()
    page.click("[data-next]")
    page.fill("#id_body", "门禁坏了两天，老人进不去。")
    page.set_input_files("#id_photos", photo)
    page.wait_for_selector("[data-previews] img")
    page.click("[data-next]")
    page.fill("#id_phone", "13800000000")
    page.click("[data-send]")
    assert page.is_visible("text=请勾选同意")
    page.check("#id_agree")
    page.click("[data-send]")
    page.wait_for_selector(".big-code")
    assert not too_wide(page)
    assert Demand.objects.get().subject == "门禁坏了两天，老人进不去"
    page.click(".take-home a.btn")
    page.wait_for_selector("text=收到您的诉求")
    assert not too_wide(page)


def test_a_report_by_keyboard_alone(town: Town, live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/new")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    until(page, "id_search")
    page.keyboard.type("大院")
    page.wait_for_selector("#place-choices input")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    until_text(page, "下一步")
    page.keyboard.press("Enter")
    until(page, "id_body")
    page.keyboard.type("楼道灯不亮")
    until_text(page, "下一步")
    page.keyboard.press("Enter")
    until_text(page, "提交")
    page.keyboard.press("Enter")
    page.wait_for_selector(".big-code")


def until(page: Page, name: str) -> None:
    """Press Tab until the control with this id has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def until_text(page: Page, words: str) -> None:
    """Press Tab until the button with these words has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText?.trim()") == words:
            return
    raise AssertionError(f"{words} is not reached by Tab")


def test_without_scripts_the_whole_form_works(town: Town, live_server: LiveServer, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_server.url}/new")
    page.fill("#id_search", "大院")
    page.get_by_role("button", name="查找").click()
    page.get_by_label("东正大院").first.check()
    page.fill("#id_body", "楼道灯不亮")
    page.get_by_role("button", name="提交").click()
    assert page.is_visible(".big-code")
    context.close()


def test_words_are_added_by_keyboard_and_reasons_asked_of_the_unhappy_only(
    town: Town, live_server: LiveServer, page: Page
) -> None:
    received = town.report()
    page.goto(f"{live_server.url}{path(received)}")
    until_text(page, "补充情况或照片")
    page.keyboard.press("Enter")
    until(page, "id_add-words")
    page.keyboard.type("昨晚又漏了")
    until_text(page, "发送补充")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=您的补充已收到")
    assert page.is_visible("text=昨晚又漏了") and not too_wide(page)
    page.goto(f"{live_server.url}{path(answered(town))}")
    assert not page.is_visible("text=没有人联系我")
    page.get_by_label("没有解决", exact=True).check()
    assert page.is_visible("text=没有人联系我")


@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
def test_no_page_has_serious_faults_for_assistive_technology(
    town: Town, live_server: LiveServer, page: Page, elder: bool
) -> None:
    asked, done = town.report(), answered(town)
    desk = town.actor("dongzheng_shegong")
    actions.ask_reporter(desk, demand_id=asked.demand.pk, question="几单元？", now=NOW)
    if elder:
        page.goto(f"{live_server.url}/")
        page.click("button[name=elder]")
    found = []
    for address in ("/", "/new", "/check", "/login", "/sign-up", "/nothing", path(asked), path(done), "/d/x"):
        page.goto(f"{live_server.url}{address}")
        found += [(address, *fault) for fault in violations(page, serious=True)]
        if too_wide(page):
            found.append((address, "overflow"))
    assert found == []


@pytest.mark.parametrize("switch", ["English", "大字"])
def test_words_typed_so_far_outlive_a_switch(town: Town, live_server: LiveServer, page: Page, switch: str) -> None:
    page.goto(f"{live_server.url}/new")
    page.locator("#id_search").press_sequentially("大院")
    page.get_by_label("东正大院").first.check()
    page.click("[data-next]")
    page.fill("#id_body", "门禁坏了两天")
    with page.expect_navigation():
        page.get_by_role("button", name=switch).click()
    assert page.input_value("#id_body") == "门禁坏了两天"
    page.goto(f"{live_server.url}/new")
    assert page.input_value("#id_body") == "", "what was put back once is not kept on"
