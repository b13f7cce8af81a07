"""The visit log and the baseline surveys as pages, without JavaScript."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.models import Place
from gongzhi.problems.actions import field
from gongzhi.problems.models import Baseline, Problem, ResidentStory, Visit
from gongzhi.problems.rules import VisitKind
from gongzhi.web.who import now
from tests.town import Town
from tests.web.desk.test_worklist import enter, page


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


def note(town: Town, key: str = "dongzheng_shegong", **more: Any) -> Visit:
    """An entry of today at building 3."""
    given = {
        "place": town.places["building"],
        "kind": VisitKind.HOUSEHOLD,
        "words": "老人说楼道灯不亮",
        "household": "2单元301",
        "once": str(Visit.objects.count()),
        "now": now(),
    }
    return field.note_visit(town.actor(key), **{**given, **more}).visit


def filled(client: Client, address: str) -> dict[str, str]:
    """What the form on a page would send as it stands."""
    text = page(client, address)
    once = re.search(r'name="once" value="([^"]+)"', text)
    near = re.search(r'name="near" value="(\d+)"[^>]*checked', text)
    return {"once": once[1] if once else "", "near": near[1] if near else "", "kind": "household", "follow": "0"}


def test_a_visit_is_noted_with_a_place_at_hand_and_a_few_words(desk: Client, town: Town) -> None:
    given = filled(desk, "/desk/visits/new")
    assert given["near"] == str(town.places["compound"].pk), "the compounds of one's own community stand ready"
    given |= {"words": "院坝里积水", "follow": "3"}
    shown = desk.post("/desk/visits/new", given, follow=True).content.decode()
    visit = Visit.objects.get()
    assert "记下了" in shown and "院坝里积水" in shown and visit.place == town.places["compound"]
    assert visit.follow_up_on == now().date() + timedelta(days=3)
    again = desk.post("/desk/visits/new", given, follow=True).content.decode()
    assert "没有重复登记" in again and Visit.objects.count() == 1
    # What is typed counts before what is chosen, and where one was last comes first the next time.
    given = filled(desk, "/desk/visits/new") | {"place_typed": "东正大院 3号楼", "words": "楼道堆了纸箱"}
    desk.post("/desk/visits/new", given)
    assert Visit.objects.latest("pk").place == town.places["building"]
    assert filled(desk, "/desk/visits/new")["near"] == str(town.places["building"].pk)
    assert filled(desk, f"/desk/visits/new?place={town.places['dongzheng'].pk}")["near"] == str(
        town.places["dongzheng"].pk
    )


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(desk: Client, town: Town) -> None:
    given = filled(desk, "/desk/visits/new")
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for wrong, words in (
        ({"words": ""}, ""),
        ({"visited_at": tomorrow}, "还没有到"),
        ({"follow_up_on": "2001-01-01"}, "不能早于走访那天"),
        ({"place_typed": "东正"}, "请在下面选一个"),
        ({"place_typed": "月球"}, "没有找到这个地方"),
        ({"place_typed": "钓鱼台小区"}, "不在您负责的范围内"),
        ({"near": "", "place_typed": ""}, ""),
        ({"near": "99999999"}, "请选在哪里"),
        ({"kind": "raid"}, ""),
        ({"follow": "x"}, ""),
        ({"words": "长" * 100_000}, ""),
    ):
        answer = desk.post("/desk/visits/new", {**given, "words": "写了很多", **wrong})
        text = answer.content.decode()
        assert answer.status_code == 422 and "error-summary" in text, wrong
        assert words in text, wrong
        assert "写了很多" in text or "words" in wrong
    assert Visit.objects.count() == 0


def test_the_log_is_looked_through_by_week_and_place(desk: Client, town: Town) -> None:
    note(town)
    note(town, place=town.places["dongzheng"], words="来问补贴", visited_at=now() - timedelta(days=14))
    shown = page(desk, "/desk/visits/")
    assert "楼道灯不亮" in shown and "2单元301" in shown and "来问补贴" not in shown
    before = (now() - timedelta(days=14)).date()
    assert "来问补贴" in page(desk, f"/desk/visits/?week={before}")
    assert "还没有走访记录" in page(desk, f"/desk/visits/?week={before}&place={town.places['compound'].pk}")
    for odd in (
        "?week=x",
        "?week=9999-99-99",
        "?week=9999-12-31",
        "?place=x&after=x",
        "?week=0001-01-01",
        "?show=waiting&after=1",
    ):
        assert desk.get(f"/desk/visits/{odd}").status_code == 200


def test_whose_door_it_was_is_not_on_the_pages_of_those_above(client: Client, town: Town) -> None:
    pk = note(town, words="老人电话13800138000，灯不亮").pk
    for key in ("yuejin_jiedao", "qu_fuze"):
        other = enter(client, town, key)
        for address in ("/desk/visits/", f"/desk/visits/{pk}", f"/desk/visits/{pk}/demand", "/desk/visits/week"):
            shown = page(other, address)
            assert "2单元301" not in shown, address
    for key in ("xinyu_shegong", "xingsheng_shegong"):
        assert enter(client, town, key).get(f"/desk/visits/{pk}").status_code == 404
    for key in ("qu_kanban", "guanli", "chengguan_lianluo"):
        assert enter(client, town, key).get(f"/desk/visits/{pk}").status_code == 403
    assert "/desk/visits/" not in page(enter(client, town, "qu_kanban"), "/desk/")


def test_a_follow_up_waits_is_told_of_and_is_written_down(desk: Client, town: Town) -> None:
    past = now() - timedelta(days=3)
    pk = note(town, visited_at=past, follow_up_on=past.date(), now=past).pk
    assert "1 件逾期" in page(desk, "/desk/visits/")
    assert "楼道灯不亮" in page(desk, "/desk/visits/?show=waiting")
    field.remind_follow_ups(now=now())
    assert f'href="/desk/visits/{pk}"' in page(desk, "/desk/inbox"), "the notice leads to the visit"
    assert desk.post(f"/desk/visits/{pk}/follow_up", {"words": " "}).status_code == 422
    shown = desk.post(f"/desk/visits/{pk}/follow_up", {"words": "灯换好了"}, follow=True).content.decode()
    assert "灯换好了" in shown and "已跟进" in shown
    assert desk.post(f"/desk/visits/{pk}/follow_up", {"words": "又一次"}).status_code == 422
    assert "没有要跟进的" in page(desk, "/desk/visits/?show=waiting")


def test_a_visit_becomes_a_demand_by_one_form_filled_in_already(desk: Client, town: Town) -> None:
    pk = note(town, measure="先贴了提示").pk
    form = page(desk, f"/desk/visits/{pk}/demand")
    assert "老人说楼道灯不亮" in form and "先贴了提示" in form and "2单元301" in form
    given = {
        "words": "楼道灯不亮",
        "place_words": "2单元",
        "kind": "help",
        "urgency": "ordinary",
        "phone": "138 0013 8000",
    }
    shown = desk.post(f"/desk/visits/{pk}/demand", given, follow=True).content.decode()
    demand = Demand.objects.get()
    assert "已转为诉求" in shown and demand.body == "楼道灯不亮" and "2单元" in demand.place_words
    assert "301" not in demand.place_words and demand.contact_id
    assert str(demand.pk) in page(desk, f"/desk/visits/{pk}") and "转为诉求</a>" not in page(desk, f"/desk/visits/{pk}")
    assert desk.post(f"/desk/visits/{pk}/demand", given).status_code == 302 and Demand.objects.count() == 1


def test_a_visit_becomes_a_problem(desk: Client, town: Town) -> None:
    pk = note(town, kind=VisitKind.PATROL, words="围墙裂了。很长一道缝").pk
    assert 'value="围墙裂了"' in page(desk, f"/desk/visits/{pk}/problem")
    assert desk.post(f"/desk/visits/{pk}/problem", {"title": ""}).status_code == 422
    desk.post(f"/desk/visits/{pk}/problem", {"title": "3号楼围墙开裂"})
    desk.post(f"/desk/visits/{pk}/problem", {"title": "又一个"})
    assert Problem.objects.get().title == "3号楼围墙开裂" and "3号楼围墙开裂" in page(desk, f"/desk/visits/{pk}")


@pytest.mark.mechanism("M18")
def test_the_weekly_digest_names_the_days_without_an_entry(desk: Client, town: Town) -> None:
    monday = now() - timedelta(days=now().weekday() + 7)
    for step in (0, 1, 2, 3, 4, 6):
        note(town, visited_at=monday + timedelta(days=step))
    shown = page(desk, f"/desk/visits/week?week={monday.date()}")
    saturday = (monday + timedelta(days=5)).date()
    assert (
        "没有记录的日子：" in shown
        and f'周六 <span class="number">{saturday:%m-%d}</span>' in shown
        and "走访 6 次" in shown
    )
    note(town, key="dongzheng_shuji", visited_at=monday + timedelta(days=5))
    shown = page(desk, f"/desk/visits/week?week={monday.date()}")
    assert "七天都有记录" in shown and "何青禾" in shown and "向晚晴" in shown and "2单元301" not in shown


def test_no_page_of_the_log_asks_more_the_more_it_holds(
    desk: Client, town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in range(30):
        note(town, once=f"n{count}", follow_up_on=now().date())
    for address in ("/desk/visits/", "/desk/visits/?show=waiting", "/desk/visits/week", "/desk/visits/new"):
        page(desk, address)
        with django_assert_max_num_queries(8):
            page(desk, address)


# -- Baselines


def survey_of(client: Client, town: Town, **more: str) -> tuple[str, dict[str, str]]:
    """The address and the filled-in form of a survey of Dongzheng's old compound."""
    address = f"/desk/compounds/{town.places['compound'].pk}/baseline"
    once = re.search(r'name="once" value="([^"]+)"', page(client, address))
    given = {
        "once": once[1] if once else "", "surveyed_on": str(now().date()), "households": "318", "has_property_firm": "no",
        "has_owners_committee": "", "words": "厂区家属院",
        "f0-title": "没有物业", "f0-words": "没人管垃圾", "f1-title": "雨天满地泥", "f2-title": "路窄",
        "f2-category": "车库漏水", "f6-title": "剐蹭多",
    }  # fmt: skip
    return address, {**given, **more}


