"""Which problem a demand may be of, and what neighbours may see of one. Nothing here shows a resident's words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import cos, radians
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from gongzhi.demands import masking, upstairs
from gongzhi.demands import queries as demands
from gongzhi.demands.upstairs import Words
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import gathering, placing, queries, rules
from gongzhi.problems.explaining import Explanation, explain_pair
from gongzhi.problems.grams import Report as Read
from gongzhi.problems.heat import Heat, heat_of
from gongzhi.problems.meeting import DAYS, METRES
from gongzhi.problems.models import Problem, Report, Suggestion
from gongzhi.problems.nearness import METRES_PER_DEGREE
from gongzhi.problems.placing import Known, Likely
from gongzhi.problems.rules import State
from gongzhi.problems.spots import area_of
from gongzhi.shared import trail
from gongzhi.shared.reading import Statement, fetch_each

MOST_KNOWN = 2_000
# Of a place that says nothing, so many: to tell by words where it is, all of them must be read.
MOST_BY_WORDS = 500
FRESH = timedelta(days=14)
# Fewer persons than this are not counted out to anybody outside.
FEW = 5


def read_words(words: Words) -> Read:
    """A demand as the engine reads it."""
    lon, lat = words.lon, words.lat
    if (lon, lat) == (words.place_lon, words.place_lat):
        # Filled in from the middle of the place, where nobody said that it was: the place's code says as much.
        lon = lat = None
    code = place_code(words.place, words.place_kind, words.compound)
    return Read(str(words.demand), words.reported_at, words.subject, words.body, code, lon, lat, words.category or "")


def place_code(place: int, kind: str, compound: int | None) -> str:
    """What the engine compares places by: the compound, then the building; nothing for a larger place."""
    if kind == PlaceKind.BUILDING.value:
        return f"C{compound}-B{place}" if compound else f"B{place}"
    return f"C{place}" if kind == PlaceKind.COMPOUND.value else ""


def cell_of(words: Words) -> int | None:
    """The cell that a demand lies in, by the middle of its place where nothing better is known."""
    return None if words.lon is None or words.lat is None else placing.cell_of(words.lon, words.lat)


class Near(NamedTuple):
    """Where to look for reports of the same trouble: in its area and about its point, else in the whole community."""

    community: int | None
    area: str
    cells: list[int]
    point: tuple[float, float] | None
    at: datetime


def near(words: Words) -> Near:
    """Around a demand, about the time of its report."""
    area = area_of(place_code(words.place, words.place_kind, words.compound))
    read = read_words(words)
    if words.lon is None or words.lat is None or not (read.place or read.lon is not None):
        return Near(words.community, area, [], None, words.reported_at)
    point = (words.lon, words.lat)
    return Near(words.community, area, placing.cells_within(*point, REACH), point, words.reported_at)


def known_reports(
    where: Near, *, apart_from: int = 0, again_days: int, open_only: bool = False, after: Sequence[Statement] = ()
) -> list[Known]:
    """Reports of the same area or about the same point, lately, that a new one may belong to; newest first.

    For one of which neither is known, the latest of the community. One standing alone counts as a problem of its own,
    the negative of its number. Left out: problems that ended, but for those solved within `again_days` unless
    `open_only`, and those that the demand `apart_from` was parted from. A problem's reports count as made within the
    last two weeks: until it is solved, and for `again_days` after, the trouble is the same however long ago somebody
    spoke of it. One query, 2,000 rows at most; no text is read.

    Where `apart_from` has its own report already, that one stands last. `after` are statements that come before it in the
    same trip.
    """
    window = timedelta(days=DAYS)
    span = [where.at - max(window, timedelta(days=again_days)), where.at + window]
    again = where.at + timedelta(days=36_500) if open_only else where.at - timedelta(days=again_days)
    if where.area or where.point:
        lon, lat = where.point or (0.0, 0.0)
        beside = [lon - BESIDE / cos(radians(lat)), lon + BESIDE / cos(radians(lat)), lat - BESIDE, lat + BESIDE]
        values = [where.area, *span, MOST_KNOWN, where.cells, where.area, *span, *beside, MOST_KNOWN]
        values += [where.cells, where.area, *span, MOST_KNOWN]
        statement = _ABOUT
    else:
        values = [*([where.community] if where.community else []), *span, MOST_BY_WORDS]
        statement = _AMONG_ALL.format("= %s" if where.community else "IS NULL")
    values += [again, where.at - FRESH, where.at - window, apart_from, MOST_KNOWN, apart_from]
    *_before, rows = fetch_each(*after, (statement, values), packed=True)
    return list(map(_KNOWN_AS, rows))


# Without a call of Python for each.
_KNOWN_AS = partial(tuple.__new__, Known)
# Further than any two reports which may be compared, but for some of one area, who are asked for by their area; and the
# same in degrees of latitude.
REACH = 1.5 * METRES
BESIDE = REACH / METRES_PER_DEGREE
# Many of them are of one problem, which is looked up once.
_KNOWN = """
WITH near AS MATERIALIZED ({about}), goes_on AS (
    SELECT id FROM problems_problem WHERE id = ANY(ARRAY(SELECT DISTINCT problem_id FROM near))
        AND (ended_at IS NULL OR (state = 'solved' AND solved_at >= %s))
)
(SELECT demand_id, coalesce(problem_id, -demand_id), signature,
    CASE WHEN problem_id IS NULL THEN reported_at ELSE greatest(reported_at, %s) END,
    place_code, lon, lat, category_code
FROM near
WHERE (CASE WHEN problem_id IS NULL THEN reported_at >= %s ELSE problem_id IN (SELECT id FROM goes_on) END)
    AND (problem_id = ANY(ARRAY(SELECT problem_id FROM problems_apart WHERE demand_id = %s))) IS NOT TRUE
ORDER BY reported_at DESC LIMIT %s)
UNION ALL {rows} demand_id = %s
"""
_LATELY = "AND reported_at BETWEEN %s AND %s {} ORDER BY reported_at DESC LIMIT %s"
_ROWS = "SELECT demand_id, problem_id, signature, reported_at, place_code, lon, lat, category_code FROM problems_report WHERE"
_CELL = f"{_ROWS} cell = ANY(%s::bigint[]) AND (area <> %s OR area = '') {_LATELY}"
_ABOUT = _KNOWN.format(
    rows=_ROWS,
    about=f"""({_ROWS} area = %s AND area <> '' {_LATELY.format("")})
    UNION ALL ({_CELL.format("AND lon BETWEEN %s AND %s AND lat BETWEEN %s AND %s")})
    UNION ALL ({_CELL.format("AND lon IS NULL")})""",
)
_AMONG_ALL = _KNOWN.format(rows=_ROWS, about=f"{_ROWS} community_id {{}} {_LATELY.format('')}")


def alikeness(one: Words, other: Words) -> float:
    """How alike the words of two demands are (0 to 1); 1 where both have one category."""
    if one.category and one.category == other.category:
        return 1.0
    mine, theirs = (f"{words.subject} {words.body}" for words in (one, other))
    return gathering.alikeness(mine, theirs, f"{one.place_words} {other.place_words}")


# What the desk sees


def heat_parts(problem: Problem, *, now: datetime) -> Heat:
    """The problem's heat as it is now, in its parts."""
    return heat_of(
        reporters=problem.reporters,
        reports=problem.reports,
        followers=problem.followers,
        age_days=(now - problem.last_reported_at).total_seconds() / 86_400,
        vulnerable=problem.vulnerable,
    )


