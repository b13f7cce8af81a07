"""The demonstration loads whole, whatever day it is, and shows what its pages are there to show."""

import re
from datetime import datetime

import pytest
from django.test import Client

from gongzhi.agreements import queries as agreements
from gongzhi.agreements.models import Agreement
from gongzhi.conferences.models import Conference, Mobilisation, PublicSpace
from gongzhi.console.demo import load_district, names, wide
from gongzhi.console.demo.cast import PASSWORD
from gongzhi.exchange.models import Match, Pledge, Round
from gongzhi.problems.models import Mediation
from gongzhi.projects.models import Project
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
    meetings_projects_and_agreements()


def meetings_projects_and_agreements() -> None:
    """The three rooms as the desk opens them."""
    desk = "dongzheng_shegong"
    june = Conference.objects.filter(state="signed", place__name="东正社区").latest("starts_at")
    page = shown(desk, f"/desk/conferences/{june.pk}", f"/desk/conferences/{june.pk}/wall")
    for part in ("应到8家，到会6家，委托1家", "上次的决定办得怎样", "没有办成", "逾期", "用了数天"):
        assert part in text(page), part
    yard = PublicSpace.objects.get(name="老院坝")
    assert "舞蹈队" in shown(desk, f"/desk/conferences/spaces/{yard.pk}")
    urgent = Conference.objects.get(kind="urgent")
    assert "到会率实计100%" in text(shown("yuejin_shuji", f"/desk/conferences/{urgent.pk}"))
    figures = text(shown(desk, f"/desk/conferences/mobilisations/{Mobilisation.objects.earliest('starts_at').pk}"))
    assert "动员单位实计6家" in figures and "名单上的人申报82人" in figures and "到场的人实计82人" in figures
    school, square = Project.objects.get(title="学校开学准备"), Project.objects.get(title="老院坝整治")
    used = text(shown(desk, f"/desk/projects/{school.pk}"))
    assert "用了实计9天" in used and "余量实计4天" in used
    late = text(shown(desk, f"/desk/projects/{square.pk}"))
    assert "未验收" in late and "按建议排期" in late
    assert square.forecast_on and square.forecast_on < square.due_on
    states = {one.title: one.state for one in Agreement.objects.all()}
    assert sorted(states.values()) == ["active", "active", "draft", "draft", "in_review"]
    kept = Agreement.objects.get(title__contains="城市管理局")
    proofs = [one.proof for one in agreements.proofs_of(kept, on=now().date())]
    assert len(proofs) == 10 and sum(bool(one.facts) for one in proofs) >= 7


def text(page: str) -> str:
    """What is read, without spaces."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


@pytest.mark.django_db
def test_it_loads_today() -> None:
    loaded(now())


@pytest.mark.django_db
def test_it_loads_in_the_first_minutes_of_a_quarter() -> None:
    today = now()
    loaded(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=4))
