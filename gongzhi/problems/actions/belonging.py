"""Which reports a problem has: locking the neighbourhood, putting reports in, and what follows of it for the problem.

Whoever changes what belongs to a problem first holds the neighbourhood, then the problem's row, so that two at once
come one after the other and no two wait for each other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from gongzhi.demands import upstairs
from gongzhi.demands.rules import State
from gongzhi.demands.upstairs import Voice, Words
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.problems import finding, gathering, placing
from gongzhi.problems.actions import steps, watching
from gongzhi.problems.gathering import Ladder
from gongzhi.problems.grams import Report as Read
from gongzhi.problems.models import Apart, Problem, Report
from gongzhi.problems.rules import Joining, Origin
from gongzhi.shared import writing
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.reading import Question, Statement, fetch, fetch_each


def hold(communities: Iterable[int | None], cells: Iterable[int] = ()) -> None:
    """Wait until nobody else changes what belongs together in these communities and cells; until the transaction ends."""
    fetch(*holding(communities, cells))


def holding(communities: Iterable[int | None], cells: Iterable[int] = ()) -> Statement:
    """The statement that does so, for whoever asks something else in the same trip.

    Taken in one order by everybody, so that no two wait for one another.
    """
    keys = sorted({-1 - (community or 0) for community in communities} | set(cells))
    return "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys]


def hold_for(demand_ids: Iterable[int], *problems: Problem) -> None:
    """The same for a person who sorts these demands and problems."""
    communities = {one.community for one in upstairs.words_of_many(demand_ids)}
    hold(communities | {problem.community_id for problem in problems})


def report_row(words: Words, read: Read | None = None, kept: bytes = b"") -> Report:
    """The unsaved report of a demand, as the engine read it; `kept` is its signature where that was made already."""
    read = read or finding.read_words(words)
    return Report(
        demand_id=words.demand,
        community_id=words.community,
        cell=finding.cell_of(words),
        reported_at=words.reported_at,
        signature=kept or placing.signature(read),
        place_code=read.place,
        area=placing.area_within(read.place),
        lon=read.lon,
        lat=read.lat,
        category_code=read.category or "",
    )


def reports_of(demand_ids: Sequence[int]) -> list[Report]:
    """The reports of these demands, made where placing has not come to them yet. Raises Refused for one taken back."""
    known = {row.demand_id: row for row in Report.objects.select_for_update().filter(demand__in=demand_ids)}
    for words in upstairs.words_of_many([pk for pk in demand_ids if pk not in known]):
        known[words.demand] = report_row(words)
        known[words.demand].save()
    if len(upstairs.voices(demand_ids)) < len(set(demand_ids)):
        raise Refused(_("其中有居民已撤回的诉求，不能并入。"))
    return [known[pk] for pk in dict.fromkeys(demand_ids)]


def put_in(
    problem: Problem, reports: Sequence[Report], by: Joining, *, now: datetime, likelihood: float | None = None
) -> None:
    """Write down that these reports belong to the problem; a person's word ends an earlier one to the contrary."""
    say_joined(problem, reports, by, now=now, likelihood=likelihood)
    Report.objects.bulk_update(reports, JOINED)
    if by is Joining.PERSON:
        Apart.objects.filter(problem=problem, demand__in=[report.demand_id for report in reports]).delete()


JOINED = ("problem", "joined_by", "joined_at", "likelihood")
"""The fields that `say_joined` sets."""


def say_joined(
    problem: Problem, reports: Sequence[Report], by: Joining, *, now: datetime, likelihood: float | None = None
) -> None:
    """The same said of the rows, which are not saved yet."""
    for report in reports:
        report.problem, report.joined_by, report.joined_at = problem, by.value, now
        report.likelihood = likelihood


def part(demand_ids: Iterable[int], problem: Problem, *, now: datetime) -> None:
    """Write down that the engine may never put these demands into this problem."""
    rows = [Apart(demand_id=pk, problem=problem, said_at=now) for pk in demand_ids]
    Apart.objects.bulk_create(rows, ignore_conflicts=True)


class Members(NamedTuple):
    """What stands of a problem's reports, whether a person put one in, and the demands whose reporters were not told."""

    voices: list[Voice]
    by_person: bool
    untold: list[int]

    def joined_by(self, voice: Voice) -> "Members":
        """With one more, which the engine puts in and whose report is written together with what follows of it."""
        voices = sorted([*self.voices, voice], key=lambda one: (one.reported_at, one.demand))
        return self._replace(voices=voices, untold=[*self.untold, voice.demand])


def members_of(problem: Problem) -> Members:
    """Those of a problem. One query."""
    return _members(_MEMBERS.ask(problem.pk))


