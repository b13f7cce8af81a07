"""Which column of somebody's spreadsheet holds which field of a place or a unit. Pure."""

from collections.abc import Callable, Mapping, Sequence

from gongzhi.neighbourhood.import_cells import read_compound_type, read_place_kind
from gongzhi.shared.moves import _
from gongzhi.shared.sheets import SheetError, recognise_columns

# What each field is called on our screens.
PLACE_FIELDS: Mapping[str, str] = {
    "code": _("代码"),
    "name": _("名称"),
    "kind": _("级别"),
    "parent_code": _("上级代码"),
    "subdistrict": _("所属街道（镇）"),
    "community": _("所属社区（村）"),
    "compound": _("所属小区"),
    "compound_type": _("小区类型"),
    "built_year": _("建成年份"),
    "old": _("老旧楼栋"),
    "lon": _("经度"),
    "lat": _("纬度"),
    "valid_from": _("启用日期"),
    "valid_to": _("停用日期"),
}
UNIT_FIELDS: Mapping[str, str] = {
    "name": _("单位名称"),
    "kind": _("单位类别"),
    "credit_code": _("统一社会信用代码"),
    "place_code": _("登记地代码"),
    "place_name": _("登记地"),
    "address": _("地址"),
    "joined_on": _("加入日期"),
    "liaison_name": _("联络员"),
    "liaison_phone": _("联络员电话"),
}

# The better word first: where a file has columns for several, the first one found is taken.
_PLACES = """
code: 区划代码 统计区划代码 统计用区划代码 行政区划代码 地点代码 代码 编码 code12 code place_code 编号
kind: 级别 地点级别 层级 地点类型 类型 kind level
name: 名称 地点名称 楼栋名称 楼栋 楼号 栋号 网格名称 name place_name
parent_code: 上级代码 上级区划代码 上级编码 父级代码 所属代码 parent_code parent pid street_code area_code
subdistrict: 所属街道 街道名称 街道 镇街 街镇 街道镇 所属镇街 乡镇街道 乡镇 street_name subdistrict
community: 所属社区 社区名称 社区 社区村 村社区 村居 所属村居 community_name community
compound: 所属小区 小区名称 小区 楼盘 院落 compound
compound_type: 小区类型 小区类别 房屋类型 房屋性质 住房类型 类型 compound_type
built_year: 建成年份 建成年代 建造年份 建筑年代 竣工年份 建成时间 年份 built_year year_built
old: 老旧楼栋 是否老旧 是否老旧楼栋 老旧 old
lon: 经度 lon lng longitude
lat: 纬度 lat latitude
valid_from: 启用日期 生效日期 设立日期 起始日期 valid_from
valid_to: 停用日期 失效日期 撤销日期 终止日期 valid_to
"""
_UNITS = """
credit_code: 统一社会信用代码 社会信用代码 信用代码 credit_code uscc
kind: 单位类别 单位性质 单位类型 类别 性质 类型 kind
place_code: 登记地代码 所属社区代码 社区代码 区划代码 place_code community_code
place_name: 登记地 所属社区 登记社区 报到社区 社区名称 社区 所属街道 place_name community
liaison_phone: 联络员电话 联系电话 联系人电话 联络电话 联系方式 手机号 手机 电话 liaison_phone phone
liaison_name: 联络员 联络员姓名 联系人 联系人姓名 liaison_name liaison contact
name: 单位名称 成员单位 单位全称 单位 名称 机构名称 企业名称 unit_name name
address: 地址 单位地址 注册地址 办公地址 详细地址 address
joined_on: 加入日期 加入时间 入网日期 报到日期 报到时间 joined_on
"""


def _words(table: str) -> dict[str, tuple[str, ...]]:
    fields = (entry.split(":", 1) for entry in table.strip().split("\n"))
    return {name: tuple(words.split()) for name, words in fields}


PLACE_SYNONYMS: Mapping[str, Sequence[str]] = _words(_PLACES)
UNIT_SYNONYMS: Mapping[str, Sequence[str]] = _words(_UNITS)


def guess_place_mapping(header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Say which column (counted from 0) holds which field of `PLACE_FIELDS`, by the header's words.

    A list of communities has its names under "社区": where no column is called a name, the lowest rung's is one.
    """
    found = recognise_columns(header, PLACE_SYNONYMS, _fits(header, sample_rows, _PLACE_READERS))
    if "name" not in found:
        lowest = next((rung for rung in ("compound", "community", "subdistrict") if rung in found), None)
        if lowest:
            found["name"] = found.pop(lowest)
    return {field: found[field] for field in PLACE_FIELDS if field in found}


def guess_unit_mapping(header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Say which column (counted from 0) holds which field of `UNIT_FIELDS`, by the header's words."""
    found = recognise_columns(header, UNIT_SYNONYMS, _fits(header, sample_rows, {}))
    return {field: found[field] for field in UNIT_FIELDS if field in found}


_PLACE_READERS: Mapping[str, Callable[[str], object]] = {"kind": read_place_kind, "compound_type": read_compound_type}


def _fits(
    header: Sequence[str], rows: Sequence[Sequence[str]], readers: Mapping[str, Callable[[str], object]]
) -> Callable[[str, int], bool]:
    """The sample's veto: whether "类型" is a rung of the ladder or an estate type, its words tell."""
    columns = [[row[place].strip() for row in rows if place < len(row)] for place in range(len(header))]
    given = [[text for text in column if text] for column in columns]

    def fits(field: str, column: int) -> bool:
        texts, reader = given[column], readers.get(field)
        if reader is None or not texts:
            return True
        return sum(1 for text in texts if _reads(reader, text)) * 2 >= len(texts)

    return fits


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except SheetError:
        return False
    return True
