"""Who came to the meetings that they were called to, and whether what was decided was done by its day: for rooms
upstairs that count it and have made sure of who sees it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from gongzhi.conferences.models import Call, Conference, Decision
from gongzhi.conferences.rules import ConferenceState, DecisionKind, DecisionState, Presence
from gongzhi.exchange.queries.kept import pledges_kept
from gongzhi.exchange.rules import NeedState

OVER = (ConferenceState.MINUTED.value, ConferenceState.SIGNED.value)


@dataclass(frozen=True)
class Attendance:
    """A unit was called to a meeting on a day, and came, itself or by a proxy, or did not."""

    unit: int
    day: date
    came: bool
    conference: int


def attendance_of(units: Collection[int], since: date, until: date) -> list[Attendance]:
    """What the rolls say of these units as members, of meetings that are over, from a day to a day. One query."""
    rows = Call.objects.filter(unit__in=list(units), member=True, conference__state__in=OVER).exclude(presence="")
    rows = rows.filter(conference__starts_at__date__gte=since, conference__starts_at__date__lte=until)
    return [
        Attendance(unit, timezone.localtime(at).date(), presence != Presence.ABSENT, number)
        for unit, at, presence, number in rows.order_by("conference__starts_at", "pk").values_list(
            "unit", "conference__starts_at", "presence", "conference"
        )
        if unit
    ]


class Met(NamedTuple):
    """A meeting of a network that is over: how many members the roll names, and how many came or sent somebody."""

    conference: int
    title: str
    day: date
    came: int
    called: int


def meetings_of(network: int, since: date, until: date) -> list[Met]:
    """The meetings of a network that are over, from a day to a day, the latest first. Two queries."""
    rows = Conference.objects.filter(network=network, state__in=OVER)
    rows = rows.filter(starts_at__date__gte=since, starts_at__date__lte=until).order_by("-starts_at", "-pk")
    calls = Call.objects.filter(conference__in=rows, member=True).exclude(presence="")
    said = calls.values_list("conference").annotate(
        came=Count("pk", filter=~Q(presence=Presence.ABSENT.value)), called=Count("pk")
    )
    counts = {pk: (came, called) for pk, came, called in said.order_by()}
    return [
        Met(pk, title, timezone.localtime(at).date(), *counts.get(pk, (0, 0)))
        for pk, title, at in rows.values_list("pk", "title", "starts_at")
    ]


class Carried(NamedTuple):
    """A decision that fell due, whether it was done by its day, and the need that it became."""

    decision: int
    day: date
    kept: bool
    need: int | None


def decisions_due(network: int, since: date, until: date) -> list[Carried]:
    """What a network decided to be done in this time, by what came of it: its pledge, its need, its problem, else what
    people noted. Done on a day that nobody noted is left out, and so is what is due on the last day and still open.
    """
    rows = Decision.objects.filter(conference__network=network, due_on__gte=since, due_on__lte=until)
    rows = rows.exclude(state__in=(DecisionState.DRAFTED.value, DecisionState.STRUCK.value)).exclude(
        state=DecisionState.FINISHED.value, finished_on=None
    )
    found = list(rows.select_related("need", "problem").order_by("due_on", "pk"))
    kept = pledges_kept(one.pledge_id for one in found if one.pledge_id)
    carried = [Carried(one.pk, one.due_on, _in_time(one, kept), one.need_id) for one in found if one.due_on]
    return [one for one in carried if one.kept or one.day < until]


def _in_time(one: Decision, kept: Collection[int]) -> bool:
    if one.pledge_id:
        return one.pledge_id in kept
    done = one.finished_on
    if one.need:
        done = timezone.localdate(one.need.ended_at) if one.need.state == NeedState.MET and one.need.ended_at else None
    elif one.kind == DecisionKind.PROBLEM and one.problem and one.problem.solved_at:
        done = done or timezone.localdate(one.problem.solved_at)
    return bool(done and one.due_on and done <= one.due_on)
