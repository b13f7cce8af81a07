"""Delivering what the outbox holds, taking up what a killed worker left, and clearing away finished jobs."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from gongzhi.shared import notices, tries

# Finished jobs are kept for a day, so that a fault can still be looked at.
KEEP_HOURS = 24


@app.periodic(cron="*/10 * * * * *", periodic_id="notices")
@app.task(name="shared.deliver_notices", queue="notices", queueing_lock="shared.deliver_notices")
def deliver_notices(timestamp: int) -> None:
    """Deliver every notice that is due."""
    while notices.deliver_due(now=timezone.localtime()) == notices.BATCH:
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
    tries.forget(now=timezone.localtime())


@app.periodic(cron="* * * * *", periodic_id="stalled")
@app.task(name="shared.take_up_stalled", queue="time", queueing_lock="shared.take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again what a worker was at when it was killed; each job may run twice, and does its work once."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        if job.queueing_lock is None:
            await manager.retry_job(job)
        elif job.id is not None:
            # It comes again by the clock, and the next one may stand in the queue already.
            await manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)
