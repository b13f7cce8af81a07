"""From the rows of somebody's spreadsheet to lines of the three lists, or to what is wrong with them. Pure.

Whether the unit is known, and whether the line stands already, is the room's to know (`actions.look_at_list`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from gongzhi.exchange import round_rules, rules
from gongzhi.exchange.quantities import quantity, shown
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rules import Kind
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.sheets import Row, RowError, SheetError, clean, parse_moment, recognise_columns

_UNIT, _WORDS = _("单位或个人成员"), _("具体说明")
# What is read of each list, and what the columns are called.
FIELDS: Mapping[Sheet, Mapping[str, str]] = {
    Sheet.HAVE: {
        "unit": _UNIT, "kind": _("类别"), "title": _("资源内容"), "quantity": _("数量"), "measure": _("计量单位"),
        "until": _("有效期至"), "conditions": _("条件"), "words": _WORDS,
    },
    Sheet.NEED: {
        "unit": _UNIT, "kind": _("类别"), "title": _("需求内容"), "quantity": _("数量"), "measure": _("计量单位"),
        "until": _("最晚日期"), "urgency": _("紧急程度"), "words": _WORDS,
    },
    Sheet.LINK: {"unit": _UNIT, "ways": _("参与方式"), "reach": _("怎么联系"), "words": _WORDS},
}  # fmt: skip
NEEDED: Mapping[Sheet, Sequence[str]] = {
    Sheet.HAVE: ("unit", "title", "quantity"),
    Sheet.NEED: ("unit", "title", "quantity"),
    Sheet.LINK: ("unit", "ways"),
}
_SYNONYMS = {
    "unit": "单位 单位名称 成员单位 提供单位 需求单位 提供方 需求方 责任单位 个人成员 姓名 unit",
    "kind": "类别 类型 资源类别 资源类型 需求类别 需求类型 kind",
    "title": "资源内容 需求内容 资源名称 需求名称 项目名称 内容 名称 资源 需求 title",
    "quantity": "数量 总数 quantity",
    "measure": "计量单位 单位量 measure",
    "until": "有效期至 有效期 截止日期 最晚日期 完成时限 需要时间 时间 until",
    "conditions": "条件 使用条件 要求 conditions",
    "urgency": "紧急程度 缓急程度 urgency",
    "ways": "参与方式 对接方式 参与形式 ways",
    "reach": "怎么联系 联系途径 联络方式 reach",
    "words": "具体说明 说明 备注 具体内容 words",
}
_KIND_WORDS = {
    Kind.PLACE: "场地 场所 会议室 阵地", Kind.SKILL: "技术 人才 专业", Kind.FUNDS: "资金 经费", Kind.GOODS: "物资 物品 设备",
    Kind.INFORMATION: "信息 政策", Kind.SERVICE: "服务 活动", Kind.CHANNEL: "渠道 平台", Kind.PARKING: "车位 停车",
}  # fmt: skip
_LENGTHS = {"unit": 120, "title": 120, "measure": 20, "conditions": 500, "words": 500}
_NOT_GIVEN = frozenset("- -- — —— / \\ 无".split())
_COUNTED = re.compile(r"([\d,.]+)\s*(\D{0,20})")


@dataclass(frozen=True)
class Draft:
    """One row as a line of a list would be; `given` holds what the details of an offer, a need or an answer take."""

    row: int
    unit: str
    given: dict[str, Any] = field(hash=False)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two lines of one unit the same line; of the third list a unit has one."""
        return tuple(folded(self.given[name]) for name in ("kind", "title", "measure") if name in self.given)


def folded(text: str) -> str:
    """A text as compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def guess_columns(header: Sequence[str], sheet: Sheet, words: Callable[[str], str] = str) -> dict[str, int]:
    """Which column (from 0) holds which field; `words` says a field's name in the reader's language."""
    fields = FIELDS[sheet]
    synonyms = {name: [label, words(label), *_SYNONYMS[name].split()] for name, label in fields.items()}
    return recognise_columns(header, synonyms)


def read_lines(
    rows: Iterable[Row],
    columns: Mapping[str, int],
    sheet: Sheet,
    *,
    header: Sequence[str] = (),
    words: Callable[[str], str] = str,
) -> Iterator[Draft | RowError]:
    """Yield a draft for each good row and one or more errors for each bad one, in the file's order."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        reader = _Reader(row, columns, header, words)
        draft = reader.line(sheet) if sheet is not Sheet.LINK else reader.link()
        if draft is None:
            yield from reader.errors
            continue
        first = seen.setdefault((folded(draft.unit), *draft.key), row.number)
        if first == row.number:
            yield draft
        else:
            message = _("与第 %(first)s 行重复。")
            yield RowError(row.number, None, "", message, draft.unit, {"first": first}, "duplicate", first)


