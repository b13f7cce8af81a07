"""Whether what fell due was done in time, for rooms upstairs that gather it as proof; they decide who may see it.

What is due `today` and was not kept yet is left out: the day is not over.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.exchange.models import Delivery, Filing, Need, Pledge, Receipt, Round
from gongzhi.exchange.queries.listed import settings
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rules import NeedState
from gongzhi.neighbourhood import registers
from gongzhi.shared.days import calendar


class Due(NamedTuple):
    """One thing that fell due on a day: who owed it (unit or place), and whether it was done in time."""

    number: int
    unit_id: int | None
    place_id: int | None
    day: date
    kept: bool


def rounds_due(units: Collection[int], since: date, until: date, *, today: date) -> list[Due]:
    """The three forms that these units were asked for with a due day in this time, a line for each unit and period.

    Three queries.
    """
    rows = list(Round.objects.filter(due_on__gte=since, due_on__lte=until).order_by("pk"))
    times = registers.times_in_networks(units) if rows else []
    filled = Filing.objects.filter(round__in=[row.pk for row in rows], unit__in=list(units))
    done = Counter(filled.values_list("round", "unit"))
    found = [
        Due(row.pk, unit, None, row.due_on, done[row.pk, unit] == len(Sheet))
        for row in rows
        for unit, network, joined, left in times
        if network == row.network_id and joined <= row.due_on and (left is None or left > row.due_on)
    ]
    return _settled(found, today)


def _settled(rows: Iterable[Due], today: date) -> list[Due]:
    return [one for one in rows if one.kept or one.day < today]


class Dealings(NamedTuple):
    """Of the pledges between two sides: those that fell due, and each part that came, by its pledge's number."""

    due: list[Due]
    came: list[Due]


def dealings(units: Collection[int], places: Collection[int], since: date, until: date, *, today: date) -> Dealings:
    """What these units and places pledged one another, whichever gave: kept if all came by the day. Two queries.

    What a receiver at a community or street of those places was promised counts as well.
    """
    there = Q(receiver_place__in=places) | Q(community__in=places) | Q(subdistrict__in=places)
    between = Q(there, giver_unit__in=units) | Q(giver_place__in=places, receiver_unit__in=units)
    in_time = Q(due_on__gte=since, due_on__lte=until)
    touched = _confirmed().filter(delivered_on__gte=since, delivered_on__lte=until).values("pledge")
    pledges = {one.pk: one for one in Pledge.objects.filter(between, in_time | Q(pk__in=touched)).order_by("pk")}
    parts = list(_confirmed().filter(pledge__in=list(pledges)).order_by("pk"))
    kept = _kept(pledges.values(), parts)
    due = [_due(one, one.due_on, one.pk in kept) for one in pledges.values() if since <= one.due_on <= until]
    came = [
        _due(pledges[one.pledge_id], one.delivered_on, True)
        for one in parts
        if one.quantity > 0 and since <= one.delivered_on <= until
    ]
    return Dealings(_settled(due, today), came)


def _due(pledge: Pledge, day: date, kept: bool) -> Due:
    return Due(pledge.pk, pledge.giver_unit_id, pledge.giver_place_id, day, kept)


def pledges_kept(numbers: Iterable[int]) -> frozenset[int]:
    """Those of these pledges of which all came by the day. Two queries."""
    pledges = list(Pledge.objects.filter(pk__in=list(numbers)))
    return _kept(pledges, _confirmed().filter(pledge__in=pledges))


def _confirmed() -> QuerySet[Delivery]:
    """Parts that the receiver confirmed and nobody corrected since."""
    said_yes = Exists(Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True))
    return Delivery.objects.filter(said_yes, ~Exists(Delivery.objects.filter(corrects=OuterRef("pk"))))


def _kept(pledges: Iterable[Pledge], parts: Iterable[Delivery]) -> frozenset[int]:
    wanted = {one.pk: one for one in pledges}
    came: defaultdict[int, Decimal] = defaultdict(Decimal)
    for one in parts:
        if one.delivered_on <= wanted[one.pledge_id].due_on:
            came[one.pledge_id] += one.quantity
    return frozenset(pk for pk, one in wanted.items() if came[pk] >= one.quantity)


def needs_due(places: Collection[int], since: date, until: date) -> list[Due]:
    """Needs at these places whose last day lay in this time; kept: met by then. One query.

    What was taken back is left out, and so is what is a firm's or a person's own, and what is due on the last day and
    still open.
    """
    there = Q(receiving_place__in=places) | Q(community__in=places) | Q(subdistrict__in=places)
    rows = Need.objects.filter(there, deadline__gte=since, deadline__lte=until, confidential=False, member=None)
    found = []
    for pk, unit, place, day, state, ended in (
        rows.exclude(state=NeedState.WITHDRAWN.value)
        .order_by("pk")
        .values_list("pk", "unit", "receiving_place", "deadline", "state", "ended_at")
    ):
        kept = bool(day and ended and state == NeedState.MET and timezone.localdate(ended) <= day)
        if day and (kept or day < until):
            found.append(Due(pk, unit, place, day, kept))
    return found


def needs_answered(
    units: Collection[int], places: Collection[int], since: date, until: date, *, today: date
) -> list[Due]:
    """Needs that these units put to the desks of these places, whose answer was due in this time; answered: verified or
    ended by then."""
    there = Q(community__in=places) | Q(subdistrict__in=places)
    rows = Need.objects.filter(there, unit__in=units, stated_at__date__gte=since, stated_at__date__lte=until)
    needs, found = list(rows.order_by("pk")), []
    days = settings()["answer_days"] if needs else 0
    for need in needs:
        due = calendar().add_working_days(need.stated_at, days)
        if timezone.localdate(due) <= until:
            answered = min((one for one in (need.verified_at, need.ended_at) if one), default=None)
            place = need.community_id if need.community_id in places else need.subdistrict_id
            kept = answered is not None and answered <= due
            found.append(Due(need.pk, None, place, timezone.localdate(due), kept))
    return _settled(found, today)
