"""A demand finds its problem: it joins one, opens one with the report it is likest to, or stands alone."""

import logging
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from gongzhi.demands import upstairs
from gongzhi.demands.upstairs import Voice, Words
from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.problems import finding, gathering, placing, queries
from gongzhi.problems.actions import belonging, steps, telling, watching
from gongzhi.problems.actions.belonging import Members
from gongzhi.problems.actions.ending import AGAIN, reopened
from gongzhi.problems.models import Problem, Report, Setting, WordCounts
from gongzhi.problems.placing import Likely
from gongzhi.problems.rules import Joining, State
from gongzhi.shared import trail, writing
from gongzhi.shared.reading import Rows, Statement, fetch_each
from gongzhi.shared.rows import Notice, TrailEntry

log = logging.getLogger("gongzhi.problems")


# Within another's transaction it needs no point to go back to: what fails here, fails all of it.
@transaction.atomic(savepoint=False)
def place_demand(*, demand_id: int, now: datetime) -> Report | None:
    """Put a demand where it belongs, once; all that follows (alert, telling, reopening) in the same transaction.

    Joins by itself only at the district's `join_percent`; from `suggest_percent` on it leaves a suggestion. Returns
    the demand's report without its own id; None for a demand taken back, an old order that is only kept, or none at all.
    """
    said = upstairs.heard([demand_id]).get(demand_id)
    if said is None or not said[0].stands:
        return None
    words = said[0]
    read, near = finding.read_words(words), finding.near(words)
    kept = placing.signature(read)
    numbers = queries.settings()
    held = belonging.holding([words.community], near.cells)
    known = finding.known_reports(near, apart_from=demand_id, again_days=numbers["again_days"], after=[held])
    if known and known[-1].demand == demand_id:
        return _PLACED.ask(demand_id)[0]
    read, likely = placing.stand(read, known, kept=kept, book=queries.wordbook())
    report = belonging.report_row(words, read, kept)
    also = _decide(report, said, likely, numbers, now=now)
    if report.problem_id is None:
        writing.write([report], then=also)
    return report


_PLACED = Rows(lambda pk: Report.objects.filter(demand=pk), int)


# What a demand says, and the same as one voice.
_Said = tuple[Words, Voice]


def _decide(
    report: Report, said: _Said, likely: list[Likely], numbers: dict[str, int], *, now: datetime
) -> list[Statement]:
    """Join the likeliest that says something alike, written with the report; else the statement that suggests one, if any."""
    words = said[0]
    likely = [one for one in likely if 100 * one.likelihood >= numbers["suggest_percent"]]
    heard: dict[int, _Said] = {}

    def alike(one: Likely, least: float) -> bool:
        return one.nearest in heard and finding.alikeness(words, heard[one.nearest][0]) >= least

    for one in likely:
        if 100 * one.likelihood < numbers["join_percent"]:
            break
        met = _meet(one)
        heard.update(met.heard)
        if alike(one, gathering.ALIKE) and (done := _join(report, said, met, one, now=now)) is not None:
            return done
    heard.update(upstairs.heard(one.nearest for one in likely if one.nearest not in heard))
    best = next((one for one in likely if alike(one, gathering.SOMEWHAT_ALIKE)), None)
    return [_suggestion(words, best, now=now)] if best else []


class _Met(NamedTuple):
    """The report nearest to a new one, as it is heard, and what stands there, locked: a problem with its members, or a
    report alone."""

    heard: dict[int, _Said]
    problem: Problem | None = None
    members: Members | None = None
    alone: Report | None = None


def _meet(best: Likely) -> _Met:
    """One trip."""
    hearing = upstairs.hearing([best.nearest])
    if best.problem < 0:
        heard, alone = fetch_each(hearing, _ALONE.statement(-best.problem))
        return _Met(upstairs.heard_in(heard), alone=_ALONE.read(alone)[0])
    problem, members, heard = belonging.locked_with_members(best.problem, hearing)
    return _Met(upstairs.heard_in(heard), problem, members)


def _suggestion(words: Words, best: Likely, *, now: datetime) -> Statement:
    return _SUGGEST, [words.demand, best.nearest, words.community, best.likelihood, now]


