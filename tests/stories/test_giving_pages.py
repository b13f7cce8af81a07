"""Every page of 爱心账 and 帮扶, read by axe as desk, unit and resident see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.exchange.models import Use
from gongzhi.web.who import now
from tests.exchange.making import settle
from tests.house.setting import add_giving
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def things(transactional_db: None) -> dict[str, str]:
    """A contribution used in part and told without a name, and a package."""
    town = build()
    settle(town)
    found = add_giving(town, 0, now())
    return found | {"place": str(town.places["dongzheng"].pk), "use": str(Use.objects.get().pk)}


PAGES = {
    "": ("/giving/", "/giving/{place}"),
    "dongzheng_shegong": (
        "/desk/exchange/giving/",
        "/desk/exchange/giving/new",
        "/desk/exchange/giving/{gift}",
        "/desk/exchange/giving/{gift}/use",
        "/desk/exchange/giving/{gift}/agree",
        "/desk/exchange/giving/{gift}/correct_entry",
        "/desk/exchange/giving/{gift}/correct_use?pick={use}",
        "/desk/exchange/packages/",
        "/desk/exchange/packages/new",
        "/desk/exchange/packages/{package}",
        "/desk/exchange/packages/{package}/add",
    ),
    "chengguan_lianluo": ("/units/exchange/giving/",),
}


@pytest.mark.parametrize("who", list(PAGES))
def test_every_page_can_be_read(page: Any, live_server: Any, things: dict[str, str], who: str) -> None:
    if who:
        log_in(page, live_server.url, who)
    else:
        page.goto(f"{live_server.url}/giving/")
    assert faults(page, live_server.url, [path.format(**things) for path in PAGES[who]]) == []
