"""The file that `gongzhi plan` reads, what it writes, and what it says of a wrong one."""

import json
from pathlib import Path

import pytest

from bench.plans import make
from gongzhi.console.main import main
from gongzhi.projects.planning import BadPlan
from gongzhi.projects.planning_files import read_project, to_json

PROJECT = {
    "day": "2026-06-08",
    "fixed": "2026-06-21",
    "crews": [{"id": "维修队", "capacity": 2, "off": ["2026-06-10"]}],
    "tasks": [
        {"id": "说服", "days": 3},
        {"id": "修墙", "days": 4, "crews": {"维修队": 2}, "after": [["说服", 1]], "planned": "2026-06-11"},
    ],
}


def test_a_project_goes_out_and_comes_back_the_same() -> None:
    for problem in (make(20, 3, 2, 0.2, 1), read_project(json.dumps(PROJECT))):
        again = read_project(json.dumps(to_json(problem)))
        assert to_json(again) == to_json(problem) and [one.days for one in again.tasks] == [
            one.days for one in problem.tasks
        ]


def test_the_command_says_whether_the_day_can_be_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "p.json", tmp_path / "plan.json"
    file.write_text(json.dumps(PROJECT), encoding="utf-8")
    assert main(["plan", str(file), "--out", str(out), "--schedules", "20"]) == 0
    told = capsys.readouterr().out
    assert "余量 6 天" in told and "+1" in told and "6 days to spare" in told
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["kept"] and found["margin"] == 6 and found["changes"][0]["id"] == "修墙"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tasks": [{"id": "a", "days": "3"}]}, "days"),
        ({"tasks": [{"id": "a"}]}, "days"),
        ({"tasks": [{"id": "a", "days": 1, "colour": 1}]}, "colour"),
        ({"tasks": [{"id": "a", "days": 1, "after": [["b"]]}]}, "after"),
        ({"tasks": {}}, "tasks"),
        ({"day": "morgen"}, "day"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    file = tmp_path / "p.json"
    file.write_text(json.dumps(PROJECT | change), encoding="utf-8")
    with pytest.raises(BadPlan, match=words):
        read_project(file.read_text(encoding="utf-8"))
    assert main(["plan", str(file), "--out", str(tmp_path / "o.json")]) == 2


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '{"day": 1}'])
def test_what_is_no_project_is_refused(text: str) -> None:
    with pytest.raises(BadPlan):
        read_project(text)
