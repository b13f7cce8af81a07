"""The pages of outreaches, threads and the directory, read by axe as desk, unit and outsider see them."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.actions import Party
from gongzhi.exchange.talk_rules import outsider
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, need_details, settle
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths(transactional_db: None) -> dict[str, str]:
    """A confidential need whose unit must agree, and one about which an outsider has asked back."""
    town = build()
    settle(town)
    moment = now()
    desk, unit = (town.actor(who, today=moment.date()) for who in ("dongzheng_shegong", "chengguan_lianluo"))
    found = {}
    for name, confidential in (("closed", True), ("open", False)):
        details = need_details(title=f"周转 {name}", confidential=confidential)
        need = actions.state_need(unit, details=details, unit=town.units[BUREAU], now=moment, once=name).need
        actions.verify_need(desk, need_id=need.pk, now=moment)
        party = Party("江畔银行", phone="13812345678")
        row = actions.start_outreach(
            desk, need_id=need.pk, party=party, asked="请看看", facts="一家企业", now=moment, once=name
        )
        found |= {f"{name}_need": str(need.pk), name: str(row.pk)}
    found["unopened"] = actions.outreach_link(
        actions.start_outreach(desk, need_id=need.pk, party=Party("专家"), asked="请看看", now=moment, once="c")
    ).rpartition("/")[2]
    actions.ask_more(outsider(row.pk), outreach_id=row.pk, words="多大？", now=moment, once="q")
    found["link"] = actions.outreach_link(row).rpartition("/")[2]
    return found


DESK = (
    "/desk/exchange/needs/{open_need}",
    "/desk/exchange/needs/{closed_need}/outreach",
    "/desk/exchange/outreaches/",
    "/desk/exchange/outreaches/{open}",
    "/desk/exchange/outreaches/{open}/accept",
    "/desk/exchange/talks/",
    "/desk/exchange/talks/outreach/{open}",
    "/desk/exchange/directory",
)
UNIT = (
    "/units/exchange",
    "/units/exchange/needs/{open_need}",
    "/units/exchange/outreaches/{closed}",
    "/units/exchange/outreaches/{closed}/object",
    "/units/exchange/talks/",
    "/units/exchange/talks/need/{closed_need}",
    "/units/exchange/directory",
)
OUTSIDER = ("/o/{unopened}", "/o/{link}")


@pytest.mark.parametrize(("who", "pages"), [("dongzheng_shegong", DESK), ("chengguan_lianluo", UNIT), ("", OUTSIDER)])
def test_every_page_can_be_read(
    page: Any, live_server: Any, paths: dict[str, str], who: str, pages: tuple[str, ...]
) -> None:
    if who:
        log_in(page, live_server.url, who)
    else:
        page.goto(live_server.url)
    assert faults(page, live_server.url, [one.format(**paths) for one in pages]) == []
