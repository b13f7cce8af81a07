"""What is made once, when the product is installed, need not be made by whoever draws the first plan or speaks first."""

import os
import subprocess
import sys
from pathlib import Path

USE = """
from itertools import islice
from bench.plans import make
from bench.troubles import demands
from gongzhi.problems.grams import Report
from gongzhi.problems.placing import Known, likely_problems, signature
from gongzhi.problems.wordbook import shipped_words
from gongzhi.projects.planning import plan

assert plan(make(60, 4, 4, 0.1, 1), schedules=400).schedules >= 400
reports = [
    Report("", row.reported_at, row.subject, row.body, row.place, row.lon, row.lat, row.category)
    for row in islice(demands(300), 300)
]
known = [
    Known(at, at, signature(one), one.reported_at, one.place, one.lon, one.lat, one.category)
    for at, one in enumerate(reports)
]
words = shipped_words()
assert any([likely_problems(one, known, book=words + words) for one in reports])
"""


def run(folder: Path, *arguments: str) -> set[tuple[str, int]]:
    """Run Python with its own place for machine code; what lies there then."""
    subprocess.run([sys.executable, *arguments], check=True, env=os.environ | {"NUMBA_CACHE_DIR": str(folder)})
    return {(str(one), one.stat().st_mtime_ns) for one in folder.rglob("*.nb?")}


def test_after_building_nothing_is_left_to_compile(tmp_path: Path) -> None:
    built = run(tmp_path, "-m", "gongzhi.console.building")
    assert any("try_turns" in name for name, _when in built)
    assert run(tmp_path, "-c", USE) == built
