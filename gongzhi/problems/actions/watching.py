"""What is watched in every problem: its heat, the alert rules it crosses, the escalation ladder it climbs."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from gongzhi.demands import upstairs
from gongzhi.demands.upstairs import Voice
from gongzhi.neighbourhood.rules import CLOCK, PlaceKind
from gongzhi.problems import finding, heat, queries
from gongzhi.problems.actions import steps, telling
from gongzhi.problems.models import Alert, AlertRule, Escalation, Follower, Problem, Report, Rung
from gongzhi.shared import trail, writing
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.reading import Question, fetch
from gongzhi.shared.rows import TrailEntry

log = logging.getLogger("gongzhi.problems")
_BATCH = 500


def recount(problem: Problem, *, now: datetime) -> None:
    """Count reports, reporters and followers, the heat with them, and raise the alert where a rule is crossed.

    Called inside the transaction of whatever changed them, with the problem's row locked; saves the counts.
    """
    times = count(problem, upstairs.voices(demand for (demand,) in _REPORTED.ask(problem.pk)), now=now)
    writing.write(then=[writing.changes(problem)])
    watch(problem, times, now=now)


COUNTED = ("reports", "reporters", "followers", "last_reported_at", "heat")
"""The fields that `count` sets."""


def count(problem: Problem, heard: Sequence[Voice], *, now: datetime, followed: bool = True) -> list[datetime]:
    """Count a problem as it is with these voices, without saving; returns when each spoke or followed.

    Not `followed`, nobody follows it, which need not be asked.
    """
    moments = [at for (at,) in _FOLLOWED.ask(problem.pk)] if followed else []
    problem.reports, problem.followers = len(heard), len(moments)
    problem.reporters = len({voice.who for voice in heard})
    times = [voice.reported_at for voice in heard] + moments
    problem.last_reported_at = max(times, default=problem.last_reported_at)
    problem.heat = finding.heat_parts(problem, now=now).total
    return times


_REPORTED = Question(lambda pk: Report.objects.filter(problem=pk).values_list("demand"), int)
_FOLLOWED = Question(lambda pk: Follower.objects.filter(problem=pk).values_list("followed_at"), int)


def watch(problem: Problem, times: Sequence[datetime], *, now: datetime) -> None:
    """Raise the alert of each rule that the reports of this time it came up have crossed lately, once a rule.

    Nothing for a problem that ended.
    """
    lately = [time for time in times if time >= problem.first_reported_at] if problem.ended_at is None else []
    for rule in _rules_for(problem) if lately else ():
        # A rule that was crossed long ago, as in an old archive, says nothing about today.
        found = heat.crossed(lately, rule.reports, rule.days, after=now - timedelta(days=rule.days))
        if found is None or (problem.times,) in _ALERTED.ask(problem.pk, rule.pk):
            continue
        alert = Alert(problem=problem, rule=rule, times=problem.times, raised_at=now, **found._asdict())
        data = {"rule": rule.pk, "name": rule.name, "reports": rule.reports, "days": rule.days}
        people = telling.desk_and_leads(problem, now=now)
        lines = telling.to_staff(problem, people, _("热点预警"), now=now)
        writing.write([alert], [_noted(problem, "alert", now=now, data=data)], lines)


_ALERTED = Question(
    lambda problem, rule: Alert.objects.filter(problem=problem, rule=rule).values_list("times"), int, int
)


def _rules_for(problem: Problem) -> list[AlertRule]:
    """The active rules that hold for this place and category or for one above it."""
    places = {problem.place_id, problem.compound_id, problem.community_id, problem.subdistrict_id}
    rows, codes = queries.alert_rules(), set()
    if any(rule.category_id for rule in rows):
        category = problem.category
        while category:
            codes.add(category.pk)
            category = category.parent
    return [
        rule
        for rule in rows
        if (rule.place_id is None or rule.place_id in places)
        and (rule.category_id is None or rule.category_id in codes)
    ]


def _noted(problem: Problem, verb: str, *, now: datetime, data: dict[str, object]) -> TrailEntry:
    """What the clock did without changing where the problem stands, for the trail."""
    return trail.entry(
        CLOCK,
        at=now,
        noun="problem",
        noun_id=problem.pk,
        verb=verb,
        from_state=problem.state,
        to_state=problem.state,
        data=data,
    )


def climb_due(*, now: datetime) -> int:
    """Take every step of the escalation ladder that is due, however long ago; each once for each time a problem came up.

    Looks at all open problems, with or without anyone in charge. Returns how many were taken.
    """
    taken, last = 0, (0, 0)
    while rows := fetch(_DUE, [now, *last, _BATCH]):
        for problem_id, rung_id in rows:
            try:
                taken += _climb(problem_id, rung_id, now=now)
            # One that cannot be told must not keep the others from climbing; it is tried again at the next sweep.
            except Exception:
                log.exception("problem %s could not climb rung %s", problem_id, rung_id)
        last = rows[-1]
    return taken


_DUE = """
SELECT p.id, r.id
FROM problems_problem p
JOIN problems_rung r ON r.active AND (
    p.first_reported_at + make_interval(days => r.after_days) <= %s
    OR p.times >= r.at_times OR p.reports + p.followers >= r.at_reports)
WHERE p.ended_at IS NULL AND (p.id, r.id) > (%s, %s)
    AND NOT EXISTS (
        SELECT FROM problems_escalation e WHERE e.problem_id = p.id AND e.rung_id = r.id AND e.times = p.times)
ORDER BY p.id, r.id LIMIT %s
"""


@transaction.atomic
def _climb(problem_id: int, rung_id: int, *, now: datetime) -> bool:
    """Take one step; False where it was taken, or the problem ended, meanwhile."""
    rung = Rung.objects.get(pk=rung_id)
    try:
        step = steps.begin(CLOCK, problem_id, "escalate", now=now, step=rung)
    except Refused:
        return False
    problem = step.problem
    if Escalation.objects.filter(problem=problem, rung=rung, times=problem.times).exists():
        return False
    Escalation.objects.create(problem=problem, rung=rung, times=problem.times, climbed_at=now)
    telling.tell_staff(problem, telling.leads_from(problem, PlaceKind(rung.level), now=now), _("逐级上报"), now=now)
    data = {"rung": rung.pk, "name": rung.name, "level": rung.level}
    trail.write(_noted(problem, "escalate", now=now, data=data))
    return True


def cool(*, now: datetime) -> int:
    """Let the heat of every open problem fade to what it is now. Returns how many there are."""
    ids = list(Problem.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        with transaction.atomic():
            rows = list(Problem.objects.select_for_update().filter(pk__in=some, ended_at=None).order_by("pk"))
            for problem in rows:
                problem.heat = finding.heat_parts(problem, now=now).total
            Problem.objects.bulk_update(rows, ["heat"])
    return len(ids)


@transaction.atomic
def recount_problem(*, problem_id: int, now: datetime) -> None:
    """Count one problem anew, as after a resident took a demand back. Raises Problem.DoesNotExist."""
    recount(Problem.objects.select_for_update().get(pk=problem_id), now=now)
