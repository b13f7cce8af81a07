"""Persons who are members in their own right take part as units do: found by name, asked for the three forms, giving and
getting under the name of what they head, and counted apart."""

from typing import Any

import pytest

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Filing, Match, Need, Offer, Pledge
from gongzhi.neighbourhood.models import Membership, Network
from gongzhi.web.who import now
from tests.exchange.making import need_details
from tests.exchange.rounds import NAMES, found_network, join_in_own_right
from tests.stories.test_three_forms import fill_all, filled, main, new_line, open_period
from tests.town import Town
from tests.web.units.test_whistles import enter, text

HEAD, SILENT = "新雨社区物业企业负责人", "物业企业负责人"


@pytest.fixture
def network(town: Town) -> Network:
    return found_network(town)


@pytest.fixture
def head(town: Town, network: Network) -> Membership:
    """With a login, head of something at Xinyu."""
    return join_in_own_right(town, network, "程一帆", login="wuye", place="xinyu")


@pytest.fixture
def silent(town: Town, network: Network) -> Membership:
    """Without a login, head of nothing that is named."""
    return join_in_own_right(town, network, "倪小雨")


def answer(client: Any, address: str, **changed: Any) -> Any:
    sent = client.post(address, filled(main(client.get(address))) | changed)
    assert sent.status_code == 302, main(sent)
    return sent["Location"]


@pytest.mark.mechanism("M28")
def test_a_head_fills_the_three_forms_and_one_who_lacks_one_is_named_to_the_secretary_alone(
    town: Town, head: Membership, silent: Membership
) -> None:
    secretary, client = enter(town, "jiansheng_shuji"), enter(town, "wuye")
    row = open_period(secretary, "第三季度", 0, 30, 7)
    # To their page straight after the login, and from there to what is asked of them.
    assert client.get("/units/")["Location"] == "/units/exchange"
    assert f"/units/exchange/rounds/{row.pk}" in text(client.get("/units/inbox"))
    assert "还有 3 张没填" in main(client.get("/units/exchange"))
    home, own = f"/units/exchange/rounds/{row.pk}", f"/units/exchange/rounds/{row.pk}/m{head.pk}"
    assert HEAD in main(client.get(home)) and f"{own}/have" in main(client.get(home))
    assert answer(client, f"{own}/have", **new_line("夜间巡逻", "20", "service", "次")) == f"{own}/need"
    assert answer(client, f"{own}/need", **new_line("消防检修", "3", "skill", "次")) == f"{own}/link"
    assert answer(client, f"{own}/link", reach="phone", ways=["meet", "serve"]) == home
    assert "三张表都填好了" in text(client.get(home))
    offer, need = Offer.objects.get(member=head), Need.objects.get(member=head)
    assert (offer.unit, offer.subdistrict, need.asker, need.state) == (
        None,
        town.places["jiansheng"],
        "member",
        "stated",
    )
    page = main(client.get("/units/exchange"))
    assert "夜间巡逻" in page and "消防检修" in page
    for count in range(5):
        fill_all(town, row, count)

    # Five units and one of two persons are done; who is not is the secretary's alone to know.
    desk = f"/desk/exchange/rounds/{row.pk}"
    named = main(secretary.get(desk))
    line = named.split("倪小雨")[1].split("</tr>")[0]
    assert line.count("还没填") == 3 and "催填" in line and "还没填" not in named.split(HEAD)[1].split("</tr>")[0]
    assert "共 5 家单位，2 位个人成员" in named
    for who in ("jiansheng_jiedao", "qu_fuze", "qu_kanban", "guanli"):
        seen = main(enter(town, who).get(desk))
        assert "tone-soon" not in seen and "倪小雨" not in seen and "共 5 家单位，2 位个人成员" in seen, who
    for who, place in (("wuye", home), ("lianluo0", home)):
        seen = main(enter(town, who).get(place))
        assert "全体 5 家单位、2 位个人成员，三张都填好的有 6 个" in seen and "倪小雨" not in seen, who
    assert client.get(f"{home}/m{silent.pk}/have").status_code == 404
    assert client.get(f"{home}/{town.units[NAMES[0]].pk}/have").status_code == 404
    assert secretary.post(f"{desk}/remind/m{silent.pk}").status_code == 302
    assert "今天催过了" in main(secretary.get(desk))


