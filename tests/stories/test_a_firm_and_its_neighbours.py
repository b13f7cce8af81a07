"""A firm that at first saw no interest: it joins by its registered address, fills in its forms, lacks money and a
technical answer, is met by two referrals, and gives in turn. M26 to M30 as one story, told through the pages.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongzhi.console.founding import FOUNDER
from gongzhi.exchange import clock, queries
from gongzhi.exchange.models import BalanceTask, Match, Need, Offer, Outreach, Pledge, Round
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.models import MemberUnit, Place
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, settle
from tests.stories.test_giving_and_getting import FIRM, UNITS, handed_over, in_all, liaison, registered
from tests.stories.test_outside import link_on, main
from tests.stories.test_three_forms import filled
from tests.town import Town
from tests.web.desk.test_exchange import TABLE, enter, page, send

LACKS, WHY = "流动资金和一个技术难题", "设备款垫不出"


@pytest.fixture
def firm(town: Town, settings: Any, tmp_path: Path) -> MemberUnit:
    """The firm, registered in the street of its address; with the bureau in the network of the community it lies in."""
    settings.DATA = tmp_path
    settle(town)
    Place.objects.filter(pk=town.places["yuejin"].pk).update(lon=106.4752, lat=29.485)
    made = registered(town)
    since, moment = now().date() - timedelta(days=400), now()
    network = register.found_network(
        FOUNDER, name="东正社区区域化党建实体", place=town.places["dongzheng"], on=since, now=moment
    )
    for unit in (made, town.units[BUREAU]):
        register.join_network(FOUNDER, network=network, unit=unit, on=since, now=moment)
    return made


@pytest.mark.mechanism("M26")
@pytest.mark.mechanism("M27")
@pytest.mark.mechanism("M28")
@pytest.mark.mechanism("M29")
@pytest.mark.mechanism("M30")
def test_a_firm_that_saw_no_interest_is_helped_and_gives_in_turn(town: Town, firm: MemberUnit) -> None:
    member, street = liaison(), enter(town, "yuejin_jiedao")
    desk, secretary = enter(town, "dongzheng_shegong"), enter(town, "dongzheng_shuji")
    _nothing_came_in_a_year(town, firm, street)
    offer = _three_forms(town, firm, member, secretary)
    _money_and_an_answer(town, firm, member, street)
    _a_word_is_answered(town, member, desk, secretary, offer)
    _gives_in_turn(town, member, desk, offer)
    for client, address in ((street, f"{TABLE}units/{firm.pk}"), (member, f"{UNITS}/balance")):
        shown = in_all(page(client, address))
        assert "技术力量 4 小时 1 项承诺" in shown and "资金 100 万元" in shown, "both columns are filled"
        assert '近一年得到</p><p class="stat-value">2<' in page(client, address), "two referrals"
    BalanceTask.objects.all().delete()
    clock.look_for_quiet.func(timestamp=0)
    assert not BalanceTask.objects.filter(unit=firm).exists(), "what came from outside counts"


def _nothing_came_in_a_year(town: Town, firm: MemberUnit, street: Client) -> None:
    """M26: it has joined, nobody gave it anything, and somebody at the desk of its address is asked to ask."""
    account = f"{TABLE}units/{firm.pk}"
    assert "登记在跃进村街道" in page(street, account) and "还没有确认过的给出或得到" in page(street, account)
    clock.look_for_quiet.func(timestamp=0)
    task = BalanceTask.objects.get(unit=firm)
    assert FIRM in page(street, f"{TABLE}tasks/") and FIRM not in page(enter(town, "xinyu_shuji"), f"{TABLE}tasks/")
    send(street, f"{TABLE}tasks/{task.pk}/do", words="上门问过：缺钱，还有一个技术难题")


def _three_forms(town: Town, firm: MemberUnit, member: Client, secretary: Client) -> Offer:
    """M28: what it has, what it needs, how to link; who lacks a form is named to the secretary alone."""
    today = now().date()
    network = re.findall(r'<option value="(\d+)"[^>]*>东正社区区域化党建实体', page(secretary, f"{TABLE}rounds/"))[0]
    days = {"since": str(today), "until": str(today + timedelta(days=30)), "due_on": str(today + timedelta(days=7))}
    secretary.post(f"{TABLE}rounds/", {"network": network, "name": "第三季度", **days})
    home = f"{UNITS}/rounds/{Round.objects.get().pk}"
    hours = {"kind": "skill", "title": "网页制作", "quantity": "10", "measure": "小时", "hours": "周二 19:00–21:00"}
    member.post(f"{UNITS}/offers/new", {"once": "a", "visibility": "district", "reach": "anywhere", **hours})
    offer = Offer.objects.get(unit=firm)
    address = f"{home}/{firm.pk}/have"
    said = filled(main(member.get(address)), **{f"do-{offer.pk}": "keep"})
    for answer in (said, {"answer": "nothing"}, {"reach": "phone", "ways": ["project", "on_call"]}):
        shown = main(member.get(address))
        sent = member.post(address, filled(shown) | answer)
        assert sent.status_code == 302, main(sent)
        address = sent["Location"]
    assert address == home and "三张表都填好了" in page(member, home)
    rows = page(secretary, home.replace(UNITS, "/desk/exchange"))
    assert BUREAU in rows and "还没填" not in rows.split(FIRM)[1].split("</tr>")[0]
    for who in ("dongzheng_shegong", "yuejin_shuji", "yuejin_jiedao", "qu_fuze", "guanli"):
        assert BUREAU not in page(enter(town, who), home.replace(UNITS, "/desk/exchange")), who
    return offer


def _money_and_an_answer(town: Town, firm: MemberUnit, member: Client, street: Client) -> None:
    """M27: in confidence; two outsiders are asked in words that the firm agreed to, and each says what came of it."""
    said = {"once": "n", "kind": "funds", "title": LACKS, "quantity": "100", "measure": "万元", "urgency": "2"}
    member.post(f"{UNITS}/needs/new", said | {"confidential": "on", "words": WHY})
    need = Need.objects.get(unit=firm)
    send(street, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    for party, result, brought in (("江畔银行", "授信已批", "100"), ("某高校实验室", "换一个打光角度就好", "")):
        asked = {"once": party, "party": party, "asked": "请看看能不能帮一家企业", "facts": "一家本地软件企业"}
        send(street, f"{TABLE}needs/{need.pk}/outreach", **asked)
        one = Outreach.objects.get(party=party)
        assert "/o/" not in page(street, f"{TABLE}outreaches/{one.pk}"), "before the firm agrees to the words"
        member.post(f"{UNITS}/outreaches/{one.pk}/agree", {"seen": one.version})
        path, outsider = link_on(page(street, f"{TABLE}outreaches/{one.pk}")), Client()
        outsider.post(f"{path}/open")
        assert FIRM not in main(outsider.get(path)) and LACKS not in main(outsider.get(path))
        outsider.post(f"{path}/accept", {"accept-words": "可以"})
        outsider.post(f"{path}/report", {"report-words": result, "report-brought": brought})
        one.refresh_from_db()
        member.post(f"{UNITS}/outreaches/{one.pk}/confirm", {"seen": one.version})
    need.refresh_from_db()
    ended = send(street, f"{TABLE}needs/{need.pk}/meet", seen=need.version, words="两家都帮上了")
    assert "已满足" in ended and "授信已批" in ended and "换一个打光角度就好" in ended
    for who in ("dongzheng_shegong", "dongzheng_shuji", "xinyu_shuji", "qu_fuze", "qu_kanban"):
        other = enter(town, who)
        assert other.get(f"{TABLE}needs/{need.pk}").status_code == 404, who
        assert not any(word in page(other, TABLE) for word in (LACKS, WHY, "江畔银行")), who


def _a_word_is_answered(town: Town, member: Client, desk: Client, secretary: Client, offer: Offer) -> None:
    """M29: found in the directory, written to, read, not answered in time: the lead hears of it; then answered."""
    found = page(desk, f"{TABLE}directory?q=软件")
    assert FIRM in found and "尚一鸣" in found
    talk = f"talks/offer/{offer.pk}"
    send(desk, f"{TABLE}{talk}", words="能帮社区做一页吗？", once="a", asks="on")
    assert "提供方未读" in page(desk, f"{TABLE}{talk}")
    assert "能帮社区做一页吗？" in page(member, f"{UNITS}/{talk}")
    assert "提供方已读" in page(desk, f"{TABLE}{talk}")
    heads = (secretary, enter(town, "yuejin_shuji"))
    before = [page(one, "/desk/inbox").count("留言没有人答复") for one in heads]
    assert clock.take_steps(now=now() + timedelta(days=12))["silent"] == 1
    assert sum(page(one, "/desk/inbox").count("留言没有人答复") for one in heads) == sum(before) + 1
    member.post(f"{UNITS}/{talk}", {"words": "能，周二晚上", "once": "b"})
    assert "能，周二晚上" in page(desk, f"{TABLE}{talk}")


def _gives_in_turn(town: Town, member: Client, desk: Client, offer: Offer) -> None:
    """M30: suggested with its reasons, asked by a person; both say yes, it is handed over and confirmed."""
    building = town.places["building"]
    where = {"place": building.pk, "place_typed": building.full_name}
    asked = {"title": "便民服务网页", "kind": "skill", "quantity": "4", "measure": "小时", "urgency": "1", **where}
    send(desk, f"{TABLE}needs/new", **asked, whose="community", receiver=town.places["dongzheng"].pk)
    need = Need.objects.get(title="便民服务网页")
    send(desk, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    send(desk, f"{TABLE}propose")
    match, shown = Match.objects.get(), page(desk, TABLE)
    said = queries.why_suggested(match)
    assert match.state == "suggested" and match.offer == offer and said in shown
    for part in ("（技术力量）", "（距您约", "每周二 19:00 至 21:00 可用", "近一年还没有兑现记录"):
        assert part in said, "kind, distance, window, past record"
    assert "便民服务网页" not in page(member, UNITS) and not Pledge.objects.exists(), "nobody was asked yet"
    send(desk, f"{TABLE}matches/{match.pk}/offer", quantity="4", seen=match.version)
    member.post(f"{UNITS}/matches/{match.pk}/give")
    match.refresh_from_db()
    send(desk, f"{TABLE}matches/{match.pk}/take", seen=match.version)
    part = handed_over(member, Pledge.objects.get(), "4")
    send(desk, f"{TABLE}pledges/{part.pledge_id}/confirm", delivery=part.pk)
    need.refresh_from_db()
    assert need.state == "met"
