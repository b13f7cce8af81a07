"""M27 and M29 through the pages: a firm's need met from outside, and a thread in which silence is heard of."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.exchange import clock
from gongzhi.exchange.models import Need, Outreach, Thread
from gongzhi.exchange.rules import Kind
from gongzhi.shared.models import Notice, TrailEntry
from tests.exchange.making import BUREAU, INSURER, balance_of_unit, settle
from tests.town import Town
from tests.web.units.test_whistles import enter, text

FIRM, SECRET = INSURER, ("贷款三百万", "上季度亏损", "设备老化停产")
HOME = "/units/exchange"


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def main(answer: Any) -> str:
    """What stands on the page itself."""
    assert answer.status_code == 200, answer
    return text(answer).split("<main")[1]


def send(client: Client, address: str, **given: Any) -> str:
    """Send a form; what the next page says."""
    answer = client.post(address, given, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode().split("<main")[1]


def link_on(page: str) -> str:
    """The path of the outsider's link, as the desk copies it."""
    found = re.search(r"http://testserver(/o/[^<\s]+)", page)
    assert found, "no link on the page"
    return found[1]


def stated_by_firm(town: Town) -> Need:
    """The firm says in confidence what it lacks, and its desk verifies it; both by their pages."""
    given = {"once": "m27", "kind": "funds", "title": SECRET[0], "quantity": "300", "measure": "万元", "urgency": "2"}
    enter(town, "baoxian_lianluo").post(
        f"{HOME}/needs/new", given | {"confidential": "on", "words": f"{SECRET[1]}，{SECRET[2]}"}
    )
    need = Need.objects.get()
    assert need.confidential
    send(enter(town, "xinyu_shegong"), f"/desk/exchange/needs/{need.pk}/verify", seen=need.version, back="need")
    return need


def ask_outside(desk: Client, need: Need, party: str, **more: str) -> Outreach:
    given = {"once": party, "party": party, "asked": f"请{party}看看能不能帮一家企业", "facts": "一家本地企业，想融资"}
    assert "等单位同意" in send(desk, f"/desk/exchange/needs/{need.pk}/outreach", **(given | more))
    return Outreach.objects.latest("pk")