def test_the_desk_fills_in_for_whoever_rings(town: Town, silent: Membership) -> None:
    secretary, desk = enter(town, "jiansheng_shuji"), enter(town, "jiansheng_jiedao")
    row = open_period(secretary, "第三季度", 0, 30, 7)
    home = f"/desk/exchange/rounds/{row.pk}"
    unit = town.units[NAMES[0]]
    assert f"{home}/by-phone" in main(desk.get(home))
    listed = main(desk.get(f"{home}/by-phone"))
    assert f"{SILENT} 倪小雨" in listed and all(name in listed for name in NAMES)
    for whose in (f"m{silent.pk}", f"u{unit.pk}"):
        for sheet, said in (("have", new_line("会议室")), ("need", {"answer": "nothing"})):
            assert answer(desk, f"{home}/by-phone?whose={whose}&sheet={sheet}", **said) == f"{home}/by-phone"
        answer(desk, f"{home}/by-phone?whose={whose}&sheet=link", reach="phone", ways=["meet"])
    assert Filing.objects.filter(member=silent).count() == 3 == Filing.objects.filter(unit=unit).count()
    assert [one.member_id or one.unit_id for one in Offer.objects.order_by("pk")] == [silent.pk, unit.pk]
    named = main(secretary.get(home))
    assert "还没填" not in named.split("倪小雨")[1].split("</tr>")[0]
    # How they want to take part stands on the desk's third list by the name of what they head.
    printed = main(desk.get("/desk/exchange/lists/link/print"))
    assert SILENT in printed and NAMES[0] in printed
    for who, code in (("qu_kanban", 403), ("xinyu_shuji", 404), ("lianluo0", 403)):
        assert enter(town, who).get(f"{home}/by-phone?whose=m{silent.pk}&sheet=have").status_code == code, who
    assert desk.get(f"{home}/by-phone?whose=m{silent.pk + 99}&sheet=have").status_code == 404


def test_the_directory_counts_persons_apart_and_the_desk_writes_to_them(
    town: Town, head: Membership, silent: Membership
) -> None:
    desk, client = enter(town, "jiansheng_jiedao"), enter(town, "wuye")
    page = main(desk.get("/desk/exchange/directory"))
    assert "5 家单位，2 位个人成员" in page and "程一帆" in page and HEAD in page and "倪小雨" in page
    # Other members find them and open no number; a stranger's desk finds nobody.
    for who in ("lianluo0", "wuye"):
        seen = main(enter(town, who).get("/units/exchange/directory"))
        assert "5 家单位，2 位个人成员" in seen and "程一帆" in seen and "查看联系方式" not in seen, who
        assert "13900139000" not in text(
            enter(town, who).post(f"/units/exchange/directory/members/{head.pk}", follow=True)
        )
    assert "0 家单位，0 位个人成员" in main(enter(town, "xingsheng_shegong").get("/desk/exchange/directory"))
    opened = enter(town, "jiansheng_shuji").post(f"/desk/exchange/directory/members/{head.pk}")
    assert ("13900139000" in text(opened)) == town.actor("jiansheng_shuji", today=now().date()).may("see_contacts")
    assert "程一帆" in main(desk.get("/desk/exchange/directory?q=新雨社区"))
    assert "程一帆" not in main(desk.get("/desk/exchange/directory?q=百花"))

    # Who has a login is written to and answers; who has none is rung up.
    talk = f"exchange/talks/member/{head.pk}"
    assert f"/desk/{talk}" in page and f"talks/member/{silent.pk}" not in page
    desk.post(f"/desk/{talk}", {"words": "周四能来开会吗？", "asks": "on"})
    assert "有新留言" in text(client.get("/units/inbox")) and "1 条未读" in text(client.get("/units/exchange"))
    assert "周四能来开会吗" in main(client.get(f"/units/{talk}"))
    client.post(f"/units/{talk}", {"words": "能来。"})
    assert "能来。" in main(desk.get(f"/desk/{talk}")) and "个人成员已读" in main(desk.get(f"/desk/{talk}"))
    for who, door, code in (
        ("lianluo0", "units", 404),
        ("xinyu_shuji", "desk", 200),
        ("xingsheng_shegong", "desk", 404),
    ):
        assert enter(town, who).get(f"/{door}/{talk}").status_code == code, who


