"""What may be seen of visits, baseline surveys and residents' stories; whose door it was, and what was told, by few."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right, Standing
from gongzhi.problems import field_rules, queries
from gongzhi.problems.field_rules import Digest, Fact, FollowUp
from gongzhi.problems.models import Baseline, Problem, ResidentStory, Visit
from gongzhi.problems.rules import VisitKind

ABSENT = Visit.DoesNotExist
NO_BASELINE = Baseline.DoesNotExist
NO_STORY = ResidentStory.DoesNotExist
WORKERS = frozenset({Standing.DESK, Standing.LEAD})
READERS = WORKERS | {Standing.READER, Standing.OPERATOR}
_RUNGS = (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)
PAGE = 100


# -- Visits


def visible_visits(actor: Actor) -> QuerySet[Visit]:
    """Every visit at the places, and below, where the actor is at the desk or leads. Of households: `entries`."""
    return Visit.objects.filter(_at_places(actor, WORKERS))


def _at_places(actor: Actor, standings: frozenset[Standing], before: str = "") -> Q:
    """Rows whose places lie at or below an office with one of these standings; `before` leads to the place."""
    seen = Q(pk__in=[])
    for office in actor.offices:
        if office.standing is Standing.CLOCK:
            return Q()
        if office.standing in standings and office.place_kind:
            if office.place_kind is PlaceKind.DISTRICT:
                return Q()
            rungs = _RUNGS[:2] if before else _RUNGS
            if office.place_kind in rungs:
                seen |= Q(**{f"{before}{office.place_kind.value}": office.place_id})
            seen |= Q(place=office.place_id)
    return seen


def ladder_of(visit: Visit) -> tuple[int | None, ...]:
    """The places at which someone must stand to work on a visit."""
    return (visit.place_id, visit.compound_id, visit.community_id, visit.subdistrict_id)


def may_work_on(actor: Actor, visit: Visit) -> bool:
    """Whether the actor may follow it up or make something of it."""
    return not WORKERS.isdisjoint(actor.standings_at(ladder_of(visit)))


def _is_near(actor: Actor, place_ids: Iterable[int | None]) -> bool:
    """Whether the actor is at the desk of, or leads, exactly one of these places: not one above them."""
    near = {one for one in place_ids if one}
    return any(office.standing in WORKERS and office.place_id in near for office in actor.offices)


@dataclass(frozen=True)
class Entry:
    """One entry of the log as this reader may see it; `household` is empty for whoever does not stand at its community."""

    pk: int
    kind: VisitKind
    visited_at: datetime
    visitor: str
    place_id: int
    place: str
    household: str
    words: str
    measure: str
    follow_up: FollowUp
    follow_up_on: date | None
    followed_up_at: datetime | None
    follow_up_words: str
    demand_id: int | None
    problem: Problem | None
    may_work: bool


def entries(actor: Actor, rows: Iterable[Visit], *, today: date) -> list[Entry]:
    """These visits as the actor may see them; they must come from `visible_visits`. One query."""
    found = list(rows)
    raised = queries.visible_problems(actor).filter(visit__in=[row.pk for row in found]).only("pk", "title", "visit")
    problems = {problem.visit_id: problem for problem in raised}
    return [_entry(actor, row, problems.get(row.pk), today) for row in found]


def _entry(actor: Actor, row: Visit, problem: Problem | None, today: date) -> Entry:
    ladder = ladder_of(row)
    near = _is_near(actor, (row.place_id, row.compound_id, row.community_id)) or (
        row.visitor_id is not None and row.visitor_id == actor.person_id
    )
    clear = actor.may_at(Right.SEE_CONTACTS, ladder)

    def seen(text: str) -> str:
        return text if clear else masking.mask(text)

    return Entry(
        pk=row.pk,
        kind=VisitKind(row.kind),
        visited_at=timezone.localtime(row.visited_at),
        visitor=row.visitor.name if row.visitor else "",
        place_id=row.place_id,
        place=row.place.full_name,
        household=seen(row.household) if near else "",
        words=seen(row.words),
        measure=seen(row.measure),
        follow_up=field_rules.follow_up_state(row.follow_up_on, row.followed_up_at is not None, today),
        follow_up_on=row.follow_up_on,
        followed_up_at=row.followed_up_at,
        follow_up_words=seen(row.follow_up_words),
        demand_id=row.demand_id,
        problem=problem,
        may_work=may_work_on(actor, row),
    )


def get_entry(actor: Actor, visit_id: int, *, today: date) -> Entry:
    """One entry. Raises ABSENT, the same for absent and not yours."""
    row = visible_visits(actor).select_related("place", "visitor").get(pk=visit_id)
    return entries(actor, [row], today=today)[0]


@dataclass(frozen=True)
class LogPage:
    """A page of the log and the cursor of the next one; empty on the last."""

    entries: list[Entry]
    after: str = ""


def week_log(actor: Actor, *, monday: date, today: date, place: Place | None = None, after: str = "") -> LogPage:
    """The entries of one week at a place and below, the newest first."""
    since, until = _span(monday)
    rows = _inside(visible_visits(actor), place).filter(visited_at__gte=since, visited_at__lt=until)
    if cursor := _cursor(actor, after):
        rows = rows.filter(Q(visited_at__lt=cursor[0]) | Q(visited_at=cursor[0], pk__lt=cursor[1]))
    return _page(actor, rows.order_by("-visited_at", "-pk"), today)


def follow_up_log(actor: Actor, *, today: date, place: Place | None = None, after: str = "") -> LogPage:
    """What is still to be followed up, of any week, the earliest due first."""
    rows = _inside(visible_visits(actor), place).filter(follow_up_on__isnull=False, followed_up_at=None)
    if after.isascii() and after.isdigit() and len(after) < 18:
        last = visible_visits(actor).filter(pk=int(after)).only("follow_up_on").first()
        if last and last.follow_up_on:
            rows = rows.filter(
                Q(follow_up_on__gt=last.follow_up_on) | Q(follow_up_on=last.follow_up_on, pk__gt=last.pk)
            )
    return _page(actor, rows.order_by("follow_up_on", "pk"), today)


def follow_up_counts(actor: Actor, *, today: date, place: Place | None = None) -> tuple[int, int]:
    """How many entries wait for a follow-up, and how many of those are late."""
    rows = _inside(visible_visits(actor), place).filter(follow_up_on__isnull=False, followed_up_at=None)
    due = list(rows.values_list("follow_up_on", flat=True))
    return len(due), sum(1 for day in due if day and day < today)


def _cursor(actor: Actor, after: str) -> tuple[datetime, int] | None:
    if not (after.isascii() and after.isdigit() and len(after) < 18):
        return None
    last = visible_visits(actor).filter(pk=int(after)).only("visited_at").first()
    return (last.visited_at, last.pk) if last else None


def _page(actor: Actor, rows: QuerySet[Visit], today: date) -> LogPage:
    found = list(rows.select_related("place", "visitor")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return LogPage(entries(actor, found[:PAGE], today=today), more)


def _inside(rows: QuerySet[Visit], place: Place | None) -> QuerySet[Visit]:
    if place is None or place.kind == PlaceKind.DISTRICT:
        return rows
    column = place.kind if place.kind in _RUNGS else "place"
    return rows.filter(Q(place=place.pk) | Q(**{column: place.pk}))


def _span(monday: date) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    first = datetime.combine(monday, time.min, zone)
    return first, datetime.combine(monday + timedelta(days=field_rules.WEEK), time.min, zone)


def weekly_digest(actor: Actor, place: Place | None, week: date, *, today: date) -> Digest:
    """The week in which `week` lies, counted over what the actor may see at the place and below. Two queries."""
    monday = field_rules.monday_of(week)
    since, until = _span(monday)
    rows = _inside(visible_visits(actor), place).filter(visited_at__gte=since, visited_at__lt=until)
    told = rows.values_list(
        "pk", "visited_at", "kind", "place", "place__full_name", "visitor", "visitor__name",
        "follow_up_on", "followed_up_at", "demand",
    )  # fmt: skip
    raised = set(Problem.objects.filter(visit__in=rows.values("pk")).values_list("visit", flat=True))
    facts = [
        Fact(
            on=timezone.localtime(at).date(),
            kind=VisitKind(kind),
            place=(place_id, name),
            visitor=(visitor or 0, who or ""),
            follow_up_on=due,
            followed_up=done is not None,
            demands=int(demand is not None),
            problems=int(pk in raised),
        )
        for pk, at, kind, place_id, name, visitor, who, due, done, demand in told
    ]
    return field_rules.digest(facts, monday=monday, today=today)


def recent_places(actor: Actor, *, most: int = 4) -> list[Place]:
    """Where this person was last, each place once, the latest first; places that are no more are left out."""
    if actor.person_id is None:
        return []
    rows = visible_visits(actor).filter(visitor=actor.person_id, place__valid_to=None)
    last = rows.order_by("-visited_at", "-pk").select_related("place")[: most * 8]
    return list({row.place_id: row.place for row in last}.values())[:most]


# -- Baseline surveys and stories


def visible_baselines(actor: Actor) -> QuerySet[Baseline]:
    """Every baseline survey at the actor's places and below; those who only read see it too."""
    return Baseline.objects.filter(_at_places(actor, READERS, "place__"))


