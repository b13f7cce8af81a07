"""The picture of who gives to whom with 530 units: `python -m bench.picture`.

Fills a demonstration district with made-up pledges that were delivered and confirmed, then asks each page as it is asked
by one person: milliseconds in the process, queries, bytes. Nothing here is measured from a real district: few units give
much, most give a little, four in ten give within their own street.
"""

import argparse
import random
import statistics
import time
from datetime import timedelta

from bench import machine
from bench.server import PORT, database

UNITS = 530
GOAL_MS, GOAL_QUERIES = 1500, 12
MEASURES = {"skill": "小时", "place": "场次", "goods": "件", "service": "人次", "parking": "个", "information": "次"}


def main() -> int:
    """Print a table; 1 where a page is slower or asks more than its goal."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pledges", type=int, default=20_000)
    asked.add_argument("--deliveries", type=int, default=30_000)
    asked.add_argument("--times", type=int, default=7)
    options = asked.parse_args()
    with database(f"picture-{options.deliveries}") as folder:
        print(machine.describe(folder))
        fill(options.pledges, options.deliveries)
        return min(1, sum(measure(*case, options.times) for case in cases()))


def fill(pledges: int, deliveries: int, seed: int = 1) -> None:
    """Bring units and deliveries to their numbers; does nothing twice."""
    from django.utils import timezone

    from gongzhi.exchange.models import Delivery, Pledge, Receipt
    from gongzhi.neighbourhood.models import MemberUnit, Place

    if Delivery.objects.count() >= deliveries:
        return
    chance, now = random.Random(seed), timezone.localtime()
    communities = list(Place.objects.filter(kind="community").order_by("code"))
    missing = UNITS - MemberUnit.objects.count()
    MemberUnit.objects.bulk_create(
        MemberUnit(name=f"第{at}号单位（演示）", kind="non_public_firm", registered_place=chance.choice(communities),
                   joined_on=now.date() - timedelta(days=900), fictional=True)
        for at in range(missing)
    )  # fmt: skip
    units = list(MemberUnit.objects.select_related("registered_place").order_by("pk"))
    generous = [1 / (1 + at) ** 0.4 for at in range(len(units))]
    chance.shuffle(generous)
    near: dict[int | None, list[Place]] = {}
    for place in communities:
        near.setdefault(place.subdistrict_id, []).append(place)
    made = []
    for giver in chance.choices(units, generous, k=pledges):
        home, kind = giver.registered_place, chance.choice(list(MEASURES))
        place = chance.choice(near[home.subdistrict_id] if home and chance.random() < 0.4 else communities)
        unit = chance.choice(units) if chance.random() < 0.35 else None
        day = now - timedelta(days=chance.randint(1, 700))
        made.append(
            Pledge(state="fulfilled", giver_unit=giver, receiver_unit=None if unit == giver else unit,
                   receiver_place=place if unit is None or unit == giver else None, community=place,
                   subdistrict_id=place.subdistrict_id, kind=kind, what="样例", quantity=chance.randint(1, 40),
                   measure=MEASURES[kind], due_on=day.date(), promised_at=day, ended_at=day)
        )  # fmt: skip
    Pledge.objects.bulk_create(made, batch_size=2000)
    parts = Delivery.objects.bulk_create(
        (
            Delivery(pledge=one, quantity=1, delivered_on=one.due_on, noted_at=one.promised_at)
            for one in [*made, *chance.choices(made, k=deliveries - pledges)]
        ),
        batch_size=2000,
    )
    Receipt.objects.bulk_create(
        (Receipt(delivery=one, confirmed=True, said_at=one.noted_at) for one in parts), batch_size=2000
    )


def cases() -> list[tuple[str, str, str]]:
    """What is asked: (name, as whom, address)."""
    from gongzhi.exchange.models import Pledge
    from gongzhi.neighbourhood.models import Place

    unit = Pledge.objects.filter(giver_unit__isnull=False).order_by("pk").values_list("giver_unit", flat=True)[0]
    community = Place.objects.get(code="500104002017").pk
    page = "/desk/exchange/picture"
    return [
        ("district, as it opens", "qu_fuze", page),
        ("district, by community", "qu_fuze", f"{page}?level=community"),
        ("district, one community", "qu_fuze", f"{page}?level=community&node=f{community}"),
        ("district, all units", "qu_fuze", f"{page}?level=unit"),
        ("district, one unit", "qu_fuze", f"{page}?level=unit&node=u{unit}"),
        ("district, all years", "qu_fuze", f"{page}?period=all"),
        ("street", "yuejin_shuji", page),
        ("community", "dongzheng_shegong", page),
        ("account of one unit", "qu_fuze", f"/desk/exchange/units/{unit}"),
    ]


def measure(name: str, login: str, path: str, times: int) -> bool:
    """Print one line; whether a goal is missed."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from gongzhi.neighbourhood.models import Account

    browser = Client(HTTP_HOST=f"127.0.0.1:{PORT}")
    browser.force_login(Account.objects.get(login=login), "gongzhi.web.logins.Logins")
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    queries = len(captured)
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - start) * 1000)
    middle, most = statistics.median(taken), max(taken)
    late = middle > GOAL_MS or queries > GOAL_QUERIES
    print(
        f"  {name:28} {middle:7.0f} ms, at most {most:6.0f}  {queries:3} queries"
        f"  {len(answer.content) / 1000:7.0f} kB{'  MISSED' if late else ''}",
        flush=True,
    )
    return late


if __name__ == "__main__":
    raise SystemExit(main())
