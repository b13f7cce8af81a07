"""What may be seen of public spaces and of who uses them when."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from gongzhi.conferences import space_rules
from gongzhi.conferences.models import PublicSpace, SpaceSlot
from gongzhi.conferences.queries.meeting import at_own_places
from gongzhi.conferences.space_rules import SlotState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Move, open_moves

ABSENT = (PublicSpace.DoesNotExist, SpaceSlot.DoesNotExist)


def visible_spaces(actor: Actor) -> QuerySet[PublicSpace]:
    """Those at the actor's places and below."""
    return PublicSpace.objects.filter(at_own_places(actor))


def get_space(actor: Actor, space_id: int) -> PublicSpace:
    """One space. Raises PublicSpace.DoesNotExist, the same for absent and not yours."""
    return visible_spaces(actor).select_related("place").get(pk=space_id)


def get_slot(actor: Actor, slot_id: int) -> SpaceSlot:
    """One slot with its space. Raises SpaceSlot.DoesNotExist, the same for absent and not yours."""
    rows = SpaceSlot.objects.filter(space__in=visible_spaces(actor))
    return rows.select_related("space__place").get(pk=slot_id)


def slot_moves(actor: Actor, row: SpaceSlot) -> dict[str, Move]:
    """The moves that the actor may make now; a single day is given up as a whole."""
    at = row.space
    standings = actor.standings_at((at.place_id, at.community_id, at.subdistrict_id))
    found = open_moves(space_rules.SLOT_MOVES, SlotState(row.state), standings)
    return {verb: one for verb, one in found.items() if verb == "give_up" or row.since != row.until}


def week_of(space: PublicSpace, monday: date) -> list[tuple[date, list[SpaceSlot]]]:
    """Who uses a space on each day of a week, by the hour. One query."""
    days = [monday + timedelta(days=n) for n in range(7)]
    rows = SpaceSlot.objects.filter(Q(until=None) | Q(until__gte=monday), space=space, since__lte=days[-1])
    slots = list(rows.filter(state=SlotState.HELD.value).order_by("first", "pk"))
    return [
        (day, [one for one in slots if one.weekday == day.weekday() and one.since <= day <= (one.until or day)])
        for day in days
    ]


def in_the_way(space: PublicSpace, since: date, until: date | None, first: int, last: int) -> SpaceSlot | None:
    """The first slot that shares an hour with these hours of one weekday, from a day to a day; None where it is free."""
    rows = SpaceSlot.objects.filter(space=space, state=SlotState.HELD.value, weekday=since.weekday())
    rows = rows.filter(Q(until=None) | Q(until__gte=since), first__lt=last, last__gt=first)
    if until:
        rows = rows.filter(since__lte=until)
    return rows.order_by("since", "first").first()
