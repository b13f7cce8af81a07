"""Reads from the words of a short report which building, gate, staircase and house number it names. Pure.

Only words that any city writes on its walls: "3栋", "三号楼", "2单元", "东门", "47号". What a place is called is left to
the grams.
"""

import re
from collections.abc import Sequence

import numpy as np

FACETS = ("building", "gate", "staircase", "number", "room")
"""The columns of what `read_facets` gives, in order."""

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_GATES = {sign: at for at, sign in enumerate("东南西北前后正侧", 1)}
_COUNT = r"(?:[0-9]{1,4}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_NAMED = re.compile(
    rf"({_COUNT})(?:号楼|[栋幢座#])|({_COUNT})单元|([东南西北前后正侧])(?:大门|侧门|门)|({_COUNT})号(?!楼)"
    r"|(?<=[栋幢座#楼元])([0-9]{3,4})(?![0-9])"
)
_COLUMNS = (0, 2, 1, 3, 4)
_MOST = 60_000


def read_facets(texts: Sequence[str]) -> np.ndarray:
    """The first of each facet that each folded text names (texts × FACETS, uint16); 0 where it names none."""
    found = np.zeros((len(texts), len(FACETS)), np.uint16)
    for row, text in enumerate(texts):
        for named in _NAMED.finditer(text):
            kind = named.lastindex or 1
            column = _COLUMNS[kind - 1]
            if not found[row, column]:
                found[row, column] = _GATES[named[kind]] if column == 1 else _number(named[kind])
    return found


def _number(word: str) -> int:
    """The value of "12" or "十二"."""
    if word[0] in "0123456789":
        return min(int(word), _MOST)
    tens, ten, ones = word.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)
