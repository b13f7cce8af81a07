"""What comes of the rows of a register's spreadsheet: taken, known, different from what stands, or wrong."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from gongzhi.shared.sheets import RowError

CHUNK = 500
_Draft = TypeVar("_Draft")


@dataclass(frozen=True)
class Difference:
    """One field in which a row and what stands in the register differ; what stands is left as it is.

    `label` is the field's name on our screens, translatable; `stands` and `given` are words to show.
    """

    row: int
    name: str
    label: str
    stands: str
    given: str


@dataclass
class Taken:
    """What was taken from a file, or would be.

    `good` holds the drafts that are new, each of them one row; `known` counts rows that stand already, the
    different ones included; `errors` may name a row several times.
    """

    good: list[object] = field(default_factory=list)
    known: int = 0
    differences: list[Difference] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many rows are new."""
        return len(self.good)

    @property
    def bad(self) -> int:
        """How many rows have something wrong with them."""
        return len({error.row for error in self.errors})

    @property
    def different(self) -> int:
        """How many rows differ from what stands."""
        return len({difference.row for difference in self.differences})

    def drafts(self, found: Iterable[_Draft | RowError]) -> list[_Draft]:
        """The drafts among the rows; the errors are kept."""
        drafts: list[_Draft] = []
        for one in found:
            if isinstance(one, RowError):
                self.errors.append(one)
            else:
                drafts.append(one)
        return drafts

    def wrong(self, row: int, message: str, value: str = "", /, **values: object) -> None:
        """Note what the register has against a whole row."""
        self.errors.append(RowError(row, None, "", message, value, values))


def chunks(rows: list[_Draft], size: int = CHUNK) -> Iterator[list[_Draft]]:
    """Rows in pieces, each for one transaction."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
