"""Places and units from a spreadsheet: each row as it would be registered, or what is wrong with it; then taken."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.codes import valid_code, valid_credit_code
from gongzhi.neighbourhood.coordinates import TO_WGS, Point
from gongzhi.neighbourhood.models import MemberUnit, Place
from gongzhi.neighbourhood.rules import (
    COMPOUND_TYPE_LABELS,
    PARENTS,
    PLACE_KIND_LABELS,
    UNIT_KIND_LABELS,
    Actor,
    CompoundType,
    PlaceKind,
    Right,
    UnitKind,
)
from gongzhi.shared.moves import NotAllowed, Refused, _
from gongzhi.shared.sheets import Limits, SheetError, parse_moment, read_sheet, recognise_columns

LIMITS = Limits(size=20 * 2**20, rows=50_000)

# What each column may be called; the first word is what we call it ourselves.
PLACE_COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("名称", "地点名称", "小区名称", "楼栋名称", "社区名称", "name"),
    "kind": ("类别", "级别", "地点类型", "kind"),
    "code": ("代码", "区划代码", "统计用区划代码", "code"),
    "parent": ("上级", "上级名称", "所属", "所属社区", "所属小区", "所属街道", "parent"),
    "compound_type": ("小区类型", "compound_type"),
    "built_year": ("建成年份", "建成年代", "建设年份", "built_year"),
    "old": ("老旧", "老旧楼栋", "是否老旧", "old"),
    "lon": ("经度", "lon", "lng", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
}
UNIT_COLUMNS: Mapping[str, Sequence[str]] = {
    "name": ("名称", "单位名称", "单位", "name"),
    "kind": ("类型", "单位类型", "单位性质", "kind"),
    "credit_code": ("统一社会信用代码", "信用代码", "credit_code"),
    "registered_place": ("注册地", "所在社区", "所属社区", "所在街道", "registered_place"),
    "address": ("地址", "注册地址", "单位地址", "address"),
    "joined_on": ("加入日期", "加入时间", "joined_on"),
}
_KINDS = {
    "街道": PlaceKind.SUBDISTRICT,
    "镇": PlaceKind.SUBDISTRICT,
    "社区": PlaceKind.COMMUNITY,
    "村": PlaceKind.COMMUNITY,
    "楼": PlaceKind.BUILDING,
    "楼幢": PlaceKind.BUILDING,
}
_YES = frozenset({"1", "是", "有", "yes", "true", "y", "√", "老旧"})


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row, in words that `values` fill."""

    row: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Outcome:
    """What a file would bring, or has brought: new rows by name, rows that stand already, faults."""

    fresh: list[tuple[int, str]] = field(default_factory=list)
    known: int = 0
    faults: list[Fault] = field(default_factory=list)


class _Dry(Exception):
    """Ends a preview: everything was tried, nothing stays."""


def preview_register(actor: Actor, *, what: str, path: Path, now: datetime, datum: str = "gcj02") -> Outcome:
    """What taking this file would do, found by doing it and taking it back."""
    seen: list[Outcome] = []
    try:
        with transaction.atomic():
            seen.append(take_register(actor, what=what, path=path, now=now, datum=datum))
            raise _Dry
    except _Dry:
        return seen[0]


@transaction.atomic
def take_register(actor: Actor, *, what: str, path: Path, now: datetime, datum: str = "gcj02") -> Outcome:
    """Register the good rows of a file of "places" or "units"; what stands already is left as it is.

    A row may name as its parent a place of an earlier row. Raises Refused for a file that is no such table.
    """
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))
    columns, make = (PLACE_COLUMNS, _place) if what == "places" else (UNIT_COLUMNS, _unit)
    outcome = Outcome()
    for number, given in _rows(path, columns):
        try:
            with transaction.atomic():
                fresh = make(actor, given, now, datum)
        except Refused as refused:
            outcome.faults.append(Fault(number, refused.message, refused.values))
        except SheetError as error:
            outcome.faults.append(Fault(number, error.message, error.values))
        except IntegrityError:
            outcome.faults.append(Fault(number, _("同名的已有，或代码用过了；代码永不重用。")))
        else:
            if fresh:
                outcome.fresh.append((number, given["name"]))
            else:
                outcome.known += 1
    return outcome


