"""谁给谁 at the desk: folded and opened, one chosen, filtered; the picture and the table say the same."""

import re

import pytest
from django.test import Client

from gongzhi.exchange.models import Pledge
from gongzhi.neighbourhood.models import MemberUnit
from gongzhi.web.desk.exchange import picture
from gongzhi.web.desk.exchange.picture import period
from tests.exchange.making import BUREAU, INSURER, promised, settle
from tests.exchange.test_ties import deliver
from tests.town import NOW, Town
from tests.web.desk.test_exchange import enter, page

PAGE = "/desk/exchange/picture"
ALL = f"{PAGE}?period=all"


@pytest.fixture
def given(town: Town) -> Pledge:
    """The bureau of Dongzheng gave to Dongzheng three times."""
    settle(town)
    pledge = promised(town, 6)
    for _part in range(3):
        deliver(town, pledge, 2)
    return pledge


@pytest.fixture
def lead(town: Town, given: Pledge) -> Client:
    return enter(town, "qu_fuze")


def rows(shown: str) -> list[list[str]]:
    """The table's rows in words."""
    body = shown.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>") if "<td" in row]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def lines(shown: str) -> list[str]:
    """What the lines of the picture say."""
    return re.findall(r'class="picture-line[^>]*><title>(.*?)</title>', shown)


def test_folded_by_community_what_stays_within_is_no_line_and_stands_in_the_table(lead: Client) -> None:
    shown = page(lead, ALL)
    assert rows(shown) == [["东正社区", "内部互相", "技术力量 3", "3"]] and lines(shown) == []
    by_street = page(lead, f"{ALL}&level=street")
    assert rows(by_street) == [["跃进村街道", "内部互相", "技术力量 3", "3"]]


def test_opened_it_shows_its_units_with_a_line(lead: Client, town: Town) -> None:
    community = f"f{town.places['dongzheng'].pk}"
    pressed = page(lead, f"{ALL}&node={community}")
    assert "给出 3 次" in pressed and "得到 3 次" in pressed and "其中内部 3 次" in pressed
    assert f"open={community}" in pressed
    for shown in (page(lead, f"{ALL}&open={community}"), page(lead, f"{ALL}&level=unit")):
        assert rows(shown) == [[BUREAU, "东正社区本身", "技术力量 3", "3"]]
        assert lines(shown) == [f"{BUREAU} 给 东正社区本身：3 次"]
    assert "合上东正社区" in page(lead, f"{ALL}&open={community}")


def test_one_press_shows_what_a_unit_gave_and_got_and_leads_to_its_account(lead: Client, town: Town) -> None:
    unit = town.units[BUREAU].pk
    shown = page(lead, f"{ALL}&level=unit&node=u{unit}")
    assert "给出 3 次" in shown and "得到 0 次" in shown and f"/desk/exchange/units/{unit}" in shown
    account = page(lead, f"/desk/exchange/units/{unit}")
    assert BUREAU in account and "技术力量" in account and "6 小时" in account and "1 项承诺" in account


def test_kind_place_name_and_time_narrow_it(lead: Client, town: Town) -> None:
    dongzheng, xinyu = (town.places[key].pk for key in ("dongzheng", "xinyu"))
    for found in (f"kind=skill&place={dongzheng}", "unit=城市管理", f"place={town.places['yuejin'].pk}"):
        assert rows(page(lead, f"{ALL}&{found}")), found
    for nothing in ("kind=place", f"place={xinyu}", "unit=没有这家", f"kind=skill&place={xinyu}"):
        assert "这些条件下还没有" in page(lead, f"{ALL}&{nothing}"), nothing
    page(lead, f"{PAGE}?period=never&kind=%00&place=x&unit=%00&level=deep&open=f0-x&node=u0&after=x")


def test_what_is_asked_for_is_kept_by_every_link(lead: Client, town: Town) -> None:
    shown = page(lead, f"{ALL}&kind=skill&after=60")
    links = re.findall(r'class="picture-row[^"]*" href="([^"]+)"', shown)
    assert links and all("kind=skill" in link and "period=all" in link and "after" not in link for link in links)


def test_too_many_lines_are_not_drawn_and_the_page_says_what_to_do(
    lead: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MOST_LINES", 0)
    shown = page(lead, f"{ALL}&level=unit")
    assert "一起画看不清" in shown and lines(shown) == [] and len(rows(shown)) == 1
    unit = town.units[BUREAU].pk
    assert len(lines(page(lead, f"{ALL}&level=unit&node=u{unit}"))) == 1, "of one alone they are drawn"


def test_a_community_sees_its_own_part_opened(given: Pledge, town: Town) -> None:
    assert rows(page(enter(town, "dongzheng_shegong"), ALL)) == [[BUREAU, "东正社区本身", "技术力量 3", "3"]]
    assert "还没有确认收到的" in page(enter(town, "xinyu_shegong"), PAGE)


def test_a_unit_that_left_and_one_without_a_place_are_still_drawn(lead: Client, town: Town) -> None:
    MemberUnit.objects.filter(name=BUREAU).update(registered_place=None, left_on=NOW.date())
    shown = page(lead, ALL)
    assert rows(shown) == [["没有登记地点", "东正社区", "技术力量 3", "3"]] and len(lines(shown)) == 1


def test_the_account_of_others_is_absent(given: Pledge, town: Town) -> None:
    address = f"/desk/exchange/units/{town.units[INSURER].pk}"
    assert enter(town, "dongzheng_shuji").get(address).status_code == 404
    assert enter(town, "xinyu_shuji").get(address).status_code == 200


def test_periods_end_today_or_with_the_year() -> None:
    today = NOW.date()
    assert period("last", today) == (
        today.replace(year=2025, month=1, day=1),
        today.replace(year=2025, month=12, day=31),
    )
    assert period("all", today) == (None, None)
    since, until = period("", today)
    assert since and until == today and (today - since).days == 365
