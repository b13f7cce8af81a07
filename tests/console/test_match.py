"""`gongzhi match` as an operator meets it: a problem in, a plan out, no database; what is wrong is said in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.give_and_take import make
from gongzhi.exchange.matching_files import read_problem, to_json
from tests.console.test_commands import gongzhi

NEED = {"id": "N-1", "kind": "skill", "quantity": 2, "measure": "人次", "asker": "C-1", "position": [106.48, 29.48]}
OFFER = {"id": "O-1", "kind": "skill", "quantity": 1, "measure": "人次", "giver": "U-1", "position": [106.48, 29.483]}
GIVER = {"id": "U-1", "name": "某某单位", "in_time": 2}


def written(folder: Path, given: Any) -> Path:
    path = folder / "problem.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    return path


def problem(**changes: Any) -> dict[str, Any]:
    return {"day": "2026-03-02", "needs": [NEED], "offers": [OFFER], "givers": [GIVER]} | changes


def test_a_problem_becomes_a_plan_without_a_database(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    late = NEED | {"id": "N-2", "deadline": "2026-02-01", "kind": "place"}
    done = gongzhi("match", str(written(tmp_path, problem(needs=[NEED, late]))), "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(out.read_text(encoding="utf-8"))
    (one,) = plan["suggestions"]
    assert (one["need"], one["offer"], one["quantity"], one["needed"]) == ("N-1", "O-1", 1, 2)
    assert one["sentence"].startswith("某某单位（距您约 350 米）能提供技术力量，能给 1 人次（共需 2）")
    assert [(row["need"], row["why"], row["share"]) for row in plan["unmet"]] == [
        ("N-1", "not_enough", 0.5),
        ("N-2", "kind", 0),
    ]
    assert plan["overdue"] == ["N-2"] and plan["goals"]["met"]["gap"] == 0
    assert "1 suggestions" in done.stdout and "gap 0.00%" in done.stdout and "最多" in done.stdout


def test_the_sentences_are_english_where_asked(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    done = gongzhi("match", str(written(tmp_path, problem())), "--out", str(out), "--lang", "en")
    assert done.returncode == 0, done.stderr
    plan = json.loads(out.read_text(encoding="utf-8"))
    assert "(about 350 m from you) offers Skills" in plan["suggestions"][0]["sentence"]
    assert plan["unmet"][0]["words"] == "all that fits together is not enough"


def test_what_an_earlier_plan_gives_is_kept_where_it_fits(tmp_path: Path) -> None:
    out, earlier = tmp_path / "plan.json", tmp_path / "earlier.json"
    nearer = OFFER | {"id": "O-2", "position": [106.48, 29.4825]}
    source = str(written(tmp_path, problem(needs=[NEED | {"quantity": 1}], offers=[OFFER, nearer])))
    for stands, chosen in (([], "O-2"), ([{"need": "N-1", "offer": "O-1", "quantity": 1, "words": "…"}], "O-1")):
        earlier.write_text(json.dumps({"suggestions": stands}), encoding="utf-8")
        done = gongzhi("match", source, "--out", str(out), "--standing", str(earlier))
        assert done.returncode == 0, done.stderr
        assert [one["offer"] for one in json.loads(out.read_text(encoding="utf-8"))["suggestions"]] == [chosen]
    earlier.write_text('{"suggestions": [{"need": "N-1", "offer": "O-1"}]}', encoding="utf-8")
    done = gongzhi("match", source, "--out", str(out), "--standing", str(earlier))
    assert done.returncode == 2 and "earlier.json" in done.stderr and "quantity" in done.stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{", ("不是 JSON", "This is not JSON: line 1")),
        ("[" * 100_000, ("不是 JSON", "nested too deeply")),
        ([], ("应是一个对象", "should be an object")),
        (problem(day="2026-02-30"), ("day：不能是“2026-02-30”", "day: it cannot be")),
        ({"needs": []}, ("缺少字段：day", "A field is missing: day")),
        (problem(need=[]), ("不认识的字段：need", "Unknown field: need")),
        (problem(needs={}), ("needs 应是一个列表", "needs should be a list")),
        (problem(needs=["N-1"]), ("needs 第 1 行应是一个对象", "needs, row 1 should be an object")),
        (problem(needs=[NEED, NEED]), ("needs 第 2 行 id", "repeats row 1")),
        (problem(offers=[OFFER, OFFER | {"id": ""}]), ("offers 第 2 行 id", "offers, row 2, id")),
        (problem(needs=[NEED | {"quantity": -1}]), ("needs 第 1 行 quantity：不能是“-1.0”", "row 1, quantity")),
        (problem(needs=[NEED | {"quantity": "2"}]), ("quantity：不能是“2”", "row 1, quantity")),
        (problem(needs=[NEED | {"quantity": True}]), ("quantity", "row 1, quantity")),
        (problem(needs=[NEED | {"quantity": 10**400}]), ("quantity", "row 1, quantity")),
        (problem(needs=[NEED | {"kind": "money"}]), ("kind：不能是“money”", "kind: it cannot be “money”")),
        (problem(needs=[NEED | {"urgency": 4}]), ("urgency", "row 1, urgency")),
        (problem(needs=[NEED | {"position": [float("nan"), 29.4]}]), ("position", "row 1, position")),
        (problem(needs=[NEED | {"position": [29.4, 106.4]}]), ("position：不能是“106.4”", "row 1, position")),
        (problem(needs=[NEED | {"position": [106.4]}]), ("position", "row 1, position")),
        (problem(needs=[NEED | {"deadline": "明天"}]), ("deadline：不能是“明天”", "row 1, deadline")),
        (problem(needs=[NEED | {"windows": [[8, 0, 60]]}]), ("windows", "row 1, windows")),
        (problem(needs=[NEED | {"windows": [[1, 60]]}]), ("windows", "row 1, windows")),
        (problem(needs=[NEED | {"tags": "电工"}]), ("tags", "row 1, tags")),
        (problem(needs=[NEED | {"urgent": 1}]), ("不认识的字段 urgent", "unknown field urgent")),
        (problem(offers=[{"id": "O-1"}]), ("offers 第 1 行：缺少 giver", "giver is missing")),
        (problem(offers=[OFFER | {"most": 0}]), ("most", "row 1, most")),
        (problem(offers=[OFFER | {"reach_m": float("inf")}]), ("reach_m", "row 1, reach_m")),
        (
            problem(offers=[OFFER | {"valid_from": "2026-03-03", "valid_until": "2026-03-01"}]),
            ("valid_until", "row 1, valid_until"),
        ),
        (problem(givers=[GIVER | {"late": -1}]), ("givers 第 1 行 late", "givers, row 1, late")),
        (problem(refusals=[{"why": "tired"}]), ("why：不能是“tired”", "refusals, row 1, why")),
        (problem(refusals=[{"why": "declined", "need": "N-1"}]), ("缺少 offer", "offer is missing")),
        (problem(refusals=[{"why": "not_before", "giver": "U-1", "day": "?"}]), ("day", "row 1, day")),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(tmp_path: Path, given: Any, words: tuple[str, ...]) -> None:
    done = gongzhi("match", str(written(tmp_path, given)), "--out", str(tmp_path / "plan.json"))
    assert done.returncode == 2
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "plan.json").exists()


def test_absent_files_strange_bytes_and_unwritable_places_are_said(tmp_path: Path) -> None:
    assert "no such file" in gongzhi("match", str(tmp_path / "no.json"), "--out", "x.json").stderr
    path = written(tmp_path, problem())
    done = gongzhi("match", str(path), "--out", str(tmp_path / "no" / "plan.json"))
    assert done.returncode == 2 and "Cannot write" in done.stderr
    path.write_bytes(b"\xff\xfe\x00")
    done = gongzhi("match", str(path), "--out", str(tmp_path / "plan.json"))
    assert done.returncode == 2 and "Cannot read" in done.stderr
    done = gongzhi("match", str(path), "--out", str(tmp_path / "plan.json"), "--ask", "-2")
    assert done.returncode == 2 and "--ask" in done.stderr and "Traceback" not in done.stderr


def test_a_problem_written_and_read_again_is_the_same() -> None:
    asked = make(needs=40, offers=60, units=12, seed=3)
    again = read_problem(json.dumps(to_json(asked)))
    assert sorted(again.needs, key=lambda one: one.id) == sorted(asked.needs, key=lambda one: one.id)
    assert (again.day, len(again.offers), len(again.givers)) == (asked.day, 60, 12)
    assert sorted(map(str, again.refusals)) == sorted(map(str, asked.refusals))


def test_the_example_of_the_docs_is_a_problem() -> None:
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    asked = read_problem(page.split("```json\n")[1].split("```")[0])
    assert len(asked.needs) == len(asked.offers) == 1


def test_the_docs_tell_every_field() -> None:
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    asked = to_json(make(needs=60, offers=80, units=12, seed=3))
    rows = [row for table in ("needs", "offers", "givers", "refusals") for row in asked[table]]
    assert {name for row in rows for name in row if f"`{name}`" not in page} == set()