def _rows(path: Path, columns: Mapping[str, Sequence[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with read_sheet(path, limits=LIMITS) as sheet:
            found = recognise_columns(sheet.header, columns)
            if "name" not in found:
                wanted = "、".join(words[0] for words in columns.values())
                raise Refused(_("没有“名称”这一列。可用的列：%(wanted)s。"), wanted=wanted)
            for row in sheet.rows:
                yield row.number, {name: row.cells[found[name]].strip() if name in found else "" for name in columns}
    except SheetError as error:
        raise Refused(error.message, **error.values) from error


def _place(actor: Actor, given: Mapping[str, str], now: datetime, datum: str) -> bool:
    """Register one place; False where it stands already."""
    code = given["code"]
    if code and not valid_code(code):
        raise Refused(_("“%(code)s”不是区划代码。"), code=code)
    if code and Place.objects.filter(code=code).exists():
        return False
    kind = _kind_of(given)
    parent = _parent(kind, given["parent"], code)
    if Place.objects.filter(parent=parent, kind=kind.value, name=given["name"], valid_to=None).exists():
        return False
    more: dict[str, Any] = {}
    if kind is PlaceKind.COMPOUND:
        more["compound_type"] = CompoundType(_by_label(given["compound_type"], COMPOUND_TYPE_LABELS, _("小区类型")))
    if kind is PlaceKind.BUILDING:
        more |= {"old": given["old"].lower() in _YES, "built_year": _year(given["built_year"])}
    if given["lon"] or given["lat"]:
        more["lon"], more["lat"] = _position(given["lon"], given["lat"], datum)
    actions.register_place(actor, kind=kind, name=_named(given), parent=parent, code=code or None, now=now, **more)
    return True


def _kind_of(given: Mapping[str, str]) -> PlaceKind:
    if not given["kind"] and given["compound_type"]:
        return PlaceKind.COMPOUND
    return _KINDS.get(given["kind"]) or PlaceKind(_by_label(given["kind"], PLACE_KIND_LABELS, _("级别")))


def _by_label(word: str, labels: Mapping[Any, str], what: str) -> str:
    """The value whose label is, or begins with, this word."""
    for value, label in labels.items():
        if word and (word in (value, label) or (len(word) > 1 and label.startswith(word))):
            return str(value)
    raise Refused(_("看不懂%(what)s“%(word)s”。"), what=what, word=word)


def _parent(kind: PlaceKind, words: str, code: str) -> Place | None:
    above = Place.objects.filter(valid_to=None, kind__in=[one.value for one in PARENTS[kind]])
    if not words and len(code) >= 12 and kind is PlaceKind.COMMUNITY:
        found = list(above.filter(code=f"{code[:9]}000"))
    elif not words and kind is PlaceKind.SUBDISTRICT:
        found = list(above)
    else:
        *higher, name = words.replace("/", " ").split() or [""]
        rows = above.filter(code=name) if name.isdigit() else above.filter(name=name)
        for word in higher:
            rows = rows.filter(full_name__contains=word)
        found = list(rows[:2])
    if len(found) != 1:
        message = _("找不到上级“%(words)s”。") if not found else _("有几个地点叫“%(words)s”，请写全上级。")
        raise Refused(message, words=words)
    return found[0]


def _named(given: Mapping[str, str]) -> str:
    if not 1 <= len(given["name"]) <= 80:
        raise Refused(_("名称应在1到80字之间。"))
    return given["name"]


def _year(text: str) -> int | None:
    digits = text.removesuffix("年").strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and 1900 <= int(digits) <= 2100):
        raise Refused(_("“%(text)s”不是年份。"), text=text)
    return int(digits)


def _position(lon: str, lat: str, datum: str) -> Point:
    turn: Callable[[Point], Point] = TO_WGS[datum]
    try:
        point = Point(float(lon), float(lat))
    except ValueError as error:
        raise Refused(_("“%(lon)s，%(lat)s”不是经纬度。"), lon=lon, lat=lat) from error
    if not (73 <= point.lon <= 136 and 3 <= point.lat <= 54):
        raise Refused(_("经纬度 %(lon)s，%(lat)s 不在范围内。"), lon=lon, lat=lat)
    return turn(point)


def _unit(actor: Actor, given: Mapping[str, str], now: datetime, _datum: str) -> bool:
    """Register one member unit; False where its code or name stands already."""
    code = given["credit_code"].upper() or None
    if code and not valid_credit_code(code):
        raise Refused(_("“%(code)s”不是统一社会信用代码。"), code=code)
    units = MemberUnit.objects.all()
    if units.filter(credit_code=code).exists() if code else units.filter(name=given["name"]).exists():
        return False
    place = None
    if words := given["registered_place"]:
        found = list(Place.objects.filter(valid_to=None, name=words, kind__in=["community", "subdistrict"])[:2])
        if len(found) != 1:
            raise Refused(_("找不到地点“%(words)s”。"), words=words)
        place = found[0]
    actions.register_unit(
        actor,
        name=_named(given),
        kind=UnitKind(_by_label(given["kind"], UNIT_KIND_LABELS, _("单位类型"))),
        credit_code=code,
        registered_place=place,
        address=given["address"][:200],
        joined_on=_day(given["joined_on"]),
        now=now,
    )
    return True


def _day(text: str) -> date | None:
    return parse_moment(text, timezone.get_default_timezone()).date() if text else None
