"""`gongzhi group` as an operator meets it: a table in, problems out, no database; what is wrong is said in words."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from gongzhi.console.commands.group import _progress
from tests.console.test_commands import gongzhi

HEADER = ["demand_id", "reported_at", "subject", "body"]
ROWS = [
    ["D-2", "2026-03-03 08:00", "梧桐苑三栋电梯停运", "三栋电梯停运两天，老人下不了楼，梧桐苑物业不管"],
    ["D-1", "2026-03-02 08:00", "梧桐苑三栋电梯停运没人修", "梧桐苑三栋电梯停运，老人下不了楼，请尽快修"],
    ["D-3", "2026-03-04 08:00", "夜市烧烤油烟直排", "烧烤摊油烟直排，窗户不敢开"],
    ["D-4", "2026-03-05 08:00", "公交站牌被撞歪", "站牌歪了看不清线路"],
]


def table(folder: Path, header: list[str], rows: list[list[str]]) -> Path:
    path = folder / "demands.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def found(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["demand_id"]: row["problem_id"] for row in csv.DictReader(file)}


def test_a_table_becomes_problems_without_a_database(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = gongzhi("group", str(table(tmp_path, HEADER, ROWS)), "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert found(out) == {"D-1": "D-1", "D-2": "D-1", "D-3": "D-3", "D-4": "D-4"}
    assert list(found(out)) == ["D-2", "D-1", "D-3", "D-4"]
    first = next(line for line in done.stdout.splitlines() if line.startswith("1\t"))
    assert "2026-03-02–2026-03-03" in first and "梧桐苑" in first
    assert "4 demands, 3 problems" in done.stdout and "demands/s" in done.stdout


def test_a_workbook_with_chinese_headers_and_places_is_read(tmp_path: Path) -> None:
    path, out = tmp_path / "demands.xlsx", tmp_path / "out.csv"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["诉求编号", "反映时间", "标题", "内容", "经度", "纬度"])
        for number, lon in enumerate([106.5, 106.5, 106.9], 1):
            sheet.write_row(number, 0, [f"D-{number}", "2026-03-02", "路灯不亮", "路灯不亮，看不见路", lon, 29.5])
    done = gongzhi("group", str(path), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert found(out) == {"D-1": "D-1", "D-2": "D-1", "D-3": "D-3"}


@pytest.mark.parametrize(
    ("header", "row", "words"),
    [
        (["demand_id", "reported_at", "subject", "说明"], ROWS[0], ("缺少", "columns are missing: body")),
        (HEADER, ["", *ROWS[0][1:]], ("没有编号", "Row 2 has no demand_id")),
        (HEADER, ["D-9", "昨天", "路灯", "不亮"], ("第 2 行", "reported_at is no date")),
        ([*HEADER, "lon"], [*ROWS[0], "东边"], ("不是度数", "no number of degrees")),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(
    tmp_path: Path, header: list[str], row: list[str], words: tuple[str, ...]
) -> None:
    path = table(tmp_path, header, [row, *([*one, ""][: len(header)] for one in ROWS[1:])])
    done = gongzhi("group", str(path), "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 2
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "out.csv").exists()


def test_repeated_ids_absent_files_and_unwritable_places_are_said(tmp_path: Path) -> None:
    path = table(tmp_path, HEADER, [*ROWS, ROWS[0]])
    assert "repeats the demand_id of row 2" in gongzhi("group", str(path), "--out", str(tmp_path / "out.csv")).stderr
    assert "no such file" in gongzhi("group", str(tmp_path / "no.csv"), "--out", "x.csv").stderr
    path = table(tmp_path, HEADER, ROWS)
    done = gongzhi("group", str(path), "--out", str(tmp_path / "no" / "out.csv"))
    assert done.returncode == 2 and "Cannot write" in done.stderr


def test_the_bar_ends_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    _progress(1, 4)
    _progress(4, 4)
    said = capsys.readouterr().err
    assert "25%" in said and said.endswith("100%\n")


def test_an_archive_has_the_memory_for_itself(tmp_path: Path) -> None:
    table(tmp_path, HEADER, ROWS)
    loaded = (
        "import sys; from gongzhi.console.main import main; main(['group', 'demands.csv', '--out', 'out.csv']);"
        "print(sorted({'numba', 'sklearn', 'highspy', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", loaded], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