def locked_with_members(problem_id: int, also: Statement) -> tuple[Problem | None, Members, list[tuple[Any, ...]]]:
    """A problem, or the one that it ended up in by merging, locked, its members, and the answer to `also`. One trip, and
    one more for each merging.
    """
    seen: set[int] = set()
    while True:
        seen.add(problem_id)
        asked = [steps.LOCKED.statement(problem_id), _MEMBERS.statement(problem_id), also]
        found, members, answer = fetch_each(*asked)
        problem = next(iter(steps.LOCKED.read(found)), None)
        if problem is None or problem.merged_into_id is None or problem.merged_into_id in seen:
            return problem, _members(_MEMBERS.read(members)), answer
        problem_id = problem.merged_into_id


def _members(rows: list[tuple[Any, ...]]) -> Members:
    return Members(
        [upstairs.voice(*said) for _by, _told, state, *said in rows if state != State.WITHDRAWN],
        by_person=any(by == Joining.PERSON.value for by, *_rest in rows),
        untold=[said[0] for _by, told, _state, *said in rows if told is None],
    )


_MEMBERS = Question(
    lambda pk: (
        Report.objects.filter(problem=pk)
        .order_by("demand__reported_at", "demand_id")
        .values_list("joined_by", "told_at", "demand__state", *(f"demand__{name}" for name in upstairs.VOICE))
    ),
    int,
)


def open_problem(voices: Sequence[Voice], *, origin: Origin = Origin.REPORTS, now: datetime, **given: Any) -> Problem:
    """Save a new problem as these voices have it, but for what is `given`; without any report yet."""
    problem = Problem(origin=origin.value, raised_at=now, first_reported_at=now, last_reported_at=now)
    if voices:
        _describe(problem, voices)
        problem.first_reported_at, problem.last_reported_at = voices[0].reported_at, voices[-1].reported_at
        problem.accountable_id = voices[0].accountable
    for name, value in given.items():
        setattr(problem, name, value)
    if not problem.title:
        problem.title = _title(problem, voices)
    writing.insert(problem)
    return problem


def settle(problem: Problem, *, now: datetime) -> None:
    """Count the problem anew after something was put in or taken out, and raise the alert where that crossed a rule.

    Saves all but what `steps.finish` writes.
    """
    times = count_anew(problem, members_of(problem), now=now)
    problem.save()
    watching.watch(problem, times, now=now)


COUNTED = (
    *("place", "compound", "community", "subdistrict", "lon", "lat", "category", "first_reported_at"),
    *watching.COUNTED,
)
"""The fields that `count_anew` sets."""


def count_anew(problem: Problem, members: Members, *, now: datetime, followed: bool = True) -> list[datetime]:
    """Count a problem as it is with these members, without saving; returns when each spoke or followed.

    Not `followed`, nobody follows it, which need not be asked. Its place and category follow its reports as long as the
    engine alone has put them there.
    """
    voices = members.voices
    if voices and problem.origin == Origin.REPORTS and not members.by_person:
        _describe(problem, voices)
    if problem.times == 1 and voices:
        problem.first_reported_at = min(problem.first_reported_at, voices[0].reported_at)
    return watching.count(problem, voices, now=now, followed=followed)


def _describe(problem: Problem, voices: Sequence[Voice]) -> None:
    """Where it is and about what, as most of its reports say."""
    where = gathering.common_place([Ladder(v.place, v.compound, v.community, v.subdistrict) for v in voices])
    problem.place_id, problem.compound_id, problem.community_id, problem.subdistrict_id = where
    problem.lon, problem.lat = gathering.middle((voice.lon, voice.lat) for voice in voices)
    problem.category_id = gathering.commonest(voice.category for voice in voices) or problem.category_id


def _title(problem: Problem, voices: Sequence[Voice]) -> str:
    """Its category and place; without a category the first words of somebody who did not ask for silence."""
    names = {voice.category: voice.category_name for voice in voices}
    category = (names.get(problem.category_id) if problem.category_id else "") or ""
    said = next((voice.subject for voice in voices if not voice.confidential), "")
    called = {voice.place: voice.place_name for voice in voices}
    called |= {voice.compound: voice.compound_name or "" for voice in voices if voice.compound}
    place, compound = problem.place_id, problem.compound_id
    if place not in called or (compound and compound not in called):
        return gathering.title_of(category, place_name(place, compound), said)
    where = (called[compound] if compound and compound != place else "") + called[place]
    return gathering.title_of(category, where, said)


def place_name(place_id: int, compound_id: int | None) -> str:
    """A building with its compound, any other place by its own name."""
    place: Place | None = neighbourhood.current_place(place_id)
    compound = neighbourhood.current_place(compound_id) if compound_id and compound_id != place_id else None
    return (compound.name if compound else "") + (place.name if place else "")
