"""Says in plain values why two reports stand together. Pure."""

from math import cos, hypot, radians
from typing import NamedTuple

from gongzhi.problems.grams import LENGTHS, Rarity, Report, names, plain
from gongzhi.problems.nearness import METRES_PER_DEGREE

_MOST_WORDS = 5
_LONGEST = 24


class Explanation(NamedTuple):
    """`words` that both hold, weightiest first; `names` of places that both name; `metres` None where unknown."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    metres: float | None
    days: float


def explain_pair(first: Report, second: Report, rarity: Rarity | None) -> Explanation:
    """`rarity` says how much a gram weighs; without it, longer runs weigh more."""
    runs = shared_runs(_text(first), _text(second))
    weighed = sorted(((_weight(run, rarity), run) for run in runs), key=lambda one: (-one[0], one[1]))
    days = abs(first.reported_at - second.reported_at).total_seconds() / 86_400
    both = sorted(name.removeprefix("=") for name in names(first) & names(second))
    chosen = tuple(run for _, run in weighed[:_MOST_WORDS])
    return Explanation(chosen, tuple(both), metres_between(first, second), days)


def _text(report: Report) -> str:
    return f"{plain(report.subject)} {plain(report.body)}"


def shared_runs(one: str, other: str) -> list[str]:
    """The longest runs of at least two characters of `one` that `other` holds too, without those inside a longer one."""
    found: dict[str, None] = {}
    start = reached = 0
    while start < len(one) - 1:
        end = max(start + 1, reached)
        while end < min(len(one), start + _LONGEST) and one[end] != " " and one[start : end + 1] in other:
            end += 1
        if end - start >= 2 and end > reached and " " not in one[start:end] and one[start:end] in other:
            found[one[start:end]] = None
            reached = end
        start += 1
    listed = list(found)
    return [run for run in listed if not any(run != longer and run in longer for longer in listed)]


def _weight(run: str, rarity: Rarity | None) -> float:
    grams = [run[at : at + length] for length in LENGTHS for at in range(len(run) - length + 1)]
    if rarity is None:
        return float(len(grams))
    # A gram that the grouping left out is in more than half of its reports, or strange to them.
    return sum(rarity.get(gram, 0.0) for gram in grams)


def metres_between(first: Report, second: Report) -> float | None:
    """The distance on a plane, exact enough within a city; None where either is not located."""
    if first.lon is None or first.lat is None or second.lon is None or second.lat is None:
        return None
    east = (first.lon - second.lon) * cos(radians((first.lat + second.lat) / 2))
    return hypot(east, first.lat - second.lat) * METRES_PER_DEGREE
