"""Make what an installation makes of its own files once: message catalogues, and loops in machine code.

python -m gongzhi.console.building
"""

from datetime import UTC, datetime

from gongzhi.console.catalogues import compile_all
from gongzhi.problems.grams import Report
from gongzhi.problems.placing import Known, likely_problems, signature
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
    one = Report("1", datetime(2026, 1, 1, tzinfo=UTC), "", "东门的路灯坏了", place="C1")
    likely_problems(one, [Known(2, 1, signature(one), one.reported_at, one.place, None, None, "")])


if __name__ == "__main__":
    build()
