"""From the rows of somebody's spreadsheet to drafts of places and member units, or to what is wrong. Pure.

Nothing is taken in here: `read_places` and `read_units` say what each row would be. Whether it stands already,
and whether its parent does, is the register's to know (`actions.look_at_places`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from gongzhi.neighbourhood import import_cells as cells
from gongzhi.neighbourhood.coordinates import TO_WGS, Point
from gongzhi.neighbourhood.import_columns import (
    PLACE_FIELDS,
    PLACE_SYNONYMS,
    UNIT_FIELDS,
    UNIT_SYNONYMS,
    guess_place_mapping,
    guess_unit_mapping,
)
from gongzhi.neighbourhood.rules import PARENTS, PLACE_KIND_LABELS, CompoundType, PlaceKind, UnitKind
from gongzhi.shared.moves import _
from gongzhi.shared.sheets import Row, RowError, SheetError, clean

__all__ = [
    "PLACE_FIELDS",
    "PLACE_SYNONYMS",
    "UNIT_FIELDS",
    "UNIT_SYNONYMS",
    "PlaceDraft",
    "RowError",
    "UnitDraft",
    "guess_place_mapping",
    "guess_unit_mapping",
    "read_places",
    "read_units",
]

# As long as the register keeps them.
PLACE_LENGTHS = {"code": 60, "parent_code": 60, "name": 80, "subdistrict": 80, "community": 80, "compound": 80}
UNIT_LENGTHS = {"name": 120, "address": 200, "place_code": 60, "place_name": 120, "liaison_name": 60}
_NOT_GIVEN = frozenset("- -- — —— / \\ 无 空 null NULL None N/A n/a NaN".split())
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class PlaceDraft:
    """One row as a place would be. Positions are WGS-84; None or "" where the row says nothing.

    `parent_code` is in the register's spelling; `above` holds (kind, name) of places that the row names above
    itself, the nearest first.
    """

    row: int
    kind: PlaceKind
    name: str
    code: str = ""
    parent_code: str = ""
    above: tuple[tuple[PlaceKind, str], ...] = ()
    compound_type: CompoundType | None = None
    built_year: int | None = None
    old: bool | None = None
    lon: float | None = None
    lat: float | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class UnitDraft:
    """One row as a member unit would be; `place_code` or `place_name` says where it is registered."""

    row: int
    name: str
    kind: UnitKind
    credit_code: str = ""
    place_code: str = ""
    place_name: str = ""
    address: str = ""
    joined_on: date | None = None
    liaison_name: str = ""
    liaison_phone: str = ""


def read_places(
    rows: Iterable[Row], mapping: Mapping[str, int], *, system: str = "gcj02", header: Sequence[str] = ()
) -> Iterator[PlaceDraft | RowError]:
    """Yield a draft for each good row and one or more errors for each bad one, in the file's order.

    `mapping` gives fields of `PLACE_FIELDS` their columns (from 0); `system` is what the file's positions are in:
    "gcj02", "wgs84" or "bd09".
    """
    _must_know(mapping, PLACE_FIELDS)
    to_wgs = TO_WGS[system]
    seen: dict[str, int] = {}
    for row in rows:
        reader = _PlaceReader(row, mapping, header, PLACE_FIELDS, PLACE_LENGTHS)
        draft = reader.draft(to_wgs)
        yield from reader.errors if draft is None else reader.once(draft, "code", draft.code, seen)


def read_units(
    rows: Iterable[Row], mapping: Mapping[str, int], *, header: Sequence[str] = ()
) -> Iterator[UnitDraft | RowError]:
    """Yield a draft for each good row and one or more errors for each bad one, in the file's order."""
    _must_know(mapping, UNIT_FIELDS)
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for row in rows:
        reader = _UnitReader(row, mapping, header, UNIT_FIELDS, UNIT_LENGTHS)
        draft = reader.draft()
        if draft is None:
            yield from reader.errors
        elif draft.credit_code:
            yield from reader.once(draft, "credit_code", draft.credit_code, codes)
        else:
            yield from reader.once(draft, "name", cells.folded(draft.name), names)


def _must_know(mapping: Mapping[str, int], fields: Mapping[str, str]) -> None:
    if unknown := mapping.keys() - fields.keys():
        raise ValueError(f"unknown fields: {sorted(unknown)}")


