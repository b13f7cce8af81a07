"""Work on a problem: survey, cause, blockers, seats of a dispute, and who has it in hand."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Person, Place
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.problems import queries
from gongzhi.problems.actions import steps, watching
from gongzhi.problems.models import Blocker, Mediation, Problem, Seat, Survey
from gongzhi.problems.rules import FEWEST_AGREEING, BlockerKind, CauseOwner, Kind, Outcome, SeatKind, State
from gongzhi.shared import notices
from gongzhi.shared.moves import Missing, Refused, _

_BEFORE_SURVEY = {State.RAISED, State.REOPENED}
_BEFORE_CAUSE = _BEFORE_SURVEY | {State.SURVEYED}


@transaction.atomic
def survey_problem(
    actor: Actor,
    *,
    problem_id: int,
    words: str,
    now: datetime,
    surveyed_at: datetime | None = None,
    with_whom: str = "",
    seen: int | None = None,
) -> Survey:
    """Write down that somebody went and looked, today or before, and what was found."""
    step = steps.begin(actor, problem_id, "survey", now=now, seen=seen, words=steps.said(words))
    looked_at = not_ahead(surveyed_at or now, now)
    survey = Survey.objects.create(
        problem=step.problem,
        surveyed_at=looked_at,
        surveyed_by_id=actor.person_id,
        with_whom=masking.clean_text(with_whom, 200),
        words=masking.clean_text(words, 5000),
    )
    if step.before in _BEFORE_SURVEY:
        step.after = State.SURVEYED
    data = {"survey": survey.pk, "surveyed_at": looked_at.isoformat(), "with_whom": survey.with_whom}
    steps.finish(step, words=survey.words, data=data)
    return survey


def not_ahead(moment: datetime, now: datetime) -> datetime:
    """The moment, where it has come already. Raises Refused for one that has not."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone cannot be stored")
    if moment > now:
        raise Refused(_("这个时间还没有到，请填今天或以前的时间。"))
    return moment


@transaction.atomic
def name_cause(
    actor: Actor,
    *,
    problem_id: int,
    cause: str,
    now: datetime,
    cause_place: Place | None = None,
    cause_words: str = "",
    lon: float | None = None,
    lat: float | None = None,
    unit: MemberUnit | None = None,
    outsider: str = "",
    seen: int | None = None,
) -> Problem:
    """Say what causes it, where that is, which may be elsewhere, and whose it is: a unit's, an outsider's, unknown."""
    step = steps.begin(actor, problem_id, "name_cause", now=now, seen=seen, cause=steps.said(cause))
    problem, owner = step.problem, masking.clean_text(outsider, 120)
    if unit and owner:
        raise Refused(_("原因归属请只填一处：成员单位，或成员以外的单位。"))
    before = {"cause": problem.cause, "owner": problem.cause_owner, "place": problem.cause_place_id}
    problem.cause = masking.clean_text(cause, 2000)
    problem.cause_known_at = problem.cause_known_at or step.now
    problem.cause_place, problem.cause_words = cause_place, masking.clean_text(cause_words, 200)
    problem.cause_lon, problem.cause_lat = _point(lon, lat, cause_place)
    problem.cause_unit, problem.cause_outsider = unit, owner
    known = CauseOwner.UNIT if unit else CauseOwner.OUTSIDER if owner else CauseOwner.UNKNOWN
    problem.cause_owner = known.value
    if step.before in _BEFORE_CAUSE:
        step.after = State.CAUSE_KNOWN
    data: dict[str, object] = {"owner": known.value, "place": problem.cause_place_id, "unit": problem.cause_unit_id}
    return steps.finish(step, words=problem.cause, data=data | ({"before": before} if before["cause"] else {}))


def _point(lon: float | None, lat: float | None, place: Place | None) -> tuple[float | None, float | None]:
    if lon is None and lat is None:
        return (place.lon, place.lat) if place else (None, None)
    # A comparison with "not a number" is false as well.
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Refused(_("原因所在的位置不对，请在图上重新点一下。"))
    return lon, lat


