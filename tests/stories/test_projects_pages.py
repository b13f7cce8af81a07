"""Every page of projects, read by axe as desk and unit see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.web.who import now
from tests.exchange.making import settle
from tests.house.setting import add_project
from tests.reading import faults
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
