"""What the actions of this room have in common, beside the steps of every room.

Whoever locks several rows locks them in one order: need, offer, match, pledge, outreach.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.demands.masking import needed as needed
from gongzhi.exchange import queries, rules
from gongzhi.exchange.models import Match, Need, Offer, Pledge
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.steps import Step as Step
from gongzhi.shared.steps import begin as begin
from gongzhi.shared.steps import each as each
from gongzhi.shared.steps import finish as finish
from gongzhi.shared.steps import key as key
from gongzhi.shared.steps import note as note
from gongzhi.shared.steps import once as once

# Whoever puts this many signs that nobody sees before the first word has said nothing.
_UNSEEN = 20_000


def locked_need(need_id: int) -> Need:
    """A need, nobody else's to change until the transaction ends."""
    return Need.objects.select_for_update(of=("self",)).select_related(*queries.NEED_SIDE).get(pk=need_id)


def locked_offer(offer_id: int) -> Offer:
    """An offer, nobody else's to change until the transaction ends."""
    return Offer.objects.select_for_update(of=("self",)).select_related(*queries.OFFER_SIDE).get(pk=offer_id)


def locked_needs(need_ids: Collection[int]) -> dict[int, Need]:
    """These needs by number, locked in the order of their numbers."""
    rows = Need.objects.select_for_update(of=("self",)).select_related(*queries.NEED_SIDE)
    return {one.pk: one for one in rows.filter(pk__in=need_ids).order_by("pk")}


def locked_offers(offer_ids: Collection[int]) -> dict[int, Offer]:
    """These offers by number, locked in the order of their numbers."""
    rows = Offer.objects.select_for_update(of=("self",)).select_related(*queries.OFFER_SIDE)
    return {one.pk: one for one in rows.filter(pk__in=offer_ids).order_by("pk")}


def locked_match(match_id: int) -> Match:
    """A match, nobody else's to change until the transaction ends, with both sides."""
    return Match.objects.select_for_update(of=("self",)).select_related(*queries.MATCH_SIDES).get(pk=match_id)


def locked_pledge(pledge_id: int) -> Pledge:
    """A pledge, nobody else's to change until the transaction ends, with both sides."""
    return Pledge.objects.select_for_update(of=("self",)).select_related(*queries.PLEDGE_SIDES).get(pk=pledge_id)


def heard(by_phone: bool) -> dict[str, object]:
    """What the trail keeps of a move that its own side did not make: it was said by telephone, to whoever wrote it down."""
    return {"by_phone": True} if by_phone else {}


def said(text: str) -> str:
    """What is left of a text without what cannot be seen, to tell whether anything was said at all."""
    return masking.clean_text(text[:_UNSEEN], _UNSEEN)


def kind_of(kind: str) -> rules.Kind:
    """One of the kinds. Raises Refused for any other word."""
    if kind not in set(rules.Kind):
        raise Refused(_("请选一种类别。"))
    return rules.Kind(kind)


def must_stay_the_same(row: Offer | Need, columns: Mapping[str, object], spoken_for: Decimal) -> None:
    """Raise Refused for another kind or measure while some of it is asked for or promised: both sides said yes to this
    one, and two measures could not be counted together."""
    if spoken_for and any(columns[name] != getattr(row, name) for name in ("kind", "measure")):
        raise Refused(_("已有对接在办，不能改类别和计量单位。"))


def day_ahead(day: date | None, now: datetime, *, years: int = 10) -> date | None:
    """A day from today on, or none. Raises Refused for one that has passed or lies beyond any plan."""
    today = timezone.localtime(now).date()
    if day is not None and not today <= day <= today.replace(year=today.year + years, day=min(today.day, 28)):
        raise Refused(_("日期要在今天以后、十年以内。"))
    return day


def belongs(actor: Actor, *place_ids: int | None) -> bool:
    """Whether the actor is at the desk of one of these places, or leads one of them."""
    return not queries.DESK_STANDINGS.isdisjoint(actor.standings_at(place_ids))
