"""Learns the scorer of short located demands from the tuning half of the made-up ones: python -m bench.near [--try]

Writes the model that the package ships, always the same file. `--try` prints instead how a model learned from other
seeds of the tuning half does on the default one, at several cuts; the held-out half is never looked at here.
"""

import argparse
import sys
import time

import numpy as np

from bench.scores import score
from bench.troubles import Row, demands
from gongzhi.problems.grouping import Report
from gongzhi.problems.near import group_near, read_near
from gongzhi.problems.near_model import SHIPPED, NearModel
from gongzhi.problems.near_training import Known, all_meetings, train_near

LESSONS = ((20_000, 11), (20_000, 12), (5_000, 13), (60_000, 14))
"""Rows and seed of each made-up district that is learned from: small and larger archives."""


def archive(rows: int, seed: int | None) -> tuple[list[Report], np.ndarray]:
    """Demands of the tuning half, and the problem of each."""
    made: list[Row] = list(demands(rows, "tuning", seed))
    return [Report(*row[:-1]) for row in made], np.array([row.problem for row in made])


def lessons() -> list[Known]:
    return [all_meetings(read_near(reports), problems) for reports, problems in (archive(*one) for one in LESSONS)]


def main() -> int:
    asked = argparse.ArgumentParser(prog="bench.near", description=__doc__)
    asked.add_argument("--try", action="store_true", dest="attempt")
    options = asked.parse_args()
    begun = time.process_time()
    known = lessons()
    model = train_near(known)
    print(f"learned from {sum(len(one.same) for one in known)} pairs in {time.process_time() - begun:.0f} s")
    if not options.attempt:
        with SHIPPED.open("wb") as file:
            model.save(file)
        print(f"{SHIPPED}: {SHIPPED.stat().st_size / 1000:.0f} kB")
        return 0
    for rows in (2_000, 20_000, 100_000):
        reports, problems = archive(rows, None)
        begun = time.process_time()
        facts = read_near(reports)
        read = time.process_time() - begun
        for cut in (0.4, 0.45, 0.5, 0.55):
            limits = np.array([model.limits[0], cut, model.limits[2]], np.float32)
            begun = time.process_time()
            owners = group_near(facts, NearModel(*list(model.__dict__.values())[:-1], limits))
            took = time.process_time() - begun
            print(
                rows, cut, *(f"{one:.4f}" for one in score(problems, owners)), f"{read:.2f} + {took:.2f} s", flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
