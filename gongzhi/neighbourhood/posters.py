"""A poster per building: its QR code opens the page with the place filled in. Printable A4, one page each. Pure.

Type is large for old eyes, and whoever cannot scan finds the address in letters, a telephone and a window.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import segno
import typst

from gongzhi.shared.moves import _

HEADLINE = _("扫一扫，反映身边的事")
MOST_PAGES = 1000  # a subdistrict's buildings in one file
_HERE = Path(__file__).parent
# What else is printed stands in the same type.
FONTS = _HERE / "fonts"
# Common characters first, then the rarer ones of place names; see fonts/README.md.
_FONTS = ("NotoSansSC-Medium.ttf", "NotoSansSC-Rare.ttf")


@dataclass(frozen=True)
class PosterPage:
    """What one poster says: the headline, the place it hangs at, the address it opens, a telephone or ""."""

    title: str
    place_line: str
    url: str
    phone: str = ""


def poster(pages: Iterable[PosterPage], translate: Callable[[str], str] = str) -> bytes:
    """The posters as one PDF, in the given order.

    Raises ValueError for no page, more than MOST_PAGES, or an address that is not http(s) or over 300 long.
    """
    wanted = list(pages)
    if not 1 <= len(wanted) <= MOST_PAGES:
        raise ValueError(f"between 1 and {MOST_PAGES} pages are needed")
    return _print([_page(page, translate) for page in wanted], "pdf")


def preview(page: PosterPage, translate: Callable[[str], str] = str) -> bytes:
    """One poster as a PNG of about 830 × 1170 pixels, to be shown before printing."""
    return _print([_page(page, translate)], "png")


def qr_svg(url: str) -> str:
    """The QR code of an address as SVG, with its quiet zone; a quarter of it may be soiled (level Q)."""
    out = BytesIO()
    segno.make_qr(url, error="q", boost_error=False).save(
        out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue().decode()


def unprintable(text: str) -> str:
    """The characters of a text that no font of ours has, each once, in their order; "" where all can be printed."""
    return "".join(dict.fromkeys(sign for sign in text if not sign.isspace() and ord(sign) not in _printable()))


@cache
def _printable() -> frozenset[int]:
    return frozenset().union(*(_characters((FONTS / name).read_bytes()) for name in _FONTS))


def _characters(font: bytes) -> set[int]:
    """The code points that a TrueType font maps to a glyph, by its tables of formats 4 and 12."""
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(tables))
    start = next(offset for tag, _check, offset, _length in entries if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for place in range(count):
        _platform, _encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * place)
        at = start + offset
        (form,) = struct.unpack_from(">H", font, at)
        if form == 12:
            (groups,) = struct.unpack_from(">I", font, at + 12)
            for group in range(groups):
                first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * group)
                found.update(range(first, last + 1))
        elif form == 4:
            (doubled,) = struct.unpack_from(">H", font, at + 6)
            ends = struct.unpack_from(f">{doubled // 2}H", font, at + 14)
            firsts = struct.unpack_from(f">{doubled // 2}H", font, at + 16 + doubled)
            for first, last in zip(firsts, ends, strict=True):
                found.update(range(first, last + 1))
    return found - {0xFFFF}


def _print(data: list[dict[str, str]], kind: Literal["pdf", "png"]) -> bytes:
    made = typst.compile(
        _HERE / "poster.typ",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"pages": json.dumps(data)},
        format=kind,
        ppi=100 if kind == "png" else None,
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made


def _page(page: PosterPage, translate: Callable[[str], str]) -> dict[str, str]:
    if not page.url.startswith(("https://", "http://")) or len(page.url) > 300:
        raise ValueError("a poster needs an http(s) address of at most 300 characters")
    other_ways = _("也可以打电话，或到社区窗口") if page.phone else _("也可以到社区窗口反映")
    return {
        "title": page.title,
        "place_line": page.place_line,
        "qr": qr_svg(page.url),
        "by_hand": translate(_("扫不了？在浏览器里输入")),
        "address": page.url.split("://", 1)[1].rstrip("/"),
        "promise": translate(_("不用注册，不用下载")),
        "other_ways": translate(other_ways),
        "phone": page.phone,
        "danger": translate(_("遇到危险，请先拨打110、119或120")),
    }
