"""What happens to conferences because time passed: the next one is proposed, all are reminded, names on rosters go."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.conferences import actions


@app.periodic(cron="17 * * * *", periodic_id="conferences")
@app.task(name="conferences.sweep", queue="time", queueing_lock="conferences.sweep")
def sweep(timestamp: int) -> None:
    """Take every step that time has brought."""
    take_steps(now=timezone.localtime())


def take_steps(*, now: datetime) -> dict[str, int]:
    """Propose what comes near, remind of what is tomorrow, forget what was kept long enough. Returns how many of each."""
    return {
        "proposed": actions.propose_due(now=now),
        "reminded": actions.remind_due(now=now),
        "wiped": actions.wipe_rosters(now=now),
    }
