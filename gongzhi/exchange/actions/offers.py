"""What is done to an offer: stated, changed, paused, taken up again, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import quantities, queries, rules
from gongzhi.exchange.actions import steps
from gongzhi.exchange.models import Offer
from gongzhi.exchange.rules import OfferState, Visibility
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_home, member_name
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor, PlaceKind
from gongzhi.shared.moves import Missing, NotAllowed, Refused, _

LABEL = _("登记资源")
MOST_METRES = 100_000


@dataclass(frozen=True)
class OfferDetails:
    """What is said of an offer; `windows` as (weekday 0 to 6, from minute, to minute), none for any time."""

    kind: str
    title: str
    quantity: Decimal | int | str
    measure: str
    words: str = ""
    tags: Sequence[str] = ()
    most_per_need: Decimal | int | str | None = None
    smallest: Decimal | int | str | None = None
    how_often: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    windows: Sequence[Sequence[int]] = ()
    place: Place | None = None
    lon: float | None = None
    lat: float | None = None
    reach_metres: int | None = None
    reach_place: Place | None = None
    conditions: str = ""
    audience: str = ""
    visibility: str = Visibility.DISTRICT.value


@dataclass(frozen=True)
class Stated:
    """An offer as it was kept; `again` where the same form had been sent before."""

    offer: Offer
    again: bool = False


def state_offer(
    actor: Actor,
    *,
    details: OfferDetails,
    now: datetime,
    once: str,
    unit: MemberUnit | None = None,
    member: Membership | None = None,
    place: Place | None = None,
) -> Stated:
    """Put an offer of a unit, of a member in their own right, or of a community, on the list; the same form sent twice is
    one offer.

    Its own people state it, or the desk and leaders of where it belongs or of a network it is in. Raises Refused.
    """
    home = _home(actor, unit, member, place, timezone.localtime(now).date())
    offer = Offer(
        unit=unit,
        member=member,
        giving_place=place,
        **neighbourhood.belonging(home),
        **_read(details, now),
        stated_at=now,
        stated_by_id=actor.person_id,
        once=steps.key(actor, once),
    )

    def keep() -> Offer:
        offer.save()
        whose = {"unit": offer.unit_id, "member": offer.member_id, "place": offer.giving_place_id}
        steps.note(actor, offer, "state", "", now, data=whose)
        return offer

    return Stated(*steps.once(Offer.objects.filter(once=offer.once), keep))


def _home(
    actor: Actor, unit: MemberUnit | None, member: Membership | None, place: Place | None, today: date
) -> Place | None:
    """Where the giver belongs. Raises Refused unless it is exactly one, NotAllowed for whoever may not speak here."""
    if sum(one is not None for one in (unit, member, place)) != 1:
        raise Refused(_("资源由一家单位或一个社区提供，请只选一方。"))
    if place is not None:
        if place.kind not in {PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT} or place.valid_to:
            raise Refused(_("请选一个社区或街道（镇）。"))
        if not steps.belongs(actor, *neighbourhood.ladder(place)):
            raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
        return place
    return home_of_member(actor, member, today, LABEL) if member else home_of_unit(actor, unit, today, LABEL)


def home_of_member(actor: Actor, member: Membership, today: date, label: str) -> Place:
    """Where a member in their own right belongs, for whoever may speak of them: themselves, the desks there and of their
    network."""
    home = member_home(member)
    if member.left_on and member.left_on <= today:
        raise Refused(_("“%(name)s”已经不是成员。"), name=member_name(member))
    ladders = (*neighbourhood.ladder(home), *neighbourhood.ladder(member.network.place))
    if not any(one.member_id == member.pk for one in actor.offices) and not steps.belongs(actor, *ladders):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=label)
    return home


def home_of_unit(actor: Actor, unit: MemberUnit | None, today: date, label: str) -> Place | None:
    """Where a unit belongs, for whoever may speak of it: its own people, the desks there and of its networks."""
    assert unit is not None
    if unit.left_on and unit.left_on <= today:
        raise Refused(_("“%(unit)s”已经不是成员单位。"), unit=unit.name)
    home = neighbourhood.home_of(unit, on=today)
    own = any(office.unit_id == unit.pk for office in actor.offices)
    # Of a unit that belongs nowhere the district's desk may speak.
    above = steps.belongs(actor, *(neighbourhood.ladder(home) if home else ()))
    desks = [one.place_id for one in actor.offices if one.place_id and one.standing in queries.DESK_STANDINGS]
    if not own and not above and not neighbourhood.units_at(desks, on=today).filter(pk=unit.pk).exists():
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=label)
    return home


def _read(given: OfferDetails, now: datetime) -> dict[str, Any]:
    """The columns that say what is offered, checked and cleaned."""
    total = quantities.quantity(given.quantity)
    smallest, most = (
        None if one is None else quantities.quantity(one) for one in (given.smallest, given.most_per_need)
    )
    if smallest is not None and smallest > min(total, most or total):
        raise Missing(_("最小的一份不能多于总数，也不能多于每项需求的上限。"), field="smallest")
    if given.reach_metres is not None and given.reach_place is not None:
        raise Refused(_("服务范围请只写一种：多少米以内，或一个地方。"))
    if given.reach_metres is not None and not 0 < given.reach_metres <= MOST_METRES:
        raise Refused(_("服务范围要在1到%(most)d米之间。"), most=MOST_METRES)
    steps.day_ahead(given.valid_until, now)
    if given.valid_from and given.valid_until and given.valid_until < given.valid_from:
        raise Refused(_("结束日期不能早于开始日期。"))
    if given.visibility not in set(Visibility):
        raise Refused(_("请选公开范围。"))
    return {
        "kind": steps.kind_of(given.kind).value,
        "title": steps.needed(given.title, 120, "title", LABEL),
        "words": masking.clean_text(given.words, 5000),
        "tags": quantities.tags(given.tags),
        "quantity": total,
        "measure": steps.needed(given.measure, 20, "measure", LABEL),
        "most_per_need": most,
        "smallest": smallest,
        "how_often": masking.clean_text(given.how_often, 60),
        "valid_from": given.valid_from,
        "valid_until": given.valid_until,
        "windows": quantities.windows(given.windows),
        "conditions": masking.clean_text(given.conditions, 500),
        "audience": masking.clean_text(given.audience, 200),
        "visibility": given.visibility,
        "reach_metres": given.reach_metres,
        "reach_place": given.reach_place,
        **point(given.place, given.lon, given.lat),
    }


def point(place: Place | None, lon: float | None, lat: float | None) -> dict[str, Any]:
    """Where something is, as columns: the point that was given, else that of the place."""
    if (lon is None) != (lat is None):
        raise Refused(_("坐标要写经度和纬度两个数。"))
    if lon is None and place is not None:
        lon, lat = place.lon, place.lat
    if lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused(_("坐标要写经度和纬度两个数。"))
    return {"place": place, "lon": lon, "lat": lat}


def _begin(
    actor: Actor, offer_id: int, verb: str, now: datetime, seen: int | None = None, **given: Any
) -> steps.Step[Offer]:
    queries.visible_offers(actor).only("pk").get(pk=offer_id)
    offer = steps.locked_offer(offer_id)
    standings = queries.offer_standings(actor, offer)
    return steps.begin(actor, offer, rules.OFFER_MOVES, verb, standings, now=now, seen=seen, **given)


@transaction.atomic
def change_offer(
    actor: Actor, *, offer_id: int, details: OfferDetails, now: datetime, seen: int | None = None
) -> Offer:
    """Say anew what is offered; never less than what is promised already."""
    step = _begin(actor, offer_id, "change", now, seen)
    offer = step.thing
    promised = offer.quantity - queries.offer_left(offer)
    columns = _read(details, now)
    if columns["quantity"] < promised:
        raise Refused(
            _("已有%(promised)s%(measure)s在对接中，总数不能更少。"),
            promised=quantities.shown(promised),
            measure=offer.measure,
        )
    steps.must_stay_the_same(offer, columns, promised)
    changed = sorted(name for name, value in columns.items() if getattr(offer, name) != value)
    for name, value in columns.items():
        setattr(offer, name, value)
    return steps.finish(step, data={"changed": changed})


@transaction.atomic
def pause_offer(actor: Actor, *, offer_id: int, now: datetime, seen: int | None = None) -> Offer:
    """Nobody is asked for it for a while; what is promised stays promised."""
    return steps.finish(_begin(actor, offer_id, "pause", now, seen))


@transaction.atomic
def resume_offer(actor: Actor, *, offer_id: int, now: datetime, seen: int | None = None) -> Offer:
    """It can be asked for again."""
    return steps.finish(_begin(actor, offer_id, "resume", now, seen))


@transaction.atomic
def end_offer(actor: Actor, *, offer_id: int, words: str, now: datetime, seen: int | None = None) -> Offer:
    """Take it off the list, with the reason; what is promised stays promised."""
    step = _begin(actor, offer_id, "end", now, seen, words=steps.said(words))
    return steps.finish(step, words=masking.clean_text(words, 500))


def end_expired(*, now: datetime) -> int:
    """For the clock: end every offer whose last day has passed. Returns how many."""
    today = timezone.localtime(now).date()
    rows = Offer.objects.filter(valid_until__lt=today).exclude(state=OfferState.ENDED.value)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True), lambda pk: _expire(pk, now))


def _expire(offer_id: int, now: datetime) -> bool:
    try:
        end_offer(CLOCK, offer_id=offer_id, words="有效期已过", now=now)
    except Refused:
        # Somebody ended it meanwhile.
        return False
    return True
