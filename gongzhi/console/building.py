"""Make what an installation makes of its own files once: message catalogues, and loops in machine code.

python -m gongzhi.console.building
"""

from gongzhi.console.catalogues import compile_all
from gongzhi.problems.placing import warm
from gongzhi.projects.scheduling import Days, Job, Schedule
from gongzhi.projects.sweeping import FEWEST, Sweeps


def build() -> None:
    """What has been made already is left alone. Loops not made here are made by whoever needs them first, in two seconds."""
    compile_all()
    every = Days(0, 2)
    # More jobs than are looked at together, so that nothing is left out.
    schedule = Schedule([Job(1, ((0, 1),), every)] * (2 * FEWEST), [1], [every])
    if sweeps := Sweeps.of(schedule, 2 * FEWEST, seed=1):
        sweeps.back_and_forth(schedule.forward(schedule.order))
    warm()


if __name__ == "__main__":
    build()
