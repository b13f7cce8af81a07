"""What the desk writes down: offers of units that telephone, needs that come of something, promises of a meeting."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange import actions
from gongzhi.exchange.models import Need, Offer, Pledge
from gongzhi.problems import actions as problems
from gongzhi.problems.actions import field
from gongzhi.problems.models import Visit
from gongzhi.problems.rules import BlockerKind, VisitKind
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, INSURER, offer_details, settle
from tests.problems.making import raise_problem
from tests.town import Town
from tests.web.desk.test_exchange import TABLE, enter, need_of, offer_of, page, send


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


@pytest.fixture
def desk(town: Town) -> Client:
    return enter(town, "dongzheng_shegong")


def offer_form(**more: Any) -> dict[str, Any]:
    given = {"once": "k", "whose": "unit", "unit": BUREAU, "kind": "skill", "title": "电工上门", "quantity": "10"}
    return given | {"measure": "小时", "reach": "anywhere", "visibility": "district"} | more


def need_form(**more: Any) -> dict[str, Any]:
    given = {"once": "k", "kind": "skill", "title": "楼道照明检修", "quantity": "4", "measure": "小时", "urgency": "1"}
    return given | more


def days_ahead(days: int) -> str:
    return str(now().date() + timedelta(days=days))


# Offers


def test_an_offer_of_a_unit_that_telephones_is_put_down_once_and_changed(desk: Client, town: Town) -> None:
    address = f"{TABLE}offers/new"
    assert address in page(desk, f"{TABLE}offers/")
    more = {
        "week": ["evenings"], "hours": "周六 14:00–17:00", "tags": "电工、照明", "reach": "metres", "reach_metres": "800",
        "audience": "60岁以上老人", "conditions": "提前三天说", "visibility": "network", "how_often": "每周一次",
        "valid_from": days_ahead(1), "valid_until": days_ahead(90),
    }  # fmt: skip
    for _twice in range(2):
        shown = send(desk, address, **offer_form(**more))
    told = (
        "电工上门",
        BUREAU,
        "周六 14:00–17:00",
        "电工 · 照明",
        "800 米以内",
        "60岁以上老人",
        "提前三天说",
        "每周一次",
    )
    assert "已记下：登记资源" in shown and [one for one in told if one not in shown] == []
    offer = Offer.objects.get()
    assert offer.unit == town.units[BUREAU] and offer.place == town.places["dongzheng"], "where the unit is"
    assert len(offer.windows) == 6 and str(offer.valid_until) == days_ahead(90) and offer.visibility == "network"
    change = f"{TABLE}offers/{offer.pk}/change"
    assert change in shown
    form = page(desk, change)
    assert 'value="周六 14:00–17:00"' in form and 'value="电工、照明"' in form and 'value="800"' in form
    place = {"place_typed": "东正社区", "reach": str(town.places["dongzheng"].pk), "quantity": "12"}
    shown = send(desk, change, seen=offer.version, **offer_form(**place))
    offer.refresh_from_db()
    assert "已记下：修改资源" in shown and (offer.quantity, offer.reach_metres) == (12, None)
    assert offer.reach_place == town.places["dongzheng"] and offer.windows == [] and offer.unit == town.units[BUREAU]
    stale = desk.post(change, offer_form(seen=1, words="改第二次"))
    assert (
        stale.status_code == 422
        and "刚才有人办过这件事" in stale.content.decode()
        and "改第二次" in stale.content.decode()
    )


def test_the_community_gives_something_itself(desk: Client, town: Town) -> None:
    own = {"whose": "community", "unit": "", "receiver": town.places["dongzheng"].pk, "kind": "place"}
    assert "活动室" in send(desk, f"{TABLE}offers/new", **offer_form(**own, title="活动室", measure="次"))
    offer = Offer.objects.get()
    assert offer.giving_place == town.places["dongzheng"] and offer.place == town.places["dongzheng"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"unit": ""}, "请写明是哪家单位"),
        ({"unit": "没有这家"}, "没有找到这个单位"),
        ({"unit": INSURER}, "您没有“登记资源”的权限"),
        ({"quantity": "很多"}, "数量要写大于零的数"),
        ({"hours": "下午"}, "没有看懂“下午”"),
        ({"tags": "很" * 30}, "标签最多"),
        ({"reach": "metres"}, "请写多少米以内"),
        ({"valid_until": "2020-01-01"}, "日期要在今天以后"),
        ({"place_typed": "没有这个地方"}, "没有找到这个地方"),
    ],
)
def test_a_wrong_offer_is_told_in_words_and_nothing_is_lost(desk: Client, given: dict[str, str], told: str) -> None:
    answer = desk.post(f"{TABLE}offers/new", offer_form(words="有两位电工", **given))
    shown = answer.content.decode()
    assert answer.status_code == 422 and told in shown and "有两位电工" in shown and not Offer.objects.exists()


def test_who_may_not_write_is_refused_and_others_offers_are_absent(town: Town) -> None:
    offer = offer_of(town)
    reader, other = enter(town, "qu_kanban"), enter(town, "xinyu_shegong")
    for address in ("offers/new", "pledges/new"):
        assert reader.get(f"{TABLE}{address}").status_code == 403
        assert reader.post(f"{TABLE}{address}", {}).status_code == 403
    assert f"{offer.pk}/change" not in page(reader, f"{TABLE}offers/{offer.pk}")
    assert other.get(f"{TABLE}offers/{offer.pk}/change").status_code == 404
    assert other.post(f"{TABLE}offers/{offer.pk}/change", offer_form()).status_code == 404
    ended = enter(town, "dongzheng_shegong")
    actions.end_offer(town.actor("chengguan_lianluo"), offer_id=offer.pk, words="用完了", now=now())
    assert "现在不能“修改资源”" in ended.get(f"{TABLE}offers/{offer.pk}/change", follow=True).content.decode()


# Needs


def test_a_need_has_hours_tags_a_place_and_a_unit_keeps_it_to_itself(desk: Client, town: Town) -> None:
    more = {
        "whose": "unit",
        "unit": BUREAU,
        "confidential": "on",
        "whole_only": "on",
        "hours": "周三 9-11",
        "tags": "法律",
    }
    shown = send(desk, f"{TABLE}needs/new", **need_form(**more, place_typed="东正社区"))
    need = Need.objects.get()
    assert need.confidential and need.whole_only and need.windows == [[2, 540, 660]] and need.tags == ["法律"]
    assert (need.lon, need.lat) == (town.places["dongzheng"].lon, town.places["dongzheng"].lat)
    assert "不公开" in shown and "周三 09:00–11:00" in shown and "法律" in shown
    assert "confidential" in page(desk, f"{TABLE}needs/{need.pk}/change")
    send(desk, f"{TABLE}needs/{need.pk}/change", seen=need.version, **need_form(place_typed="东正社区"))
    need.refresh_from_db()
    assert not need.confidential and need.windows == [] and need.unit == town.units[BUREAU]
    assert "confidential" not in page(desk, f"{TABLE}needs/{need_of(town).pk}/change"), "only a unit's own"


def test_a_problem_leads_to_its_need_and_shows_how_far_it_is_met(desk: Client, town: Town) -> None:
    problem = raise_problem(town, title="3号楼楼道没有灯")
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert f"{TABLE}needs/new?problem={problem.pk}" in shown
    form = page(desk, f"{TABLE}needs/new?problem={problem.pk}")
    assert 'value="3号楼楼道没有灯"' in form and problem.place.full_name in form and 'name="whose"' not in form
    send(desk, f"{TABLE}needs/new", problem=problem.pk, **need_form(title="楼道灯"))
    need = Need.objects.get()
    assert need.problem_id == problem.pk
    Need.objects.update(met=1)
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert "楼道灯" in shown and "已收到 1 小时，共 4 小时" in shown
    assert desk.get(f"{TABLE}needs/new?problem=999999").status_code == 404


@pytest.mark.mechanism("M19")
def test_a_need_of_a_stuck_problem_says_at_how_many_blockers_and_for_how_long(desk: Client, town: Town) -> None:
    whose, problem = town.actor("dongzheng_shegong"), raise_problem(town, title="屋顶漏水")
    send(desk, f"{TABLE}needs/new", problem=problem.pk, **need_form(title="防水材料"))
    need = Need.objects.get()
    assert "卡住" not in page(desk, f"{TABLE}needs/{need.pk}")
    for kind, days in ((BlockerKind.MONEY, 12), (BlockerKind.WILL, 5), (BlockerKind.SKILL, 3)):
        send(
            desk, f"/desk/problems/{problem.pk}/name_blocker", blocker=kind.value, words="物业费低，企业不愿来",
            since=days_ahead(-days),
        )  # fmt: skip
    for address in (f"{TABLE}needs/{need.pk}", TABLE):
        assert "卡住 12 天：3 个卡点" in page(desk, address), address
    assert "停了 12 天" in page(desk, f"/desk/problems/{problem.pk}")
    problems.lift_blocker(
        whose, problem_id=problem.pk, blocker_id=_first_blocker(problem.pk), words="拨款到了", now=now()
    )
    assert "卡住 5 天：2 个卡点" in page(desk, TABLE)


def _first_blocker(problem_id: int) -> int:
    from gongzhi.problems.models import Blocker

    return Blocker.objects.filter(problem=problem_id).order_by("since").values_list("pk", flat=True)[0]


def test_a_visit_becomes_a_need_with_everything_filled_in(desk: Client, town: Town) -> None:
    visit = field.note_visit(
        town.actor("dongzheng_shegong"), place=town.places["building"], kind=VisitKind.HOUSEHOLD,
        words="想要一把轮椅，电话13800138000", follow_up_on=now().date(), once="v", now=now(),
    ).visit  # fmt: skip
    address = f"/desk/visits/{visit.pk}"
    assert f"needs/new?visit={visit.pk}" in page(desk, address)
    form = page(desk, f"{TABLE}needs/new?visit={visit.pk}")
    assert "想要一把轮椅" in form and town.places["building"].full_name in form and "13800138000" not in form
    assert f'<option value="{town.places["dongzheng"].pk}" selected>' in form
    given = need_form(kind="goods", title="轮椅", measure="把", whose="community", visit=visit.pk)
    shown = send(desk, f"{TABLE}needs/new", **given, receiver=town.places["dongzheng"].pk)
    assert "已记下：登记需求" in shown and "轮椅" in shown
    shown = page(desk, address)
    assert "已转为需求" in shown and "轮椅" in shown and "转为需求</a>" not in shown and "记跟进" not in shown
    assert Visit.objects.get().followed_up_at
    again = desk.get(f"{TABLE}needs/new?visit={visit.pk}", follow=True).content.decode()
    assert "这次走访已经转为需求" in again and Need.objects.count() == 1
    assert enter(town, "xinyu_shegong").get(f"{TABLE}needs/new?visit={visit.pk}").status_code == 404


# Promises


def test_a_promise_made_in_a_meeting_is_written_down_once(desk: Client, town: Town) -> None:
    address = f"{TABLE}pledges/new"
    assert address in page(desk, f"{TABLE}pledges/")
    given = {
        "once": "k", "kind": "goods", "what": "十盏楼道灯", "quantity": "10", "measure": "个", "due_on": days_ahead(9),
        "unit": BUREAU, "receiver": town.places["dongzheng"].pk,
    }  # fmt: skip
    nobody = desk.post(address, given | {"unit": ""})
    assert nobody.status_code == 422 and "请写明是谁答应的" in nobody.content.decode()
    both = desk.post(address, given | {"place_typed": "新雨社区"})
    assert both.status_code == 422 and "十盏楼道灯" in both.content.decode()
    past = desk.post(address, given | {"due_on": "2020-01-01"})
    assert past.status_code == 422 and "日期要在今天以后" in past.content.decode()
    for _twice in range(2):
        assert "已记下：登记承诺" in send(desk, address, **given)
    pledge = Pledge.objects.get()
    assert pledge.giver_unit == town.units[BUREAU] and pledge.receiver_place == town.places["dongzheng"]
    unit = enter(town, "chengguan_lianluo")
    assert "十盏楼道灯" in page(unit, "/units/exchange")
    # The giver asks for a later day; the desk agrees, and both days stay to be read.
    own = f"/units/exchange/pledges/{pledge.pk}"
    early = unit.post(f"{own}/put-off", {"later_on": days_ahead(9), "words": "厂家没有到货"})
    assert (
        early.status_code == 422
        and "晚于原来的日期" in early.content.decode()
        and "厂家没有到货" in early.content.decode()
    )
    assert "等接受方或负责人答复" in send(unit, f"{own}/put-off", later_on=days_ahead(20), words="厂家没有到货")
    assert "权限" in send(unit, f"{own}/agree-day"), "nobody answers their own question"
    told = page(desk, f"{TABLE}pledges/{pledge.pk}")
    assert "提供方请求延到" in told and "同意延期" in told and "厂家没有到货" in told
    told = send(desk, f"{TABLE}pledges/{pledge.pk}/agree_day", seen=Pledge.objects.get().version)
    assert f"{days_ahead(9)} 改为 {days_ahead(20)}" in told and str(Pledge.objects.get().due_on) == days_ahead(20)


def test_a_unit_that_receives_answers_a_later_day(town: Town) -> None:
    insurer, bureau = enter(town, "baoxian_lianluo"), enter(town, "chengguan_lianluo")
    pledge = Pledge.objects.create(
        giver_unit=town.units[BUREAU], receiver_unit=town.units[INSURER], kind="skill", what="电工上门", quantity=4,
        measure="小时", due_on=now().date(), promised_at=now(),
    )  # fmt: skip
    own = f"/units/exchange/pledges/{pledge.pk}"
    send(bureau, f"{own}/put-off", later_on=days_ahead(7), words="人手不够")
    assert "同意延期" in page(insurer, own) and "put-off" not in page(bureau, own)
    assert "我们等不到" in send(insurer, f"{own}/keep-day", words="我们等不到下周")
    send(bureau, f"{own}/put-off", later_on=days_ahead(3), words="三天就好")
    assert "同意延期" in send(insurer, f"{own}/agree-day") and str(Pledge.objects.get().due_on) == days_ahead(3)


# Long lists


def test_a_long_list_is_turned_page_by_page_and_its_filters_stay(desk: Client, town: Town) -> None:
    for count in range(101):
        details, unit = offer_details(title=f"电工{count:03d}号"), town.units[BUREAU]
        actions.state_offer(town.actor("chengguan_lianluo"), details=details, unit=unit, now=now(), once=f"{count}")
    offer_of(town, title="会议室", kind="place", measure="次")
    first = page(desk, f"{TABLE}offers/?kind=skill")
    assert "电工100号" in first and "电工050号" not in first and "?kind=skill&amp;after=50" in first
    second = page(desk, f"{TABLE}offers/?kind=skill&after=50")
    assert "电工050号" in second and "电工001号" in second and "电工000号" not in second
    third = page(desk, f"{TABLE}offers/?kind=skill&after=100")
    assert "电工000号" in third and "会议室" not in third and "?kind=skill&amp;before=50" in third
    assert "电工050号" in page(desk, f"{TABLE}offers/?kind=skill&before=50"), "one page back, not to the first"
    for wrong in ("after=x", "after=-1", "before=9" + "9" * 30, "after=%00"):
        page(desk, f"{TABLE}offers/?{wrong}")


# Parts


def test_how_an_offer_may_be_divided_is_asked_kept_shown_and_refused_in_words(desk: Client, town: Town) -> None:
    parts = {"smallest": "2", "most_per_need": "6"}
    assert "更多条件" in page(desk, f"{TABLE}offers/new")
    shown = send(desk, f"{TABLE}offers/new", **offer_form(**parts))
    offer = Offer.objects.get()
    assert (offer.smallest, offer.most_per_need) == (2, 6)
    assert "每次最少" in shown and "2 小时" in shown and "每项需求最多" in shown and "6 小时" in shown
    form = page(desk, f"{TABLE}offers/{offer.pk}/change")
    assert 'name="smallest" value="2"' in form and 'name="most_per_need" value="6"' in form
    for wrong, words in (
        ({"smallest": "11"}, "最小的一份不能多于总数"),
        ({"smallest": "7", "most_per_need": "6"}, "也不能多于每项需求的上限"),
        ({"smallest": "一点"}, "数量要写大于零的数"),
        ({"most_per_need": "0"}, "数量要写大于零的数"),
    ):
        answer = desk.post(f"{TABLE}offers/new", offer_form(once=str(wrong), **wrong))
        said = answer.content.decode()
        assert answer.status_code == 422 and words in said and 'class="fold" open' in said, wrong
        assert all(f'value="{value}"' in said for value in wrong.values()), "what was typed stays"
    send(desk, f"{TABLE}offers/{offer.pk}/change", seen=offer.version, **offer_form(smallest="", most_per_need=""))
    offer.refresh_from_db()
    assert (offer.smallest, offer.most_per_need) == (None, None)


def test_by_how_many_a_need_may_be_met_is_asked_and_kept_to(desk: Client, town: Town) -> None:
    at = {"whose": "community", "receiver": town.places["dongzheng"].pk, "place_typed": "东正社区"}
    shown = send(desk, f"{TABLE}needs/new", **need_form(**at, most_offers="1"))
    need = Need.objects.get()
    assert need.most_offers == 1 and "最多由 1 家一起给" in shown
    for wrong in ("0", "100", "几家"):
        answer = desk.post(f"{TABLE}needs/new", need_form(**at, once=wrong, most_offers=wrong))
        assert answer.status_code == 422 and f'value="{wrong}"' in answer.content.decode(), wrong
    send(desk, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    first, _other = offer_of(town), offer_of(town, title="电工值班")
    match = actions.suggest_match(
        town.actor("dongzheng_shegong"), need_id=need.pk, offer_id=first.pk, quantity=2, now=now()
    )
    actions.offer_match(town.actor("dongzheng_shegong"), match_id=match.pk, now=now())
    assert "限定的家数已经满了" in page(desk, f"{TABLE}needs/{need.pk}/find")
