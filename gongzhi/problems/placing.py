"""Says which known problems a new demand may belong to, from what is kept beside demands. Pure.

    kept = signature(report)                         # beside the demand, when it comes
    best = likely_problems(report, known)[:1]        # against those of the same community or the cells around
    if best and best[0].likelihood >= JOIN: ...      # as grouping the whole archive would

Nothing is read again: a signature says of a text what the engine compares.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import cos, floor, radians
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from gongzhi.problems.facets import FACETS, read_facets
from gongzhi.problems.grams import Report
from gongzhi.problems.locating import find_few
from gongzhi.problems.meeting import may_meet
from gongzhi.problems.near_model import shipped_placing
from gongzhi.problems.nearness import CELL_METRES, METRES_PER_DEGREE, WINDOW_DAYS
from gongzhi.problems.pairing import features_beside
from gongzhi.problems.short_grams import Packed, folded, listed_once
from gongzhi.problems.spots import BY_WORDS, Spots, area_of, standing_in
from gongzhi.problems.weighing import Beside, gather_few, grams_of, spoken_of
from gongzhi.problems.wordbook import Wordbook, count_words, shipped_words

__all__ = [
    "CELL_METRES",
    "JOIN",
    "SUGGEST",
    "WINDOW_DAYS",
    "Known",
    "Likely",
    "cell_of",
    "cells_around",
    "cells_within",
    "count_kept",
    "likely_problems",
    "signature",
    "stand",
    "warm",
    "ways_to_stand",
]

VERSION = 1
_MARK = bytes([VERSION])
JOIN = shipped_placing().cut
"""At or above this likelihood grouping a whole archive joins."""
SUGGEST = 0.2
"""Below JOIN and at or above this: worth showing to a person."""

_HEAD = 1 + 2 * len(FACETS)
_FACETS = np.arange(1, _HEAD)
_MOST = 400


class Known(NamedTuple):
    """A demand that came before, the problem it is in, and what is kept of it."""

    demand: int
    problem: int
    signature: bytes
    reported_at: datetime
    place: str
    lon: float | None
    lat: float | None
    category: str


class Likely(NamedTuple):
    """A problem that the demand may belong to.

    `likelihood` (0 to 1) is the average over its `members` among the known; `nearest` is the demand most alike.
    """

    problem: int
    likelihood: float
    nearest: int
    members: int


def signature(report: Report) -> bytes:
    """What is kept of a report's text: version, facets, grams; some 200 bytes for a few sentences, 1,211 at most."""
    text = folded(report)
    grams = grams_of(text)[:_MOST].astype("<u4")
    return b"".join(
        (
            _MARK,
            read_facets([text]).astype("<u2").tobytes(),
            grams.view(np.uint8).reshape(-1, 4)[:, :3].tobytes(),
        )
    )


def likely_problems(
    report: Report, known: Sequence[Known], *, book: Wordbook | None = None, most: int = 5
) -> list[Likely]:
    """The problems among the known that the report may belong to, best first, `most` of them.

    `book` says how common the words are, the shipped one where it is None. A signature of another version is passed
    over. Raises TypeError where some moments are aware and others naive.
    """
    return stand(report, known, book=book, most=most)[1]


def warm() -> None:
    """Load what the first to ask would wait for: the model, the shipped words, the compiled loops."""
    one = Report("", datetime(2026, 1, 1, tzinfo=UTC), "", "东门的路灯坏了", place="C1")
    known = [Known(2, 1, signature(one), one.reported_at, one.place, None, None, "")]
    # With a place, and with words alone.
    for place in (one.place, ""):
        likely_problems(one._replace(place=place), known)


