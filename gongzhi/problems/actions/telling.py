"""Whom a problem is told to: its staff, those above it, the units called, and everyone who reported it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from gongzhi.demands import actions as demands
from gongzhi.demands.words import group_message
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import PlaceKind, Standing
from gongzhi.problems import rules
from gongzhi.problems.finding import FEW
from gongzhi.problems.models import Problem, Report
from gongzhi.shared import notices
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.rows import Notice

TOGETHER = _("您反映的事与邻居的一并办理")


def tell_groups(noun: str, noun_id: int, problem: Problem, subject: str, *, now: datetime) -> None:
    """One line into each group of staff: number and place, for a group stands with another firm."""
    notices.tell(*_to_groups(noun, noun_id, problem, subject, now=now))


def _to_groups(noun: str, noun_id: int, problem: Problem, subject: str, *, now: datetime) -> list[Notice]:
    lines = []
    for name in notices.group_channels():
        head, body = group_message(subject, rules.number(problem.pk), problem.place.full_name, settings.SITE_ADDRESS)
        lines.append(notices.notice(at=now, noun=noun, noun_id=noun_id, channel=name, subject=head, body=body))
    return lines


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


def tell_staff(problem: Problem, person_ids: Sequence[int], subject: str, *, now: datetime) -> None:
    """Put a line in the inboxes of these members of staff, and one into each group of staff that is set up.

    A group stands with another firm: it is told what happened to which number and where, not the title.
    """
    notices.tell(*to_staff(problem, person_ids, subject, now=now))


def to_staff(problem: Problem, person_ids: Sequence[int], subject: str, *, now: datetime) -> list[Notice]:
    """The same lines, unsaved."""
    if not person_ids:
        return []
    lines = notices.to_people("problem", problem.pk, person_ids, subject, problem.title, now=now)
    return lines + _to_groups("problem", problem.pk, problem, subject, now=now)


def desk_and_leads(problem: Problem, *, now: datetime) -> list[int]:
    """Those at the desk of the accountable place and its leaders; where there is nobody, whoever leads above it."""
    day = timezone.localtime(now).date()
    found = neighbourhood.desk_and_leads_of(problem.accountable_id, day)
    return found or leads_from(problem, PlaceKind.COMMUNITY, now=now)


def leads_from(problem: Problem, level: PlaceKind, *, now: datetime) -> list[int]:
    """The leaders at this level above the accountable place; where there are none, those at the next one above."""
    place = problem.accountable
    day = timezone.localtime(now).date()
    rungs = [PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT]
    for rung in rungs[rungs.index(level) :]:
        above = place.pk if place.kind == rung else getattr(place, f"{rung.value}_id")
        leads = neighbourhood.staff_at([above], Standing.LEAD, today=day) if above else None
        if leads:
            return [person.pk for person in leads]
    return []


def tell_together(problem: Problem, *, now: datetime) -> int:
    """Tell each reporter, once, that theirs is handled with others', naming nobody. Returns how many were told now."""
    waiting = list(Report.objects.filter(problem=problem, told_at=None).values_list("pk", "demand"))
    lines = together(problem, [demand_id for _report, demand_id in waiting], now=now)
    if lines is None:
        return 0
    notices.tell(*lines)
    Report.objects.filter(pk__in=[report for report, _demand in waiting]).update(told_at=now)
    return len(waiting)


def together(problem: Problem, demand_ids: Iterable[int], *, now: datetime) -> list[Notice] | None:
    """What tells these reporters so, not queued yet; None while there is only one voice."""
    voices = problem.reporters + problem.followers
    if voices < 2:
        return None
    others = f"另有{voices - 1}位邻居" if voices > FEW else "另有邻居"
    ending = f"{others}也反映了，现在一并办理，问题编号{rules.number(problem.pk)}。有了结果会告诉每一位。"
    bodies = {pk: f"您反映的事（编号{rules.number(pk)}），{ending}" for pk in demand_ids}
    return demands.messages_to_reporters(bodies, subject=TOGETHER, now=now)
