"""Learns the scorers of short located demands from the tuning half of the made-up ones: python -m bench.near [--try]

Writes the two models that the package ships, always the same files: of pairs in an archive, and of one demand among its
neighbours (`--only` one of them). `--try` prints how the shipped ones do on the tuning half's default seed, which is
none of those that they learned from, at several cuts; the held-out half is never looked at here.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import numpy as np

from bench import troubles
from bench.placing import Library, Shelf, stream
from bench.scores import score
from bench.troubles import Row, demands
from gongzhi.problems.grams import Report
from gongzhi.problems.near import group_near, read_near
from gongzhi.problems.near_model import SHIPPED, SHIPPED_PLACING, shipped_near
from gongzhi.problems.near_training import Lesson, all_meetings, train_near
from gongzhi.problems.pairing import features_beside
from gongzhi.problems.placing import Known, area_within, count_kept, signature, ways_to_stand
from gongzhi.problems.wordbook import SHIPPED as WORDS_FILE
from gongzhi.problems.wordbook import even_share, nothing

FILES = {"archive": SHIPPED, "stream": SHIPPED_PLACING}
NEVER = 10**6
STREAMS = (
    (4_000, 4_000, 31, False, 250),
    (6_000, 6_000, 33, False, 250),
    (16_000, 2_000, 37, True, 250),
    (16_000, 2_000, 38, True, NEVER),
    (16_000, 2_000, 39, True, NEVER),
)
"""Rows of each district, the first of them that are learned from, its seed, whether it is crowded, and after how many
reports the book of words is counted anew: also without any book, since a district begins with little of one."""
WORDS = (6_000, 51)
LESSONS = ((20_000, 11), (20_000, 12), (5_000, 13), (60_000, 14))
"""Rows and seed of each made-up district that is learned from: small and larger archives."""


def archive(rows: int, seed: int | None) -> tuple[list[Report], np.ndarray]:
    """Demands of the tuning half, and the problem of each."""
    made: list[Row] = list(demands(rows, "tuning", seed))
    return [Report(*row[:-1]) for row in made], np.array([row.problem for row in made])


def archives() -> Iterator[Lesson]:
    """Every pair that may meet, of each district."""
    for rows, seed in LESSONS:
        reports, problems = archive(rows, seed)
        yield all_meetings(read_near(reports), problems)


def streams() -> Iterator[Lesson]:
    """Each demand of some smaller districts with those of its neighbours that it may meet."""
    for rows, first, seed, dense, every in STREAMS:
        with crowded() if dense else nullcontext():
            reports, problems = (part[:first] for part in archive(rows, seed))
        shelf = Shelf()
        # Without the shipped book, which knows the tuning half's words better than any book knows a city's.
        library = Library(shelf, nothing(), every)
        for at, (report, problem) in enumerate(zip(reports, problems.tolist(), strict=True)):
            known, book = shelf.near(report), library.now()
            # Where its words may speak of several areas, the one of its own problem where that is among them.
            ways = ways_to_stand(report, known, book)
            way = next((one for one in ways if _beside(one.report, problem, known)), ways[0])
            if len(way.met):
                same = np.array([way.known[other].problem == problem for other in way.met])
                yield Lesson(features_beside(way.facts, np.full(len(way.met), way.row), way.met), same)
            shelf.keep(way.report, at, problem)


def _beside(report: Report, problem: int, known: Sequence[Known]) -> bool:
    area = area_within(report.place)
    return any(one.problem == problem and area_within(one.place) == area for one in known)


@contextmanager
def crowded() -> Iterator[None]:
    """Districts where at most buildings several troubles are spoken of at once: what a place alone cannot tell."""
    before = troubles.OTHER_KIND, troubles.ROWS_A_COMPOUND
    troubles.OTHER_KIND, troubles.ROWS_A_COMPOUND = 1.0, 1_600
    try:
        yield
    finally:
        troubles.OTHER_KIND, troubles.ROWS_A_COMPOUND = before


def write_words() -> None:
    """Write the shipped book: what many areas say alike, without the names of places."""
    reports, _problems = archive(*WORDS)
    kept = [signature(one) for one in reports]
    book = count_kept(kept, [one.place for one in reports], [one.category for one in reports])
    common = (even_share(book.often, book.spread, book.areas) > 0.3) & (book.often >= 3)
    parts = {name: getattr(book, name)[common] for name in ("listed", "often", "spread", "told")}
    WORDS_FILE.write_bytes(replace(book, **parts).save())
    print(f"{WORDS_FILE.name}: {WORDS_FILE.stat().st_size / 1000:.0f} kB, {common.sum()} grams")


def learn(name: str) -> None:
    """Write one of the shipped files."""
    begun = time.process_time()
    if name == "stream":
        write_words()
    model, path = train_near(archives() if name == "archive" else streams()), FILES[name]
    with path.open("wb") as file:
        model.save(file)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB, {time.process_time() - begun:.0f} s of processor")


def attempt(sizes: Sequence[int]) -> None:
    """Scores of the shipped models at several cuts."""
    for rows in sizes:
        reports, problems = archive(rows, None)
        facts, model = read_near(reports), shipped_near()
        for cut in (0.4, 0.45, 0.5, 0.55, 0.6):
            limits = np.array([model.limits[0], cut, model.limits[2]], np.float32)
            owners = group_near(facts, replace(model, limits=limits))
            print(f"archive {rows:7,} {cut}", *(f"{one:.4f}" for one in score(problems, owners)), flush=True)
    reports, problems = archive(2_000, None)
    for cut in (0.3, 0.4, 0.5, 0.6):
        print(f"stream 2,000 {cut}", *(f"{one:.4f}" for one in score(problems, stream(reports, cut))), flush=True)


def main() -> int:
    """Train, or try."""
    asked = argparse.ArgumentParser(prog="bench.near", description=__doc__)
    asked.add_argument("--try", nargs="*", type=int, dest="sizes", metavar="ROWS", help="20000 where none are given")
    asked.add_argument("--only", choices=FILES)
    options = asked.parse_args()
    if options.sizes is not None:
        attempt(options.sizes or [20_000])
        return 0
    for name in [options.only] if options.only else FILES:
        learn(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
