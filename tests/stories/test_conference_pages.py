"""Every page of conferences, read by axe as desk and unit see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.web.who import now
from tests.exchange.making import settle
from tests.house.setting import add_conference
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def things(transactional_db: None) -> dict[str, str]:
    """A conference under way, one that is planned, a call to act, a matter of the pavilion."""
    town = build()
    settle(town)
    return add_conference(town, 0, now())


PAGES = {
    "dongzheng_shegong": (
        "/desk/conferences/",
        "/desk/conferences/new",
        "/desk/conferences/urgent",
        "/desk/conferences/rhythm",
        "/desk/conferences/{conference}",
        "/desk/conferences/{conference}/room",
        "/desk/conferences/{conference}/wall",
        "/desk/conferences/{conference}/roll",
        "/desk/conferences/{conference}/table",
        "/desk/conferences/decisions/{decision}/change",
        "/desk/conferences/{planned}",
        "/desk/conferences/{planned}/notify",
        "/desk/conferences/mobilisations/",
        "/desk/conferences/mobilisations/new",
        "/desk/conferences/mobilisations/{act}",
        "/desk/conferences/pavilion/",
        "/desk/conferences/pavilion/new",
        "/desk/conferences/pavilion/{matter}",
        "/desk/conferences/pavilion/{matter}/discuss",
        "/desk/conferences/spaces/",
        "/desk/conferences/spaces/new",
        "/desk/conferences/spaces/{space}",
        "/desk/conferences/spaces/{space}/slot",
        "/desk/conferences/spaces/slots/{slot}/skip",
    ),
    "chengguan_lianluo": (
        "/units/conferences/",
        "/units/conferences/{conference}",
        "/units/conferences/{conference}/table",
        "/units/conferences/mobilisations/{act}",
    ),
}


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_can_be_read(page: Any, live_server: Any, things: dict[str, str], who: str) -> None:
    log_in(page, live_server.url, who)
    assert faults(page, live_server.url, [path.format(**things) for path in PAGES[who]]) == []
