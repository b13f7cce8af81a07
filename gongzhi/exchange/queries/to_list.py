"""The lists as they are taken out and pinned to the wall: what the asker sees, and the part that anybody may read."""

from collections.abc import Iterable

from django.db.models import F, QuerySet
from django.utils import timezone

from gongzhi.exchange import rules
from gongzhi.exchange.models import Need, Offer
from gongzhi.exchange.queries.directory import heads_openable
from gongzhi.exchange.queries.listed import visible_needs, visible_offers
from gongzhi.exchange.queries.promised import NEED_SIDE, OFFER_SIDE
from gongzhi.exchange.queries.rounds import Whose
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import own_right
from gongzhi.neighbourhood.queries import Contact, contact_of
from gongzhi.neighbourhood.registers import liaisons_of
from gongzhi.neighbourhood.rules import Actor, Right

_BY_NAME = (F("unit__name").asc(nulls_last=True), "pk")


def offers_to_list(actor: Actor, *, public: bool = False) -> QuerySet[Offer]:
    """The offers in sight that can be had, by giver; `public`: those that their givers let everybody know."""
    rows = visible_offers(actor).filter(state=rules.OfferState.OPEN.value)
    if public:
        rows = rows.filter(visibility=rules.Visibility.PUBLIC.value)
    return rows.select_related(*OFFER_SIDE).order_by(*_BY_NAME)


def needs_to_list(actor: Actor, *, printed: bool = False, public: bool = False) -> QuerySet[Need]:
    """The open needs in sight, by asker; `printed`: no confidential one; `public`: verified ones of places alone."""
    rows = visible_needs(actor).filter(state__in=sorted(rules.NEED_OPEN))
    if printed or public:
        rows = rows.filter(confidential=False)
    if public:
        rows = rows.filter(state=rules.NeedState.VERIFIED.value, unit=None, member=None)
    return rows.select_related(*NEED_SIDE).order_by(*_BY_NAME)


def speakers_in_sight(actor: Actor, wanted: Iterable[Whose]) -> dict[Whose, list[Contact]]:
    """How to reach those who speak for these members, where the actor may see contacts: the liaisons of a unit, a person in
    their own right themselves."""
    today, whose = timezone.localdate(), set(wanted)
    units = {one.unit for one in whose if one.unit}
    reach = actor.reach(Right.SEE_CONTACTS)
    if reach is not None:
        here = neighbourhood.units_at(sorted(reach), on=today).filter(pk__in=units)
        units = set(here.values_list("pk", flat=True))
    found = {Whose(pk): people for pk, people in (liaisons_of(units, on=today) if units else {}).items()}
    heads = own_right(on=today).filter(pk__in={one.member for one in whose if one.member})
    rows = list(heads.select_related("person__contact"))
    openable = heads_openable(actor, rows)
    return found | {Whose(member=one.pk): [contact_of(one.person)] for one in rows if one.person and one.pk in openable}