@pytest.mark.mechanism("M6")
def test_a_survey_opens_its_problems_in_one_pass(desk: Client, town: Town) -> None:
    assert "还没有摸排" in page(desk, "/desk/compounds/")
    address, given = survey_of(desk, town)
    shown = desk.post(address, given, follow=True).content.decode()
    assert "立了 4 个问题" in shown and all(one in shown for one in ("没有物业", "雨天满地泥", "路窄", "剐蹭多"))
    assert Problem.objects.get(title="路窄").category == town.category("0101")
    desk.post(address, given)
    assert (Baseline.objects.count(), Problem.objects.count()) == (1, 4)
    assert "摸排过" in page(desk, "/desk/compounds/")


def test_what_a_survey_found_otherwise_corrects_the_register_once_confirmed(desk: Client, town: Town) -> None:
    address, given = survey_of(desk, town)
    Place.objects.filter(pk=town.places["compound"].pk).update(has_property_firm=True)
    assert "按摸排更正登记" not in page(desk, address)
    desk.post(address, given)
    assert "按摸排更正登记" in page(desk, address) and "不一致" in page(desk, address)
    shown = desk.post(address.replace("baseline", "correct"), follow=True).content.decode()
    assert "已按摸排更正" in shown and "不一致" not in shown and "确认，按摸排更正登记" not in shown
    assert "登记：没有" in shown


