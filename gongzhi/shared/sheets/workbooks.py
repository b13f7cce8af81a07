"""Workbooks: what is inside is measured before it is opened, then read by calamine."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import python_calamine

from gongzhi.shared.moves import _
from gongzhi.shared.sheets.faults import Limits, SheetError
from gongzhi.shared.sheets.old_workbooks import Locked, Unreadable, used_area

Merge = tuple[tuple[int, int], tuple[int, int]]

_PIECE = 2**20
_PARTS = 5000
# A cell that holds something; an empty one is written <c r="A1" s="1"/> and costs nothing.
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Z]{1,3})(\d{1,9})["'](?:[^<>]*[^/<>])?>""")

NOT_A_TABLE = _("这不是表格文件。请上传 .xlsx、.xls 或 .csv 文件。")
DAMAGED = _("文件已损坏，打不开。请用 Excel 打开，另存为 .xlsx 再上传。")
LOCKED = _("文件有密码，读不了。请在 Excel 里取消密码，保存后再上传。")
TOO_LARGE = _("表格解压后太大，没有打开。请拆成几个文件，或另存为 .csv 再上传。")
NO_CONTENT = _("表格里没有内容。")


@dataclass(frozen=True)
class Grid:
    """One worksheet: its rows from the top, its merged ranges (from 0), and the names of all sheets."""

    rows: Iterable[Sequence[object]]
    merges: list[Merge]
    name: str
    names: tuple[str, ...]


def check_archive(stream: BinaryIO, limits: Limits) -> None:
    """Refuse a workbook that would unpack to too much or span too large an area, before anything opens it.

    Every part is unpacked piece by piece and counted, because the sizes that an archive states can lie.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = {part.filename.lower() for part in parts}
            if "xl/workbook.xml" not in names:
                known = "content.xml" in names or "xl/workbook.bin" in names
                raise SheetError(_("请在表格软件里另存为 .xlsx 或 .csv 再上传。") if known else NOT_A_TABLE)
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > limits.unpacked:
                raise SheetError(TOO_LARGE)
            if any(part.flag_bits & 1 for part in parts):
                raise SheetError(LOCKED)
            left = limits.unpacked
            for part in parts:
                left = _measure(stream, part, left, limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, NotImplementedError, ValueError) as error:
        raise SheetError(DAMAGED) from error


def _measure(stream: BinaryIO, part: zipfile.ZipInfo, left: int, limits: Limits) -> int:
    """Unpack one part without keeping it; return what may still be unpacked."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise SheetError(DAMAGED)
    tail, last_row, last_column = b"", 0, 0
    for piece in _unpacked(stream, part):
        left -= len(piece)
        if left < 0:
            raise SheetError(TOO_LARGE)
        if not part.filename.lower().endswith((".xml", ".rels")) and b"<" not in piece[:100]:
            continue
        for letters, row in set(_FILLED.findall(tail + piece)):
            last_row, last_column = max(last_row, int(row)), max(last_column, _place(letters))
        tail = piece[-200:]
        if last_row * last_column > limits.grid:
            raise SheetError(TOO_LARGE)
    return left


def _place(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place


def _unpacked(stream: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's content in pieces of at most 1 MiB, up to the true end of its data."""
    stream.seek(part.header_offset)
    header = stream.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    stream.seek(name_length + extra_length, io.SEEK_CUR)
    packed = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while packed > 0 and (piece := stream.read(min(packed, _PIECE))):
            packed -= len(piece)
            yield piece
        return
    machine = zlib.decompressobj(-15)
    waiting = b""
    while not machine.eof:
        if not waiting:
            waiting = stream.read(min(packed, _PIECE // 4))
            packed -= len(waiting)
            if not waiting:
                return
        yield machine.decompress(waiting, _PIECE)
        waiting = machine.unconsumed_tail


def check_old(stream: BinaryIO, limits: Limits) -> None:
    """Refuse what wears the old Office coat but is no plain `.xls`: one with a password, too large, or a letter."""
    stream.seek(0)
    try:
        area = used_area(stream.read())
    except Locked as error:
        raise SheetError(LOCKED) from error
    except Unreadable as error:
        raise SheetError(NOT_A_TABLE) from error
    if area > limits.grid:
        raise SheetError(TOO_LARGE)


def open_grid(stream: BinaryIO, wanted: str | None) -> Grid:
    """Open the worksheet named `wanted`, else the first visible one with content."""
    stream.seek(0)
    try:
        return _grid(python_calamine.load_workbook(stream), wanted)
    except SheetError:
        raise
    except python_calamine.PasswordError as error:
        raise SheetError(LOCKED) from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic in the reader's Rust is no `Exception`
        raise SheetError(DAMAGED) from error


def _grid(book: python_calamine.CalamineWorkbook, wanted: str | None) -> Grid:
    sheets = [
        about
        for about in book.sheets_metadata
        if about.typ == python_calamine.SheetTypeEnum.WorkSheet
        and (about.visible == python_calamine.SheetVisibleEnum.Visible or about.name == wanted)
    ]
    names = tuple(about.name for about in sheets)
    if wanted is not None and wanted not in names:
        raise SheetError(_("文件里没有名为“%(name)s”的工作表。"), name=wanted)
    for name in [wanted] if wanted is not None else names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            merges = sorted(sheet.merged_cell_ranges or [])
            return Grid(sheet.iter_rows(), merges, name, names)
    raise SheetError(NO_CONTENT)
