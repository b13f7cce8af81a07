"""The June meeting: topics become named pledges with a day, six units act with 82 people, all of it through the pages."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gongzhi.conferences.models import Call, Conference, Decision, Mobilisation, Topic, Turnout
from gongzhi.exchange.models import Need, Pledge
from gongzhi.problems.rules import number
from gongzhi.web.who import now
from tests.conferences.making import BUREAU, LIAISONS, OTHERS, UNITS, found_network
from tests.problems.making import raise_problem
from tests.town import Town
from tests.web.units.test_whistles import enter, text

DAY = timedelta(days=1)
HOME = "/desk/conferences/"


def main(answer: Any) -> str:
    return text(answer).split("<main")[1]


def post(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Send a form that must be taken."""
    answer = client.post(address, data)
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", main(answer))[:1500]
    return answer


def at(moment: Any) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def plan(town: Town, secretary: Client, title: str = "六月联席会议") -> Conference:
    """A conference of the network, planned and notified by the pages."""
    network = found_network(town)
    when = at(now())
    post(secretary, f"{HOME}new", {"network": network.pk, "title": title, "starts_at": when})
    row = Conference.objects.get(title=title)
    post(secretary, f"{HOME}{row.pk}/notify", {"starts_at": when, "venue": "街道三楼会议室", "bring": "各自的清单"})
    return row


def open_it(town: Town, secretary: Client, row: Conference, absent: str = "") -> None:
    """Opened, and the roll called: everyone is there but one."""
    chair = town.accounts["yuejin_shuji"].person_id
    post(secretary, f"{HOME}{row.pk}/open", {"chair": chair})
    for call in Call.objects.filter(conference=row).select_related("unit"):
        gone = call.unit and call.unit.name == absent
        said = {"presence": "absent", "words": "值班走不开"} if gone else {"presence": "present"}
        post(secretary, f"{HOME}{row.pk}/roll/{call.pk}", said)


@pytest.mark.mechanism("M20")
def test_every_pledge_of_the_minutes_has_one_owner_and_a_day(town: Town) -> None:
    secretary, unit = enter(town, "yuejin_shuji"), enter(town, "chengguan_lianluo")
    problem = raise_problem(town, title="绿化带积水")
    row = plan(town, secretary)
    page = f"{HOME}{row.pk}"
    # Demands and difficulties: a problem by its number, a member's own words.
    post(secretary, f"{page}/table", {"problem": number(problem.pk)})
    assert "请来开会" in text(unit.get("/units/inbox")) and f"/units/conferences/{row.pk}" in text(
        unit.get("/units/inbox")
    )
    post(unit, f"/units/conferences/{row.pk}/table", {"title": "缺清淤的车"})
    assert "缺清淤的车" not in main(enter(town, LIAISONS[1]).get(f"/units/conferences/{row.pk}"))
    topic = Topic.objects.get(title="缺清淤的车")
    post(secretary, f"{page}/topics/{topic.pk}/agree", {})
    assert "缺清淤的车" in main(enter(town, LIAISONS[1]).get(f"/units/conferences/{row.pk}"))
    assert "请带上" in main(unit.get(f"/units/conferences/{row.pk}"))

    open_it(town, secretary, row)
    room, bureau = f"{page}/room", f"u{town.units[BUREAU].pk}"
    first = Topic.objects.exclude(pk=topic.pk).get(conference=row)
    due = (now() + 20 * DAY).date().isoformat()
    money = {"kind": "pledge", "what": "出资做绿化和屋顶", "thing": "funds", "amount": "近20万", "measure": "元"}
    post(secretary, room, {**money, "topic": first.pk})
    post(secretary, room, {
        "kind": "pledge", "what": "清淤", "thing": "service", "amount": "3", "measure": "次", "owner": bureau, "due_on": due,
    })  # fmt: skip
    post(secretary, room, {
        "kind": "need", "what": "借一台清淤车", "thing": "goods", "amount": "1", "measure": "台",
        "owner": f"p{town.places['yuejin'].pk}", "due_on": due,
    })  # fmt: skip
    post(secretary, room, {
        "kind": "problem", "what": "查清积水的管道", "topic": first.pk, "owner": bureau, "due_on": due,
    })  # fmt: skip
    assert "近20万元" in main(secretary.get(f"{page}/wall")) or "近20万元" in text(secretary.get(f"{page}/wall"))
    assert "清淤" not in main(unit.get(f"/units/conferences/{row.pk}")).replace("缺清淤的车", "")

    # Without its owner and its day there are no minutes, and nothing of them has happened.
    post(secretary, f"{page}/close", {})
    post(secretary, f"{page}/sign", {})
    shown = main(secretary.get(page))
    assert "还没有写明由谁负责、哪天办好" in shown and "纪要待签发" in shown
    assert not Pledge.objects.exists() and not Need.objects.exists()
    row.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conference.objects.filter(pk=row.pk).update(state="signed", signed_at=now())

    draft = Decision.objects.get(what="出资做绿化和屋顶")
    post(secretary, f"{HOME}decisions/{draft.pk}/change", {**money, "topic": first.pk, "owner": bureau, "due_on": due})
    post(secretary, f"{page}/sign", {})
    assert "纪要已签发" in main(secretary.get(page))
    pledges = {one.what: one for one in Pledge.objects.all()}
    assert set(pledges) == {"出资做绿化和屋顶（近20万元）", "清淤"}
    assert all(one.giver_unit == town.units[BUREAU] and one.due_on.isoformat() == due for one in pledges.values())
    # No figure is made of words.
    assert (pledges["出资做绿化和屋顶（近20万元）"].quantity, pledges["清淤"].quantity) == (1, 3)
    assert Need.objects.get().title == "借一台清淤车" and Need.objects.get().state == "verified"
    assert "查清积水的管道" in text(secretary.get(f"/desk/problems/{problem.pk}"))

    owed = main(unit.get("/units/conferences/"))
    assert "查清积水的管道" in owed and "近20万元" in owed and f"/units/exchange/pledges/{pledges['清淤'].pk}" in owed
    assert "查清积水的管道" in main(enter(town, LIAISONS[1]).get(f"/units/conferences/{row.pk}"))
    assert enter(town, "baoxian_lianluo").get(f"/units/conferences/{row.pk}").status_code == 404
    assert enter(town, "xinyu_shegong").get(page).status_code == 404


