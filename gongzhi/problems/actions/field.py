"""Going out to people: visits noted and followed up, compounds surveyed and their problems raised in one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gongzhi.demands import actions as demands
from gongzhi.demands import masking
from gongzhi.demands import rules as demand_rules
from gongzhi.demands.actions import Intake
from gongzhi.demands.rows import Category, Demand
from gongzhi.demands.rules import Channel, Kind, Urgency
from gongzhi.demands.words import subject_from
from gongzhi.neighbourhood import actions as neighbourhood_actions
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import rules, visits
from gongzhi.problems.actions.sorting import raise_problem
from gongzhi.problems.actions.work import survey_problem
from gongzhi.problems.models import Baseline, Problem, Visit
from gongzhi.problems.rules import Origin, VisitKind
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import Missing, NotAllowed, Refused, WrongState, _

LONGEST = 10_000
# What lies further off than this is a slip of the pen.
YEARS_BACK, YEARS_AHEAD = 10, 2
MOST_FINDINGS = 40
# How many of a kind one sweep takes; the next one goes on.
MOST = 500


@dataclass(frozen=True)
class Noted:
    """A visit as it was kept; `again` where the same form had been sent before."""

    visit: Visit
    again: bool = False


def note_visit(
    actor: Actor,
    *,
    place: Place,
    kind: VisitKind,
    words: str,
    now: datetime,
    once: str,
    visited_at: datetime | None = None,
    household: str = "",
    measure: str = "",
    follow_up_on: date | None = None,
) -> Noted:
    """Write down one visit at a place where the actor is at the desk or leads; the same form sent twice is one entry.

    Raises Refused in words for a place that is not theirs, no words, or days that cannot be.
    """
    _must_stand_at(actor, place)
    at = visited_at or now
    _check_days(at, follow_up_on, now)
    visit = Visit(
        kind=VisitKind(kind).value,
        visited_at=at,
        visitor_id=actor.person_id,
        place=place,
        **_rungs(place),
        household=line(household, 120),
        words=needed(words, "words"),
        measure=masking.clean_text(measure, LONGEST),
        follow_up_on=follow_up_on,
        once=f"{actor.person_id or 0}-{once}"[:64],
    )
    return _keep_once(actor, visit, now)


def _keep_once(actor: Actor, visit: Visit, now: datetime) -> Noted:
    if known := Visit.objects.filter(once=visit.once).first():
        return Noted(known, again=True)
    try:
        with transaction.atomic():
            visit.save()
            _write(actor, visit, "note", now, {"kind": visit.kind})
    except IntegrityError:
        # The same form at the same moment: the second finds the first.
        known = Visit.objects.filter(once=visit.once).first()
        if known is None:
            raise
        return Noted(known, again=True)
    return Noted(visit)


def _check_days(at: datetime, follow_up_on: date | None, now: datetime) -> None:
    if at > now:
        raise Missing(_("走访时间还没有到，请看看日期和时间。"), field="visited_at")
    if at < now - timedelta(days=366 * YEARS_BACK):
        raise Missing(_("走访时间太早了，请看看年份。"), field="visited_at")
    if follow_up_on is None:
        return
    if follow_up_on < timezone.localtime(at).date():
        raise Missing(_("跟进日期不能早于走访那天。"), field="follow_up_on")
    if follow_up_on > (now + timedelta(days=366 * YEARS_AHEAD)).date():
        raise Missing(_("跟进日期太远了，请看看年份。"), field="follow_up_on")


@transaction.atomic
def follow_up(actor: Actor, *, visit_id: int, words: str, now: datetime) -> Visit:
    """Write down what came of a visit; once. Raises visits.ABSENT where the actor may not see it."""
    visit = _begin(actor, visit_id)
    if visit.followed_up_at:
        raise WrongState(_("这次走访已经跟进过了。"))
    visit.follow_up_words = needed(words, "words")
    visit.followed_up_at = now
    visit.save(update_fields=["follow_up_words", "followed_up_at"])
    _write(actor, visit, "follow_up", now)
    return visit


@transaction.atomic
def demand_from_visit(
    actor: Actor,
    *,
    visit_id: int,
    now: datetime,
    words: str = "",
    place_words: str = "",
    kind: Kind = Kind.HELP,
    urgency: Urgency = Urgency.ORDINARY,
    category: Category | None = None,
    name: str = "",
    phone: str = "",
) -> Demand:
    """Make a demand of what was heard at a visit, linked and once; a follow-up still open is then the demand's.

    The household stays in the log: whoever handles the demand reads `place_words` alone.
    """
    visit = _begin(actor, visit_id)
    if visit.demand is not None:
        return visit.demand
    body = words.strip() or "\n".join(one for one in (visit.words, visit.measure) if one)
    received = demands.receive_demand(
        actor,
        intake=Intake(
            place=visit.place,
            body=body,
            place_words=place_words,
            kind=kind,
            channel=Channel.DESK,
            urgency=urgency,
            category=category,
            name=name,
            phone=phone,
            reported_at=visit.visited_at,
            once=f"visit-{visit.pk}",
        ),
        now=now,
    )
    return _link(actor, visit, received.demand, now)


def _link(actor: Actor, visit: Visit, demand: Demand, now: datetime) -> Demand:
    visit.demand = demand
    _close_follow_up(visit, _("已转为诉求 %(number)s"), demand_rules.number(demand.pk), now)
    visit.save(update_fields=["demand", "follow_up_words", "followed_up_at"])
    _write(actor, visit, "make_demand", now, {"demand": demand.pk})
    return demand


@transaction.atomic
def problem_from_visit(actor: Actor, *, visit_id: int, now: datetime, title: str = "") -> Problem:
    """Raise a problem that a visit or a patrol found before anybody reported it (未诉先办); once a visit."""
    visit = _begin(actor, visit_id)
    if known := Problem.objects.filter(visit=visit).first():
        return known
    problem = raise_problem(
        actor,
        place=visit.place,
        title=line(title, 120) or subject_from(visit.words),
        origin=Origin.PATROL if visit.kind == VisitKind.PATROL else Origin.VISIT,
        now=now,
        visit=visit,
        demand_ids=(visit.demand_id,) if visit.demand_id else (),
    )
    _close_follow_up(visit, _("已转为问题 %(number)s"), rules.number(problem.pk), now)
    visit.save(update_fields=["follow_up_words", "followed_up_at"])
    _write(actor, visit, "make_problem", now, {"problem": problem.pk})
    return problem


@transaction.atomic
def make_of_visit(
    actor: Actor, *, visit_id: int, words: str, number: str, data: Mapping[str, object], now: datetime
) -> None:
    """For rooms upstairs: something was made of a visit, which a follow-up still open is then about; `words` say what.

    Raises visits.ABSENT where the actor may not see it.
    """
    visit = _begin(actor, visit_id)
    _close_follow_up(visit, words, number, now)
    visit.save(update_fields=["follow_up_words", "followed_up_at"])
    _write(actor, visit, "make", now, data)


def remind_follow_ups(*, now: datetime) -> int:
    """Tell each visitor, once a day, what they promised to follow up and have not. Returns how many were told of.

    Where the visitor is not known, the desk of the community is told.
    """
    today = timezone.localtime(now).date()
    late = Visit.objects.filter(follow_up_on__lt=today, followed_up_at=None)
    waiting = late.filter(reminded_on=None) | late.filter(reminded_on__lt=today)
    told = 0
    for pk in list(waiting.order_by("follow_up_on", "pk").values_list("pk", flat=True)[:MOST]):
        with transaction.atomic():
            told += _remind(pk, today, now)
    return told


def _remind(pk: int, today: date, now: datetime) -> int:
    visit = Visit.objects.select_for_update(of=("self",)).select_related("place").get(pk=pk)
    # Another sweep, or the visitor, may have been quicker.
    if visit.followed_up_at or visit.reminded_on == today or visit.follow_up_on is None:
        return 0
    visit.reminded_on = today
    visit.save(update_fields=["reminded_on"])
    desk = visit.community_id or visit.subdistrict_id or visit.place_id
    people = [visit.visitor_id] if visit.visitor_id else neighbourhood.desk_of(desk, today)
    # A notice is kept for good: it says where and when, not whose door it was nor what was said.
    body = f"{visit.place.full_name} · {visit.follow_up_on:%Y-%m-%d}"
    about: dict[str, Any] = {"at": now, "noun": "visit", "noun_id": pk, "subject": _("走访的跟进逾期了")}
    notices.tell(*(notices.notice(**about, channel="desk", person_id=one, body=body) for one in people))
    return 1


@dataclass(frozen=True)
class Finding:
    """One trouble that a survey found: what it is called, what was seen, and its category where it is known."""

    title: str
    words: str = ""
    category: Category | None = None


@transaction.atomic
def survey_compound(
    actor: Actor,
    *,
    place: Place,
    surveyed_on: date,
    findings: Sequence[Finding],
    now: datetime,
    once: str,
    households: int | None = None,
    has_property_firm: bool | None = None,
    has_owners_committee: bool | None = None,
    words: str = "",
) -> Baseline:
    """Write down how a compound stands on a day and raise all its problems in one pass; all or nothing, once."""
    _must_stand_at(actor, place)
    key = f"{actor.person_id or 0}-{once}"[:64]
    if known := Baseline.objects.filter(once=key).first():
        return known
    _check_survey(place, surveyed_on, findings, households, now)
    try:
        with transaction.atomic():
            baseline = Baseline.objects.create(
                place=place,
                surveyed_on=surveyed_on,
                surveyed_by_id=actor.person_id,
                households=households,
                has_property_firm=has_property_firm,
                has_owners_committee=has_owners_committee,
                words=masking.clean_text(words, LONGEST),
                once=key,
            )
    except IntegrityError:
        if known := Baseline.objects.filter(once=key).first():
            return known
        raise Missing(_("这一天已经摸排过这个小区。"), field="surveyed_on") from None
    found = [_finding(actor, place, baseline, one, now) for one in findings]
    data = {"place": place.pk, "problems": [problem.pk for problem in found]}
    trail.write(trail.entry(actor, at=now, noun="baseline", noun_id=baseline.pk, verb="survey", data=data))
    return baseline


def correct_compound(actor: Actor, *, place: Place, now: datetime) -> Place:
    """Let the register say of firm and committee what the compound's latest survey found; what that left open stays.

    Raises Refused where it was never surveyed, or by somebody of elsewhere.
    """
    last = Baseline.objects.filter(place=place).order_by("-surveyed_on", "-pk").first()
    if last is None:
        raise Refused(_("这个小区还没有摸排过。"))
    return neighbourhood_actions.correct_compound(
        actor,
        place=place,
        has_property_firm=last.has_property_firm,
        has_owners_committee=last.has_owners_committee,
        now=now,
        reason=f"{last.surveyed_on:%Y-%m-%d}",
    )


def _check_survey(
    place: Place, surveyed_on: date, findings: Sequence[Finding], households: int | None, now: datetime
) -> None:
    if place.kind != PlaceKind.COMPOUND:
        raise Refused(_("底数摸排按小区做，请选一个小区。"))
    today = timezone.localtime(now).date()
    if surveyed_on > today:
        raise Missing(_("摸排日期还没有到。"), field="surveyed_on")
    if surveyed_on < today - timedelta(days=366 * YEARS_BACK):
        raise Missing(_("摸排日期太早了，请看看年份。"), field="surveyed_on")
    if households is not None and not 0 < households <= 100_000:
        raise Missing(_("户数要在 1 到 100000 之间。"), field="households")
    if len(findings) > MOST_FINDINGS:
        raise Refused(_("一次最多写 %(most)d 个问题。"), most=MOST_FINDINGS)


def _finding(actor: Actor, place: Place, baseline: Baseline, found: Finding, now: datetime) -> Problem:
    title = line(found.title, 120)
    if not title:
        raise Missing(_("每个问题都要有名称。"), field="title")
    problem = raise_problem(
        actor,
        place=place,
        title=title,
        origin=Origin.BASELINE,
        now=now,
        baseline=baseline,
        category=found.category,
    )
    seen = masking.clean_text(found.words, LONGEST)
    if not seen:
        return problem
    # Whoever counts out a compound has been there: what they saw is the problem's first survey.
    return survey_problem(actor, problem_id=problem.pk, words=seen, now=now).problem


# -- What they share


def _rungs(place: Place) -> dict[str, int | None]:
    return {
        f"{rung}_id": place.pk if place.kind == rung else getattr(place, f"{rung}_id")
        for rung in ("subdistrict", "community", "compound")
    }


def _must_stand_at(actor: Actor, place: Place) -> None:
    if visits.WORKERS.isdisjoint(actor.standings_at(neighbourhood.ladder(place))):
        raise NotAllowed(_("“%(place)s”不在您负责的范围内。"), place=place.name)


def _begin(actor: Actor, visit_id: int) -> Visit:
    visits.visible_visits(actor).only("pk").get(pk=visit_id)
    return Visit.objects.select_for_update(of=("self",)).select_related("place", "demand").get(pk=visit_id)


def _close_follow_up(visit: Visit, words: str, number: str, now: datetime) -> None:
    if visit.follow_up_on and not visit.followed_up_at:
        visit.followed_up_at, visit.follow_up_words = now, words % {"number": number}


def line(text: str, limit: int) -> str:
    """A short text in one line, cleaned."""
    return masking.clean_text(text, limit).replace("\n", " ").strip()


def needed(text: str, field: str) -> str:
    """A text, cleaned. Raises Missing where nothing is left of it."""
    clean = masking.clean_text(text, LONGEST)
    if not clean.strip():
        raise Missing(_("请写几句情况。"), field=field)
    return clean


def _write(actor: Actor, visit: Visit, verb: str, now: datetime, data: Mapping[str, object] | None = None) -> None:
    """The trail says who did what; what was heard and at whose door stays in the log."""
    trail.write(trail.entry(actor, at=now, noun="visit", noun_id=visit.pk, verb=verb, data=data))