def test_a_survey_with_a_fault_keeps_what_was_typed(desk: Client, town: Town) -> None:
    for wrong in (
        {"surveyed_on": "2199-01-01"},
        {"households": "0"},
        {"f1-title": "", "f1-words": "有情况没有名称"},
        {"f0-category": "没有的类别"},
        {"surveyed_on": "x"},
    ):
        address, given = survey_of(desk, town, **wrong)
        answer = desk.post(address, given)
        assert answer.status_code == 422 and "没人管垃圾" in answer.content.decode(), wrong
    assert Problem.objects.count() == 0


@pytest.mark.mechanism("M6")
def test_a_story_is_on_no_page_above_before_consent(desk: Client, town: Town) -> None:
    address, given = survey_of(desk, town)
    desk.post(address, given)
    stories = address.replace("baseline", "stories")
    told = {"words": "二十多年了，一下雨就是泥", "age_band": "70-79", "years_there": "22", "told_on": str(now().date())}
    assert desk.post(stories, {**told, "age_band": "1951"}).status_code == 422
    desk.post(stories, told)
    pk = ResidentStory.objects.get().pk
    assert "一下雨就是泥" in page(desk, address) and "只有本社区看得到" in page(desk, address)
    above = enter(Client(), town, "yuejin_shuji")
    reader = enter(Client(), town, "qu_kanban")
    for other in (above, reader):
        assert "一下雨就是泥" not in page(other, address)
    assert above.post(f"{stories}/{pk}/consent", {"consent_words": "听说同意"}).status_code == 404
    assert reader.post(f"{stories}/{pk}/consent", {"consent_words": "听说同意"}).status_code == 403
    assert above.post(stories, told).status_code == 422, "the community keeps its own stories"
    assert desk.post(f"{stories}/{pk}/consent", {"consent_words": ""}).status_code == 422
    desk.post(f"{stories}/{pk}/consent", {"consent_words": "当面签字"})
    for other in (above, reader):
        assert "一下雨就是泥" in page(other, address) and "70-79" in page(other, address)
    desk.post(f"{stories}/{pk}/withdraw")
    for other in (above, reader):
        assert "一下雨就是泥" not in page(other, address)


def test_another_communitys_compound_is_absent(client: Client, town: Town) -> None:
    address = f"/desk/compounds/{town.places['compound'].pk}/baseline"
    assert enter(client, town, "xinyu_shegong").get(address).status_code == 404
    assert (
        enter(client, town, "dongzheng_shegong")
        .get(address.replace(str(town.places["compound"].pk), str(town.places["building"].pk)))
        .status_code
        == 404
    )
