"""Somebody's spreadsheet as drafts of demands. The rows are made up, in the shapes of real exports."""

import itertools
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.demands.importing import FIELDS, SYNONYMS, Draft, RowError, guess_mapping, read_drafts
from gongzhi.shared.sheets import Row, read_sheet, write_csv, write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 12, tzinfo=ZONE)
HOTLINE = ["工单编号", "来电时间", "标题", "诉求内容", "事发地址", "所属街道", "联系电话", "问题类别", "诉求类型",
           "承办单位", "要求办结时间", "办结时间", "经度", "纬度"]  # fmt: skip
CALL = ["G1", "2020/1/6 12:09:38", "路灯不亮", "三号楼前路灯坏了", "钢花路 3 号", "新山村街道", "138 0013 8000",
        "市政设施/公用部件/路灯", "投诉", "城管局", "2020-01-13", "2020-01-09", "106.48", "29.48"]  # fmt: skip
ORDERS = ["REPORT_NUM", "EVENT_PROPERTY_NAME", "EVENT_TYPE_NAME", "EVENT_SRC_NAME", "INTIME_ARCHIVE_NUM",
          "REC_ID", "OVERTIME_ARCHIVE_NUM", "STREET_NAME", "CREATE_TIME", "SUB_TYPE_NAME", "OCCUR_PLACE",
          "COMMUNITY_NAME", "DISPOSE_UNIT_NAME", "MAIN_TYPE_NAME"]  # fmt: skip
ORDER = ["1", "求决", "市政设施", "12345", "0", "900{}", "1", "东街道", "2018-07-04 17:24:41", "下水井盖", "-",
         "东社区", "东街道综合执法队", "公用部件"]  # fmt: skip


def drafts(header, *rows, sample=(), **options):
    mapping = guess_mapping(header, sample)
    numbered = [Row(number, tuple(cells)) for number, cells in enumerate(rows, 2)]
    return list(read_drafts(numbered, mapping, zone=ZONE, now=NOW, header=header, **options))


def call(**changes):
    """The call with some cells changed, by the header's first words."""
    return [changes.get(name, cell) for name, cell in zip(HOTLINE, CALL, strict=True)]


def only_error(**changes):
    (error,) = drafts(HOTLINE, call(**changes))
    assert isinstance(error, RowError)
    return error


def test_a_hotline_export_is_understood_by_its_header():
    (draft,) = drafts(HOTLINE, CALL)
    assert isinstance(draft, Draft)
    assert (draft.external_number, draft.subject, draft.kind) == ("G1", "路灯不亮", "complaint")
    assert draft.category == ("市政设施", "公用部件", "路灯")
    assert (draft.phone, draft.lon, draft.lat, draft.handler) == ("13800138000", 106.48, 29.48, "城管局")
    assert draft.reported_at == datetime(2020, 1, 6, 12, 9, 38, tzinfo=ZONE)
    assert draft.closed_at == datetime(2020, 1, 9, tzinfo=ZONE), "a limit is not the time of closing"


def test_orders_without_text_get_a_subject_a_person_can_read():
    rows = [[cell.format(place) for cell in ORDER] for place in range(5)]
    found = drafts(ORDERS, *rows, sample=rows)
    assert [draft.external_number for draft in found] == ["9000", "9001", "9002", "9003", "9004"]
    assert found[0].subject == "下水井盖（东街道东社区）"
    assert found[0].subject_composed
    assert found[0].category == ("市政设施", "公用部件", "下水井盖")
    assert (found[0].kind, found[0].in_time, found[0].place_name) == ("help", False, "")


def test_a_sample_has_a_veto_over_a_header():
    mapping = guess_mapping(
        ["时间", "编号", "经度"], [["三天", "1", "东边"], ["两天", "1", "西边"], ["一天", "1", "东边"]]
    )
    assert mapping == {}


