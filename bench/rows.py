"""Fills the tables with many demands, quickly: COPY without foreign-key checks, indexes built afterwards."""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.texts import TROUBLES, text

YEARS = 2.0
CHANNELS = ["page"] * 45 + ["poster"] * 10 + ["telephone"] * 25 + ["desk"] * 12 + ["api"] * 8
KINDS = ["help"] * 50 + ["complaint"] * 30 + ["consult"] * 12 + ["report"] * 5 + ["suggestion"] * 3
URGENCIES = ["ordinary"] * 82 + ["utility"] * 8 + ["complex"] * 7 + ["danger"] * 3
AT_WORK = ["received"] * 4 + ["classified"] * 4 + ["dispatched"] * 5 + ["signed"] * 4 + ["contacted"] * 6
AT_WORK += ["in_hand"] * 8 + ["reopened", "returned"]
COLUMNS = (
    "id state kind channel urgency subject body place_words place_id subdistrict_id community_id compound_id lon lat "
    "category_id accountable_id handler_id assignee_id reported_at received_at due_at answer_due_at answered_at "
    "closed_at lapsed supervised reopened_times confidential code_hash once external_number stated_handler version"
).split()


def fill(wanted: int, communities: tuple[str, ...] = ()) -> None:
    """Bring the table of demands to `wanted` rows, with trail, clocks, answers and ratings; does nothing twice.

    They lie in these communities, given by code, or all over the district.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(max(id), 0) FROM demands_demand")
        there, last = cursor.fetchone()
        if there >= wanted:
            return
        begin = time.perf_counter()
        cursor.execute("SET session_replication_role = replica")
        indexes = _drop_indexes(cursor)
        first = last + 1
        _copy(cursor, first, wanted - there, communities)
        print(f"  {wanted - there} demands copied in {time.perf_counter() - begin:.0f} s", flush=True)
        _beside(cursor, first)
        for made in indexes:
            cursor.execute(made)
        cursor.execute("SET session_replication_role = origin")
        for table in ("demand", "clock", "answer", "rating"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('demands_{table}', 'id'), max(id)) FROM demands_{table}"
            )
        cursor.execute("VACUUM ANALYZE")
        print(f"  ready after {time.perf_counter() - begin:.0f} s", flush=True)


def _drop_indexes(cursor: Any) -> list[str]:
    """Drop what is not a constraint; returns the statements that make it again."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
        " WHERE indrelid IN ('demands_demand'::regclass, 'shared_trailentry'::regclass, 'demands_clock'::regclass)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
    )
    found = cursor.fetchall()
    for name, _made in found:
        cursor.execute(f"DROP INDEX {name}")
    return [made for _name, made in found]