_SUGGEST = """
INSERT INTO problems_suggestion (demand_id, nearest_id, community_id, likelihood, made_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def _join(report: Report, said: _Said, met: _Met, best: Likely, *, now: datetime) -> list[Statement] | None:
    """Put the report with the best and write both; else what else is to be written with it, None where what stood there
    is gone."""
    words, voice = said
    if met.alone:
        return _open_with(report, said, met.alone, met.heard[best.nearest], best, now=now)
    problem, members = met.problem, met.members
    if problem is None or members is None or problem.state in {State.DROPPED, State.MERGED}:
        return None
    entries: list[TrailEntry] = []
    lines: list[Notice] = []
    if problem.state == State.SOLVED:
        if problem.solved_at and words.reported_at <= problem.solved_at:
            # Said before it was solved: not "again", and nothing to reopen for; a person looks.
            return [_suggestion(words, best, now=now)]
        step = steps.begun(CLOCK, problem, "reopen", now=now, reason=AGAIN)
        entry, lines = reopened(step, reason=AGAIN, reported_at=words.reported_at)
        entries.append(entry)
    step = steps.begun(CLOCK, problem, "join", now=now, demands=[words.demand])
    data = {"demands": [words.demand], "nearest": best.nearest, "likelihood": round(best.likelihood, 3)}
    entries.append(steps.ended(step, data=data))
    belonging.say_joined(problem, [report], Joining.ENGINE, now=now, likelihood=best.likelihood)
    _write_joined(problem, report, entries, members.joined_by(voice), lines, now=now)
    return []


_CHANGED = ("state", "version", "ended_at", "times", "coordinated_at", "solved_at", *belonging.COUNTED)


def _write_joined(
    problem: Problem,
    report: Report,
    entries: list[TrailEntry],
    members: Members,
    lines: list[Notice],
    *also: Statement,
    now: datetime,
) -> None:
    """Count the problem as it is with its members, and write all of that with the new report in one trip; then see
    whether it is hot."""
    # Joining changes no follower.
    times = belonging.count_anew(problem, members, now=now, followed=problem.followers > 0)
    together = telling.together(problem, members.untold, now=now)
    then = [*also, writing.changes(problem, *_CHANGED)]
    if together is not None:
        told = "UPDATE problems_report SET told_at = %s WHERE problem_id = %s AND told_at IS NULL"
        then.append((told, [now, problem.pk]))
    writing.write([report], entries, [*lines, *(together or [])], then=then)
    watching.watch(problem, times, now=now)


def _open_with(
    report: Report, said: _Said, other: Report, alone: _Said, best: Likely, *, now: datetime
) -> list[Statement] | None:
    """Open a problem of two that stood alone."""
    if not alone[0].stands:
        # Taken back since: it is no report any more.
        other.delete()
        return None
    voices = sorted((said[1], alone[1]), key=lambda one: (one.reported_at, one.demand))
    problem = belonging.open_problem(voices, now=now)
    belonging.say_joined(problem, [other, report], Joining.ENGINE, now=now, likelihood=best.likelihood)
    entry = trail.entry(
        CLOCK,
        at=now,
        noun="problem",
        noun_id=problem.pk,
        verb="raise",
        to_state=problem.state,
        data={"demands": [voice.demand for voice in voices], "likelihood": round(best.likelihood, 3)},
    )
    untold = [one.demand_id for one in (other, report) if one.told_at is None]
    members = Members(voices, by_person=False, untold=untold)
    _write_joined(problem, report, [entry], members, [], writing.changes(other, *belonging.JOINED), now=now)
    return []


_ALONE = Rows(lambda pk: Report.objects.select_for_update().filter(demand=pk), int)


# Demands are looked for from this long before the last one placed: a spreadsheet is taken in over many minutes, and
# its demands all bear the moment at which that began.
OVERLAP = timedelta(hours=1)
# The row of settings that says up to which minute (since 1970) demands have been placed; no number of the district's.
PLACED_UNTIL = "placed_until"
_BATCH = 200


def place_new(*, now: datetime, most: int = 2_000, everything: bool = False) -> int:
    """Place demands received since the last time, or ever with `everything`; a bad one (logged) stops nobody.

    Each in its own transaction, in the order of receipt. Returns how many were looked at; where it is `most` there may
    be more.
    """
    mark = Setting.objects.filter(code=PLACED_UNTIL).values_list("value", flat=True).first()
    since = None if mark is None or everything else datetime.fromtimestamp(mark * 60, UTC) - OVERLAP
    last, looked_at = None, 0
    while looked_at < most:
        rows = upstairs.standing_without(
            Report.objects.all(), since=since, after=last, most=min(_BATCH, most - looked_at)
        )
        for _received, demand_id in rows:
            try:
                place_demand(demand_id=demand_id, now=now)
            except Exception:
                log.exception("demand %s could not be placed", demand_id)
        if not rows:
            break
        last, looked_at = rows[-1], looked_at + len(rows)
        _mark(int(last[0].timestamp() // 60))
    return looked_at


def _mark(minute: int) -> None:
    """Demands up to this minute have been placed; never goes back."""
    Setting.objects.get_or_create(code=PLACED_UNTIL, defaults={"value": minute})
    Setting.objects.filter(code=PLACED_UNTIL, value__lt=minute).update(value=minute)


MOST_COUNTED = 100_000


@transaction.atomic
def count_words(*, now: datetime) -> int:
    """Count anew how often the district says each word, from its latest reports; no text is read or kept.

    Returns of how many reports. Every process takes it up within ten minutes.
    """
    rows = Report.objects.order_by("-reported_at").values_list("signature", "place_code", "category_code")
    latest = list(rows[:MOST_COUNTED])
    if latest:
        kept, places, categories = zip(*((bytes(kept), *more) for kept, *more in latest), strict=True)
        book = placing.count_kept(kept, places, categories)
        WordCounts.objects.all().delete()
        WordCounts.objects.create(counted_at=now, reports=book.reports, content=book.save())
        queries.forget_settings()
    return len(latest)