@pytest.mark.mechanism("M27")
def test_a_firms_need_closes_with_two_referrals_each_with_its_result(town: Town) -> None:
    desk, firm, outsider = enter(town, "xinyu_shegong"), enter(town, "baoxian_lianluo"), Client()
    need = stated_by_firm(town)
    bank = ask_outside(desk, need, "江畔银行", phone="13812345678", person="某经理")
    expert = ask_outside(desk, need, "某高校机械专家")
    wrong = desk.post(
        f"/desk/exchange/needs/{need.pk}/outreach", {"party": "某协会", "phone": "一二三", "asked": "请看"}
    )
    assert wrong.status_code == 422 and "电话号码好像不对" in text(wrong) and "某协会" in text(wrong)
    # Nothing goes out before the firm agrees to the very words.
    assert not Notice.objects.exclude(channel="desk").exists() and "/o/" not in main(
        desk.get(f"/desk/exchange/outreaches/{bank.pk}")
    )
    for one in (bank, expert):
        shown = main(firm.get(f"{HOME}/outreaches/{one.pk}"))
        assert "同不同意这样告诉对方" in shown and "一家本地企业，想融资" in shown
        assert "对方没打开" in send(firm, f"{HOME}/outreaches/{one.pk}/agree", seen=one.version)
    # The bank left a number: its link is sent. The expert's is copied by hand.
    assert Notice.objects.exclude(channel="desk").count() == 1

    # The bank says yes, does it, and says what came of it.
    path = link_on(main(desk.get(f"/desk/exchange/outreaches/{bank.pk}")))
    closed = main(outsider.get(path))
    assert "新雨社区想请您帮个忙" in closed and "融资" not in closed
    assert "一家本地企业，想融资" in send(outsider, f"{path}/open")
    assert "您已答应帮忙" in send(outsider, f"{path}/accept", **{"accept-words": "可以谈"})
    assert (
        "还有转介没有结果"
        in desk.post(f"/desk/exchange/needs/{need.pk}/meet", {"words": "办好了"}, follow=True).content.decode()
    )
    result = {"report-words": "授信已批", "report-brought": "300"}
    assert "结果已收到" in send(outsider, f"{path}/report", **result)
    assert "授信已批" in main(firm.get(f"{HOME}/outreaches/{bank.pk}"))
    bank.refresh_from_db()
    assert "结果已确认" in send(firm, f"{HOME}/outreaches/{bank.pk}/confirm", seen=bank.version)

    # The expert wants to know more, is answered, and helps by telephone: the desk writes it down.
    path = link_on(main(desk.get(f"/desk/exchange/outreaches/{expert.pk}")))
    send(outsider, f"{path}/open")
    asked = send(outsider, f"{path}/ask", **{"ask-words": "是哪种设备？", "ask-once": "q"})
    assert "是哪种设备？" in asked and "社区未读" in asked
    assert "是哪种设备？" in main(firm.get(f"{HOME}/talks/outreach/{expert.pk}"))
    send(firm, f"{HOME}/talks/outreach/{expert.pk}", words="一台冲床", once="a")
    assert "一台冲床" in main(outsider.get(path)) and "有您还没看过的留言" in main(outsider.get(path))
    thing = f"/desk/exchange/outreaches/{expert.pk}"
    for verb, given in (("accept", {}), ("report", {"words": "来看过，换一个阀就好"})):
        expert.refresh_from_db()
        send(desk, f"{thing}/{verb}", seen=expert.version, **given)
    expert.refresh_from_db()
    send(firm, f"{HOME}/outreaches/{expert.pk}/confirm", seen=expert.version)

    need.refresh_from_db()
    ended = send(desk, f"/desk/exchange/needs/{need.pk}/meet", seen=need.version, words="两家都帮上了")
    assert "已满足" in ended and "授信已批" in ended and "换一个阀就好" in ended
    got = balance_of_unit(town.actor("baoxian_lianluo"), town.units[FIRM].pk).received
    assert got.amounts[Kind.FUNDS, "万元"] == 300 and got.times[Kind.FUNDS, "万元"] == 2
    assert not balance_of_unit(town.actor("qu_fuze"), town.units[FIRM].pk).received.times


def test_a_firms_words_stand_at_no_door_but_its_own_and_its_desks(town: Town) -> None:
    need = stated_by_firm(town)
    desk, firm, outsider = enter(town, "xinyu_shegong"), enter(town, "baoxian_lianluo"), Client()
    bank = ask_outside(desk, need, "江畔银行", phone="13812345678")
    send(firm, f"{HOME}/outreaches/{bank.pk}/agree")
    path = link_on(main(desk.get(f"/desk/exchange/outreaches/{bank.pk}")))
    send(outsider, f"{path}/open")
    send(firm, f"{HOME}/talks/need/{need.pk}", words=f"补充：{SECRET[1]}", once="n")
    send(outsider, f"{path}/ask", **{"ask-words": "金额多少？", "ask-once": "q"})
    hidden = (*SECRET, "江畔银行", "金额多少", FIRM)
    lists = ("/desk/exchange/", "/desk/exchange/outreaches/", "/desk/exchange/talks/", "/desk/exchange/pledges/")
    single = (
        f"/desk/exchange/needs/{need.pk}",
        f"/desk/exchange/outreaches/{bank.pk}",
        f"/desk/exchange/talks/need/{need.pk}",
        f"/desk/exchange/talks/outreach/{bank.pk}",
        f"/desk/exchange/talks/{Thread.objects.latest('pk').pk}",
    )
    for who in ("dongzheng_shegong", "dongzheng_shuji", "yuejin_jiedao", "qu_fuze", "qu_kanban", "guanli"):
        other = enter(town, who)
        for address in (*lists, "/desk/inbox", "/board/", "/desk/export.csv"):
            answer = other.get(address)
            said = b"".join(answer) if answer.streaming else answer.content
            assert not any(word in said.decode() for word in hidden), (who, address)
        assert {other.get(address).status_code for address in single} <= {403, 404}, who
    bureau = enter(town, "chengguan_lianluo")
    for address in (HOME, f"{HOME}/talks/", f"{HOME}/directory", "/units/inbox"):
        assert not any(word in text(bureau.get(address)) for word in hidden), address
    for address in (f"{HOME}/needs/{need.pk}", f"{HOME}/outreaches/{bank.pk}", f"{HOME}/talks/outreach/{bank.pk}"):
        assert bureau.get(address).status_code == 404
    # The outsider reads what the firm agreed to, neither its name nor what it wrote to its desk.
    assert not any(word in main(outsider.get(path)) for word in (*SECRET, FIRM))
    # The lines in inboxes and the trail hold nothing that another door could show.
    assert not any(word in row.subject + row.body for row in Notice.objects.all() for word in (*SECRET, "江畔银行"))
    trail = TrailEntry.objects.filter(noun__in=["thread", "person", "match"])
    assert not any(word in row.words + str(row.data) for row in trail for word in hidden)


