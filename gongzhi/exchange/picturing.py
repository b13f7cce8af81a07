"""The picture of who gives to whom: sides folded by place, boxes laid out by where they lie, lines as curves. Pure.

Lengths are the picture's own units, pixels at its full width; y grows downwards. The same input, in whatever order,
gives the same picture.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# A box: its head, its rows, the air around them; between columns there is room for the lines.
HEAD, ROW, PAD = 26, 26, 6
WIDEST, COLUMN, GUTTER, GAP = 208, 260, 64, 18
MOST_GAP, LEAST_HEIGHT = 96, 360
SIZE = 14
WIDE_SIGN, NARROW_SIGN = 1.0, 0.6
THINNEST, THICKEST = 1.2, 7.0


class Side(NamedTuple):
    """Who gives or receives; `path` leads through the places it lies in, the widest first."""

    key: str
    name: str
    path: tuple[str, ...]


class Spot(NamedTuple):
    """A place on the path of sides: what it is called, where it lies (degrees, None where not known), how it is sorted."""

    name: str
    lon: float | None = None
    lat: float | None = None
    order: str = ""


class Box(NamedTuple):
    """Rows that lie together, each (key, name): under a head the open place they lie in, without one a single place."""

    key: str
    name: str
    rows: tuple[tuple[str, str], ...]
    spot: Spot


Pair = tuple[str, str]


def shown_as(side: Side, opened: Collection[str]) -> tuple[str, str]:
    """(what stands for a side in the picture, the box it stands in): the first place of its path that is not open."""
    inside = ""
    for place in side.path:
        if place not in opened:
            return place, inside or place
        inside = place
    return side.key, inside or side.key


def fold(sides: Iterable[Side], spots: Mapping[str, Spot], opened: Collection[str]) -> tuple[dict[str, str], list[Box]]:
    """What stands for each side, by its key, and the boxes; both in the order of places, then of names."""
    stands: dict[str, str] = {}
    rows: dict[str, dict[str, str]] = {}
    for side in sides:
        node, box = shown_as(side, opened)
        stands[side.key] = node
        rows.setdefault(box, {})[node] = spots[node].name if node in spots else side.name
    boxes = [
        Box(box, spots[box].name if box in spots else "", tuple(_sorted(found, spots)), spots.get(box, Spot("")))
        for box, found in rows.items()
    ]
    return stands, sorted(boxes, key=lambda one: (one.spot.order, one.name, one.key))


def _sorted(rows: Mapping[str, str], spots: Mapping[str, Spot]) -> list[tuple[str, str]]:
    return sorted(
        rows.items(), key=lambda row: (row[0] not in spots, spots.get(row[0], Spot("")).order, row[1], row[0])
    )


def pairs_of(ties: Iterable[tuple[str, str, int]], stands: Mapping[str, str]) -> Counter[Pair]:
    """How many times what stands for one side gave to what stands for another."""
    found: Counter[Pair] = Counter()
    for giver, receiver, times in ties:
        found[stands[giver], stands[receiver]] += times
    return found


@dataclass(frozen=True)
class PlacedRow:
    """One row of a box: its rectangle and the name as far as it fits."""

    key: str
    name: str
    label: str
    x: int
    y: int
    width: int
    height: int = ROW

    @property
    def middle(self) -> int:
        """The height at which lines begin and end."""
        return self.y + self.height // 2


@dataclass(frozen=True)
class PlacedBox:
    """One box: its rectangle, its head where it has one, its rows."""

    key: str
    name: str
    label: str
    x: int
    y: int
    width: int
    height: int
    rows: tuple[PlacedRow, ...]


@dataclass(frozen=True)
class Curve:
    """From one row to another: an SVG path, and how thick."""

    giver: str
    receiver: str
    times: int
    path: str
    width: float


@dataclass(frozen=True)
class Picture:
    """Everything with its place."""

    width: int
    height: int
    boxes: tuple[PlacedBox, ...]
    curves: tuple[Curve, ...]


def lay_out(boxes: Iterable[Box], pairs: Mapping[Pair, int], *, width: int = 1104) -> Picture:
    """Boxes in columns from west to east, in each from north to south; no two touch. Lines within a row are not drawn."""
    given = list(boxes)
    # Few boxes stand in a square rather than in a row.
    columns = _columns(
        given, max(1, min((width + GUTTER) // COLUMN, math.ceil(math.sqrt(sum(len(box.rows) for box in given)))))
    )
    height = max([LEAST_HEIGHT, *(_tall(column) + GAP * (len(column) + 1) for column in columns)])
    # One column alone has its lines beside it.
    wide = max(1, min(WIDEST, width // max(1, len(columns)) - GUTTER))
    step = (width - wide) // max(1, len(columns) - 1)
    placed: list[PlacedBox] = []
    for number, column in enumerate(columns):
        air = min(MOST_GAP, (height - _tall(column)) // (len(column) + 1))
        y = (height - _tall(column) - air * (len(column) - 1)) // 2
        for box in column:
            placed.append(_place(box, number * step, y, wide))
            y += placed[-1].height + air
    rows = {row.key: row for box in placed for row in box.rows}
    east = max((row.x for row in rows.values()), default=0)
    most = max((times for (giver, receiver), times in pairs.items() if giver != receiver), default=1)
    curves = [
        Curve(giver, receiver, times, _curve(rows[giver], rows[receiver], east), _thick(times, most))
        for (giver, receiver), times in sorted(pairs.items())
        if giver != receiver
    ]
    return Picture(width, height, tuple(placed), tuple(curves))


def fit(text: str, width: float) -> str:
    """As much of a name as fits into a width, cut with a sign that says so."""
    if _length(text) <= width:
        return text
    kept = ""
    for sign in text:
        if _length(kept + sign) + SIZE > width:
            break
        kept += sign
    return kept + "…"


def _length(text: str) -> float:
    return SIZE * sum(NARROW_SIGN if sign.isascii() else WIDE_SIGN for sign in text)


def _headed(box: Box) -> bool:
    return any(key != box.key for key, _name in box.rows)


def _height(box: Box) -> int:
    return (HEAD if _headed(box) else 0) + ROW * len(box.rows) + PAD * 2


def _tall(column: Sequence[Box]) -> int:
    return sum(map(_height, column))


def _columns(boxes: list[Box], most: int) -> list[list[Box]]:
    """Cut the boxes, sorted from west to east, into columns of which the tallest is as low as can be."""
    known = [one.spot.lon for one in boxes if one.spot.lon is not None]
    middle = sum(sorted(known)) / len(known) if known else 0.0
    from_west = sorted(boxes, key=lambda one: (middle if one.spot.lon is None else one.spot.lon, *_by_name(one)))
    least, enough = max(map(_height, boxes), default=0), _tall(boxes)
    while least < enough:
        tried = (least + enough) // 2
        least, enough = (least, tried) if len(_cut(from_west, tried)) <= most else (tried + 1, enough)
    columns = _cut(from_west, enough)
    # A short picture is as wide as a tall one.
    while len(columns) < min(most, len(boxes)):
        longest = max(range(len(columns)), key=lambda at: (len(columns[at]) > 1, _tall(columns[at]), -at))
        half = (len(columns[longest]) + 1) // 2
        columns[longest : longest + 1] = [columns[longest][:half], columns[longest][half:]]
    return [sorted(column, key=_from_north) for column in columns]


def _cut(boxes: Sequence[Box], height: int) -> list[list[Box]]:
    columns: list[list[Box]] = []
    for box in boxes:
        if columns and _tall(columns[-1]) + _height(box) <= height:
            columns[-1].append(box)
        else:
            columns.append([box])
    return columns


def _by_name(box: Box) -> tuple[str, str, str]:
    return box.spot.order, box.name, box.key


def _from_north(box: Box) -> tuple[float, str, str, str]:
    return (math.inf if box.spot.lat is None else -box.spot.lat, *_by_name(box))


def _place(box: Box, x: int, y: int, width: int) -> PlacedBox:
    headed, room = _headed(box), width - PAD * 3
    top = y + PAD + (HEAD if headed else 0)
    rows = tuple(
        PlacedRow(key, name, fit(name, room), x, top + at * ROW, width) for at, (key, name) in enumerate(box.rows)
    )
    label = fit(box.name, room) if headed else ""
    return PlacedBox(box.key, box.name, label, x, y, width, _height(box), rows)


def _thick(times: int, most: int) -> float:
    return round(THINNEST + (THICKEST - THINNEST) * math.sqrt((times - 1) / max(1, most - 1)), 1)


def _curve(giver: PlacedRow, receiver: PlacedRow, east: int) -> str:
    """What is given leaves a little above the middle and comes in a little below, so that there and back stay apart.

    Within the easternmost column, beyond which there is no room, lines run on its west.
    """
    y, y_end = giver.middle - 4, receiver.middle + 4
    if giver.x == receiver.x:
        west = giver.x == east > 0
        x, bend = giver.x + (0 if west else giver.width), min(GUTTER - 8, 20 + abs(y_end - y) // 8)
        bend = x - bend if west else x + bend
        return f"M{x} {y}C{bend} {y} {bend} {y_end} {x} {y_end}"
    eastwards = giver.x < receiver.x
    x = giver.x + giver.width if eastwards else giver.x
    x_end = receiver.x if eastwards else receiver.x + receiver.width
    bend = max(GUTTER, abs(x_end - x)) // 2 * (1 if eastwards else -1)
    return f"M{x} {y}C{x + bend} {y} {x_end - bend} {y_end} {x_end} {y_end}"
