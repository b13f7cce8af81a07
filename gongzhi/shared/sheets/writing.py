"""Tables out: files that Excel opens with their Chinese intact, and that run nothing."""

import csv
import io
import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, tzinfo

import xlsxwriter

from gongzhi.shared.moves import _
from gongzhi.shared.sheets.cells import is_formula, plain_cell, quoted, storable
from gongzhi.shared.sheets.faults import SheetError

_EXCEL_CELL = 32_767
_EXCEL_ROWS = 1_048_575
_CUT = "…"
_NARROWEST, _WIDEST = 8, 60
_BATCH = 2**16


def write_csv(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, zone: tzinfo | None = None
) -> Iterator[bytes]:
    """Yield a CSV file in pieces: UTF-8 with a byte order mark, so that Excel reads Chinese; CR LF ends lines.

    Texts that a spreadsheet would run are preceded by an apostrophe, which `read_sheet` takes off again.
    Aware moments are written as wall clock in `zone`, which must be given for them.
    """
    piece = io.StringIO(newline="")
    piece.write("\ufeff")
    writer = csv.writer(piece)
    for row in itertools.chain([header], rows):
        writer.writerow([_csv_cell(value, zone) for value in row])
        if piece.tell() > _BATCH:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def _csv_cell(value: object, zone: tzinfo | None) -> str:
    if isinstance(value, str):
        return quoted(storable(value))
    return plain_cell(_wall_clock(value, zone))


def _wall_clock(value: object, zone: tzinfo | None) -> object:
    if isinstance(value, datetime) and value.tzinfo:
        if zone is None:
            raise ValueError("an aware moment needs the zone in which it is to be written")
        return value.astimezone(zone).replace(tzinfo=None)
    return value


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    zone: tzinfo | None = None,
    title: str = "Sheet1",
) -> bytes:
    """Return a workbook of one sheet, its header bold and fixed, its columns as wide as their Chinese needs.

    Texts are always texts, never formulas or links; one longer than Excel's 32,767 characters is cut and
    ends in "…". Numbers and dates keep their kind. Rows go through a temporary file, not through memory.
    Raises `SheetError` for more rows than a sheet holds; aware moments are written as wall clock in `zone`,
    which must be given for them.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_urls": False})
    try:
        _fill(book, book.add_worksheet(_sheet_name(title)), header, rows, zone)
    finally:
        # Also after a fault: the rows' temporary file is open until then.
        book.close()
    return target.getvalue()


def _fill(
    book: xlsxwriter.Workbook,
    sheet: xlsxwriter.worksheet.Worksheet,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    zone: tzinfo | None,
) -> None:
    pen = _Pen(book, sheet, zone)
    stream = iter(rows)
    first = list(itertools.islice(stream, 100))
    for column in range(len(header)):
        shown = [header[column], *(row[column] for row in first if column < len(row))]
        width = max(_shown_width(value, zone) for value in shown) + 2
        sheet.set_column(column, column, max(_NARROWEST, min(_WIDEST, width)))
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(header):
        sheet.write_string(0, column, storable(name), pen.bold)
    number = 0
    for number, row in enumerate(itertools.chain(first, stream), 1):
        if number > _EXCEL_ROWS:
            raise SheetError(_("超过 %(limit)s 行，一张 Excel 表放不下，请改用 .csv 导出。"), limit=_EXCEL_ROWS)
        for column, value in enumerate(row):
            pen.put(number, column, value)
    if header:
        sheet.autofilter(0, 0, number, len(header) - 1)


def _sheet_name(title: str) -> str:
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip() or "Sheet1"


def _shown_width(value: object, zone: tzinfo | None) -> int:
    text = value if isinstance(value, str) else plain_cell(_wall_clock(value, zone))
    line = max(text[:200].split("\n"), key=len)
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)


class _Pen:
    """Writes one value into one cell, by its kind."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, zone: tzinfo | None) -> None:
        self.sheet, self.zone = sheet, zone
        self.bold = book.add_format({"bold": True})
        # Keeps a text a text even when a person edits the cell.
        self.as_text = book.add_format({"quote_prefix": True})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.clock = book.add_format({"num_format": "hh:mm:ss"})

    def put(self, row: int, column: int, value: object) -> None:
        value = _wall_clock(value, self.zone)
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self.sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float) and abs(value) < 1e15:
            self.sheet.write_number(row, column, value)
        elif isinstance(value, datetime | date | time) and _in_excel(value):
            shape = self.moment if isinstance(value, datetime) else self.day if isinstance(value, date) else self.clock
            self.sheet.write_datetime(row, column, value, shape)
        else:
            text = storable(plain_cell(value))
            if len(text) > _EXCEL_CELL:
                text = text[: _EXCEL_CELL - 1] + _CUT
            self.sheet.write_string(row, column, text, self.as_text if is_formula(text) else None)


def _in_excel(value: date | time) -> bool:
    return isinstance(value, time) or value.year >= 1901