def _copy(cursor: Any, first: int, count: int, communities: tuple[str, ...]) -> None:
    places, units, people, categories = _surroundings(communities)
    chance = random.Random(20261122)
    now = datetime.now(UTC).replace(microsecond=0)
    step = timedelta(days=365 * YEARS) / count
    with cursor.connection.cursor() as raw, raw.copy(f"COPY demands_demand ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for index in range(count):
            number = first + index
            words = text(number, chance)
            place = places[int(chance.random() ** 1.6 * len(places))]
            received = now - step * (count - index)
            state, times = _state(count - index, count, received, now, chance)
            handler = (
                units[int(chance.random() ** 2 * len(units))] if state != "received" and chance.random() < 0.4 else None
            )
            copy.write_row(
                (
                    number, state, KINDS[int(chance.random() * 100)], CHANNELS[int(chance.random() * 100)],
                    URGENCIES[int(chance.random() * 100)], words.subject, words.body,
                    f"{place['full_name']} {words.where}", place["id"], place["subdistrict_id"], place["community_id"],
                    place["compound"], place["lon"] + chance.gauss(0, 0.002), place["lat"] + chance.gauss(0, 0.002),
                    None if state == "received" else categories[words.trouble * 3 % len(categories)],
                    place["community_id"], handler, people[int(chance.random() * len(people))] if chance.random() < 0.3 else None,
                    received, received, *times, False, chance.random() < 0.01, 0, False, f"{number:032x}",
                    f"bench-{number}", "", "", 3,
                )
            )  # fmt: skip


def _state(
    left: int, count: int, received: datetime, now: datetime, chance: random.Random
) -> tuple[str, tuple[datetime | None, ...]]:
    """(state, (due, answer due, answered, closed)): two or three of a hundred are open, most of them fresh."""
    answer_due = received + timedelta(days=7)
    open_share = 0.5 if left < count * 0.04 else 0.004
    if chance.random() < open_share:
        if open_share < 0.1 and chance.random() < 0.6:
            return "on_register", (None, answer_due, None, None)
        if chance.random() < 0.2:
            return "replied", (None, answer_due, received + timedelta(days=2), None)
        # Spread around now, as due times of what is under way are.
        due = now + timedelta(hours=chance.gauss(40, 60))
        return AT_WORK[int(chance.random() * len(AT_WORK))], (due, max(due, answer_due), None, None)
    answered = received + timedelta(hours=chance.random() * 150)
    closed = answered + timedelta(hours=chance.random() * 200)
    state = "closed" if left < count * 0.06 else "archived"
    return state, (None, answer_due, answered, closed)


def _surroundings(communities: tuple[str, ...]) -> tuple[list[dict[str, Any]], list[int], list[int], list[int]]:
    """Places (of these communities, or all), units, people and categories of the demonstration district."""
    from gongzhi.demands.models import Category
    from gongzhi.neighbourhood.models import MemberUnit, Person, Place

    rows = Place.objects.filter(kind__in=["building", "compound"], lon__isnull=False).order_by("id")
    if communities:
        rows = rows.filter(community__code__in=communities)
    places = [
        {
            "id": row.pk,
            "full_name": row.full_name,
            "subdistrict_id": row.subdistrict_id,
            "community_id": row.community_id,
            "compound": row.pk if row.kind == "compound" else row.compound_id,
            "lon": row.lon,
            "lat": row.lat,
        }
        for row in rows
    ]
    random.Random(1).shuffle(places)
    units = list(MemberUnit.objects.order_by("id").values_list("pk", flat=True))
    people = list(Person.objects.order_by("id").values_list("pk", flat=True))
    leaves = Category.objects.exclude(pk__in=Category.objects.filter(parent__isnull=False).values("parent"))
    categories = list(leaves.order_by("id").values_list("pk", flat=True))
    assert len(categories) >= len(TROUBLES)
    return places, units, people, categories


def _beside(cursor: Any, first: int) -> None:
    """What hangs on each demand: two clocks, three trail entries, an answer and for every third a rating."""
    for statement in (
        """INSERT INTO demands_clock (demand_id, kind, limit_id, started_at, due_at, met_at, why)
           SELECT d.id, k.kind, l.id, d.received_at, coalesce(d.answer_due_at, d.received_at + interval '7 days'),
                  CASE WHEN d.due_at IS NULL THEN coalesce(d.answered_at, d.received_at) END,
                  (SELECT why FROM demands_clock WHERE kind = k.kind ORDER BY id LIMIT 1)
           FROM demands_demand d CROSS JOIN (VALUES ('contact'), ('answer')) k(kind)
           JOIN LATERAL (SELECT min(id) AS id FROM demands_limit WHERE clock = k.kind) l ON true WHERE d.id >= %s""",
        """INSERT INTO shared_trailentry (at, noun, noun_id, verb, actor_label, from_state, to_state, words, data)
           SELECT d.received_at + v.after, 'demand', d.id, v.verb, v.who, v.was, v.now, '', '{}'
           FROM demands_demand d CROSS JOIN (VALUES
               (interval '0', 'receive', '居民', '', 'received'),
               (interval '2 hours', 'classify', '社区工作者', 'received', 'classified'),
               (interval '9 hours', 'contact', '社区工作者', 'classified', 'contacted')
           ) v(after, verb, who, was, now) WHERE d.id >= %s""",
        """INSERT INTO demands_answer (demand_id, words, answered_at, answered_by)
           SELECT id, '已请物业上门处理完毕，请您看看是否满意。', answered_at, '社区工作者'
           FROM demands_demand WHERE answered_at IS NOT NULL AND id >= %s""",
        """INSERT INTO demands_rating (demand_id, answer_id, by_call_back, solved, satisfied, reasons, words, rated_at)
           SELECT demand_id, id, false, demand_id %% 10 > 0, demand_id %% 8 > 0, '[]', '', answered_at + interval '1 day'
           FROM demands_answer WHERE demand_id %% 3 = 0 AND demand_id >= %s""",
    ):
        cursor.execute(statement, [first])
