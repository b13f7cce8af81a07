"""Minutes, agreements and reports as offices file and sign them (公文格式: A4, 仿宋, the title on top), as Word and as
PDF. Pure.

Names of offices, units and of who chaired, recorded and signed; nobody's number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

_HERE = Path(__file__).parent
# The typesetter's own; Word takes what offices have.
_FONTS = _HERE.parent / "neighbourhood" / "fonts"
_BODY, _TITLE, _HEAD = "仿宋", "方正小标宋简体", "黑体"


@dataclass(frozen=True)
class Part:
    """One heading with what stands under it: sentences, then a table where there is one (its first row the head)."""

    heading: str
    lines: Sequence[str] = ()
    table: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Paper:
    """What is filed, in the reader's language: title, (label, value) of the head, parts, and the lines to be signed."""

    title: str
    facts: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    signatures: Sequence[str]


def as_pdf(paper: Paper) -> bytes:
    """As a PDF of A4 pages."""
    made = typst.compile(
        _HERE / "paper.typ",
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(asdict(paper))},
        format="pdf",
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made


def as_word(paper: Paper) -> bytes:
    """As a Word document that can still be put right by hand."""
    made: Any = Document()
    sheet = made.sections[0]
    sheet.page_width, sheet.page_height = Cm(21), Cm(29.7)
    sheet.top_margin, sheet.bottom_margin, sheet.left_margin, sheet.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    _font(made.styles["Normal"], _BODY, 16)
    made.core_properties.title, made.core_properties.author = paper.title, ""
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(title.add_run(paper.title), _TITLE, 22)
    for label, value in paper.facts:
        line = made.add_paragraph()
        _font(line.add_run(f"{label}："), _HEAD, 16)
        line.add_run(value)
    for part in paper.parts:
        _font(made.add_paragraph().add_run(part.heading), _HEAD, 16)
        for sentence in part.lines:
            made.add_paragraph(sentence).paragraph_format.first_line_indent = Pt(32)
        if part.table:
            _table(made, part.table)
    made.add_paragraph()
    for name in paper.signatures:
        made.add_paragraph(f"{name}：").paragraph_format.space_before = Pt(18)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _table(made: Any, rows: Sequence[Sequence[str]]) -> None:
    table = made.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for place, row in enumerate(rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _font(cell.paragraphs[0].add_run(text), _BODY if place else _HEAD, 12)


def _font(piece: Any, name: str, size: int) -> None:
    """A font for a style or a run; Word asks for that of Chinese signs apart."""
    piece.font.name, piece.font.size = name, Pt(size)
    piece.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


# By the ending of its name: what a paper is to a browser, and how it is made.
KINDS = {
    "pdf": ("application/pdf", as_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", as_word),
}
