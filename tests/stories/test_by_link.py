"""A member in their own right without a login answers what they are asked: by the link that reached them, or by telephone
through the desk, which the trail says."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.signing import TimestampSigner
from django.test import Client

from gongzhi.exchange import actions
from gongzhi.exchange.models import BalanceTask, Delivery, Match, Need, Pledge, Receipt, Refusal
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.models import Membership, Network
from gongzhi.shared import secrets
from gongzhi.shared.models import Notice, TrailEntry
from gongzhi.shared.moves import Refused
from gongzhi.web.public import keyed
from gongzhi.web.who import now
from tests.exchange.making import need_details, offer_details
from tests.exchange.rounds import appoint, found_network, join_in_own_right
from tests.stories.test_three_forms import main
from tests.town import Town
from tests.web.units.test_whistles import enter, text

HEAD = "新雨社区物业企业负责人"
DESK = "/desk/exchange"


@pytest.fixture
def network(town: Town) -> Network:
    return found_network(town)


@pytest.fixture
def head(town: Town, network: Network) -> Membership:
    """Head of a property firm, with a telephone and without a login."""
    return join_in_own_right(town, network, "程一帆", place="xinyu")


def clerk(town: Town) -> Any:
    return town.actor("jiansheng_jiedao", today=now().date())


def asked(town: Town, head: Membership, *, giving: bool = True) -> Match:
    """The desk asks both sides: the head gives to the town, or gets from it."""
    desk, moment, once = clerk(town), now(), f"{giving}{Need.objects.count()}"
    place: dict[str, Any] = {"place": town.places["jiansheng"]}
    mine: dict[str, Any] = {"member": head}
    gives, gets = (mine, place) if giving else (place, mine)
    offer = actions.state_offer(desk, details=offer_details(), now=moment, once=once, **gives).offer
    need = actions.state_need(desk, details=need_details(), now=moment, once=once, **gets).need
    actions.verify_need(desk, need_id=need.pk, now=moment)
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=moment)
    return actions.offer_match(desk, match_id=match.pk, now=moment)


def link(head: Membership) -> str:
    """The address in the last notice that was sent to the head, with what it says."""
    row = Notice.objects.filter(noun="member", noun_id=head.pk).order_by("-pk")[0]
    assert (row.channel, secrets.unseal(row.address_sealed)) == ("sms", "13900139000")
    found = re.search(r"/m/\S+", row.body)
    assert found, row.body
    return found[0]


def press(client: Client, path: str, step: str, pk: int, **given: Any) -> Any:
    return client.post(f"{path}/{step}/{pk}", {f"{step}{pk}-{name}": value for name, value in given.items()})


def test_a_head_says_yes_by_the_link_delivers_and_is_confirmed(town: Town, head: Membership, client: Client) -> None:
    match = asked(town, head)
    told = Notice.objects.get(noun="member", noun_id=head.pk)
    assert "请答复：能否提供" in told.subject and "电工上门" in told.body and "不用登录" in told.body
    path, trail = link(head), TrailEntry.objects.count()
    shown = client.get(path)
    assert "程一帆，您好" in main(shown) and HEAD in main(shown) and "建胜镇" in main(shown) and "4 小时" in main(shown)
    assert shown["Cache-Control"] == "no-store" and "noindex" in shown["X-Robots-Tag"]
    assert client.get(f"{path}/give/{match.pk}").status_code == 405 and TrailEntry.objects.count() == trail
    # Before both have agreed nobody is told how the other is reached.
    early = client.post(f"{path}/contacts/{match.pk}", follow=True)
    assert "双方都同意以后" in text(early) and "13800138000" not in text(early)
    assert client.post(f"{path}/give/{match.pk}").status_code == 302
    again = client.post(f"{path}/give/{match.pk}", follow=True)
    assert "您已同意，等对方答复" in main(again) and not Pledge.objects.exists()
    entry = TrailEntry.objects.filter(noun="match", verb="give")[0]
    assert "凭链接" in entry.actor_label and "by_phone" not in entry.data
    actions.accept_match(clerk(town), match_id=match.pk, side=Side.RECEIVER, now=now())
    pledge = Pledge.objects.get(match=match)
    seen = main(client.get(path))
    assert "您答应的" in seen and "给 建胜镇" in seen
    assert "13800138000" in text(client.post(f"{path}/contacts/{match.pk}"))
    assert TrailEntry.objects.filter(noun="match", noun_id=match.pk, verb="see_contact").exists()
    # More than was promised is refused in words beside what was typed; the same form twice is one delivery.
    given = {"quantity": "9", "day": now().date().isoformat(), "words": "两个人一天", "seen": pledge.version}
    wrong = press(client, path, "deliver", pledge.pk, **given)
    assert wrong.status_code == 422 and "只剩4小时" in text(wrong) and "两个人一天" in text(wrong)
    for _ in range(2):
        assert press(client, path, "deliver", pledge.pk, **given | {"quantity": "4"}).status_code == 302
    part = Delivery.objects.get()
    actions.confirm_delivery(clerk(town), delivery_id=part.pk, now=now())
    assert "最近办完的" in main(client.get(path)) and "已确认收到 4 小时" in main(client.get(path))
    # Both columns on the member's own page and at the desk, in the measure of what was given, at no price.
    desk = enter(town, "jiansheng_jiedao")
    for seen in (main(client.get(path)), main(desk.get(f"{DESK}/members/{head.pk}"))):
        assert "付出与收获" in seen and "近一年给出" in seen and "技术力量" in seen and "4 小时" in seen
        assert "不折算成钱" in seen and "建胜镇" in seen.split("近一年得到")[1]
    assert f"{DESK}/members/{head.pk}" in text(desk.get(f"{DESK}/picture?level=unit&node=m{head.pk}"))
    assert enter(town, "xingsheng_shegong").get(f"{DESK}/members/{head.pk}").status_code == 404
    # The district's reader counts; the name is for whom the directory tells it.
    assert "程一帆" in main(desk.get(f"{DESK}/members/{head.pk}"))
    reader = main(enter(town, "qu_kanban").get(f"{DESK}/members/{head.pk}"))
    assert HEAD in reader and "4 小时" in reader and "程一帆" not in reader and "取出链接" not in reader


def test_a_head_declines_with_a_reason_that_the_next_suggestions_respect(
    town: Town, head: Membership, client: Client
) -> None:
    match = asked(town, head)
    path = link(head)
    empty = press(client, path, "decline", match.pk, words="最近缺人")
    assert empty.status_code == 422 and "请选一个谢绝的原因" in text(empty) and "最近缺人" in text(empty)
    given = {"reason": "not_this_kind", "words": "最近缺人"}
    assert press(client, path, "decline", match.pk, **given).status_code == 302
    late = client.post(f"{path}/decline/{match.pk}", {f"decline{match.pk}-reason": "pair"}, follow=True)
    assert late.status_code == 200 and "现在没有要您答复的" in main(late)
    refusal = Refusal.objects.get()
    assert (refusal.side, refusal.reason, refusal.words) == ("giver", "not_this_kind", "最近缺人")
    assert "对方谢绝了这次对接" in text(enter(town, "jiansheng_jiedao").get("/desk/inbox"))


def test_a_head_confirms_what_came_or_says_what_is_wrong(town: Town, head: Membership, client: Client) -> None:
    match, desk = asked(town, head, giving=False), clerk(town)
    path = link(head)
    assert "可以提供，用于您要的：楼道照明检修" in main(client.get(path))
    client.post(f"{path}/take/{match.pk}")
    actions.accept_match(desk, match_id=match.pk, side=Side.GIVER, now=now())
    pledge = Pledge.objects.get()
    first = actions.deliver(desk, pledge_id=pledge.pk, quantity=1, day=now().date(), now=now())
    assert "对方已兑现，请确认收到" in Notice.objects.filter(noun="member").order_by("-pk")[0].subject
    silent = press(client, path, "dispute", first.pk, words=" ")
    assert silent.status_code == 422 and "请写一两句" in text(silent)
    press(client, path, "dispute", first.pk, words="没有来人")
    second = actions.deliver(desk, pledge_id=pledge.pk, quantity=4, day=now().date(), now=now())
    assert "有异议" in main(client.get(path))
    for _ in range(2):
        assert client.post(f"{path}/confirm/{second.pk}").status_code == 302
    assert sorted(Receipt.objects.values_list("confirmed", "words")) == [(False, "没有来人"), (True, "")]
    assert Pledge.objects.get().state == "fulfilled" and Need.objects.get().met == Decimal(4)
    # Who gave it speaks for nobody who receives it.
    with pytest.raises(Refused):
        actions.confirm_delivery(desk, delivery_id=second.pk, now=now())


def test_a_link_opens_one_members_page_and_only_while_it_holds(
    town: Town, network: Network, head: Membership, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = asked(town, head)
    path, other = link(head), join_in_own_right(town, network, "倪小雨")
    desk = enter(town, "jiansheng_jiedao")
    taken = desk.post(f"{DESK}/members/{other.pk}/link")
    theirs = re.search(r"/m/[^\s<]+", text(taken))
    assert theirs and taken["Cache-Control"] == "no-store"
    assert TrailEntry.objects.filter(noun="member", noun_id=other.pk, verb="take_link").count() == 1
    for step in ("give", "decline", "contacts", "deliver", "confirm"):
        assert client.post(f"{theirs[0]}/{step}/{match.pk}").status_code == 404, step
    assert client.post(f"{path}/take/{match.pk}").status_code == 302 and Match.objects.get().taken_at is None
    assert client.post(f"{path}/nonsense/1").status_code == 404
    assert "事项已到下一步" in text(client.post(f"{theirs[0]}/dispute/1", follow=True))
    # Forged, of another kind, too old, replaced, or its holder has a login by now or has left.
    forged = path.replace(f"/m/{head.pk}-", f"/m/{other.pk}-")
    of_outreach = "/m/" + secrets.sign("outreach", f"{head.pk}-1")
    assert [client.get(one).status_code for one in (forged, of_outreach, f"{path}x", "/m/nonsense")] == [404] * 4
    with monkeypatch.context() as later:
        later.setattr(TimestampSigner, "timestamp", lambda _self: "1")
        old = "/m/" + secrets.sign("member", f"{head.pk}-1")
    assert client.get(old).status_code == 410
    renewed = re.search(r"/m/[^\s<]+", text(desk.post(f"{DESK}/members/{head.pk}/link", {"renew": "1"})))
    gone = client.get(path)
    assert gone.status_code == 410 and "请打电话给社区" in text(gone) and renewed
    assert client.post(f"{path}/give/{match.pk}").status_code == 410 and Match.objects.get().given_at is None
    assert client.get(renewed[0]).status_code == 200
    monkeypatch.setattr(keyed, "WRONG_AN_HOUR", 5)
    assert [client.get("/m/x.y.z").status_code for _ in range(2)] == [404, 429]
    monkeypatch.setattr(keyed, "STEPS_AN_HOUR", 1)
    assert "操作得太多了" in text(client.post(f"{renewed[0]}/give/{match.pk}", follow=True))
    assert head.person
    register.open_account(login="wuye", password="gongzhi-demo", now=now(), person=head.person)
    assert client.get(renewed[0]).status_code == 410
    assert "有登录名" in main(desk.get(f"{DESK}/members/{head.pk}"))
    assert "登录后答复" in text(desk.post(f"{DESK}/members/{head.pk}/link", follow=True))
    Membership.objects.filter(pk=other.pk).update(left_on=now().date())
    assert client.get(theirs[0]).status_code == 410


def test_the_desk_writes_down_what_was_said_by_telephone_and_says_so(town: Town, head: Membership) -> None:
    match, desk = asked(town, head), enter(town, "jiansheng_jiedao")
    assert "打电话问，代为记下答复" in text(desk.get("/desk/inbox"))
    shown = main(desk.get(f"{DESK}/matches/{match.pk}"))
    assert "对方电话里同意提供" in shown and "同意接受" in shown and "对方电话里同意接受" not in shown
    assert "对方电话里同意提供" in main(desk.get(f"{DESK}/"))
    form = main(desk.get(f"{DESK}/matches/{match.pk}/give"))
    assert f"这是替“{HEAD}”记下的" in form
    # A reader, a unit and the desk of another street say nothing for the head.
    for who, code in (("qu_kanban", 302), ("xingsheng_shegong", 404), ("lianluo0", 403)):
        assert enter(town, who).post(f"{DESK}/matches/{match.pk}/give").status_code == code, who
    assert Match.objects.get().given_at is None
    assert desk.post(f"{DESK}/matches/{match.pk}/give", {"seen": match.version}).status_code == 302
    trail = main(desk.get(f"{DESK}/matches/{match.pk}"))
    assert "对方在电话里说的，由工作人员记下" in trail and "人jiansheng_jiedao" in trail
    desk.post(f"{DESK}/matches/{match.pk}/take", {"seen": match.version + 1})
    take = TrailEntry.objects.get(noun="match", verb="take")
    assert "by_phone" not in take.data
    pledge = Pledge.objects.get()
    day = now().date().isoformat()
    desk.post(f"{DESK}/pledges/{pledge.pk}/deliver", {"quantity": "4", "day": day, "seen": pledge.version})
    part = Delivery.objects.get()
    assert TrailEntry.objects.get(noun="pledge", verb="deliver").data["by_phone"] is True
    # Whoever wrote it down for the giver does not also say that it came; a colleague does.
    refused = desk.post(f"{DESK}/pledges/{pledge.pk}/confirm", {"delivery": part.pk})
    assert "请另一位同事核实后答复" in text(refused) and not Receipt.objects.exists()
    enter(town, "jiansheng_shuji").post(f"{DESK}/pledges/{pledge.pk}/confirm", {"delivery": part.pk})
    assert Receipt.objects.get().confirmed and Pledge.objects.get().state == "fulfilled"


def test_who_declined_by_telephone_is_said(town: Town, head: Membership) -> None:
    match, desk = asked(town, head), enter(town, "jiansheng_jiedao")
    form = main(desk.get(f"{DESK}/matches/{match.pk}/decline"))
    assert "谁谢绝" in form and f"{HEAD}，电话里说的" in form and "我方" in form
    given = {"reason": "not_this_kind", "side": "giver", "words": "不再接了", "seen": match.version}
    assert desk.post(f"{DESK}/matches/{match.pk}/decline", given).status_code == 302
    assert Refusal.objects.get().side == "giver"
    assert TrailEntry.objects.get(noun="match", verb="decline").data["by_phone"] is True


def test_the_desk_of_the_head_speaks_for_them_towards_another_community_and_to_no_end_with_a_login(
    town: Town, head: Membership
) -> None:
    appoint(town, "xinyu2", "community_desk", place="xinyu")
    desk, moment = town.actor("dongzheng_shegong", today=now().date()), now()
    offer = actions.state_offer(
        clerk(town), details=offer_details(visibility="public"), member=head, now=moment, once="a"
    ).offer
    need = actions.state_need(desk, details=need_details(), place=town.places["dongzheng"], now=moment, once="b").need
    actions.verify_need(desk, need_id=need.pk, now=moment)
    street = town.actor("qu_fuze", today=moment.date())
    match = actions.suggest_match(street, need_id=need.pk, offer_id=offer.pk, quantity=4, now=moment)
    match = actions.offer_match(street, match_id=match.pk, now=moment)
    with pytest.raises(Refused):
        actions.accept_match(desk, match_id=match.pk, side=Side.GIVER, now=moment)
    own = town.actor("xinyu2", today=moment.date())
    declined = actions.decline_match(own, match_id=match.pk, reason="pair", now=moment)
    assert declined.state == "declined" and Refusal.objects.get().side == "giver"
    assert TrailEntry.objects.get(noun="match", verb="decline").data["by_phone"] is True
    second = actions.suggest_match(street, need_id=need.pk, offer_id=offer.pk, quantity=2, now=moment)
    second = actions.offer_match(street, match_id=second.pk, now=moment)
    assert head.person
    register.open_account(login="wuye", password="gongzhi-demo", now=moment, person=head.person)
    with pytest.raises(Refused):
        actions.accept_match(own, match_id=second.pk, side=Side.GIVER, now=moment)


def test_who_left_no_way_to_be_reached_is_rung_up(town: Town, network: Network) -> None:
    silent = join_in_own_right(town, network, "倪小雨")
    assert silent.person
    silent.person.contact = None
    silent.person.save()
    match = asked(town, silent)
    assert not Notice.objects.filter(noun="member").exists()
    desk = enter(town, "jiansheng_jiedao")
    assert "打电话问，代为记下答复" in text(desk.get("/desk/inbox"))
    assert "取出链接，转给本人" in main(desk.get(f"{DESK}/members/{silent.pk}"))
    assert match.state == "offered"


def test_a_member_who_got_nothing_for_a_year_is_asked_what_they_need(town: Town, head: Membership) -> None:
    moment = now()
    assert actions.raise_quiet(now=moment) == 1 and actions.raise_quiet(now=moment) == 0
    desk = enter(town, "jiansheng_jiedao")
    listed = main(desk.get(f"{DESK}/tasks/"))
    assert HEAD in listed and f"{DESK}/members/{head.pk}" in listed
    assert "这位个人成员一年没有得到任何支持" in main(desk.get(f"{DESK}/members/{head.pk}"))
    assert "这位个人成员一年没有得到任何支持" in text(enter(town, "xinyu_shuji").get("/desk/inbox"))
    task = BalanceTask.objects.get()
    assert HEAD in main(desk.get(f"{DESK}/tasks/{task.pk}/do"))
    desk.post(f"{DESK}/tasks/{task.pk}/do", {"words": "想要一间会议室"})
    assert "想要一间会议室" in main(desk.get(f"{DESK}/tasks/"))
    assert "一年没有得到任何支持" not in main(desk.get(f"{DESK}/members/{head.pk}"))
    assert HEAD not in main(enter(town, "xingsheng_shegong").get(f"{DESK}/tasks/"))


def test_a_member_with_a_login_reads_their_own_balance(town: Town, network: Network) -> None:
    head = join_in_own_right(town, network, "程一帆", login="wuye", place="xinyu")
    match, moment = asked(town, head, giving=False), now()
    own = town.actor("wuye", today=moment.date())
    actions.accept_match(own, match_id=match.pk, side=Side.RECEIVER, now=moment)
    actions.accept_match(clerk(town), match_id=match.pk, side=Side.GIVER, now=moment)
    part = actions.deliver(clerk(town), pledge_id=Pledge.objects.get().pk, quantity=3, day=moment.date(), now=moment)
    actions.confirm_delivery(own, delivery_id=part.pk, now=moment)
    client = enter(town, "wuye")
    assert "付出与收获" in main(client.get("/units/exchange"))
    shown = main(client.get("/units/exchange/balance"))
    assert HEAD in shown and "3 小时" in shown and "建胜镇" in shown
    # What came this year is enough: nobody is sent to ask.
    assert actions.raise_quiet(now=moment) == 0


def test_a_head_reads_and_answers_what_is_written_to_them_by_the_link(
    town: Town, head: Membership, client: Client
) -> None:
    match = asked(town, head)
    desk, before = enter(town, "jiansheng_jiedao"), link(head)
    talk = f"{DESK}/talks/offer/{match.offer_id}"
    desk.post(talk, {"words": "周六上午能来吗？", "once": "a", "asks": "on"})
    told = Notice.objects.filter(noun="member", noun_id=head.pk).latest("pk")
    assert told.subject == "您有一条新留言" and "周六上午" not in told.body, "what was said stands behind the link"
    path = link(head)
    assert "1 条未读" in main(client.get(path)) and f"{path}/talks/offer/{match.offer_id}" in main(client.get(path))
    shown = main(client.get(f"{path}/talks/offer/{match.offer_id}"))
    assert "周六上午能来吗？" in shown and f'href="{path}"' in shown and "回到我的页面" in shown
    assert "条未读" not in main(client.get(before)) and "提供方已读" in main(desk.get(talk))
    empty = client.post(f"{path}/talks/offer/{match.offer_id}", {"words": " ", "once": "b"})
    assert empty.status_code == 422
    for _twice in range(2):
        sent = client.post(f"{path}/talks/offer/{match.offer_id}", {"words": "能，九点到。", "once": "b"})
        assert sent["Location"] == f"{path}/talks/offer/{match.offer_id}#write"
    assert main(desk.get(talk)).count("能，九点到。") == 1
    assert Notice.objects.filter(noun="member", subject="您有一条新留言").count() == 1, "not of their own words"
    for strange in (f"talks/need/{match.need_id}", "talks/offer/999999", "talks/nonsense/1", "talks/outreach/1"):
        assert client.get(f"{path}/{strange}").status_code == 404, strange
