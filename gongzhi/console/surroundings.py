"""Where a command runs: which data folder, which database, which keys.

A deployment says so in its environment. A demonstration keeps it under its data folder, so that the other
commands find it: `gongzhi import demands FILE` next to a running `make demo` works on the same district.
"""

import atexit
import base64
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gongzhi.console.postgres import Postgres, PostgresError
from gongzhi.console.safety import Plan

KEYS = "keys.json"
ADDRESS = "database-address"


class RefusalError(Exception):
    """The command cannot go on; the message is for people."""


def fresh_keys() -> dict[str, str]:
    """New values for the secrets of an installation."""
    return {
        "GONGZHI_SECRET_KEY": secrets.token_urlsafe(64),
        "GONGZHI_CONTACT_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def data_folder(given: Path | None = None) -> Path:
    """The data folder: the one given, else GONGZHI_DATA, else `var` here."""
    return (given or Path(os.environ.get("GONGZHI_DATA") or "var")).resolve()


def is_demo(data: Path) -> bool:
    """Whether `data` was made by `gongzhi demo`."""
    return (data / KEYS).exists()


def demo_keys(data: Path) -> dict[str, str]:
    """The demonstration's own keys, made once and readable by their owner alone.

    Raises RefusalError when they cannot be written or belong to another user.
    """
    path = data / KEYS
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                json.dump(fresh_keys(), file, indent=1)
            path.with_suffix(".new").rename(path)
        keys: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise RefusalError(f"无法读写 {path}。Cannot read or write {path}: {error}") from error
    return keys


def demo_environment(data: Path, *, port: int, database: str) -> dict[str, str]:
    """The settings of a demonstration on this machine; nothing of a deployment's environment stays."""
    return {
        **demo_keys(data),
        "DATABASE_URL": database,
        "GONGZHI_DATA": str(data),
        "GONGZHI_DEMO": "1",
        "GONGZHI_DEBUG": "",
        "GONGZHI_BEHIND_PROXY": "",
        "GONGZHI_HOSTS": "127.0.0.1,localhost",
        "GONGZHI_ORIGINS": "",
        "GONGZHI_ADDRESS": f"http://127.0.0.1:{port}",
        "GONGZHI_NOTICE_EMAIL": "",
        "GONGZHI_NOTICE_SMS": "",
        "GONGZHI_NOTICE_WECOM": "",
        "GONGZHI_NOTICE_DINGTALK": "",
    }


def note_address(data: Path, url: str) -> None:
    """Leave the running database's address for the other commands."""
    (data / ADDRESS).write_text(url)


def forget_address(data: Path) -> None:
    """Take the address back when the database stops."""
    (data / ADDRESS).unlink(missing_ok=True)


def prepare(data: Path | None = None) -> None:
    """Set the environment in which a command finds its database, starting the demonstration's if it sleeps.

    Raises RefusalError when there is neither a DATABASE_URL nor a demonstration.
    """
    folder = data_folder(data)
    if os.environ.get("DATABASE_URL"):
        os.environ["GONGZHI_DATA"] = str(folder)
        return
    if not is_demo(folder):
        raise RefusalError(
            f"没有设置 DATABASE_URL，{folder} 里也没有演示数据：先运行 make demo。"
            f" DATABASE_URL is not set, and {folder} holds no demonstration: run make demo first."
        )
    os.environ.update(demo_environment(folder, port=8000, database=_demo_database(folder)))


def _demo_database(folder: Path) -> str:
    """The address of the demonstration's database; ours to stop if we are the first to need it."""
    server = Postgres(folder / "postgres")
    try:
        url = server.start()
    except PostgresError as error:
        # Somebody runs it already: the address that they left is the one.
        note = folder / ADDRESS
        if server.taken and note.exists():
            return note.read_text()
        raise RefusalError(str(error)) from error
    note_address(folder, url)
    atexit.register(server.stop)
    atexit.register(forget_address, folder)
    return url


def writable(folder: Path) -> bool:
    """Whether files can be made in `folder`, found by making one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def plan(environment: Mapping[str, str], *, bind: str) -> Plan:
    """What the environment asks to be started, for `safety.refusals`."""

    def words(name: str, otherwise: str = "") -> list[str]:
        return [word for word in environment.get(name, otherwise).split(",") if word]

    def yes(name: str) -> bool:
        return environment.get(name, "").lower() in {"1", "true", "yes", "on"}

    return Plan(
        bind=bind,
        debug=yes("GONGZHI_DEBUG"),
        demo=yes("GONGZHI_DEMO"),
        behind_proxy=yes("GONGZHI_BEHIND_PROXY"),
        secret_key=environment.get("GONGZHI_SECRET_KEY", ""),
        contact_keys=words("GONGZHI_CONTACT_KEYS"),
        address=environment.get("GONGZHI_ADDRESS", "http://127.0.0.1:8000"),
        hosts=words("GONGZHI_HOSTS", "127.0.0.1,localhost"),
        database_named=bool(environment.get("DATABASE_URL")),
        data_writable=writable(data_folder()),
    )


def say(*lines: str) -> None:
    """Tell the person at the terminal."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)