@pytest.mark.mechanism("M29")
def test_a_message_is_read_and_one_that_nobody_answers_goes_to_the_lead_once(town: Town) -> None:
    desk, firm, lead = (
        enter(town, "dongzheng_shegong"),
        enter(town, "chengguan_lianluo"),
        enter(town, "dongzheng_shuji"),
    )
    given = {"once": "m29", "kind": "skill", "title": "电工上门", "quantity": "10", "measure": "小时"}
    firm.post(f"{HOME}/offers/new", given | {"reach": "anywhere", "visibility": "district"})
    found = main(desk.get("/desk/exchange/directory?q=城市管理"))
    assert BUREAU in found and "阮思齐" in found and "电工上门" in found
    offer = re.search(r"/desk/exchange/offers/(\d+)", text(desk.get("/desk/exchange/offers/")))
    assert offer
    talk = f"talks/offer/{offer[1]}"
    assert f"/desk/exchange/{talk}" in main(desk.get(f"/desk/exchange/offers/{offer[1]}"))
    shown = send(desk, f"/desk/exchange/{talk}", words="周末能来吗？", once="a", asks="on")
    assert "周末能来吗？" in shown and "提供方未读" in shown
    # The liaison finds it in the inbox and on the list, and opens it: now it is read.
    assert "1 条未读" in text(firm.get("/units/inbox")) and "1 条未读" in main(firm.get(f"{HOME}/talks/"))
    number = Thread.objects.get().pk
    assert firm.get(f"{HOME}/talks/{number}").url == f"{HOME}/{talk}"  # type: ignore[attr-defined]
    assert "周末能来吗？" in main(firm.get(f"{HOME}/{talk}"))
    assert "条未读" not in text(firm.get("/units/inbox")) and "提供方已读" in main(desk.get(f"/desk/exchange/{talk}"))
    # Three working days without an answer: the lead hears of it, once.
    later = timezone.localtime() + timedelta(days=12)
    assert clock.take_steps(now=later)["silent"] == 1 and clock.take_steps(now=later)["silent"] == 0
    assert text(lead.get("/desk/inbox")).count("留言没有人答复") == 1
    assert "周末能来吗？" in main(lead.get(f"/desk/exchange/{talk}"))
    # An answer that asks for nothing ends the waiting.
    send(firm, f"{HOME}/{talk}", words="能，周六上午", once="b")
    assert Thread.objects.get().waiting == "" and "能，周六上午" in main(desk.get(f"/desk/exchange/{talk}"))
    assert clock.take_steps(now=later + timedelta(days=30))["silent"] == 0
