"""What may be seen of problems. A query returns only what the asker may see; absent and not yours look the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.demands import queries as demands
from gongzhi.demands.masking import mask
from gongzhi.demands.rules import UNANSWERED
from gongzhi.demands.rules import State as DemandState
from gongzhi.neighbourhood.rules import PLACE_STANDINGS as PLACE_STANDINGS
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.problems import rules, whistling
from gongzhi.problems.models import (
    Alert,
    AlertRule,
    Blocker,
    Escalation,
    Occasion,
    Problem,
    Referral,
    Report,
    Seat,
    Setting,
    Survey,
    Whistle,
    WordCounts,
)
from gongzhi.problems.rules import SeatKind, State
from gongzhi.problems.wordbook import UnreadableBook, Wordbook, shipped_words
from gongzhi.shared import trail
from gongzhi.shared.lately import Lately
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.reading import fetch
from gongzhi.shared.rows import TrailEntry

ABSENT = Problem.DoesNotExist
_RUNGS = (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)


def visible_problems(actor: Actor) -> QuerySet[Problem]:
    """Every problem at the actor's places and below. A unit sees of a problem only what it was called for, elsewhere."""
    return Problem.objects.filter(_at_offices(actor, PLACE_STANDINGS))


# Not an empty filter: joined by "or" with another, that would be the other alone.
_ALL = ~Q(pk__in=[])


def _at_offices(actor: Actor, standings: frozenset[Standing], prefix: str = "") -> Q:
    """A filter on problems, or on rows that point at one: at and below the places where the actor holds these."""
    seen = Q(pk__in=[])
    for office in actor.offices:
        if office.standing is Standing.CLOCK:
            return _ALL
        if office.standing in standings and office.place_kind:
            if office.place_kind is PlaceKind.DISTRICT:
                return _ALL
            column = office.place_kind.value if office.place_kind in _RUNGS else "place"
            seen |= Q(**{f"{prefix}{column}": office.place_id})
    return seen


def get_problem(actor: Actor, problem_id: int) -> Problem:
    """One problem with its places, category and people. Raises ABSENT, the same for absent and not yours."""
    related = ("place", "community", "category__parent__parent", "accountable", "assignee", "cause_place", "cause_unit")
    return visible_problems(actor).select_related(*related).get(pk=problem_id)


def ladder(problem: Problem) -> tuple[int | None, ...]:
    """The ids of its place and of those above it, the district left out: who acts for that acts anywhere."""
    return (problem.place_id, problem.compound_id, problem.community_id, problem.subdistrict_id)


def standings(actor: Actor, problem: Problem) -> frozenset[Standing]:
    """In what capacities the actor stands towards this problem."""
    return actor.standings_at(ladder(problem))


def held_at(actor: Actor, problem: Problem) -> list[tuple[Standing, PlaceKind | None]]:
    """The actor's offices that count at this problem, each with the kind of its place."""
    places = set(ladder(problem))
    return [
        (office.standing, office.place_kind)
        for office in actor.offices
        if office.place_kind is PlaceKind.DISTRICT or (office.place_id and office.place_id in places)
    ]


def moves_open_to(actor: Actor, problem: Problem) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order: the page's buttons."""
    return open_moves(rules.MOVES, State(problem.state), standings(actor, problem))


_settings: Lately[str, dict[str, int]] = Lately(10)
_rules: Lately[str, tuple[AlertRule, ...]] = Lately(10, empty=True)
_words: Lately[str, Wordbook] = Lately(600, empty=True)


def settings() -> dict[str, int]:
    """Every number that the district sets, or its value to start from; as of at most a few seconds ago."""
    return dict(_settings.get("settings", _read_settings))


def _read_settings() -> dict[str, int]:
    values = {code: start for code, (_name, start) in rules.SETTINGS.items()}
    values.update(Setting.objects.filter(code__in=list(values)).values_list("code", "value"))
    return values


def alert_rules() -> tuple[AlertRule, ...]:
    """The active alert rules, as of at most a few seconds ago. Not to be changed."""
    return _rules.get("rules", lambda: tuple(AlertRule.objects.filter(active=True).order_by("pk")))


def forget_settings() -> None:
    """Read all of them anew at the next question, and once more when what is written now is committed."""
    for kept in (_settings, _rules, _words):
        kept.forget()


def wordbook() -> Wordbook:
    """How common words are: as the district was last counted, together with what comes with the program."""
    return _words.get("words", _read_words)


def _read_words() -> Wordbook:
    row = WordCounts.objects.order_by("-pk").first()
    try:
        return shipped_words() + Wordbook.load(bytes(row.content)) if row else shipped_words()
    except UnreadableBook:
        # Kept by another version; counted anew tonight.
        return shipped_words()


# Whistles and referrals


def visible_whistles(actor: Actor) -> QuerySet[Whistle]:
    """Whistles of the actor's places and units. What a page may show a unit of the problem is `lists.whistle_calls`."""
    units = [office.unit_id for office in actor.offices if office.unit_id]
    return Whistle.objects.filter(_at_offices(actor, PLACE_STANDINGS, "problem__") | Q(unit__in=units))


