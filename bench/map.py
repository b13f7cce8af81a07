"""The board's map as GeoJSON: about 4,000 points, and a whole district in cells, against a bare view of 4,000 points.

`python -m bench.map`, on the 10,000 demands of `bench.lists`. The bare view has the database make the
collection of 4,000 orders, without middleware or login.
"""

import argparse

from bench import load, machine
from bench.lists import LEAD, SMALL, fill_bare, log_in
from bench.rows import fill
from bench.server import database, site

POINTS = 4000


def main() -> int:
    """Print the figures; 1 where a goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=6)
    asked.add_argument("--clients", type=int, default=8)
    options = asked.parse_args()
    with database(f"lists-{SMALL}") as folder:
        print(machine.describe(folder))
        fill(SMALL)
        fill_bare()
        cookie = log_in(LEAD)
        first, shown = some_days(POINTS)
        single = f"/board/map.geojson?of=received&span=custom&from={first}&to={first.today()}"
        # Everything of two years: more than the map shows singly.
        clustered = (
            f"/board/map.geojson?of=received&span=custom&from={first.replace(year=first.year - 1)}&to={first.today()}"
        )
        with site(folder) as served:
            common = {"clients": options.clients, "seconds": options.seconds}
            bare = load.run(served, load.repeat, [load.get("/bare/map")], **common)
            points = load.run(served, load.repeat, [load.get(single, cookie)], **common)
            cells = load.run(served, load.repeat, [load.get(clustered, cookie)], **common)
    for name, one in (("bare view, 4,000 points", bare), (f"map, {shown} points", points), ("map, clustered", cells)):
        print(
            f"{name:26} {one.rate:6.1f}/s  p50 {one.quantile(0.5):6.1f}  p95 {one.quantile(0.95):6.1f} ms"
            f"  {one.size / 1000:6.1f} kB  {one.failures(200)} failures  {one.spent()}"
        )
    ratio = points.rate / bare.rate
    print(f"{ratio:.2f} of the bare view's rate (goal 0.50); clustered {cells.size / 1000:.1f} kB (goal under 30)")
    return int(ratio < 0.5 or cells.size >= 30_000)


def some_days(wanted: int):  # type: ignore[no-untyped-def]
    """The day since which just under `wanted` demands with coordinates came in, and how many those are."""
    from datetime import timedelta

    from django.utils import timezone

    from gongzhi.demands.models import Demand

    rows = Demand.objects.filter(lon__isnull=False).order_by("-received_at")
    edge = rows.values_list("received_at", flat=True)[wanted - 100]
    first = timezone.localdate(edge) + timedelta(days=1)
    return first, rows.filter(received_at__date__gte=first).count()


if __name__ == "__main__":
    raise SystemExit(main())
