"""Every page of the three forms, read by axe as secretary, desk and liaison see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.models import Filing, Offer, Round
from gongzhi.exchange.round_rules import Sheet
from gongzhi.shared.sheets import write_xlsx
from gongzhi.web.who import now
from tests.exchange.making import need_details, offer_details
from tests.exchange.rounds import NAMES, found_network, open_round
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = (
    "/desk/exchange/rounds/",
    "/desk/exchange/rounds/{round}",
    "/desk/exchange/rounds/{round}/postpone",
    "/desk/exchange/rounds/{round}/close",
    "/desk/exchange/lists/have/print",
    "/desk/exchange/lists/need/print?for=desk",
    "/desk/exchange/lists/link/print",
    "/desk/exchange/lists/have/import",
)
UNIT = (
    "/units/exchange",
    "/units/exchange/rounds/{round}",
    "/units/exchange/rounds/{round}/{unit}/have",
    "/units/exchange/rounds/{round}/{unit}/need",
    "/units/exchange/rounds/{round}/{unit}/link",
)


@pytest.fixture
def asked(transactional_db: None) -> tuple[Town, Round]:
    """A round in which one unit has said what it has and how to link, and another nothing yet but lines to answer."""
    town = build()
    row = open_round(town, found_network(town))
    moment, public = now(), {"visibility": "public", "kind": "place", "measure": "次"}
    first, second = (town.actor(f"lianluo{count}", today=moment.date()) for count in (0, 1))
    new = [offer_details(title="会议室", **public), offer_details(title="停车场空余车位，工作日晚上和周末", **public)]
    actions.fill_lines(
        first, round_id=row.pk, unit_id=town.units[NAMES[0]].pk, sheet=Sheet.HAVE, said={}, new=new, nothing=False,
        once="a", now=moment,
    )  # fmt: skip
    actions.fill_link(
        first, round_id=row.pk, unit_id=town.units[NAMES[0]].pk, ways=["meet", "serve"], reach="phone", words="先约",
        nothing=False, once="b", now=moment,
    )  # fmt: skip
    for title in ("会议室", "退休教师讲课"):
        unit = town.units[NAMES[1]]
        actions.state_offer(second, details=offer_details(title=title), unit=unit, now=moment, once=title)
        actions.state_need(second, details=need_details(title=title), unit=unit, now=moment, once=title)
    return town, row


@pytest.mark.parametrize(
    ("who", "pages"),
    [("jiansheng_shuji", DESK), ("jiansheng_jiedao", DESK[1:2]), ("lianluo1", UNIT), ("lianluo2", UNIT[2:4])],
)
def test_every_page_can_be_read(
    page: Any, live_server: Any, asked: tuple[Town, Round], who: str, pages: tuple[str, ...]
) -> None:
    town, row = asked
    log_in(page, live_server.url, who)
    unit = town.units[NAMES[int(who[-1])] if who[-1].isdigit() else NAMES[0]]
    assert faults(page, live_server.url, [one.format(round=row.pk, unit=unit.pk) for one in pages]) == []


def test_a_liaison_fills_all_three_on_a_phone(page: Any, live_server: Any, asked: tuple[Town, Round]) -> None:
    town, row = asked
    unit = town.units[NAMES[1]]
    log_in(page, live_server.url, "lianluo1")
    page.goto(f"{live_server.url}/units/exchange/rounds/{row.pk}/{unit.pk}/have")
    first, second = Offer.objects.filter(unit=unit).order_by("pk")
    # What changes is asked for as soon as it changes.
    assert not page.locator(f"#id_quantity-{first.pk}").is_visible()
    page.get_by_text("有变化").first.click()
    page.fill(f"#id_quantity-{first.pk}", "7")
    page.get_by_role("button", name="没选的都仍然这样").click()
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="没选的都仍然这样").click()
    page.wait_for_load_state("networkidle")
    page.get_by_text("参加联席会议").click()
    page.get_by_text("打电话").click()
    page.get_by_role("button", name="填好了").click()
    page.wait_for_load_state("networkidle")
    assert "三张表都填好了" in page.inner_text("main")
    assert Filing.objects.filter(round=row, unit=unit).count() == 3
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.quantity, second.quantity, second.state) == (7, 10, "open")


def test_a_clerk_looks_before_a_file_is_taken(page: Any, live_server: Any, asked: tuple[Town, Round]) -> None:
    lines = [
        (NAMES[2], "场地", "球场", "2", "次"),
        (NAMES[3], "场地", "仓库", "若干", "间"),
        ("没有这一家", "场地", "厅", "1", "间"),
    ]
    file = write_xlsx(("单位", "类别", "资源内容", "数量", "计量单位"), lines)
    log_in(page, live_server.url, "jiansheng_jiedao")
    page.goto(f"{live_server.url}/desk/exchange/lists/have/import")
    page.set_input_files("input[type=file]", {"name": "资源.xlsx", "mimeType": "application/x", "buffer": file})
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_load_state("networkidle")
    assert "不是您这里的成员单位" in page.inner_text("main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="登记这 1 行").click()
    page.wait_for_load_state("networkidle")
    assert Offer.objects.filter(title="球场").count() == 1
