"""The picture of who gives to whom: where everything lies, whatever there is to be drawn."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.exchange.picturing import SIZE, Picture, Side, Spot, fit, fold, lay_out, pairs_of

STREETS, COMMUNITIES, UNITS = 8, 63, 530


def district(seed: int = 1) -> tuple[list[Side], dict[str, Spot]]:
    """Eight streets, 63 communities and 530 units with names as long as they are."""
    chance = random.Random(seed)
    spots = {f"s{at}": Spot(f"第{at}街道", chance.random(), chance.random(), f"{at}") for at in range(STREETS)}
    for at in range(COMMUNITIES):
        spots[f"c{at}"] = Spot(f"第{at}社区", chance.random(), chance.random(), f"{at % STREETS} {at:02}")
    name = "某某区某某街道综合服务有限责任公司（演示）"
    sides = [
        Side(f"u{at}", f"{at}{name[: chance.randint(2, 21)]}", (f"s{home % STREETS}", f"c{home}"))
        for at in range(UNITS)
        for home in [chance.randrange(COMMUNITIES)]
    ]
    return sides, spots


def rectangles(picture: Picture) -> list[tuple[float, float, float, float]]:
    """Where letters stand: every row and every head."""
    rows = [(row.x, row.y, row.width, row.height) for box in picture.boxes for row in box.rows]
    heads = [(box.x, box.y, box.width, box.rows[0].y - box.y) for box in picture.boxes if box.label]
    return [*rows, *heads]


def touching(found: list[tuple[float, float, float, float]]) -> list[object]:
    """Pairs of rectangles that lie over each other."""
    return [
        (one, other)
        for at, one in enumerate(found)
        for other in found[:at]
        if one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    ]


def test_every_name_of_a_district_has_its_own_place_on_the_screen_of_an_office() -> None:
    sides, spots = district()
    stands, boxes = fold(sides, spots, spots)
    picture = lay_out(boxes, {})
    assert set(stands.values()) == {side.key for side in sides} and len(boxes) == COMMUNITIES
    found = rectangles(picture)
    assert len(found) == UNITS + COMMUNITIES and touching(found) == []
    assert all(x >= 0 and x + width <= picture.width and y + height <= picture.height
               for x, y, width, height in found)  # fmt: skip
    assert picture.width + 2 * 160 <= 1440 and picture.height < 5000


def test_folded_by_community_the_same_district_is_one_screen() -> None:
    sides, spots = district()
    stands, boxes = fold(sides, spots, {key for key in spots if key[0] == "s"})
    picture = lay_out(boxes, pairs_of([("u1", "u2", 3)], stands))
    assert set(stands.values()) == {key for key in spots if key[0] == "c"} and len(boxes) == STREETS
    assert picture.height < 900 and touching(rectangles(picture)) == []
    folded = fold(sides, spots, ())[1]
    assert [box.name for box in folded] == [f"第{at}街道" for at in range(STREETS)]


def test_one_community_is_opened_and_the_others_stay_folded() -> None:
    sides, spots = district()
    stands, boxes = fold(sides, spots, {"s1", "c1"})
    inside = {side.key for side in sides if side.path[1] == "c1"}
    assert {stands[key] for key in inside} == inside
    assert {row[0] for box in boxes if box.key == "c1" for row in box.rows} == inside
    assert "c9" in stands.values() and "c2" not in stands.values(), "of its street the rest by community"


def test_west_lies_left_and_north_lies_above() -> None:
    spots = {
        "a": Spot("西北", 106.40, 29.50), "b": Spot("西南", 106.41, 29.40),
        "c": Spot("东北", 106.50, 29.51), "d": Spot("东南", 106.51, 29.41),
    }  # fmt: skip
    sides = [Side(f"u{key}", key, (key,)) for key in spots]
    picture = lay_out(fold(sides, spots, ())[1], {}, width=700)
    at = {box.key: box for box in picture.boxes}
    assert at["a"].x == at["b"].x < at["c"].x == at["d"].x
    assert at["a"].y < at["b"].y and at["c"].y < at["d"].y


def test_thicker_is_more_often_and_within_one_there_is_no_line() -> None:
    sides = [Side(key, key, ()) for key in "abc"]
    stands, boxes = fold(sides, {}, ())
    picture = lay_out(boxes, pairs_of([("a", "b", 1), ("a", "b", 8), ("b", "c", 1), ("c", "c", 99)], stands))
    width = {(one.giver, one.receiver): one.width for one in picture.curves}
    assert set(width) == {("a", "b"), ("b", "c")} and width["a", "b"] > width["b", "c"] > 0
    assert {one.times for one in picture.curves} == {9, 1}


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
PLACES = st.dictionaries(
    st.sampled_from([f"c{at}" for at in range(9)]),
    st.builds(
        Spot, NAMES, st.none() | st.floats(-180, 180), st.none() | st.floats(-90, 90), st.sampled_from(["", "1", "2"])
    ),
    min_size=1,
)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[list[Side], dict[str, Spot], set[str], list[tuple[str, str, int]], int]:
    """Sides anywhere, some places open, some ties, some width."""
    spots = draw(PLACES)
    paths = st.lists(st.sampled_from(sorted(spots)), max_size=1).map(tuple)
    sides = [Side(f"u{at}", draw(NAMES), draw(paths)) for at in range(draw(st.integers(1, 25)))]
    keys = st.sampled_from([side.key for side in sides])
    ties = draw(st.lists(st.tuples(keys, keys, st.integers(1, 10**6)), max_size=30))
    return sides, spots, draw(st.sets(st.sampled_from(sorted(spots)))), ties, draw(st.integers(200, 2000))


@settings(max_examples=150, deadline=None)
@given(drawn(), st.randoms())
def test_whatever_there_is_nothing_overlaps_nothing_is_lost_and_order_means_nothing(
    one: tuple[list[Side], dict[str, Spot], set[str], list[tuple[str, str, int]], int], chance: random.Random
) -> None:
    sides, spots, opened, ties, width = one
    stands, boxes = fold(sides, spots, opened)
    picture = lay_out(boxes, pairs_of(ties, stands), width=width)
    assert touching(rectangles(picture)) == []
    assert {row.key for box in picture.boxes for row in box.rows} == set(stands.values())
    assert sum(pairs_of(ties, stands).values()) == sum(times for _giver, _receiver, times in ties)
    shuffled, mixed = sides[:], ties[:]
    chance.shuffle(shuffled)
    chance.shuffle(mixed)
    again, others = fold(shuffled, dict(sorted(spots.items(), reverse=True)), opened)
    assert lay_out(others[::-1], pairs_of(mixed, again), width=width) == picture


@given(NAMES, st.integers(40, 300))
def test_a_name_is_cut_only_where_it_must_be_and_says_so(name: str, width: int) -> None:
    label = fit(name, width)
    assert label == name or (label[-1] == "…" and name.startswith(label[:-1]))
    assert len(label) <= max(1, width / (SIZE * 0.6)) + 1


def test_nothing_to_draw_is_no_fault() -> None:
    assert lay_out([], {}).boxes == ()