def open_suggestions(actor: Actor) -> QuerySet[Suggestion]:
    """Pairs that may be of one trouble and wait for a person, where the actor sees both demands; newest first.

    Pairs that came together otherwise are left out.
    """
    seen = demands.visible_demands(actor)
    joined = Report.objects.filter(demand=OuterRef("demand"), problem__isnull=False)
    together = Exists(
        joined.filter(problem__in=Report.objects.filter(demand=OuterRef(OuterRef("nearest"))).values("problem"))
    )
    rows = Suggestion.objects.filter(accepted=None, demand__in=seen, nearest__in=seen).exclude(together)
    return (
        rows.select_related("demand__place", "nearest__place")
        .defer("demand__search", "nearest__search")
        .order_by("-made_at", "-pk")
    )


def problem_of(demand_id: int) -> int | None:
    """The number of the problem that a demand is handled with; whoever asks may see the demand."""
    return Report.objects.filter(demand=demand_id).values_list("problem", flat=True).first()


def problems_of(demand_ids: Iterable[int]) -> dict[int, int]:
    """The same for a page of demands: demand to problem, for those that have one. One query."""
    rows = Report.objects.filter(demand__in=list(demand_ids), problem__isnull=False)
    return dict(rows.values_list("demand", "problem"))


@dataclass(frozen=True)
class Why:
    """Why a demand stands, or could stand, in a problem: what it has in common with the nearest report of it."""

    nearest: int
    likelihood: float
    explanation: Explanation


