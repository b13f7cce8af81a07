"""Money for green and roofs, and a workshop that needs three things: told through the pages of desk, unit and resident."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange.models import Contribution, Match, Need, Offer, Package, Pledge
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, INSURER, settle
from tests.town import Town
from tests.web.units.test_whistles import enter, text


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


@pytest.fixture
def desk(town: Town) -> Client:
    return enter(town, "dongzheng_shegong")


def main(answer: Any) -> str:
    return text(answer).split("<main")[1]


def sent(client: Client, path: str, **given: Any) -> str:
    """Send a form that must be taken; the address that it leads to."""
    answer = client.post(path, {key: value for key, value in given.items() if value is not None})
    assert answer.status_code == 302, main(answer)
    return str(answer["Location"])


def noted(town: Town, amount: str, what_for: str, once: str, **more: Any) -> dict[str, Any]:
    """The form of what came."""
    place, today = town.places["dongzheng"].pk, now().date().isoformat()
    said = {"measure": "元", "kind": "funds", "giver": "unit", "unit": INSURER, "receiver": place, "came_on": today}
    return {"amount": amount, "what_for": what_for, "once": once} | said | more


@pytest.mark.mechanism("M23")
def test_nearly_200_000_yuan_for_green_and_roofs(town: Town, desk: Client) -> None:
    """Givers with amount and qualifier, the use; 近20万元 is printed, the sum of exact items beside it."""
    ledger, public = "/desk/exchange/giving/", f"/giving/{town.places['dongzheng'].pk}"
    near = sent(desk, f"{ledger}new", **noted(town, "近20万元", "绿化和屋顶翻修", "a", programme="百日绿化"))
    exact = sent(desk, f"{ledger}new", **noted(town, "12000", "补种绿化", "b", giver="outside", name="某某商贸行"))
    sent(desk, f"{ledger}new", **noted(town, "3,000.50", "买水管", "c", giver="person", receipt_number="No.7"))
    shown = main(desk.get(ledger))
    assert "近20万元" in shown and "15,000.5元" in shown and "215,000" not in shown and "21.5" not in shown
    assert INSURER in shown and "某某商贸行" in shown and "一位热心人" in shown

    day = now().date().isoformat()
    sent(desk, f"{exact}/use", seen="1", quantity="4000", day=day, what="买树苗", voucher="F-001")
    sent(desk, f"{near}/use", seen="1", quantity="80000", day=day, what="翻修两栋屋顶")
    more = desk.post(f"{exact}/use", {"seen": "2", "quantity": "8000.01", "day": day, "what": "再买一批"})
    assert more.status_code == 422 and "只剩8000元可用" in text(more) and "再买一批" in text(more)
    one = main(desk.get(exact))
    assert "4,000元" in one and "8,000元" in one and "F-001" in one and "买树苗" in one
    assert "说不准" in main(desk.get(near)) and "8万元" in main(desk.get(near))

    # Nothing is told before its giver agrees.
    stranger = Client()
    assert "另有 3 笔" in text(stranger.get(public)) and "近20万元" not in text(stranger.get(public))
    unit = enter(town, "baoxian_lianluo")
    mine = main(unit.get("/units/exchange/giving/"))
    assert "近20万元" in mine and "翻修两栋屋顶" in mine and "某某商贸行" not in mine
    pk = Contribution.objects.get(giver="unit").pk
    sent(unit, f"/units/exchange/giving/{pk}/unnamed")
    told = main(stranger.get(public))
    assert "近20万元" in told and "一家单位" in told and "翻修两栋屋顶" in told and INSURER not in told
    sent(unit, f"/units/exchange/giving/{pk}/named")
    refused = desk.post(f"{exact}/agree", {"openness": "named", "day": day})
    assert refused.status_code == 422
    sent(desk, f"{exact}/agree", seen="2", openness="named", day=day, words="来函同意")
    told = main(stranger.get(public))
    assert INSURER in told and "某某商贸行" in told and "1.2万元" in told and "F-001" not in told and "来函" not in told
    assert "15,000" not in told and "3,000" not in told, "what is not told cannot be reckoned from the sums"
    sent(unit, f"/units/exchange/giving/{pk}/closed")
    assert "近20万元" not in text(stranger.get(public)) and INSURER not in text(stranger.get(public))


def package_form(town: Town) -> dict[str, Any]:
    """What the federation's people wrote down after their visit."""
    kinds = (
        ("funds", "添置两台缝纫机", "6000", "元"),
        ("skill", "缝纫技术培训", "4", "次"),
        ("channel", "手工品寄售", "1", "处"),
    )
    said: dict[str, Any] = {"once": "p", "whose": "programme", "programme": "工疗站", "surveyor": "区残联"}
    said |= {"receiver": town.places["dongzheng"].pk, "surveyed_on": now().date().isoformat()}
    said |= {"words": "缺设备，缺技术，做出来的东西没有地方卖"}
    for step, row in enumerate(kinds):
        said |= dict(zip((f"p{step}-{name}" for name in ("kind", "title", "quantity", "measure")), row, strict=True))
    return said


