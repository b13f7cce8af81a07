"""What is made once, when the product is installed, need not be made by whoever draws the first plan."""

import os
import subprocess
import sys
from pathlib import Path

PLAN = """
from bench.plans import make
from gongzhi.projects.planning import plan
assert plan(make(60, 4, 4, 0.1, 1), schedules=400).schedules >= 400
"""


def run(folder: Path, *arguments: str) -> set[tuple[str, int]]:
    """Run Python with its own place for machine code; what lies there then."""
    subprocess.run([sys.executable, *arguments], check=True, env=os.environ | {"NUMBA_CACHE_DIR": str(folder)})
    return {(str(one), one.stat().st_mtime_ns) for one in folder.rglob("*.nb?")}


def test_after_building_nothing_is_left_to_compile(tmp_path: Path) -> None:
    built = run(tmp_path, "-m", "gongzhi.console.building")
    assert any("try_turns" in name for name, _when in built)
    assert run(tmp_path, "-c", PLAN) == built
