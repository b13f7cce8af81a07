"""Two journeys through the desk's pages: a neighbour's insurer is won for parking, and what solved parking sets free.

The cast: 何青禾 at Dongzheng's desk and its secretary, the secretary of the adjacent Xinyu, the insurer's liaison there.
"""

from typing import Any

import pytest
from django.test import Client

from gongzhi.exchange.models import Introduction, Match, Need, Offer, Pledge
from gongzhi.web.who import now
from tests.exchange.making import INSURER, settle
from tests.town import Town
from tests.web.desk.test_exchange import TABLE, enter, page, send

BAYS = {"kind": "parking", "measure": "个", "urgency": "2"}


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def stated(desk: Client, town: Town, title: str, **more: Any) -> Need:
    """A need of Dongzheng, verified by its desk."""
    whose = {"whose": "community", "receiver": town.places["dongzheng"].pk, "quantity": "30", "once": title}
    send(desk, f"{TABLE}needs/new", **(BAYS | whose | {"title": title} | more))
    need = Need.objects.get(title=title)
    send(desk, f"{TABLE}needs/{need.pk}/verify", seen=need.version)
    return need


@pytest.mark.mechanism("M9")
def test_an_insurer_is_won_across_the_border_with_the_consent_of_its_own_community(town: Town) -> None:
    desk, neighbour = enter(town, "dongzheng_shegong"), enter(town, "xinyu_shuji")
    insurer, secretary = enter(town, "baoxian_lianluo"), enter(town, "dongzheng_shuji")
    offering = BAYS | {
        "title": "下班后的车位",
        "quantity": "40",
        "reach": "anywhere",
        "visibility": "district",
        "once": "b",
    }
    send(insurer, "/units/exchange/offers/new", **offering, week=["evenings"])
    need, offer = stated(desk, town, "夜间停车位"), Offer.objects.get()
    # Before its own community agrees Dongzheng neither sees what the insurer offers nor can ask for it.
    assert "下班后的车位" not in page(desk, f"{TABLE}offers/") + page(desk, f"{TABLE}needs/{need.pk}/find")
    assert desk.get(f"{TABLE}offers/{offer.pk}").status_code == 404
    assert desk.post(f"{TABLE}needs/{need.pk}/suggest", {"offer": offer.pk, "quantity": "30"}).status_code == 404
    asking = {"unit": INSURER, "to_community": town.places["dongzheng"].pk, "words": "想借晚上的车位"}
    send(desk, f"{TABLE}introductions/", **asking)
    row = Introduction.objects.get()
    thread = f"{TABLE}introductions/{row.pk}"
    shown = page(desk, thread)
    assert "新雨社区同意以后，这里才列出来" in shown and "下班后的车位" not in shown and 'agree"' not in shown
    # Both communities write down what was talked over, and both read all of it.
    today = str(now().date())
    send(desk, f"{thread}/talk", day=today, words="东正社区和成员单位到新雨社区，问能不能晚上借车位。")
    send(neighbour, f"{thread}/talk", day=today, words="保险公司说十八点以后可以，要登记车牌。")
    for reader in (desk, neighbour, secretary):
        shown = page(reader, thread)
        parties = (INSURER, "新雨社区", "东正社区", "问能不能晚上借车位", "要登记车牌")
        assert [one for one in parties if one not in shown] == []
    assert "还缺一项内容" in send(neighbour, f"{thread}/talk", day=today, words="\u200b")
    for other in ("xingsheng_shegong", "yuejin_jiedao"):
        assert enter(town, other).get(thread).status_code == 404
    # Its own leader agrees, and nobody else.
    assert "您没有“同意介绍”的权限" in send(secretary, f"{thread}/agree")
    assert Introduction.objects.get().state == "asked"
    assert "对方社区同意" in send(neighbour, f"{thread}/agree")
    assert "下班后的车位" in page(desk, thread) and "下班后的车位" in page(desk, f"{TABLE}needs/{need.pk}/find")
    send(desk, f"{TABLE}needs/{need.pk}/suggest", offer=offer.pk, quantity="30")
    match = Match.objects.get()
    send(desk, f"{TABLE}matches/{match.pk}/offer", seen=match.version, quantity="30")
    # The insurer and the receiving community say yes, each for itself; both desks see what came of the talks.
    assert insurer.post(f"/units/exchange/matches/{match.pk}/give").status_code == 302
    assert not Pledge.objects.exists()
    match.refresh_from_db()
    send(secretary, f"{TABLE}matches/{match.pk}/take", seen=match.version)
    assert Pledge.objects.get().giver_unit == town.units[INSURER]
    for reader in (desk, neighbour):
        shown = page(reader, thread)
        assert "由此开始的对接" in shown and "双方同意" in shown


@pytest.mark.mechanism("M11")
def test_solved_parking_puts_road_and_garden_to_the_next_meeting(town: Town) -> None:
    desk = enter(town, "dongzheng_shuji")
    parking = stated(desk, town, "小区停车位")
    road, garden = (
        stated(desk, town, title, kind="service", quantity="1", measure="项") for title in ("修小区道路", "移小区花园")
    )
    listed = f"{TABLE}forward/"
    for freed in (road, garden):
        send(desk, f"{TABLE}needs/{parking.pk}/unlock", seen=Need.objects.get(pk=parking.pk).version, frees=freed.pk)
    assert "现在没有可以提上会议的" in page(desk, listed)
    seen = Need.objects.get(pk=parking.pk).version
    send(desk, f"{TABLE}needs/{parking.pk}/meet", seen=seen, words="划出车位，业主大会通过")
    shown = page(desk, listed)
    assert "修小区道路" in shown and "移小区花园" in shown and shown.count("小区停车位") == 2
    assert [one.urgency for one in Need.objects.exclude(pk=parking.pk)] == [3, 3], "each one step more urgent"
    told = page(enter(town, "dongzheng_shegong"), "/desk/inbox")
    assert "前一项已解决" in told and "前一项已解决" in page(desk, f"{TABLE}needs/{road.pk}")
    # What is met itself, or is not needed any more, leaves the list.
    send(desk, f"{TABLE}needs/{road.pk}/meet", seen=Need.objects.get(pk=road.pk).version, words="修好了")
    assert "修小区道路" not in page(desk, listed) and "移小区花园" in page(desk, listed)
    assert "移小区花园" not in page(enter(town, "xinyu_shuji"), listed)
