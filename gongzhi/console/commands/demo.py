"""`gongzhi demo`: a fictional district on this machine, with its own database, from nothing to a page."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from gongzhi.console import serving, surroundings
from gongzhi.console.postgres import Postgres
from gongzhi.console.supervisor import Supervisor

NEEDS = "nothing"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("demo", help="演示 a demonstration district on this machine")
    parser.add_argument("--bind", default="127.0.0.1", help="监听地址 address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="端口 port (8000)")


def run(args: argparse.Namespace) -> int:
    """Start the database, bring it up to date, load the district once, serve until a signal asks to stop."""
    data = surroundings.data_folder(args.data)
    if os.environ.get("DATABASE_URL"):
        surroundings.say("演示使用自带的数据库，不用 DATABASE_URL。The demo runs its own database, not DATABASE_URL.")
    server = Postgres(data / "postgres")
    # Asked as set from outside too: a public address or debug in the environment is refused, not overruled.
    asked = surroundings.demo_environment(data, port=args.port, database=server.url)
    for name in ("GONGZHI_DEBUG", "GONGZHI_HOSTS", "GONGZHI_ADDRESS", "GONGZHI_BEHIND_PROXY"):
        asked[name] = os.environ.get(name) or asked[name]
    os.environ.update(asked)
    serving.refuse_unsafe(args.bind)
    serving.refuse_taken_port(args.bind, args.port)
    with server:
        os.environ["DATABASE_URL"] = server.url
        surroundings.note_address(data, server.url)
        try:
            logins = make_ready()
            return supervise(server, data, args, logins)
        finally:
            surroundings.forget_address(data)


def make_ready() -> list[tuple[str, str, str]]:
    """Migrate, load the district if it is not there, collect the static files; (role, login, password) of each."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    logins = load_district()
    serving.collect_static()
    connections.close_all()
    return logins


def load_district() -> list[tuple[str, str, str]]:
    """Load the demonstration district unless it is there; in one transaction, so that a kill leaves nothing half."""
    from django.contrib.auth import get_user_model
    from django.db import transaction

    try:
        from gongzhi.console.demo import load_district as load
        from gongzhi.console.demo import logins
    except ImportError:
        surroundings.say("演示区还没有。There is no demonstration district yet.")
        return []
    if not get_user_model().objects.exists():
        surroundings.say("正在载入演示区…… loading the demonstration district …")
        with transaction.atomic():
            load()
    return list(logins())


def supervise(server: Postgres, data: Path, args: argparse.Namespace, logins: Iterable[tuple[str, str, str]]) -> int:
    """Serve, keeping the database up too, and say where once it answers."""

    def guard() -> None:
        if not server.running():
            surroundings.say("数据库意外退出，正在重启。The database ended, restarting.")
            server.stop()
            server.start()
            surroundings.note_address(data, server.url)

    def ready() -> bool:
        if not serving.answers(args.bind, args.port):
            return False
        surroundings.say("", f"共治演示已就绪 the demo is ready: http://{args.bind}:{args.port}/", "")
        for role, login, password in logins:
            surroundings.say(f"  {role}：{login} / {password}")
        surroundings.say("", "按 Ctrl-C 停止 Ctrl-C stops everything.")
        return True

    return Supervisor(serving.children(args.bind, args.port), guard=guard).run(ready)
