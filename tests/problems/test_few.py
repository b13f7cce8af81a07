"""One new report among few neighbours, in compiled loops, is compared as an archive's reports are with one another."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongzhi.problems.facets import FACETS
from gongzhi.problems.grams import Report
from gongzhi.problems.locating import find_few
from gongzhi.problems.near import read_near
from gongzhi.problems.near_features import PLAIN, plain_features, wordy_features
from gongzhi.problems.pairing import features_beside
from gongzhi.problems.short_grams import folded, read_short
from gongzhi.problems.spots import BY_WORDS, find_spots
from gongzhi.problems.weighing import Beside, grams_of

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AREAS = ("C1", "C2", "R3")
PLACES = ("", *AREAS, "C1-B1", "C1-B2", "C2-B1", BY_WORDS, f"{BY_WORDS}C1", f"{BY_WORDS}C2")
# Some metres apart, and a cell further.
EAST, NORTH = ((106.48, 106.4801, 106.482, 106.49), (29.48, 29.4803, 29.482, 29.49))
POINT = st.one_of(st.none(), st.tuples(st.sampled_from(EAST), st.sampled_from(NORTH)))
STANDS = st.tuples(
    st.floats(0, 90),
    st.sampled_from(PLACES),
    POINT,
    st.lists(st.integers(0, 3), min_size=len(FACETS), max_size=len(FACETS)),
)


@given(st.lists(STANDS, min_size=1, max_size=14))
@example([(0.0, "", None, [0] * len(FACETS))])
@settings(deadline=None)
def test_few_stand_where_an_archive_s_would(
    rows: list[tuple[float, str, tuple[float, float] | None, list[int]]],
) -> None:
    days, places, points, facets = zip(*rows, strict=True)
    moments = [DAY + timedelta(days=day) for day in days]
    lon, lat = zip(*(point or (None, None) for point in points), strict=True)
    named = np.array(facets, np.uint16)
    few = find_few(moments, places, lon, lat, named)
    archive = find_spots(moments, places, lon, lat, named, read_short([""] * len(rows)))
    for name, found, wanted in zip(few._fields, few, archive, strict=True):
        assert found == pytest.approx(wanted, abs=1e-4), name


WORDS = ("电梯停运", "3栋", "东门", "二单元", "老人下不了楼", "漏水", "车库", "路灯不亮", "47号", "梧桐苑", "#", "ab1")
REPORT = st.builds(
    Report,
    st.just(""),
    st.floats(0, 90).map(lambda days: DAY + timedelta(days=days)),
    st.just(""),
    st.lists(st.sampled_from(WORDS), max_size=6).map("，".join),
    st.sampled_from(PLACES),
    st.sampled_from((None, *EAST)),
    st.sampled_from(NORTH),
    st.sampled_from(("", "a", "b")),
)


@given(st.lists(REPORT, min_size=2, max_size=9))
@settings(deadline=None)
def test_a_pair_has_in_common_what_it_would_in_an_archive(reports: list[Report]) -> None:
    facts = read_near(reports)
    matrix, last = facts.grams.matrix(), len(reports) - 1
    common = np.asarray(matrix[np.full(len(reports), last)].multiply(matrix) @ facts.worth)
    few = Beside(*facts[:5], np.ones(len(reports), np.float32), common)
    one, others = np.full(last, last), np.arange(last)
    wanted = np.hstack([plain_features(facts, one, others), wordy_features(facts, one, others)])
    # Of few, 0 is what words say that point nowhere.
    topic = PLAIN.index("topic")
    wanted[:, topic] = 2 * wanted[:, topic] - 1
    assert features_beside(few, one, others) == pytest.approx(wanted, rel=1e-4, abs=1e-4)


@given(st.text(max_size=60))
@example("3栋＃４单元 ABC！，。“漏水”…🚰\n\ud800")
def test_one_report_is_read_as_many_are(text: str) -> None:
    words = folded(Report("", DAY, text, ""))
    many = read_short([words], least=1)
    assert grams_of(words).tolist() == many.listed.tolist()
