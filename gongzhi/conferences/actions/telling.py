"""Whom what happens here is told to."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from gongzhi.conferences.models import Call, Conference, Decision, Mobilisation
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared import notices


def _units(units: Iterable[MemberUnit], now: datetime) -> list[int]:
    day = timezone.localtime(now).date()
    return [person for unit in units for person in neighbourhood.people_of_unit(unit, day)]


def desk_of(place: Place, now: datetime) -> list[int]:
    """Those at the desk of a place; its leaders where it has none."""
    day = timezone.localtime(now).date()
    found = neighbourhood.desk_of(place.pk, day)
    return found or [one.pk for one in neighbourhood.staff_at([place.pk], Standing.LEAD, today=day)]


def called(row: Conference, calls: Iterable[Call], subject: str, *, now: datetime) -> None:
    """Tell each of these where and when, and what to bring; a thing asked of one is told to that one alone."""
    when = f"{timezone.localtime(row.starts_at):%Y-%m-%d %H:%M} {row.venue}".strip()
    for one in calls:
        people = _units([one.unit], now) if one.unit else [one.person_id or 0]
        lines = [row.title, when, row.about, row.bring, one.bring]
        notices.tell_people("conference", row.pk, people, subject, "\n".join(x for x in lines if x), now=now)


def desk(row: Conference, subject: str, body: str, *, now: datetime) -> None:
    """Tell the desk of the place."""
    notices.tell_people("conference", row.pk, desk_of(row.place, now), subject, body, now=now)


def owner(row: Decision, subject: str, *, now: datetime) -> None:
    """Tell whoever has a decision in hand."""
    people = _units([row.owner_unit], now) if row.owner_unit else []
    people += desk_of(row.owner_place, now) if row.owner_place else []
    body = f"{row.what}\n{row.due_on:%Y-%m-%d}" if row.due_on else row.what
    notices.tell_people("conference", row.conference_id, people, subject, body, now=now)


def mobilised(row: Mobilisation, units: Iterable[MemberUnit], subject: str, *, now: datetime) -> None:
    """Tell the liaisons of units that are called to act."""
    when = f"{timezone.localtime(row.starts_at):%Y-%m-%d %H:%M} {row.venue}".strip()
    body = "\n".join(one for one in (row.title, when, row.words) if one)
    notices.tell_people("mobilisation", row.pk, _units(units, now), subject, body, now=now)
