"""A firm that gives and gets, from its registered address to both columns; and suggestions that a person decides on."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions, clock, queries
from gongzhi.exchange.actions import OfferDetails
from gongzhi.exchange.models import BalanceTask, Delivery, Match, Need, Offer, Pledge
from gongzhi.exchange.rules import KIND_LABELS, Kind
from gongzhi.neighbourhood.models import MemberUnit, Person
from gongzhi.shared.models import Notice
from gongzhi.web.who import now
from tests.agreements import making as agreements
from tests.exchange.making import BUREAU, INSURER, offer_details, settle
from tests.town import Town
from tests.web.desk.test_exchange import TABLE, enter, page, send

FIRM = "云上某某软件公司（演示）"
UNITS = "/units/exchange"


# M26: a firm gives and gets


def registered(town: Town) -> MemberUnit:
    """The firm as the district takes it over from the register of its addresses, 400 days after it was first asked."""
    day = now().date() - timedelta(days=400)
    sheet = (
        "单位名称,单位类型,登记地,登记地址,加入日期,联络员,联络员电话\n"
        f"{FIRM},非公企业,跃进村街道,某某路1号,{day},尚一鸣,13800138000\n"
    )
    client, address = enter(town, "guanli"), "/desk/setup/units/import/"
    file = SimpleUploadedFile("单位.csv", sheet.encode())
    shown = client.post(address, {"file": file}).content.decode()
    assert "登记这 1 行" in shown
    client.post(address, {"token": shown.split('name="token" value="')[1].split('"')[0]})
    person = Person.objects.get(name="尚一鸣")
    given = {"login": "shangyiming", "password": "first-word-2026"}
    client.post(f"/desk/setup/people/{person.pk}/login", given)
    return MemberUnit.objects.get(name=FIRM)


def liaison() -> Client:
    """The firm's liaison, who comes in by the first password and changes it."""
    client = Client()
    client.post("/login", {"username": "shangyiming", "password": "first-word-2026"})
    new = {"new_password1": "own-word-2026-x", "new_password2": "own-word-2026-x"}
    client.post("/password", {"old_password": "first-word-2026", **new})
    assert client.get(UNITS).status_code == 200
    return client


