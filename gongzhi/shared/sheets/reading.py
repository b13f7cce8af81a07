"""From a file of any kind to a header and a stream of rows."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from gongzhi.shared.moves import _
from gongzhi.shared.sheets.cells import clean, plain_cell
from gongzhi.shared.sheets.faults import Limits, SheetError, column_letter
from gongzhi.shared.sheets.texts import Records
from gongzhi.shared.sheets.workbooks import (
    NO_CONTENT,
    NOT_A_TABLE,
    Merge,
    check_archive,
    check_old,
    open_grid,
)

_LOOK = 60  # rows looked at to find the header and the width
_DEEPEST = 20  # rows of titles above a header, at most
_NUMERIC = re.compile(r"[\d\s:：/\-.,+%年月日]+")
_PAGE = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|meta|table|body|div|style)", re.I | re.S
)
_OTHER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")


class Row(NamedTuple):
    """One row: its number in the file as Excel counts it, and its cells as text.

    There are as many cells as the header has names, and more where a row overflows: then a delimiter inside
    some text was not quoted, and what stands where is uncertain.
    """

    number: int
    cells: tuple[str, ...]


@dataclass
class Sheet:
    """An opened table. `rows` streams once; close it, or use it in a `with`, to let go of the file.

    `kind` is "xlsx", "xls" or "csv"; `encoding` and `delimiter` are those of a text file.
    """

    header: tuple[str, ...]
    header_row: int
    rows: Iterator[Row]
    kind: str
    name: str = ""
    names: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    owner: "_Owner | None" = None

    def close(self) -> None:
        """Let go of the file; a stream that the caller handed in stays open."""
        if self.owner:
            self.owner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass
class _Owner:
    stream: BinaryIO
    ours: bool
    records: Records | None = None

    def close(self) -> None:
        if self.records:
            self.records.close()
        if self.ours:
            self.stream.close()


def read_sheet(
    source: bytes | Path | BinaryIO,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    limits: Limits | None = None,
) -> Sheet:
    """Open a table by what it contains: `.xlsx`, `.xls`, or delimited text in UTF-8, UTF-16 or GB18030.

    Finds the header below titles unless `header_row` names it; skips empty rows, drops empty columns at the
    end, fills vertically merged cells down, tells columns of one name apart. A text file streams in
    constant memory. Raises `SheetError` for whatever is no table, locked, damaged or too large; so does
    `rows` further down.
    """
    limits = limits or Limits()
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    owner = _Owner(source.open("rb"), True) if isinstance(source, Path) else _Owner(source, False)
    try:
        return _opened(owner, sheet, header_row, limits)
    except BaseException:
        owner.close()
        raise


def _opened(owner: _Owner, wanted: str | None, header_row: int | None, limits: Limits) -> Sheet:
    stream = owner.stream
    kind = _kind(stream, limits)
    if kind == "csv":
        owner.records = records = Records(stream, limits)
        rows = _numbered(records, limits)
        header, number, body = _shape(rows, [], header_row, limits)
        return Sheet(header, number, body, kind, encoding=records.encoding, delimiter=records.delimiter, owner=owner)
    if kind == "xlsx":
        check_archive(stream, limits)
    else:
        check_old(stream, limits)
    grid = open_grid(stream, wanted)
    texts = ((place, [plain_cell(cell) for cell in row]) for place, row in enumerate(grid.rows, 1))
    header, number, body = _shape(_numbered(texts, limits), grid.merges, header_row, limits)
    return Sheet(header, number, body, kind, name=grid.name, names=grid.names, owner=owner)


def _kind(stream: BinaryIO, limits: Limits) -> str:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(4096)
    if size is not None and size > limits.size:
        raise SheetError(
            _("文件有 %(size)s MB，超过了 %(limit)s MB 的上限，请拆成几个文件。"),
            size=size // 2**20,
            limit=limits.size // 2**20,
        )
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise SheetError(_("文件是空的。"))
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if head.startswith(_OTHER):
        raise SheetError(NOT_A_TABLE)
    if _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) or b"urn:schemas-microsoft-com:office" in head:
        raise SheetError(_("这其实是网页，只是名字像表格。请用 Excel 打开，另存为 .xlsx 再上传。"))
    return "csv"


def _numbered(rows: Iterable[tuple[int, list[str]]], limits: Limits) -> Iterator[Row]:
    """Rows that hold something, within the limits."""
    held = 0
    for number, cells in rows:
        width = _extent(cells)
        if not width:
            continue
        held += 1
        if held > limits.rows:
            raise SheetError(_("表格超过 %(limit)s 行，请拆成几个文件。"), row=number, limit=limits.rows)
        if width > limits.columns:
            raise SheetError(
                _("第 %(line)s 行有 %(width)s 列，超过了 %(limit)s 列的上限。"),
                row=number,
                line=number,
                width=width,
                limit=limits.columns,
            )
        if max(map(len, cells)) > limits.cell:
            _refuse_cell(number, cells, limits)
        yield Row(number, tuple(cells))


def _extent(cells: Sequence[str]) -> int:
    """How many cells there are up to the last that holds more than blanks."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def _refuse_cell(number: int, cells: list[str], limits: Limits) -> None:
    column = next(place for place, cell in enumerate(cells, 1) if len(cell) > limits.cell)
    raise SheetError(
        _("第 %(line)s 行 %(letter)s 列有 %(length)s 字，超过了 %(limit)s 字的上限。"),
        row=number,
        column=column,
        line=number,
        letter=column_letter(column),
        length=len(cells[column - 1]),
        limit=limits.cell,
    )


