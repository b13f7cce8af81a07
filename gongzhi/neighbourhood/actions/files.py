"""A spreadsheet of places or of member units, from the file to what came of it; for the page and for the command."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from gongzhi.neighbourhood import importing
from gongzhi.neighbourhood.actions.place_rows import look_at_places, take_places
from gongzhi.neighbourhood.actions.taking import Taken
from gongzhi.neighbourhood.actions.unit_rows import look_at_units, take_units
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.sheets import Limits, read_sheet

What = Literal["places", "units"]
REGISTER_FIELDS: Mapping[What, Mapping[str, str]] = {"places": importing.PLACE_FIELDS, "units": importing.UNIT_FIELDS}
_NO_LIMITS = Limits()
# Rows whose words may say what a column is where its name does not.
_LOOK = 200


def read_columns(path: Path, *, what: What, limits: Limits = _NO_LIMITS) -> tuple[list[str], dict[str, int]]:
    """The names of a file's columns, and which of them (from 0) seem to hold which field. Raises SheetError."""
    guess = importing.guess_place_mapping if what == "places" else importing.guess_unit_mapping
    with read_sheet(path, limits=limits) as sheet:
        header = list(sheet.header)
        return header, guess(header, [row.cells for _place, row in zip(range(_LOOK), sheet.rows, strict=False)])


def look_at_register(
    actor: Actor,
    *,
    what: What,
    path: Path,
    columns: Mapping[str, int],
    now: datetime,
    system: str = "gcj02",
    limits: Limits = _NO_LIMITS,
) -> Taken:
    """What `take_register` would do; writes nothing. Raises SheetError, NotAllowed."""
    rows = _rows(what, path, columns, system, limits)
    return look_at_places(actor, rows) if what == "places" else look_at_units(actor, rows, now=now)


def take_register(
    actor: Actor,
    *,
    what: What,
    path: Path,
    columns: Mapping[str, int],
    now: datetime,
    system: str = "gcj02",
    name: str = "",
    limits: Limits = _NO_LIMITS,
) -> Taken:
    """Register the new rows of a file; what stands is left as it is. `name` names the file in the trail.

    `system` is what positions are in: "gcj02", "wgs84", "bd09". Raises SheetError, NotAllowed, Refused.
    """
    rows = _rows(what, path, columns, system, limits)
    take = take_places if what == "places" else take_units
    return take(actor, rows, now=now, file=name)


def _rows(what: What, path: Path, columns: Mapping[str, int], system: str, limits: Limits) -> Iterator[Any]:
    with read_sheet(path, limits=limits) as sheet:
        if what == "places":
            yield from importing.read_places(sheet.rows, columns, system=system, header=sheet.header)
        else:
            yield from importing.read_units(sheet.rows, columns, header=sheet.header)
