"""What the desk writes on the lists for members in their own right: one by one, and from a spreadsheet."""

from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange.models import Filing, Need, Offer
from gongzhi.exchange.round_rules import Sheet
from gongzhi.neighbourhood.models import Membership, Network
from gongzhi.shared.sheets import write_xlsx
from tests.exchange.rounds import NAMES, found_network, join_in_own_right, open_round
from tests.stories.test_three_forms import main
from tests.town import Town
from tests.web.desk.test_lists import LISTS, confirm, hand_in, table
from tests.web.units.test_whistles import enter, text

BASE = "/desk/exchange"
HAVE = ("单位", "类别", "资源内容", "数量", "计量单位")
OFFER = {"once": "k", "whose": "member", "kind": "skill", "title": "电工上门", "quantity": "10", "measure": "小时",
         "reach": "anywhere", "visibility": "district"}  # fmt: skip
NEED = {
    "once": "k",
    "whose": "member",
    "kind": "place",
    "title": "会议室",
    "quantity": "2",
    "measure": "次",
    "urgency": "1",
}


@pytest.fixture
def network(town: Town) -> Network:
    return found_network(town)


@pytest.fixture
def head(town: Town, network: Network) -> Membership:
    return join_in_own_right(town, network, "程一帆", place="xinyu")


@pytest.fixture
def desk(town: Town, head: Membership) -> Client:
    return enter(town, "jiansheng_jiedao")


@pytest.mark.parametrize("said", ["程一帆", "新雨社区物业企业负责人", "程一帆 新雨社区物业企业负责人", "新雨社区物业"])
def test_a_member_is_found_by_name_or_by_what_they_head(desk: Client, head: Membership, said: str) -> None:
    shown = main(desk.get(f"{BASE}/offers/new"))
    assert "一位个人成员" in shown and 'list="member-names"' in shown
    made = desk.post(f"{BASE}/offers/new", OFFER | {"member": said})
    assert made.status_code == 302, main(made)
    desk.post(f"{BASE}/offers/new", OFFER | {"member": said})
    offer = Offer.objects.get()
    assert (offer.member, offer.unit, offer.place) == (head, None, head.place)
    assert desk.post(f"{BASE}/needs/new", NEED | {"member": said}).status_code == 302
    need = Need.objects.get()
    assert (need.member, need.asker, need.state) == (head, "member", "stated")
    assert "新雨社区物业企业负责人" in main(desk.get(f"{BASE}/needs/{need.pk}"))


def test_who_is_meant_must_be_clear_and_what_was_typed_stays(
    town: Town, network: Network, desk: Client, head: Membership
) -> None:
    join_in_own_right(town, network, "程一帆", place="jiansheng")

    def refused(**said: Any) -> str:
        answer = desk.post(f"{BASE}/offers/new", OFFER | said)
        assert answer.status_code == 422 and not Offer.objects.exists()
        assert "电工上门" in text(answer)
        return main(answer)

    assert "请写明是哪位个人成员" in refused(member="")
    assert "没有找到这位个人成员" in refused(member="某某")
    both = refused(member="程一帆")
    assert "有几位都像：程一帆 建胜镇物业企业负责人、程一帆 新雨社区物业企业负责人" in both
    assert desk.post(f"{BASE}/offers/new", OFFER | {"member": "新雨社区物业企业负责人"}).status_code == 302


def test_nobody_elses_member_is_found(town: Town, desk: Client) -> None:
    names = text(desk.get(f"{BASE}/members/names"))
    assert 'value="程一帆 新雨社区物业企业负责人"' in names
    other = enter(town, "xingsheng_shegong")
    assert "程一帆" not in text(other.get(f"{BASE}/members/names"))
    answer = other.post(f"{BASE}/offers/new", OFFER | {"member": "程一帆"})
    assert answer.status_code == 422 and "没有找到这位个人成员" in text(answer)


def test_a_spreadsheet_knows_members_in_their_own_right(
    town: Town, network: Network, desk: Client, head: Membership
) -> None:
    row = open_round(town, network)
    twins = [join_in_own_right(town, network, name) for name in ("倪小雨", "祝一禾")]
    have = write_xlsx(
        HAVE,
        [
            ("新雨社区物业企业负责人", "技术", "电工上门", "10", "小时"),
            ("程一帆", "服务", "夜间巡逻", "20", "次"),
            (NAMES[0], "场地", "会议室", "2", "次"),
            ("物业企业负责人", "服务", "看门", "1", "次"),
            ("某某", "服务", "扫地", "1", "次"),
        ],
    )
    preview = hand_in(desk, "have", have)
    shown = text(preview)
    assert "登记这 3 行" in shown and "“某某”不是您这里的成员单位或个人成员" in shown
    assert "“物业企业负责人”有几位：倪小雨 物业企业负责人、祝一禾 物业企业负责人。请写全。" in shown
    assert all(f'data-label="行">{line}</th><td data-label="列">A' in shown for line in (5, 6))
    confirm(desk, "have", preview)
    assert Offer.objects.filter(member=head, place=head.place).count() == 2 and Offer.objects.count() == 3
    assert sorted(Filing.objects.get(round=row, member=head).lines) == sorted(
        Offer.objects.filter(member=head).values_list("pk", flat=True)
    )
    again = hand_in(desk, "have", have)
    assert "没有新的内容可以登记" in text(again)
    # In full the same name is no trouble.
    full = write_xlsx(HAVE, [("祝一禾 物业企业负责人", "服务", "看门", "1", "次")])
    confirm(desk, "have", hand_in(desk, "have", full))
    assert Offer.objects.get(title="看门").member == twins[1]
    need = write_xlsx(("姓名", "类别", "需求内容", "数量", "计量单位"), [("程一帆", "停车", "车位", "5", "个")])
    confirm(desk, "need", hand_in(desk, "need", need))
    assert (Need.objects.get().member, Need.objects.get().asker) == (head, "member")
    link = write_xlsx(("单位", "参与方式"), [("程一帆", "参加联席会议"), ("程一帆", "开放场地")])
    links = hand_in(desk, "link", link)
    assert "与第 2 行重复" in text(links)
    confirm(desk, "link", links)
    assert Filing.objects.get(member=head, sheet=Sheet.LINK).ways == ["meet"]

    # Out again by the same name, with their number for who may see it, and in without a difference.
    taken_out = desk.get(f"{LISTS}/have.xlsx")
    lines = [one for one in table(taken_out) if one["单位或个人成员"] == "新雨社区物业企业负责人"]
    assert {one["联系人"] for one in lines} == {"程一帆"} and {one["联系电话"] for one in lines} == {"13900139000"}
    reader = table(enter(town, "qu_kanban").get(f"{LISTS}/have.xlsx"))
    assert len(reader) == 4 and "联系电话" not in reader[0]
    back = text(hand_in(desk, "have", taken_out.content))
    assert "没有新的内容可以登记" in back and "请写全" in back
    assert enter(town, "xingsheng_shegong").get(f"{LISTS}/have.xlsx").status_code == 200
    foreign = hand_in(enter(town, "xingsheng_shegong"), "have", have)
    assert "“程一帆”不是您这里的成员单位或个人成员" in text(foreign)
