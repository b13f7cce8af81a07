"""The desk's lists, search and demand page with 10,000 and with a million demands: `python -m bench.lists`.

Asked as pages of the production server by 8 clients. The 10,000 are all of two communities, so that the pages of
either size are equally full: spread over the district, a community's page would hold 9 lines of them and 50 of the
million, and the ratio would measure the drawing of lines. The filled databases stay under var/bench, so that a second
run is quick; the first takes some ten minutes for a million.
"""

import argparse
import random
import traceback
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import load, machine
from bench.rows import fill
from bench.server import PORT, Site, database, site

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


# What was seen of a case: the load, queries a page, demands on the page.
Taken = tuple[load.Load, int, int]


def main() -> int:
    """Print a table; 1 where a goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--seconds", type=float, default=3)
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--only", default="", help="cases whose name holds this")
    options = asked.parse_args()
    sizes = sorted({SMALL, options.rows})
    seen = {rows: _measure(rows, options) for rows in sizes}
    return _report(sizes, seen)


def _measure(rows: int, options: argparse.Namespace) -> dict[str, Taken]:
    """Load and number of queries of every case, with so many demands."""
    import os

    found: dict[str, Taken] = {}
    # A process of its own for each size: Django is set up once a process.
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        import pickle

        path = _note(rows)
        found = pickle.loads(path.read_bytes())
        path.unlink()
        return found
    code = 1
    try:
        _measure_here(rows, options)
        code = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(code)


def _note(rows: int):  # type: ignore[no-untyped-def]
    from bench.server import HOME

    return HOME / f"lists-{rows}.seen"


def _measure_here(rows: int, options: argparse.Namespace) -> None:
    import pickle

    full = rows == SMALL
    with database(f"lists-{rows}{'-full' if full else ''}") as folder:
        print(f"{rows} demands: {machine.describe(folder)}", flush=True)
        fill(rows, (OURS, BESIDE) if full else ())
        chosen = [case for case in cases() if options.only in case.name]
        counts = {case.name: look_at(case) for case in chosen}
        fill_bare()
        found = {}
        with site(folder) as served:
            for case in chosen:
                taken = _ask(served, case, options)
                found[case.name] = (taken, *counts[case.name])
                print(
                    f"  {case.name:44} p50 {taken.quantile(0.5):6.1f}  p95 {taken.quantile(0.95):6.1f} ms,"
                    f" in the server {taken.in_the_server(0.5):6.1f} {taken.in_the_server(0.95):6.1f} ms"
                    f"  {taken.rate:6.1f}/s  {counts[case.name][0]} queries  {taken.spent()}"
                    + (f"  {taken.failures(200)} FAILED" if taken.failures(200) else ""),
                    flush=True,
                )
            found[RATIO] = (_against_bare(served, chosen, options), 0, 0)
        _note(rows).write_bytes(pickle.dumps(found))


def _ask(served: Site, case: Case, options: argparse.Namespace) -> load.Load:
    return load.run(served, load.repeat, case.requests, clients=options.clients, seconds=options.seconds, warm=1.0)


def _against_bare(served: Site, chosen: list[Case], options: argparse.Namespace) -> load.Load:
    """The worklist and the bare list in turn, so that a neighbour's load falls on both; rates in `seconds`."""
    pair = {case.name: case for case in chosen if case.name in (BARE, LISTED)}
    told = load.Load()
    if len(pair) == 2:
        rates: dict[str, list[float]] = {BARE: [], LISTED: []}
        spent: dict[str, list[float]] = {BARE: [], LISTED: []}
        for _ in range(4):
            for name, case in pair.items():
                taken = _ask(served, case, options)
                rates[name].append(taken.rate)
                spent[name].append(sum(taken.cpu))
        told.seconds = sum(rates[LISTED]) / sum(rates[BARE])
        told.cpu = (sum(spent[BARE]) / 4, sum(spent[LISTED]) / 4)
    return told


def _report(sizes: list[int], seen: dict[int, dict[str, Taken]]) -> int:
    """Print what grew, and the list against the bare one."""
    small, large = sizes[0], sizes[-1]
    missed = 0
    print(
        f"\np95 in ms in the server at 8 clients (as the clients saw it), {small} and {large} demands;"
        " goals: under 50, at most 1.5 times, 6 queries a list"
    )
    for name, (load_large, queries, rows) in seen[large].items():
        if name == RATIO:
            continue
        load_small, _queries, rows_before = seen[small][name]
        before, after = load_small.in_the_server(0.95), load_large.in_the_server(0.95)
        cpu = sum(load_small.cpu), sum(load_large.cpu)
        late = name != BARE and (after >= 50 or after > 1.5 * before)
        missed += late
        print(
            f"  {name:44} {before:6.1f} ({load_small.quantile(0.95):6.1f}) {after:6.1f} ({load_large.quantile(0.95):6.1f})"
            f"  × {after / before:4.2f}   CPU {cpu[0]:5.1f} {cpu[1]:5.1f} ms  × {cpu[1] / cpu[0] if cpu[0] else 0:4.2f}"
            f"  {queries} queries, {rows_before} and {rows} rows{'  MISSED' if late else ''}"
        )
    for rows in sizes:
        told = seen[rows][RATIO][0]
        if told.seconds:
            print(
                f"the worklist at {told.seconds:.2f} of the bare list's rate with {rows} demands (goal 0.40);"
                f" CPU a page {told.cpu[0]:.1f} ms bare, {told.cpu[1]:.1f} ms ours"
            )
            missed += told.seconds < 0.4
    return int(missed > 0)


LISTED = f"worklist, first page ({WORKER})"
BARE = "bare list of 50"
RATIO = "ratio"


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
