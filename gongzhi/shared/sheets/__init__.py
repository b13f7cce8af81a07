"""Spreadsheets in and out: `.xlsx`, `.xls`, `.csv`, told apart by content, never by the file's name. Pure.

`read_sheet` streams rows as text, `parse_moment` reads a date of any usual kind, `recognise_columns` finds
the columns that a table of synonyms names, `write_xlsx` and `write_csv` give files that Excel opens safely.
Whatever is wrong with a file is a `SheetError` in plain words. Anything else here is private.
"""

from gongzhi.shared.sheets.cells import clean, plain_cell
from gongzhi.shared.sheets.columns import recognise_columns
from gongzhi.shared.sheets.faults import Limits, RowError, SheetError, column_letter
from gongzhi.shared.sheets.moments import parse_moment
from gongzhi.shared.sheets.reading import Row, Sheet, read_sheet
from gongzhi.shared.sheets.writing import write_csv, write_xlsx

__all__ = [
    "Limits",
    "Row",
    "RowError",
    "Sheet",
    "SheetError",
    "clean",
    "column_letter",
    "parse_moment",
    "plain_cell",
    "read_sheet",
    "recognise_columns",
    "write_csv",
    "write_xlsx",
]
