"""Says on what a figure was measured."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def describe(folder: Path | str = ".") -> str:
    """Cores, memory, processor, Python, and the median time of one fdatasync of 8 kB in `folder`, on one line.

    And the pace: the processor time of a million additions, on one core alone and on all at once. Where the cores are
    halves of fewer, or neighbours have them, the second is up to twice the first; and all figures with it.
    """
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    alone, together = _pace(1), _pace(cores)
    return (
        f"{cores} cores, {memory:.0f} GB, {_processor()}, Python {platform.python_version()},"
        f" fdatasync {fdatasync(folder):.0f} µs, a million additions {alone:.0f} ms alone, {together:.0f} ms on all cores"
    )


_ADDING = """
import time
def add():
    start, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return time.process_time() - start
print(sorted(add() for _ in range(25))[12] * 1000)
"""


def _pace(many: int) -> float:
    """The median processor time in ms of a million additions in each of so many processes, the mean of these."""
    running = [subprocess.Popen([sys.executable, "-c", _ADDING], stdout=subprocess.PIPE) for _ in range(many)]
    return sum(float(one.communicate()[0]) for one in running) / many


def fdatasync(folder: Path | str, times: int = 200) -> float:
    """The median time in µs of writing 8 kB to a file in `folder` and waiting for the disk."""
    taken = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(times):
            file.write(b"0" * 8192)
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - start)
    return sorted(taken)[times // 2] * 1e6


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def cpu_seconds(root: int) -> float:
    """User and system time in seconds that a process, its living descendants and their ended children have used."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    tick = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(path.parent.name)
        parents[pid], used[pid] = int(words[1]), sum(map(int, words[11:15])) / tick

    def below(pid: int) -> bool:
        while pid > 1 and pid != root:
            pid = parents.get(pid, 0)
        return pid == root

    return sum(seconds for pid, seconds in used.items() if below(pid))
