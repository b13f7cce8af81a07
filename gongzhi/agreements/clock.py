"""What happens to agreements because time passed: they begin, are reviewed, end; their reports are written.

Every sweep looks at everything that is due, so that a step missed while the server was down is taken at the next one.
"""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.agreements import actions


@app.periodic(cron="*/10 * * * *", periodic_id="agreements")
@app.task(name="agreements.sweep", queue="time", queueing_lock="agreements.sweep")
def sweep(timestamp: int) -> None:
    """Take every step that time has brought."""
    take_steps(now=timezone.localtime())


@app.periodic(cron="17 4 * * *", periodic_id="agreements_night")
@app.task(name="agreements.write_reports", queue="time", queueing_lock="agreements.write_reports")
def write_reports(timestamp: int) -> None:
    """Once a night: the reports on the quarter that ended."""
    actions.write_due_reports(now=timezone.localtime())


def take_steps(*, now: datetime) -> dict[str, int]:
    """Reviews first: one that is opened on the last day of its agreement is opened before that expires."""
    return {"opened": actions.end_reviews(now=now)} | actions.keep_agreements(now=now)
