"""Taking in one demand and giving it its place among a million, in one transaction: `python -m bench.stream`.

The million are those of `bench.troubles` in a district of their size, each with its report as the product keeps it, and
the problems that they are about; most of these are solved. Filled once under var/bench/stream, in some ten minutes.
Placed are the demands that come next in the same stream, by one process and by four at once. The goal of 10 ms is one
process's; of four the p99 of placing beside the p50 of taking in is looked at.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from bench import machine
from bench.districts import EAST, NORTH, ORIGIN
from bench.rows import COLUMNS, _drop_indexes
from bench.server import database
from bench.troubles import Row, demands

NEXT, WARM = 8_000, 200
GOAL, PACE = 10.0, 4.5
# Reports older than this are answered, and their problems solved.
OLD = timedelta(days=60)
REPORT = (
    "demand_id problem_id community_id cell reported_at signature place_code area lon lat category_code joined_by joined_at told_at"
).split()
PROBLEM = (
    "id state kind origin title public_words place_id subdistrict_id community_id compound_id accountable_id"
    " first_reported_at last_reported_at raised_at solved_at ended_at times reports reporters followers vulnerable heat"
    " cause cause_words cause_owner cause_outsider version"
).split()


class Spot(NamedTuple):
    """A place of the invented district as a row of ours."""

    pk: int
    kind: str
    compound: int | None
    community: int
    subdistrict: int


def main() -> int:
    """Print the milliseconds; 1 where the goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--placed", type=int, default=1_000, help="demands a process")
    asked.add_argument("--fresh", action="store_true", help="fill anew")
    options = asked.parse_args()
    with database(f"stream-{options.rows}" if options.rows != 1_000_000 else "stream", fresh=options.fresh) as folder:
        fill(options.rows)
        print(f"{options.rows} reports: {machine.describe(folder)}", flush=True)
        missed = [measure(options, processes) for processes in (1, 4)]
    return int(any(missed))