def stand(
    report: Report, known: Sequence[Known], *, kept: bytes = b"", book: Wordbook | None = None, most: int = 5
) -> tuple[Report, list[Likely]]:
    """The report as it stands among the known, and the problems it may belong to; asked once, when it comes.

    One that says neither place nor coordinates is put into the area whose reports share its rarest words; of several
    that do, the one where it finds its likest. What is kept of it then stands there for all who come after. `kept` is
    its signature, where that was made already.
    """
    readable = known if _all_readable(known) else [one for one in known if _readable(one.signature)]
    ways = ways_to_stand(report, readable, shipped_words() if book is None else book, kept=kept)
    found = _ranked(ways, Counter(map(_PROBLEM, readable)))
    way, likely = max(zip(ways, found, strict=True), key=lambda one: one[1][0].likelihood if one[1] else -1.0)
    return way.report, likely[:most]


_PROBLEM = itemgetter(Known._fields.index("problem"))


class Way(NamedTuple):
    """A report as it may stand, and the facts of those near it, known in this order, and behind them of itself.

    Its own stand there once for each way, this one's in `row`. `met` are the numbers of those that it may meet so.
    """

    report: Report
    facts: Beside
    row: int
    known: list[Known]
    met: np.ndarray


def ways_to_stand(report: Report, known: Sequence[Known], book: Wordbook, *, kept: bytes = b"") -> list[Way]:
    """The one way; of a report that says neither place nor coordinates one for each area that its words may speak of.

    The signatures of the known are of this version; `kept` is the report's own, where that was made already.
    """
    place = (report.place, report.lon, report.lat, report.category)
    me = Known(0, 0, kept or signature(report), report.reported_at, *place)
    _demands, _problems, signatures, moments, places, lon, lat, categories = zip(*known, me, strict=True)
    grams, facets = _read(signatures)
    spots, reports, mine = find_few(moments, places, lon, lat, facets), [report], len(known)
    if not report.place and report.lon is None and known:
        area = spots.area
        if spoken := spoken_of(grams, area):
            reports = [_standing_in(report, known, area[:-1] == one) for one in spoken]
            spots = standing_in(spots, facets, spoken)
    ways = np.arange(mine, mine + len(reports))
    near = may_meet(spots, ways[:, None], slice(mine))
    # Read and weighed once for all the ways.
    rows = np.flatnonzero(near.any(axis=0))
    chosen = np.append(rows, ways)
    some = Spots(*(part[chosen] for part in spots))
    at = [*rows.tolist(), mine]
    facts = gather_few(some, [categories[row] for row in at], facets[at], grams.those(at), book)
    them = [known[row] for row in at[:-1]]
    return [
        Way(one, facts, row, them, np.flatnonzero(beside))
        for row, (one, beside) in enumerate(zip(reports, near[:, rows], strict=True), len(them))
    ]


def area_within(place: str) -> str:
    """The area that a place code lies in, also where it was found by words; "" for none."""
    return area_of(place.removeprefix(BY_WORDS))


def _standing_in(report: Report, known: Sequence[Known], beside: np.ndarray) -> Report:
    """The report in the area that those `beside` it lie in: by its code, else at the coordinates of one of them."""
    there = [known[row] for row in np.flatnonzero(beside).tolist()]
    for one in there:
        if code := one.place.removeprefix(BY_WORDS):
            return report._replace(place=BY_WORDS + area_of(code))
    return report._replace(place=BY_WORDS, lon=there[0].lon, lat=there[0].lat)


def _ranked(ways: Sequence[Way], members: Mapping[int, int]) -> list[list[Likely]]:
    """For each way the problems of those met, best first; `members` of them that were not let through count less."""
    met = np.concatenate([way.met for way in ways])
    if not len(met):
        return [[] for _way in ways]
    ends = np.cumsum([len(way.met) for way in ways])
    one = np.repeat([way.row for way in ways], np.diff(ends, prepend=0))
    through, likely = shipped_placing().likely_of(features_beside(ways[0].facts, one, met))
    parts = np.searchsorted(through, ends[:-1])
    return [
        _best([way.known[at] for at in some.tolist()], values.tolist(), members)
        for way, some, values in zip(ways, np.split(met[through], parts), np.split(likely, parts), strict=True)
    ]