def met(desk: Client, need: Need, offer: Offer, quantity: str) -> Match:
    """The desk verifies the need, puts the offer beside it and asks both sides."""
    send(desk, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    send(desk, f"{TABLE}needs/{need.pk}/suggest", offer=offer.pk, quantity=quantity)
    match = Match.objects.get(need=need)
    send(desk, f"{TABLE}matches/{match.pk}/offer", quantity=quantity, seen=match.version)
    match.refresh_from_db()
    assert match.state == "offered"
    return match


def handed_over(giver: Client, pledge: Pledge, quantity: str) -> Delivery:
    """The giver notes what they gave."""
    address = f"{UNITS}/pledges/{pledge.pk}/deliver"
    giver.post(address, {"seen": pledge.version, "quantity": quantity, "day": str(now().date())})
    return Delivery.objects.get(pledge=pledge)


def in_all(shown: str) -> str:
    """What stands in the row of both columns together, in words."""
    row = shown.split('class="balance-all"')[1].split("</tr>", maxsplit=1)[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


@pytest.mark.mechanism("M26")
def test_a_firm_joins_by_its_address_gives_and_then_gets(town: Town, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settle(town)
    firm = registered(town)
    member, street = liaison(), enter(town, "yuejin_jiedao")
    account, own = f"{TABLE}units/{firm.pk}", f"{UNITS}/balance"
    shown = page(street, account)
    assert FIRM in shown and "登记在跃进村街道" in shown and "还没有确认过的给出或得到" in shown
    assert enter(town, "xinyu_shuji").get(account).status_code == 404

    hours = {"kind": "skill", "title": "网页制作", "quantity": "10", "measure": "小时", "reach": "anywhere"}
    member.post(f"{UNITS}/offers/new", {"once": "a", "visibility": "district", **hours})
    asked = {"title": "便民服务网页", "kind": "skill", "quantity": "4", "measure": "小时", "urgency": "1"}
    send(street, f"{TABLE}needs/new", **asked, whose="community", receiver=town.places["yuejin"].pk)
    match = met(street, Need.objects.get(), Offer.objects.get(), "4")
    member.post(f"{UNITS}/matches/{match.pk}/give")
    match.refresh_from_db()
    send(street, f"{TABLE}matches/{match.pk}/take", seen=match.version)
    part = handed_over(member, Pledge.objects.get(), "4")
    send(street, f"{TABLE}pledges/{part.pledge_id}/confirm", delivery=part.pk)
    for client, address in ((street, account), (member, own)):
        shown = page(client, address)
        assert in_all(shown) == "合计 技术力量 4 小时 1 项承诺 没有", "one column is filled, the other is not"

    # It has taken part for more than a year and nothing came back: at the desk of its address a task.
    clock.look_for_quiet.func(timestamp=0)
    task = BalanceTask.objects.get(unit=firm)
    assert FIRM in page(street, "/desk/inbox") and FIRM in page(street, f"{TABLE}tasks/")
    assert FIRM not in page(enter(town, "xinyu_shuji"), f"{TABLE}tasks/")
    assert f"{TABLE}tasks/{task.pk}" in page(street, account)
    send(street, f"{TABLE}tasks/{task.pk}/do", words="上门问过：员工晚上没有地方停车，已替他们登记需求")

    wanted = {"title": "员工夜间停车", "kind": "parking", "quantity": "5", "measure": "个", "urgency": "1"}
    send(street, f"{TABLE}needs/new", **wanted, whose="unit", receiver=town.places["yuejin"].pk, unit=FIRM)
    bureau = town.actor("chengguan_lianluo")
    details = offer_details(kind="parking", title="夜间车位", measure="个")
    offer = actions.state_offer(bureau, details=details, unit=town.units[BUREAU], now=now(), once="b").offer
    match = met(street, Need.objects.get(unit=firm), offer, "5")
    giver = enter(town, "chengguan_lianluo")
    giver.post(f"{UNITS}/matches/{match.pk}/give")
    member.post(f"{UNITS}/matches/{match.pk}/take")
    pledge = Pledge.objects.get(match=match)
    part = handed_over(giver, pledge, "5")
    member.post(f"{UNITS}/pledges/{pledge.pk}/{part.pk}/confirm")
    for client, address in ((street, account), (member, own)):
        shown = page(client, address)
        assert in_all(shown) == "合计 技术力量 4 小时 1 项承诺 停车位 5 个 1 项承诺", "both columns are filled"
        assert BUREAU in shown and "跃进村街道" in shown, "and per pair"
    assert "待回应" not in page(street, account) and "去回应" not in page(street, account)
    drawn = page(street, f"{TABLE}picture?level=unit&node=u{firm.pk}")
    assert "给出 1 次" in drawn and "得到 1 次" in drawn and account in drawn

    BalanceTask.objects.all().delete()
    clock.look_for_quiet.func(timestamp=0)
    assert not BalanceTask.objects.filter(unit=firm).exists(), "it got something this year"


# M30: suggestions with their reasons


@pytest.fixture
def ready(town: Town) -> Town:
    """Two units of Dongzheng with offers near by, one of which has kept a promise before; two needs of Dongzheng."""
    settle(town)
    insurer = town.units[INSURER]
    MemberUnit.objects.filter(pk=insurer.pk).update(registered_place=town.places["dongzheng"])
    insurer.refresh_from_db()
    evening = [[1, 1140, 1260]]
    for who, unit, title, where in (
        ("chengguan_lianluo", BUREAU, "电工上门", "building"),
        ("baoxian_lianluo", INSURER, "电气检查", "xinyu"),
    ):
        details = OfferDetails(
            kind="skill", title=title, quantity=9, measure="小时", windows=evening, place=town.places[where]
        )
        once = f"offer {title}"
        actions.state_offer(town.actor(who), details=details, unit=town.units[unit], now=now(), once=once)
    desk = enter(town, "dongzheng_shegong")
    building = town.places["building"]
    place = {"place": building.pk, "place_typed": building.full_name}
    for title, quantity in (("楼道照明检修", "12"), ("活动室线路检修", "4")):
        sent = {"title": title, "kind": "skill", "quantity": quantity, "measure": "小时", "urgency": "2", **place}
        send(desk, f"{TABLE}needs/new", **sent, whose="community", receiver=town.places["dongzheng"].pk)
        need = Need.objects.get(title=title)
        send(desk, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    return town


def kept_before(town: Town) -> None:
    """The bureau promised something in a meeting, and kept it."""
    desk, giver, moment = town.actor("dongzheng_shuji"), town.actor("chengguan_lianluo"), now()
    pledge = actions.note_pledge(
        desk, kind="goods", what="灯泡", quantity=9, measure="个", due_on=moment.date(), now=moment, once="meeting",
        receiver_place=town.places["dongzheng"], giver_unit=town.units[BUREAU],
    )  # fmt: skip
    part = actions.deliver(giver, pledge_id=pledge.pk, quantity=9, day=moment.date(), now=moment)
    actions.confirm_delivery(desk, delivery_id=part.pk, now=moment)


def told(town: Town) -> int:
    """How many notices both liaisons have."""
    people = [town.accounts[who].person_id for who in ("chengguan_lianluo", "baoxian_lianluo")]
    return Notice.objects.filter(person_id__in=people).count()


@pytest.mark.mechanism("M30")
def test_every_suggestion_says_why_and_a_person_decides(ready: Town) -> None:
    town, desk = ready, enter(ready, "dongzheng_shegong")
    kept_before(town)
    agreements.actions.load_defaults(FOUNDER, now=now())
    agreements.signed(town, now=now())
    before = told(town)
    bureau, insurer = enter(town, "chengguan_lianluo"), enter(town, "baoxian_lianluo")
    assert "条建议" in send(desk, f"{TABLE}propose")
    shown, found = page(desk, TABLE), list(Match.objects.all())
    assert {one.offer.title for one in found} == {"电工上门", "电气检查"} and len(found) >= 2
    for one in found:
        said = queries.why_suggested(one)
        assert said in shown, "as it stands on the matching table"
        assert f"（{KIND_LABELS[Kind.SKILL]}）" in said, "the kind"
        assert re.search(r"（距您约 [\d.]+ (米|公里)）", said), "the distance"
        assert "每周二 19:00 至 21:00 可用" in said, "the window"
        signed = "已签共建协议" if one.offer.title == "电工上门" else "尚未签共建协议"
        assert signed in said, "the agreement"
        known = "近一年按时兑现 1 次；今年给出 1 次、得到 0 次"
        unknown = "近一年还没有兑现记录；今年还没有给出或得到过"
        assert (known if one.offer.title == "电工上门" else unknown) in said, "the past record"

    # Nobody was asked, and nothing is promised.
    assert told(town) == before and Pledge.objects.count() == 1 and {one.state for one in found} == {"suggested"}
    for client in (bureau, insurer):
        assert "现在没有要答复的" in page(client, UNITS)
        assert {client.get(f"{UNITS}/matches/{one.pk}").status_code for one in found} == {404}

    # A person asks one of them, which says no to this kind; the next press respects it.
    asked = next(one for one in found if one.offer.title == "电气检查")
    send(desk, f"{TABLE}matches/{asked.pk}/offer", quantity="1", seen=asked.version)
    assert told(town) == before + 1 and "电气检查" in page(insurer, UNITS) and "现在没有要答复的" in page(bureau, UNITS)
    insurer.post(f"{UNITS}/matches/{asked.pk}/decline", {"reason": "not_this_kind", "words": "电工已退休"})
    send(desk, f"{TABLE}propose")
    open_now = Match.objects.filter(state="suggested")
    assert {one.offer.title for one in open_now} == {"电工上门"}, "for neither of the needs"
    assert "电工已退休" in page(desk, f"{TABLE}matches/{asked.pk}")

    # The other one is asked; each side says yes for itself before either sees how to reach the other.
    match = open_now.order_by("pk")[0]
    send(desk, f"{TABLE}matches/{match.pk}/offer", quantity="4", seen=match.version)
    address = f"{UNITS}/matches/{match.pk}"
    assert "怎么联系对方" not in page(bureau, address)
    bureau.post(f"{address}/give")
    assert "怎么联系对方" not in page(bureau, address) and Pledge.objects.count() == 1
    match.refresh_from_db()
    shown = send(enter(town, "dongzheng_shuji"), f"{TABLE}matches/{match.pk}/take", seen=match.version)
    assert "双方同意" in shown and "怎么联系对方" in page(bureau, address)
    assert Pledge.objects.filter(match=match).exists()