class _RowReader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(
        self,
        row: Row,
        mapping: Mapping[str, int],
        header: Sequence[str],
        fields: Mapping[str, str],
        lengths: Mapping[str, int],
    ) -> None:
        self.row, self.mapping, self.header, self.fields, self.lengths = row, mapping, header, fields, lengths
        self.errors: list[RowError] = []
        self.texts = {name: self._text(name) for name in mapping}

    def _text(self, name: str) -> str:
        column = self.mapping[name]
        text = clean(self.row.cells[column]).strip() if column < len(self.row.cells) else ""
        text = " ".join(text.split())
        if text in _NOT_GIVEN:
            return ""
        limit = self.lengths.get(name, 200)
        if len(text) > limit:
            message = _("有 %(length)s 字，超过了 %(limit)s 字的上限。")
            self.wrong(name, message, text, length=len(text), limit=limit)
            return ""
        return text

    def wrong(self, name: str, message: str, text: str = "", /, **values: object) -> None:
        """Note one thing wrong with a field, which may have no column of its own."""
        column = self.mapping.get(name)
        self.errors.append(
            RowError(
                self.row.number,
                None if column is None else column + 1,
                "" if column is None else self.column_name(column, name),
                message,
                text[:100],
                values,
            )
        )

    def column_name(self, column: int, name: str) -> str:
        """The column's name as the file has it, else ours."""
        return self.header[column] if column < len(self.header) else self.fields[name]

    def read(self, name: str, reader: Callable[[str], _Value]) -> _Value | None:
        """What a field's text means; None where it is empty, or wrong, which is noted."""
        text = self.texts.get(name, "")
        if not text:
            return None
        try:
            return reader(text)
        except SheetError as error:
            self.wrong(name, error.message, text, **error.values)
            return None

    def fits_header(self) -> bool:
        """Whether the row has no more cells than the header has names."""
        surplus = len(self.row.cells) - len(self.header)
        if self.header and surplus > 0:
            message = _("比表头多出 %(surplus)s 格，可能是内容里的分隔符没有加引号。")
            self.errors.append(RowError(self.row.number, None, "", message, "", {"surplus": surplus}))
            return False
        return True

    def once(self, draft: _Value, name: str, key: str, seen: dict[str, int]) -> Iterator[_Value | RowError]:
        """The draft, or the error that an earlier row has the same key; an empty key repeats nothing."""
        first = seen.setdefault(key, self.row.number) if key else self.row.number
        if first == self.row.number:
            yield draft
            return
        column = self.mapping.get(name)
        yield RowError(
            self.row.number,
            None if column is None else column + 1,
            "" if column is None else self.column_name(column, name),
            _("与第 %(first)s 行重复。"),
            key,
            {"first": first},
            "duplicate",
            first,
        )