@pytest.mark.mechanism("M24")
def test_the_time_it_took_is_counted_or_printed_as_it_was_said(town: Town) -> None:
    secretary, unit = enter(town, "yuejin_shuji"), enter(town, "chengguan_lianluo")
    row = plan(town, secretary)
    page = f"{HOME}{row.pk}"
    open_it(town, secretary, row)
    due = (now() + 9 * DAY).date().isoformat()
    owner = {"kind": "other", "owner": f"u{town.units[BUREAU].pk}", "due_on": due}
    for what in ("清运暴露垃圾", "补种绿化", "修围墙"):
        post(secretary, f"{page}/room", {**owner, "what": what})
    post(secretary, f"{page}/close", {})
    post(secretary, f"{page}/sign", {})
    done = {one.what: f"/units/conferences/decisions/{one.pk}/finish" for one in Decision.objects.all()}
    today = now().date().isoformat()
    both = unit.post(done["清运暴露垃圾"], {"span": "数天", "day": today})
    assert both.status_code == 422 and "只写一样" in main(both) and "数天" in main(both)
    post(unit, done["清运暴露垃圾"], {"span": "数天", "words": "连着清了几个晚上"})
    post(unit, done["补种绿化"], {"day": today})
    assert unit.get(done["补种绿化"]).status_code == 404
    shown = main(secretary.get(page))
    assert "用了数天" in shown and "用了当天" in shown

    # The next meeting opens with what became of this one.
    post(
        secretary, f"{HOME}new", {"network": row.network_id, "title": "七月联席会议", "starts_at": at(now() + 30 * DAY)}
    )
    following = main(secretary.get(f"{HOME}{Conference.objects.get(title='七月联席会议').pk}"))
    last = following.split("上次的决定办得怎样</caption>")[1].split("</section>")[0]
    assert last.count("已办好") == 2 and "用了数天" in last and "修围墙" in last and last.count("在办") == 1

    word = secretary.get(f"{page}/minutes.docx")
    body = zipfile.ZipFile(BytesIO(word.content)).read("word/document.xml").decode()
    assert all(
        said in body for said in ("六月联席会议会议纪要", "清运暴露垃圾", BUREAU, due, "到会率100%", "主持人签字")
    )
    assert not re.search(r"1\d{10}", body)
    assert secretary.get(f"{page}/minutes.pdf").content.startswith(b"%PDF")


def _roster(first: int, last: int) -> str:
    return "\n".join(f"队员{n} 138{n:08d}" for n in range(first, last))


