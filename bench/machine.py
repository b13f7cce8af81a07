"""Says on what a figure was measured."""

import os
import platform
import tempfile
import time
from pathlib import Path


def describe(folder: Path | str = ".") -> str:
    """Cores, memory, processor, Python, and the median time of one fdatasync of 8 kB in `folder`, on one line."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{cores} cores, {memory:.0f} GB, {_processor()}, Python {python}, fdatasync {fdatasync(folder):.0f} µs"


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
