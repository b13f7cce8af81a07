"""The demonstration loads whole, whatever day it is, and shows what its pages are there to show."""

from datetime import datetime

import pytest
from django.test import Client

from gongzhi.console.demo import load_district, names, wide
from gongzhi.console.demo.cast import PASSWORD
from gongzhi.exchange.models import Match, Pledge, Round
from gongzhi.problems.models import Mediation
from gongzhi.web.who import now


@pytest.fixture(autouse=True)
def _smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much of the wide base as it takes to walk through its code."""
    for name, number in (("OFFERS", 12), ("NEEDS", 12), ("MATCHED", 4), ("IN_MEETINGS", 12)):
        monkeypatch.setattr(wide, name, number)


def shown(login: str, *addresses: str) -> str:
    client = Client()
    assert client.post("/login", {"username": login, "password": PASSWORD}).status_code == 302
    return "".join(client.get(address).content.decode() for address in addresses)


def loaded(at: datetime) -> None:
    load_district(now=at)
    table = shown("dongzheng_shegong", "/desk/exchange/", "/desk/exchange/pledges/", "/desk/exchange/giving/")
    for part in ("老院坝晚上缺停车位", "清运装修垃圾", "近20万元", "2.1万元"):
        assert part in table, part
    assert Match.objects.filter(state="suggested").exists() and Pledge.objects.filter(state="failed").count() < 3
    home = f"/desk/exchange/rounds/{Round.objects.get().pk}"
    lacking = shown("jiansheng_shuji", home).split("建胜石林建材公司（演示）")[1].split("</tr>")[0]
    assert lacking.count("还没填") == 1 and names.SOFTWARE in shown(
        "yuejin_jiedao", "/desk/exchange/picture?level=unit"
    )
    assert "两次放款" not in shown("qu_fuze", "/desk/exchange/outreaches/?ended=1", "/desk/exchange/")
    assert Mediation.objects.get().outcome == "agreed"


@pytest.mark.django_db
def test_it_loads_today() -> None:
    loaded(now())


@pytest.mark.django_db
def test_it_loads_in_the_first_minutes_of_a_quarter() -> None:
    today = now()
    loaded(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=4))
