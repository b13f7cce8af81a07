"""From the rows of somebody's spreadsheet to drafts of demands, or to what is wrong with a row. Pure.

Nothing is taken in here: `read_drafts` says what would be, row by row, and gives each row a key by which
the same demand is known again in the same file, another file, or another export of the same system.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b

from gongzhi.demands.import_cells import (
    KINDS,
    URGENCIES,
    read_category,
    read_email,
    read_flag,
    read_phones,
)
from gongzhi.demands.import_columns import FIELDS, NOT_GIVEN, SYNONYMS, guess_mapping
from gongzhi.neighbourhood.import_cells import read_position
from gongzhi.shared.moves import _
from gongzhi.shared.sheets import Row, RowError, SheetError, clean, parse_moment

__all__ = ["FIELDS", "SYNONYMS", "Draft", "RowError", "guess_mapping", "read_drafts"]

BODY_LIMIT = 20_000
LENGTHS = {
    "external_number": 60,
    "subject": 200,
    "body": BODY_LIMIT,
    "place_name": 300,
    "subdistrict": 60,
    "community": 60,
    "category": 200,
    "category_1": 60,
    "category_2": 60,
    "category_3": 60,
    "kind": 60,
    "source": 60,
    "urgency": 60,
    "reporter_name": 60,
    "phone": 100,
    "handler": 120,
    "state_note": 4000,
}
EARLIEST = 1990
_SHORT = 40
_SENTENCE_ENDS = "。！？；!?;\n"


@dataclass(frozen=True)
class Draft:
    """One row as a demand would be: plain values, "" or None where the row says nothing.

    `reported_at` None means not stated. `subject` is never empty; `subject_composed` says that we made it,
    from the body's beginning or from category and place. `unread` holds (field, text) of cells whose
    meaning we do not know, such as a kind outside ours, or a masked number.
    """

    row: int
    source_key: str
    external_number: str = ""
    reported_at: datetime | None = None
    subject: str = ""
    subject_composed: bool = False
    body: str = ""
    place_name: str = ""
    subdistrict: str = ""
    community: str = ""
    category: tuple[str, ...] = ()
    kind: str = ""
    source: str = ""
    urgency: str = ""
    reporter_name: str = ""
    phone: str = ""
    email: str = ""
    lon: float | None = None
    lat: float | None = None
    handler: str = ""
    closed_at: datetime | None = None
    in_time: bool | None = None
    state_note: str = ""
    unread: tuple[tuple[str, str], ...] = ()


def read_drafts(
    rows: Iterable[Row],
    mapping: Mapping[str, int],
    *,
    zone: tzinfo,
    now: datetime,
    header: Sequence[str] = (),
    origin: str = "",
) -> Iterator[Draft | RowError]:
    """Yield a draft for each good row and one or more errors for each bad one, in the file's order.

    `mapping` gives fields their columns (from 0). Times without a zone are wall clock in `zone`; none may
    lie more than a day after `now`. `origin` names the system that numbered the rows, where the file is
    known to come from one: numbers of two systems then never meet. Memory grows by some 150 bytes a row, to
    know repeats.
    """
    unknown = mapping.keys() - FIELDS.keys()
    if unknown:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    seen: dict[bytes, int] = {}
    for row in rows:
        reader = _RowReader(row, mapping, zone, now, header)
        draft = reader.draft(origin)
        if draft is None:
            yield from reader.errors
            continue
        first = seen.setdefault(bytes.fromhex(draft.source_key), row.number)
        if first == row.number:
            yield draft
        else:
            yield _repeated(draft, first, reader)


def _repeated(draft: Draft, first: int, reader: "_RowReader") -> RowError:
    column = reader.mapping.get("external_number") if draft.external_number else None
    return RowError(
        draft.row,
        None if column is None else column + 1,
        "" if column is None else reader.name_of("external_number"),
        _("与第 %(first)s 行编号相同。") if draft.external_number else _("与第 %(first)s 行内容相同。"),
        draft.external_number or draft.subject,
        {"first": first},
        "duplicate",
        first,
    )


class _RowReader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(
        self, row: Row, mapping: Mapping[str, int], zone: tzinfo, now: datetime, header: Sequence[str]
    ) -> None:
        self.row, self.mapping, self.zone, self.now, self.header = row, mapping, zone, now, header
        self.errors: list[RowError] = []
        self.unread: list[tuple[str, str]] = []
        self.texts = {name: self._text(name) for name in mapping}

    def name_of(self, name: str) -> str:
        """The column's name as the file has it, else ours."""
        column = self.mapping[name]
        return self.header[column] if column < len(self.header) else FIELDS[name]

    def _text(self, name: str) -> str:
        column = self.mapping[name]
        text = clean(self.row.cells[column]).strip() if column < len(self.row.cells) else ""
        if text in NOT_GIVEN:
            return ""
        limit = LENGTHS.get(name)
        if limit and len(text) > limit:
            message = _("有 %(length)s 字，超过了 %(limit)s 字的上限。")
            self._wrong(name, message, text, length=len(text), limit=limit)
            return ""
        return text

    def _wrong(self, name: str | None, message: str, text: str, **values: object) -> None:
        column = self.mapping.get(name) if name else None
        self.errors.append(
            RowError(
                self.row.number,
                None if column is None else column + 1,
                self.name_of(name) if name and column is not None else "",
                message,
                text[:100],
                values,
            )
        )

    def draft(self, origin: str) -> Draft | None:
        """The row as a draft, or None with the reasons in `errors`."""
        if self.header and len(self.row.cells) > len(self.header):
            surplus = len(self.row.cells) - len(self.header)
            self._wrong(None, _("比表头多出 %(surplus)s 格，可能是内容里的分隔符没有加引号。"), "", surplus=surplus)
            return None
        texts = self.texts
        reported_at, closed_at = self._moment("reported_at"), self._moment("closed_at")
        if reported_at and closed_at and closed_at < reported_at:
            self._wrong("closed_at", _("办结时间早于反映时间。"), texts["closed_at"])
        category = self._category()
        phone, email, position = self._phone(), self._email(), self._position()
        subject, composed = self._subject(category)
        kind, urgency = self._word("kind", KINDS), self._word("urgency", URGENCIES)
        in_time = self._in_time()
        if self.errors:
            return None
        plain = {name: texts.get(name, "") for name in _AS_THEY_ARE}
        return Draft(
            row=self.row.number,
            source_key=_source_key(texts, reported_at, position, category, origin),
            reported_at=reported_at,
            subject=subject,
            subject_composed=composed,
            category=category,
            kind=kind,
            urgency=urgency,
            phone=phone,
            email=email,
            lon=position[0] if position else None,
            lat=position[1] if position else None,
            closed_at=closed_at,
            in_time=in_time,
            unread=tuple(self.unread),
            **plain,
        )

    def _moment(self, name: str) -> datetime | None:
        text = self.texts.get(name)
        if not text:
            return None
        try:
            moment = parse_moment(text, self.zone)
        except SheetError as error:
            self._wrong(name, error.message, text, **error.values)
            return None
        if moment > self.now + timedelta(days=1):
            self._wrong(name, _("时间“%(value)s”在将来。"), text, value=text)
        elif moment.year < EARLIEST:
            self._wrong(name, _("时间“%(value)s”早于 %(year)s 年。"), text, value=text, year=EARLIEST)
        else:
            return moment
        return None

    def _category(self) -> tuple[str, ...]:
        texts = self.texts
        levels = [texts[name] for name in ("category_1", "category_2", "category_3") if texts.get(name)]
        if levels or not texts.get("category"):
            return tuple(levels)
        try:
            return read_category(texts["category"])
        except SheetError as error:
            self._wrong("category", error.message, texts["category"], **error.values)
            return ()

    def _phone(self) -> str:
        text = self.texts.get("phone", "")
        if "*" in text or "＊" in text:
            self.unread.append(("phone", text))
            return ""
        try:
            numbers = read_phones(text)
        except SheetError as error:
            self._wrong("phone", error.message, text, **error.values)
            return ""
        self.unread.extend(("phone", number) for number in numbers[1:])
        return numbers[0] if numbers else ""

    def _email(self) -> str:
        text = self.texts.get("email", "")
        try:
            return read_email(text) if text else ""
        except SheetError as error:
            self._wrong("email", error.message, text, **error.values)
            return ""

    def _position(self) -> tuple[float, float] | None:
        lon, lat = self.texts.get("lon", ""), self.texts.get("lat", "")
        if not lon and not lat:
            return None
        try:
            return read_position(lon, lat)
        except SheetError as error:
            self._wrong("lon" if "lon" in self.mapping else "lat", error.message, f"{lon}，{lat}", **error.values)
            return None

    def _word(self, name: str, known: Mapping[str, str]) -> str:
        text = self.texts.get(name, "")
        if text and text.lower() not in known:
            self.unread.append((name, text))
        return known.get(text.lower(), "")

    def _in_time(self) -> bool | None:
        for name, turned in (("in_time", False), ("overtime", True)):
            text = self.texts.get(name)
            if not text:
                continue
            flag = read_flag(text)
            if flag is None:
                self.unread.append((name, text))
            else:
                return flag is not turned
        return None

    def _subject(self, category: tuple[str, ...]) -> tuple[str, bool]:
        """A subject that a person can read, and whether we composed it."""
        texts = self.texts
        if texts.get("subject"):
            return texts["subject"], False
        if texts.get("body"):
            return _beginning(texts["body"]), True
        if category:
            place = texts.get("place_name") or texts.get("subdistrict", "") + texts.get("community", "")
            return (f"{category[-1]}（{place}）" if place else category[-1])[: LENGTHS["subject"]], True
        if not self.errors:
            name = next((name for name in ("body", "subject", "category") if name in self.mapping), None)
            self._wrong(name, _("没有诉求内容：标题和内容都是空的。"), "")
        return "", False


