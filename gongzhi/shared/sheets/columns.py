"""Which column holds what, from the words of its header."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_MARKS = re.compile(r"[\s_\-*:/、.·,;#]+")
# "要求办结时间" is a limit, not the time of closing: such words change the meaning of what they stand before.
_CHANGED = re.compile("要求|截止|时限|剩余|预计|计划|应当|是否|单位联系|承办人|经办|次数|编码")


def folded(name: str) -> str:
    """A header as compared: lower case, without blanks, underscores, marks and remarks in brackets."""
    text = unicodedata.normalize("NFKC", name).lower()
    return _MARKS.sub("", _BRACKETS.sub("", text)) or _MARKS.sub("", text)


def recognise_columns(
    header: Sequence[str],
    synonyms: Mapping[str, Sequence[str]],
    fits: Callable[[str, int], bool] = lambda field, column: True,
) -> dict[str, int]:
    """Give each field the column (counted from 0) whose header is one of its synonyms, best synonym first.

    A header that equals a synonym goes before one that merely contains it (Chinese synonyms of three
    characters and more). A column serves one field. `fits(field, column)` may refuse a column for what
    stands in it.
    """
    names = [folded(name) for name in header]
    wanted = {field: [folded(word) for word in words] for field, words in synonyms.items()}
    found: dict[str, int] = {}
    taken: set[int] = set()
    for same in (_equal, _contained):
        for field, words in wanted.items():
            if field in found:
                continue
            for column in (place for word in words for place, name in enumerate(names) if same(word, name)):
                if column not in taken and fits(field, column):
                    found[field] = column
                    taken.add(column)
                    break
    return found


def _equal(word: str, name: str) -> bool:
    return word == name


def _contained(word: str, name: str) -> bool:
    return len(word) > 2 and not word.isascii() and word in name and not _CHANGED.search(name)