def _shape(
    rows: Iterator[Row], merges: Sequence[Merge], header_row: int | None, limits: Limits
) -> tuple[tuple[str, ...], int, Iterator[Row]]:
    """Find the header and return its names, its row number, and the rows below it, all of one width."""
    look = _LOOK if header_row is None else _LOOK + header_row
    sample = []
    for row in rows:
        sample.append(row)
        if len(sample) >= look:
            break
    if not sample:
        raise SheetError(NO_CONTENT)
    first = _header_place(sample, header_row)
    top = sample[first].number
    bottom = max((low[0] + 1 for high, low in merges if high[0] == top - 1), default=top)
    levels = [row for row in sample if top <= row.number <= min(bottom, top + 2)]
    below = sample[first + len(levels) :]
    names = _names(levels, merges)
    width = _width(names, below)
    names = _distinct(names[:width] + [""] * (width - len(names)))
    down = [merge for merge in merges if merge[0][0] >= levels[-1].number and merge[1][0] > merge[0][0]]
    return tuple(names), top, _body(below, rows, width, down)


def _header_place(sample: Sequence[Row], header_row: int | None) -> int:
    if header_row is not None:
        for place, row in enumerate(sample):
            if row.number == header_row:
                return place
        raise SheetError(_("第 %(line)s 行是空的，不能当表头。"), row=header_row, line=header_row)
    needed = (max(_filled(row) for row in sample) + 1) // 2
    for place, row in enumerate(sample[:_DEEPEST]):
        if _filled(row) >= needed and _looks_like_header(row):
            return place
    raise SheetError(
        _("没有找到表头。请在数据上面留一行写列名，例如“来电时间、诉求内容、地址”。"), row=sample[0].number
    )


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell.strip())


def _looks_like_header(row: Row) -> bool:
    """Names are short words, mostly different from each other; numbers and dates are data."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    words = [cell for cell in cells if len(cell) <= 60 and not _NUMERIC.fullmatch(cell)]
    return len(words) * 10 >= len(cells) * 7 and len(set(cells)) * 10 >= len(cells) * 6


def _names(levels: Sequence[Row], merges: Sequence[Merge]) -> list[str]:
    """The names of the columns; a header of several levels joins them, as in "问题类别/大类"."""
    width = max(len(row.cells) for row in levels)
    table = {row.number: [*row.cells, *[""] * (width - len(row.cells))] for row in levels}
    for (high, left), (_low, right) in merges:
        cells = table.get(high + 1)
        if cells and len(levels) > 1:
            for column in range(left + 1, min(right + 1, width)):
                cells[column] = cells[left]
    names = []
    for column in range(width):
        parts = [" ".join(clean(cells[column]).split()) for cells in table.values()]
        names.append("/".join(dict.fromkeys(part for part in parts if part)))
    return names


def _width(names: Sequence[str], below: Sequence[Row]) -> int:
    """The width of the table: that of its names, or of its rows where a fifth of them and more go further."""
    named = max((place for place, name in enumerate(names, 1) if name), default=0)
    wider = sorted(extent for row in below if (extent := _extent(row.cells)) > named)
    return wider[-1] if len(wider) * 5 >= len(below) and len(wider) > 1 else named


def _distinct(names: Sequence[str]) -> list[str]:
    """Name the nameless by their letter, and number those of one name."""
    taken: set[str] = set()
    result = []
    for column, name in enumerate(names, 1):
        wanted = known = name or f"{column_letter(column)}列"
        again = 1
        while unicodedata.normalize("NFKC", known).lower() in taken:
            again += 1
            known = f"{wanted} ({again})"
        taken.add(unicodedata.normalize("NFKC", known).lower())
        result.append(known)
    return result


def _body(below: Sequence[Row], rest: Iterator[Row], width: int, merges: Sequence[Merge]) -> Iterator[Row]:
    """The rows padded to the width, with merged cells filled down."""
    waiting = list(reversed(merges))
    open_merges: list[tuple[int, int, str]] = []
    for source in (below, rest):
        for row in source:
            cells = [*row.cells[: max(width, _extent(row.cells))], *[""] * (width - len(row.cells))]
            if waiting or open_merges:
                open_merges = [merge for merge in open_merges if merge[0] >= row.number]
                for _last, column, text in open_merges:
                    if column < len(cells) and not cells[column]:
                        cells[column] = text
                while waiting and waiting[-1][0][0] < row.number:
                    (high, left), (low, _right) = waiting.pop()
                    if high == row.number - 1 and left < len(cells):
                        open_merges.append((low + 1, left, cells[left]))
            yield Row(row.number, tuple(cells))
