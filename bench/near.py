"""Learns the scorers of short located demands from the tuning half of the made-up ones: python -m bench.near [--try]

Writes the two models that the package ships, always the same files: of pairs in an archive, and of one demand among its
neighbours (`--only` one of them). `--try` prints how the shipped ones do on the tuning half's default seed, which is
none of those that they learned from, at several cuts; the held-out half is never looked at here.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bench.placing import Shelf, stream
from bench.scores import score
from bench.troubles import Row, demands
from gongzhi.problems.grams import Report
from gongzhi.problems.near import group_near, read_near
from gongzhi.problems.near_model import SHIPPED, SHIPPED_PLACING, shipped_near
from gongzhi.problems.near_training import Lesson, all_meetings, train_near
from gongzhi.problems.placing import among

FILES = {"archive": SHIPPED, "stream": SHIPPED_PLACING}
STREAMS = ((4_000, 31), (4_000, 32), (12_000, 33))
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
    for rows, seed in STREAMS:
        reports, problems = archive(rows, seed)
        shelf = Shelf()
        for at, (report, problem) in enumerate(zip(reports, problems.tolist(), strict=True)):
            known = shelf.near(report)
            facts, met = among(report, known) if known else (None, ())
            if facts and len(met):
                same = np.array([known[other].problem == problem for other in met])
                yield Lesson(facts, np.full(len(met), len(met)), np.arange(len(met)), same)
            shelf.keep(report, at, problem)


def learn(name: str) -> None:
    """Write one of the shipped files."""
    begun = time.process_time()
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