def why_together(actor: Actor, demand_id: int, problem_id: int) -> Why | None:
    """The reasons in plain values, numbers of people hidden; None where the problem has no other report to compare.

    Raises ABSENT, of demands or of problems, for what the actor may not see.
    """
    demands.visible_demands(actor).only("pk").get(pk=demand_id)
    queries.visible_problems(actor).only("pk").get(pk=problem_id)
    mine = upstairs.words_of(demand_id)
    others = Report.objects.filter(problem=problem_id).exclude(demand=demand_id).order_by("-reported_at")
    known = [
        Known(row.demand_id, problem_id, bytes(row.signature), row.reported_at, row.place_code, row.lon, row.lat,
              row.category_code)
        for row in others[:MOST_KNOWN]
    ]  # fmt: skip
    found: list[Likely] = (
        placing.stand(read_words(mine), known, book=queries.wordbook(), most=1)[1] if mine and known else []
    )
    other = upstairs.words_of(found[0].nearest) if found else None
    if mine is None or other is None:
        return None
    return Why(other.demand, found[0].likelihood, explain_pair(as_shown(mine), as_shown(other), None))


def as_shown(words: Words) -> Read:
    subject, body = masking.mask(words.subject), masking.mask(words.body)
    where = (words.place_name, words.lon, words.lat)
    return Read(str(words.demand), words.reported_at, subject, body, *where, words.category or "")


# What neighbours see


@dataclass(frozen=True)
class NearBy:
    """An open trouble near by that looks the same. `key` is what `follow` takes: a problem, or the negative of a demand
    that stands alone; `count` None for fewer than five persons.
    """

    key: int
    title: str
    count: int | None
    since: datetime


def similar_open(
    text: str, place: Place, lon: float | None, lat: float | None, *, now: datetime, most: int = 3
) -> list[NearBy]:
    """Open troubles near by that look like these words, for whoever is about to report; likeliest first."""
    numbers = queries.settings()
    words = _unsaid(text, place, lon, lat, now)
    known = known_reports(near(words), again_days=0, open_only=True)
    _read, likely = placing.stand(read_words(words), known, book=queries.wordbook())
    likely = [one for one in likely if 100 * one.likelihood >= numbers["show_percent"]]
    others = {one.demand: one for one in upstairs.words_of_many(one.nearest for one in likely)}
    alike = [
        one for one in likely if one.nearest in others and alikeness(words, others[one.nearest]) >= gathering.ALIKE
    ]
    keys = [one.problem for one in alike][:most]
    shown = _problems_near([key for key in keys if key > 0]) | _alone_near([-key for key in keys if key < 0])
    return [shown[key] for key in keys if key in shown]


def _unsaid(text: str, place: Place, lon: float | None, lat: float | None, now: datetime) -> Words:
    """What somebody is about to say, as if it had been received."""
    known = lon is not None and lat is not None
    return Words(
        demand=0,
        state="",
        historic=None,
        reported_at=now,
        subject="",
        body=text,
        place_words=place.full_name,
        lon=lon if known else place.lon,
        lat=lat if known else place.lat,
        place=place.pk,
        place_name=place.full_name,
        place_kind=place.kind,
        place_lon=place.lon,
        place_lat=place.lat,
        compound=place.pk if place.kind == PlaceKind.COMPOUND else place.compound_id,
        community=place.pk if place.kind == PlaceKind.COMMUNITY else place.community_id,
        category="",
        confidential=False,
    )