def fill(rows: int) -> None:
    """Write places, demands, reports and problems where they are not there yet."""
    from django.db import connection

    from gongzhi.problems.models import Report

    if Report.objects.count() >= rows:
        return
    begin = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        indexes = _drop_indexes(cursor)
        spots = _places(rows)
        every = list(islice(demands(rows + NEXT), rows))
        print(f"  {rows} demands made after {time.perf_counter() - begin:.0f} s", flush=True)
        until = every[-1].reported_at
        counted = np.bincount([row.problem for row in every])
        shared = set(np.flatnonzero(counted > 1).tolist())
        _copy(cursor, "demands_demand", COLUMNS, (_demand(at, row, spots, until) for at, row in enumerate(every, 1)))
        print(f"  demands after {time.perf_counter() - begin:.0f} s", flush=True)
        _copy(cursor, "problems_problem", PROBLEM, _problems(every, shared, spots, until))
        _copy(cursor, "problems_report", REPORT, _reports(every, shared, spots))
        print(f"  reports after {time.perf_counter() - begin:.0f} s", flush=True)
        for made in indexes:
            cursor.execute(made)
        cursor.execute("SET session_replication_role = origin")
        for table in ("demands_demand", "problems_problem", "problems_report"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("VACUUM ANALYZE")
    print(f"  ready after {time.perf_counter() - begin:.0f} s", flush=True)


def _copy(cursor: Any, table: str, columns: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.connection.cursor() as raw, raw.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _places(rows: int) -> dict[str, Spot]:
    """The compounds of the invented district in the communities of ours, with seventeen buildings each; by their code."""
    from bench.troubles import ROWS_A_COMPOUND
    from gongzhi.neighbourhood.models import Place

    found: dict[str, Spot] = {}
    communities = list(Place.objects.filter(kind="community").order_by("code"))
    compounds = max(rows // ROWS_A_COMPOUND + 50, 100)
    kept = dict(Place.objects.filter(code__startswith="C").values_list("code", "pk"))
    made: list[Place] = []
    for at in range(compounds):
        community = communities[at * len(communities) // compounds]
        above = {
            "district_id": community.district_id,
            "subdistrict_id": community.subdistrict_id,
            "community": community,
        }
        code = f"C{at:05d}"
        for number in range(18):
            kind = "building" if number else "compound"
            name = f"{code}-B{number:02d}" if number else code
            found[name] = Spot(0, kind, None, community.pk, community.subdistrict_id or 0)
            if name not in kept:
                made.append(
                    Place(kind=kind, code=name, name=name, full_name=name, parent=community, **above,
                          compound_type="" if number else "commodity")
                )  # fmt: skip
    Place.objects.bulk_create(made, batch_size=2_000)
    kept = dict(Place.objects.filter(code__startswith="C").values_list("code", "pk"))
    for name, spot in found.items():
        compound = kept[name[:6]]
        found[name] = spot._replace(pk=kept[name], compound=compound)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE neighbourhood_place b SET compound_id = c.id FROM neighbourhood_place c"
            " WHERE b.kind = 'building' AND b.code LIKE 'C%%-B%%' AND c.code = left(b.code, 6)"
        )
    for community in communities:
        found[f"community {community.pk}"] = Spot(
            community.pk, "community", None, community.pk, community.subdistrict_id or 0
        )
    return found


def _spot(row: Row, spots: dict[str, Spot]) -> Spot:
    """Where the product files it: building or compound where the form said one, else the community it lies in."""
    if row.place in spots:
        return spots[row.place]
    if row.place:
        # A gate, or a house number of a road beside the compound.
        return spots[f"C{row.place[1:6]}"]
    return spots[f"community {_home(row, spots)}"]


def _home(row: Row, spots: dict[str, Spot]) -> int:
    """The community of a demand without a place, by its coordinates; by its number where it has none."""
    side = int((len(spots) // 18) ** 0.5) + 1
    if row.lon is None or row.lat is None:
        at = row.problem * 7919
    else:
        east, north = (row.lon - ORIGIN[0]) * EAST / 350, (row.lat - ORIGIN[1]) * NORTH / 350
        at = max(round(north), 0) * side + max(round(east), 0)
    return spots[f"C{at % (len(spots) // 18 - 4):05d}"].community


def _aware(moment: datetime) -> datetime:
    from zoneinfo import ZoneInfo

    return moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _demand(at: int, row: Row, spots: dict[str, Spot], until: datetime) -> tuple[Any, ...]:
    """One demand in the order of COLUMNS."""
    spot, received = _spot(row, spots), _aware(row.reported_at)
    old = until - row.reported_at > OLD
    closed = received + timedelta(days=9) if old else None
    due = None if old else received + timedelta(days=7)
    return (
        at + FIRST, "archived" if old else "received", "help", "page", "ordinary", row.subject[:200] or "无题", row.body, row.place,
        spot.pk, spot.subdistrict, spot.community, spot.compound, row.lon, row.lat, None, spot.community, None, None,
        received, received, due, due, closed, closed, False, False, 0, False, f"{at:032x}", f"stream-{at}", "", "", 3,
    )  # fmt: skip


# Behind the numbers of the demonstration's own demands and problems.
FIRST = 1_000


def _problems(every: list[Row], shared: set[int], spots: dict[str, Spot], until: datetime) -> Iterator[tuple[Any, ...]]:
    """The problems of two reports and more, in the order of PROBLEM."""
    first: dict[int, Row] = {}
    last: dict[int, datetime] = {}
    count: dict[int, int] = {}
    for row in every:
        if row.problem in shared:
            first.setdefault(row.problem, row)
            last[row.problem] = row.reported_at
            count[row.problem] = count.get(row.problem, 0) + 1
    for number, row in first.items():
        spot, begun, spoken = _spot(row, spots), _aware(row.reported_at), _aware(last[number])
        solved = spoken + timedelta(days=20) if until - last[number] > OLD else None
        yield (
            number + FIRST, "solved" if solved else "raised", "trouble", "reports", row.subject[:60] or "无题", "", spot.pk,
            spot.subdistrict, spot.community, spot.compound, spot.community, begun, spoken, begun, solved, solved, 1,
            count[number], count[number], 0, 0, 1.0, "", "", "unknown", "", 1,
        )  # fmt: skip


def _reports(every: list[Row], shared: set[int], spots: dict[str, Spot]) -> Iterator[tuple[Any, ...]]:
    """The reports in the order of REPORT, with the signatures that the engine makes of them."""
    from gongzhi.problems.finding import place_code
    from gongzhi.problems.grams import Report
    from gongzhi.problems.placing import area_within, cell_of, signature

    # One that says no place stands where its problem does, as far as that is known by then.
    stands: dict[int, str] = {}
    for at, row in enumerate(every, 1):
        spot, moment = _spot(row, spots), _aware(row.reported_at)
        code = place_code(spot.pk, spot.kind, spot.compound)
        if code and row.problem in shared:
            stands.setdefault(row.problem, f"~C{spot.compound}")
        if not code and row.lon is None:
            code = stands.get(row.problem, "")
        read = Report("", moment, row.subject, row.body, code, row.lon, row.lat, row.category)
        cell = cell_of(row.lon, row.lat) if row.lon is not None and row.lat is not None else None
        problem = row.problem + FIRST if row.problem in shared else None
        yield (
            at + FIRST, problem, spot.community, cell, moment, signature(read), code, area_within(code), row.lon, row.lat, row.category,
            "engine" if problem else "", moment if problem else None, moment,
        )  # fmt: skip


def measure(options: argparse.Namespace, processes: int) -> bool:
    """Take in and place so many demands by each process; print milliseconds. True where the goal is missed."""
    from django.db import connections

    from gongzhi.demands.models import Demand

    spots = _places(options.rows)
    # What an earlier run placed is not sent again.
    begun = Demand.objects.filter(once__startswith="next-").count()
    if begun + processes * options.placed > NEXT:
        sys.exit("all that come next were placed by earlier runs: --fresh fills anew")
    rows = list(islice(demands(options.rows + NEXT), options.rows + begun, options.rows + NEXT))
    wanted = [rows[number::processes][: options.placed] for number in range(processes)]
    connections.close_all()
    # Not forked: a pool of connections cannot be shared.
    anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=anew, initializer=_set_up) as pool:
        seen = np.concatenate([done.result() for done in [pool.submit(_work, some, spots) for some in wanted]])
    print(f"\n{processes} at once, {len(seen)} demands, milliseconds (known: {seen[:, 3].mean():.0f} on average)")
    for name, at in (("taking in", 0), ("placing", 1), ("both with commit", 2)):
        p50, p95, p99 = np.quantile(seen[:, at], [0.5, 0.95, 0.99])
        print(f"  {name:18} p50 {p50:6.2f}  p95 {p95:6.2f}  p99 {p99:6.2f}  most {seen[:, at].max():7.2f}")
    found = float(np.mean(seen[:, 4]))
    # Both take the machine as it is, which may be half as fast an hour later.
    pace = float(np.quantile(seen[:, 1], 0.99) / np.median(seen[:, 0]))
    print(f"  placing p99 is {pace:.2f} times taking in p50")
    print(f"  {100 * found:.0f} of 100 joined a problem", flush=True)
    # Several share the cores, each with its own process of the database: of them the pace is asked.
    missed = bool(np.quantile(seen[:, 1], 0.99) >= GOAL) if processes == 1 else pace >= PACE
    print(
        f"  goal: {f'placing p99 under {GOAL:.0f} ms' if processes == 1 else f'{PACE} times'}: {'missed' if missed else 'reached'}"
    )
    return missed


def _set_up() -> None:
    import django

    django.setup()


def _work(rows: list[Row], spots: dict[str, Spot]) -> np.ndarray:
    """Take in and place each in one transaction; the first only warm up, as a server is that has been running."""
    from django.db import transaction

    from gongzhi.demands.actions import Intake, receive_demand
    from gongzhi.demands.upstairs import words_of
    from gongzhi.neighbourhood.models import Place
    from gongzhi.neighbourhood.rules import Actor
    from gongzhi.problems import actions, finding

    places = {place.pk: place for place in Place.objects.filter(pk__in={_spot(row, spots).pk for row in rows})}
    found = []
    for row in rows:
        now = _aware(row.reported_at)
        place = places[_spot(row, spots).pk]
        intake = Intake(
            place=place, subject=row.subject, body=row.body, lon=row.lon, lat=row.lat, phone="13800138000",
            once=f"next-{row.demand_id}",
        )  # fmt: skip
        begin = time.perf_counter()
        with transaction.atomic():
            received = receive_demand(Actor(label="居民"), intake=intake, now=now)
            taken = time.perf_counter()
            report = actions.place_demand(demand_id=received.demand.pk, now=now)
            placed = time.perf_counter()
        done = time.perf_counter()
        words = words_of(received.demand.pk)
        known = len(finding.known_reports(finding.near(words), again_days=180)) if words else 0
        joined = bool(report and report.problem_id)
        found.append((taken - begin, placed - taken, done - begin, known / 1000, joined / 1000))
    return np.array(found[min(WARM, len(found) // 2) :]) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
