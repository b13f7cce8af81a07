"""What happens to problems because time passed, and placing the demands that came in.

Every sweep looks at everything that is due, so that a step missed while the server was down is taken at the next one;
every step is made by its action, so that two sweeps at once do it once.
"""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.problems import actions, finding
from gongzhi.problems.actions import field, stories


@app.periodic(cron="*/10 * * * * *", periodic_id="place_new")
@app.task(name="problems.place_new", queue="problems", queueing_lock="problems.place_new")
def place_new(timestamp: int) -> None:
    """Give every demand that came in its place among the problems; one filed elsewhere since, its new one."""
    now = timezone.localtime()
    actions.place_new(now=now)
    actions.refresh_filed(now=now)


@app.periodic(cron="* * * * *", periodic_id="problems")
@app.task(name="problems.sweep", queue="time", queueing_lock="problems.sweep")
def sweep(timestamp: int) -> None:
    """Take every step that time has brought."""
    take_steps(now=timezone.localtime())


@app.periodic(cron="23 3 * * *", periodic_id="problems_night")
@app.task(name="problems.cool", queue="time", queueing_lock="problems.cool")
def cool(timestamp: int) -> None:
    """Once a night: let the heat fade, look once more through all demands for one that was never placed, count words."""
    now = timezone.localtime()
    actions.cool(now=now)
    actions.place_new(now=now, everything=True)
    actions.count_words(now=now)


def take_steps(*, now: datetime) -> dict[str, int]:
    """Climb, count anew where a demand was taken back, take up again what left many unhappy, say what is late, wipe what
    need not be kept. Returns how many of each were done."""
    changed = finding.counting_too_many()
    for problem_id in changed:
        actions.recount_problem(problem_id=problem_id, now=now)
    return {
        "recounted": len(changed),
        "climbed": actions.climb_due(now=now),
        "reopened": len(actions.reopen_unhappy(now)),
        "late": actions.tell_late_whistles(now),
        "wiped": actions.wipe_followers(now=now),
        "reminded": field.remind_follow_ups(now=now),
        "forgotten": stories.wipe_stories(now=now),
    }