def _problems_near(ids: list[int]) -> dict[int, NearBy]:
    rows = (
        Problem.objects.filter(pk__in=ids, ended_at=None).select_related("place", "compound", "category") if ids else []
    )
    return {
        row.pk: NearBy(row.pk, public_title(row), shown_count(row.reporters + row.followers), row.first_reported_at)
        for row in rows
        if row.public_words or row.kind != rules.Kind.DISPUTE
    }


def _alone_near(demand_ids: list[int]) -> dict[int, NearBy]:
    """Demands that stand alone; one whose reporter asked for silence is shown to nobody."""
    found = {}
    for one in upstairs.voices(demand_ids) if demand_ids else []:
        place = neighbourhood.current_place(one.compound or one.community or one.place)
        if place and not one.confidential:
            title = gathering.title_of(one.category_name or "", place.name, "")
            found[-one.demand] = NearBy(-one.demand, title, None, one.reported_at)
    return found


def shown_count(persons: int) -> int | None:
    """How many, or None for fewer than five."""
    return persons if persons >= FEW else None


def public_title(problem: Problem) -> str:
    """What everybody may read of a problem: the desk's words for it, else category and place; never a resident's.

    Not classified yet, it is called by what all its reports are taken to be about.
    """
    if problem.public_words:
        return problem.public_words
    reports = Report.objects.filter(problem=problem).values("demand")
    category = problem.category.name if problem.category else upstairs.suggested_category(reports)
    compound = problem.compound.name if problem.compound and problem.compound_id != problem.place_id else ""
    return gathering.title_of(category, compound + problem.place.name, "")


@dataclass(frozen=True)
class PublicProblem:
    """What everybody may see of a problem: no person, no resident's word. `steps` are (when, verb, what) in order."""

    pk: int
    number: str
    title: str
    place_id: int
    place: str
    state: State
    times: int
    since: datetime
    solved_at: datetime | None
    count: int | None
    steps: list[tuple[datetime, str, str]]


def public_problem(problem_id: int) -> PublicProblem | None:
    """A problem as everybody may see it, the one it was merged into in its stead; None for an absent or dropped one."""
    problem = followed_on(Problem.objects.select_related("place", "compound", "category"), problem_id)
    if problem is None or problem.state == State.DROPPED or not _for_everybody(problem):
        return None
    steps = [
        (entry.at, entry.verb, rules.MOVES[entry.verb].told)
        for entry in trail.of("problem", problem.pk)
        if entry.verb in rules.MOVES and rules.MOVES[entry.verb].told
    ]
    return PublicProblem(
        pk=problem.pk,
        number=rules.number(problem.pk),
        title=public_title(problem),
        place_id=problem.place_id,
        place=problem.place.full_name,
        state=State(problem.state),
        times=problem.times,
        since=problem.first_reported_at,
        solved_at=problem.solved_at,
        count=shown_count(problem.reporters + problem.followers),
        steps=steps,
    )


def _for_everybody(problem: Problem) -> bool:
    """Whether it may be seen at all: its category and place alone must not point at somebody."""
    if problem.public_words:
        return True
    alone = problem.origin == rules.Origin.REPORTS and problem.reporters + problem.followers < 2
    return problem.kind != rules.Kind.DISPUTE and not alone


def followed_on(rows: QuerySet[Problem], problem_id: int) -> Problem | None:
    """A problem, or the one that it ended up in by merging."""
    seen: set[int] = set()
    found = rows.filter(pk=problem_id).first()
    while found and found.merged_into_id and found.pk not in seen:
        seen.add(found.pk)
        found = rows.filter(pk=found.merged_into_id).first()
    return found


def counting_too_many() -> list[int]:
    """Open problems that count other reports than stand, since a resident took theirs back."""
    gone = Report.objects.filter(problem__isnull=False, problem__ended_at=None, demand__state="withdrawn")
    counted = dict(gone.values_list("problem", "problem__reports"))
    rows = Report.objects.filter(problem__in=counted).exclude(demand__state="withdrawn")
    standing = Counter(rows.values_list("problem", flat=True))
    return sorted(pk for pk, count in counted.items() if standing[pk] != count)
