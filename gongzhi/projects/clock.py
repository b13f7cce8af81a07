"""What happens to projects because a day has passed."""

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.projects import actions


@app.periodic(cron="17 5 * * *", periodic_id="projects")
@app.task(name="projects.keep_margins", queue="time", queueing_lock="projects.keep_margins")
def keep_margins(timestamp: int) -> None:
    """Every morning: draw each plan anew, and tell the leaders where a day may be missed."""
    actions.keep_margins(now=timezone.localtime())