def test_what_a_head_gives_and_gets_goes_by_their_name_and_shows_no_number(town: Town, head: Membership) -> None:
    client, desk = enter(town, "wuye"), enter(town, "jiansheng_jiedao")
    moment = now()
    sent = client.post(
        "/units/exchange/offers/new",
        {
            "kind": "skill",
            "title": "电工上门",
            "quantity": "6",
            "measure": "小时",
            "reach": "anywhere",
            "visibility": "district",
        },
    )
    assert sent.status_code == 302, main(sent)
    sent = client.post(
        "/units/exchange/needs/new",
        {"kind": "place", "title": "会议室", "quantity": "2", "measure": "次", "urgency": "1"},
    )
    assert sent.status_code == 302, main(sent)
    offer, own_need = Offer.objects.get(member=head), Need.objects.get(member=head)
    assert HEAD in main(desk.get(f"/desk/exchange/needs/{own_need.pk}"))
    assert HEAD in main(desk.get("/desk/exchange/offers/")) and HEAD in main(desk.get("/desk/exchange/"))
    clerk = town.actor("jiansheng_jiedao", today=moment.date())
    need = actions.state_need(
        clerk, details=need_details(), place=town.places["jiansheng"], now=moment, once="need"
    ).need
    actions.verify_need(clerk, need_id=need.pk, now=moment)
    proposed = actions.suggest_match(clerk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=moment)
    match = actions.offer_match(clerk, match_id=proposed.pk, now=moment)
    assert "电工上门" in main(client.get("/units/exchange"))
    assert client.post(f"/units/exchange/matches/{match.pk}/give").status_code == 302
    assert enter(town, "lianluo0").get(f"/units/exchange/matches/{match.pk}").status_code == 404
    shown = main(desk.get(f"/desk/exchange/matches/{match.pk}"))
    assert HEAD in shown and "13900139000" not in shown
    actions.accept_match(clerk, match_id=match.pk, side="receiver", now=moment)
    pledge = Pledge.objects.get(match=match)
    assert (pledge.giver_member, pledge.giver_unit) == (head, None)
    assert HEAD in main(desk.get("/desk/exchange/pledges/"))
    sent = client.post(
        f"/units/exchange/pledges/{pledge.pk}/deliver", {"quantity": "4", "day": moment.date().isoformat()}
    )
    assert sent.status_code == 302, main(sent)
    (part, _said), *_none = queries.deliveries_of(clerk, pledge.pk)
    actions.confirm_delivery(clerk, delivery_id=part.pk, now=moment)
    seen = main(desk.get(f"/desk/exchange/pledges/{pledge.pk}"))
    assert HEAD in seen and "13900139000" not in seen
    assert desk.get("/desk/exchange/picture").status_code == 200
    ties = queries.who_gave(clerk)
    assert [ties.sides[one.giver].name for one in ties.ties] == [HEAD]
    assert Match.objects.get(pk=match.pk).state == "fulfilled"


def test_every_page_of_members_opens_for_a_head_or_is_not_theirs(town: Town, head: Membership) -> None:
    client = enter(town, "wuye")
    ways = ("exchange", "exchange/talks/", "exchange/all/offers", "exchange/all/needs", "exchange/all/pledges", "inbox",
            "conferences/", "exchange/directory", "exchange/offers/new", "exchange/needs/new", "exchange/balance",
            "exchange/giving/", "whistles/", "referrals/", "projects/", "agreements/")  # fmt: skip
    for way in ways:
        assert client.get(f"/units/{way}").status_code == 200, way
    page = text(client.get("/units/exchange"))
    assert "派给我们的" not in page and "共建协议" not in page and "我们给过的" not in page
    # A membership that has ended opens nothing any more.
    Membership.objects.filter(pk=head.pk).update(left_on=now().date())
    assert client.get("/units/exchange").status_code == 403
