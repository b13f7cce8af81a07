"""Runs the product for a benchmark: its own PostgreSQL on disk, the demonstration district, the production server."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.machine import cpu_seconds
from gongzhi.console import serving, surroundings
from gongzhi.console.postgres import Postgres

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("GONGZHI_BENCH_DATA") or ROOT / "var" / "bench")
PORT = int(os.environ.get("GONGZHI_BENCH_PORT") or 8390)


@dataclass(frozen=True)
class Site:
    """A running site and where its data lies."""

    folder: Path
    port: int
    web: int
    postgres: int

    def cpu(self) -> tuple[float, float]:
        """Seconds of processor time that the web server and PostgreSQL have used so far."""
        return cpu_seconds(self.web), cpu_seconds(self.postgres)


@contextlib.contextmanager
def database(name: str, *, fresh: bool = False) -> Iterator[Path]:
    """A database under `var/bench/NAME` with fsync on, migrated, the district loaded; Django is set up on it."""
    folder = HOME / name
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    # The database's user must be able to pass.
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    with Postgres(folder / "postgres") as server:
        os.environ.update(surroundings.demo_environment(folder, port=PORT, database=server.url))
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        # What `tests` and a developer's shell may have set says nothing about a deployment.
        for given in ("GONGZHI_DATABASE_POOL", "GONGZHI_PLAIN_STATIC"):
            os.environ.pop(given, None)
        import django

        django.setup()
        prepare()
        yield folder


def prepare() -> None:
    """Migrate, make the bare tables, load the district once, gather the static files."""
    from django.core.management import call_command
    from django.db import connection, connections, transaction

    from bench.bare.models import Event, Order
    from gongzhi.console.demo import load_district
    from gongzhi.neighbourhood.models import Account

    call_command("migrate", interactive=False, verbosity=0)
    known = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (Order, Event):
            if model._meta.db_table not in known:
                editor.create_model(model)
    if not Account.objects.exists():
        with transaction.atomic():
            load_district()
    serving.collect_static()
    connections.close_all()


@contextlib.contextmanager
def site(folder: Path, *, worker: bool = False) -> Iterator[Site]:
    """The production server (2 processes, 2 threads each that answer) on this data; with `worker` the background work runs too."""
    children = serving.children("127.0.0.1", PORT)
    children[0].argv[-1] = "bench.web:application"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # Ended from outside it still ends its servers: the next run would ask those as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    running = [
        subprocess.Popen(child.argv, env=environment, cwd=ROOT, start_new_session=True)
        for child in (children if worker else children[:1])
    ]
    try:
        until = time.monotonic() + 60
        while not serving.answers("127.0.0.1", PORT):
            if time.monotonic() > until or running[0].poll() is not None:
                sys.exit("the web server did not start")
            time.sleep(0.1)
        wait_until_idle(running[0].pid)
        yield Site(folder, PORT, running[0].pid, postmaster(folder))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def wait_until_idle(web: int) -> None:
    """Let the web server first load what it loads some seconds after its start: that is no request's time."""
    time.sleep(serving.WARM_AFTER)
    before = 0.0
    while (now := cpu_seconds(web)) - before > 0.05:
        before = now
        time.sleep(1)


def postmaster(folder: Path) -> int:
    """The process id of the database on this data."""
    return int((Postgres(folder / "postgres").cluster / "postmaster.pid").read_text().split()[0])
