"""Delivering what the outbox holds, and clearing away finished background jobs."""

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.shared import notices, tries

# Finished jobs are kept for a day, so that a fault can still be looked at.
KEEP_HOURS = 24


@app.periodic(cron="*/10 * * * * *", periodic_id="notices")
@app.task(name="shared.deliver_notices", queue="notices", queueing_lock="shared.deliver_notices")
def deliver_notices(timestamp: int) -> None:
    """Deliver every notice that is due."""
    while notices.deliver_due(now=timezone.now()) == notices.BATCH:
        pass


@app.periodic(cron="17 * * * *", periodic_id="jobs")
@app.task(name="shared.clear_jobs", queue="time", queueing_lock="shared.clear_jobs", pass_context=True)
async def clear_jobs(context: object, timestamp: int) -> None:
    """Delete jobs that were done or that a newer run made needless."""
    from procrastinate import builtin_tasks

    await builtin_tasks.remove_old_jobs(context, max_hours=KEEP_HOURS)  # type: ignore[arg-type]


@app.periodic(cron="41 * * * *", periodic_id="tries")
@app.task(name="shared.forget_tries", queue="time", queueing_lock="shared.forget_tries")
def forget_tries(timestamp: int) -> None:
    """Delete counts of tries whose hour is over."""
    tries.forget(now=timezone.now())
