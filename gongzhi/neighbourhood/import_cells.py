"""Reads single values of a place or a unit from the text of a cell. Pure.

Each reader returns the value, or raises `SheetError` with the reason in words (without row and column,
which its caller knows).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date
from enum import StrEnum

from gongzhi.neighbourhood.codes import BadCode, BadPhone, normal_phone, read_code, valid_credit_code
from gongzhi.neighbourhood.rules import (
    COMPOUND_TYPE_LABELS,
    PLACE_KIND_LABELS,
    UNIT_KIND_LABELS,
    CompoundType,
    PlaceKind,
    UnitKind,
)
from gongzhi.shared.moves import _
from gongzhi.shared.sheets import SheetError, parse_moment

# Within China, generously; it tells swapped and metric coordinates from degrees.
_EAST, _NORTH = (73.0, 136.0), (3.0, 54.0)

OFFICIAL = (PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.GRID)
_WORDS_FOR_PLACES = {
    PlaceKind.DISTRICT: "区 县 区县",
    PlaceKind.SUBDISTRICT: "街道 镇 乡 街道(镇) 街镇 镇街 乡镇 街道办 街道办事处",
    PlaceKind.COMMUNITY: "社区 村 社区(村) 村居 村社区 居委会 村委会 居民委员会 村民委员会 行政村",
    PlaceKind.GRID: "网格 基础网格 综合网格",
    PlaceKind.COMPOUND: "小区 院落 楼盘 家属院 大院",
    PlaceKind.BUILDING: "楼栋 楼 栋 楼幢 幢 单元楼",
}
_WORDS_FOR_TYPES = {
    CompoundType.LEGACY_ENTERPRISE: "企业老旧小区 老旧小区 企业家属院 家属院 企业大院 厂区大院",
    CompoundType.RESETTLEMENT: "拆迁安置小区 拆迁安置 拆迁安置房 安置小区 安置房",
    CompoundType.PUBLIC_RENTAL: "公租房小区 公租房 公共租赁住房 公共租赁房",
    CompoundType.COMMODITY: "商品房小区 商品房 商品住宅 商品住宅小区",
}
_WORDS_FOR_UNITS = {
    UnitKind.AGENCY: "机关 党政机关 行政机关 国家机关 政府机关 机关单位 党政部门",
    UnitKind.INSTITUTION: "事业单位 事业 公益一类 公益二类",
    UnitKind.STATE_FIRM: "国有企业 国企 央企 国有 国有控股企业 国有独资企业 国有公司",
    UnitKind.NON_PUBLIC_FIRM: "非公企业 非公 非公有制企业 民营企业 民企 私营企业 外资企业 个体工商户 非公有制经济组织",
    UnitKind.SOCIAL: "社会组织 社会团体 社团 民办非企业 民办非企业单位 民非 社会服务机构 基金会 行业协会",
}
# Who registered an organisation, and as what: the first two signs of its credit code (GB 32100, table of 2015).
# 91 is any company, of which the code says nothing more.
_KIND_BY_CODE = {
    "11": UnitKind.AGENCY,
    "12": UnitKind.INSTITUTION,
    "51": UnitKind.SOCIAL,
    "52": UnitKind.SOCIAL,
    "53": UnitKind.SOCIAL,
    "92": UnitKind.NON_PUBLIC_FIRM,
}
_YES = frozenset("1 是 yes true y √ 有 老旧 老旧楼栋".split())
_NO = frozenset("0 否 no false n × 不是 非老旧".split())
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_LOCAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z\-_.]{0,19}")
_LED = re.compile(
    "(.+社区)(?:居民委员会|居委会)|(.+?村)(?:居民委员会|居委会|村?民委员会|村?委会)|(.+街道)办事处|(.+[镇乡])人民政府"
)


def folded(text: str) -> str:
    """A word as compared: full-width forms and blanks make no difference."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _table(words: Mapping[StrEnum, str], labels: Mapping[StrEnum, str]) -> dict[str, StrEnum]:
    found = {folded(word): kind for kind, line in words.items() for word in line.split()}
    found |= {folded(label): kind for kind, label in labels.items()}
    return found | {kind.value: kind for kind in words}


_PLACES = _table(_WORDS_FOR_PLACES, PLACE_KIND_LABELS)  # type: ignore[arg-type]
_TYPES = _table(_WORDS_FOR_TYPES, COMPOUND_TYPE_LABELS)  # type: ignore[arg-type]
_UNITS = _table(_WORDS_FOR_UNITS, UNIT_KIND_LABELS)  # type: ignore[arg-type]


def read_place_kind(text: str) -> PlaceKind:
    """The rung of the ladder that a word names."""
    kind = _PLACES.get(folded(text))
    if kind is None:
        raise SheetError(_("“%(value)s”不是地点的级别：请写街道、社区、网格、小区或楼栋。"), value=text[:40])
    return PlaceKind(kind)


def read_compound_type(text: str) -> CompoundType:
    """Which of the four estate types a word names."""
    kind = _TYPES.get(folded(text))
    if kind is None:
        raise SheetError(
            _("“%(value)s”不是小区类型：请写企业老旧小区、拆迁安置小区、公租房小区或商品房小区。"), value=text[:40]
        )
    return CompoundType(kind)


