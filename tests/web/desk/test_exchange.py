"""The desk's pages of offers and needs: the matching table, and from a need's first word to the pledge."""

from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from gongzhi.exchange import actions, clock
from gongzhi.exchange.actions import proposing
from gongzhi.exchange.models import BalanceTask, Introduction, Match, Need, Offer, Pledge
from gongzhi.exchange.rules import Side
from gongzhi.problems.models import Problem
from gongzhi.web.who import now
from tests.exchange.making import BUREAU, INSURER, need_details, offer_details, settle
from tests.problems.making import raise_problem
from tests.town import Town

TABLE = "/desk/exchange/"


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def enter(town: Town, key: str) -> Client:
    """A browser in which this member of the cast is logged in."""
    client = Client()
    client.force_login(town.accounts[key], "gongzhi.web.logins.Logins")
    return client


@pytest.fixture
def desk(town: Town) -> Client:
    return enter(town, "dongzheng_shegong")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def send(client: Client, address: str, **given: Any) -> str:
    """Send a form; what the next page says."""
    return client.post(address, given, follow=True).content.decode()


def offer_of(town: Town, unit: str = BUREAU, who: str = "chengguan_lianluo", **more: Any) -> Offer:
    details = offer_details(**more)
    once = f"offer {Offer.objects.count()}"
    return actions.state_offer(town.actor(who), details=details, unit=town.units[unit], now=now(), once=once).offer


def need_of(town: Town, *, verify: bool = True, **more: Any) -> Need:
    details, whose = need_details(**more), town.actor("dongzheng_shegong")
    once = f"need {Need.objects.count()}"
    place = town.places["dongzheng"]
    need = actions.state_need(whose, details=details, place=place, now=now(), once=once).need
    return actions.verify_need(whose, need_id=need.pk, now=now()) if verify else need


def asked(town: Town, need: Need, offer: Offer, quantity: int = 4) -> Match:
    whose = town.actor("dongzheng_shegong")
    match = actions.suggest_match(whose, need_id=need.pk, offer_id=offer.pk, quantity=quantity, now=now())
    return actions.offer_match(whose, match_id=match.pk, now=now())


# From a need's first word to the pledge


def test_a_need_is_verified_matched_by_hand_and_both_sides_are_asked(desk: Client, town: Town) -> None:
    offer = offer_of(town)
    sent = {"title": "楼道照明检修", "kind": "skill", "quantity": "4", "measure": "小时", "urgency": "2"}
    whose = {"whose": "community", "receiver": town.places["dongzheng"].pk}
    assert "已记下：登记需求" in send(desk, "/desk/exchange/needs/new", **sent, **whose)
    need = Need.objects.get()
    listed = page(desk, TABLE)
    assert "楼道照明检修" in listed and "已提出" in listed and f"{need.pk}/find" not in listed
    assert "核实以后，才能去找资源" in listed
    assert "已记下：核实需求" in send(desk, f"/desk/exchange/needs/{need.pk}/verify", seen=need.version, back="table")
    assert "还没有合适的放在旁边" in page(desk, TABLE) and f"/desk/exchange/needs/{need.pk}/find" in page(desk, TABLE)
    found = page(desk, f"/desk/exchange/needs/{need.pk}/find")
    assert "电工上门" in found and BUREAU in found and 'value="4"' in found
    beside = send(desk, f"/desk/exchange/needs/{need.pk}/suggest", offer=offer.pk, quantity="4")
    assert "已放到这项需求旁边" in beside and "征求双方意见" in beside and "对方还有 10 小时 没有约定" in beside
    assert "工作人员建议" in beside and "系统建议" not in beside
    match = Match.objects.get()
    address = f"/desk/exchange/matches/{match.pk}/offer"
    shown = send(desk, address, seen=match.version, quantity="3", due_on="", back="table")
    assert "已记下：征求双方意见" in shown and "等双方答复" in shown and shown.count("等答复") == 2
    assert '还差 <strong class="number">1 小时</strong>' in shown
    actions.accept_match(town.actor("chengguan_lianluo"), match_id=match.pk, side=Side.GIVER, now=now())
    shown = page(desk, TABLE)
    assert shown.count("等答复") == 1 and shown.count("已同意") == 1
    secretary = enter(town, "dongzheng_shuji")
    match.refresh_from_db()
    assert "已记下：同意接受" in send(secretary, f"/desk/exchange/matches/{match.pk}/take", seen=match.version)
    assert Pledge.objects.get().quantity == 3
    shown = page(desk, TABLE)
    assert "双方同意" in shown and "已确认收到 0 小时，共 3 小时" in shown


