"""The made-up demands of the grouping benchmark have the properties that its figures rest on."""

import itertools
import re
from collections import Counter, defaultdict

import pytest

from bench.troubles import APART, HALVES, STYLES, Row, demands, kinds

HELD_OUT = "held_out"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(demands(20_000))


def test_one_seed_gives_the_same_demands_and_another_does_not(rows: list[Row]) -> None:
    assert list(demands(20_000)) == rows
    assert [row.body for row in demands(50, seed=1)] != [row.body for row in demands(50, seed=2)]


def test_the_halves_share_no_wording() -> None:
    said: dict[str, set[str]] = {half: set() for half in HALVES}
    for kind in kinds():
        assert all(len(kind.wordings[half]) >= 3 for half in HALVES), kind.name
        for half in HALVES:
            said[half] |= {"".join(parts) for one in kind.wordings[half] for parts in itertools.product(*one)}
    assert not said["tuning"] & said[HELD_OUT]
    # Nor do they share a clause of more than a few letters, such as "carries risk of fire".
    clauses = {half: {part for words in said[half] for part in words.split("，") if len(part) > 5} for half in HALVES}
    assert not clauses["tuning"] & clauses[HELD_OUT]
    for part in ("details", "vague", "shapes"):
        assert not set(STYLES["tuning"][part]) & set(STYLES[HELD_OUT][part])


def test_demands_come_in_order_of_time_and_number(rows: list[Row]) -> None:
    assert len(rows) == 20_000
    assert all(one.reported_at <= two.reported_at for one, two in itertools.pairwise(rows))
    assert len({row.demand_id for row in rows}) == len(rows)


def test_problems_have_a_heavy_tail_and_come_in_bursts(rows: list[Row]) -> None:
    size = Counter(row.problem for row in rows)
    sizes = sorted(size.values())
    assert 0.4 < sizes.count(1) / len(sizes) < 0.75
    assert sizes[-1] >= 40 and sizes[-1] > 10 * sum(sizes) / len(sizes)
    days = defaultdict(list)
    for row in rows:
        days[row.problem].append(row.reported_at)
    spans = [(max(found) - min(found)).days for found in days.values() if len(found) > 2]
    assert max(spans) <= 45
    assert sorted(spans)[len(spans) // 2] <= 21


def test_places_coordinates_and_categories_are_missing_or_wrong_for_a_share(rows: list[Row]) -> None:
    share = len(rows)
    assert 0.37 < sum(not row.place for row in rows) / share < 0.47
    assert 0.35 < sum(row.lon is None for row in rows) / share < 0.45
    only_words = [row for row in rows if not row.place and row.lon is None]
    assert 0.1 < len(only_words) / share < 0.25
    named = sum("我们这里" not in row.body for row in only_words) / len(only_words)
    # Slips spoil the words for a few.
    assert named > 0.99
    categories = defaultdict(Counter)
    for row in rows:
        categories[row.problem][row.category] += 1
    wrong = sum(sum(found.values()) - max(found.values()) for found in categories.values() if sum(found.values()) > 4)
    assert 0.1 < wrong / sum(sum(found.values()) for found in categories.values() if sum(found.values()) > 4) < 0.35


def test_the_hard_cases_are_there(rows: list[Row]) -> None:
    """The next building at the same time, another trouble at the same building, the same again a year later."""
    problems = defaultdict(list)
    for row in rows:
        problems[row.problem].append(row)
    at: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
    for number, found in problems.items():
        code = Counter(row.place for row in found if re.search(r"-B", row.place)).most_common(1)
        category = Counter(row.category for row in found if row.category).most_common(1)
        if code and category:
            at[code[0][0]].append((found[0].reported_at.timestamp() / 86400, number, category[0][0]))
    beside = other = again = 0
    for code, found in at.items():
        area, building = code.split("-B")
        for day, _number, category in found:
            near = at.get(f"{area}-B{int(building) + 1:02d}", [])
            beside += any(abs(day - then) < 10 and category == what for then, _, what in near)
            other += any(0 < abs(day - then) < 5 and category != what for then, _, what in found)
            again += any(300 <= then - day <= 440 and category == what for then, _, what in found)
    assert min(beside, other, again) >= 20, (beside, other, again)
    assert APART > 90
