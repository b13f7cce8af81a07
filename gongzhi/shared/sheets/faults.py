"""What can be wrong with a spreadsheet, and how large one may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class SheetError(Exception):
    """A file, row or cell that cannot be read, with the reason in words.

    `message` is a translatable text with named placeholders and `values` what fills them; `row` and
    `column` count from 1 as Excel shows them, None where the whole file is meant.
    """

    def __init__(
        self,
        message: str,
        *,
        row: int | None = None,
        column: int | None = None,
        column_name: str = "",
        **values: object,
    ) -> None:
        self.message, self.values = message, values
        self.row, self.column, self.column_name = row, column, column_name
        super().__init__(message % values if values else message)

    @property
    def letter(self) -> str:
        """The column as Excel names it, such as "C"; empty where no column is meant."""
        return column_letter(self.column) if self.column else ""


@dataclass(frozen=True)
class RowError:
    """One thing wrong with one row. A row may have several; none of it is taken.

    `row` and `column` count from 1, as Excel shows them; `column` is None where the whole row is meant.
    `message` is a translatable text that `values` fill; `kind` is "invalid", or "duplicate" where the row
    repeats `first_row`.
    """

    row: int
    column: int | None
    column_name: str
    message: str
    value: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    kind: str = "invalid"
    first_row: int | None = None

    @property
    def letter(self) -> str:
        """The column as Excel names it; empty where the whole row is meant."""
        return column_letter(self.column) if self.column else ""

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True)
class Limits:
    """How large a file may be: bytes handed in and unpacked, data rows, columns, characters of one cell.

    `grid` is rows × columns of a workbook's used area: a workbook is held in memory whole (about 32 bytes a
    cell beside its texts), while a text file streams.
    """

    size: int = 256 * 2**20
    unpacked: int = 600 * 2**20
    rows: int = 1_048_576
    columns: int = 300
    cell: int = 131_072
    grid: int = 12_000_000


def column_letter(column: int) -> str:
    """Name a column as Excel does: 1 is "A", 27 is "AA"."""
    letters = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
