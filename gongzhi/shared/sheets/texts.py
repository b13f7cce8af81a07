"""Text files with delimiters: which encoding, which delimiter, and the records as a stream."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from gongzhi.shared.moves import _
from gongzhi.shared.sheets.cells import unquoted
from gongzhi.shared.sheets.faults import Limits, SheetError

_CHUNK = 2**18
_SAMPLE = 2**16
_LINE = 2**21
_DELIMITERS = ",\t;|"
_SEP = re.compile(r"sep=(.)\s*$")


def find_encoding(stream: BinaryIO) -> str:
    """Name the codec of the whole stream: a mark at its start, else UTF-8 where all of it is, else GB18030.

    Reads to the end in pieces; a text that is neither raises `SheetError` naming the row.
    """
    stream.seek(0)
    head = stream.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _must_decode(stream, "utf-16")
        return "utf-16"
    if b"\0" in head and (wide := _wide(head)):
        _must_decode(stream, wide)
        return wide
    wrong = _first_fault(stream, "utf-8")
    if wrong is None:
        return "utf-8-sig"
    if _mostly_utf8(stream, wrong):
        raise _undecodable(stream, wrong)
    _must_decode(stream, "gb18030")
    return "gb18030"


def _wide(head: bytes) -> str:
    """UTF-16 without a mark shows zeros on one side only; zeros on both sides are no text at all."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 10 * even and odd * 50 > len(head):
        return "utf-16-le"
    if even > 10 * odd and even * 50 > len(head):
        return "utf-16-be"
    if (even + odd) * 100 > len(head):
        raise SheetError(_("这不是表格文件。请上传 .xlsx、.xls 或 .csv 文件。"))
    return ""


def _first_fault(stream: BinaryIO, encoding: str) -> int | None:
    """Where the stream first fails to decode, in bytes; None where it never does."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    while True:
        chunk = stream.read(_CHUNK)
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # The decoder may have held back some bytes of the chunk before; close enough to name a row.
            return position + error.start
        if not chunk:
            return None
        position += len(chunk)


def _must_decode(stream: BinaryIO, encoding: str) -> None:
    wrong = _first_fault(stream, encoding)
    if wrong is not None:
        raise _undecodable(stream, wrong)


def _mostly_utf8(stream: BinaryIO, position: int) -> bool:
    """Whether the text around a fault is UTF-8 with a broken letter, rather than another encoding."""
    stream.seek(max(position - _SAMPLE, 0))
    text = stream.read(2 * _SAMPLE).decode("utf-8", "replace")
    letters = sum(1 for letter in text if letter > "\x7f")
    return letters > 8 * text.count("\ufffd")


def _undecodable(stream: BinaryIO, position: int) -> SheetError:
    stream.seek(0)
    row, left = 1, position
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        row += chunk.count(b"\n")
        left -= len(chunk)
    return SheetError(
        _("第 %(line)s 行附近有损坏的文字，读不出来。请用 Excel 打开，另存为 .xlsx 再上传。"),
        row=row,
        line=row,
    )


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the most records of this beginning of a file into one same number of cells."""
    if marked := _SEP.match(text.partition("\n")[0].rstrip("\r")):
        return marked[1]
    best, score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = _widths(text, delimiter)
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        if usual > 1 and (widths.count(usual) / len(widths), usual) > score:
            best, score = delimiter, (widths.count(usual) / len(widths), usual)
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    widths = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(record):
                widths.append(len(record))
            if len(widths) >= 60:
                return widths
    except csv.Error:
        pass
    return widths[:-1] if len(widths) > 1 and len(text) >= _SAMPLE // 4 else widths


class Records:
    """The records of a text file, in order; `number` counts them from 1, blank ones too, as Excel does."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.encoding = find_encoding(stream)
        self.limits = limits
        stream.seek(0)
        self.text = io.TextIOWrapper(stream, encoding=self.encoding, newline="")
        beginning = self.text.read(_SAMPLE // 4).removeprefix("\ufeff")
        self.delimiter = find_delimiter(beginning)
        self.text.seek(0)
        self.number = 0
        self.ended = False
        self.first = beginning.partition("\n")[0].rstrip("\r")

    def close(self) -> None:
        """Leave the stream to its owner, open."""
        if not self.text.closed:
            self.text.detach()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._lines(), delimiter=self.delimiter)
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._unreadable() from error
            if self.ended:
                # The reader asked for a line beyond the last to end this record: a quote was never closed.
                raise self._unreadable()
            self.number += 1
            if self.number == 1 and record:
                record[0] = record[0].removeprefix("\ufeff")
                if _SEP.match(self.first):
                    record = []
            yield self.number, [unquoted(cell) if cell[:1] == "'" else cell for cell in record]

    def _lines(self) -> Iterator[str]:
        while line := self.text.readline(_LINE):
            if len(line) >= _LINE:
                raise self._unreadable()
            yield line
        self.ended = True

    def _unreadable(self) -> SheetError:
        row = self.number + 1
        return SheetError(
            _("第 %(line)s 行起有一格长得读不完（超过 %(limit)s 字），多半是引号没有成对。"),
            row=row,
            line=row,
            limit=self.limits.cell,
        )
