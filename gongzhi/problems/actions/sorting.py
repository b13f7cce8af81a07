"""What people sort: raising a problem, putting demands in, taking them out, merging, dropping. The engine obeys it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongzhi.demands import masking, upstairs
from gongzhi.demands import queries as demands
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood.queries import ladder
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.problems import queries, rules
from gongzhi.problems.actions import belonging, merging, steps, telling
from gongzhi.problems.actions.ending import AGAIN, reopen_problem
from gongzhi.problems.models import Problem, Report, Suggestion
from gongzhi.problems.rules import Joining, Kind, Origin, State
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, NotAllowed, Refused, _

NO_SUGGESTION = Suggestion.DoesNotExist


@transaction.atomic
def raise_problem(
    actor: Actor,
    *,
    now: datetime,
    demand_ids: Sequence[int] = (),
    place: Place | None = None,
    title: str = "",
    kind: Kind = Kind.TROUBLE,
    origin: Origin = Origin.REPORTS,
    category: Category | None = None,
    lon: float | None = None,
    lat: float | None = None,
    vulnerable: int = 0,
    **found_by: Any,
) -> Problem:
    """Open a problem from these demands, or without any from what somebody found.

    What is not given is as the demands have it; without demands a place and a title are needed. `found_by` names the
    `visit` or `baseline` that it came from, or is the key `once` of the form. Raises Refused with the reason in words.
    """
    words = masking.clean_text(title, 120).replace("\n", " ")
    if not demand_ids and (place is None or not words):
        raise Missing(_("请写明问题的名称和地点。"), field="title" if place else "place")
    if not demand_ids and origin is Origin.REPORTS:
        raise Missing(_("请选择要并入的诉求，或者写明问题是怎样发现的。"), field="demands")
    reports = _free_reports(actor, demand_ids)
    voices = upstairs.voices([report.demand_id for report in reports])
    given = {"kind": kind.value, "vulnerable": min(max(vulnerable, 0), 10_000), "title": words} | found_by
    given |= _at(place, lon, lat) if place else {}
    given |= {"category": category} if category else {}
    _must_be_at(actor, _ladder_of(place, voices))
    problem = belonging.open_problem(voices, origin=origin, now=now, **given)
    belonging.put_in(problem, reports, Joining.PERSON, now=now)
    data: dict[str, object] = {"demands": [report.demand_id for report in reports], "origin": origin.value}
    _write(actor, problem, "raise", now=now, data=data)
    belonging.settle(problem, now=now)
    telling.tell_together(problem, now=now)
    return problem


@dataclass(frozen=True)
class Raised:
    """A problem as a form raised it; `again` where the same form had been sent before."""

    problem: Problem
    again: bool = False


def raise_once(actor: Actor, *, once: str, now: datetime, **given: Any) -> Raised:
    """Open a problem as `raise_problem` does, from a form with the key `once`; the same form sent twice is one problem."""
    key = f"{actor.person_id or 0}-{once}"[:64]
    if known := Problem.objects.filter(once=key).first():
        return Raised(known, again=True)
    try:
        with transaction.atomic():
            return Raised(raise_problem(actor, now=now, once=key, **given))
    except (IntegrityError, Refused):
        # The same form at the same moment: the second meets the first's key, or its demands already taken.
        if known := Problem.objects.filter(once=key).first():
            return Raised(known, again=True)
        raise


def _ladder_of(place: Place | None, voices: Sequence[upstairs.Voice]) -> tuple[int | None, ...]:
    if place:
        return ladder(place)
    return next(((one.place, one.compound, one.community, one.subdistrict) for one in voices), ())


def _must_be_at(actor: Actor, ladder_ids: Sequence[int | None]) -> None:
    if actor.standings_at(ladder_ids).isdisjoint({Standing.DESK, Standing.LEAD, Standing.CLOCK}):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("立为问题"))


def _at(place: Place, lon: float | None, lat: float | None) -> dict[str, object]:
    """A place stated by a person, with its ladder and whose it is."""
    rungs = {
        rung.value: place.pk if place.kind == rung else getattr(place, f"{rung.value}_id")
        for rung in (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)
    }
    here = (place.lon, place.lat) if lon is None or lat is None else (lon, lat)
    return {
        "place_id": place.pk,
        **{f"{rung}_id": pk for rung, pk in rungs.items()},
        "lon": here[0],
        "lat": here[1],
        "accountable_id": rungs["community"] or rungs["subdistrict"] or place.pk,
    }


def _free_reports(actor: Actor, demand_ids: Sequence[int], *, into: Problem | None = None) -> list[Report]:
    """The reports of demands that the actor sees and no open or solved problem has; the neighbourhood is held.

    Raises ABSENT of demands for one that the actor may not see, Refused for one that has its problem.
    """
    wanted = list(dict.fromkeys(demand_ids))
    if len(demands.visible_demands(actor).filter(pk__in=wanted).only("pk")) < len(wanted):
        raise demands.ABSENT
    belonging.hold_for(wanted, *([into] if into else []))
    reports = belonging.reports_of(wanted)
    for report in reports:
        held = report.problem
        if held and held.state != State.DROPPED and held != into:
            number, problem = rules.number(report.demand_id), rules.number(held.pk)
            raise Refused(_("诉求%(number)s已在问题%(problem)s里，请先从那里拆出。"), number=number, problem=problem)
    return [report for report in reports if into is None or report.problem_id != into.pk]


def _write(actor: Actor, problem: Problem, verb: str, *, now: datetime, data: dict[str, object]) -> None:
    entry = trail.entry(actor, at=now, noun="problem", noun_id=problem.pk, verb=verb, to_state=problem.state, data=data)
    trail.write(entry)


@transaction.atomic
def join_demands(
    actor: Actor, *, problem_id: int, demand_ids: Sequence[int], now: datetime, seen: int | None = None
) -> Problem:
    """Put demands into an open problem; those already there stay. Their reporters are told."""
    problem = queries.visible_problems(actor).get(pk=problem_id)
    reports = _free_reports(actor, demand_ids, into=problem)
    step = steps.begin(actor, problem_id, "join", now=now, seen=seen, demands=list(demand_ids))
    belonging.put_in(step.problem, reports, Joining.PERSON, now=now)
    joined = steps.finish(step, data={"demands": [report.demand_id for report in reports]})
    belonging.settle(joined, now=now)
    telling.tell_together(joined, now=now)
    return joined


def _begin_split(
    actor: Actor, problem_id: int, demand_ids: Sequence[int], reason: str, now: datetime, seen: int | None
) -> tuple[steps.Step, list[Report]]:
    problem = queries.visible_problems(actor).get(pk=problem_id)
    belonging.hold_for(demand_ids, problem)
    words = masking.clean_text(reason, 2000)
    step = steps.begin(actor, problem_id, "split", now=now, seen=seen, demands=list(demand_ids), reason=words)
    reports = list(Report.objects.select_for_update().filter(problem=problem, demand__in=demand_ids))
    if len(reports) < len(set(demand_ids)):
        raise Refused(_("其中有诉求已不在这个问题里，请看过新情况再办。"))
    return step, reports


@transaction.atomic
def split_demands(
    actor: Actor,
    *,
    problem_id: int,
    demand_ids: Sequence[int],
    reason: str,
    now: datetime,
    title: str = "",
    seen: int | None = None,
) -> Problem:
    """Make a problem of its own of some of a problem's demands; the engine never puts the two together again.

    Returns the new problem. Raises Refused where nothing would be left behind.
    """
    step, reports = _begin_split(actor, problem_id, demand_ids, reason, now, seen)
    old, moved = step.problem, [report.demand_id for report in reports]
    left = list(Report.objects.filter(problem=old).exclude(demand__in=moved).values_list("demand", flat=True))
    if not left:
        raise Refused(_("不能把诉求全部拆出；如果问题不成立，请用“不成立”。"))
    voices = upstairs.voices(moved)
    if not voices:
        raise Refused(_("这些诉求都已撤回，不必拆出。"))
    words = masking.clean_text(title, 120).replace("\n", " ")
    new = belonging.open_problem(voices, now=now, title=words, kind=old.kind)
    belonging.put_in(new, reports, Joining.PERSON, now=now)
    belonging.part(moved, old, now=now)
    belonging.part(left, new, now=now)
    old = steps.finish(step, words=masking.clean_text(reason, 2000), data={"demands": moved, "into": new.pk})
    _write(actor, new, "raise", now=now, data={"demands": moved, "split_from": old.pk})
    belonging.settle(old, now=now)
    belonging.settle(new, now=now)
    return new


@transaction.atomic
def take_out(
    actor: Actor, *, problem_id: int, demand_id: int, reason: str, now: datetime, seen: int | None = None
) -> Problem:
    """Let one demand stand alone again; the engine never puts it back. Returns the problem that it was taken from."""
    step, reports = _begin_split(actor, problem_id, [demand_id], reason, now, seen)
    for report in reports:
        report.problem, report.joined_by, report.joined_at, report.likelihood = None, "", None, None
        report.save()
    belonging.part([demand_id], step.problem, now=now)
    old = steps.finish(step, words=masking.clean_text(reason, 2000), data={"demands": [demand_id]})
    belonging.settle(old, now=now)
    return old


@transaction.atomic
def merge_problems(
    actor: Actor, *, problem_id: int, into_id: int, reason: str, now: datetime, seen: int | None = None
) -> Problem:
    """Put one open problem into another with everything that hangs on it. Returns the one that remains."""
    for pk in (problem_id, into_id):
        queries.visible_problems(actor).only("pk").get(pk=pk)
    if problem_id == into_id:
        raise Refused(_("问题不能并入自己。"))
    # Both in one order, so that two who merge crosswise do not wait for each other.
    both = {row.pk: row for row in Problem.objects.filter(pk__in=[problem_id, into_id])}
    belonging.hold(problem.community_id for problem in both.values())
    both = {row.pk: row for row in Problem.objects.select_for_update().filter(pk__in=both).order_by("pk")}
    words = masking.clean_text(reason, 2000)
    step = steps.begin(actor, problem_id, "merge", now=now, seen=seen, into=both[into_id], reason=words)
    target = steps.begin(actor, into_id, "join", now=now, demands=[problem_id])
    merging.move_all(step.problem, target.problem, now=now)
    step.problem.merged_into = target.problem
    steps.finish(step, words=words, data={"into": into_id})
    joined = steps.finish(target, words=words, data={"merged": problem_id})
    joined.vulnerable = max(joined.vulnerable, step.problem.vulnerable)
    belonging.settle(joined, now=now)
    telling.tell_together(joined, now=now)
    return joined


@transaction.atomic
def drop_problem(actor: Actor, *, problem_id: int, reason: str, now: datetime, seen: int | None = None) -> Problem:
    """Say that it is none; its demands are handled each by itself, and nothing new is put with them."""
    words = masking.clean_text(reason, 2000)
    return steps.finish(steps.begin(actor, problem_id, "drop", now=now, seen=seen, reason=words), words=words)


@transaction.atomic
def accept_suggestion(actor: Actor, *, suggestion_id: int, now: datetime) -> Problem:
    """Put the two demands of a suggestion into one problem, whatever problems they are in. Returns that problem.

    Raises NO_SUGGESTION for one that the actor may not see.
    """
    row = _suggestion(actor, suggestion_id, now=now, accepted=True)
    mine, other = (Report.objects.filter(demand=pk).first() for pk in (row.demand_id, row.nearest_id))
    here, there = (report.problem if report else None for report in (mine, other))
    if here and there and here != there:
        return merge_problems(actor, problem_id=here.pk, into_id=there.pk, reason=_("采纳归并提示"), now=now)
    problem = here or there
    if problem and problem.state == State.SOLVED:
        reopen_problem(actor, problem_id=problem.pk, reason=AGAIN, now=now)
    if problem:
        return join_demands(actor, problem_id=problem.pk, demand_ids=[row.demand_id, row.nearest_id], now=now)
    return raise_problem(actor, demand_ids=[row.demand_id, row.nearest_id], now=now)


@transaction.atomic
def decline_suggestion(actor: Actor, *, suggestion_id: int, now: datetime) -> None:
    """Say that the two are not of one trouble; neither the pair nor its problem is suggested for the demand again."""
    row = _suggestion(actor, suggestion_id, now=now, accepted=False)
    for report in Report.objects.filter(demand=row.nearest_id, problem__isnull=False).select_related("problem"):
        if report.problem:
            belonging.part([row.demand_id], report.problem, now=now)


def _suggestion(actor: Actor, suggestion_id: int, *, now: datetime, accepted: bool) -> Suggestion:
    """The suggestion, locked and decided. Raises Refused where somebody decided otherwise meanwhile."""
    seen = demands.visible_demands(actor)
    rows = Suggestion.objects.filter(demand__in=seen, nearest__in=seen)
    row = rows.select_for_update().get(pk=suggestion_id)
    words = upstairs.voices([row.demand_id])
    _must_be_at(actor, _ladder_of(None, words))
    if row.accepted is not None:
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    row.accepted, row.decided_at, row.decided_by_id = accepted, now, actor.person_id
    row.save()
    verb = "accept_suggestion" if accepted else "decline_suggestion"
    data = {"demand": row.demand_id, "nearest": row.nearest_id}
    trail.write(trail.entry(actor, at=now, noun="suggestion", noun_id=row.pk, verb=verb, data=data))
    return row
