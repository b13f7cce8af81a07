"""The desk's lists, search and demand page with 10,000 and with a million demands: `python -m bench.lists`.

Asked as pages of the production server by 8 clients, either size in turn. The 10,000 are all of two communities, so that the pages of
either size are equally full: spread over the district, a community's page would hold 9 lines of them and 50 of the
million, and the ratio would measure the drawing of lines. The filled databases stay under var/bench, so that a second
run is quick; the first takes some ten minutes for a million.
"""

import argparse
import contextlib
import multiprocessing
import os
import random
from dataclasses import dataclass
from multiprocessing.connection import Connection
from urllib.parse import urlencode

from bench import load, machine
from bench.rows import fill
from bench.server import PORT, database, site

SMALL = 10_000
# The worker's community, and one beside it.
OURS, BESIDE = "500104002017", "500104002009"
LEAD, WORKER = "qu_fuze", "dongzheng_shegong"
# (words, how often): two and four signs, from every seventh demand to none.
WORDS = (
    ("停车", "common"), ("井盖", "in 1 of 70"), ("鹦鹉", "1 of 50,000"), ("鲸鱼", "absent"),
    ("消防通道", "1 of 20"), ("屋顶漏水", "1 of 50"), ("蜂窝煤炉", "1 of 20,000"), ("鲸鱼搁浅", "absent"),
    ("停车 垃圾", "two common, never both"),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One kind of page: its name and the addresses, asked in turn with the cookie of whoever is logged in."""

    name: str
    requests: list[bytes]
    path: str
    login: str


def main() -> int:
    """Print a table; 1 where a goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--seconds", type=float, default=2, help="of each round")
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--only", default="", help="cases whose name holds this")
    options = asked.parse_args()
    with contextlib.ExitStack() as stack:
        sizes = [stack.enter_context(_Size(rows, at)) for at, rows in enumerate((SMALL, options.rows))]
        names = [name for name in sizes[0].cases if options.only in name]
        seen = [{name: load.Load() for name in names} for _ in sizes]
        listed, bare = [load.Load() for _ in sizes], [load.Load() for _ in sizes]
        for name in names:
            # In turn, so that a neighbour's load falls on all.
            for _round in range(options.rounds):
                for at, size in enumerate(sizes):
                    seen[at][name].add(size.ask(name, options))
                    if name == LISTED:
                        listed[at].add(size.ask(name, options))
                        bare[at].add(size.ask(BARE, options))
            print(f"  {name:44} {seen[-1][name].spent()}", flush=True)
        return _report(
            sizes, seen, [(one.rate / other.rate if other.rate else 0) for one, other in zip(listed, bare, strict=True)]
        )


class _Size:
    """A process that holds the database of one size with its server, and asks it for one case at a time."""

    def __init__(self, rows: int, at: int) -> None:
        self.rows = rows
        os.environ["GONGZHI_BENCH_PORT"] = str(PORT + at)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_hold, args=(theirs, rows))
        self._process.start()
        theirs.close()

    def __enter__(self) -> "_Size":
        # name: queries a page, demands on the page
        self.cases: dict[str, tuple[int, int]] = self._pipe.recv()
        return self

    def __exit__(self, *_error: object) -> None:
        self._pipe.send(None)
        self._process.join()

    def ask(self, name: str, options: argparse.Namespace) -> load.Load:
        """What the clients see of one case."""
        self._pipe.send((name, options.clients, options.seconds))
        taken: load.Load = self._pipe.recv()
        assert not taken.failures(200), (name, taken.answers)
        return taken


def _hold(pipe: Connection, rows: int) -> None:
    full = rows == SMALL
    with database(f"lists-{rows}{'-full' if full else ''}") as folder:
        print(f"{rows} demands: {machine.describe(folder)}", flush=True)
        fill(rows, (OURS, BESIDE) if full else ())
        known = {case.name: case for case in cases()}
        counts = {name: look_at(case) for name, case in known.items()}
        fill_bare()
        with site(folder) as served:
            pipe.send(counts)
            while asked := pipe.recv():
                name, clients, seconds = asked
                found = load.run(served, load.repeat, known[name].requests, clients=clients, seconds=seconds, warm=0.5)
                pipe.send(found)