def baselines_of(actor: Actor, place: Place) -> list[Baseline]:
    """The surveys of one compound, the latest first."""
    rows = visible_baselines(actor).filter(place=place.pk).select_related("surveyed_by", "place")
    return list(rows.order_by("-surveyed_on", "-pk"))


def last_surveyed(actor: Actor, place_ids: Iterable[int]) -> dict[int, date]:
    """When each of these compounds was surveyed last; those never surveyed are left out. One query."""
    rows = visible_baselines(actor).filter(place__in=list(place_ids))
    return dict(rows.values_list("place").annotate(last=Max("surveyed_on")).order_by())


def problems_found(actor: Actor, baseline_ids: Iterable[int]) -> list[Problem]:
    """The problems that these surveys raised, in the order in which they were written down."""
    return list(queries.visible_problems(actor).filter(baseline__in=list(baseline_ids)).order_by("pk"))


@dataclass(frozen=True)
class Story:
    """What a resident told, as this reader may see it; `open` where everybody who sees the survey may read it."""

    pk: int
    baseline_id: int
    words: str
    age_band: str
    years_there: int | None
    told_on: date
    open: bool
    withdrawn: bool
    wiped: bool
    consent_words: str
    consented_at: datetime | None
    wiped_on: date | None


def stories_of(actor: Actor, place: Place) -> list[Story]:
    """The stories told in one compound: all of them for its own desk and leader, for others those with consent."""
    rows = ResidentStory.objects.filter(baseline__in=visible_baselines(actor).filter(place=place.pk))
    near = is_keeper(actor, place)
    if not near:
        rows = rows.filter(consented_at__isnull=False, withdrawn_at=None).exclude(words="")
    days = queries.settings()["story_days"]
    return [_story(row, near, days) for row in rows.order_by("-told_on", "-pk")]


def is_keeper(actor: Actor, place: Place) -> bool:
    """Whether the actor is at the desk of, or leads, the community of this place: who may read stories before consent."""
    return _is_near(actor, (place.pk, place.community_id))


def _story(row: ResidentStory, near: bool, days: int) -> Story:
    consented = row.consented_at is not None and row.withdrawn_at is None
    return Story(
        pk=row.pk,
        baseline_id=row.baseline_id,
        words=row.words if near else masking.mask(row.words),
        age_band=row.age_band,
        years_there=row.years_there,
        told_on=row.told_on,
        open=consented,
        withdrawn=row.withdrawn_at is not None,
        wiped=not row.words,
        consent_words=row.consent_words if near else "",
        consented_at=row.consented_at,
        wiped_on=None if consented or not row.words else kept_until(row, days),
    )


def kept_until(story: ResidentStory, days: int) -> date:
    """The last day on which a story without consent is kept."""
    since = timezone.localtime(story.withdrawn_at).date() if story.withdrawn_at else story.told_on
    return since + timedelta(days=days)
