"""资源和需求 at a unit's door: answered, promised, delivered and confirmed by a liaison; nothing of anybody else."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange import actions
from gongzhi.exchange.models import Delivery, Match, Need, Offer, Pledge, Refusal
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.web.who import now
from tests.exchange.making import (
    BUREAU,
    INSURER,
    agreed,
    asked,
    need_details,
    promised,
    settle,
    state_offer,
    verified,
)
from tests.town import NOW, Town
from tests.web.units.test_whistles import enter, text

HOME = "/units/exchange"


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


@pytest.fixture
def unit(town: Town) -> Client:
    return enter(town, "chengguan_lianluo")


@pytest.fixture
def insurer(town: Town) -> Client:
    return enter(town, "baoxian_lianluo")


def main(answer: Any) -> str:
    """What stands on the page itself."""
    return text(answer).split("<main")[1]


def insurers_need(town: Town, **more: Any) -> Need:
    """A need of the insurer, verified by its own desk."""
    details = need_details(**more)
    need = actions.state_need(
        town.actor("baoxian_lianluo"), details=details, unit=town.units[INSURER], now=NOW, once=f"web {details}"
    ).need
    return actions.verify_need(town.actor("xinyu_shuji"), need_id=need.pk, now=NOW)


def match_of_units(town: Town, **more: Any) -> Match:
    """The insurer needs what the bureau offers; both were asked."""
    need, offer = insurers_need(town, **more), state_offer(town, visibility="public")
    match = actions.suggest_match(CLOCK, need_id=need.pk, offer_id=offer.pk, quantity=4, now=NOW)
    return actions.offer_match(town.actor("xinyu_shuji"), match_id=match.pk, now=NOW)


def offer_form(**more: Any) -> dict[str, Any]:
    given = {"once": "k", "kind": "skill", "title": "电工上门", "quantity": "10", "measure": "小时"}
    return given | {"reach": "anywhere", "visibility": "district"} | more


def need_form(**more: Any) -> dict[str, Any]:
    given = {"once": "k", "kind": "parking", "title": "临时车位", "quantity": "10", "measure": "个", "urgency": "1"}
    return given | more


def test_an_empty_page_says_what_to_do_and_the_way_leads_there(unit: Client) -> None:
    assert 'href="/units/exchange"' in text(unit.get("/units/"))
    shown = main(unit.get(HOME))
    assert all(part in shown for part in ("要我答复的", "我承诺的", "给我的", "我的清单"))
    assert "登记资源" in shown and "登记需求" in shown and "现在没有要答复的" in shown


def test_both_sides_say_yes_with_one_press_each_and_the_pledge_stands_there(
    unit: Client, insurer: Client, town: Town
) -> None:
    match = match_of_units(town)
    page = f"{HOME}/matches/{match.pk}"
    giver, receiver = main(unit.get(HOME)), main(insurer.get(HOME))
    assert "请我们提供，给 渝岸财产保险公司（演示）：楼道照明检修" in giver and "4 小时" in giver
    assert "同意提供" in giver and "同意接受" not in giver
    assert "同意接受" in receiver and "同意提供" not in receiver
    assert page in text(unit.get("/units/inbox"))
    assert "怎么联系对方" not in text(unit.get(page))
    assert unit.post(f"{page}/give").status_code == 302
    waiting = main(unit.get(HOME))
    assert "我方已同意，等对方答复" in waiting and "同意提供</button>" not in waiting and not Pledge.objects.exists()
    # What is the other side's to say is refused in words.
    unit.post(f"{page}/take")
    assert "权限" in main(unit.get(page)) and not Pledge.objects.exists()
    assert insurer.post(f"{page}/take").status_code == 302
    pledge = Pledge.objects.get()
    assert f"{HOME}/pledges/{pledge.pk}" in text(unit.get(page))
    assert "记录兑现" in main(unit.get(HOME)) and "来自 大渡口区城市管理局（演示）" in main(insurer.get(HOME))
    assert "怎么联系对方" in text(unit.get(page)) and "怎么联系对方" in text(insurer.get(page))


def test_a_confidential_need_is_told_to_the_giver_after_both_agreed(unit: Client, insurer: Client, town: Town) -> None:
    match = match_of_units(town, confidential=True, title="理赔积压", words="只给内部看")
    page = f"{HOME}/matches/{match.pk}"
    actions.accept_match(town.actor("baoxian_lianluo"), match_id=match.pk, side=Side.RECEIVER, now=NOW)
    liaison = town.accounts["baoxian_lianluo"].person
    assert liaison
    for address in (HOME, page, f"{page}/decline"):
        shown = main(unit.get(address))
        assert not any(words in shown for words in ("理赔积压", "只给内部看", "渝岸", liaison.name)), address
    assert "双方同意以后才知道是谁" in main(unit.get(HOME)) and "理赔积压" in main(insurer.get(page))
    unit.post(f"{page}/give")
    assert "理赔积压" in main(unit.get(page)) and "渝岸" in main(unit.get(HOME))


def test_a_no_needs_one_of_four_reasons_and_is_kept(unit: Client, town: Town) -> None:
    match = asked(town, verified(town), state_offer(town))
    page = f"{HOME}/matches/{match.pk}/decline"
    shown = main(unit.get(page))
    assert all(reason in shown for reason in ("这一次不合适", "这一类需求都不接", "某日之前不行", "不与这一方对接"))
    nothing = unit.post(page)
    assert nothing.status_code == 422 and "请选一个谢绝的原因" in text(nothing)
    undated = unit.post(page, {"reason": "not_before", "words": "检修季"})
    assert undated.status_code == 422 and "请写明从哪一天起可以" in text(undated) and "检修季" in text(undated)
    past = unit.post(page, {"reason": "not_before", "until": "2020-01-01"})
    assert past.status_code == 422 and "日期要在今天以后" in text(past)
    # A day that belongs to another reason is let go.
    given = {"reason": "pair", "until": str(now().date() + timedelta(days=9)), "words": "这次不行"}
    assert unit.post(page, given).status_code == 302
    refusal = Refusal.objects.get()
    assert (refusal.reason, refusal.side, refusal.until, refusal.words) == ("pair", "giver", None, "这次不行")
    told = main(unit.get(f"{HOME}/matches/{match.pk}"))
    assert "已谢绝" in told and "这一次不合适" in told and "同意提供" not in told
    late = unit.post(page, {"reason": "pair", "words": "又写一遍"})
    assert late.status_code == 422 and "事项已到下一步" in text(late) and "又写一遍" in text(late)


def test_a_pledge_is_delivered_in_two_parts_and_confirmed(unit: Client, insurer: Client, town: Town) -> None:
    pledge = agreed(town, match_of_units(town), receiver="baoxian_lianluo")
    page, today = f"{HOME}/pledges/{pledge.pk}", str(now().date())
    assert 'value="4"' in text(unit.get(page)), "all that is left is filled in"
    assert unit.post(f"{page}/deliver", {"seen": "1", "quantity": "1.5", "day": today}).status_code == 302
    again = unit.post(f"{page}/deliver", {"seen": "1", "quantity": "1.5", "day": today, "words": "两个楼道"})
    assert again.status_code == 422 and "刚才有人办过这件事" in text(again) and "两个楼道" in text(again)
    part = Delivery.objects.get()
    assert "等确认 1.5 小时" in main(insurer.get(HOME))
    assert "确认收到" in main(insurer.get(page)) and f"{part.pk}/confirm" not in text(unit.get(page))
    assert insurer.post(f"{page}/{part.pk}/confirm").status_code == 302
    assert 'value="2.5"' in text(unit.get(page)) and "已确认收到 1.5 小时" in main(unit.get(HOME))
    seen = Pledge.objects.get().version
    assert unit.post(f"{page}/deliver", {"seen": seen, "quantity": "2.5", "day": today}).status_code == 302
    insurer.post(f"{page}/{Delivery.objects.latest('pk').pk}/confirm")
    assert Pledge.objects.get().state == "fulfilled" and Need.objects.get().state == "met"
    assert "已兑现" in main(unit.get(f"{HOME}/all/pledges")) and unit.get(f"{HOME}/all/x").status_code == 404
    shown = main(unit.get(HOME))
    assert "没有还没兑现的承诺" in shown and "最近办完的" in shown and "已兑现" in shown
    trail = main(insurer.get(page))
    assert "1.5 小时" in trail and "双方同意，承诺成立" in trail


def test_what_is_wrong_is_disputed_with_words_and_corrected_with_both_lines_standing(
    unit: Client, insurer: Client, town: Town
) -> None:
    pledge = agreed(town, match_of_units(town), receiver="baoxian_lianluo")
    page, today = f"{HOME}/pledges/{pledge.pk}", str(now().date())
    unit.post(f"{page}/deliver", {"quantity": "4", "day": today})
    part = Delivery.objects.get().pk
    empty = insurer.post(f"{page}/{part}/dispute", {"words": " "})
    assert empty.status_code == 422 and "请写一两句" in text(empty)
    assert insurer.post(f"{page}/{part}/dispute", {"words": "只来了三个小时"}).status_code == 302
    assert "有异议" in main(unit.get(page)) and "只来了三个小时" in main(unit.get(page))
    given = {"quantity": "3", "day": today, "words": "记多了"}
    assert unit.post(f"{page}/{part}/correct", given).status_code == 302
    shown = main(insurer.get(page))
    assert "<s>4 小时</s>" in shown and "更正：记多了" in shown
    insurer.post(f"{page}/{Delivery.objects.latest('pk').pk}/confirm")
    assert unit.post(f"{page}/close", {"words": ""}).status_code == 422
    assert unit.post(f"{page}/close", {"words": "余下的不需要了"}).status_code == 302
    assert Pledge.objects.get().state == "partly" and "部分兑现" in main(unit.get(page))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"quantity": "五"}, "数量要写大于零的数"),
        ({"quantity": "0"}, "数量要写大于零的数"),
        ({"quantity": "9" * 30}, "20"),
        ({"quantity": "5"}, "承诺的只剩4小时"),
        ({"quantity": "1", "day": "2099-01-01"}, "兑现的日期要在今天以前"),
        ({"quantity": "1", "day": ""}, "哪一天"),
        ({"quantity": "NaN"}, "数量要写大于零的数"),
    ],
)
def test_a_wrong_delivery_is_told_in_words(unit: Client, town: Town, given: dict[str, str], told: str) -> None:
    pledge = promised(town)
    answer = unit.post(f"{HOME}/pledges/{pledge.pk}/deliver", {"day": str(now().date()), **given})
    assert answer.status_code == 422 and told in main(answer) and "error-summary" in text(answer)
    assert not Delivery.objects.exists()


def test_a_late_pledge_is_marked(unit: Client, town: Town) -> None:
    pledge = promised(town)
    Pledge.objects.filter(pk=pledge.pk).update(due_on=now().date() - timedelta(days=3))
    assert "已超" in main(unit.get(HOME))
    Pledge.objects.filter(pk=pledge.pk).update(due_on=now().date())
    assert "已超" not in main(unit.get(HOME)), "until the day is over"


def test_an_offer_is_put_down_once_changed_paused_and_ended(unit: Client, town: Town) -> None:
    page = f"{HOME}/offers/new"
    shown = main(unit.get(page))
    assert "工作日晚上" in shown and "东正社区" in shown and "<details" in shown
    near = offer_form(week=["evenings", "weekend_days"], reach="metres", reach_metres="800", conditions="提前三天说")
    for _twice in range(2):
        assert unit.post(page, near).status_code == 302
    offer = Offer.objects.get()
    assert offer.unit == town.units[BUREAU] and offer.reach_metres == 800 and offer.place == town.places["dongzheng"]
    assert [0, 1080, 1260] in offer.windows and [6, 540, 1020] in offer.windows and len(offer.windows) == 7
    one = f"{HOME}/offers/{offer.pk}"
    assert "电工上门" in main(unit.get(HOME)) and "800 米以内" in main(unit.get(one))
    Offer.objects.update(tags=["照明"], most_per_need=6)
    assert "每项需求最多" in main(unit.get(one)) and "每次最少" not in main(unit.get(one))
    form = main(unit.get(f"{one}/change"))
    assert (
        'value="800"' in form
        and 'name="most_per_need" value="6"' in form
        and len(re.findall(r"<input[^>]*name=\"week\"[^>]*checked", form)) == 2
    )
    changed = offer_form(
        reach="own", quantity="12", week=[], tags="照明", most_per_need="6", smallest="2", seen=offer.version
    )
    assert unit.post(f"{one}/change", changed).status_code == 302
    offer.refresh_from_db()
    assert (offer.quantity, offer.reach_metres, offer.reach_place) == (12, None, town.places["dongzheng"])
    assert offer.windows == [] and offer.tags == ["照明"] and (offer.most_per_need, offer.smallest) == (6, 2)
    stale = unit.post(f"{one}/change", changed)
    assert stale.status_code == 422 and "刚才有人办过这件事" in text(stale)
    assert unit.post(f"{one}/pause").status_code == 302 and "恢复提供" in main(unit.get(one))
    assert unit.post(f"{one}/resume").status_code == 302 and "暂停提供" in main(unit.get(one))
    assert unit.post(f"{one}/end", {"words": ""}).status_code == 422
    assert unit.post(f"{one}/end", {"words": "人手调走了"}).status_code == 302
    assert "电工上门" in main(unit.get(f"{HOME}/all/offers")), "what ended is still to be found"
    assert "电工上门" not in main(unit.get(HOME)) and "人手调走了" in main(unit.get(one))
    assert unit.post(f"{one}/delete").status_code == 404


def test_hours_told_another_way_are_kept_and_more_are_written(unit: Client, town: Town) -> None:
    offer = state_offer(town, windows=[(1, 600, 660)])
    page = f"{HOME}/offers/{offer.pk}/change"
    assert 'value="周二 10:00–11:00"' in main(unit.get(page))
    wrong = unit.post(page, offer_form(hours="每逢初一"))
    assert wrong.status_code == 422 and "没有看懂“每逢初一”" in text(wrong) and 'value="每逢初一"' in main(wrong)
    more = {"hours": "周二 10:00–11:00", "week": ["weekend_evenings"], "how_often": "每周一次", "audience": "老人"}
    assert unit.post(page, offer_form(**more)).status_code == 302
    offer.refresh_from_db()
    assert offer.windows == [[1, 600, 660], [5, 1080, 1260], [6, 1080, 1260]]
    assert all(one in main(unit.get(f"{HOME}/offers/{offer.pk}")) for one in ("周二 10:00–11:00", "每周一次", "老人"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title": ""}, "能提供什么"),
        ({"kind": "gold"}, "哪一类"),
        ({"quantity": "很多"}, "数量要写大于零的数"),
        ({"valid_until": "2020-01-01"}, "日期要在今天以后"),
        ({"reach": "metres", "reach_metres": ""}, "请写多少米以内"),
        ({"reach": "metres", "reach_metres": "-1"}, "多少米以内"),
        ({"week": ["never"]}, "什么时候可以"),
    ],
)
def test_a_wrong_offer_is_told_in_words_and_kept_as_typed(unit: Client, given: dict[str, Any], told: str) -> None:
    answer = unit.post(f"{HOME}/offers/new", offer_form(words="我们有两位电工", **given))
    assert answer.status_code == 422 and told in main(answer) and "我们有两位电工" in main(answer)
    assert not Offer.objects.exists()


def test_a_need_is_put_down_once_changed_withdrawn_and_taken_up_again(insurer: Client, town: Town) -> None:
    day = now().date() + timedelta(days=30)
    given = need_form(deadline=str(day), whole_only="on", confidential="on")
    for _twice in range(2):
        assert insurer.post(f"{HOME}/needs/new", given).status_code == 302
    need = Need.objects.get()
    assert need.unit == town.units[INSURER] and need.whole_only and need.confidential and need.deadline == day
    one = f"{HOME}/needs/{need.pk}"
    assert "临时车位" in main(insurer.get(HOME)) and "社区核实以后" in main(insurer.get(one))
    actions.verify_need(town.actor("xinyu_shuji"), need_id=need.pk, now=now())
    assert "已核实" in main(insurer.get(one))
    seen = Need.objects.get().version
    assert insurer.post(f"{one}/change", need_form(quantity="8", seen=seen)).status_code == 302
    need.refresh_from_db()
    assert (need.state, need.quantity, need.confidential) == ("stated", 8, False)
    assert insurer.post(f"{one}/withdraw", {"words": "  "}).status_code == 422
    assert insurer.post(f"{one}/withdraw", {"words": "够用了"}).status_code == 302
    assert "临时车位" in main(insurer.get(f"{HOME}/all/needs"))
    assert "重新提出" in main(insurer.get(one)) and "够用了" in main(insurer.get(one))
    assert insurer.post(f"{one}/restate", {"deadline": "2020-01-01"}).status_code == 422
    assert insurer.post(f"{one}/restate", {"deadline": str(day)}).status_code == 302
    assert Need.objects.get().state == "stated"


def test_what_belongs_to_others_is_absent(unit: Client, insurer: Client, town: Town) -> None:
    need, offer = verified(town), state_offer(town)
    match = asked(town, need, offer)
    pledge = agreed(town, match)
    delivery = actions.deliver(
        town.actor("chengguan_lianluo"), pledge_id=pledge.pk, quantity=1, day=date(2026, 6, 8), now=NOW
    )
    addresses = [
        f"matches/{match.pk}", f"matches/{match.pk}/decline", f"pledges/{pledge.pk}", f"pledges/{pledge.pk}/deliver",
        f"pledges/{pledge.pk}/close", f"pledges/{pledge.pk}/{delivery.pk}/correct", f"offers/{offer.pk}",
        f"pledges/{pledge.pk}/{delivery.pk}/dispute", f"offers/{offer.pk}/change", f"offers/{offer.pk}/end",
        f"needs/{need.pk}", "matches/999999", "pledges/999999", "offers/999999", "needs/999999",
    ]  # fmt: skip
    assert [one for one in addresses if insurer.get(f"{HOME}/{one}").status_code != 404] == []
    presses = [f"matches/{match.pk}/give", f"pledges/{pledge.pk}/{delivery.pk}/confirm", f"offers/{offer.pk}/pause"]
    assert [one for one in presses if insurer.post(f"{HOME}/{one}").status_code != 404] == []
    # A part of another pledge is no part of this one.
    other = agreed(town, match_of_units(town), receiver="baoxian_lianluo")
    assert insurer.post(f"{HOME}/pledges/{other.pk}/{delivery.pk}/confirm").status_code == 404
    # The community's need is read on the match, not as a row of the unit's own.
    assert unit.get(f"{HOME}/needs/{need.pk}").status_code == 404
    assert "楼道照明检修" not in main(insurer.get(HOME)).split('id="given"')[0]
    assert unit.post(f"{HOME}/matches/{match.pk}/pass").status_code == 404
