"""Offers, needs and promises for tests, made by the product's own actions unless a state must be put there."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from gongzhi.exchange import actions, queries
from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.exchange.models import Match, Need, Offer, Pledge
from gongzhi.exchange.queries import Balance
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.models import MemberUnit
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices
from tests.town import NOW, Town

BUREAU = "大渡口区城市管理局（演示）"
INSURER = "渝岸财产保险公司（演示）"
TODAY = date(2026, 6, 8)
DAY = timedelta(days=1)
_forms = count()


def settle(town: Town) -> None:
    """The bureau belongs to Dongzheng, the insurer to Xinyu."""
    for name, place in ((BUREAU, "dongzheng"), (INSURER, "xinyu")):
        MemberUnit.objects.filter(name=name).update(registered_place=town.places[place])
        town.units[name] = MemberUnit.objects.get(name=name)


def offer_details(**more: Any) -> OfferDetails:
    """Ten hours of an electrician."""
    given = {"kind": "skill", "title": "电工上门", "quantity": 10, "measure": "小时"}
    return OfferDetails(**(given | more))


def need_details(**more: Any) -> NeedDetails:
    """Four hours of an electrician."""
    given = {"kind": "skill", "title": "楼道照明检修", "quantity": 4, "measure": "小时"}
    return NeedDetails(**(given | more))


def state_offer(town: Town, unit: str = BUREAU, who: str = "chengguan_lianluo", **more: Any) -> Offer:
    """An offer of a unit, stated by its own people."""
    return actions.state_offer(
        town.actor(who), details=offer_details(**more), unit=town.units[unit], now=NOW, once=f"offer {next(_forms)}"
    ).offer


def state_need(town: Town, place: str = "dongzheng", who: str = "dongzheng_shegong", **more: Any) -> Need:
    """A need of a community, not verified yet."""
    return actions.state_need(
        town.actor(who), details=need_details(**more), place=town.places[place], now=NOW, once=f"need {next(_forms)}"
    ).need


def verified(town: Town, place: str = "dongzheng", who: str = "dongzheng_shegong", **more: Any) -> Need:
    """The same, verified."""
    need = state_need(town, place, who, **more)
    return actions.verify_need(town.actor(who), need_id=need.pk, now=NOW)


def asked(town: Town, need: Need, offer: Offer, quantity: int | Decimal = 4, **more: Any) -> Match:
    """A match of which both sides were asked, by the desk of Dongzheng."""
    desk = town.actor("dongzheng_shegong")
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=quantity, now=NOW)
    return actions.offer_match(desk, match_id=match.pk, now=NOW, **more)


def promised(town: Town, quantity: int | Decimal = 4, **more: Any) -> Pledge:
    """A pledge of the bureau to Dongzheng that both sides have said yes to."""
    need, offer = verified(town, quantity=quantity), state_offer(town)
    return agreed(town, asked(town, need, offer, quantity, **more))


def agreed(town: Town, match: Match, giver: str = "chengguan_lianluo", receiver: str = "dongzheng_shuji") -> Pledge:
    """The pledge that comes of two times yes."""
    actions.accept_match(town.actor(giver), match_id=match.pk, side=Side.GIVER, now=NOW)
    actions.accept_match(town.actor(receiver), match_id=match.pk, side=Side.RECEIVER, now=NOW)
    return Pledge.objects.get(match=match)


def inbox(town: Town, who: str) -> list[str]:
    """What somebody was told, newest first."""
    return [row.subject for row in notices.inbox(town.accounts[who].person_id or 0)]


def balance_of_unit(actor: Actor, unit_id: int) -> Balance:
    """What a unit gave and received in all."""
    return queries.balance_in_all(queries.balance_by_pair(actor, ("unit", unit_id)))


def deliver_between(town: Town, moment: datetime) -> Pledge:
    """What the bureau promised Dongzheng for today came today and was confirmed."""
    day = moment.date()
    desk, unit = town.actor("dongzheng_shuji", today=day), town.actor("chengguan_lianluo", today=day)
    place, once = town.places["dongzheng"], f"between {next(_forms)}"
    offer = actions.state_offer(unit, details=offer_details(), unit=town.units[BUREAU], now=moment, once=once).offer
    need = actions.state_need(desk, details=need_details(), place=place, now=moment, once=once).need
    actions.verify_need(desk, need_id=need.pk, now=moment)
    match = actions.suggest_match(desk, need_id=need.pk, offer_id=offer.pk, quantity=4, now=moment)
    actions.offer_match(desk, match_id=match.pk, now=moment, due_on=day)
    actions.accept_match(unit, match_id=match.pk, side=Side.GIVER, now=moment)
    actions.accept_match(desk, match_id=match.pk, side=Side.RECEIVER, now=moment)
    pledge = Pledge.objects.get(match=match)
    part = actions.deliver(unit, pledge_id=pledge.pk, quantity=4, day=day, now=moment)
    actions.confirm_delivery(desk, delivery_id=part.pk, now=moment)
    return pledge
