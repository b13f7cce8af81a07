"""The stream: demands placed one by one, beside the whole archive grouped at once: python -m bench.placing --rows 2000

Prints B³ and pair F1 of both on made-up demands, and the processor time of one demand among some number of known.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from bench.machine import describe
from bench.scores import score
from bench.troubles import HALVES, demands
from gongzhi.problems.grams import Report
from gongzhi.problems.grouping import group
from gongzhi.problems.placing import (
    JOIN,
    WINDOW_DAYS,
    Known,
    cell_of,
    cells_around,
    count_kept,
    signature,
    stand,
)
from gongzhi.problems.spots import BY_WORDS, area_of
from gongzhi.problems.wordbook import Wordbook, shipped_words

MOST = 2_000
EVERY = 250
AMONG = (50, 500, 2_000)


class Shelf:
    """What a caller keeps of the demands that came, by area and by cell, and fetches for a new one."""

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.at: dict[str | int, list[int]] = defaultdict(list)
        self.beside: dict[str | int, set[str | int]] = defaultdict(set)

    def near(self, report: Report) -> list[Known]:
        """Those of the same area, of the cells around and areas met there, in the window; all for one of no place."""
        keys = set(_keys(report, around=True))
        keys = keys.union({""}, *(self.beside[key] for key in keys)) if keys else set(self.at)
        numbers = sorted({number for key in keys for number in self.at.get(key, ())})
        since = report.reported_at - timedelta(days=WINDOW_DAYS)
        return [self.known[at] for at in numbers if self.known[at].reported_at >= since][-MOST:]

    def keep(self, report: Report, demand: int, problem: int) -> None:
        """Put it where its neighbours will look for it."""
        keys = _keys(report)
        for key in keys or [""]:
            self.at[key].append(len(self.known))
            # A district knows where its communities lie; here it is learned from those that give both.
            self.beside[key].update(keys)
        kept = (demand, problem, signature(report), report.reported_at)
        self.known.append(Known(*kept, report.place, report.lon, report.lat, report.category))


def _keys(report: Report, *, around: bool = False) -> list[str | int]:
    found: list[str | int] = [area_of(place)] if (place := report.place.removeprefix(BY_WORDS)) else []
    if report.lon is not None and report.lat is not None:
        found += cells_around(report.lon, report.lat) if around else [cell_of(report.lon, report.lat)]
    return found


class Library:
    """The book that the clock counts anew from time to time of all that came before, beside the shipped one."""

    def __init__(self, shelf: Shelf, shipped: Wordbook, every: int = EVERY) -> None:
        self.shelf, self.shipped, self.every, self.book = shelf, shipped, every, shipped

    def now(self) -> Wordbook:
        """The book as it stands with so many on the shelf."""
        known = self.shelf.known
        if known and len(known) % self.every == 0:
            kept, places, kinds = zip(*((one.signature, one.place, one.category) for one in known), strict=True)
            self.book = self.shipped + count_kept(kept, places, kinds)
        return self.book


def stream(reports: Sequence[Report], cut: float = JOIN, *, shipped: Wordbook | None = None) -> list[int]:
    """The problem of each report, placed in the order given: that of the likeliest from `cut` on, else its own."""
    shelf, found = Shelf(), []
    library = Library(shelf, shipped_words() if shipped is None else shipped)
    for number, report in enumerate(reports):
        near, book = shelf.near(report), library.now()
        read, best = stand(report, near, book=book, most=1)
        found.append(best[0].problem if best and best[0].likelihood >= cut else number)
        shelf.keep(read, number, found[-1])
    return found


def costs(reports: Sequence[Report]) -> None:
    """The processor time of one demand among some number of known ones of one community."""
    for size in AMONG:
        shelf = Shelf()
        for number, report in enumerate(reports[:size]):
            shelf.keep(report, number, number // 3)
        spent = []
        for report in reports[size : size + 200]:
            begun = time.process_time()
            stand(report, shelf.known)
            spent.append((time.process_time() - begun) * 1e3)
        print(f"one demand among {size:5,}: {np.median(spent):.2f} ms of processor, p95 {np.percentile(spent, 95):.2f}")


def main() -> int:
    """Print the figures."""
    asked = argparse.ArgumentParser(prog="bench.placing", description=__doc__)
    asked.add_argument("--rows", type=int, default=2_000)
    asked.add_argument("--half", choices=HALVES, default="held_out")
    options = asked.parse_args()
    print(f"{describe()}, load {Path('/proc/loadavg').read_text().split()[0]}")
    rows = list(demands(options.rows, options.half))
    reports, truth = [Report(*row[:-1]) for row in rows], [row.problem for row in rows]
    at_once = group(reports).problem_of
    for name, found in (("at once", [at_once[one.demand_id] for one in reports]), ("one by one", stream(reports))):
        seen = score(truth, found)
        print(
            f"{options.rows:,} {options.half}, {name:10} B³ F1 {seen.b3_f1:.3f}  pair F1 {seen.pair_f1:.3f}", flush=True
        )
    # Twelve compounds are as small as a district gets, so these many demands crowd into 90 days of it.
    crowd = [Report(*row[:-1]) for row in demands(max(AMONG) + 200, options.half)]
    first = crowd[0].reported_at
    costs([one._replace(reported_at=first + (one.reported_at - first) * (WINDOW_DAYS / 1_000)) for one in crowd])
    return 0


if __name__ == "__main__":
    sys.exit(main())
