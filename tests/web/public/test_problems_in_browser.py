"""The hint between two steps and the tap, in a real browser at phone size: seen, pressed by keyboard, without faults."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from gongzhi.demands.models import Demand
from gongzhi.problems.models import Problem
from gongzhi.problems.rules import number
from tests.reading import too_wide, violations
from tests.town import Town
from tests.web.public.test_browser import until_text
from tests.web.public.test_problems import leaks, now, the_problem
from tests.web.units.test_whistles import blow, refer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "地下车库漏水，钓鱼台小区"


def begin(page: Page, address: str, town: Town, words: str = WORDS) -> None:
    """Where and what, and 下一步."""
    page.goto(f"{address}/new?place={town.places['garage'].pk}")
    page.click("[data-next]")
    page.fill("#id_body", words)
    page.click("[data-next]")


@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
def test_the_tap_by_keyboard_alone_and_no_faults_on_the_way(
    town: Town, live_server: LiveServer, phone: Page, elder: bool
) -> None:
    leaks(town)
    phone.goto(live_server.url)
    if elder:
        phone.click("button[name=elder]")
    begin(phone, live_server.url, town)
    phone.wait_for_selector("#near:not([hidden])")
    assert phone.evaluate("document.activeElement.id") == "near-title"
    # Why, and both buttons, are seen without scrolling.
    seen = [phone.locator("#near-title"), *(phone.locator("#near .btn").nth(one) for one in range(2))]
    for what in seen:
        box = what.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= 844
    found = faults(phone)
    until_text(phone, "我也是，关注这件事")
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile("/f/"))
    assert phone.is_visible("text=已记下") and the_problem().followers == 1
    found += faults(phone)
    phone.click("text=看办到哪一步了")
    phone.wait_for_selector("text=您关注的问题")
    found += faults(phone)
    phone.goto(f"{live_server.url}/problems/{number(the_problem().pk)}")
    found += faults(phone)
    assert found == []


def faults(page: Page) -> list[Any]:
    """What assistive technology would stumble over here, and what sticks out."""
    found: list[Any] = [(page.url, *fault) for fault in violations(page)]
    return [*found, (page.url, "overflow")] if too_wide(page) else found


def test_who_says_that_it_differs_goes_on_with_everything_that_was_typed(
    town: Town, live_server: LiveServer, phone: Page
) -> None:
    leaks(town)
    begin(phone, live_server.url, town)
    phone.click("[data-differs]")
    assert phone.is_visible("#id_phone") and not phone.is_visible("#near")
    # Once said, not asked again; back and on.
    phone.click("[data-back]")
    assert phone.input_value("#id_body") == WORDS
    phone.click("[data-next]")
    phone.wait_for_selector("#id_phone:visible")
    phone.click("[data-send]")
    phone.wait_for_selector(".big-code")
    assert Demand.objects.latest("pk").body == WORDS and the_problem().followers == 0


def test_back_after_the_tap_finds_the_words_again(town: Town, live_server: LiveServer, phone: Page) -> None:
    leaks(town)
    begin(phone, live_server.url, town)
    phone.click("#near .btn-primary")
    phone.wait_for_url(re.compile("/f/"))
    phone.go_back()
    assert phone.input_value("#id_body") == WORDS


@pytest.mark.parametrize("trouble", ["away", "broken", "slow"])
def test_a_hint_that_does_not_come_holds_nobody_up(
    town: Town, live_server: LiveServer, phone: Page, trouble: str
) -> None:
    leaks(town)

    def answer(route: Any) -> None:
        if trouble == "away":
            route.abort()
        elif trouble == "broken":
            route.fulfill(status=500, body="x")
        # Slow: never answered.

    phone.route("**/new/near", answer)
    begin(phone, live_server.url, town)
    phone.wait_for_selector("#id_phone:visible", timeout=5_000)
    phone.click("[data-send]")
    phone.wait_for_selector(".big-code")
    phone.unroute_all(behavior="ignoreErrors")


def test_what_ended_while_she_read_it_brings_her_words_back(town: Town, live_server: LiveServer, phone: Page) -> None:
    leaks(town)
    begin(phone, live_server.url, town)
    phone.wait_for_selector("#near:not([hidden])")
    Problem.objects.update(state="solved", solved_at=now(), ended_at=now())
    phone.click("#near .btn-primary")
    phone.wait_for_selector("text=请重新填写")
    assert phone.input_value("#id_body") == WORDS


def test_a_unit_signs_on_its_phone_and_no_page_has_faults(town: Town, live_server: LiveServer, phone: Page) -> None:
    from tests.stories.test_first_journey import log_in

    whistle, referral = blow(town), refer(town)
    log_in(phone, live_server.url, "chengguan_lianluo")
    found = []
    for path in ("whistles/", f"whistles/{whistle.pk}", "referrals/", f"referrals/{referral.pk}"):
        phone.goto(f"{live_server.url}/units/{path}")
        found += faults(phone)
    phone.goto(f"{live_server.url}/units/whistles/{whistle.pk}")
    until_text(phone, "签收")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("text=下一步：已联系吹哨方")
    found += faults(phone)
    assert found == []
