"""From the rows of somebody's spreadsheet to the parties of an agreement: places apart from units. Pure.

Streets and communities are told from units by their kind or by having no credit code and a name that the register has
as a place; units are read as the register reads them, with the check sign of their credit codes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gongzhi.neighbourhood.import_cells import folded, short_place_name
from gongzhi.neighbourhood.import_columns import UNIT_FIELDS, guess_unit_mapping
from gongzhi.neighbourhood.importing import UnitDraft, read_units
from gongzhi.shared.moves import _
from gongzhi.shared.sheets import Row, RowError

_PLACE_KINDS = {folded(word) for word in "街道 镇 乡 街镇 乡镇 镇街 街道（镇） 社区 村 村社区 社区（村）".split()}
# What is read, and what the columns are called.
FIELDS = {name: UNIT_FIELDS[name] for name in ("name", "kind", "credit_code")}


@dataclass
class Read:
    """Names of places and drafts of units with their rows; `again`: rows that name a unit once more."""

    places: list[tuple[int, str]] = field(default_factory=list)
    units: list[UnitDraft] = field(default_factory=list)
    again: list[RowError] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def party_columns(header: Sequence[str]) -> dict[str, int]:
    """Which column (from 0) holds which field."""
    return guess_unit_mapping(header, [])


def read_parties(
    rows: Iterable[Row], columns: dict[str, int], header: Sequence[str], place_names: Collection[str]
) -> Read:
    """Sort the rows of a file; `place_names` are those of the register, folded."""
    read = Read()
    seen: dict[str, int] = {}
    for one in read_units(_units_of(rows, columns, place_names, read, seen), columns, header=header):
        if not isinstance(one, RowError):
            read.units.append(one)
        elif one.kind == "duplicate":
            read.again.append(one)
        else:
            read.errors.append(one)
    return read


def _units_of(
    rows: Iterable[Row], columns: dict[str, int], place_names: Collection[str], read: Read, seen: dict[str, int]
) -> Iterator[Row]:
    """The rows that are units; the places among them are put into `read`, each once."""
    for row in rows:
        texts = {name: row.cells[at].strip() if at < len(row.cells) else "" for name, at in columns.items()}
        name = short_place_name(texts.get("name", ""))
        known = folded(name) in place_names and not texts.get("credit_code")
        if not known and folded(texts.get("kind", "")) not in _PLACE_KINDS:
            yield row
        elif (first := seen.setdefault(folded(name), row.number)) == row.number:
            read.places.append((row.number, name))
        else:
            again = {"first": first}
            read.again.append(
                RowError(row.number, None, "", _("与第 %(first)s 行重复。"), name, again, "duplicate", first)
            )
