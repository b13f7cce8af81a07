"""The three lists out as a spreadsheet, on the wall and in: what may be seen, what is safe, what is new, what is wrong."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.exchange import actions
from gongzhi.exchange.models import Filing, Need, Offer, Round
from gongzhi.exchange.round_rules import Sheet
from gongzhi.shared import notices
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.sheets import read_sheet, write_xlsx
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, DAY, need_details, offer_details, settle
from tests.exchange.rounds import NAMES, appoint, found_network, open_round
from tests.town import Town
from tests.web.units.test_whistles import enter, text

LISTS = "/desk/exchange/lists"
HAVE = ("单位", "类别", "资源内容", "数量", "计量单位", "有效期至")


@pytest.fixture
def row(town: Town) -> Round:
    settle(town)
    return open_round(town, found_network(town))


@pytest.fixture
def desk(town: Town, row: Round) -> Client:
    return enter(town, "jiansheng_jiedao")


def offer(town: Town, count: int = 0, **more: Any) -> Offer:
    unit, who = town.units[NAMES[count]], town.actor(f"lianluo{count}", today=now().date())
    once = f"{more}"
    return actions.state_offer(who, details=offer_details(**more), unit=unit, now=now(), once=once).offer


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200 and "spreadsheetml" in answer["Content-Type"]
    with read_sheet(answer.content) as sheet:
        return [dict(zip(sheet.header, line.cells, strict=False)) for line in sheet.rows]


def hand_in(client: Client, what: str, content: bytes, name: str = "清单.xlsx") -> Any:
    return client.post(f"{LISTS}/{what}/import", {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, what: str, preview: Any) -> Any:
    token = text(preview).split('name="token" value="')[1].split('"')[0]
    return client.post(f"{LISTS}/{what}/import", {"token": token}, follow=True)


def test_a_list_goes_out_with_liaisons_for_who_may_see_them_and_runs_nothing(desk: Client, town: Town) -> None:
    offer(town, title='=HYPERLINK("http://x")', quantity="2.5", valid_until=now().date() + DAY)
    line = table(desk.get(f"{LISTS}/have.xlsx"))[0]
    assert line["单位或个人成员"] == NAMES[0] and line["资源内容"].startswith("=HYPERLINK") and line["数量"] == "2.5"
    assert line["类别"] == "技术力量" and line["尚余数量"] == "2.5" and line["联系人"] == "人lianluo0"
    assert line["联系电话"] == "13800138000"
    assert TrailEntry.objects.filter(verb="export", data__question="exchange/have").count() == 1
    # The district's reader takes figures out, not people.
    reader = table(enter(town, "qu_kanban").get(f"{LISTS}/have.xlsx"))[0]
    assert reader["单位或个人成员"] == NAMES[0] and not {"联系人", "联系电话"} & set(reader)
    assert table(enter(town, "yuejin_jiedao").get(f"{LISTS}/have.xlsx")) == []
    assert enter(town, "guanli").get(f"{LISTS}/have.xlsx").status_code == 403
    assert desk.get(f"{LISTS}/all.xlsx").status_code == 404
    assert enter(town, "lianluo0").get(f"{LISTS}/have.xlsx").status_code == 403


def test_the_wall_shows_what_anybody_may_read_and_no_contact(desk: Client, town: Town) -> None:
    offer(town, title="会议室", visibility="public")
    offer(town, 1, title="内部车位")
    unit, liaison = town.units[NAMES[2]], town.actor("lianluo2", today=now().date())
    for secret in (True, False):
        details = need_details(title=f"缺人{secret}", confidential=secret)
        actions.state_need(liaison, details=details, unit=unit, now=now(), once=str(secret))
    wall, inside = (text(desk.get(f"{LISTS}/have/print{query}")) for query in ("", "?for=desk"))
    assert "会议室" in wall and "内部车位" not in wall and "请勿张贴" not in wall
    assert "内部车位" in inside and "内部使用，请勿张贴" in inside
    assert not any(words in wall + inside for words in ("13800138000", "人lianluo0"))
    wall, inside = (text(desk.get(f"{LISTS}/need/print{query}")) for query in ("", "?for=desk"))
    assert "缺人" not in wall and "缺人False" in inside and "缺人True" not in inside
    assert "现在没有可以列出的" in text(desk.get(f"{LISTS}/link/print"))


def test_a_list_comes_in_and_the_same_file_twice_adds_nothing(desk: Client, town: Town, row: Round) -> None:
    last = f"{now().date() + 20 * DAY}"
    lines = [
        (NAMES[0], "场地", "会议室", "2", "次", last),
        (NAMES[0], "", "志愿者技术服务", "20小时", "", ""),
        ("没有这一家", "场地", "会议室", "2", "次", ""),
        (NAMES[1], "场地", "操场", "若干", "次", "过年前"),
        (NAMES[1], "玄学", "指点", "1", "次", ""),
        (NAMES[0], "场地", "会议室", "3", "次", ""),
    ]
    file = write_xlsx(HAVE, lines)
    preview = hand_in(desk, "have", file)
    seen = text(preview)
    assert "登记这 2 行" in seen and "不是您这里的成员单位" in seen and "数量要写大于零的数" in seen
    assert "不是能认出的日期时间" in seen and "看不出类别" in seen and "与第 2 行重复" in seen and "D 数量" in seen
    assert not Offer.objects.exists()
    left_open = hand_in(desk, "have", file)
    assert "已登记 2 行" in text(confirm(desk, "have", preview))
    assert "已登记 0 行" in text(confirm(desk, "have", left_open))
    stands = list(Offer.objects.order_by("pk").values_list("title", "kind", "quantity", "measure", "unit__name"))
    assert stands == [("会议室", "place", 2, "次", NAMES[0]), ("志愿者技术服务", "skill", 20, "小时", NAMES[0])]
    filing = Filing.objects.get()
    assert (filing.unit.name, filing.sheet, len(filing.lines)) == (NAMES[0], "have", 2)
    # Again, by somebody else too: known.
    for client in (desk, enter(town, "jiansheng_shuji")):
        again = hand_in(client, "have", file)
        assert "没有新的内容可以登记" in text(again) and 'name="token"' not in text(again).split("换一个文件")[0]
    changed = hand_in(desk, "have", write_xlsx(HAVE, [(NAMES[0], "场地", "会议室", "9", "次", "")]))
    assert "和登记的不同" in text(changed) and Offer.objects.count() == 2


def test_what_was_taken_out_can_be_taken_in_again(desk: Client, town: Town) -> None:
    offer(town, title="会议室", kind="place", measure="次")
    content = desk.get(f"{LISTS}/have.xlsx").content
    assert "没有新的内容可以登记" in text(hand_in(desk, "have", content))
    Offer.objects.all().delete()
    assert "登记这 1 行" in text(hand_in(desk, "have", content))


def test_needs_and_links_come_in_too(desk: Client, town: Town, row: Round) -> None:
    needs = write_xlsx(
        ("需求方", "需求类别", "需求内容", "数量", "计量单位", "紧急程度"),
        [(NAMES[0], "停车", "车位", "5", "个", "紧急")],
    )
    confirm(desk, "need", hand_in(desk, "need", needs))
    need = Need.objects.get()
    assert (need.kind, need.urgency, need.state, need.unit) == ("parking", 3, "stated", town.units[NAMES[0]])
    assert not notices.inbox(town.accounts["jiansheng_shuji"].person_id or 0).filter(noun="need").exists()
    links = [(NAMES[0], "参加联席会议、开放场地", "上门"), (NAMES[1], "唱歌", ""), (BUREAU, "认领项目", "")]
    preview = hand_in(desk, "link", write_xlsx(("单位", "参与方式", "怎么联系"), links))
    assert "登记这 1 行" in text(preview) and "参与方式请从这些里选" in text(preview)
    confirm(desk, "link", preview)
    answer = Filing.objects.get(sheet=Sheet.LINK)
    assert (answer.ways, answer.reach, answer.answered_by_id) == (
        ["meet", "open_up"], "visit", town.accounts["jiansheng_jiedao"].person_id,
    )  # fmt: skip
    line = table(desk.get(f"{LISTS}/link.xlsx"))[0]
    assert line["参与方式"] == "参加联席会议、开放场地" and line["怎么联系"] == "上门" and "日期" not in line
    # What a unit says itself is not written over by a file.
    confirm_again = hand_in(desk, "link", write_xlsx(("单位", "参与方式"), [(NAMES[0], "认领项目")]))
    assert "没有新的内容可以登记" in text(confirm_again)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "文件是空的"), (b"%PDF-1.4", "表格"), ("单位,备注\n甲,乙\n".encode(), "没有“资源内容”这一列")],
)
def test_what_is_no_list_is_refused_in_words(desk: Client, content: bytes, words: str) -> None:
    answer = hand_in(desk, "have", content)
    assert answer.status_code == 422 and words in text(answer) and "有几处需要您改一下" in text(answer)


def test_only_a_desk_takes_lists_in(town: Town, row: Round, desk: Client) -> None:
    appoint(town, "kan", "district_reader", place="district")
    for who in ("kan", "guanli", "lianluo0"):
        assert enter(town, who).get(f"{LISTS}/have/import").status_code == 403, who
    assert desk.post(f"{LISTS}/have/import", {"token": "x"}, follow=True).status_code == 200
    # A unit of another street is nobody's here.
    answer = hand_in(
        enter(town, "yuejin_jiedao"), "have", write_xlsx(HAVE, [(NAMES[0], "场地", "会议室", "2", "次", "")])
    )
    assert "不是您这里的成员单位" in text(answer)
