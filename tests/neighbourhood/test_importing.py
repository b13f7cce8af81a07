"""Somebody's spreadsheet as drafts of places and member units. The rows are made up, in the shapes of real lists."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.neighbourhood.codes import make_credit_code
from gongzhi.neighbourhood.coordinates import Point, wgs_to_gcj
from gongzhi.neighbourhood.import_cells import read_official_code, short_place_name
from gongzhi.neighbourhood.importing import (
    PLACE_FIELDS,
    PLACE_SYNONYMS,
    UNIT_FIELDS,
    UNIT_SYNONYMS,
    PlaceDraft,
    RowError,
    UnitDraft,
    guess_place_mapping,
    guess_unit_mapping,
    read_places,
    read_units,
)
from gongzhi.neighbourhood.rules import CompoundType, PlaceKind, UnitKind
from gongzhi.shared.sheets import Row

COMMUNITIES = ["code", "name", "streetCode", "provinceCode", "cityCode", "areaCode", "streetName"]
STREETS = ["code", "name", "areaCode", "provinceCode", "cityCode", "code12"]
ESTATES = ["街道", "社区", "小区名称", "类型", "建成年份", "经度", "纬度"]
HOUSES = ["所属社区", "所属小区", "楼栋", "建成年份", "是否老旧"]
UNITS = ["单位名称", "单位性质", "统一社会信用代码", "所属社区", "单位地址", "加入日期", "联系人", "联系电话"]
CODE = make_credit_code("91500104MA5TEXT00")


def places(header, *rows, **options):
    mapping = guess_place_mapping(header, rows)
    return list(read_places([Row(n, tuple(row)) for n, row in enumerate(rows, 2)], mapping, header=header, **options))


def units(header, *rows):
    mapping = guess_unit_mapping(header, rows)
    return list(read_units([Row(n, tuple(row)) for n, row in enumerate(rows, 2)], mapping, header=header))


def unit(**changes):
    row = [
        "渝岸财产保险公司（演示）",
        "非公企业",
        CODE,
        "东正社区",
        "钢花路 8 号",
        "2020年3月1日",
        "祁又晴",
        "138 0013 8000",
    ]
    return units(UNITS, [changes.get(name, cell) for name, cell in zip(UNITS, row, strict=True)])


def test_the_official_list_of_communities_is_understood_by_its_header():
    (found,) = places(
        COMMUNITIES, ["500104901001", "东正社区居民委员会", "500104901", "50", "5001", "500104", "跃进街道"]
    )
    assert found == PlaceDraft(
        row=2,
        kind=PlaceKind.COMMUNITY,
        name="东正社区",
        code="500104901001",
        parent_code="500104901000",
        above=((PlaceKind.SUBDISTRICT, "跃进街道"),),
    )


def test_the_official_list_of_streets_is_understood_by_its_header():
    (found,) = places(STREETS, ["500104101", "建桥镇", "500104", "50", "5001", "500104101000"])
    assert (found.kind, found.code, found.parent_code) == (PlaceKind.SUBDISTRICT, "500104101000", "500104")


@pytest.mark.parametrize("name", ["streets_500104.csv", "communities_500104.csv"])
def test_the_real_lists_have_no_bad_row(name):
    path = Path(os.environ.get("GONGZHI_SHARED_DATA", "/nowhere")) / "places" / name
    if not path.exists():
        pytest.skip("the official lists are not here; set GONGZHI_SHARED_DATA to the folder that holds them")
    with path.open(encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    found = places(header, *rows)
    assert all(isinstance(one, PlaceDraft) for one in found)
    assert not [one.name for one in found if "委员会" in one.name]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("平安社区居民委员会", "平安社区"),
        ("平安社区居委会", "平安社区"),
        ("凤阳村村民委员会", "凤阳村"),
        ("凤阳村委会", "凤阳村"),
        ("新山村社区居委会", "新山村社区"),
        ("新山村居民委员会", "新山村"),
        ("跃进村街道办事处", "跃进村街道"),
        ("建胜镇人民政府", "建胜镇"),
        ("双山居委会", "双山居委会"),
        ("平安社区", "平安社区"),
        ("老年大学居民委员会", "老年大学居民委员会"),
    ],
)
def test_a_committee_is_taken_off_a_name_that_stands_without_it(written, kept):
    assert short_place_name(written) == kept


def test_estates_of_four_types_go_below_the_community_they_name():
    found, other = places(
        ESTATES,
        ["跃进村街道", "东正社区", "东正大院", "企业家属院", "1986", "", ""],
        ["跃进村街道", "东正社区", "江畔花园", "商品房", "2003年", "", ""],
    )
    assert (found.kind, found.name, found.compound_type) == (
        PlaceKind.COMPOUND, "东正大院", CompoundType.LEGACY_ENTERPRISE,
    )  # fmt: skip
    assert found.above == ((PlaceKind.COMMUNITY, "东正社区"), (PlaceKind.SUBDISTRICT, "跃进村街道"))
    assert (other.compound_type, other.built_year) == (CompoundType.COMMODITY, 2003)


def test_houses_are_flagged_old_only_where_the_list_says_so():
    old, new, unsaid = places(
        HOUSES,
        ["东正社区", "东正大院", "3号楼", "1986", "是"],
        ["东正社区", "东正大院", "4号楼", "", "否"],
        ["东正社区", "东正大院", "5号楼", "1979", ""],
    )
    assert [one.kind for one in (old, new, unsaid)] == [PlaceKind.BUILDING] * 3
    assert (old.old, new.old, unsaid.old) == (True, False, None), "an early year alone says nothing"
    assert old.above[0] == (PlaceKind.COMPOUND, "东正大院")


def test_a_list_of_communities_without_a_column_of_names_has_them_under_the_lowest_rung():
    (found,) = places(["街道", "社区", "统计用区划代码"], ["跃进村街道", "东正社区", "500104002017"])
    assert (found.name, found.kind) == ("东正社区", PlaceKind.COMMUNITY)
    assert found.above == ((PlaceKind.SUBDISTRICT, "跃进村街道"),)


def test_grids_have_fifteen_digits_and_lie_in_their_community():
    (found,) = places(["代码", "名称"], ["500104002017003", "第三网格"])
    assert (found.kind, found.parent_code) == (PlaceKind.GRID, "500104002017")


@pytest.mark.parametrize("system", ["gcj02", "bd09", "wgs84"])
def test_positions_are_kept_in_one_system_whatever_the_file_speaks(system):
    (found,) = places(["代码", "名称", "经度", "纬度"], ["500104002017", "东正社区", "106.48", "29.48"], system=system)
    if system == "wgs84":
        assert (found.lon, found.lat) == (106.48, 29.48)
    else:
        moved = (found.lon - 106.48) ** 2 + (found.lat - 29.48) ** 2
        assert 0.001**2 < moved < 0.02**2
    if system == "gcj02":
        assert wgs_to_gcj(Point(found.lon, found.lat)) == pytest.approx((106.48, 29.48), abs=1e-6)


@pytest.mark.parametrize(
    ("header", "row", "column", "words"),
    [
        (["代码", "名称"], ["5.00104E+11", "东正社区"], "代码", "科学计数法"),
        (["代码", "名称"], ["50010400201", "东正社区"], "代码", "6、9、12或15位"),
        (["代码", "名称"], ["500104002017", ""], "名称", "没有名称"),
        (["代码", "名称", "级别"], ["500104002017", "东正社区", "街道"], "级别", "却是社区（村）的代码"),
        (["代码", "名称", "级别"], ["500104002017", "东正社区", "小组"], "级别", "不是地点的级别"),
        (["代码", "名称", "上级代码"], ["500104002017", "东正社区", "500104003"], "上级代码", "500104002000"),
        (["代码", "名称", "经度", "纬度"], ["500104002017", "东正社区", "29.48", "106.48"], "经度", "填反"),
        (["代码", "名称", "建成年份"], ["500104002017", "东正社区", "12"], "建成年份", "能认出"),
        (["代码", "名称", "老旧"], ["500104002017", "东正社区", "是"], "老旧", "只有楼栋"),
        (["代码", "名称", "启用日期", "停用日期"], ["500104002017", "东正", "2020-1-2", "2019-1-2"], "停用日期", "早"),
        (["名称", "所属社区"], ["东正社区", "东正社区"], "", "要有统计用区划代码"),
        (["名称"], ["某处"], "", "看不出"),
        (["小区名称", "所属社区"], ["东正大院", "东正社区"], "", "要写明类型"),
        (["代码", "名称"], ["500104002017", "社" * 81], "名称", "超过"),
        (["代码", "名称"], ["500104002017", "东正社区", "多"], "", "多出"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_place_is_said_with_row_and_column(header, row, column, words):
    found = list(read_places([Row(7, tuple(row))], guess_place_mapping(header, []), header=header))
    errors = [one for one in found if isinstance(one, RowError)]
    assert len(errors) == len(found) == 1
    assert errors[0].row == 7
    assert errors[0].column_name == column
    assert words in str(errors[0])


def test_a_code_that_comes_twice_is_taken_once():
    first, second = places(["代码", "名称"], ["500104002017", "东正社区"], ["500104002017", "东正社区"])
    assert isinstance(first, PlaceDraft)
    assert (second.kind, second.first_row, second.letter) == ("duplicate", 2, "A")


def test_a_list_of_member_units_is_understood():
    (found,) = unit()
    assert found == UnitDraft(
        row=2, name="渝岸财产保险公司（演示）", kind=UnitKind.NON_PUBLIC_FIRM, credit_code=CODE, place_name="东正社区",
        address="钢花路 8 号", joined_on=date(2020, 3, 1), liaison_name="祁又晴", liaison_phone="13800138000",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [("11", UnitKind.AGENCY), ("12", UnitKind.INSTITUTION), ("52", UnitKind.SOCIAL), ("92", UnitKind.NON_PUBLIC_FIRM)],
)
def test_without_a_kind_the_credit_code_says_it(prefix, kind):
    (found,) = unit(**{"单位性质": "", "统一社会信用代码": make_credit_code(prefix + "500104MA5TEXT00")})
    assert found.kind is kind


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("单位名称", "", "没有单位名称"),
        ("单位性质", "机关事业单位", "不是单位类别"),
        ("单位性质", "", "请写明单位类别"),
        ("统一社会信用代码", CODE[:-1], "应为18位"),
        ("统一社会信用代码", CODE[:-1] + ("A" if CODE[-1] != "A" else "B"), "校验位"),
        ("加入日期", "3/1/2020", "能认出"),
        ("联系电话", "12345", "电话号码不对"),
        ("联系人", "", "没有联络员姓名"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said_with_row_and_column(column, value, words):
    (error,) = unit(**{column: value})
    assert isinstance(error, RowError)
    assert (error.column_name, error.row) == (column, 2)
    assert words in str(error)


@pytest.mark.parametrize(("fields", "synonyms"), [(PLACE_FIELDS, PLACE_SYNONYMS), (UNIT_FIELDS, UNIT_SYNONYMS)])
def test_every_field_can_be_recognised(fields, synonyms):
    assert fields.keys() == synonyms.keys()


WORDS = st.text(st.sampled_from("0123456789社区村街道镇号楼东E+.-是　\u202e\x00é＝"), max_size=20)


@given(st.lists(WORDS, min_size=len(PLACE_FIELDS), max_size=len(PLACE_FIELDS)))
def test_any_row_becomes_a_place_or_reasons(cells):
    mapping = {name: column for column, name in enumerate(PLACE_FIELDS)}
    found = list(read_places([Row(2, tuple(cells))], mapping))
    assert found
    for one in found:
        assert isinstance(one, PlaceDraft | RowError)
        assert str(one)
        assert not isinstance(one, PlaceDraft) or len(one.name) <= 80


@given(st.lists(WORDS, min_size=len(UNIT_FIELDS), max_size=len(UNIT_FIELDS)))
def test_any_row_becomes_a_unit_or_reasons(cells):
    mapping = {name: column for column, name in enumerate(UNIT_FIELDS)}
    assert all(str(one) for one in read_units([Row(2, tuple(cells))], mapping))


@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 999))
def test_codes_have_one_spelling(street, community, grid):
    code = f"500104{street:03}"
    assert (
        read_official_code(code) == read_official_code(code + "000") == (code + "000", PlaceKind.SUBDISTRICT, "500104")
    )
    assert read_official_code(f"{code}{community:03}000")[0] == f"{code}{community:03}"
    assert read_official_code(f"{code}{community:03}{grid:03}")[2] == f"{code}{community:03}"
