"""Who came to the meetings that they were called to: for rooms upstairs that count how a promise is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from gongzhi.conferences.models import Call
from gongzhi.conferences.rules import ConferenceState, Presence


@dataclass(frozen=True)
class Attendance:
    """A unit was called to a meeting on a day, and came, itself or by a proxy, or did not."""

    unit: int
    day: date
    came: bool
    conference: int


def attendance_of(units: Collection[int], since: date, until: date) -> list[Attendance]:
    """What the rolls say of these units as members, of meetings that are over, from a day to a day. One query.

    For rooms that have made sure of it.
    """
    over = (ConferenceState.MINUTED.value, ConferenceState.SIGNED.value)
    rows = Call.objects.filter(unit__in=list(units), member=True, conference__state__in=over).exclude(presence="")
    rows = rows.filter(conference__starts_at__date__gte=since, conference__starts_at__date__lte=until)
    return [
        Attendance(unit, timezone.localtime(at).date(), presence != Presence.ABSENT, number)
        for unit, at, presence, number in rows.order_by("conference__starts_at", "pk").values_list(
            "unit", "conference__starts_at", "presence", "conference"
        )
        if unit
    ]