@transaction.atomic
def name_blocker(
    actor: Actor,
    *,
    problem_id: int,
    kind: str,
    words: str,
    now: datetime,
    lifter_unit: MemberUnit | None = None,
    lifter: str = "",
    since: datetime | None = None,
    seen: int | None = None,
) -> Blocker:
    """Say what it is stuck at, since when, and who could lift it; of each kind one stands at a time."""
    step = steps.begin(actor, problem_id, "name_blocker", now=now, seen=seen, blocker=kind, words=steps.said(words))
    if kind not in set(BlockerKind):
        raise Refused(_("请选卡在哪里：资金、意愿、能力，还是权限。"))
    if Blocker.objects.filter(problem=step.problem, kind=kind, lifted_at=None).exists():
        raise Refused(_("这一类卡点已经记过，还没有解除。"))
    blocker = Blocker.objects.create(
        problem=step.problem,
        kind=kind,
        words=masking.clean_text(words, 2000),
        since=not_ahead(since or now, now),
        lifter_unit=lifter_unit,
        lifter=masking.clean_text(lifter, 120),
    )
    data = {"blocker": blocker.pk, "kind": blocker.kind, "since": blocker.since.isoformat()}
    steps.finish(step, words=blocker.words, data=data)
    return blocker


@transaction.atomic
def lift_blocker(
    actor: Actor, *, problem_id: int, blocker_id: int, words: str, now: datetime, seen: int | None = None
) -> Blocker:
    """Say that it is not stuck there any more, and how that came."""
    step = steps.begin(
        actor, problem_id, "lift_blocker", now=now, seen=seen, blocker=blocker_id, words=steps.said(words)
    )
    blocker = Blocker.objects.filter(pk=blocker_id, problem=step.problem, lifted_at=None).first()
    if blocker is None:
        raise Refused(_("这个卡点已经解除了，请看过新情况再办。"))
    blocker.lifted_words = masking.clean_text(words, 2000)
    # The clock of the machine may have been set back meanwhile.
    blocker.lifted_at = max(step.now, blocker.since)
    blocker.save(update_fields=["lifted_at", "lifted_words"])
    steps.finish(step, words=blocker.lifted_words, data={"blocker": blocker.pk, "kind": blocker.kind})
    return blocker


@transaction.atomic
def start_problem(actor: Actor, *, problem_id: int, words: str, now: datetime, seen: int | None = None) -> Problem:
    """Begin to have it put right."""
    step = steps.begin(actor, problem_id, "start", now=now, seen=seen, words=steps.said(words))
    step.problem.assignee_id = step.problem.assignee_id or actor.person_id
    return steps.finish(step, words=masking.clean_text(words, 2000))


@transaction.atomic
def note_on_problem(actor: Actor, *, problem_id: int, words: str, now: datetime) -> Problem:
    """Add a line to the record; residents do not see it."""
    step = steps.begin(actor, problem_id, "note", now=now, words=steps.said(words))
    return steps.finish(step, words=masking.clean_text(words, 5000))


@transaction.atomic
def assign_problem(actor: Actor, *, problem_id: int, person: Person, now: datetime, seen: int | None = None) -> Problem:
    """Give it to somebody who works at its place or above it; who gets it is told."""
    step = steps.begin(actor, problem_id, "assign", now=now, seen=seen, person=person)
    problem = step.problem
    places = [one for one in queries.ladder(problem) if one]
    if not _staff(places, step.now).filter(pk=person.pk).exists():
        raise Refused(_("“%(person)s”不在这个问题所在的社区或街道任职，不能指定。"), person=person.name)
    data = {"from": problem.assignee_id, "to": person.pk}
    problem.assignee = person
    steps.finish(step, words=person.name, data=data)
    if person.pk != actor.person_id:
        notices.tell_people("problem", problem.pk, [person.pk], _("交您负责的问题"), problem.title, now=step.now)
    return problem


def _staff(places: list[int], now: datetime) -> QuerySet[Person]:
    return neighbourhood.staff_at(places, Standing.DESK, Standing.LEAD, today=now.date())


@transaction.atomic
def set_title(
    actor: Actor,
    *,
    problem_id: int,
    title: str,
    now: datetime,
    public_words: str | None = None,
    seen: int | None = None,
) -> Problem:
    """Name it in words of our own, and write what everybody may read of it, which stays where None is given."""
    step = steps.begin(actor, problem_id, "title", now=now, seen=seen, title=steps.said(title))
    problem = step.problem
    before: Mapping[str, object] = {"title": problem.title, "public_words": problem.public_words}
    problem.title = masking.clean_text(title, 120)
    if public_words is not None:
        problem.public_words = masking.clean_text(public_words, 500)
    return steps.finish(step, words=problem.title, data={"before": before})


# More people than this live beside no one trouble.
MOST_VULNERABLE = 5000


