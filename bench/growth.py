"""A plain SVG of how cost grows with size: three small panels, one figure each, over sizes on a scale of tens.

`python -m bench.growth` draws bench/growth.svg again from the table "Growth of ours" of bench/README.md;
`python -m bench.grouping_speed --growth --picture FILE` draws what it has just measured.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 300, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 18, 44, 34
INK, SOFT, LINE, FILL = "#1d2a28", "#53625f", "#dfddd4", "#0d6658"
# White behind a number that stands on a line.
HALO = 'stroke="#fff" stroke-width="3" paint-order="stroke"'


@dataclass(frozen=True)
class Grown:
    """What one size cost: demands, µs of processor for each, seconds in all, peak MB."""

    rows: int
    each: float
    seconds: float
    megabytes: float


def main() -> int:
    """Draw the picture of the figures that stand in the README."""
    (HERE / "growth.svg").write_text(draw(read((HERE / "README.md").read_text())))
    return 0


def read(text: str) -> list[Grown]:
    """The rows of the README's table of growth; ValueError where it is not there."""
    after = text.partition("Growth of ours")[2]
    number = r"([\d,.]+)"
    found = re.findall(
        rf"^\| {number} \| {number} \| {number} \| {number} \|", after.partition("\n\n!")[0], re.MULTILINE
    )
    if not found:
        raise ValueError("the README has no table of growth")
    return [
        Grown(int(row[0]), row[1], row[2], row[3])
        for row in ([float(one.replace(",", "")) for one in line] for line in found)
    ]


def draw(grown: Sequence[Grown]) -> str:
    """The three panels as one SVG that reads on a light and on a dark page."""
    first, last = grown[0], grown[-1]
    times = last.rows / first.rows
    panels = (
        ("µs of processor a demand", "a level line would be linear", [one.each for one in grown], False),
        ("seconds in all", "dashed: in proportion to the first", [one.seconds for one in grown], True),
        ("peak memory, MB", "dashed: in proportion to the first", [one.megabytes for one in grown], True),
    )
    told = (
        f"{last.rows:,} demands, {times:g} times {first.rows:,}: {last.each / first.each:.1f} times the processor a demand, "
        f"{last.seconds / first.seconds:.0f} times the seconds, {last.megabytes / first.megabytes:.0f} times the memory"
    )
    sizes = [one.rows for one in grown]
    drawn = "".join(
        f'<g transform="translate({number * WIDTH} 0)">{"".join(panel(*what, sizes))}</g>'
        for number, what in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}" role="img" aria-labelledby="t"'
        f' font-family="system-ui, sans-serif" font-size="11" fill="{INK}"><title id="t">{told}</title>'
        f'<rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>\n'
    )


def panel(title: str, hint: str, values: Sequence[float], tens: bool, sizes: Sequence[int]) -> Iterable[str]:
    """One panel: `values` over `sizes`, the height on a scale of tens where `tens`, from zero otherwise."""
    marks = decades([*values]) if tens else steps(max(values))
    low, high = (math.log10(marks[0]), math.log10(marks[-1])) if tens else (0.0, marks[-1])
    left, right = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        return LEFT + (math.log10(size) - left) / (right - left) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        part = ((math.log10(value) if tens else value) - low) / (high - low)
        return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)

    yield f'<text x="8" y="18" font-size="13" font-weight="600">{title}</text><text x="8" y="33" fill="{SOFT}">{hint}</text>'
    for mark in marks:
        yield f'<path d="M{LEFT} {y(mark):.1f}H{WIDTH - RIGHT}" stroke="{LINE}"/>'
        yield f'<text x="{LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end" fill="{SOFT}">{mark:,g}</text>'
    for size in sizes:
        yield f'<text x="{x(size):.1f}" y="{HEIGHT - 14}" text-anchor="middle" fill="{SOFT}">{short(size)}</text>'
    if tens:
        # As far as the scale goes: what the first size would become, were each demand to cost the same.
        ends = min(sizes[-1], sizes[0] * marks[-1] / values[0])
        yield (
            f'<path d="M{x(sizes[0]):.1f} {y(values[0]):.1f}L{x(ends):.1f} {y(values[0] * ends / sizes[0]):.1f}"'
            f' stroke="{SOFT}" stroke-dasharray="4 4"/>'
        )
    points = [(x(size), y(value)) for size, value in zip(sizes, values, strict=True)]
    yield f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="none" stroke="{FILL}" stroke-width="2"/>'
    for number, ((a, b), value) in enumerate(zip(points, values, strict=True)):
        # The outer labels lean inwards, clear of the scale and of the edge.
        anchor = "start" if number == 0 else "end" if number == len(points) - 1 else "middle"
        yield f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{FILL}"/>'
        yield f'<text x="{a:.1f}" y="{b - 8:.1f}" text-anchor="{anchor}" {HALO}>{value:,.4g}</text>'


def decades(values: Sequence[float]) -> list[float]:
    """The powers of ten from below the smallest value to above the largest."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def steps(highest: float) -> list[float]:
    """Round marks from zero to above the highest value."""
    step = next(one * 10.0**power for power in range(-3, 9) for one in (1, 2, 5) if one * 10.0**power * 4 >= highest)
    return [step * number for number in range(5)]


def short(size: int) -> str:
    """A size as one says it: 10k, 1M."""
    return f"{size / 1e6:g}M" if size >= 1_000_000 else f"{size / 1e3:g}k" if size >= 1_000 else str(size)


if __name__ == "__main__":
    raise SystemExit(main())
