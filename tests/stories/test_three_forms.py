"""A period of the three forms, from the secretary's opening to the one member that is named to nobody else (M28)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange import actions
from gongzhi.exchange.models import Filing, Need, Offer, Round
from gongzhi.web.who import now
from tests.exchange.rounds import NAMES, found_network
from tests.town import Town
from tests.web.units.test_whistles import enter, text

MISSING = NAMES[4]


def main(answer: Any) -> str:
    return text(answer).split("<main")[1]


def filled(page: str, **changed: str) -> dict[str, str]:
    """What a browser would send of the form on a page: its hidden fields and texts, and what was changed."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"} | changed


def new_line(title: str, quantity: str = "2", kind: str = "place", measure: str = "次") -> dict[str, str]:
    return {"kind-new0": kind, "title-new0": title, "quantity-new0": quantity, "measure-new0": measure}


def open_period(secretary: Client, name: str, first: int, last: int, due: int) -> Round:
    """Open a period by the page, its days counted from today."""
    today = now().date()
    days = {
        key: (today + timedelta(days=n)).isoformat() for key, n in (("since", first), ("until", last), ("due_on", due))
    }
    page = main(secretary.get("/desk/exchange/rounds/"))
    network = re.findall(r'<option value="(\d+)"[^>]*>建胜镇区域化党建实体', page)[0]
    answer = secretary.post("/desk/exchange/rounds/", {"network": network, "name": name, **days})
    assert answer.status_code == 302, main(answer)
    return Round.objects.get(name=name)


def fill_all(town: Town, row: Round, count: int) -> Client:
    """A liaison's way through the three forms, each leading to the next."""
    client, unit = enter(town, f"lianluo{count}"), town.units[NAMES[count]]
    home = f"/units/exchange/rounds/{row.pk}"
    first = client.get(f"{home}/{unit.pk}/have")
    answer = client.post(f"{home}/{unit.pk}/have", filled(main(first), **new_line(f"会议室{count}")))
    assert answer.status_code == 302 and answer["Location"] == f"{home}/{unit.pk}/need", main(answer)
    answer = client.post(answer["Location"], filled(main(client.get(answer["Location"])), answer="nothing"))
    assert answer["Location"] == f"{home}/{unit.pk}/link"
    page = main(client.get(answer["Location"]))
    answer = client.post(answer["Location"], filled(page, reach="phone") | {"ways": ["meet", "open_up"]})
    assert answer["Location"] == home and "三张表都填好了" in text(client.get(home))
    return client


@pytest.mark.mechanism("M28")
def test_three_lists_a_period_and_who_lacks_one_is_named_to_the_secretary_alone(town: Town) -> None:
    found_network(town)
    secretary = enter(town, "jiansheng_shuji")
    row = open_period(secretary, "第三季度", 0, 30, 7)
    home = f"/desk/exchange/rounds/{row.pk}"
    assert f"/units/exchange/rounds/{row.pk}" in text(enter(town, "lianluo0").get("/units/inbox"))
    assert "还有 3 张没填" in main(enter(town, "lianluo0").get("/units/exchange"))
    for count in range(4):
        fill_all(town, row, count)
    # The last one says what it has and needs, and leaves out how to link.
    late, unit = enter(town, "lianluo4"), town.units[MISSING]
    for sheet in ("have", "need"):
        address = f"/units/exchange/rounds/{row.pk}/{unit.pk}/{sheet}"
        assert late.post(address, filled(main(late.get(address)), answer="nothing")).status_code == 302
    named = main(secretary.get(home))
    line = named.split(MISSING)[1].split("</tr>")[0]
    assert line.count("本期没有") == 2 and line.count("还没填") == 1 and "催填" in line
    assert "还没填" not in named.split(NAMES[0])[1].split("</tr>")[0]

    others = {
        "jiansheng_jiedao": 200, "qu_fuze": 200, "qu_kanban": 200, "guanli": 200, "xinyu_shuji": 404, "xinyu_shegong": 404,
        "yuejin_jiedao": 404, "yuejin_shuji": 404, "dongzheng_shuji": 404, "xingsheng_shegong": 404, "lianluo0": 403,
    }  # fmt: skip
    for who, code in others.items():
        client = enter(town, who)
        seen = client.get(home)
        assert seen.status_code == code, who
        assert not any(name in text(seen) for name in NAMES), who
        if code == 200:
            assert "5 家成员单位" in main(seen) and "只有书记看得到" in main(seen), who
        refused = client.post(f"{home}/remind/{unit.pk}")
        assert refused.status_code in ({302} if code == 200 else {403, 404}), who
    fellow = main(enter(town, "lianluo0").get(f"/units/exchange/rounds/{row.pk}"))
    assert "全体 5 家成员单位，4 家三张都填好了" in fellow and MISSING not in fellow
    assert not any(MISSING in text(enter(town, who).get("/board/")) for who in ("qu_kanban", "qu_fuze"))
    assert "请尽快补上" not in text(late.get("/units/inbox"))

    # One press reminds, once a day.
    secretary.post(f"{home}/remind/{unit.pk}")
    secretary.post(f"{home}/remind/{unit.pk}")
    assert text(late.get("/units/inbox")).count("请尽快补上") == 1
    assert "今天催过了" in main(secretary.get(home))
    # Time reminds it once more, and tells the secretary after the day, each once.
    due = now() + timedelta(days=6)
    for moment in (due, due, due + timedelta(days=3), due + timedelta(days=4)):
        actions.keep_rounds(now=moment)
    assert text(late.get("/units/inbox")).count("请尽快补上") == 2
    assert "请尽快补上" not in text(enter(town, "lianluo0").get("/units/inbox"))
    told = text(secretary.get("/desk/inbox"))
    assert told.count("还有单位没有填完") == 1 and MISSING not in told
    assert "还有单位没有填完" not in text(enter(town, "jiansheng_jiedao").get("/desk/inbox"))