def test_a_suggestion_not_taken_up_leaves_the_table_and_stays_in_the_story(desk: Client, town: Town) -> None:
    need, offer = need_of(town), offer_of(town)
    match = actions.suggest_match(
        town.actor("dongzheng_shegong"), need_id=need.pk, offer_id=offer.pk, quantity=4, now=now()
    )
    Match.objects.update(reasons={"given": 0}, sentence="同在东正")
    assert "同在东正" in page(desk, TABLE)
    shown = send(desk, f"/desk/exchange/matches/{match.pk}/pass", seen=match.version, back="table")
    assert "电工上门" not in shown and "还没有合适的放在旁边" in shown
    assert "未采用" in page(desk, f"/desk/exchange/needs/{need.pk}")
    assert "上一次：" in page(desk, f"/desk/exchange/needs/{need.pk}/find"), "so that nobody repeats it unaware"


def test_the_most_urgent_stands_first_then_the_nearest_deadline(desk: Client, town: Town) -> None:
    day = now().date()
    need_of(town, title="不急的事", urgency=0, deadline=day)
    need_of(town, title="没写日子的急事", urgency=3)
    need_of(town, title="今天要的急事", urgency=3, deadline=day)
    shown = page(desk, TABLE)
    assert shown.index("今天要的急事") < shown.index("没写日子的急事") < shown.index("不急的事")
    assert "今天截止" in shown
    assert "没写日子的急事" not in page(desk, f"{TABLE}?kind=place") and "没有符合条件的需求" in page(
        desk, f"{TABLE}?kind=place"
    )
    need_of(town, title="等核实的事", verify=False)
    narrowed = page(desk, f"{TABLE}?show=stated")
    assert "等核实的事" in narrowed and "不急的事" not in narrowed
    page(desk, f"{TABLE}?after=x&place=999999999999&show=nothing&kind=%00")


def test_what_cannot_be_is_said_in_words_and_nothing_is_lost(desk: Client, town: Town) -> None:
    need, offer = need_of(town), offer_of(town)
    address = f"/desk/exchange/needs/{need.pk}/suggest"
    assert "这项需求只差4小时" in send(desk, address, offer=offer.pk, quantity="9")
    assert "数量要写大于零的数" in send(desk, address, offer=offer.pk, quantity="许多")
    assert "请选一项资源" in send(desk, address, offer="x", quantity="1")
    match = asked(town, need, offer)
    refused = send(desk, f"/desk/exchange/matches/{match.pk}/decline", seen=match.version, words="对方来电说太忙")
    assert "对方来电说太忙" in refused and Match.objects.get().state == "offered"
    late = send(desk, f"/desk/exchange/matches/{match.pk}/offer", seen=1, quantity="2")
    assert "现在不能“征求双方意见”" in late