@pytest.mark.mechanism("M21")
def test_six_units_act_with_eighty_two_people_each_counted_once(town: Town) -> None:
    found_network(town)
    secretary = enter(town, "yuejin_shuji")
    post(secretary, f"{HOME}mobilisations/new", {
        "place": town.places["yuejin"].pk, "title": "清理暴露垃圾", "starts_at": at(now()), "units": "\n".join(UNITS),
    })  # fmt: skip
    row = Mobilisation.objects.get()
    home, page = f"/units/conferences/mobilisations/{row.pk}", f"{HOME}mobilisations/{row.pk}"
    # Of 82 people two stand for two units: 84 lines on six rosters.
    spans = ((0, 14), (14, 28), (28, 42), (42, 56), (56, 70), (70, 82))
    for place, (name, who) in enumerate(zip(UNITS, LIAISONS, strict=True)):
        client, address = enter(town, who), f"{home}/{town.units[name].pk}"
        assert "请派人一起来" in text(client.get("/units/inbox"))
        lines = _roster(*spans[place]) + (f"\n{_roster(0, 2)}" if place == 5 else "")
        if place == 0:
            wrong = client.post(address, {"roster": f"{lines}\n没有号码的人"})
            assert wrong.status_code == 422 and "第15行看不懂" in main(wrong) and "队员13" in main(wrong)
        post(client, address, {"roster": lines})
        assert client.get(f"{home}/{town.units[UNITS[place - 1]].pk}").status_code == 404
        for person in main(client.get(home)).split('name="came"')[1:3]:
            assert "队员" in person
        came = re.findall(r'name="came" value="(\d+)"', main(client.get(home)))
        post(client, f"{address}/came", {"came": came})
    figures = re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", main(secretary.get(page))))
    assert "动员单位实计6家" in figures and "名单上的人申报82人" in figures and "到场的人实计82人" in figures
    assert Turnout.objects.count() == 84
    # Names are read by the own unit and the desk; numbers by nobody.
    assert "队员20" in main(enter(town, LIAISONS[1]).get(home)) and "队员20" not in main(
        enter(town, LIAISONS[2]).get(home)
    )
    assert "13800000020" not in text(secretary.get(page)) and enter(town, "xinyu_shegong").get(page).status_code == 404


@pytest.mark.mechanism("M35")
def test_an_urgent_meeting_in_one_step_with_everybody_there(town: Town) -> None:
    network = found_network(town)
    secretary, begins = enter(town, "yuejin_shuji"), now()
    answer = post(secretary, f"{HOME}urgent", {
        "network": network.pk, "about": "百花小学门口护学", "asked_by": "百花小学", "requested_at": at(begins - 3 * DAY / 24),
        "starts_at": at(begins), "venue": "街道三楼会议室",
    })  # fmt: skip
    row = Conference.objects.get()
    page = f"{HOME}{row.pk}"
    assert answer["Location"] == page and "百花小学门口护学" in main(secretary.get(page))
    for who in LIAISONS:
        told = text(enter(town, who).get("/units/inbox"))
        assert "紧急会议，请马上到会" in told and "街道三楼会议室" in told
    post(secretary, f"{page}/open", {"chair": town.accounts["yuejin_shuji"].person_id})
    calls = {one.unit.name: one for one in Call.objects.filter(conference=row).select_related("unit") if one.unit}
    assert set(calls) == set(UNITS)
    roll = f"{page}/roll"
    # Somebody must be there to stand for another.
    there, away = calls[BUREAU], calls[OTHERS[0]]
    post(secretary, f"{roll}/{away.pk}", {"presence": "proxy", "proxy": there.pk})
    assert "受委托的一方自己要到会" in main(secretary.get(roll))
    post(secretary, f"{page}/close", {})
    post(secretary, f"{page}/sign", {})
    assert "还有6家没有点名" in main(secretary.get(page))
    for name in (BUREAU, *OTHERS[1:]):
        post(secretary, f"{roll}/{calls[name].pk}", {"presence": "present"})
    post(secretary, f"{roll}/{away.pk}", {"presence": "proxy", "proxy": there.pk})
    shown = re.sub(r"\s+", "", re.sub(r"<[^>]+>", " ", main(secretary.get(page))))
    assert "应到6家，到会5家，委托1家" in shown and "到会率实计100%" in shown and "提出到开会3小时" in shown
    post(secretary, f"{page}/sign", {})
    assert "纪要已签发" in main(secretary.get(page))
    body = zipfile.ZipFile(BytesIO(secretary.get(f"{page}/minutes.docx").content)).read("word/document.xml").decode()
    assert "提出到开会 3 小时" in body and "百花小学" in body
