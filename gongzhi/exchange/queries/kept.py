"""Whether what fell due was done in time, for rooms upstairs that gather it as proof; they decide who may see it."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from gongzhi.exchange.models import Delivery, Filing, Need, Pledge, Receipt, Round
from gongzhi.exchange.queries.listed import settings
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rules import NeedState
from gongzhi.neighbourhood import registers
from gongzhi.shared.days import calendar

# Units and places, by id.
Ones = tuple[Collection[int], Collection[int]]


class Due(NamedTuple):
    """One thing that fell due on a day: who owed it (unit or place), and whether it was done in time."""

    number: int
    unit_id: int | None
    place_id: int | None
    day: date
    kept: bool


def rounds_due(units: Collection[int], since: date, until: date) -> list[Due]:
    """The three forms that these units were asked for with a due day in this time, a line for each unit and period.

    Three queries.
    """
    times = registers.times_in_networks(units)
    rows = list(Round.objects.filter(due_on__gte=since, due_on__lte=until).order_by("pk"))
    filled = Filing.objects.filter(round__in=[row.pk for row in rows], unit__in=list(units))
    done = Counter(filled.values_list("round", "unit"))
    return [
        Due(row.pk, unit, None, row.due_on, done[row.pk, unit] == len(Sheet))
        for row in rows
        for unit, network, joined, left in times
        if network == row.network_id and joined <= row.due_on and (left is None or left > row.due_on)
    ]


def pledges_due(givers: Ones, receivers: Ones, since: date, until: date) -> list[Due]:
    """Pledges of these units and places to those, due in this time; kept: all of it came by the day. Two queries.

    What a receiver at a community or street of those places was promised counts as well.
    """
    rows = list(_between(givers, receivers).filter(due_on__gte=since, due_on__lte=until).order_by("pk"))
    kept = _kept(rows)
    return [Due(one.pk, one.giver_unit_id, one.giver_place_id, one.due_on, one.pk in kept) for one in rows]


def pledges_kept(numbers: Iterable[int]) -> frozenset[int]:
    """Those of these pledges of which all came by the day. Two queries."""
    return _kept(Pledge.objects.filter(pk__in=list(numbers)))


def _kept(pledges: Iterable[Pledge]) -> frozenset[int]:
    wanted = {one.pk: one for one in pledges}
    confirmed = Exists(Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True))
    corrected = Exists(Delivery.objects.filter(corrects=OuterRef("pk")))
    parts = Delivery.objects.filter(confirmed, ~corrected, pledge__in=list(wanted))
    came: Counter[int] = Counter()
    for pledge, day, quantity in parts.values_list("pledge", "delivered_on").annotate(Sum("quantity")).order_by():
        if day <= wanted[pledge].due_on:
            came[pledge] += quantity
    return frozenset(pk for pk, one in wanted.items() if came[pk] >= one.quantity)


def needs_due(places: Collection[int], since: date, until: date) -> list[Due]:
    """Needs at these places whose last day lay in this time; kept: met by then. One query.

    What was taken back is left out, and so is a firm's own and what is due on the last day and still open.
    """
    there = Q(receiving_place__in=places) | Q(community__in=places) | Q(subdistrict__in=places)
    rows = Need.objects.filter(there, deadline__gte=since, deadline__lte=until, confidential=False)
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


def deliveries_confirmed(givers: Ones, receivers: Ones, since: date, until: date) -> list[Due]:
    """What of such pledges came in this time and was confirmed, a line for each part, by its pledge's number."""
    confirmed = Exists(Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True))
    corrected = Exists(Delivery.objects.filter(corrects=OuterRef("pk")))
    rows = Delivery.objects.filter(confirmed, ~corrected, pledge__in=_between(givers, receivers), quantity__gt=0)
    rows = rows.filter(delivered_on__gte=since, delivered_on__lte=until).select_related("pledge").order_by("pk")
    return [
        Due(one.pledge_id, one.pledge.giver_unit_id, one.pledge.giver_place_id, one.delivered_on, True) for one in rows
    ]


def _between(givers: Ones, receivers: Ones) -> QuerySet[Pledge]:
    (units, places), (to_units, to_places) = givers, receivers
    there = Q(receiver_place__in=to_places) | Q(community__in=to_places) | Q(subdistrict__in=to_places)
    to = Q(receiver_unit__in=to_units) if to_units else there
    return Pledge.objects.filter(Q(giver_unit__in=units) | Q(giver_place__in=places), to)


def needs_answered(units: Collection[int], places: Collection[int], since: date, until: date) -> list[Due]:
    """Needs that these units put to the desks of these places, whose answer was due in this time; answered: verified or
    ended by then."""
    there = Q(community__in=places) | Q(subdistrict__in=places)
    days, found = settings()["answer_days"], []
    rows = Need.objects.filter(there, unit__in=units, stated_at__date__gte=since, stated_at__date__lte=until)
    for need in rows.order_by("pk"):
        due = calendar().add_working_days(need.stated_at, days)
        if timezone.localdate(due) <= until:
            answered = min((one for one in (need.verified_at, need.ended_at) if one), default=None)
            place = need.community_id if need.community_id in places else need.subdistrict_id
            kept = answered is not None and answered <= due
            found.append(Due(need.pk, None, place, timezone.localdate(due), kept))
    return found
