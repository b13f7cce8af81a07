"""`gongzhi import places|units` as an operator types it, on a small made-up file."""

import pytest

from gongzhi.console.main import modules, parser
from gongzhi.neighbourhood.models import MemberUnit, Place
from tests.town import Town

PLACES = "code,name,streetCode,areaCode\n500104002018,渡口社区居民委员会,500104002,500104\n500104,大渡口,,\nx,错,,\n"


def run(*words):
    args = parser(modules()).parse_args(["import", *map(str, words)])
    return args.module.run(args)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(PLACES, encoding="gb18030")
    return path


def test_new_places_are_shown_and_taken_once(town: Town, file, capsys):
    assert run("places", file, "--yes") == 0
    said = capsys.readouterr().out
    assert "可登记 1 行 new；已有 1 行 known；有误 1 行 bad" in said
    assert "现为“大渡口区”，文件为“大渡口”" in said
    assert "第 4 行 A code" in said
    assert Place.objects.get(code="500104002018").name == "渡口社区"
    assert run("places", file, "--yes") == 0
    assert "没有新的行可导入" in capsys.readouterr().out


def test_saying_no_takes_nothing(town: Town, file, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    assert run("places", file) == 1
    assert not Place.objects.filter(code="500104002018").exists()


def test_positions_are_read_in_the_system_that_was_said(town: Town, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("代码,名称,经度,纬度\n500104002018,渡口社区,106.48,29.48\n", encoding="utf-8")
    assert run("places", path, "--yes", "--system", "wgs84") == 0
    assert Place.objects.get(code="500104002018").lon == 106.48


def test_columns_can_be_named_by_hand_and_a_wrong_one_is_said(town: Town, tmp_path, capsys):
    path = tmp_path / "u.csv"
    path.write_text("甲,乙\n江畔书店（演示）,非公企业\n", encoding="utf-8")
    assert run("units", path, "--yes", "--map", "name=甲", "kind=丙") == 2
    assert "看不懂 kind=丙" in capsys.readouterr().err
    assert run("units", path, "--yes", "--map", "name=甲", "kind=B") == 0
    assert MemberUnit.objects.get(name="江畔书店（演示）").kind == "non_public_firm"


@pytest.mark.parametrize(("content", "words"), [(b"\x89PNG\r\n\x1a\n", "表格"), (b"", "")])
def test_what_is_no_table_is_refused_in_words(town: Town, tmp_path, capsys, content, words):
    path = tmp_path / "p.csv"
    path.write_bytes(content)
    assert run("places", path, "--yes") == 1
    assert words in capsys.readouterr().err
