"""Every page of offers and needs, read by axe as desk and unit see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.models import Introduction, Match
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, INSURER, need_details, offer_details, settle
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(transactional_db: None) -> Match:
    """A need that the bureau was asked to meet, and one that only waits."""
    town = build()
    settle(town)
    moment = now()
    desk, unit = (town.actor(who, today=moment.date()) for who in ("dongzheng_shegong", "chengguan_lianluo"))
    details = offer_details(quantity=20)
    actions.state_offer(unit, details=details, unit=town.units[BUREAU], now=moment, once="a")
    for title in ("楼道照明检修", "活动室线路检修"):
        need = actions.state_need(
            desk, details=need_details(title=title), place=town.places["dongzheng"], now=moment, once=title
        ).need
        actions.verify_need(desk, need_id=need.pk, now=moment)
    proposed = actions.propose_matches(desk, place=town.places["dongzheng"], now=moment)
    assert len(proposed.matches) == 2
    words = {"to_community": town.places["dongzheng"], "words": "想借晚上的车位"}
    row = actions.ask_introduction(desk, unit=town.units[INSURER], now=moment, **words)
    actions.note_talk(desk, introduction_id=row.pk, day=moment.date(), words="在会议室谈过一次。", now=moment)
    first, second = (one.need_id for one in proposed.matches)
    actions.link_unlock(desk, need_id=second, frees_id=first, now=moment)
    actions.meet_need(desk, need_id=second, words="另外办好了", now=moment)
    return actions.offer_match(desk, match_id=proposed.matches[0].pk, now=moment)


DESK = (
    "/desk/exchange/",
    "/desk/exchange/needs/new",
    "/desk/exchange/needs/{need}",
    "/desk/exchange/needs/{need}/change",
    "/desk/exchange/matches/{match}",
    "/desk/exchange/matches/{match}/decline",
    "/desk/exchange/offers/",
    "/desk/exchange/offers/{offer}",
    "/desk/exchange/pledges/",
    "/desk/exchange/introductions/",
    "/desk/exchange/introductions/{asking}",
    "/desk/exchange/introductions/{asking}/talk",
    "/desk/exchange/offers/new",
    "/desk/exchange/offers/{offer}/change",
    "/desk/exchange/pledges/new",
    "/desk/exchange/forward/",
    "/desk/exchange/tasks/",
)
UNIT = (
    "/units/exchange",
    "/units/exchange/all/offers",
    "/units/exchange/all/pledges",
    "/units/exchange/offers/new",
    "/units/exchange/needs/new",
    "/units/exchange/offers/{offer}",
    "/units/exchange/matches/{match}",
    "/units/exchange/matches/{match}/decline",
)


@pytest.mark.parametrize(("who", "pages"), [("dongzheng_shegong", DESK), ("chengguan_lianluo", UNIT)])
def test_every_page_can_be_read(page: Any, live_server: Any, asked: Match, who: str, pages: tuple[str, ...]) -> None:
    log_in(page, live_server.url, who)
    asking = Introduction.objects.get().pk
    paths = [one.format(need=asked.need_id, offer=asked.offer_id, match=asked.pk, asking=asking) for one in pages]
    assert faults(page, live_server.url, paths) == []


def test_a_liaison_says_yes_by_keyboard_alone(page: Any, live_server: Any, asked: Match) -> None:
    log_in(page, live_server.url, "chengguan_lianluo")
    page.goto(f"{live_server.url}/units/exchange")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()").startswith("同意提供"):
            break
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    asked.refresh_from_db()
    assert asked.given_at is not None and asked.taken_at is None and asked.state == "offered"
