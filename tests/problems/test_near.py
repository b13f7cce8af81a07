"""Short reports whose place is known at least in part: near in place and time, and about the same trouble."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.placing import stream
from bench.scores import score
from bench.troubles import demands
from gongzhi.problems.facets import FACETS, read_facets
from gongzhi.problems.grams import Report
from gongzhi.problems.grouping import explain, group, hot
from gongzhi.problems.linking import average_link, link_many
from gongzhi.problems.meeting import DAYS, METRES, meetings
from gongzhi.problems.near import read_near
from gongzhi.problems.near_model import NearModel, shipped_near
from gongzhi.problems.pair_model import UnreadableModel
from gongzhi.problems.short_grams import GRAMS, folded, read_short, run_number
from gongzhi.problems.spots import DERIVED, GUESSED, area_of

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> tuple[list[Report], list[int]]:
    rows = list(demands(2_000, "tuning"))
    return [Report(*row[:-1]) for row in rows], [row.problem for row in rows]


def test_short_located_reports_are_grouped_well(made: tuple[list[Report], list[int]]) -> None:
    reports, truth = made
    found = group(reports)
    seen = score(truth, [found.problem_of[one.demand_id] for one in reports])
    assert seen.b3_f1 > 0.93 and seen.pair_f1 > 0.92


def test_one_by_one_comes_close_to_all_at_once(made: tuple[list[Report], list[int]]) -> None:
    reports, truth = made
    seen = score(truth, stream(reports))
    assert seen.b3_f1 > 0.86 and seen.pair_f1 > 0.84


def test_the_order_of_located_reports_does_not_matter(made: tuple[list[Report], list[int]]) -> None:
    some = made[0][:600]
    shuffled = some[:]
    random.Random(3).shuffle(shuffled)
    assert group(shuffled).problem_of == group(some).problem_of


def test_located_groups_are_explained_and_ranked(made: tuple[list[Report], list[int]]) -> None:
    found = group(made[0])
    first = hot(found, window_days=30)[0]
    one, other = found.members[first.problem_id][:2]
    assert first.reports > 5 and first.where and first.description
    assert explain(one, other, among=found).words


def test_letters_without_a_place_are_grouped_beside_located_reports(made: tuple[list[Report], list[int]]) -> None:
    words = "我们反映搅拌站夜间施工扰民的情况，多次投诉仍然没有解决。" * 12
    letters = [
        Report(f"L{at}", DAY.replace(tzinfo=None), "鑫源搅拌站扰民", words + "请求查处。" * at) for at in range(3)
    ]
    told: list[tuple[int, int]] = []
    found = group([*made[0][:300], *letters], progress=lambda done, total: told.append((done, total)))
    assert {found.problem_of[one.demand_id] for one in letters} == {"L0"}
    assert told[-1][0] == told[-1][1] and [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("梧桐苑3栋2单元502漏水", {"building": 3, "staircase": 2, "room": 502}),
        ("梧桐苑十二号楼", {"building": 12}),
        ("5#1204没水", {"building": 5, "room": 1204}),
        ("北侧门没人", {"gate": 4}),
        ("兴盛路47号门前", {"number": 47}),
        ("三天没水了", {}),
    ],
)
def test_a_text_s_building_gate_and_number_are_read(text: str, said: dict[str, int]) -> None:
    assert dict(zip(FACETS, read_facets([text])[0].tolist(), strict=True)) == {**dict.fromkeys(FACETS, 0), **said}


def test_a_place_code_s_area_is_its_first_part_or_the_community_of_a_grid() -> None:
    assert [area_of(one) for one in ("C7-B3", "C7", "500103001002003", "500103001002")] == [
        "C7", "C7", "500103001002", "500103001002",
    ]  # fmt: skip


def test_what_is_not_said_is_learned_from_those_who_say_it() -> None:
    spot = {"lon": 106.5, "lat": 29.5}
    rows = [
        Report("a", DAY, "梧桐苑3栋电梯停运", "", "C1-B3", **spot),
        Report("b", DAY, "电梯停运", "", "C1-B3"),
        Report("c", DAY, "梧桐苑3栋停水", "", "C1"),
        Report("d", DAY, "梧桐苑漏水", ""),
        Report("e", DAY, "河边垃圾", "", "C2-B1", 106.6, 29.5),
    ]
    facts = read_near(sorted(rows))
    assert facts.spots.source.tolist()[1:4] == [DERIVED, DERIVED, GUESSED]
    assert np.ptp(facts.spots.east[:3]) < 1 and len(set(facts.spots.area[:4].tolist())) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 200)), max_size=25))
def test_all_who_are_near_meet_once(points: list[tuple[int, int]]) -> None:
    rows = sorted(
        (Report(f"{at:02}", DAY + timedelta(days=day), "", "", "", 106 + east / 1e5, 29.0) for at, (east, day) in enumerate(points)),
        key=lambda one: (one.reported_at, one.demand_id),
    )  # fmt: skip
    if not rows:
        return
    spots = read_near(rows).spots
    found = [(a, b) for one, other, _ in meetings(spots) for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    near = {
        (a, b) for a in range(len(rows)) for b in range(a + 1, len(rows))
        if abs(spots.east[a] - spots.east[b]) <= METRES and spots.days[b] - spots.days[a] <= DAYS
    }  # fmt: skip
    assert len(found) == len(set(found)) and near <= set(found) and all(a < b for a, b in found)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 110), st.integers(0, 2**32 - 1))
def test_many_small_parts_are_linked_as_one_whole(size: int, seed: int) -> None:
    chance = np.random.RandomState(seed)
    first, second = np.triu_indices(size, 1)
    listed = chance.uniform(size=len(first)) < 4 / size
    alike = chance.uniform(size=listed.sum())
    args = (size, first[listed], second[listed], alike)
    assert np.array_equal(link_many(*args, missing=0.02, cut=0.45), average_link(*args, missing=0.02, cut=0.45))


def test_grams_are_the_same_numbers_alone_and_among_many() -> None:
    texts = [folded(Report("1", DAY, "电梯 坏了", "ＡＢ，电梯")), "电梯", ""]
    many, alone = read_short(texts, least=1), read_short(texts[1:2], least=1)
    assert set(alone.listed) == {run_number("电"), run_number("梯"), run_number("电梯")} <= set(many.listed)
    assert np.diff(many.starts)[1:].tolist() == [3, 0]
    assert many.listed.max() < GRAMS


def test_a_file_that_is_no_model_of_near_pairs_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "near.npz"
    path.write_bytes(b"not a model")
    with pytest.raises(UnreadableModel):
        NearModel.load(path)
    with path.open("wb") as file:
        shipped_near().save(file)
    assert NearModel.load(path).cut == shipped_near().cut
