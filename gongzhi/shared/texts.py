"""Search in Chinese: every pair of neighbouring characters is a term, so a two-character word is found exactly.

The pairs are made by one immutable SQL function (`gongzhi_pairs`, in the migrations) for the stored column and
for the question alike; what the index finds is checked again with LIKE.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Expression, Func, Q, TextField, Value
from django.db.models.functions import Concat

# Blanks and punctuation after NFKC, which makes plain signs of full-width ones; the migration names the same signs.
_FOLDED = re.compile(r"[ \t\n\r\f\v!-/:-@\[-`{-~。、“”‘’《》【】—·…]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Plain(Func):
    """A text folded for comparison, in SQL."""

    function = "gongzhi_plain"
    output_field = TextField()


def pairs_of(*fields: str) -> Func:
    """The expression of a stored search column over these text fields; a blank keeps fields apart."""
    parts: list[object] = []
    for name in fields:
        parts += [name, Value("\x1f")]
    whole = Concat(*parts[:-1], output_field=TextField()) if len(fields) > 1 else fields[0]
    # Django's own Func, not a class of ours, because a migration holds it.
    return Func(whole, function="gongzhi_pairs", output_field=SearchVectorField())


def plain(text: str) -> str:
    """The same folding as `gongzhi_plain`, for the question."""
    return _FOLDED.sub("", unicodedata.normalize("NFKC", text)).translate(_LOWER)


def question(text: str) -> str:
    """A tsquery of all the pairs in `text`, as a literal to be cast; empty where nothing can be asked.

    One character alone asks for the terms that start with it; the last one of a text is a term by itself.
    """
    folded = plain(text)
    if not folded:
        return ""
    quoted = ["'" + pair.replace("\\", "\\\\").replace("'", "''") + "'" for pair in _pairs(folded)]
    return " & ".join(quoted) if len(folded) > 1 else quoted[0] + ":*"


def _pairs(folded: str) -> list[str]:
    if len(folded) == 1:
        return [folded]
    return list(dict.fromkeys(folded[place : place + 2] for place in range(len(folded) - 1)))


class MatchesWalking(Func):
    """The same asked by the function behind the operator, for which no index is looked at."""

    template = "ts_match_vq(%(expressions)s::tsquery)"


class Matches(Func):
    """`column @@ question`, for use in a filter."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "


def found_by(column: str, whole: str | Expression, text: str, *, walking: bool = False) -> Q:
    """A filter for rows whose `column` of pairs holds every word of `text`, checked again on `whole`.

    Words are what blanks part; a word of one or two characters needs no second look, its pair is exact.
    With `walking` the index of pairs is left alone: the rows come by another way, and few of them.
    """
    chosen = Q()
    matches = MatchesWalking if walking else Matches
    for word in text.split():
        asked = question(word)
        if not asked:
            continue
        chosen &= Q(matches(column, Value(asked), output_field=BooleanField()))
        if len(plain(word)) > 2:
            # As it was typed first: that costs a tenth of folding the text.
            chosen &= Q(Contains(whole, Value(word), output_field=BooleanField())) | Q(
                Contains(Plain(whole), Value(plain(word)), output_field=BooleanField())
            )
    return chosen


def planned_well(text: str) -> bool:
    """Whether the database can tell how rare `text` is: of one pair it keeps the share, of several it can only guess."""
    return len(text.split()) == 1 and len(plain(text)) == 2


class Contains(Func):
    """Whether the first text holds the second, letter for letter."""

    template = "(strpos(%(expressions)s) > 0)"
    arg_joiner = ", "
