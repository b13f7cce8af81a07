"""The hours of a week in words: what people write is read, and read back the same."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.web.casework.hours import WEEK, week_as_it_is, windows_in_words, windows_of, windows_read

clocks = st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True).map(sorted)
window = st.tuples(st.integers(0, 6), clocks).map(lambda one: (one[0], *one[1]))


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("周三 14:00–17:00", [[2, 840, 1020]]),
        ("星期三14点到17点", [[2, 840, 1020]]),
        ("周一至周三 9:30-11:00；周日８：００～９：００", [[0, 570, 660], [1, 570, 660], [2, 570, 660], [6, 480, 540]]),
        ("礼拜天 8点30分至10点", [[6, 510, 600]]),
        ("Wed 14:00–17:00, Saturday 9-12", [[2, 840, 1020], [5, 540, 720]]),
        (" 、 ", []),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, windows: list[list[int]]) -> None:
    assert windows_read(text) == windows


@pytest.mark.parametrize("text", ["每逢初一", "周八 9-10", "周三", "14:00-17:00", "周三 14:00", "周三 下午"])
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValidationError, match="没有看懂"):
        windows_read(text)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(window, max_size=8, unique=True), st.sampled_from(["zh-hans", "en"]))
def test_what_is_shown_is_read_back(rows: list[tuple[int, int, int]], language: str) -> None:
    with override(language):
        start = week_as_it_is(rows)
        found = windows_of(start["week"]) + windows_read(start["hours"])
    assert sorted(found) == sorted(list(one) for one in rows)


def test_the_parts_of_a_week_are_ticked_where_they_stand_whole() -> None:
    assert week_as_it_is([*windows_of(["evenings"]), [5, 0, 60]]) == {"week": ["evenings"], "hours": "周六 00:00–01:00"}
    every_day = [[day, 1140, 1440] for day in range(7)]
    assert windows_in_words([*every_day, [5, 540, 600]]) == "周一至周日 19:00–24:00、周六 09:00–10:00"
    assert week_as_it_is([]) == {"week": [], "hours": ""} and windows_in_words([]) == "任何时间"
    assert {name for name in WEEK if windows_of([name])} == set(WEEK)
