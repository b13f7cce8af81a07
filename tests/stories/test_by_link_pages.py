"""The page of a member's link and what the desk writes down for them, read by axe and pressed on a phone."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.models import Match, Pledge
from gongzhi.exchange.rules import Side
from gongzhi.exchange.talk_rules import Topic
from gongzhi.neighbourhood.models import Membership
from gongzhi.web.who import now
from tests.exchange.rounds import found_network, join_in_own_right
from tests.reading import enlarge, faults, too_wide
from tests.stories.test_by_link import asked, clerk, link
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = (
    "/desk/exchange/directory",
    "/desk/exchange/members/{head}",
    "/desk/exchange/matches/{match}",
    "/desk/exchange/matches/{match}/give",
    "/desk/exchange/matches/{match}/decline",
    "/desk/exchange/pledges/{pledge}",
)


@pytest.fixture
def stand(transactional_db: None) -> tuple[Membership, Match]:
    """A head without a login: one ask waits, one promise runs, one delivery is to be confirmed, one message to be read."""
    town = build()
    head, desk = join_in_own_right(town, found_network(town), "程一帆", place="xinyu"), clerk(town)
    actor = actions.holder(head)
    for giving in (True, False):
        match = asked(town, head, giving=giving)
        sides = (Side.GIVER, Side.RECEIVER) if giving else (Side.RECEIVER, Side.GIVER)
        actions.accept_match(actor, match_id=match.pk, side=sides[0], now=now())
        actions.accept_match(desk, match_id=match.pk, side=sides[1], now=now())
        pledge = Pledge.objects.get(match=match)
        by = actor if giving else desk
        actions.deliver(by, pledge_id=pledge.pk, quantity=2, day=now().date(), words="来了两个人", now=now())
    waiting = asked(town, head)
    actions.write_message(desk, topic=Topic.OFFER, about_id=waiting.offer_id, words="周六能来吗？", now=now(), once="a")
    return head, waiting


def test_every_page_can_be_read(page: Any, live_server: Any, stand: tuple[Membership, Match]) -> None:
    head, match = stand
    assert faults(page, live_server.url, [link(head), f"{link(head)}/talks/offer/{match.offer_id}"]) == []
    log_in(page, live_server.url, "jiansheng_jiedao")
    pledge = Pledge.objects.order_by("pk")[0].pk
    paths = [one.format(head=head.pk, match=match.pk, pledge=pledge) for one in DESK]
    assert faults(page, live_server.url, paths) == []


def test_a_head_answers_on_a_phone_in_large_type(page: Any, live_server: Any, stand: tuple[Membership, Match]) -> None:
    head, match = stand
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + link(head))
    enlarge(page)
    page.get_by_role("button", name="同意提供").click()
    page.get_by_text("您已同意，等对方答复").wait_for()
    page.get_by_role("button", name="确认收到").click()
    page.get_by_text("已记下：确认收到").wait_for()
    page.get_by_text("没收到，或不对").wait_for(state="detached")
    assert not too_wide(page)
    match.refresh_from_db()
    assert match.given_at is not None