@pytest.mark.mechanism("M43")
def test_a_survey_leads_to_money_training_and_sales(town: Town, desk: Client) -> None:
    """Three kinds, each with its giver and its day."""
    page = sent(desk, "/desk/exchange/packages/new", **package_form(town))
    shown = main(desk.get(page))
    assert "区残联 调研" in shown and shown.count("还没有人") == 3 and "没有地方卖" in shown
    unit, day = enter(town, "chengguan_lianluo"), (now() + timedelta(days=20)).date().isoformat()
    for need in Need.objects.order_by("pk"):
        offer = {"kind": need.kind, "title": need.title, "quantity": str(need.quantity), "measure": need.measure}
        sent(unit, "/units/exchange/offers/new", once=f"o{need.pk}", reach="anywhere", visibility="public", **offer)
    for need in Need.objects.order_by("pk"):
        take_up(town, desk, unit, need, day)
    shown = main(desk.get(page))
    assert "还没有人" not in shown and "3 样有人给" in shown
    assert shown.count(BUREAU) >= 3 and shown.count(f"{day} 前") == 3
    pledge = Pledge.objects.get(kind="funds")
    sent(
        unit,
        f"/units/exchange/pledges/{pledge.pk}/deliver",
        seen=str(pledge.version),
        quantity="6000",
        day=now().date().isoformat(),
    )
    part = unit.get(f"/units/exchange/pledges/{pledge.pk}").context["parts"][0]["pk"]
    sent(desk, f"/desk/exchange/pledges/{pledge.pk}/confirm", delivery=str(part), seen="2")
    assert "已确认收到 6000 元，共 6000 元" in main(desk.get(page)) and "已满足" in main(desk.get(page))
    # What came is entered in the ledger with one press, once.
    for _time in range(2):
        entry = sent(desk, f"/desk/exchange/giving/pledges/{pledge.pk}")
    assert "6,000元" in main(desk.get(entry)) and Contribution.objects.count() == 1
    assert "已记入" in main(desk.get(f"/desk/exchange/pledges/{pledge.pk}"))


def take_up(town: Town, desk: Client, unit: Client, need: Need, day: str) -> None:
    """The desk finds the offer and asks both sides; both say yes."""
    offer = Offer.objects.get(kind=need.kind)
    sent(desk, f"/desk/exchange/needs/{need.pk}/suggest", offer=offer.pk, quantity=str(need.quantity))
    match = Match.objects.get(need=need)
    sent(desk, f"/desk/exchange/matches/{match.pk}/offer", quantity=str(need.quantity), due_on=day, seen="1")
    sent(unit, f"/units/exchange/matches/{match.pk}/give")
    sent(desk, f"/desk/exchange/matches/{match.pk}/take", seen="3")


def test_a_package_form_keeps_what_was_typed(town: Town, desk: Client) -> None:
    wrong = package_form(town) | {"p1-title": "", "programme": ""}
    answer = desk.post("/desk/exchange/packages/new", wrong)
    shown = text(answer)
    assert answer.status_code == 422 and "这一项还没有写" in shown and "请写明帮谁" in shown
    assert "添置两台缝纫机" in shown and "没有地方卖" in shown and not Package.objects.exists()
    twice = package_form(town) | {"p1-kind": "funds"}
    answer = desk.post("/desk/exchange/packages/new", twice)
    assert answer.status_code == 422 and "每一类只写一项" in text(answer) and not Package.objects.exists()
    page = sent(desk, "/desk/exchange/packages/new", **package_form(town))
    assert desk.post(f"{page}/add", {"kind": "goods", "title": "布料"}).status_code == 422
    sent(desk, f"{page}/add", kind="goods", title="布料", quantity="50", measure="米", once="m")
    assert "布料" in main(desk.get(page)) and "要帮 4 样" in main(desk.get(page))


def test_the_form_of_what_came_keeps_what_was_typed(town: Town, desk: Client) -> None:
    path = "/desk/exchange/giving/new"
    for wrong, why in (
        ({"amount": "很多"}, "说不准的照原话写"),
        ({"unit": ""}, "请写明是谁给的"),
        ({"unit": "不存在的单位"}, "没有找到这个单位"),
        ({"came_on": "2099-01-01"}, "今天以前"),
        ({"problem": "0000001-00"}, "没有这个编号的问题"),
        ({"problem": "9" * 18}, "没有这个编号的问题"),
        ({"giver": "place"}, "请写明是谁给的"),
    ):
        answer = desk.post(path, noted(town, "100", "补种绿化", "a") | wrong)
        assert answer.status_code == 422 and why in text(answer) and "补种绿化" in text(answer), wrong
    assert not Contribution.objects.exists()


def test_a_mistake_is_corrected_on_the_page_and_both_stay(town: Town, desk: Client) -> None:
    page = sent(desk, "/desk/exchange/giving/new", **noted(town, "12000", "补种绿化", "a"))
    day = now().date().isoformat()
    sent(desk, f"{page}/use", seen="1", quantity="5000", day=day, what="买树苗", voucher="F-1")
    use = desk.get(page).context["uses"][0]["first"]
    form = text(desk.get(f"{page}/correct_use?pick={use}"))
    assert 'value="5000"' in form and 'value="买树苗"' in form and 'value="F-1"' in form
    sent(desk, f"{page}/correct_use", seen="2", use=use, quantity="4500", day=day, what="买树苗", words="退了一批")
    form = text(desk.get(f"{page}/correct_entry"))
    assert 'value="12000"' in form and 'value="补种绿化"' in form
    said = {"amount": "1.3万", "day": day, "what": "补种绿化", "words": "少写了一千"}
    sent(desk, f"{page}/correct_entry", seen="3", **said)
    shown = main(desk.get(page))
    assert "<s>1.2万元</s>" in shown and "1.3万元" in shown and "8,500元" in shown
    assert "<s>5,000元</s>" in shown and "4,500元" in shown and "退了一批" in shown and "少写了一千" in shown
    late = desk.post(f"{page}/correct_entry", {"seen": "3", **said, "words": "又一遍"})
    assert late.status_code == 422 and "刚才有人办过" in text(late) and "又一遍" in text(late)