_AS_THEY_ARE = (
    "external_number",
    "body",
    "place_name",
    "subdistrict",
    "community",
    "source",
    "reporter_name",
    "handler",
    "state_note",
)


def _beginning(body: str) -> str:
    """The first sentence of a text, or as much of it as fits a line."""
    line = body.lstrip()[: _SHORT + 1]
    end = next((place for place, letter in enumerate(line) if letter in _SENTENCE_ENDS and place > 3), None)
    if end is not None:
        return line[:end].strip()
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def _source_key(
    texts: Mapping[str, str],
    reported_at: datetime | None,
    position: tuple[float, float] | None,
    category: tuple[str, ...],
    origin: str,
) -> str:
    """A digest that is equal for the same demand: by its number and source, else by time, words and place.

    Blanks and full-width forms make no difference, nor do columns that change as a demand is worked on.
    Without any words, the category and the handler stand in for them.
    """
    number = _same(texts.get("external_number", ""))
    if number:
        parts = ["number", _same(origin), _same(texts.get("source", "")), number]
    else:
        said = [_same(texts.get(name, "")) for name in ("subject", "body")]
        where = [_same(texts.get(name, "")) for name in ("place_name", "subdistrict", "community")]
        when = reported_at.astimezone(UTC).isoformat() if reported_at else ""
        at = f"{position[0]:.5f},{position[1]:.5f}" if position else ""
        parts = ["content", _same(origin), when, *said, *where, at]
        if not any(said):
            parts += [*category, _same(texts.get("handler", ""))]
    return blake2b("\x1f".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _same(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()