def read_unit_kind(text: str) -> UnitKind:
    """What a member unit is, by the word for it."""
    kind = _UNITS.get(folded(text))
    if kind is None:
        raise SheetError(
            _("“%(value)s”不是单位类别：请写机关、事业单位、国有企业、非公企业或社会组织。"), value=text[:40]
        )
    return UnitKind(kind)


def unit_kind_of_code(credit_code: str) -> UnitKind | None:
    """What a unit is by who registered it; None where a credit code does not tell."""
    return _KIND_BY_CODE.get(credit_code[:2])


def place_kind_of_name(name: str) -> PlaceKind | None:
    """The rung that a name's last word tells; None where it tells none."""
    for pattern, kind in _ENDINGS:
        if pattern.search(name):
            return kind
    return None


_ENDINGS = (
    (re.compile("网格$"), PlaceKind.GRID),
    (re.compile("(楼栋|[0-9０-９一二三四五六七八九十]+(号楼|栋|幢|座)|号楼)$"), PlaceKind.BUILDING),
    (re.compile("(社区|村)$"), PlaceKind.COMMUNITY),
    (re.compile("(街道|镇|乡)$"), PlaceKind.SUBDISTRICT),
    (re.compile("小区$"), PlaceKind.COMPOUND),
)


def short_place_name(name: str) -> str:
    """A place's name without the committee or office that leads it: "平安社区居民委员会" is "平安社区"."""
    found = _LED.fullmatch(name)
    return name[: found.end(found.lastindex or 0)] if found else name


def read_official_code(text: str) -> tuple[str, PlaceKind, str]:
    """A statistical code in the register's spelling, the rung it is of, and the code above it ("" for a district).

    Districts have 6 digits, subdistricts and communities 12, grids 15; shorter and longer spellings are taken.
    """
    if _SCIENTIFIC.fullmatch(text):
        raise SheetError(
            _("代码“%(value)s”被表格软件改成了科学计数法，请把这一列设为文本后重新填写。"), value=text[:30]
        )
    try:
        code = read_code(text)
    except BadCode as error:
        raise SheetError(error.message, **error.values) from None  # type: ignore[arg-type]
    levels = [code.district, code.subdistrict, code.community, code.grid]
    rung = max(step for step, level in enumerate(levels) if level)
    return _spelled(levels[rung]), OFFICIAL[rung], _spelled(code.parent)


def _spelled(code: str | None) -> str:
    return (code or "").ljust(12, "0") if code and len(code) == 9 else code or ""


def read_local_code(text: str) -> str:
    """A code that the district itself gave to a compound or a building."""
    if _SCIENTIFIC.fullmatch(text) and "+" in text:
        return read_official_code(text)[0]
    if not _LOCAL.fullmatch(text):
        raise SheetError(_("代码“%(value)s”应由字母和数字组成，最长20位。"), value=text[:30])
    return text


def read_position(lon: str, lat: str) -> tuple[float, float] | None:
    """A position in degrees, as the file gives it (its datum is the caller's to know); None for 0, 0."""
    try:
        east, north = float(unicodedata.normalize("NFKC", lon)), float(unicodedata.normalize("NFKC", lat))
    except ValueError:
        raise SheetError(_("“%(lon)s，%(lat)s”不是经纬度数字。"), lon=lon[:20], lat=lat[:20]) from None
    if east == 0 and north == 0:
        return None
    if _EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]:
        return east, north
    if _EAST[0] <= north <= _EAST[1] and _NORTH[0] <= east <= _NORTH[1]:
        raise SheetError(_("经度和纬度填反了：%(lon)s，%(lat)s。"), lon=lon[:20], lat=lat[:20])
    raise SheetError(_("经纬度 %(lon)s，%(lat)s 不在范围内。"), lon=lon[:20], lat=lat[:20])


def read_date(text: str) -> date:
    """A calendar day; a time beside it is left out."""
    return parse_moment(text, UTC).date()


def read_year(text: str) -> int:
    """The year a building was finished: "1986", "1986年", or a date of that year."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"(\d{4})\s*(?:年(?:代)?)?", plain)
    year = int(found[1]) if found else read_date(text).year
    if not 1850 <= year <= 2100:
        raise SheetError(_("建成年份“%(value)s”不在1850至2100年之间。"), value=text[:20])
    return year


def read_yes(text: str) -> bool:
    """Yes or no."""
    word = folded(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise SheetError(_("“%(value)s”请写“是”或“否”。"), value=text[:20])


def read_credit_code(text: str) -> str:
    """A unified social credit code with the right check character."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(code) != 18:
        raise SheetError(
            _("统一社会信用代码应为18位，这里有%(length)d位：%(value)s"), value=code[:30], length=len(code)
        )
    if not valid_credit_code(code):
        raise SheetError(_("统一社会信用代码的校验位不对，请核对：%(value)s"), value=code)
    return code


def read_phone(text: str) -> str:
    """A telephone number in its normal spelling."""
    try:
        return normal_phone(unicodedata.normalize("NFKC", text))
    except BadPhone as error:
        raise SheetError(error.message) from None
