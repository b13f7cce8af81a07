"""Whom a problem is told to: the desk and leaders of its place, those above it, and everyone who reported it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from gongzhi.demands import actions as demands
from gongzhi.demands.words import group_message
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import PlaceKind, Standing
from gongzhi.problems import rules
from gongzhi.problems.finding import FEW
from gongzhi.problems.models import Problem, Report
from gongzhi.shared import notices
from gongzhi.shared.moves import _

TOGETHER = _("您反映的事与邻居的一并办理")


def tell_staff(problem: Problem, person_ids: Sequence[int], subject: str, *, now: datetime) -> None:
    """Put a line in the inboxes of these members of staff, and one into each group of staff that is set up.

    A group stands with another firm: it is told what happened to which number and where, not the title.
    """
    about: dict[str, Any] = {"at": now, "noun": "problem", "noun_id": problem.pk, "subject": subject}
    lines = [
        notices.notice(**about, channel="desk", person_id=person_id, body=problem.title) for person_id in person_ids
    ]
    if person_ids and (groups := notices.group_channels()):
        number, where = rules.number(problem.pk), problem.place.full_name
        head, body = group_message(subject, number, where, settings.SITE_ADDRESS)
        lines += [notices.notice(**(about | {"subject": head}), channel=name, body=body) for name in groups]
    notices.tell(*lines)


def desk_and_leads(problem: Problem, *, now: datetime) -> list[int]:
    """Those at the desk of the accountable place and its leaders; where there is nobody, whoever leads above it."""
    day = timezone.localtime(now).date()
    place_id = problem.accountable_id
    leads = neighbourhood.staff_at([place_id], Standing.LEAD, today=day).values_list("pk", flat=True)
    found = sorted({*neighbourhood.desk_of(place_id, day), *leads})
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
    voices = problem.reporters + problem.followers
    if voices < 2:
        return 0
    waiting = list(Report.objects.filter(problem=problem, told_at=None).values_list("pk", "demand"))
    others = f"另有{voices - 1}位邻居" if voices > FEW else "另有邻居"
    for _report, demand_id in waiting:
        body = (
            f"您反映的事（编号{rules.number(demand_id)}），{others}也反映了，现在一并办理，"
            f"问题编号{rules.number(problem.pk)}。有了结果会告诉每一位。"
        )
        demands.tell_reporter(demand_id=demand_id, subject=TOGETHER, body=body, now=now)
    Report.objects.filter(pk__in=[report for report, _demand in waiting]).update(told_at=now)
    return len(waiting)
