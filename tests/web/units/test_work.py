"""A member unit's door: what it was handed, and nothing else."""

import pytest
from django.test import Client

from gongzhi.demands import actions
from gongzhi.demands.models import Demand
from gongzhi.web.who import now
from tests.town import Town


@pytest.fixture
def unit(client: Client, town: Town) -> Client:
    client.force_login(town.accounts["chengguan_lianluo"], "gongzhi.web.logins.Logins")
    return client


def handed(town: Town, **more: object) -> int:
    """A demand in the hands of the unit; returns its id."""
    pk = town.report(now=now(), **more).demand.pk
    handler = town.units["大渡口区城市管理局（演示）"]
    actions.dispatch_demand(town.actor("dongzheng_shegong"), demand_id=pk, handler=handler, now=now())
    return pk


def make(client: Client, pk: int, verb: str, **given: object) -> int:
    seen = Demand.objects.only("version").get(pk=pk).version
    return client.post(f"/units/demands/{pk}/{verb}", {"seen": seen, **given}).status_code


def test_a_unit_signs_contacts_starts_and_answers(unit: Client, town: Town) -> None:
    pk = handed(town, body="路灯不亮，我的电话13800138000", phone="13800138000")
    other = town.report(body="没有派给他们的事", now=now()).demand.pk
    shown = unit.get("/units/").content.decode()
    assert "路灯不亮" in shown and "没有派给他们的事" not in shown and "13800138000" not in shown
    assert unit.get(f"/units/demands/{other}").status_code == 404
    told = unit.get(f"/units/demands/{pk}").content.decode()
    assert "下一步：" in told and "签收" in told and "13800138000" not in told
    for verb, given in (
        ("sign", {}),
        ("contact", {"words": "说好明天"}),
        ("start", {}),
        ("answer", {"answer": "修好"}),
    ):
        assert make(unit, pk, verb, **given) == 302
    assert Demand.objects.get(pk=pk).state == "replied"
    assert "新派单" in unit.get("/units/inbox").content.decode()


def test_a_return_needs_its_duty_basis_and_leaves_the_units_sight(unit: Client, town: Town) -> None:
    pk = handed(town)
    assert make(unit, pk, "return", reason="不归我们") == 422
    answer = unit.post(f"/units/demands/{pk}/return", {"seen": 2, "reason": "不归我们", "duty_basis": "职责清单第3条"})
    assert answer.status_code == 302 and answer["Location"] == "/units/"
    assert unit.get(f"/units/demands/{pk}").status_code == 404


def test_a_unit_asks_for_more_time_and_does_not_do_the_desks_work(unit: Client, town: Town) -> None:
    pk = handed(town)
    assert make(unit, pk, "sign") == 302 and make(unit, pk, "ask_extension", days="5", reason="等配件") == 302
    assert make(unit, pk, "classify", category=town.category().pk) == 422
    assert make(unit, pk, "supervise", words="x") == 422
    assert unit.get("/desk/").status_code == 403


def test_residents_and_desks_have_other_doors(client: Client, town: Town) -> None:
    assert client.get("/units/").status_code == 302
    client.force_login(town.accounts["dongzheng_shegong"], "gongzhi.web.logins.Logins")
    assert client.get("/units/").status_code == 403
