"""What may be seen of outreaches to outsiders: by who reads their need whole, and by the outsider of one."""

from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone

from gongzhi.exchange import talk_rules
from gongzhi.exchange.models import Need, Outreach
from gongzhi.exchange.queries.listed import DESK_STANDINGS, need_standings, needs_seen
from gongzhi.exchange.queries.promised import NEED_SIDE, speakers, stands_as
from gongzhi.exchange.rules import Side
from gongzhi.exchange.talk_rules import OutreachState, Outsider, Voice
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry


def visible_outreaches(actor: Actor) -> QuerySet[Outreach]:
    """Those of needs that the actor may read whole; for an outsider the one whose link they hold, while it holds."""
    if isinstance(actor, Outsider):
        return Outreach.objects.filter(pk=actor.outreach, state__in=sorted(talk_rules.LINKED))
    return Outreach.objects.filter(needs_seen(actor, "need__"))


def get_outreach(actor: Actor, outreach_id: int) -> Outreach:
    """One outreach with its need. Raises Outreach.DoesNotExist, the same for absent and not yours."""
    related = (*(f"need__{one}" for one in NEED_SIDE), "need__community", "need__subdistrict", "started_by")
    return visible_outreaches(actor).select_related(*related).get(pk=outreach_id)


def outreach_standings(actor: Actor, outreach: Outreach) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards it: at the place of its need, as whoever needs it, from outside."""
    if isinstance(actor, Outsider):
        return frozenset({Voice.OUTSIDER}) if actor.outreach == outreach.pk else frozenset()
    need = outreach.need
    found: set[StrEnum] = set(need_standings(actor, need))
    if stands_as(actor, need.unit_id, need.receiving_place_id, need.member_id):
        found.add(Side.RECEIVER)
    elif (need.unit or need.member) and found & DESK_STANDINGS and not _can_log_in(need):
        # A member of which nobody can log in says it by telephone, and its desk writes it down.
        found.add(Side.RECEIVER)
    return frozenset(found)


def _can_log_in(need: Need) -> bool:
    people = speakers(need.unit, None, timezone.localdate(), need.member)
    return bool(registers.accounts_of(people)) if need.member else bool(people)


def outreach_moves(actor: Actor, outreach: Outreach) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order."""
    state = OutreachState(outreach.state)
    return open_moves(talk_rules.OUTREACH_MOVES, state, outreach_standings(actor, outreach))


def outreach_trail(actor: Actor, outreach_id: int) -> list[TrailEntry]:
    """What was done about one outreach, oldest first. Raises Outreach.DoesNotExist."""
    return trail.of("outreach", visible_outreaches(actor).only("pk").get(pk=outreach_id).pk)


def may_see_party(actor: Actor, outreach: Outreach) -> bool:
    """Whether the actor may open how the outsider is reached: with the right, at the place of the need."""
    need = outreach.need
    ladder = (need.receiving_place_id, need.community_id, need.subdistrict_id)
    return outreach.contact_id is not None and actor.may_at(Right.SEE_CONTACTS, ladder)