def whistle_standings(actor: Actor, whistle: Whistle) -> frozenset[Standing]:
    """In what capacities the actor stands towards this whistle: as the called unit, or at the problem's place."""
    return actor.standings_at(ladder(whistle.problem), whistle.unit_id)


def whistle_trail(actor: Actor, whistle_id: int) -> list[TrailEntry]:
    """What was done about one whistle, oldest first. Raises Whistle.DoesNotExist."""
    return trail.of("whistle", visible_whistles(actor).only("pk").get(pk=whistle_id).pk)


def occasions(*, active: bool = True) -> QuerySet[Occasion]:
    """The occasions on which a whistle may be blown, in the order in which they were made."""
    rows = Occasion.objects.order_by("pk")
    return rows.filter(active=True) if active else rows


def occasions_open_to(actor: Actor, problem: Problem) -> list[Occasion]:
    """The occasions on which this actor may blow for this problem. One query."""
    held = held_at(actor, problem)
    return [one for one in occasions() if whistling.may_blow(one.standings, one.levels, held)]


def late_whistles(now: datetime) -> list[int]:
    """Whistles with a step that is late and of which that was not said, of problems that are open."""
    late = Q(pk__in=[])
    for step, due_at, done_at in (
        ("sign", "sign_due_at", "signed_at"),
        ("contact", "contact_due_at", "contacted_at"),
        ("on_site", "on_site_due_at", "on_site_at"),
    ):
        late |= Q(**{f"{due_at}__lt": now, done_at: None}) & ~Q(late_told__contains=[step])
    rows = Whistle.objects.filter(late, state__in=sorted(rules.WHISTLE_OPEN), problem__ended_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def called(unit_ids: Sequence[int]) -> tuple[bool, bool]:
    """Whether any of these units was ever called by whistle, and whether asked to coordinate. One query or none."""
    if not unit_ids:
        return False, False
    ((whistles, referrals),) = fetch(_CALLED, [list(unit_ids), list(unit_ids)])
    return whistles, referrals


_CALLED = (
    "SELECT EXISTS (SELECT FROM problems_whistle WHERE unit_id = ANY(%s)),"
    " EXISTS (SELECT FROM problems_referral WHERE unit_id = ANY(%s))"
)


_LEADS = frozenset({Standing.LEAD})


def visible_referrals(actor: Actor) -> QuerySet[Referral]:
    """Referrals for the leaders of their places and the units asked, and for nobody else; not even for the clock."""
    offices = Actor(actor.label, tuple(one for one in actor.offices if one.standing is not Standing.CLOCK))
    units = [office.unit_id for office in offices.offices if office.unit_id]
    return Referral.objects.filter(_at_offices(offices, _LEADS, "problem__") | Q(unit__in=units))


def referral_standings(actor: Actor, referral: Referral) -> frozenset[Standing]:
    """In what capacities the actor stands towards this referral."""
    return actor.standings_at(ladder(referral.problem), referral.unit_id)


def referral_trail(actor: Actor, referral_id: int) -> list[TrailEntry]:
    """What was done about one referral, oldest first. Raises Referral.DoesNotExist."""
    return trail.of("referral", visible_referrals(actor).only("pk").get(pk=referral_id).pk)


class ReportLine(NamedTuple):
    """One report in a problem as far as the asker sees its demand; numbers in its subject are hidden."""

    demand_id: int
    state: str
    subject: str
    place: str
    handler: str | None
    reported_at: datetime
    answered_at: datetime | None
    reopened_times: int
    joined_by: str
    joined_at: datetime | None
    likelihood: float | None


_REPORT = (
    "demand_id", "demand__state", "demand__subject", "demand__place__full_name", "demand__handler__name",
    "demand__reported_at", "demand__answered_at", "demand__reopened_times", "joined_by", "joined_at", "likelihood",
)  # fmt: skip


def report_lines(actor: Actor, problem: Problem) -> list[ReportLine]:
    """The reports of a problem whose demands the actor may see, oldest first. One query."""
    rows = Report.objects.filter(problem=problem, demand__in=demands.visible_demands(actor))
    lines = (ReportLine(*row) for row in rows.order_by("reported_at", "pk").values_list(*_REPORT))
    return [line._replace(subject=mask(line.subject)) for line in lines]


@dataclass(frozen=True)
class Sitting:
    """One of the three seats of a dispute; `seat` is None while that side has not been heard."""

    kind: SeatKind
    seat: Seat | None


@dataclass(frozen=True)
class Story:
    """Everything about one problem, for its page; of the oversight lane only what this asker may see."""

    problem: Problem
    reports: list[ReportLine]
    # Reports in it whose demands the asker may not see.
    elsewhere: int
    trail: list[TrailEntry]
    clocks: rules.Clocks
    surveys: list[Survey]
    blockers: list[Blocker]
    stalled: rules.Stalled | None
    no_power: bool
    whistles: list[Whistle]
    # That coordination was asked for; of whom stands in `referrals`, which is empty for all but the leaders.
    coordination_asked: bool
    referrals: list[Referral]
    seats: list[Sitting]
    alerts: list[Alert]
    escalations: list[Escalation]
    # Demands answered with it whose reporters are still unhappy (仍不满意), as far as the asker sees them.
    unhappy: list[int] = field(default_factory=list)


def story_of(actor: Actor, problem_id: int, *, now: datetime) -> Story:
    """Everything about a problem. Raises ABSENT. Four queries, and one for each kind of thing that its trail says has
    happened: ten at most.
    """
    problem = get_problem(actor, problem_id)
    entries = trail.of("problem", problem.pk)
    done = {entry.verb for entry in entries}
    reports = report_lines(actor, problem)
    blockers = _blockers(problem) if "name_blocker" in done else []
    stuck = [] if problem.ended_at else blockers
    state, known = State(problem.state), problem.cause_known_at is not None
    latest = _answered_with(entries)
    return Story(
        problem=problem,
        reports=reports,
        elsewhere=max(problem.reports - len(reports), 0),
        trail=entries,
        clocks=rules.clocks(problem.first_reported_at, problem.coordinated_at, problem.ended_at or now),
        surveys=list(_of(Survey, problem, "surveyed_by").order_by("surveyed_at", "pk")) if "survey" in done else [],
        blockers=blockers,
        stalled=rules.stalled(stuck, now),
        no_power=rules.no_power(state, cause_known=known, blockers=blockers),
        whistles=list(_of(Whistle, problem, "unit", "occasion", "blown_by")) if "whistle" in done else [],
        coordination_asked="refer" in done,
        referrals=_referrals(actor, problem) if "refer" in done else [],
        seats=_seats(problem) if problem.kind == rules.Kind.DISPUTE else [],
        alerts=list(_of(Alert, problem, "rule")) if "alert" in done else [],
        escalations=list(_of(Escalation, problem, "rung")) if "escalate" in done else [],
        unhappy=[one.demand_id for one in reports if one.demand_id in latest and _is_unhappy(one)],
    )


def _of(model: type, problem: Problem, *related: str) -> QuerySet:
    return model.objects.filter(problem=problem).select_related(*related).order_by("pk")  # type: ignore[attr-defined]


def _blockers(problem: Problem) -> list[Blocker]:
    return list(Blocker.objects.filter(problem=problem).select_related("lifter_unit").order_by("since", "pk"))


def _referrals(actor: Actor, problem: Problem) -> list[Referral]:
    if Standing.LEAD not in standings(actor, problem):
        return []
    return list(visible_referrals(actor).filter(problem=problem).select_related("unit", "referred_by").order_by("pk"))


def _seats(problem: Problem) -> list[Sitting]:
    taken = {seat.kind: seat for seat in Seat.objects.filter(problem=problem).select_related("person")}
    return [Sitting(kind, taken.get(kind)) for kind in SeatKind]


def proposals_for(actor: Actor, story: Story) -> list[rules.Proposal]:
    """What the room proposes to this asker where the cause is known and the power elsewhere. One query or none."""
    if not story.no_power:
        return []
    return rules.proposals(
        State(story.problem.state),
        cause_known=True,
        blockers=story.blockers,
        occasions=[one.pk for one in occasions_open_to(actor, story.problem)],
        standings=standings(actor, story.problem),
        whistled=any(one.state in rules.WHISTLE_OPEN for one in story.whistles),
        referred=any(one.state != rules.ReferralState.CLOSED for one in story.referrals),
    )


@dataclass(frozen=True)
class Mood:
    """Of the demands that the latest solving answered: how many, how many were judged, and who is unhappy."""

    answered: int
    judged: int
    unhappy: list[int]


def _answered_with(entries: list[TrailEntry]) -> set[int]:
    """The demands that the latest solving answered."""
    solved = [entry for entry in entries if entry.verb == "solve"]
    return set(solved[-1].data.get("answered", [])) if solved else set()


def _is_unhappy(line: ReportLine) -> bool:
    """Taken up again and not answered since."""
    return line.reopened_times > 0 and line.answered_at is None and line.state in UNANSWERED


def mood_of(problem_id: int) -> Mood:
    """How those answered with a problem took it, for the clock. A lapsed demand judged nothing. Two queries."""
    answered = _answered_with(trail.of("problem", problem_id))
    ended = sorted({DemandState.CLOSED.value, DemandState.ARCHIVED.value})
    rows = Report.objects.filter(problem=problem_id, demand__in=answered)
    unhappy = list(rows.filter(_UNHAPPY).values_list("demand", flat=True))
    content = rows.filter(demand__state__in=ended, demand__lapsed=False).count()
    return Mood(len(answered), content + len(unhappy), unhappy)


_UNHAPPY = Q(
    demand__state__in=sorted(state.value for state in UNANSWERED),
    demand__answered_at=None,
    demand__reopened_times__gt=0,
)


def solved_with_unhappy() -> list[tuple[int, int]]:
    """(id, version) of solved problems with a demand taken up again and not answered since, for the clock."""
    unhappy = Report.objects.filter(_UNHAPPY, problem=OuterRef("pk"))
    rows = Problem.objects.filter(Exists(unhappy), state=State.SOLVED.value)
    return list(rows.order_by("pk").values_list("pk", "version"))
