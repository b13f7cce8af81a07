"""`gongzhi serve`: the product for a deployment: web server, background work, static files, health checks."""

import argparse

from gongzhi.console import serving, surroundings
from gongzhi.console.supervisor import Supervisor

NEEDS = "nothing"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("serve", help="正式运行 serve a deployment")
    parser.add_argument("--bind", default="127.0.0.1", help="监听地址 address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="端口 port (8000)")
    parser.add_argument("--workers", type=int, default=serving.WORKERS, help="进程数 processes (2)")
    parser.add_argument(
        "--threads", type=int, default=serving.THREADS, help="每进程同时应答的线程数 threads that answer in each (2)"
    )
    parser.add_argument("--no-worker", action="store_true", help="不运行后台任务 leave the background work out")


def run(args: argparse.Namespace) -> int:
    """Refuse what is unsafe, then serve until a signal asks to stop."""
    import os

    os.environ["GONGZHI_DATA"] = str(surroundings.data_folder(args.data))
    os.environ[serving.THREADS_KEY] = str(args.threads)
    serving.refuse_unsafe(args.bind)
    serving.refuse_taken_port(args.bind, args.port)
    make_ready()
    programs = serving.children(args.bind, args.port, workers=args.workers)
    supervisor = Supervisor(programs[:1] if args.no_worker else programs)

    def ready() -> bool:
        if up := serving.answers(args.bind, args.port):
            surroundings.say(f"共治已就绪 serving on {args.bind}:{args.port}")
        return up

    return supervisor.run(ready)


def make_ready() -> None:
    """Refuse a database that cannot be reached or is older than this version; collect the static files."""
    import django
    from django.db import connections
    from django.db.utils import DatabaseError

    django.setup()
    try:
        if pending := serving.pending_migrations():
            raise surroundings.RefusalError(
                f"数据表还没有升级（{len(pending)} 步），请先运行 gongzhi migrate。"
                f" The tables are behind by {len(pending)} steps: run gongzhi migrate first."
            )
    except DatabaseError as error:
        raise surroundings.RefusalError(f"连不上数据库：{error}Cannot reach the database of DATABASE_URL.") from error
    serving.collect_static()
    connections.close_all()
