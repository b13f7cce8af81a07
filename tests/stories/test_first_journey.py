"""One demand from a doorway to its rating, in a real browser, at phone and desk size.

The cast: a neighbour at the poster on her door, 何青禾 at the community's desk. Nobody here exists.
"""

import re
from typing import Any

import pytest
from django.utils import timezone

from gongzhi.console.demo.cast import PASSWORD
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.queries import poster_path
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town_now(transactional_db: None) -> Town:
    """The town as it stands today, since the pages ask the real clock."""
    return build()


def log_in(page: Any, address: str, name: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/desk/|/board/|/units/"))


def report(page: Any, address: str, poster: str) -> tuple[str, str]:
    """Report by the poster's code, the place already filled in; returns the number and the spoken code."""
    page.goto(address + poster)
    page.get_by_role("button", name="下一步").click()
    page.locator("[name=body]").fill("地下车库漏水，地面都是水，老人差点滑倒。")
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile("/thanks/"))
    number, code = (one.strip() for one in page.locator(".big-code").all_text_contents())
    return number, code


def work(page: Any, address: str, number: str) -> None:
    """At the desk: find it by its number, say what it is about, talk to the neighbour, answer."""
    log_in(page, address, "dongzheng_shegong")
    demand = Demand.objects.get()
    page.goto(f"{address}/desk/?group=all&words={number}")
    page.get_by_role("link", name=re.compile("车库漏水")).first.click()
    page.locator("form select[name=category]").first.select_option(label="车库漏水")
    page.get_by_role("button", name="分类", exact=True).click()
    page.get_by_text("已分类").first.wait_for()
    for verb, field, words in (
        ("contact", "words", "打过电话，约好下午去看。"),
        ("answer", "answer", "漏水的管道换好了，地面已清理，请您看看。"),
    ):
        page.goto(f"{address}/desk/demands/{demand.pk}/{verb}")
        form = page.locator(f"form[action$='/{verb}']")
        form.locator(f"[name={field}]").fill(words)
        form.get_by_role("button").first.click()
        page.wait_for_url(re.compile(rf"/desk/demands/{demand.pk}$"))
    assert "已答复" in page.inner_text("main")


def follow(page: Any, address: str, number: str, code: str) -> None:
    """With number and code, as one who lost the link: read the answer and rate it."""
    page.goto(f"{address}/check")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name=re.compile("查")).last.click()
    page.wait_for_url(re.compile("/d/"))
    assert "管道换好了" in page.inner_text("main")
    for name in ("solved", "satisfied"):
        page.locator(f"label:has([name$={name}])").first.click()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state()
    assert "您的评价" in page.inner_text("main")


@pytest.mark.mechanism("M25")
def test_from_a_doorway_to_its_rating(page: Any, open_page: Any, live_server: Any, town_now: Town) -> None:
    address = live_server.url
    number, code = report(page, address, poster_path(town_now.places["building"]))
    work(open_page("desk"), address, number)
    follow(page, address, number, code)

    demand = Demand.objects.get()
    assert demand.state == "closed" and demand.place == town_now.places["building"]
    assert demand.answered_at and demand.answered_at <= timezone.localtime()

    board = open_page("desk")
    log_in(board, address, "qu_kanban")
    board.goto(f"{address}/board/")
    assert "满意率" in board.inner_text("main")