@transaction.atomic
def set_vulnerable(actor: Actor, *, problem_id: int, count: int, now: datetime, seen: int | None = None) -> Problem:
    """State how many elderly, disabled or very young people live beside it; it weighs in the heat."""
    step = steps.begin(actor, problem_id, "vulnerable", now=now, seen=seen, count=count)
    if not 0 <= count <= MOST_VULNERABLE:
        raise Refused(_("人数应在0到%(most)d之间。"), most=MOST_VULNERABLE)
    before, step.problem.vulnerable = step.problem.vulnerable, count
    problem = steps.finish(step, data={"from": before, "to": count})
    watching.recount(problem, now=step.now)
    return problem


@transaction.atomic
def take_seat(
    actor: Actor,
    *,
    problem_id: int,
    kind: str,
    view: str,
    now: datetime,
    offer: str = "",
    holder: str = "",
    person: Person | None = None,
    seen: int | None = None,
) -> Seat:
    """Write down how one of the three seats of a dispute sees it and what it offers; said again, it stands anew."""
    step = steps.begin(actor, problem_id, "seat", now=now, seen=seen, seat=kind, view=steps.said(view))
    if step.problem.kind != Kind.DISPUTE:
        raise Refused(_("三方席位只用于纠纷。"))
    if kind not in set(SeatKind):
        raise Refused(_("请选是哪一方：居委会、物业企业，还是业委会。"))
    name = masking.clean_text(holder, 120)
    if person is None and not name:
        raise Refused(_("请写明由谁代表这一方。"))
    if person and not _may_sit(person, SeatKind(kind), step.problem, step.now):
        raise Refused(_("“%(person)s”不是这里登记的成员，请写姓名和职务。"), person=person.name)
    before = Seat.objects.filter(problem=step.problem, kind=kind).values("person", "holder", "view", "offer").first()
    said = {"view": masking.clean_text(view, 5000), "offer": masking.clean_text(offer, 2000), "said_at": step.now}
    seat, _made = Seat.objects.update_or_create(
        problem=step.problem, kind=kind, defaults={"person": person, "holder": name, **said}
    )
    data = {"seat": kind, "offer": seat.offer} | ({"before": before} if before else {})
    steps.finish(step, words=seat.view, data=data)
    return seat


@transaction.atomic
def mediate_problem(
    actor: Actor,
    *,
    problem_id: int,
    outcome: str,
    words: str,
    now: datetime,
    seats: Sequence[str] = (),
    mediated_on: date | None = None,
    seen: int | None = None,
) -> Mediation:
    """Write down how a dispute ended at the table, today or before: what which seats agreed, or why they did not.

    Said again, it stands anew; what was said before stays in the trail.
    """
    step = steps.begin(actor, problem_id, "mediate", now=now, seen=seen, outcome=outcome, words=steps.said(words))
    problem, agreeing = step.problem, [kind.value for kind in SeatKind if kind.value in seats]
    if problem.kind != Kind.DISPUTE:
        raise Refused(_("调解结果只用于纠纷。"))
    if outcome not in set(Outcome) or len(agreeing) < len(set(seats)):
        raise Missing(_("请选谈成了没有，哪几方同意。"), field="outcome")
    if outcome == Outcome.AGREED and len(agreeing) < FEWEST_AGREEING:
        raise Missing(_("谈成了，至少要有两方同意。"), field="seats")
    on, today = mediated_on or step.now.date(), step.now.date()
    if not today - timedelta(days=366 * 10) <= on <= today:
        raise Missing(_("调解日期不对：请填今天或以前的日期。"), field="mediated_on")
    rows = Mediation.objects.filter(problem=problem, times=problem.times)
    before = rows.values("outcome", "words", "seats").first()
    said = {"outcome": outcome, "words": masking.clean_text(words, 5000), "mediated_on": on}
    said["seats"] = agreeing if outcome == Outcome.AGREED else []
    mediation, _made = Mediation.objects.update_or_create(problem=problem, times=problem.times, defaults=said)
    data = {"outcome": outcome, "seats": mediation.seats, "on": on.isoformat()} | ({"before": before} if before else {})
    steps.finish(step, words=mediation.words, data=data)
    return mediation


def _may_sit(person: Person, kind: SeatKind, problem: Problem, now: datetime) -> bool:
    """A member in their own right of this place; the residents' committee may send one of the desk as well."""
    places = [one for one in queries.ladder(problem) if one]
    if neighbourhood.person_members(places, on=now.date()).filter(person=person).exists():
        return True
    return kind is SeatKind.RESIDENTS_COMMITTEE and _staff(places, now).filter(pk=person.pk).exists()
