"""The desk in a real browser: a call taken by keyboard alone, and pages that everyone can read."""

from collections.abc import Iterator
from typing import Any

import pytest

from gongzhi.console.demo.cast import PASSWORD
from gongzhi.demands import actions
from gongzhi.demands.models import Demand
from gongzhi.web.who import now
from tests.reading import too_wide, violations
from tests.town import Town

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(chromium: Any, live_server: Any, town: Town) -> Iterator[Any]:
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


def test_a_call_is_taken_by_keyboard_alone(desk: Any, town: Town) -> None:
    town.report(body="去年也漏过水", phone="13800138000", now=now())
    desk.goto("/desk/demands/new")
    keys = desk.keyboard
    assert desk.evaluate("document.activeElement.name") == "phone"
    keys.type("13800138000")
    desk.wait_for_selector("#earlier >> text=去年也漏过水")
    keys.press("Enter")
    keys.type("某居民")
    keys.press("Enter")
    keys.type("dzdy")
    desk.wait_for_selector(".pick-list [aria-selected=true]")
    keys.press("Enter")
    assert "东正大院" in desk.input_value("[name=place_typed]")
    assert desk.evaluate("document.activeElement.name") == "place_words"
    keys.type("2单元")
    keys.press("Enter")
    keys.type("楼道灯坏了，老人看不见路")
    keys.press("Tab")
    keys.press("ArrowRight")
    keys.press("Control+Enter")
    desk.wait_for_url("**/taken")
    assert "下一个电话" in desk.evaluate("document.activeElement.innerText")
    demand = Demand.objects.latest("pk")
    assert (demand.kind, demand.channel, demand.place_id) == ("complaint", "telephone", town.places["compound"].pk)
    keys.press("Enter")
    desk.wait_for_url("**/desk/demands/new")
    assert desk.evaluate("document.activeElement.name") == "phone"


def test_a_move_opens_in_place_and_its_refusal_too(desk: Any, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", now=now()).demand.pk
    desk.goto(f"/desk/demands/{pk}")
    desk.click("summary:has-text('更多办法')")
    desk.click("a:has-text('派单')")
    desk.wait_for_selector("#panel [name=handler]")
    desk.fill("#panel [name=handler]", "没有这家")
    desk.click("#panel button.btn-primary")
    desk.wait_for_selector("#panel .field-error")
    assert desk.input_value("#panel [name=handler]") == "没有这家"
    desk.fill("#panel [name=handler]", "城市管理局")
    desk.click("#panel button.btn-primary")
    desk.wait_for_selector(".demand-head >> text=已派单")


def test_a_stale_move_shows_the_page_anew_and_is_sent_by_keyboard(desk: Any, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", now=now()).demand.pk
    desk.goto(f"/desk/demands/{pk}")
    desk.click("summary:has-text('更多办法')")
    desk.click("a:has-text('已联系居民')")
    desk.fill("#panel [name=words]", "打过电话，约好明天去看")
    actions.start_work(town.actor("dongzheng_shuji"), demand_id=pk, now=now())
    desk.click("#panel button.btn-primary")
    desk.wait_for_selector("#refused >> text=刚才有人办过这件事")
    # State, trail and buttons are those of now; the words are kept, and the reason has the focus.
    assert desk.is_visible(".demand-head >> text=办理中") and desk.is_visible(".timeline >> text=开始办理")
    assert desk.input_value("#panel [name=words]") == "打过电话，约好明天去看"
    assert desk.evaluate("document.activeElement.id") == "refused"
    assert violations(desk, serious=True) == []
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.name") == "words"
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".demand-head >> text=已联系")


def test_the_pages_can_be_read_by_everyone(desk: Any, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", phone="13800138000", now=now()).demand.pk
    addresses = ("/desk/?q=灯坏", f"/desk/demands/{pk}", f"/desk/demands/{pk}/note", f"/desk/demands/{pk}/attach", "/desk/demands/new",
                 "/desk/callbacks", "/desk/inbox")  # fmt: skip
    for width in (1440, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            desk.goto(address)
            assert violations(desk, serious=True) == [], f"{address} at {width}"
            assert not too_wide(desk), f"{address} at {width}"


@pytest.mark.parametrize(("address", "field"), [("/desk/demands/new", "body"), ("/desk/demands/{pk}/note", "words")])
def test_words_typed_so_far_outlive_a_session_that_ended(desk: Any, town: Town, address: str, field: str) -> None:
    desk.goto(address.format(pk=town.report(now=now()).demand.pk))
    box = f"form[data-once] [name={field}]"
    desk.fill(box, "来电人说了很多")
    desk.context.clear_cookies(name="sessionid")
    desk.locator(box).locator("xpath=ancestor::form").locator("button:not([name])").last.click()
    desk.wait_for_url("**/login?**")
    desk.fill("[name=username]", "dongzheng_shegong")
    desk.fill("[name=password]", PASSWORD)
    desk.press("[name=password]", "Enter")
    desk.wait_for_url(lambda url: "/login" not in url)
    assert desk.input_value(box) == "来电人说了很多"