class _Reader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(
        self, row: Row, columns: Mapping[str, int], header: Sequence[str], words: Callable[[str], str]
    ) -> None:
        self.row, self.columns, self.header, self.words = row, columns, header, words
        self.errors: list[RowError] = []
        self.texts = {name: self._text(name) for name in columns}
        if not self.texts.get("unit"):
            self.wrong("unit", _("没有写是哪家单位、哪位个人成员的。"))

    def _text(self, name: str) -> str:
        column = self.columns[name]
        text = " ".join(clean(self.row.cells[column]).split()) if column < len(self.row.cells) else ""
        limit = _LENGTHS.get(name, 200)
        if len(text) > limit:
            self.wrong(name, _("有 %(length)s 字，超过了 %(limit)s 字的上限。"), text, length=len(text), limit=limit)
        return "" if text in _NOT_GIVEN else text

    def wrong(self, name: str, message: str, text: str = "", /, **values: object) -> None:
        """Note one thing wrong with a field, which may have no column of its own."""
        column = self.columns.get(name)
        called = self.header[column] if column is not None and column < len(self.header) else ""
        place = None if column is None else column + 1
        self.errors.append(RowError(self.row.number, place, called, message, text[:100], values))

    def line(self, sheet: Sheet) -> Draft | None:
        """A line of the first or second list, or None with the reasons in `errors`."""
        title = self.texts.get("title", "")
        if not title:
            self.wrong("title", _("没有写内容。"))
        amount, measure = self._amount()
        kind = self._kind(title)
        given: dict[str, Any] = {"kind": kind, "title": title, "quantity": amount, "measure": measure}
        given["words"] = self.texts.get("words", "")
        until = self._day()
        if sheet is Sheet.HAVE:
            given |= {"valid_until": until, "conditions": self.texts.get("conditions", "")}
        else:
            given |= {"deadline": until, "urgency": self._one("urgency", rules.URGENCY_LABELS, 1)}
        return None if self.errors else Draft(self.row.number, self.texts["unit"], given)

    def link(self) -> Draft | None:
        """A line of the third list, or None with the reasons in `errors`."""
        known = self._known(round_rules.WAY_LABELS)
        ways = [known.get(folded(one)) for one in re.split(r"[、,，;；\n]+", self.texts.get("ways", "")) if one.strip()]
        if not ways or None in ways:
            message = _("参与方式请从这些里选：%(choices)s。")
            self.wrong("ways", message, self.texts.get("ways", ""), choices=self._all(round_rules.WAY_LABELS))
        reach = self._one("reach", round_rules.REACH_LABELS, round_rules.Reach.PHONE)
        given = {"ways": ways, "reach": reach, "words": self.texts.get("words", "")}
        return None if self.errors else Draft(self.row.number, self.texts["unit"], given)

    def _amount(self) -> tuple[str, str]:
        """ "20", or "20小时" where the measure has no column of its own."""
        text, measure = self.texts.get("quantity", ""), self.texts.get("measure", "")
        found = _COUNTED.fullmatch(unicodedata.normalize("NFKC", text))
        try:
            amount = shown(quantity(found[1].replace(",", "") if found else text))
        except Refused as refusal:
            self.wrong("quantity", refusal.message, text, **refusal.values)
            return "", measure
        measure = measure or (found[2].strip() if found else "")
        if not measure:
            self.wrong(
                "measure" if "measure" in self.columns else "quantity", _("请写计量单位，如小时、次、个。"), text
            )
        return amount, measure

    def _kind(self, title: str) -> str:
        """The kind as it is called here, else by a word that only one kind has."""
        text = self.texts.get("kind", "")
        if found := self._known(rules.KIND_LABELS).get(folded(text)):
            return str(found.value)
        for said in (text, title) if not text else (text,):
            if hits := [kind for kind, words in _KIND_WORDS.items() if any(one in said for one in words.split())]:
                return hits[0].value
        message = _("看不出类别，请从这些里选：%(choices)s。")
        self.wrong("kind", message, text, choices=self._all(rules.KIND_LABELS))
        return ""

    def _day(self) -> Any:
        text = self.texts.get("until", "")
        try:
            return parse_moment(text, UTC).date() if text else None
        except SheetError as error:
            self.wrong("until", error.message, text, **error.values)
            return None

    def _one(self, name: str, labels: Mapping[Any, str], otherwise: Any) -> Any:
        text = self.texts.get(name, "")
        found = self._known(labels).get(folded(text), otherwise if not text else None)
        if found is None:
            self.wrong(name, _("请从这些里选：%(choices)s。"), text, choices=self._all(labels))
        return found

    def _known(self, labels: Mapping[Any, str]) -> dict[str, Any]:
        return {folded(said): key for key, label in labels.items() for said in (label, self.words(label))}

    def _all(self, labels: Mapping[Any, str]) -> str:
        return "、".join(self.words(label) for label in labels.values())