@pytest.mark.mechanism("M28")
def test_the_last_period_is_where_the_next_one_starts(town: Town) -> None:
    found_network(town)
    secretary = enter(town, "jiansheng_shuji")
    first = open_period(secretary, "第三季度", 0, 30, 7)
    unit, client = town.units[NAMES[0]], enter(town, "lianluo0")
    address = f"/units/exchange/rounds/{first.pk}/{unit.pk}"
    for title in ("会议室", "志愿者", "投影仪"):
        page = main(client.get(f"{address}/have"))
        keep = {f"do-{pk}": "keep" for pk in Offer.objects.filter(unit=unit).values_list("pk", flat=True)}
        assert client.post(f"{address}/have", filled(page, **new_line(title), **keep)).status_code == 302
    client.post(
        f"{address}/need", filled(main(client.get(f"{address}/need")), **new_line("车位", "10", "parking", "个"))
    )
    page = main(client.get(f"{address}/link"))
    client.post(f"{address}/link", filled(page, reach="visit", words="先约") | {"ways": ["teach"]})
    secretary.post(f"/desk/exchange/rounds/{first.pk}/close", {"seen": first.version})
    second = open_period(secretary, "第四季度", 31, 60, 40)

    room, helpers, projector = Offer.objects.filter(unit=unit).order_by("pk")
    assert "这一期已经结束" in text(client.get(f"{address}/have", follow=True))
    address = f"/units/exchange/rounds/{second.pk}/{unit.pk}"
    page = main(client.get(f"{address}/have"))
    assert all(f"{one.title} 2 次" in page for one in (room, helpers, projector)) and "仍然这样" in page
    # A line that is left open is asked for; what was typed stays.
    said = {f"do-{room.pk}": "keep", f"do-{helpers.pk}": "change", f"quantity-{helpers.pk}": "5"}
    answer = client.post(f"{address}/have", filled(page, **said, **new_line("菜地", "3", "place", "块")))
    assert answer.status_code == 422 and "请选一项" in main(answer) and 'value="菜地"' in main(answer)
    sent = filled(page, **said, **new_line("菜地", "3", "place", "块"), **{f"do-{projector.pk}": "end"})
    assert client.post(f"{address}/have", sent).status_code == 302
    client.post(f"{address}/have", sent)
    stands = dict(Offer.objects.filter(unit=unit).exclude(state="ended").values_list("title", "quantity"))
    assert stands == {"会议室": 2, "志愿者": 5, "菜地": 3}
    assert Filing.objects.get(round=second, unit=unit, sheet="have").lines == sorted(
        Offer.objects.filter(unit=unit).exclude(state="ended").values_list("pk", flat=True)
    )
    # One press for all of it, and for how to link as it was.
    page = main(client.get(f"{address}/need"))
    assert "车位 10 个" in page
    client.post(f"{address}/need", filled(page, answer="all"))
    assert Need.objects.get(unit=unit).state == "stated"
    page = main(client.get(f"{address}/link"))
    assert "先约" in page and "仍然这样，填好了" in page
    assert re.search(r'value="teach"[^>]*checked', page) and re.search(r'value="visit"[^>]*checked', page)
    client.post(f"{address}/link", filled(page, reach="visit", words="先约") | {"ways": ["teach"]})
    assert "三张表都填好了" in text(client.get(f"/units/exchange/rounds/{second.pk}"))
