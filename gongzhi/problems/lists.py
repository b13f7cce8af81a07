"""Lists of problems: what is hot, what lies where and when, what a unit was called for; as plain lines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncWeek

from gongzhi.demands.masking import mask
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import rules
from gongzhi.problems.models import Alert, AlertRule, Blocker, Problem, Report, Rung, Whistle
from gongzhi.problems.queries import visible_problems, visible_referrals, visible_whistles
from gongzhi.problems.rules import State
from gongzhi.shared.texts import plain

PAGE = 50


class Line(NamedTuple):
    """A problem as a line of a list; numbers in its title are hidden. `stuck_since` is its oldest open blocker."""

    pk: int
    state: str
    kind: str
    origin: str
    title: str
    place: str
    community: str | None
    category: str | None
    category_english: str | None
    assignee: str | None
    reports: int
    reporters: int
    followers: int
    vulnerable: int
    heat: float
    times: int
    first_reported_at: datetime
    last_reported_at: datetime
    coordinated_at: datetime | None
    solved_at: datetime | None
    cause_known_at: datetime | None
    stuck_since: datetime | None
    stuck_at: int
    no_power: bool
    alerted: bool


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything. `state` may also be "open", which it is, or "all"."""

    place: Place | None = None
    state: str = "open"
    category: Category | None = None
    kind: str = ""
    words: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a list; `after` is the cursor of the next one, empty at the end."""

    rows: list[Line]
    after: str = ""


def filtered(actor: Actor, filters: Filters) -> QuerySet[Problem]:
    """The problems that the actor may see and the filters leave, unordered."""
    rows = visible_problems(actor)
    if filters.state == "open":
        rows = rows.filter(ended_at=None)
    elif filters.state in set(State):
        rows = rows.filter(state=filters.state)
    if filters.kind in set(rules.Kind):
        rows = rows.filter(kind=filters.kind)
    if filters.place:
        rows = rows.filter(at_place(filters.place))
    if category := filters.category:
        below = Q(category__parent=category) | Q(category__parent__parent=category)
        rows = rows.filter(Q(category=category) | below)
    for word in filters.words.replace("\0", "").split()[:5]:
        rows = rows.filter(_said(word))
    return rows


def at_place(place: Place) -> Q:
    """A filter on problems: at this place or anywhere below it."""
    if place.kind == PlaceKind.DISTRICT:
        return Q()
    if place.kind in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND}:
        return Q(**{place.kind: place.pk})
    if place.kind == PlaceKind.GRID:
        return Q(place__grid=place.pk) | Q(place=place.pk)
    return Q(place=place.pk)


def _said(word: str) -> Q:
    found = Q(title__icontains=word) | Q(public_words__icontains=word) | Q(cause__icontains=word)
    found |= Q(place__full_name__icontains=word)
    number = rules.read_number(word) if plain(word).isdecimal() else None
    return found | Q(pk=number) if number and number < 2**63 else found


def hot_list(actor: Actor, filters: Filters = Filters(), *, after: str = "", size: int = PAGE) -> Page:
    """The hottest first, found by the key of the line before. A cursor that cannot be read gives the first page.

    One query.
    """
    rows = filtered(actor, filters)
    if cursor := _read_cursor(after):
        heat, pk = cursor
        # The first condition is what the index can start at; the second sorts out rows of the same heat.
        rows = rows.filter(heat__lte=heat).filter(Q(heat__lt=heat) | Q(pk__lt=pk))
    found = lines(rows.order_by("-heat", "-pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(found, f"{found[-1].heat!r}_{found[-1].pk}" if more else "")


def lines(rows: QuerySet[Problem]) -> list[Line]:
    """These problems as lines, in one query."""
    standing = Blocker.objects.filter(problem=OuterRef("pk"), lifted_at=None).order_by().values("problem")
    authority = Blocker.objects.filter(problem=OuterRef("pk"), lifted_at=None, kind=rules.BlockerKind.AUTHORITY.value)
    asked = rows.annotate(
        place_full=F("place__full_name"),
        community_name=F("community__name"),
        category_name=F("category__name"),
        category_en=F("category__english"),
        assignee_name=F("assignee__name"),
        stuck_since=Subquery(standing.annotate(since_first=Min("since")).values("since_first")),
        stuck_at=Coalesce(Subquery(standing.annotate(n=Count("pk")).values("n")), 0),
        has_authority=Exists(authority),
        has_alert=Exists(Alert.objects.filter(problem=OuterRef("pk"), times=OuterRef("times"))),
    ).values_list(*_COLUMNS)
    found = []
    for row in asked:
        line = Line(*row)
        no_power = line.no_power and line.cause_known_at is not None and line.state in rules.OPEN
        found.append(line._replace(title=mask(line.title), no_power=no_power))
    return found


_NAMES = {
    "place": "place_full",
    "community": "community_name",
    "category": "category_name",
    "category_english": "category_en",
    "assignee": "assignee_name",
    "no_power": "has_authority",
    "alerted": "has_alert",
}
_COLUMNS = tuple(_NAMES.get(name, name) for name in Line._fields)


def _read_cursor(text: str) -> tuple[float, int] | None:
    heat, _sep, pk = text.partition("_")
    if len(text) > 60 or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    try:
        value = float(heat)
    except ValueError:
        return None
    return (value, int(pk)) if math.isfinite(value) else None


class Warned(NamedTuple):
    """An alert of an open problem; numbers in its title are hidden."""

    problem: int
    title: str
    rule: str
    crossed_at: datetime


def alerted_since(actor: Actor, moment: datetime, *, most: int = 5) -> list[Warned]:
    """The latest alerts of open problems that the actor may see. One query."""
    seen = visible_problems(actor).filter(ended_at=None)
    rows = Alert.objects.filter(problem__in=seen, raised_at__gte=moment).order_by("-raised_at", "-pk")
    columns = ("problem_id", "problem__title", "rule__name", "crossed_at")
    return [Warned(pk, mask(title), *rest) for pk, title, *rest in rows.values_list(*columns)[:most]]


def alert_rules() -> QuerySet[AlertRule]:
    """Every alert rule, those in force first."""
    return AlertRule.objects.select_related("category", "place").order_by("-active", "pk")


def rungs() -> QuerySet[Rung]:
    """Every rung of the escalation ladder, those in force first."""
    return Rung.objects.order_by("-active", "after_days", "pk")


class Point(NamedTuple):
    """A problem on the map: where the symptom is, and where the cause, which may be unknown or without a place.

    `reports` counts those of the span that was asked for, or all of them.
    """

    pk: int
    title: str
    state: str
    kind: str
    heat: float
    reports: int
    lon: float
    lat: float
    cause_lon: float | None
    cause_lat: float | None


MOST_POINTS = 2000


def problem_points(
    actor: Actor, filters: Filters = Filters(), span: tuple[datetime, datetime] | None = None
) -> list[Point]:
    """The hottest problems that can be drawn, at their own spot or else at their place's. One query.

    With a `span`, those of which somebody reported in it, or which were raised in it without any report.
    """
    rows = filtered(actor, filters)
    rows = _in_span(rows, span) if span else rows.annotate(n=F("reports"))
    rows = rows.annotate(at_lon=Coalesce("lon", "place__lon"), at_lat=Coalesce("lat", "place__lat"))
    columns = ("pk", "title", "state", "kind", "heat", "n", "at_lon", "at_lat", "cause_lon", "cause_lat")
    drawn = rows.filter(at_lon__isnull=False, at_lat__isnull=False).order_by("-heat", "-pk")
    points = (Point(*row) for row in drawn.values_list(*columns)[:MOST_POINTS])
    return [point._replace(title=mask(point.title)) for point in points]


def point_of(problem: Problem) -> Point | None:
    """One problem as a point, for whoever was let through to it; None where nothing says where it is."""
    place = problem.place
    lon, lat = (place.lon, place.lat) if problem.lon is None or problem.lat is None else (problem.lon, problem.lat)
    if lon is None or lat is None:
        return None
    cause = (problem.cause_lon, problem.cause_lat)
    about = (problem.pk, mask(problem.title), problem.state, problem.kind, problem.heat, problem.reports)
    return Point(*about, lon, lat, *cause)


def _in_span(rows: QuerySet[Problem], span: tuple[datetime, datetime]) -> QuerySet[Problem]:
    inside = Report.objects.filter(problem=OuterRef("pk"), reported_at__gte=span[0], reported_at__lt=span[1])
    counted = inside.order_by().values("problem").annotate(n=Count("pk")).values("n")
    rows = rows.annotate(n=Coalesce(Subquery(counted), 0))
    return rows.filter(Q(n__gt=0) | Q(raised_at__gte=span[0], raised_at__lt=span[1]))


class Week(NamedTuple):
    """How many problems were raised in one community (or above the communities: None) in the week from this Monday."""

    monday: date
    community_id: int | None
    community: str | None
    raised: int


def problems_by_week(actor: Actor, *, since: datetime, until: datetime) -> list[Week]:
    """Problems raised in a span by week and place, oldest first; what was merged or dropped is not counted."""
    rows = (
        visible_problems(actor)
        .filter(raised_at__gte=since, raised_at__lt=until)
        .exclude(state__in=[State.MERGED.value, State.DROPPED.value])
        .annotate(week=TruncWeek("raised_at"))
        .values_list("week", "community", "community__name")
        .annotate(raised=Count("pk"))
        .order_by("week", "community__name")
    )
    return [Week(week.date(), *rest) for week, *rest in rows]


class Call(NamedTuple):
    """A whistle as both sides read it: of the problem its number, title and place, and no more."""

    pk: int
    state: str
    number: str
    title: str
    place: str
    occasion: str
    unit_id: int
    unit: str
    words: str
    blown_at: datetime
    blown_by: str | None
    sign_due_at: datetime
    contact_due_at: datetime
    on_site_due_at: datetime
    signed_at: datetime | None
    contacted_at: datetime | None
    on_site_at: datetime | None
    solved_at: datetime | None
    rated_at: datetime | None
    rating: str


_CALL = {
    "number": "problem_id",
    "title": "problem__title",
    "place": "problem__place__full_name",
    "occasion": "occasion__name",
    "unit": "unit__name",
    "blown_by": "blown_by__name",
}


def whistle_calls(
    actor: Actor, *, state: str = "", unit_id: int | None = None, before: int | None = None, size: int = PAGE
) -> list[Call]:
    """Whistles that the actor may see, the newest first, from below the number `before` on. `state` may be "open"."""
    rows: QuerySet[Whistle] = visible_whistles(actor)
    if state == "open":
        rows = rows.filter(state__in=sorted(rules.WHISTLE_OPEN))
    elif state in set(rules.WhistleState):
        rows = rows.filter(state=state)
    if unit_id:
        rows = rows.filter(unit=unit_id)
    if before:
        rows = rows.filter(pk__lt=before)
    columns = [_CALL.get(name, name) for name in Call._fields]
    return [_call(Call(*row)) for row in rows.order_by("-pk").values_list(*columns)[:size]]


def get_call(actor: Actor, whistle_id: int) -> Call:
    """One whistle. Raises Whistle.DoesNotExist, the same for absent and not yours."""
    columns = [_CALL.get(name, name) for name in Call._fields]
    return _call(Call(*visible_whistles(actor).values_list(*columns).get(pk=whistle_id)))


def _call(call: Call) -> Call:
    return call._replace(number=rules.number(int(call.number)), title=mask(call.title))


class Asked(NamedTuple):
    """A referral as both sides read it: of the problem its number, community and category."""

    pk: int
    state: str
    number: str
    community: str | None
    category: str | None
    category_english: str | None
    unit_id: int
    unit: str
    words: str
    outcome: str
    referred_at: datetime
    received_at: datetime | None
    coordinated_at: datetime | None
    closed_at: datetime | None


_ASKED = {
    "number": "problem_id",
    "community": "problem__community__name",
    "category": "problem__category__name",
    "category_english": "problem__category__english",
    "unit": "unit__name",
}


MOST_ASKED = 200


_ASKED_COLUMNS = tuple(_ASKED.get(name, name) for name in Asked._fields)


def referral_lines(actor: Actor) -> list[Asked]:
    """Referrals that the actor may see, the newest first."""
    rows = visible_referrals(actor).order_by("-pk").values_list(*_ASKED_COLUMNS)[:MOST_ASKED]
    return [_asked(row) for row in rows]


def get_asked(actor: Actor, referral_id: int) -> Asked:
    """One referral. Raises Referral.DoesNotExist, the same for absent and not yours."""
    return _asked(visible_referrals(actor).values_list(*_ASKED_COLUMNS).get(pk=referral_id))


def _asked(row: Sequence[Any]) -> Asked:
    asked = Asked(*row)
    return asked._replace(number=rules.number(int(asked.number)))
