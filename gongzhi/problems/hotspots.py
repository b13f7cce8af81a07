"""Ranks problems by how many speak of them and how close together in time. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from gongzhi.problems.explaining import shared_runs
from gongzhi.problems.grams import LENGTHS, Rarity, Report, names, plain

_READ = 50
"""So many reports of one problem are read to say where it is and what it is about."""


class Hot(NamedTuple):
    """One problem as a list of hot problems shows it. `heat` is made of `reports` and `busiest`, see `heat`.

    `where` is the place or group that its reports name, "" where they name none in common; `description` the subject
    of the report that has most in common with the others.
    """

    rank: int
    problem_id: str
    heat: float
    reports: int
    busiest: int
    since: datetime
    until: datetime
    where: str
    description: str


def busiest(moments: Sequence[datetime], window_days: float) -> int:
    """The most reports that came within any window of so many days; `moments` in order of time."""
    most = start = 0
    for end, moment in enumerate(moments):
        while (moment - moments[start]).total_seconds() > window_days * 86_400:
            start += 1
        most = max(most, end - start + 1)
    return most


def heat(reports: int, in_busiest: int) -> float:
    """A report inside the busiest days counts 1, one outside counts a half."""
    return (reports + in_busiest) / 2


def rank(members: Mapping[str, Sequence[Report]], rarity: Rarity, *, most: int, window_days: float) -> list[Hot]:
    """The `most` hottest problems (id to reports in order of time); of equal heat the later one first."""
    rows = []
    for problem_id, reports in members.items():
        if len(reports) > 1:
            crowd = busiest([one.reported_at for one in reports], window_days)
            rows.append((heat(len(reports), crowd), reports[-1].reported_at, problem_id, crowd))
    rows.sort(key=lambda row: (row[0], row[1], row[2]), reverse=True)
    result = []
    for number, (warmth, _, problem_id, crowd) in enumerate(rows[:most], 1):
        reports = members[problem_id]
        since, until = reports[0].reported_at, reports[-1].reported_at
        where, about = _where(reports, rarity), _about(reports)
        result.append(Hot(number, problem_id, warmth, len(reports), crowd, since, until, where, about))
    return result


def _about(reports: Sequence[Report]) -> str:
    """The subject that has most pairs of characters in common with the other subjects; the earliest of equals."""
    some = reports[:_READ]
    held = [{text[at : at + 2] for at in range(len(text) - 1)} for text in (plain(one.subject) for one in some)]
    often = Counter(pair for pairs in held for pair in pairs)
    return max(some, key=lambda one: _typical(plain(one.subject), often)).subject


def _typical(subject: str, often: Counter[str]) -> float:
    pairs = {subject[at : at + 2] for at in range(len(subject) - 1)}
    return sum(often[pair] - 1 for pair in pairs) / (len(pairs) + 4)


def _where(reports: Sequence[Report], rarity: Rarity) -> str:
    """Places that at least half of the reports name, then the rarest words that at least half of them share."""
    some = reports[:_READ]
    named = Counter(name.removeprefix("=") for one in some for name in names(one))
    texts = [f"{plain(one.subject)} {plain(one.body)}" for one in some]
    counted: Counter[str] = Counter()
    for text in texts[1:]:
        counted.update(set(shared_runs(texts[0], text)))
    enough = len(some) / 2
    said = {run: _rare(run, rarity) for run in counted if sum(run in text for text in texts) >= enough}
    words = sorted(said, key=lambda run: (-said[run], run))[:1]
    places = sorted(name for name, number in named.items() if number >= enough)
    return " ".join([*places, *words]).upper()


def _rare(run: str, rarity: Rarity) -> float:
    return sum(rarity.get(run[at : at + n], 0.0) for n in LENGTHS for at in range(len(run) - n + 1))
