"""Grouping at scale: ours beside scikit-learn, datasketch and splink over demands with known groups.

`python -m bench.grouping_speed --rows 100000` prints scores, demands per second of processor and peak memory, each
method in a process of its own, on the held-out half. `--growth` prints what a demand costs ours from 10,000 to a
million, and draws it with `--picture FILE`. The peers need packages of their own, which the table names where they are absent.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.growth import Grown, draw
from bench.machine import describe
from bench.peers import PEERS

RATE, MEMORY, SECONDS = 12_000, 500, 600
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
# The cost of a demand among a million may be this many times that among 10,000 and still be called near-linear.
GROWS = 2.0
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Print the table or the growth; 1 where a goal is missed, 2 where ours is not there."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--seed", type=int, help="another district; the default is the one whose figures are quoted")
    asked.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), metavar="NAME", help=", ".join(PEERS))
    asked.add_argument("--growth", action="store_true")
    asked.add_argument("--growth-of", choices=PEERS, default="ours", metavar="NAME", help="another method's growth")
    asked.add_argument("--picture", type=Path, metavar="FILE", help="with --growth: draw it there as SVG")
    options = asked.parse_args()
    print(f"{describe()}, load {Path('/proc/loadavg').read_text().split()[0]}")
    if options.growth:
        return growth(options.growth_of, options.seed, options.picture)
    return table(options.only, options.rows, options.seed)


def table(names: list[str], rows: int, seed: int | None) -> int:
    """Each method's line, then the goals."""
    print(f"{rows:,} demands, held-out wordings; rate: demands per second of processor; memory: peak, rows included")
    print(
        f"{'':14}{'B³ F1':>7}{'pair F1':>9}{'B³ P':>7}{'B³ R':>7}{'pair P':>8}{'pair R':>8}{'rate':>9}{'seconds':>9}{'MB':>7}"
    )
    seen = {}
    for name in names:
        seen[name] = one = run(name, rows, seed)
        print(f"{name:14}{line(one)}", flush=True)
    return judge(seen)


def line(one: dict[str, Any]) -> str:
    """One method's figures, or why there are none."""
    if "missing" in one:
        return one["missing"]
    return (
        f"{one['b3_f1']:7.3f}{one['pair_f1']:9.3f}{one['b3_precision']:7.3f}{one['b3_recall']:7.3f}"
        f"{one['pair_precision']:8.3f}{one['pair_recall']:8.3f}{one['rate']:9,}{one['seconds']:9.1f}{one['peak_mb']:7,}"
    )


def judge(seen: dict[str, dict[str, Any]]) -> int:
    """Print each goal with whether ours reaches it; 0 where all are, 1 where not, 2 where ours was not measured."""
    ours = seen.get("ours", {"missing": "not asked for"})
    if "missing" in ours:
        print(f"goals: not judged, ours is {ours['missing']}")
        return 2
    peers = {name: one for name, one in seen.items() if name != "ours" and "missing" not in one}
    best = {score: max((one[score] for one in peers.values()), default=0.0) for score in ("b3_f1", "pair_f1")}
    kept = True
    for words, reached in (
        (f"better than each peer measured ({len(peers)} of {len(PEERS) - 1}) in B³ F1", ours["b3_f1"] > best["b3_f1"]),
        ("and in pair F1", ours["pair_f1"] > best["pair_f1"]),
        (f"{RATE:,} demands per second of processor", ours["rate"] >= RATE),
        (f"memory under {MEMORY} MB", ours["peak_mb"] < MEMORY),
    ):
        kept &= reached
        print(f"goal: {words}: {said(reached)}")
    return int(not kept)


def growth(name: str, seed: int | None, picture: Path | None = None) -> int:
    """The cost of one demand at each size, as figures and as bars, and as SVG where a `picture` is wanted."""
    print(f"{name}: {'demands':>10}{'µs each':>9}{'seconds':>9}{'MB':>7}{'B³ F1':>8}{'pair F1':>9}")
    costs, grown = [], []
    for rows in SIZES:
        one = run(name, rows, seed)
        if "missing" in one:
            print(f"{name}: {one['missing']}")
            return 2
        costs.append(one["cpu_seconds"] / rows * 1e6)
        grown.append(Grown(rows, costs[-1], one["seconds"], one["peak_mb"]))
        bar = "█" * max(1, round(costs[-1] / costs[0] * 20))
        figures = f"{one['seconds']:9.1f}{one['peak_mb']:7,}{one['b3_f1']:8.3f}{one['pair_f1']:9.3f}"
        print(f"{'':{len(name)}}  {rows:10,}{costs[-1]:9.1f}{figures}  {bar}", flush=True)
    if picture:
        picture.write_text(draw(grown))
    near, quick = costs[-1] <= GROWS * costs[0], one["seconds"] < SECONDS
    print(f"goal: near-linear, at most {GROWS:g} times the cost a demand: {costs[-1] / costs[0]:.2f}: {said(near)}")
    print(f"goal: a million in under {SECONDS // 60} minutes: {said(quick)}")
    return int(not (near and quick))


def said(reached: bool) -> str:
    """A goal's outcome."""
    return "reached" if reached else "NOT REACHED"


def run(name: str, rows: int, seed: int | None) -> dict[str, Any]:
    """What bench.peers says about one method, from a process of its own."""
    words = [sys.executable, "-m", "bench.peers", name, "--rows", str(rows)]
    words += [] if seed is None else ["--seed", str(seed)]
    begun = time.perf_counter()
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if lines and lines[-1].startswith("{"):
        return dict(json.loads(lines[-1]))
    reason = (done.stderr.strip().splitlines() or ["no word"])[-1]
    return {"name": name, "missing": f"failed after {time.perf_counter() - begun:.0f} s: {reason}"}


if __name__ == "__main__":
    sys.exit(main())