def test_messages_in_english_columns():
    header = ["demand_id", "reported_at", "subject", "body", "likes", "dislikes"]
    mapping = guess_mapping(header, [["1", "2020-01-06 12:09:38", "题", "文", "0", "0"]])
    assert mapping == {"external_number": 0, "reported_at": 1, "subject": 2, "body": 3}


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("来电时间", "昨天", "日期"),
        ("来电时间", "2027-01-01", "将来"),
        ("来电时间", "1989-12-31", "1990"),
        ("诉求内容", "长" * 20_001, "20001 字"),
        ("联系电话", "12345", "电话"),
        ("经度", "29.48", "反"),
        ("经度", "东", "经纬度"),
        ("问题类别", "a/b/c/d", "三级"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_column(column, value, words):
    changes = {column: value, "纬度": "106.48"} if words == "反" else {column: value}
    error = only_error(**changes)
    assert words in str(error)
    assert (error.row, error.column_name, error.kind) == (2, column, "invalid")
    assert error.column == HOTLINE.index(column) + 1


def test_every_fault_of_a_row_is_told_at_once():
    found = drafts(HOTLINE, call(联系电话="x", 办结时间="2019-01-01"))
    assert {error.column_name for error in found} == {"联系电话", "办结时间"}


def test_a_row_without_words_is_an_error():
    assert "没有诉求内容" in str(only_error(标题="-", 诉求内容=" ", 问题类别=""))


def test_a_row_that_overflows_its_header_is_an_error():
    (error,) = drafts(["编号", "内容"], ["1", "路灯", "坏了"])
    assert "多出 1 格" in str(error)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("023-68900000", "023-68900000"),
        ("(023)68900000转801", "023-68900000-801"),
        ("68900000", "68900000"),
        ("400-812-3456", "400-8123456"),
    ],
)
def test_telephone_numbers_are_cleaned(written, read):
    (draft,) = drafts(HOTLINE, call(联系电话=written))
    assert draft.phone == read


def test_a_masked_number_and_an_unknown_kind_do_not_lose_the_row():
    (draft,) = drafts(HOTLINE, call(联系电话="138****8000", 诉求类型="感谢"))
    assert (draft.phone, draft.kind) == ("", "")
    assert set(draft.unread) == {("phone", "138****8000"), ("kind", "感谢")}


def test_hidden_and_turning_characters_are_cleaned_from_text():
    (draft,) = drafts(HOTLINE, call(诉求内容="路\u202e灯\x00坏\u200b了👨‍👩‍👧<script>"))
    assert draft.body == "路灯坏了👨‍👩‍👧<script>"


def test_a_repeat_names_the_first_row():
    found = drafts(HOTLINE, CALL, call(工单编号="G2"), CALL)
    assert [type(item) for item in found] == [Draft, Draft, RowError]
    assert (found[2].kind, found[2].first_row, found[2].row) == ("duplicate", 2, 4)


def test_the_same_demand_keeps_its_key_through_another_export():
    (first,) = drafts(HOTLINE, CALL)
    (again,) = drafts(HOTLINE, call(来电时间="2020年1月6日 12:09:38", 办结时间="", 承办单位="另一单位"))
    assert first.source_key == again.source_key
    (other,) = drafts(HOTLINE, CALL, origin="另一平台")
    assert first.source_key != other.source_key


def test_rows_without_number_differ_by_time_words_or_place():
    rows = [call(工单编号=""), call(工单编号="", 标题="另一盏"), call(工单编号="", 事发地址="四号楼"),
            call(工单编号="", 来电时间="2020-01-06 12:09:39")]  # fmt: skip
    assert len({draft.source_key for draft in drafts(HOTLINE, *rows)}) == 4


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=6))
def test_any_text_is_a_draft_or_an_error_and_never_a_crash(rows):
    found = drafts(["标题", "联系电话"], *rows)
    assert {item.row for item in found} == set(range(2, len(rows) + 2))


@pytest.mark.parametrize("write", [lambda *a: b"".join(write_csv(*a)), write_xlsx])
def test_a_file_and_its_workbook_say_the_same(write):
    with read_sheet(write(HOTLINE, [CALL])) as sheet:
        rows = [row.cells for row in sheet.rows]
    assert drafts(list(sheet.header), *rows) == drafts(HOTLINE, CALL)


def test_every_synonym_belongs_to_a_field():
    assert SYNONYMS.keys() == FIELDS.keys()


@pytest.mark.parametrize(("name", "rows"), [("messages/messages.csv", 4326), ("orders/orders_2018.csv", 10_000)])
def test_the_real_files_are_read_whole(name, rows):
    default = Path(__file__).parents[2].parent / "shared" / "data"
    file = Path(os.environ.get("GONGZHI_SHARED_DATA", default)) / name
    if not file.exists():
        pytest.skip(f"{name} is not here; set GONGZHI_SHARED_DATA to the folder that holds it")
    with read_sheet(file) as sheet:
        mapping = guess_mapping(sheet.header, [row.cells for row in itertools.islice(sheet.rows, 200)])
    with read_sheet(file) as sheet:
        found = list(read_drafts(sheet.rows, mapping, zone=ZONE, now=NOW, header=sheet.header))
    assert len(found) == len({draft.source_key for draft in found}) == rows
    assert all(isinstance(draft, Draft) and draft.subject for draft in found)
