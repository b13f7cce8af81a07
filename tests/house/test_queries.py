"""A page makes a fixed number of queries, whatever it holds; the ceilings stand in query_ceilings.txt.

`GONGZHI_RECORD_QUERIES=1` writes the ceilings anew; read the difference before you keep it.
"""

import os
from pathlib import Path

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.house.setting import (
    Setting,
    add_agreement,
    add_conference,
    add_demands,
    add_exchange,
    add_giving,
    add_match,
    add_outreach,
    add_problems,
    add_project,
    furnish,
)
from tests.town import Town

TABLE = Path(__file__).with_name("query_ceilings.txt")


def ceilings() -> dict[tuple[str, str], int]:
    """(who, path) to the most queries."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {(who, path): int(most) for most, who, path in lines}


def counted(setting: Setting, who: str, path: str) -> int:
    """The queries of a second request: the first one fills what the process remembers."""
    client, address = setting.client(who), path.format(**setting.things)
    assert client.get(address).status_code == 200, (who, path)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    # Savepoints are the test's own.
    return sum(1 for query in seen.captured_queries if "SAVEPOINT" not in query["sql"])


def record(found: dict[tuple[str, str], int]) -> None:
    """Write the ceilings as they are; the comments at the head stay."""
    head = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    rows = [f"{number} {who} {path}" for (who, path), number in found.items()]
    TABLE.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8")


def test_no_page_asks_more_the_more_it_holds(town: Town) -> None:
    setting = furnish(town)
    few = {door: counted(setting, *door) for door in ceilings()}
    add_demands(town, 60)
    add_problems(setting, 15)
    add_exchange(setting, 15)
    for number in range(1, 9):
        add_match(town, number, timezone.localtime())
        add_outreach(town, number, timezone.localtime())
        add_giving(town, number, timezone.localtime())
        add_conference(town, number, timezone.localtime())
        add_project(town, number, timezone.localtime())
        add_agreement(town, f"第{number}份", timezone.localtime())
    cache.clear()
    many = {door: counted(setting, *door) for door in ceilings()}
    # Once more where it seems so: what a page keeps for some seconds may have been due.
    many |= {door: counted(setting, *door) for door in few if many[door] > few[door]}
    grown = {door: (few[door], many[door]) for door in few if many[door] > few[door]}
    assert grown == {}, "queries with 1 demand and with 61"
    if os.environ.get("GONGZHI_RECORD_QUERIES"):
        record(many)
    above = {door: (many[door], most) for door, most in ceilings().items() if many[door] > most}
    assert above == {}, "queries now, and the ceiling"
