"""What a problem is, as its reports say it: where, about what, under what title. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from gongzhi.demands import masking
from gongzhi.problems.grams import plain
from gongzhi.shared.moves import _

LONGEST_TITLE = 60
_WORDS = 24
_NO_WORDS = _("居民共同反映的问题")
Value = TypeVar("Value", bound=Hashable)


class Ladder(NamedTuple):
    """A place with the places above it; None where there is none."""

    place: int
    compound: int | None
    community: int | None
    subdistrict: int | None


def common_place(ladders: Sequence[Ladder]) -> Ladder:
    """The lowest place at or below which more than half of the reports lie; where there is none, that of the first."""
    for rung in range(len(Ladder._fields)):
        found = commonest(one[rung] for one in ladders)
        if found is not None and 2 * sum(one[rung] == found for one in ladders) > len(ladders):
            above = next(one for one in ladders if one[rung] == found)
            return Ladder(found, *(above[up] if up >= rung else None for up in range(1, len(above))))
    return ladders[0]


def commonest(values: Iterable[Value | None]) -> Value | None:
    """The value that stands most often, the first met of several; None where none is given."""
    counted = Counter(value for value in values if value is not None)
    return max(counted, key=counted.__getitem__) if counted else None


def middle(points: Iterable[tuple[float | None, float | None]]) -> tuple[float | None, float | None]:
    """The mean of the points that are known (degrees; fine within a city); (None, None) of none."""
    known = [(lon, lat) for lon, lat in points if lon is not None and lat is not None]
    if not known:
        return None, None
    return sum(lon for lon, _lat in known) / len(known), sum(lat for _lon, lat in known) / len(known)


def title_of(category: str, place: str, words: str) -> str:
    """Category and place; without a category the place and the first words, with numbers of people hidden."""
    said = category or masking.mask(words)[:_WORDS] or _NO_WORDS
    return f"{said} · {place}"[:LONGEST_TITLE] if place else said[:LONGEST_TITLE]


# Measured on made-up demands: of two about one trouble nine in ten reach the first, or have one category; of two about
# different troubles at one building half stay below it, and more where people do not speak in templates.
ALIKE, SOMEWHAT_ALIKE = 0.1, 0.04


def alikeness(one: str, other: str, places: str) -> float:
    """What share of their pairs of characters two texts have in common (0 to 1), the names of their `places` left out.

    The engine's scorer trusts places more than words: it learned where most of what is said of one building within a
    month is about one trouble. Nobody's noise may be put with somebody's leak, so words or category must agree too.
    """
    named = _pairs(places)
    first, second = (_pairs(text) - named for text in (one, other))
    return 2 * len(first & second) / max(len(first) + len(second), 1)


def _pairs(text: str) -> set[str]:
    clean = plain(text)
    return {pair for pair in map("".join, pairwise(clean)) if " " not in pair}
