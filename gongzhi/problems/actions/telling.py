"""Telling the staff: a line in the inboxes of those concerned, and of what everybody may hear one into the groups."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from gongzhi.demands import words
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.problems import rules
from gongzhi.problems.models import Problem
from gongzhi.shared import notices
from gongzhi.shared.moves import Refused, _


def tell_people(
    noun: str, noun_id: int, person_ids: Iterable[int | None], subject: str, body: str, *, now: datetime
) -> None:
    """Put a line in these people's inboxes, one each; nobody is nobody."""
    wanted = sorted({one for one in person_ids if one})
    about = {"at": now, "noun": noun, "noun_id": noun_id, "channel": "desk", "subject": subject, "body": body}
    notices.tell(*(notices.notice(**about, person_id=one) for one in wanted))  # type: ignore[arg-type]


def tell_groups(noun: str, noun_id: int, problem: Problem, subject: str, *, now: datetime) -> None:
    """One line into each group of staff: number and place, for a group stands with another firm."""
    number, where = rules.number(problem.pk), problem.place.full_name
    for name in notices.group_channels():
        head, body = words.group_message(subject, number, where, settings.SITE_ADDRESS)
        notices.tell(notices.notice(at=now, noun=noun, noun_id=noun_id, channel=name, subject=head, body=body))


def in_charge(problem: Problem, now: datetime) -> list[int]:
    """The assignee, else the desk that stays accountable."""
    return [problem.assignee_id] if problem.assignee_id else neighbourhood.desk_of(problem.accountable_id, now.date())


def liaisons(unit: MemberUnit, now: datetime) -> list[int]:
    """Those who act for a unit that takes part today. Raises Refused where nobody would hear."""
    if unit.left_on and unit.left_on <= now.date():
        raise Refused(_("“%(unit)s”已经不是成员单位。"), unit=unit.name)
    people = neighbourhood.people_of_unit(unit, now.date())
    if not people:
        raise Refused(_("“%(unit)s”还没有联络员，没有人会收到，请先登记联络员。"), unit=unit.name)
    return people
