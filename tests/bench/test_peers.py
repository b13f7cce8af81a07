"""The peers of grouping group what is plainly one trouble, and the table says what is absent."""

import numpy as np
import pytest

from bench import grouping_speed, peers
from bench.blocks import Sheet
from bench.scores import score
from bench.troubles import Row, demands


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(demands(1_500, "tuning"))


def test_blocks_keep_reports_of_one_problem_together(rows: list[Row]) -> None:
    sheet = Sheet(rows)
    seen = score([row.problem for row in rows], sheet.block.tolist())
    assert seen.pair_recall > 0.85
    assert sorted(np.concatenate(list(sheet.members())).tolist()) == list(range(len(rows)))


@pytest.mark.parametrize("name", ["average_link", "dbscan"])
def test_a_peer_is_better_than_none(rows: list[Row], name: str) -> None:
    seen = peers.measure(name, rows, peers.SETTINGS[name])
    assert seen["rows"] == len(rows) and seen["rate"] > 0 and seen["peak_mb"] > 0
    assert seen["pair_f1"] > 0.3


@pytest.mark.parametrize(
    ("text", "number"),
    [("春江花园3号楼漏水", "b3"), ("十二栋", "b12"), ("北大门", "g北"), ("书院路45号", "r45"), ("漏水", "")],
)
def test_the_number_that_a_text_names(text: str, number: str) -> None:
    assert peers._number(text) == number


def test_settings_come_from_the_grids() -> None:
    for name, settings in peers.SETTINGS.items():
        assert all(value in peers.GRIDS[name][key] for key, value in settings.items()), name


def test_what_is_absent_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(peers.NEEDS, "splink", "no_such_package")
    assert "requirements-bench.lock" in peers.missing("splink")
    assert grouping_speed.line({"missing": "not there yet"}) == "not there yet"


def test_goals_are_judged_on_both_scores(capsys: pytest.CaptureFixture[str]) -> None:
    peer = {"b3_f1": 0.8, "pair_f1": 0.7}
    ours = {"b3_f1": 0.9, "pair_f1": 0.6, "rate": 13_000, "peak_mb": 400}
    assert grouping_speed.judge({"ours": ours, "dbscan": peer}) == 1
    assert capsys.readouterr().out.count("NOT REACHED") == 1
    assert grouping_speed.judge({"ours": {**ours, "pair_f1": 0.75}, "dbscan": peer}) == 0
    assert grouping_speed.judge({"dbscan": peer}) == 2
