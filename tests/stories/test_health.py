"""How a network holds together: four measures with their formulas, through the pages (M2)."""

import re
from datetime import timedelta
from typing import Any

import pytest

from gongzhi.conferences.models import Conference, Decision
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.models import Pledge
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.models import MemberUnit
from gongzhi.web.who import now
from tests.conferences.making import LIAISONS, UNITS, found_network
from tests.exchange.making import need_details, offer_details
from tests.stories.test_june_meeting import HOME, at, main, open_it, post
from tests.town import Town
from tests.web.units.test_whistles import enter, text

PAGE = "/desk/agreements/health"
DAY = timedelta(days=1)


def cards(answer: Any) -> dict[str, str]:
    """The words of each measure's card, by its name."""
    found = re.findall(
        r'<section class="card-plain" aria-labelledby="m-(\w+)">(.*?)</section>', main(answer), re.DOTALL
    )
    return {name: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body)).strip() for name, body in found}


def gave(town: Town, giver: int, receiver: int) -> None:
    """One unit of the network gave another four hours of an electrician, which were confirmed."""
    moment, day = now(), now().date()
    desk = town.actor("yuejin_shuji", today=day)
    gives, takes = (town.actor(LIAISONS[one], today=day) for one in (giver, receiver))
    units = [MemberUnit.objects.get(name=UNITS[one]) for one in (giver, receiver)]
    once = f"{giver} {receiver}"
    offer = exchange.state_offer(gives, details=offer_details(), unit=units[0], now=moment, once=once).offer
    need = exchange.state_need(takes, details=need_details(), unit=units[1], now=moment, once=once).need
    exchange.verify_need(desk, need_id=need.pk, now=moment)
    match = exchange.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=moment)
    exchange.offer_match(desk, match_id=match.pk, now=moment, due_on=day)
    exchange.accept_match(gives, match_id=match.pk, side=Side.GIVER, now=moment)
    exchange.accept_match(takes, match_id=match.pk, side=Side.RECEIVER, now=moment)
    part = exchange.deliver(gives, pledge_id=Pledge.objects.get(match=match).pk, quantity=4, day=day, now=moment)
    exchange.confirm_delivery(takes, delivery_id=part.pk, now=moment)


@pytest.mark.mechanism("M2")
def test_four_measures_stand_side_by_side_with_their_formulas_and_are_never_one(town: Town) -> None:
    network = found_network(town)
    MemberUnit.objects.filter(name=UNITS[5]).update(kind="social")
    secretary = enter(town, "yuejin_shuji")
    seen = cards(secretary.get(PAGE))
    assert list(seen) == ["reciprocity", "meeting", "mix", "closure"]
    assert all("还不好说" in seen[one] for one in ("reciprocity", "meeting", "closure")), seen
    assert all("怎么算" in one and "÷" in one for one in seen.values())
    # Of six members one is of another kind, and one, the bureau, of a third.
    kinds = list(MemberUnit.objects.filter(name__in=UNITS).values_list("kind", flat=True))
    assert sorted(kinds.count(one) for one in set(kinds)) == [1, 1, 4]
    assert "9/15" in seen["mix"]

    # Of three pairs of members two gave to each other both ways; later one gives to the street.
    for giver, receiver in ((0, 1), (1, 0), (0, 2), (2, 0), (3, 4)):
        gave(town, giver, receiver)
    # A meeting of the network without one of the six; of what it decided one is done in time, one is late.
    when = at(now())
    post(secretary, f"{HOME}new", {"network": network.pk, "title": "六月联席会议", "starts_at": when})
    row = Conference.objects.get()
    post(secretary, f"{HOME}{row.pk}/notify", {"starts_at": when, "venue": "三楼"})
    open_it(town, secretary, row, absent=UNITS[3])
    owner = {"kind": "other", "owner": f"u{town.units[UNITS[0]].pk}"}
    goods = {"kind": "pledge", "thing": "goods", "amount": "3", "measure": "台", "owner": owner["owner"]}
    post(secretary, f"{HOME}{row.pk}/room", {**goods, "what": "借三台水泵", "due_on": now().date()})
    for what, days in (("清运暴露垃圾", 0), ("修围墙", 0), ("补种绿化", 30)):
        post(secretary, f"{HOME}{row.pk}/room", {**owner, "what": what, "due_on": (now() + days * DAY).date()})
    Decision.objects.filter(what="修围墙").update(due_on=now().date() - DAY)
    post(secretary, f"{HOME}{row.pk}/close", {})
    post(secretary, f"{HOME}{row.pk}/sign", {})
    done = Decision.objects.get(what="清运暴露垃圾")
    post(enter(town, LIAISONS[0]), f"/units/conferences/decisions/{done.pk}/finish", {"day": now().date()})
    answer = secretary.get(f"{PAGE}?network={network.pk}")
    assert "1/2" in cards(answer)["closure"], "what is still open on its last day is not late yet"
    # What a decision became counts with the decision, once.
    pledge = Pledge.objects.get(what="借三台水泵")
    unit, desk = (town.actor(one, today=now().date()) for one in (LIAISONS[0], "yuejin_shuji"))
    part = exchange.deliver(unit, pledge_id=pledge.pk, quantity=3, day=now().date(), now=now())
    exchange.confirm_delivery(desk, delivery_id=part.pk, now=now())

    answer = secretary.get(f"{PAGE}?network={network.pk}")
    seen = cards(answer)
    assert "2/4" in seen["reciprocity"] and "5/6" in seen["meeting"] and "2/3" in seen["closure"], seen
    assert seen["meeting"].endswith("六月联席会议5/6"), "the meetings that were counted"
    assert f"{HOME}{row.pk}" in main(answer)
    # No number is made of the four, and nobody stands before anybody.
    assert "不合成一个分数，不排名次" in main(answer)
    numbers = re.findall(r'<p class="stat-value">(.*?)</p>', main(answer))
    assert [re.sub(r"<[^>]+>", "", one) for one in numbers] == ["2/4", "5/6", "9/15", "2/3"]
    assert "%" not in re.sub(r"<[^>]+>", "", main(answer))
    # From the board one gets there; another street sees nothing of it.
    assert f'href="{PAGE}"' in text(secretary.get("/board/"))
    other = enter(town, "xinyu_shuji")
    assert other.get(f"{PAGE}?network={network.pk}").status_code == 404
    assert network.name not in text(other.get(PAGE))
