"""The embedded server: it starts, recovers and stops, whatever ended the last run."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gongzhi.console import postgres
from gongzhi.console.postgres import Postgres, PostgresError

RUN = """
import sys, time
from pathlib import Path
from gongzhi.console.postgres import Postgres
with Postgres(Path(sys.argv[1])) as server:
    print(server.process.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("pg")
    # Root's server runs as nobody, who must be able to pass through pytest's private folders.
    for parent in (folder, *folder.parents):
        if str(parent).startswith("/tmp/pytest"):
            parent.chmod(0o755)
    yield folder / "data"


def value(server: Postgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def kill_both(home: Path) -> None:
    """Start in another process, write a row, and kill that process and its server without warning."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUN), str(home)], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        with psycopg.connect(Postgres(home).url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        run.kill()
        os.kill(pid, signal.SIGKILL)


def test_it_starts_keeps_what_was_written_and_leaves_no_process(home: Path) -> None:
    with Postgres(home, fast=True) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT '共治' AS word")
        pid = server.process.pid if server.process else 0
        assert value(server, "SELECT current_setting('jit')") == "off"
        assert value(server, "SELECT current_setting('listen_addresses')") == ""
        assert value(server, "SELECT current_setting('server_encoding')") == "UTF8"
    assert not postgres.serves(pid, home / "cluster")
    with Postgres(home, fast=True) as server:
        assert value(server, "SELECT word FROM kept") == "共治"


def test_it_recovers_after_everything_was_killed(home: Path) -> None:
    kill_both(home)
    with Postgres(home) as server:
        assert value(server, "SELECT number FROM kept") == 7


def test_a_lock_file_that_names_a_stranger_does_not_stop_it(home: Path) -> None:
    with Postgres(home, fast=True):
        pass
    (home / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n")
    with Postgres(home, fast=True) as server:
        assert value(server, "SELECT 1") == 1


def test_a_second_run_on_the_same_folder_is_told_so(home: Path) -> None:
    with Postgres(home, fast=True), pytest.raises(PostgresError, match="Another gongzhi uses this data folder"):
        Postgres(home, fast=True).start()


def test_data_of_another_version_is_not_touched(home: Path) -> None:
    (home / "cluster").mkdir(parents=True)
    (home / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match="dump and restore"):
        Postgres(home, fast=True).start()


def test_a_deep_folder_gets_a_short_socket(home: Path) -> None:
    deep = home / ("街道" * 12) / ("社区" * 12)
    with Postgres(deep, fast=True) as server:
        assert not server.socket.is_relative_to(deep)
        assert value(server, "SELECT 1") == 1
        socket = server.socket
    assert not socket.exists()


def test_root_moves_data_that_nobody_could_reach(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    said: list[str] = []
    assert postgres.home_for(tmp_path / "data", root=False, say=said.append) == tmp_path / "data"
    assert said == []
    moved = postgres.home_for(tmp_path / "data", root=True, say=said.append)
    assert moved.parent == postgres.ELSEWHERE
    assert len(said) == 1
    assert str(moved) in said[0]
