"""What `gongzhi serve` and `gongzhi demo` share: the programs to run, their static files, their readiness."""

import contextlib
import hashlib
import http.client
import os
import socket
import sys
from pathlib import Path

from gongzhi.console import catalogues, safety, surroundings
from gongzhi.console.supervisor import Child

# Threads that answer in each process: more share one interpreter lock and make each other wait. Where all take long, others
# come to help; and so many take in what is sent (`receiving`).
WORKERS, THREADS, MOST_THREADS, RECEIVERS = 2, 2, 8, 64
THREADS_KEY = "GONGZHI_THREADS"
# Seconds after which a process of the web server loads what its first callers must not wait for.
WARM_AFTER = 5


def refuse_unsafe(bind: str) -> None:
    """Raise RefusalError with every reason why this environment must not be served on `bind`."""
    if reasons := safety.refusals(surroundings.plan(os.environ, bind=bind)):
        raise surroundings.RefusalError(
            "\n".join(["不能启动 refusing to start:", *(f"- {reason}" for reason in reasons)])
        )


def refuse_taken_port(bind: str, port: int) -> None:
    """Raise RefusalError when another program listens there: granian itself would share the port silently."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except (OSError, OverflowError) as error:
            raise surroundings.RefusalError(
                f"不能监听 {bind}:{port}（{error}），请换一个端口，如 PORT=8123。"
                f" Cannot listen on {bind}:{port}: choose another port, such as PORT=8123."
            ) from error


def children(bind: str, port: int, *, workers: int = WORKERS) -> list[Child]:
    """The web server and the background worker."""
    granian = ["-m", "granian", "--interface", "wsgi", "--host", bind, "--port", str(port), "--no-ws"]
    granian += ["--workers", str(workers), "--blocking-threads", str(RECEIVERS), "--workers-kill-timeout", "10"]
    # Its only warning at the start is of so many threads, which here mostly wait.
    granian += ["--respawn-failed-workers", "--log-level", "error", "gongzhi.console.web:application"]
    return [
        Child("网站 web", [sys.executable, *granian]),
        Child("后台任务 worker", [sys.executable, "-m", "gongzhi.console.main", "worker"]),
    ]


def answers(bind: str, port: int) -> bool:
    """Whether the web server answers its health check."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104 - asked of ourselves
    connection = http.client.HTTPConnection(host, port, timeout=2)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/health/live", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status < 500
    return False


def collect_static() -> bool:
    """Gather the static files where the web server reads them, if any has changed; whether it was done."""
    from django.conf import settings
    from django.contrib.staticfiles import finders
    from django.core.management import call_command

    # An installation that we may not write to had its catalogues compiled when it was installed.
    with contextlib.suppress(PermissionError):
        catalogues.compile_all()
    root = Path(settings.STATIC_ROOT)
    facts = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in sorted(finder.list([]), key=lambda pair: pair[0]):
            found = Path(storage.path(name)).stat()
            facts.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = root.with_name(f"{root.name}.stamp")
    if stamp.exists() and root.exists() and stamp.read_text() == facts.hexdigest():
        return False
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(facts.hexdigest())
    return True


def static_current() -> bool:
    """Whether static files were collected at all, for `gongzhi doctor`."""
    from django.conf import settings

    root = Path(settings.STATIC_ROOT)
    return settings.DEBUG or (root.exists() and root.with_name(f"{root.name}.stamp").exists())


def pending_migrations() -> list[str]:
    """The migrations that this version brings and the database has not seen."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
