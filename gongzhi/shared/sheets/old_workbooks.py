"""The old `.xls`: how large its sheets are and whether it is locked, before anything opens it.

An old workbook of five kilobytes can claim the far corner of every sheet, for which the reader would lay out
gigabytes. So its records are walked first: the file is a small file system (sectors of 512 bytes chained in a table)
that holds one stream of records, each a type, a length and that many bytes. Source: MS-CFB and MS-XLS.
"""

import struct
from collections.abc import Iterator

_END = 0xFFFFFFFA  # this and what is above it mark ends and free sectors
_BEGIN, _LOCK = 0x0809, 0x002F
_CELLS = frozenset({0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, *range(2, 6)})
_MANY_CELLS = 0x00BD


class Unreadable(Exception):
    """The bytes are no workbook of this kind."""


class Locked(Exception):
    """The workbook needs a password."""


def used_area(content: bytes) -> int:
    """Rows × columns that the filled cells of all sheets span together."""
    try:
        stream = _stream(content)
        area, last_row, last_column = 0, 0, 0
        for kind, body in _records(stream):
            if kind == _LOCK:
                raise Locked
            if kind == _BEGIN:
                area += last_row * last_column
                last_row = last_column = 0
            elif (kind in _CELLS or kind == _MANY_CELLS) and len(body) >= 4:
                row, column = struct.unpack_from("<HH", body)
                if kind == _MANY_CELLS:
                    column = struct.unpack_from("<H", body, len(body) - 2)[0]
                last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
        return area + last_row * last_column
    except (struct.error, IndexError) as error:
        raise Unreadable from error


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _stream(content: bytes) -> bytes:
    """The bytes of the stream that holds the workbook."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in {512, 4096}:
        raise Unreadable
    first, small = struct.unpack_from("<I", content, 48)[0], struct.unpack_from("<I", content, 56)[0]
    table = _table(content, size)
    directory = _chain(content, table, first, size)
    for place in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, place + 64)[0]
        name = directory[place : place + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name == "EncryptedPackage":
            raise Locked
        if name in {"Workbook", "Book"}:
            start, extent = struct.unpack_from("<II", directory, place + 116)
            if extent < small:
                break
            return _chain(content, table, start, size)[:extent]
    raise Unreadable


def _table(content: bytes, size: int) -> list[int]:
    """Which sector follows which."""
    holders = list(struct.unpack_from("<109I", content, 76))
    following, left = struct.unpack_from("<II", content, 68)
    while following < _END and left > 0:
        more = struct.unpack_from(f"<{size // 4}I", content, (following + 1) * size)
        holders += more[:-1]
        following, left = more[-1], left - 1
        if len(holders) * size > len(content) + 109 * size:
            break
    table: list[int] = []
    for holder in holders:
        if holder < _END:
            table += struct.unpack_from(f"<{size // 4}I", content, (holder + 1) * size)
    return table


def _chain(content: bytes, table: list[int], sector: int, size: int) -> bytes:
    pieces = []
    while sector < _END:
        pieces.append(content[(sector + 1) * size : (sector + 2) * size])
        if len(pieces) > len(table):
            raise Unreadable
        sector = table[sector]
    return b"".join(pieces)