class _PlaceReader(_RowReader):
    def draft(self, to_wgs: Callable[[Point], Point]) -> PlaceDraft | None:
        """The row as a place, or None with the reasons in `errors`."""
        if not self.fits_header():
            return None
        name = cells.short_place_name(self.texts.get("name", ""))
        if not name and not self.errors:
            self.wrong("name", _("没有名称。"))
        kind, code, parent_code = self._standing(name)
        compound_type = self.read("compound_type", cells.read_compound_type)
        old = self.read("old", cells.read_yes)
        if kind is PlaceKind.COMPOUND and compound_type is None and not self.errors:
            self.wrong("compound_type", _("小区要写明类型：企业老旧小区、拆迁安置小区、公租房小区或商品房小区。"))
        if kind and kind is not PlaceKind.COMPOUND and compound_type:
            self.wrong("compound_type", _("只有小区才有小区类型。"), self.texts["compound_type"])
        if kind and kind is not PlaceKind.BUILDING and old:
            self.wrong("old", _("只有楼栋才标老旧。"), self.texts["old"])
        position = self._position(to_wgs)
        valid_from, valid_to = self.read("valid_from", cells.read_date), self.read("valid_to", cells.read_date)
        if valid_from and valid_to and valid_to < valid_from:
            self.wrong("valid_to", _("停用日期早于启用日期。"), self.texts["valid_to"])
        built_year = self.read("built_year", cells.read_year)
        if self.errors or kind is None:
            return None
        return PlaceDraft(
            row=self.row.number,
            kind=kind,
            name=name,
            code=code,
            parent_code=parent_code,
            above=self._above(kind),
            compound_type=compound_type,
            built_year=built_year,
            old=old if kind is PlaceKind.BUILDING else None,
            lon=position[0] if position else None,
            lat=position[1] if position else None,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    def _standing(self, name: str) -> tuple[PlaceKind | None, str, str]:
        """The row's kind, its code and the code above it: as written, else as its code or its name tells."""
        kind = self.read("kind", cells.read_place_kind)
        text = self.texts.get("code", "")
        if kind is None and not self.texts.get("kind") and not text.isdigit():
            kind = self._kind_without_code(name)
        if kind in {PlaceKind.COMPOUND, PlaceKind.BUILDING}:
            return kind, self.read("code", cells.read_local_code) or "", self._parent_code("")
        found = self.read("code", cells.read_official_code)
        if found is None:
            if not text and kind in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.DISTRICT}:
                self.wrong("code", _("%(kind)s要有统计用区划代码。"), kind=PLACE_KIND_LABELS[kind])
            elif kind is None and not self.errors:
                self.wrong("kind", _("看不出“%(name)s”是街道、社区、网格、小区还是楼栋，请加一列级别。"), name=name)
            return kind, "", self._parent_code("")
        code, by_code, above = found
        if kind is not None and kind is not by_code:
            self.wrong(
                "kind",
                _("写的是%(kind)s，代码%(code)s却是%(other)s的代码。"),
                kind=PLACE_KIND_LABELS[kind],
                code=code,
                other=PLACE_KIND_LABELS[by_code],
            )
        return by_code, code, self._parent_code(above)

    def _kind_without_code(self, name: str) -> PlaceKind | None:
        """What the column of the names is called, else the name's own ending, else what only one kind has."""
        column = self.mapping.get("name")
        heading = self.header[column] if column is not None and column < len(self.header) else ""
        for word, kind in _HEADINGS:
            if word in heading:
                return kind
        if self.texts.get("compound_type"):
            return PlaceKind.COMPOUND
        return cells.place_kind_of_name(name)

    def _parent_code(self, by_code: str) -> str:
        text = self.texts.get("parent_code", "")
        if not text:
            return by_code
        if not text.isdigit() or (not by_code and len(text) not in {6, 9, 12, 15}):
            # A code that the district itself gave, such as that of the compound above a building.
            return text if not by_code else self._disagreeing(text, by_code)
        found = self.read("parent_code", cells.read_official_code)
        if found is None or not by_code:
            return found[0] if found else ""
        return by_code if found[0] == by_code else self._disagreeing(text, by_code)

    def _disagreeing(self, text: str, by_code: str) -> str:
        message = _("上级代码%(value)s与本行代码不符，按代码应为%(by_code)s。")
        self.wrong("parent_code", message, text, value=text, by_code=by_code)
        return ""

    def _above(self, kind: PlaceKind) -> tuple[tuple[PlaceKind, str], ...]:
        rungs = (PlaceKind.COMPOUND, PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT)
        named = [(rung, cells.short_place_name(self.texts.get(rung.value, ""))) for rung in rungs]
        return tuple((rung, name) for rung, name in named if name and _over(rung, kind))

    def _position(self, to_wgs: Callable[[Point], Point]) -> tuple[float, float] | None:
        lon, lat = self.texts.get("lon", ""), self.texts.get("lat", "")
        if not lon and not lat:
            return None
        try:
            found = cells.read_position(lon, lat)
        except SheetError as error:
            self.wrong("lon" if "lon" in self.mapping else "lat", error.message, f"{lon}，{lat}", **error.values)
            return None
        if found is None:
            return None
        point = to_wgs(Point(*found))
        return round(point.lon, 7), round(point.lat, 7)


_HEADINGS = (
    ("楼", PlaceKind.BUILDING),
    ("幢", PlaceKind.BUILDING),
    ("小区", PlaceKind.COMPOUND),
    ("楼盘", PlaceKind.COMPOUND),
    ("网格", PlaceKind.GRID),
    ("社区", PlaceKind.COMMUNITY),
    ("街道", PlaceKind.SUBDISTRICT),
)


def _over(above: PlaceKind, kind: PlaceKind) -> bool:
    """Whether one rung may lie above another, directly or not."""
    return above in PARENTS[kind] or any(_over(above, parent) for parent in PARENTS[kind])


class _UnitReader(_RowReader):
    def draft(self) -> UnitDraft | None:
        """The row as a unit, or None with the reasons in `errors`."""
        if not self.fits_header():
            return None
        texts = self.texts
        if not texts.get("name") and not self.errors:
            self.wrong("name", _("没有单位名称。"))
        credit_code = self.read("credit_code", cells.read_credit_code) or ""
        kind = self.read("kind", cells.read_unit_kind)
        if kind is None and not texts.get("kind"):
            kind = cells.unit_kind_of_code(credit_code)
        if kind is None and not self.errors:
            self.wrong("kind", _("请写明单位类别：机关、事业单位、国有企业、非公企业或社会组织。"))
        place = self.read("place_code", cells.read_official_code)
        joined_on = self.read("joined_on", cells.read_date)
        phone = self.read("liaison_phone", cells.read_phone) or ""
        if phone and not texts.get("liaison_name"):
            self.wrong("liaison_name", _("有联络员电话，却没有联络员姓名。"))
        if self.errors or kind is None:
            return None
        return UnitDraft(
            row=self.row.number,
            name=texts["name"],
            kind=kind,
            credit_code=credit_code,
            place_code=place[0] if place else "",
            place_name=cells.short_place_name(texts.get("place_name", "")),
            address=texts.get("address", ""),
            joined_on=joined_on,
            liaison_name=texts.get("liaison_name", ""),
            liaison_phone=phone,
        )
