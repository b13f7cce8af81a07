"""Lets a worker take what waits in the queues."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from procrastinate.contrib.django import app


def work(*queues: str) -> None:
    """Until nothing is left in these queues, in a thread of its own: in that of the tests the browser may keep a loop."""

    def run() -> None:
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker:
                worker.run_worker(queues=list(queues), wait=False, install_signal_handlers=False, listen_notify=False)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
