"""`python -m bench.imports`: the two real files through the import page's own action, fsync on, in seconds.

The files lie outside the repository: GONGZHI_SHARED_DATA, else ../shared/data. Each is taken in twice on a fresh
database: as new demands, with clocks, trail and deferred work, and as history.
"""

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench import machine
from gongzhi.console.postgres import Postgres
from tests.database import TEST_ENVIRONMENT

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("GONGZHI_SHARED_DATA", ROOT.parent / "shared" / "data"))
FILES = (("messages", SHARED / "messages" / "messages.csv"), ("orders", SHARED / "orders" / "orders_2018.csv"))
TARGET = 20.0


def main() -> int:
    """Print seconds for each file and way; 1 where one is over the target."""
    missing = [str(path) for _name, path in FILES if not path.exists()]
    if missing:
        print(f"absent: {', '.join(missing)} (set GONGZHI_SHARED_DATA)")
        return 2
    os.environ.update(TEST_ENVIRONMENT)
    with tempfile.TemporaryDirectory(prefix="gongzhi-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["GONGZHI_DATA"] = f"{folder}/data"
        server = Postgres(Path(folder) / "postgres")
        os.environ["DATABASE_URL"] = server.start()
        try:
            return _measure(folder)
        finally:
            server.stop()


def _measure(folder: str) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests import town

    call_command("migrate", verbosity=0)
    town.build()
    print(machine.describe(folder))
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        print(f"fsync {cursor.fetchone()[0]}")
    worst = 0.0
    for name, path in FILES:
        for historic in (False, True):
            parts, taken = _take(path, historic=historic)
            seconds = sum(parts.values())
            worst = max(worst, seconds)
            way = "as history" if historic else "as new demands"
            spent = ", ".join(f"{part} {took:.2f}" for part, took in parts.items())
            print(f"{name:9}{way:15}{taken:6} rows {seconds:6.2f} s  ({spent})")
            _clear()
    print(f"target: under {TARGET:.0f} s each on 2 cores: {'kept' if worst < TARGET else 'MISSED'}")
    connection.close()
    return int(worst >= TARGET)


def _take(path: Path, *, historic: bool) -> tuple[dict[str, float], int]:
    """What the page does: upload, choose and preview, confirm; seconds of each."""
    from django.utils import timezone

    from gongzhi.console.demo import cast
    from gongzhi.demands import actions
    from gongzhi.neighbourhood.queries import district

    now, actor, parts, begun = timezone.localtime(), cast.FOUNDER, {}, perf_counter()

    def done(part: str) -> None:
        parts[part] = perf_counter() - begun - sum(parts.values())

    with path.open("rb") as file:
        row = actions.hand_in_file(actor, name=path.name, source=file, now=now)
    done("upload")
    choices = actions.Choices(
        columns=row.mapping["columns"], fallback=district(), historic=historic, add_categories=True
    )
    row = actions.choose_columns(actor, import_file=row, choices=choices, now=now)
    actions.preview_file(actor, row, choices, now=now)
    done("preview")
    taken = actions.take_file(actor, import_file=row, now=now).rows_taken
    done("take")
    return parts, taken


def _clear() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE demands_demand CASCADE")
        cursor.execute("DELETE FROM demands_category WHERE version = 'own' AND parent_id IS NOT NULL")
        cursor.execute("DELETE FROM demands_category WHERE version = 'own'")
        cursor.execute("DELETE FROM procrastinate_jobs")


if __name__ == "__main__":
    sys.exit(main())
