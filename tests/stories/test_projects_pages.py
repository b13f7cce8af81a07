"""Every page of projects, read by axe as desk and unit see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.projects.models import Zone, Zoning
from gongzhi.web.who import now
from tests.exchange.making import settle
from tests.house.setting import add_project
from tests.reading import faults, until
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def things(transactional_db: None) -> dict[str, str]:
    """A project with two tasks, zones, a thing installed, and an appeal that waits."""
    town = build()
    settle(town)
    return add_project(town, 0, now())


PAGES = {
    "dongzheng_shuji": (
        "/desk/projects/",
        "/desk/projects/totals",
        "/desk/projects/new?appeal={appeal}",
        "/desk/projects/appeals/{appeal}",
        "/desk/projects/{project}",
        "/desk/projects/{project}/add_task",
        "/desk/projects/{project}/bind",
        "/desk/projects/{project}/zone",
        "/desk/projects/tasks/{job}/close",
        "/desk/projects/tasks/{job}/prove",
        "/desk/projects/zonings/{zoning}",
        "/desk/projects/assets/{asset}/accept",
    ),
    "chengguan_lianluo": ("/units/projects/", "/units/projects/appeals/new", "/units/projects/tasks/{job}/close"),
}


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_can_be_read(page: Any, live_server: Any, things: dict[str, str], who: str) -> None:
    log_in(page, live_server.url, who)
    assert faults(page, live_server.url, [path.format(**things) for path in PAGES[who]]) == []


def test_zones_are_drawn_corner_by_corner(page: Any, live_server: Any, things: dict[str, str]) -> None:
    """A tap close to a corner or an edge that stands is meant for it: two halves cover the site without a gap."""
    log_in(page, live_server.url, "dongzheng_shegong")
    page.set_viewport_size({"width": 1100, "height": 900})
    page.goto(f"{live_server.url}/desk/projects/{things['project']}/zone")
    box = page.locator(".map-box")
    box.scroll_into_view_if_needed()
    until(page, "document.querySelector('.map-box').gongzhiMap")

    def tap(*corners: tuple[int, int]) -> None:
        for x, y in corners:
            box.click(position={"x": x, "y": y})

    finish, name = page.locator("[data-zone=close]"), page.locator("[data-zone=name]")
    tap((150, 100), (350, 100))
    finish.click()
    assert "至少要三个角" in page.locator("[data-zone=said]").inner_text() and not name.is_visible()
    tap((350, 300), (150, 300))
    finish.click()
    tap((152, 97), (250, 104), (251, 296), (146, 303))
    finish.click()
    assert "叫什么" in page.locator("[data-zone=said]").inner_text()
    name.fill("东半边")
    finish.click()
    tap((254, 98), (347, 103), (353, 304), (248, 303), (200, 200))
    page.locator("[data-zone=back]").click()
    name.fill("西半边")
    page.locator("[data-zone=keeper]").fill("物业")
    finish.click()
    page.locator("form.move-panel button.btn-primary").click()
    page.wait_for_load_state("networkidle")
    zoning = Zoning.objects.order_by("-pk").first()
    assert zoning and zoning.pk != int(things["zoning"]), page.locator("main").inner_text()
    assert sorted(Zone.objects.filter(zoning=zoning).values_list("name", "keeper")) == [
        ("东半边", ""),
        ("西半边", "物业"),
    ]
