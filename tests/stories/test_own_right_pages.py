"""The pages on which persons in their own right take part, read by axe as desk and head see them, and filled on a phone."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.models import Filing, Offer, Round
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.talk_rules import Topic
from gongzhi.neighbourhood.models import Membership
from gongzhi.web.who import now
from tests.exchange.making import offer_details
from tests.exchange.rounds import found_network, join_in_own_right, open_round
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = (
    "/desk/exchange/directory",
    "/desk/exchange/talks/member/{head}",
    "/desk/exchange/rounds/{round}",
    "/desk/exchange/rounds/{round}/by-phone",
    "/desk/exchange/rounds/{round}/by-phone?whose=m{silent}&sheet=have",
    "/desk/exchange/rounds/{round}/by-phone?whose=m{silent}&sheet=link",
)
OWN = (
    "/units/exchange",
    "/units/exchange/directory",
    "/units/exchange/talks/member/{head}",
    "/units/exchange/rounds/{round}",
    "/units/exchange/rounds/{round}/m{head}/have",
)


@pytest.fixture
def asked(transactional_db: None) -> tuple[Round, Membership, Membership]:
    """A round that asks five units and two persons, one of whom has said what they have and was written to."""
    town = build()
    network = found_network(town)
    head = join_in_own_right(town, network, "程一帆", login="wuye", place="xinyu")
    silent = join_in_own_right(town, network, "倪小雨")
    row, moment = open_round(town, network), now()
    own, desk = (town.actor(who, today=moment.date()) for who in ("wuye", "jiansheng_jiedao"))
    new = [offer_details(title="夜间巡逻", kind="service", measure="次")]
    actions.fill_lines(
        own, round_id=row.pk, member_id=head.pk, sheet=Sheet.HAVE, said={}, new=new, nothing=False, once="a", now=moment
    )
    actions.write_message(desk, topic=Topic.MEMBER, about_id=head.pk, words="周四能来开会吗？", now=moment, once="b")
    return row, head, silent


@pytest.mark.parametrize(("who", "pages"), [("jiansheng_shuji", DESK), ("wuye", OWN)])
def test_every_page_can_be_read(
    page: Any, live_server: Any, asked: tuple[Round, Membership, Membership], who: str, pages: tuple[str, ...]
) -> None:
    row, head, silent = asked
    log_in(page, live_server.url, who)
    paths = [one.format(round=row.pk, head=head.pk, silent=silent.pk) for one in pages]
    assert faults(page, live_server.url, paths) == []


def test_a_head_fills_all_three_on_a_phone(
    page: Any, live_server: Any, asked: tuple[Round, Membership, Membership]
) -> None:
    row, head, _silent = asked
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, live_server.url, "wuye")
    page.goto(f"{live_server.url}/units/exchange")
    page.get_by_role("link", name="三张表").click()
    page.get_by_role("link", name="再看、再改 资源清单").click()
    page.get_by_role("button", name="没选的都仍然这样").click()
    page.get_by_role("button", name="本期没有").click()
    page.get_by_text("参加联席会议").click()
    page.get_by_text("打电话").click()
    page.get_by_role("button", name="填好了").click()
    page.get_by_text("三张表都填好了").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Filing.objects.filter(round=row, member=head).count() == 3
    assert Offer.objects.get(member=head).state == "open"
