"""A caller on the line, with and without JavaScript."""

import re

import pytest
from django.test import Client

from gongzhi.demands import queries
from gongzhi.demands.models import Demand
from gongzhi.web.who import now
from tests.town import Town
from tests.web.desk.test_worklist import enter, page

GIVEN = {"phone": "138 0013-8000", "name": "某居民", "place_typed": "东正大院 3号楼", "body": "楼道灯坏了",
         "kind": "help", "urgency": "ordinary", "channel": "telephone", "place_words": "2单元"}  # fmt: skip


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


def test_a_call_is_taken_and_read_out(desk: Client, town: Town) -> None:
    once = re.search(r'name="once" value="([^"]+)"', page(desk, "/desk/demands/new"))
    assert once
    answer = desk.post("/desk/demands/new", {**GIVEN, "once": once[1], "confidential": "on"}, follow=True)
    text = answer.content.decode()
    demand = Demand.objects.get()
    code = re.findall(r'big-code">(\d{6})<', text)[0]
    assert queries.demand_with_code(str(demand).split()[0], code) == demand
    assert "故" in text and "下一个电话" in text and demand.confidential and demand.channel == "telephone"
    assert demand.place_id == town.places["building"].pk and "2单元" in demand.place_words
    # Sent twice, taken once, with the same number and code.
    again = desk.post("/desk/demands/new", {**GIVEN, "once": once[1]}, follow=True).content.decode()
    assert Demand.objects.count() == 1 and code in again and "没有重复登记" in again


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(desk: Client, town: Town) -> None:
    answer = desk.post("/desk/demands/new", {**GIVEN, "place_typed": "东正", "phone": "12"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "楼道灯坏了" in text and "是哪一个" in text and "不像一个电话号码" in text
    long = desk.post("/desk/demands/new", {**GIVEN, "body": "长" * 100_000})
    assert long.status_code == 422 and Demand.objects.count() == 0


def test_an_earlier_call_of_the_number_is_found_however_it_is_typed(desk: Client, town: Town) -> None:
    desk.post("/desk/demands/new", GIVEN)
    for typed in ("13800138000", "138-0013-8000", "１３８００１３８０００"):
        assert "楼道灯坏了" in desk.post("/desk/demands/new/earlier", {"phone": typed}).content.decode()
    assert "楼道灯坏了" not in desk.post("/desk/demands/new/earlier", {"phone": "1380013"}).content.decode()
    other = enter(Client(), town, "xinyu_shegong")
    assert "楼道灯坏了" not in other.post("/desk/demands/new/earlier", {"phone": "13800138000"}).content.decode()


def test_places_are_found_by_words_and_initials_ones_own_first(desk: Client, town: Town) -> None:
    assert "东正大院" in page(desk, "/desk/places?q=东正")
    found = page(desk, "/desk/places?q=dzdy")
    assert "东正大院" in found and "钓鱼台" not in found
    assert "没有找到" in page(desk, "/desk/places?q=月球") and "<li" not in page(desk, "/desk/places?q=")


def test_what_is_near_and_what_the_words_suggest(desk: Client, town: Town) -> None:
    town.report(body="楼道灯坏了", now=now())
    near = desk.post("/desk/demands/new/near", {"place": town.places["compound"].pk, "place_typed": "东正大院"})
    assert "楼道灯坏了" in near.content.decode()
    assert desk.post("/desk/demands/new/suggestions", {"body": "车库漏水了，车都淋湿了"}).status_code == 200


def test_a_call_about_elsewhere_is_taken_and_passed_on(desk: Client, town: Town) -> None:
    text = desk.post("/desk/demands/new", {**GIVEN, "place_typed": "钓鱼台小区"}, follow=True).content.decode()
    assert "已转到那里的工作台" in text and Demand.objects.get().community_id == town.places["xingsheng"].pk