def test_a_form_filled_on_an_older_picture_is_shown_again(desk: Client, town: Town) -> None:
    need = need_of(town)
    actions.change_need(
        town.actor("dongzheng_shuji"), need_id=need.pk, details=need_details(quantity=6), now=now(), seen=need.version
    )
    answer = desk.post(f"/desk/exchange/needs/{need.pk}/withdraw", {"seen": need.version, "words": "不要了"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "刚才有人办过这件事" in shown and "不要了" in shown
    assert Need.objects.get().state == "verified"


# One need


def test_a_needs_page_tells_its_story_and_what_it_frees(desk: Client, town: Town) -> None:
    first, second = need_of(town, title="腾出活动室"), need_of(town, title="办老年课堂")
    shown = send(desk, f"/desk/exchange/needs/{first.pk}/unlock", seen=first.version, frees=second.pk)
    assert "办老年课堂" in shown and "写明办结后带出哪项需求" in shown
    shown = send(
        desk, f"/desk/exchange/needs/{first.pk}/meet", seen=Need.objects.get(pk=first.pk).version, words="已腾"
    )
    assert "已满足" in shown and "已带出" in shown and "已腾" in shown


def test_a_need_is_changed_and_its_form_starts_from_what_stands_there(desk: Client, town: Town) -> None:
    need = need_of(town, windows=[[0, 540, 600]], tags=["照明"])
    form = page(desk, f"/desk/exchange/needs/{need.pk}/change")
    assert 'value="周一 09:00–10:00"' in form and 'value="照明"' in form
    sent = {"title": "楼道灯全换", "kind": "skill", "quantity": "6", "measure": "小时", "urgency": "3", "words": ""}
    hours = {"hours": "周一 9点-10点", "tags": "照明，电工"}
    shown = send(desk, f"/desk/exchange/needs/{need.pk}/change", seen=need.version, **sent, **hours)
    assert "楼道灯全换" in shown and "6 小时" in shown and "周一 09:00–10:00" in shown
    need.refresh_from_db()
    assert need.tags == ["照明", "电工"] and need.quantity == 6
    stale = desk.post(f"/desk/exchange/needs/{need.pk}/change", {"seen": 1, **sent, "title": "旧页上写的"})
    assert stale.status_code == 422 and "旧页上写的" in stale.content.decode()


def test_a_need_of_a_problem_a_programme_and_a_unit(desk: Client, town: Town) -> None:
    problem = raise_problem(town, title="井盖松动", at=now())
    sent = {"title": "换井盖", "kind": "goods", "quantity": "2", "measure": "个", "urgency": "1"}
    assert "井盖松动" in page(desk, f"/desk/exchange/needs/new?problem={problem.pk}")
    assert "井盖松动" in send(desk, "/desk/exchange/needs/new", **sent, problem=problem.pk)
    place = town.places["dongzheng"].pk
    wrong = desk.post("/desk/exchange/needs/new", {**sent, "whose": "programme", "receiver": place})
    assert wrong.status_code == 422 and "请写明是哪项工作" in wrong.content.decode()
    assert "百日绿化" in send(
        desk, "/desk/exchange/needs/new", **sent, whose="programme", receiver=place, programme="百日绿化"
    )
    assert BUREAU in send(desk, "/desk/exchange/needs/new", **sent, whose="unit", receiver=place, unit=BUREAU)
    assert {one.asker for one in Need.objects.all()} == {"problem", "programme", "unit"}
    assert desk.get("/desk/exchange/needs/new?problem=x").status_code == 404
    assert Problem.objects.get(pk=problem.pk).title == "井盖松动"


# Who may see and do what


def test_another_communitys_rows_are_absent(desk: Client, town: Town) -> None:
    need = need_of(town)
    match = asked(town, need, offer_of(town))
    other = enter(town, "xinyu_shegong")
    assert "楼道照明检修" not in page(other, TABLE)
    for address in (f"needs/{need.pk}", f"needs/{need.pk}/find", f"needs/{need.pk}/change", f"matches/{match.pk}"):
        assert other.get(f"{TABLE}{address}").status_code == 404, address
    for address in (f"needs/{need.pk}/withdraw", f"matches/{match.pk}/decline", f"needs/{need.pk}/suggest"):
        assert other.post(f"{TABLE}{address}", {"words": "x"}).status_code == 404, address
    assert Need.objects.get().state == "verified"


def test_a_reader_is_offered_no_move(town: Town) -> None:
    need, offer = need_of(town), offer_of(town)
    actions.suggest_match(town.actor("dongzheng_shegong"), need_id=need.pk, offer_id=offer.pk, quantity=4, now=now())
    Match.objects.update(reasons={"given": 0}, sentence="同在东正")
    need_of(town, verify=False, title="还没核实")
    reader = enter(town, "qu_kanban")
    shown = page(reader, TABLE)
    assert "楼道照明检修" in shown and "同在东正" in shown
    for words in ("征求双方意见", "不采用", '/find"', "登记需求", '/verify"'):
        assert words not in shown, words
    assert "还可以" not in page(reader, f"{TABLE}needs/{need.pk}")
    assert reader.get(f"{TABLE}needs/{need.pk}/find").status_code == 404
    assert reader.get(f"{TABLE}needs/new").status_code == 403
    assert reader.post(f"{TABLE}introductions/", {}).status_code == 403


def test_a_confidential_need_is_not_read_above(desk: Client, town: Town) -> None:
    details = need_details(title="裁员后的法律咨询", confidential=True)
    need = actions.state_need(
        town.actor("chengguan_lianluo"), details=details, unit=town.units[BUREAU], now=now(), once="secret"
    ).need
    assert "裁员后的法律咨询" in page(desk, TABLE) and "不公开" in page(desk, TABLE)
    for above in ("yuejin_shuji", "qu_fuze", "qu_kanban"):
        client = enter(town, above)
        assert "裁员后的法律咨询" not in page(client, TABLE), above
        assert client.get(f"{TABLE}needs/{need.pk}").status_code == 404, above


# Offers and pledges


def test_offers_are_found_by_kind_and_giver_and_told_whole(desk: Client, town: Town) -> None:
    offer = offer_of(town, smallest=2, most_per_need=5, conditions="自备梯子")
    offer_of(town, title="会议室", kind="place", measure="次")
    shown = page(desk, f"{TABLE}offers/")
    assert "电工上门" in shown and "会议室" in shown and "还有 10 小时" in shown
    assert "会议室" not in page(desk, f"{TABLE}offers/?kind=skill&giver=城市管理")
    assert "没有符合条件的资源" in page(desk, f"{TABLE}offers/?giver=没有这家")
    told = page(desk, f"{TABLE}offers/{offer.pk}")
    assert "自备梯子" in told and "5 小时" in told and "2 小时" in told
    assert "暂停提供" in send(desk, f"{TABLE}offers/{offer.pk}/pause", seen=offer.version)
    assert "电工上门" not in page(desk, f"{TABLE}offers/") and "电工上门" in page(desk, f"{TABLE}offers/?state=paused")


def test_a_delivery_is_confirmed_by_the_desk_that_received_it(town: Town) -> None:
    need = need_of(town)
    match = asked(town, need, offer_of(town))
    giver, secretary = town.actor("chengguan_lianluo"), enter(town, "dongzheng_shuji")
    actions.accept_match(giver, match_id=match.pk, side=Side.GIVER, now=now())
    actions.accept_match(town.actor("dongzheng_shuji"), match_id=match.pk, side=Side.RECEIVER, now=now())
    pledge = Pledge.objects.get()
    assert "电工上门" in page(secretary, f"{TABLE}pledges/")
    first = actions.deliver(giver, pledge_id=pledge.pk, quantity=3, day=now().date(), now=now())
    assert "3 小时 等确认" in page(secretary, f"{TABLE}pledges/")
    assert f"confirm?pick={first.pk}" in page(secretary, f"{TABLE}pledges/{pledge.pk}")
    shown = send(secretary, f"{TABLE}pledges/{pledge.pk}/confirm", delivery=first.pk, words="")
    assert "已记下：确认收到" in shown and "confirm?pick" not in shown
    second = actions.deliver(giver, pledge_id=pledge.pk, quantity=1, day=now().date(), now=now())
    assert "少来了半小时" in send(
        secretary, f"{TABLE}pledges/{pledge.pk}/dispute", delivery=second.pk, words="少来了半小时"
    )
    shown = send(secretary, f"{TABLE}pledges/{pledge.pk}/close", seen=Pledge.objects.get().version, words="不再等")
    assert "部分兑现" in shown and "电工上门" in page(secretary, f"{TABLE}pledges/?show=over")


def test_the_late_pledge_stands_first(desk: Client, town: Town) -> None:
    for title in ("准时的", "拖着的"):
        match = asked(town, need_of(town, title=title), offer_of(town, title=title))
        actions.accept_match(town.actor("chengguan_lianluo"), match_id=match.pk, side=Side.GIVER, now=now())
        actions.accept_match(town.actor("dongzheng_shuji"), match_id=match.pk, side=Side.RECEIVER, now=now())
    Pledge.objects.filter(what="拖着的").update(due_on="2026-01-01")
    shown = page(desk, f"{TABLE}pledges/")
    assert shown.index("拖着的") < shown.index("准时的") and "已过" in shown


# Introductions and tasks


def test_a_neighbours_unit_is_seen_once_its_leader_agreed(desk: Client, town: Town) -> None:
    offer_of(town, INSURER, "baoxian_lianluo", title="保险讲座")
    assert "保险讲座" not in page(desk, f"{TABLE}offers/")
    asking = {"unit": INSURER, "to_community": town.places["dongzheng"].pk, "words": "想办讲座"}
    assert "已请对方社区介绍" in send(desk, f"{TABLE}introductions/", **asking)
    row = Introduction.objects.get()
    assert f"{row.pk}/agree" not in page(desk, f"{TABLE}introductions/"), "the asker does not answer"
    lead = enter(town, "xinyu_shuji")
    assert "同意介绍" in page(lead, f"{TABLE}introductions/")
    assert "还缺一项内容" in send(lead, f"{TABLE}introductions/{row.pk}/refuse", words="\u200b")
    assert "对方社区同意" in send(lead, f"{TABLE}introductions/{row.pk}/agree")
    assert "保险讲座" in page(desk, f"{TABLE}offers/")
    assert "已经请求过介绍" in send(desk, f"{TABLE}introductions/", **asking)


def test_who_was_asked_what_it_needs_is_written_down(desk: Client, town: Town) -> None:
    place = town.places["dongzheng"]
    task = BalanceTask.objects.create(
        unit=town.units[BUREAU], place=place, community=place, subdistrict=place.subdistrict, raised_at=now()
    )
    shown = page(desk, f"{TABLE}tasks/")
    assert BUREAU in shown and f"/desk/exchange/tasks/{task.pk}/do" in shown
    shown = send(desk, f"{TABLE}tasks/{task.pk}/do", words="问过了，想要一间会议室")
    assert "问过了，想要一间会议室" in shown and "没有等着回应的成员" in shown
    assert "已到下一步" in send(desk, f"{TABLE}tasks/{task.pk}/do", words="再来一次")


def test_a_notice_leads_to_its_page(desk: Client, town: Town) -> None:
    need = need_of(town, verify=False)
    inbox = page(desk, "/desk/inbox")
    assert f"/desk/exchange/needs/{need.pk}" in inbox


def test_the_system_suggests_and_a_person_decides(town: Town, desk: Client) -> None:
    assert "自动找资源" not in page(desk, TABLE), "there is no need to suggest for"
    need, offer = need_of(town), offer_of(town)
    assert "自动找资源" in page(desk, TABLE)
    shown = send(desk, f"{TABLE}propose")
    assert "1 条建议" in shown and "电工上门" in shown and "时间不限" in shown
    match = Match.objects.get()
    assert (match.need_id, match.offer_id, match.state) == (need.pk, offer.pk, "suggested")
    send(desk, f"{TABLE}matches/{match.pk}/offer", quantity="4", seen=match.version)
    assert "没有找到可以建议的" in send(desk, f"{TABLE}propose"), "what was asked for is not suggested once more"
    assert "自动找资源" not in page(enter(town, "qu_kanban"), TABLE)
    assert "自动找资源" in page(enter(town, "qu_fuze"), TABLE), "for all that lies below"


def test_a_street_finds_for_all_its_communities_at_once_and_says_so(town: Town) -> None:
    need, offer = need_of(town), offer_of(town)
    street = enter(town, "yuejin_jiedao")
    assert "自动找资源" in page(street, TABLE)
    assert "1 条建议" in send(street, f"{TABLE}propose")
    match = Match.objects.get()
    assert (match.need_id, match.offer_id, match.asked_at) == (need.pk, offer.pk, None)
    desk = enter(town, "dongzheng_shegong")
    assert "上级替您这里的需求找到了可能的资源" in page(desk, "/desk/inbox")
    assert "近一年还没有兑现记录" in page(desk, f"{TABLE}needs/{need.pk}")


def test_what_would_take_long_is_left_to_the_worker_and_told_of(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "AT_ONCE", 0)
    need_of(town)
    offer_of(town)
    street = enter(town, "yuejin_jiedao")
    for _ in range(2):
        assert "找好以后，通知里会告诉您" in send(street, f"{TABLE}propose")
    (job,) = ProcrastinateJob.objects.filter(task_name="exchange.propose")
    assert not Match.objects.exists()
    clock.propose(**job.args)
    assert Match.objects.get().state == "suggested"
    assert "自动找资源找好了，建议放在需求旁边" in page(street, "/desk/inbox")


def test_why_is_told_in_the_readers_language_to_the_desk_of_the_need_also_later(desk: Client, town: Town) -> None:
    need_of(town)
    offer_of(town)
    send(desk, f"{TABLE}propose")
    match = Match.objects.get()
    desk.post("/switch/language", {"language": "en", "next": "/"})
    assert "can give all that is needed, 4 小时" in page(desk, TABLE)
    desk.post("/switch/language", {"language": "zh-hans", "next": "/"})
    assert "所需的 4 小时都能给" in page(desk, TABLE)
    send(desk, f"{TABLE}matches/{match.pk}/offer", quantity="4", seen=match.version)
    assert "当初建议的理由：" in page(desk, f"{TABLE}matches/{match.pk}")
    assert (
        "所需的 4 小时都能给"
        not in enter(town, "chengguan_lianluo").get(f"/units/exchange/matches/{match.pk}").content.decode()
    )
