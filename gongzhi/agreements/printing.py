"""An agreement, or the report on a quarter, as PDF on A4. Pure: words in, bytes out."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

from gongzhi.neighbourhood.posters import FONTS

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Grid:
    """A table: its title, the words at its head, how wide each column is against the others, and its rows."""

    title: str
    header: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Document:
    """What is printed, from the top down."""

    title: str
    subtitle: str
    paragraphs: Sequence[str]
    tables: Sequence[Grid]
    foot: str = ""


def printed(document: Document) -> bytes:
    """The document as PDF."""
    made = typst.compile(
        _HERE / "report.typ",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(asdict(document))},
        format="pdf",
    )
    if not isinstance(made, bytes):
        raise TypeError("the typesetter gave no single file")
    return made
