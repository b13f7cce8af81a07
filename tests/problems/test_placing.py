"""A new demand finds its problem among those that came before, from what is kept beside them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.problems.grams import Report
from gongzhi.problems.placing import (
    CELL_METRES,
    JOIN,
    SUGGEST,
    Known,
    cell_of,
    cells_around,
    cells_within,
    likely_problems,
    signature,
    stand,
)

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIFT = "梧桐苑3栋电梯停运，老人下不了楼"
OTHERS = ("夜市烧烤油烟直排，窗户不敢开", "公交站牌被撞歪", "路灯连续十天不亮", "垃圾成堆无人清运", "水压太低洗不了澡")


def report(number: int, text: str, *, days: float = 0, place: str = "P-B3", **more: object) -> Report:
    return Report(f"D-{number}", DAY + timedelta(days=days), text, text, place, **more)  # type: ignore[arg-type]


def known(one: Report, problem: int, kept: bytes | None = None) -> Known:
    number = int(one.demand_id.removeprefix("D-"))
    words = signature(one) if kept is None else kept
    return Known(number, problem, words, one.reported_at, one.place, one.lon, one.lat, one.category)


def before() -> list[Known]:
    """Two speak of one lift, five of something else each, elsewhere."""
    lift = [report(1, LIFT), report(2, "3栋电梯停运没人修，老人下不了楼", days=1)]
    others = [report(10 + at, text, place=f"Q{at}") for at, text in enumerate(OTHERS)]
    return [*(known(one, 7) for one in lift), *(known(one, 20 + at) for at, one in enumerate(others))]


def test_the_same_trouble_at_the_same_place_is_found_first() -> None:
    best, *rest = likely_problems(report(3, LIFT, days=2), before())
    assert (best.problem, best.members) == (7, 2) and best.nearest in {1, 2}
    assert JOIN <= best.likelihood <= 1
    assert all(one.likelihood < SUGGEST for one in rest)


def test_another_trouble_elsewhere_and_the_same_months_later_are_not_joined() -> None:
    for one in (report(3, "学校门口没有斑马线", place="R9"), report(3, LIFT, days=200)):
        assert all(found.likelihood < JOIN for found in likely_problems(one, before()))
    assert likely_problems(report(3, LIFT), []) == []


def test_what_another_version_kept_is_passed_over() -> None:
    old = [known(report(1, LIFT), 7, kept) for kept in (b"", b"\x00abc", bytes([255]) + signature(report(1, LIFT))[1:])]
    assert likely_problems(report(3, LIFT), old) == []
    assert likely_problems(report(3, LIFT), [*old, *before()])[0].members == 2


def test_a_signature_is_short_and_the_same_every_time() -> None:
    assert signature(report(1, LIFT)) == signature(report(9, LIFT, days=9))
    assert len(signature(report(1, LIFT))) < 300 and len(signature(report(1, "很长的信" * 5_000))) < 1_500
    assert signature(report(1, "")) == signature(report(2, "！"))


# Ordinary sentences that stand in no generator.
UNLIKE = {
    "noise": ("楼上半夜打麻将，吵得睡不着觉", "三楼住户夜里很吵，放音响到两点"),
    "rubbish": ("垃圾桶满了没人收，味道很大", "生活垃圾堆了好几天，臭得很"),
    "lift": ("电梯又坏了，老人下不了楼", "电梯停在半路，把人关在里面"),
    "lamp": ("楼下路灯不亮，晚上看不见路", "门口的路灯坏了，一片漆黑"),
    "leak": ("地下车库漏水，车都淋湿了", "车库一直漏水，车都泡了"),
}


def likelihood(one: str, other: str) -> float:
    """Of two said on two days at one building."""
    return likely_problems(report(2, other, days=1), [known(report(1, one), 1)])[0].likelihood


def test_the_same_trouble_in_other_words_is_likelier_than_any_other_at_the_building() -> None:
    like = {name: likelihood(*said) for name, said in UNLIKE.items()}
    for name, said in UNLIKE.items():
        assert like[name] >= JOIN, name
        for other, words in UNLIKE.items():
            if other != name:
                assert likelihood(said[0], words[0]) < like[name] - 0.15, (name, other)
    assert likelihood(UNLIKE["leak"][0], UNLIKE["noise"][0]) < JOIN
    assert likelihood(UNLIKE["rubbish"][0], UNLIKE["lamp"][0]) < JOIN


@pytest.mark.parametrize("knows", [True, False])
def test_one_of_no_place_stands_where_its_words_are_said(knows: bool) -> None:
    there = [
        report(at, f"{name}小区{text}", place=f"C{at % 2}-B{at}")
        for at, text in enumerate(OTHERS)
        for name in [("梧桐苑", "云岭")[at % 2]]
    ]
    words = "云岭小区电梯停运" if knows else "请尽快处理"
    stands, _likely = stand(report(9, words, place=""), [known(one, at) for at, one in enumerate(there)])
    assert stands.place == ("~C1" if knows else "")


@given(st.floats(-179, 179), st.floats(-84, 84), st.floats(-1, 1), st.floats(-1, 1))
def test_who_is_within_a_cell_s_length_is_in_the_nine_cells(lon: float, lat: float, east: float, north: float) -> None:
    from math import cos, radians

    found = cells_around(lon, lat)
    assert len(set(found)) == 9 and cell_of(lon, lat) == found[4]
    reach = 0.98 * CELL_METRES / 111_320
    there = (lon + east * reach / cos(radians(lat)), lat + north * reach)
    assert cell_of(*there) in found
    assert cell_of(*there) in cells_within(lon, lat, 1.02 * CELL_METRES * max(abs(east), abs(north)))


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_are_given_than_asked_for(most: int) -> None:
    spot = [known(report(at, LIFT), at) for at in range(5)]
    assert len(likely_problems(report(9, LIFT), spot, most=most)) == most
