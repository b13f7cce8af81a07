"""What stands beside a problem and may belong to it, and why; for whoever sorts."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from gongzhi.demands import queries as demands
from gongzhi.demands import upstairs
from gongzhi.demands.masking import mask
from gongzhi.demands.upstairs import Words
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import finding, lists, placing, queries
from gongzhi.problems.explaining import Explanation, explain_pair
from gongzhi.problems.models import Blocker, Problem, Report, Suggestion
from gongzhi.problems.placing import Known
from gongzhi.problems.rules import Stalled, State, stalled
from gongzhi.shared.reading import Question

# How far back an open demand may have been reported and still be offered.
DAYS = 90
MOST_LOOKED_AT = 60


class Beside(NamedTuple):
    """An open demand near by in no problem; numbers in its subject are hidden, `likelihood` from 0 to 1."""

    demand_id: int
    subject: str
    place: str
    reported_at: datetime
    likelihood: float


def demands_beside(actor: Actor, problem: Problem, *, now: datetime, most: int = 15) -> list[Beside]:
    """Open demands near by, likest first, as far as the actor sees them. Four queries at most."""
    near = demands.near_by(actor, problem.place, now=now, days=DAYS, limit=MOST_LOOKED_AT)
    found = {row.pk: row for row in near.select_related("place").defer("search")}
    held = Report.objects.filter(demand__in=list(found), problem__state__in=_HOLDING).values_list("demand", flat=True)
    for pk in held if found else ():
        del found[pk]
    known = _known(problem) if found else []
    likelihoods = {words.demand: _likelihood(words, known) for words in upstairs.words_of_many(found)} if found else {}
    rows = [
        Beside(pk, mask(row.subject), row.place.full_name, row.reported_at, likelihoods.get(pk, 0.0))
        for pk, row in found.items()
    ]
    return sorted(rows, key=lambda one: (-one.likelihood, -one.demand_id))[:most]


_HOLDING = sorted(state.value for state in State if state is not State.DROPPED)


def _known(problem: Problem) -> list[Known]:
    rows = Report.objects.filter(problem=problem).order_by("-reported_at")[: finding.MOST_KNOWN]
    return [
        Known(row.demand_id, problem.pk, bytes(row.signature), row.reported_at, row.place_code, row.lon, row.lat,
              row.category_code)
        for row in rows if row.signature
    ]  # fmt: skip


def _likelihood(words: Words, known: list[Known]) -> float:
    likely = placing.likely_problems(finding.read_words(words), known, most=1) if known else []
    return likely[0].likelihood if likely else 0.0


def problems_beside(actor: Actor, problem: Problem, *, most: int = 10) -> list[lists.Line]:
    """Other open problems of the same compound or community, hottest first. One query."""
    rows = queries.visible_problems(actor).filter(ended_at=None).exclude(pk=problem.pk)
    if problem.compound_id:
        rows = rows.filter(compound=problem.compound_id)
    elif problem.community_id:
        rows = rows.filter(community=problem.community_id)
    else:
        return []
    return lists.lines(rows.order_by("-heat", "-pk")[:most])


class Pair(NamedTuple):
    """A suggestion with its two demands as the desk reads them, numbers hidden, and what they have in common."""

    suggestion: Suggestion
    first: Words
    second: Words
    why: Explanation
    problems: tuple[int | None, int | None]


def suggested_pairs(actor: Actor, *, after: int | None = None, size: int = 10) -> tuple[list[Pair], int | None]:
    """Pairs that wait for a person, newest first, and the key of the next page. Three queries."""
    rows = finding.open_suggestions(actor).order_by("-pk")
    rows = rows.filter(pk__lt=after) if after else rows
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    ids = {pk for row in found for pk in (row.demand_id, row.nearest_id)}
    words = {one.demand: _hidden(one) for one in upstairs.words_of_many(ids)} if ids else {}
    inside = finding.problems_of(ids) if ids else {}
    pairs = [
        Pair(
            row,
            words[row.demand_id],
            words[row.nearest_id],
            explain_pair(finding.as_shown(words[row.demand_id]), finding.as_shown(words[row.nearest_id]), None),
            (inside.get(row.demand_id), inside.get(row.nearest_id)),
        )
        for row in found
    ]
    return pairs, found[-1].pk if more else None


def _hidden(words: Words) -> Words:
    return words._replace(subject=mask(words.subject), body=mask(words.body))


def suggestions_open(actor: Actor, *, most: int = 100) -> int:
    """How many pairs wait for a person; counted up to `most`. One query."""
    return finding.open_suggestions(actor).order_by().values("pk")[:most].count()


def report_points(actor: Actor, problem: Problem) -> list[tuple[int, str, float, float]]:
    """The reports of a problem that lie somewhere and whose demands the actor may see: (demand, subject, lon, lat)."""
    rows = Report.objects.filter(problem=problem, demand__in=demands.visible_demands(actor))
    drawn = rows.filter(demand__lon__isnull=False, demand__lat__isnull=False).order_by("reported_at")
    columns = ("demand_id", "demand__subject", "demand__lon", "demand__lat")
    return [(pk, mask(subject), lon, lat) for pk, subject, lon, lat in drawn.values_list(*columns)[:500]]


class Inside(NamedTuple):
    """The problem that a demand is handled with, as much as its page says of it."""

    pk: int
    title: str
    reports: int


_LADDER = ("place", "compound", "community", "subdistrict")
_INSIDE = Question(
    lambda demand: Report.objects.filter(demand=demand, problem__isnull=False).values_list(
        "problem__pk", "problem__title", "problem__reports", *(f"problem__{rung}" for rung in _LADDER)
    ),
    int,
)


def problem_with(actor: Actor, demand_id: int) -> Inside | None:
    """The problem that a demand is handled with, where the actor may see it. One query, by a plan that is kept."""
    for pk, title, reports, *ladder in _INSIDE.ask(demand_id):
        if not actor.standings_at(ladder).isdisjoint(queries.PLACE_STANDINGS):
            return Inside(pk, mask(title), reports)
    return None


def stalled_among(actor: Actor, problem_ids: Iterable[int], *, now: datetime) -> dict[int, Stalled]:
    """Which of these problems are stuck, for how many days and at how many blockers, as far as the actor sees them.

    One query, or none.
    """
    ids = set(problem_ids)
    if not ids:
        return {}
    mine = queries.visible_problems(actor).filter(pk__in=ids, ended_at=None)
    found: dict[int, list[Blocker]] = {}
    for one in Blocker.objects.filter(problem__in=mine, lifted_at=None):
        found.setdefault(one.problem_id, []).append(one)
    return {pk: stuck for pk, rows in found.items() if (stuck := stalled(rows, now))}
