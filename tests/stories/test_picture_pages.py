"""The picture of who gives to whom and the accounts of a unit, read by axe at both sizes, plain and in large type."""

from typing import Any

import pytest

from tests.exchange.making import BUREAU, promised, settle
from tests.exchange.test_ties import deliver
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def given(transactional_db: None) -> Town:
    """The bureau gave to Dongzheng."""
    town = build()
    settle(town)
    deliver(town, promised(town))
    return town


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("dongzheng_shegong", ["/desk/exchange/picture?period=all&node=u{unit}", "/desk/exchange/units/{unit}"]),
        ("qu_fuze", ["/desk/exchange/picture?period=all", "/desk/exchange/picture?kind=place"]),
        ("chengguan_lianluo", ["/units/exchange/balance"]),
    ],
)
def test_every_page_can_be_read(page: Any, live_server: Any, given: Town, who: str, pages: list[str]) -> None:
    log_in(page, live_server.url, who)
    assert faults(page, live_server.url, [one.format(unit=given.units[BUREAU].pk) for one in pages]) == []


def test_a_name_is_pressed_by_keyboard_and_on_a_phone_the_list_comes_first(
    page: Any, live_server: Any, given: Town
) -> None:
    log_in(page, live_server.url, "dongzheng_shegong")
    page.goto(f"{live_server.url}/desk/exchange/picture?period=all")
    page.locator(".picture-row", has_text=BUREAU[:6]).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**node=u*")
    assert "给出 1 次" in page.inner_text(".picture-focus")
    top = {name: page.locator(f".picture-{name}").bounding_box()["y"] for name in ("drawing", "list")}
    assert (top["list"] < top["drawing"]) is (page.viewport_size["width"] < 500)
