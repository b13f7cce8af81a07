"""A small town for tests: two subdistricts, three communities, a few compounds and buildings, the cast."""

import pickle
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection

from gongzhi.console.demo import cast
from gongzhi.demands import actions as demands
from gongzhi.demands.actions import Intake, Received
from gongzhi.demands.models import Category
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.models import Account, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, CompoundType, PlaceKind, UnitKind
from gongzhi.problems import actions as problems
from gongzhi.shared.days import load_official_days
from gongzhi.shared.lately import Lately

# A Monday, 10:00 in Chongqing, with a calendar that is known for months to come.
NOW = datetime(2026, 6, 8, 2, 0, tzinfo=UTC)


@dataclass
class Town:
    """What the tests reach for by name."""

    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, MemberUnit] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    def actor(self, key: str, *, today: date = date(2026, 6, 8)) -> Actor:
        """A member of the cast as an actor."""
        return queries.actor_for(self.accounts[key], today=today)

    def report(self, *, place: str = "building", body: str = "车库漏水，车都淋湿了。", **more: Any) -> Received:
        """A resident's report by the public page."""
        now = more.pop("now", NOW)
        intake = Intake(place=self.places[place], body=body, **more)
        return demands.receive_demand(Actor(label="居民"), intake=intake, now=now)

    def reporter(self, received: Received) -> Actor:
        """Whoever holds the demand's link."""
        return Actor(label="居民", link=received.demand.pk)

    def category(self, code: str = "") -> Category:
        """A category, the first or the one of this code."""
        rows = Category.objects.order_by("pk")
        return rows.get(code=code) if code else rows[0]


# The town and the rows of each of its tables, once it was made in this process.
_made: list[tuple[bytes, dict[str, bytes]]] = []


def build() -> Town:
    """The town, made by the product's own actions; put back row by row when it is asked for again."""
    cache.clear()
    Lately.forget_all()
    with connection.cursor() as cursor:
        if _made:
            return _put_back(cursor, *_made[0])
        before = _rows(cursor)
        town = _make()
        # Only a superuser may write rows without their triggers, which have had their say when the town was made.
        if cursor.connection.info.parameter_status("is_superuser") == "on":
            after = _rows(cursor)
            _made.append((pickle.dumps(town), {table: rows for table, rows in after.items() if rows != before[table]}))
        return town


def _rows(cursor: Any) -> dict[str, bytes]:
    """Everything in the tables of the rooms, as PostgreSQL copies it."""
    found = {}
    for model in apps.get_models():
        table = connection.ops.quote_name(model._meta.db_table)
        with cursor.copy(f"COPY {table} TO STDOUT") as copy:
            found[table] = b"".join(copy)
    return found


def _put_back(cursor: Any, town: bytes, rows: dict[str, bytes]) -> Town:
    cursor.execute("SET session_replication_role = replica")
    for table, lines in rows.items():
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(lines)
    cursor.execute("SET session_replication_role = origin")
    return pickle.loads(town)


def _make() -> Town:
    town = Town()
    founder = cast.FOUNDER
    load_official_days()

    def place(key: str, kind: PlaceKind, name: str, parent: str | None, **more: Any) -> None:
        above = town.places[parent] if parent else None
        town.places[key] = actions.register_place(founder, kind=kind, name=name, parent=above, now=NOW, **more)

    place("district", PlaceKind.DISTRICT, "大渡口区", None, code="500104", lon=106.48, lat=29.47)
    place("yuejin", PlaceKind.SUBDISTRICT, "跃进村街道", "district", code="500104002000")
    place("qiezixi", PlaceKind.SUBDISTRICT, "茄子溪街道", "district", code="500104004000")
    place("jiansheng", PlaceKind.SUBDISTRICT, "建胜镇", "district", code="500104102000")
    place("dongzheng", PlaceKind.COMMUNITY, "东正社区", "yuejin", code="500104002017", lon=106.477, lat=29.487)
    place("xingsheng", PlaceKind.COMMUNITY, "兴盛社区", "qiezixi", code="500104004025", lon=106.45, lat=29.44)
    place("xinyu", PlaceKind.COMMUNITY, "新雨社区", "jiansheng", code="500104102002", lon=106.42, lat=29.41)
    place("compound", PlaceKind.COMPOUND, "东正大院", "dongzheng", compound_type=CompoundType.LEGACY_ENTERPRISE)
    place("diaoyutai", PlaceKind.COMPOUND, "钓鱼台小区", "xingsheng", compound_type=CompoundType.COMMODITY)
    place("building", PlaceKind.BUILDING, "3号楼", "compound", old=True, built_year=1986, lon=106.4772, lat=29.4871)
    place("garage", PlaceKind.BUILDING, "地下车库", "diaoyutai", lon=106.4503, lat=29.4402)
    for name, kind in (
        ("大渡口区城市管理局（演示）", UnitKind.AGENCY),
        ("渝岸财产保险公司（演示）", UnitKind.NON_PUBLIC_FIRM),
    ):
        town.units[name] = actions.register_unit(founder, name=name, kind=kind, now=NOW, fictional=True)
    roles = cast.load_roles(now=NOW)
    for part in cast.CAST:
        town.accounts[part.key] = cast.load_part(part, roles=roles, now=NOW)
    demands.load_limits(founder, now=NOW)
    problems.load_defaults(founder, now=NOW)
    for code, name in (("0101", "车库漏水"), ("0102", "暴露垃圾")):
        demands.add_category(founder, version="test", code=code, name=name, now=NOW)
    return town
