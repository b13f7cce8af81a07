"""For whom the desk speaks: a member in their own right who cannot log in says it by telephone, and it is written down."""

from collections.abc import Iterable

from django.utils import timezone

from gongzhi.exchange.models import Match, Need, Offer, Pledge
from gongzhi.exchange.queries.listed import DESK_STANDINGS, places_of
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.lists import member_home, own_right
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import Actor


def without_login(members: Iterable[Membership | None]) -> frozenset[int]:
    """Of these members in their own right those who cannot log in. One query, none for nobody."""
    found = {one.pk: one.person_id or 0 for one in members if one is not None}
    logins = registers.accounts_of(found.values()) if found else {}
    return frozenset(pk for pk, person in found.items() if person not in logins or not logins[person].is_active)


def linked_member(membership_id: int) -> Membership | None:
    """A member in their own right for whom a link opens anything: one who takes part today and cannot log in."""
    row = own_right(on=timezone.localdate()).filter(pk=membership_id).first()
    return row if row is not None and without_login([row]) else None


def _speaks(
    actor: Actor, member: Membership | None, ladder: Iterable[int | None], silent: frozenset[int] | None = None
) -> bool:
    """Whether the actor is at the desk where this member belongs, and the member cannot log in; `silent` where it is
    known already who cannot."""
    if member is None or DESK_STANDINGS.isdisjoint(actor.standings_at(ladder)):
        return False
    return member.pk in (without_login([member]) if silent is None else silent)


def may_speak_for(actor: Actor, member: Membership | None) -> bool:
    """The same where nothing else tells where the member belongs."""
    home = member_home(member) if member else None
    return home is not None and _speaks(actor, member, neighbourhood.ladder(home))


def match_phoned(actor: Actor, match: Match, silent: frozenset[int] | None = None) -> frozenset[Side]:
    """The sides of a match for which the actor may write down what was said by telephone."""
    rows: dict[Side, Offer | Need] = {Side.GIVER: match.offer, Side.RECEIVER: match.need}
    return frozenset(
        side for side, row in rows.items()
        if _speaks(actor, row.member, (row.community_id, row.subdistrict_id), silent)
    )  # fmt: skip


def pledge_phoned(actor: Actor, pledge: Pledge) -> frozenset[Side]:
    """The same of a pledge. Whoever gives does not speak for whoever receives: nobody confirms what they gave."""
    found = {Side.GIVER} if may_speak_for(actor, pledge.giver_member) else set()
    gives = pledge.giver_place_id in places_of(actor, DESK_STANDINGS)
    if not gives and may_speak_for(actor, pledge.receiver_member):
        found.add(Side.RECEIVER)
    return frozenset(found)
