"""`gongzhi worker`: the background work of one district, in the foreground."""

import argparse
import asyncio

NAME = "gongzhi"
# Jobs under way get this long to finish; what does not is taken up by the next worker.
LAST_SECONDS = 10
# How often the worker looks for work: it is not called, since calling makes commits wait for one another.
LOOK_SECONDS = 1.0


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("worker", help="后台任务 run the background work")
    parser.add_argument("--concurrency", type=int, default=2, help="同时进行的任务数 jobs at a time (2)")


def run(args: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM."""
    asyncio.run(work(args.concurrency))
    return 0


async def work(concurrency: int) -> None:
    """Fetch jobs over an asynchronous connection, while the jobs themselves keep Django's.

    A second app rather than `replace_connector`: what a job defers must stay in that job's own transaction.
    """
    from procrastinate.contrib.django import app as product
    from procrastinate.contrib.django.db_cleanup import DjangoApp

    worker = DjangoApp(connector=product.connector.get_worker_connector())  # type: ignore[attr-defined]
    worker.tasks = product.tasks
    worker.periodic_registry = product.periodic_registry
    async with worker.open_async():
        await worker.run_worker_async(
            name=NAME,
            concurrency=concurrency,
            fetch_job_polling_interval=LOOK_SECONDS,
            listen_notify=False,
            shutdown_graceful_timeout=LAST_SECONDS,
            delete_jobs="successful",
        )