def _best(known: Sequence[Known], likely: Sequence[float], members: Mapping[int, int]) -> list[Likely]:
    """The problems of those known that were let through, best first."""
    missing = shipped_placing().missing
    total: dict[int, float] = {}
    nearest: dict[int, tuple[float, int]] = {}
    for one, value in zip(known, likely, strict=True):
        total[one.problem] = total.get(one.problem, 0.0) + value - missing
        nearest[one.problem] = max(nearest.get(one.problem, (0.0, 0)), (value, one.demand))
    result = [
        Likely(problem, missing + extra / members[problem], nearest[problem][1], members[problem])
        for problem, extra in total.items()
    ]
    return sorted(result, key=lambda one: (-one.likelihood, one.problem))


def _readable(kept: bytes) -> bool:
    return len(kept) >= _HEAD and kept[0] == VERSION and (len(kept) - _HEAD) % 3 == 0


def _all_readable(known: Sequence[Known]) -> bool:
    """The same of all, which nearly always holds, in one look."""
    kept = list(map(_SIGNATURE, known))
    return set(map(_FIRST, kept)) <= {_MARK} and all(
        size >= _HEAD and (size - _HEAD) % 3 == 0 for size in set(map(len, kept))
    )


_SIGNATURE, _FIRST = itemgetter(Known._fields.index("signature")), itemgetter(slice(1))


def _read(kept: Sequence[bytes]) -> tuple[Packed, np.ndarray]:
    """The grams and the facets (signatures × FACETS) of readable signatures."""
    sizes = np.fromiter(map(len, kept), np.int64, len(kept))
    ends = np.cumsum(sizes)
    held = np.frombuffer(b"".join(kept), np.uint8)
    facets = held[(ends - sizes)[:, None] + _FACETS].view("<u2")
    return Packed(held, ends - sizes + _HEAD, (sizes - _HEAD) // 3), facets


def count_kept(kept: Sequence[bytes], places: Sequence[str], categories: Sequence[str]) -> Wordbook:
    """The book of some reports, by their signatures, place codes and categories."""
    rows = [at for at, one in enumerate(kept) if _readable(one)]
    areas = [area_within(places[at]) for at in rows]
    grams = listed_once(*_read([kept[at] for at in rows])[0].codes())
    return count_words(grams, areas, [categories[at] for at in rows])


def cell_of(lon: float, lat: float) -> int:
    """The number of the cell of CELL_METRES that a point of the earth lies in, below 2 ** 36."""
    row = floor(lat * METRES_PER_DEGREE / CELL_METRES)
    return _cell(row, _column(lon, row))


def cells_around(lon: float, lat: float) -> list[int]:
    """The cells of the point and around it: whoever is within CELL_METRES of it is in one of these nine."""
    row = floor(lat * METRES_PER_DEGREE / CELL_METRES)
    # A row further north is shorter, so each row has columns of its own.
    return [_cell(beside, _column(lon, beside) + step) for beside in (row - 1, row, row + 1) for step in (-1, 0, 1)]


def cells_within(lon: float, lat: float, metres: float) -> list[int]:
    """The cells that reach within so many metres of the point."""
    up, reach = lat * METRES_PER_DEGREE / CELL_METRES, metres / CELL_METRES
    east = metres / METRES_PER_DEGREE / cos(radians(lat))
    return [
        _cell(row, column)
        for row in range(floor(up - reach), floor(up + reach) + 1)
        for column in range(_column(lon - east, row), _column(lon + east, row) + 1)
    ]


def _column(lon: float, row: int) -> int:
    middle = radians((row + 0.5) * CELL_METRES / METRES_PER_DEGREE)
    return floor(lon * METRES_PER_DEGREE * cos(middle) / CELL_METRES)


def _cell(row: int, column: int) -> int:
    return (row + (1 << 16)) * (1 << 18) + column + (1 << 17)