def _report(sizes: list[_Size], seen: list[dict[str, load.Load]], shares: list[float]) -> int:
    """Print what grew, and the list against the bare one."""
    missed = 0
    print(
        f"\np95 in ms in the server (as the clients saw it), {sizes[0].rows} and {sizes[-1].rows} demands asked in turn;"
        " goals: under 50, at most 1.5 times, 6 queries a list"
    )
    for name, large in seen[-1].items():
        small, (queries, rows) = seen[0][name], sizes[-1].cases[name]
        before, after = small.in_the_server(0.95), large.in_the_server(0.95)
        cpu = sum(small.cpu), sum(large.cpu)
        late = name != BARE and (after >= 50 or after > 1.5 * before)
        missed += late
        print(
            f"  {name:44} {before:6.1f} ({small.quantile(0.95):6.1f}) {after:6.1f} ({large.quantile(0.95):6.1f})"
            f"  × {after / before:4.2f}   CPU {cpu[0]:5.1f} {cpu[1]:5.1f} ms  × {cpu[1] / cpu[0] if cpu[0] else 0:4.2f}"
            f"  {queries} queries, {sizes[0].cases[name][1]} and {rows} rows{'  MISSED' if late else ''}"
        )
    for size, share in zip(sizes, shares, strict=True):
        if share:
            print(f"the worklist at {share:.2f} of the bare list's rate with {size.rows} demands (goal 0.40)")
            missed += share < 0.4
    return int(missed > 0)


LISTED = f"worklist, first page ({WORKER})"
BARE = "bare list of 50"


def cases() -> list[Case]:
    """What is asked, as whom."""
    from gongzhi.demands.models import Demand
    from gongzhi.neighbourhood.models import Place

    community = Place.objects.get(code=OURS)
    category = (
        Demand.objects.filter(community=community, category__isnull=False, closed_at=None)
        .order_by("-id")
        .values_list("category", flat=True)[0]
    )
    found = [Case(BARE, [load.get("/bare/list")], "", "")]
    for login in (WORKER, LEAD):
        place = {} if login == WORKER else {"place": community.pk}
        found += [
            _case(f"worklist, first page ({login})", login, ["/desk/"]),
            _case(f"all, first page ({login})", login, ["/desk/demands/"]),
            _case(
                f"place + state + category ({login})",
                login,
                [_list(group="all", state=state, category=category, **place) for state in ("in_hand", "archived")],
            ),
            _case(f"deep page, the 2,000th ({login})", login, [_list(group="all", after=deep(login))]),
            _case(f"one demand ({login})", login, [f"/desk/demands/{pk}" for pk in some_demands(login)]),
        ]
        found += [
            _case(f"search {words}, {often} ({login})", login, [_list(group="all", q=words)]) for words, often in WORDS
        ]
    return found


def _case(name: str, login: str, paths: list[str]) -> Case:
    cookie = log_in(login)
    return Case(name, [load.get(path, cookie) for path in paths], paths[0], login)


def _list(**asked: object) -> str:
    return f"/desk/demands/?{urlencode(asked)}"


def log_in(login: str) -> str:
    """The cookie of someone who is logged in."""
    return f"sessionid={_browser(login).cookies['sessionid'].value}"


def _browser(login: str):  # type: ignore[no-untyped-def]
    from django.test import Client

    from gongzhi.neighbourhood.models import Account

    browser = Client(HTTP_HOST=f"127.0.0.1:{PORT}")
    if login:
        browser.force_login(Account.objects.get(login=login), backend="gongzhi.web.logins.Logins")
    return browser


def _seen_by(login: str):  # type: ignore[no-untyped-def]
    from django.utils import timezone

    from gongzhi.demands.queries import visible_demands
    from gongzhi.neighbourhood.models import Account
    from gongzhi.neighbourhood.queries import actor_for

    return visible_demands(actor_for(Account.objects.get(login=login), today=timezone.localdate()))


def deep(login: str) -> str:
    """The cursor of the 2,000th page, or of the middle where there are fewer."""
    rows = _seen_by(login).order_by("-received_at", "-id")
    at = min(100_000, rows.count() // 2)
    moment, pk = rows.values_list("received_at", "id")[at]
    return f"{round(moment.timestamp() * 1_000_000)}_{pk}"


def some_demands(login: str, many: int = 200) -> list[int]:
    """Demands of all ages."""
    ids = list(_seen_by(login).order_by().values_list("id", flat=True))
    return random.Random(1).sample(ids, min(many, len(ids)))


def look_at(case: Case) -> tuple[int, int]:
    """How many queries one page makes, and how many demands it lists."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if not case.login:
        return 1, 50
    browser = _browser(case.login)
    browser.get(case.path)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(case.path)
    assert answer.status_code == 200, (case.name, answer.status_code)
    connection.close()
    return len(captured), answer.content.count(b"cell-subject")


def fill_bare(rows: int = SMALL) -> None:
    """Orders for the bare list and map."""
    from datetime import timedelta

    from django.utils import timezone

    from bench.bare.models import Order
    from bench.texts import text

    if Order.objects.count() >= rows:
        return
    chance, now = random.Random(1), timezone.now()
    made = []
    for number in range(rows):
        words = text(number, chance)
        made.append(
            Order(
                subject=words.subject,
                body=words.body,
                place=words.where,
                lon=106.4 + chance.random() / 10,
                lat=29.4 + chance.random() / 10,
                due_at=now + timedelta(minutes=number),
            )
        )
    Order.objects.bulk_create(made, batch_size=2000)


if __name__ == "__main__":
    raise SystemExit(main())
