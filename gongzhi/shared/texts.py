"""Search in Chinese: every pair of neighbouring characters is a term, so a two-character word is found exactly.

The pairs are made by one immutable SQL function (`gongzhi_pairs`, in the migrations) for the stored column and
for the question alike; what the index finds is checked again with LIKE.
"""

import re
import unicodedata
from time import monotonic

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
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
    quoted = [_quoted(pair) for pair in _pairs(folded)]
    return " & ".join(quoted) if len(folded) > 1 else quoted[0] + ":*"


def _quoted(pair: str) -> str:
    return "'" + pair.replace("\\", "\\\\").replace("'", "''") + "'"


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


def found_by(column: str, whole: str | Expression, text: str, *, lead: str | None = None) -> Q:
    """A filter for rows whose `column` of pairs holds every word of `text`, checked again on `whole`.

    Words are what blanks part; a word of one or two characters needs no second look, its pair is exact.
    With a `lead` the index of pairs is asked for that pair alone, with an empty one for nothing, and the rest is looked
    up row by row: for rows that come by another way, and few of them.
    """
    chosen = Q(Matches(column, Value(_quoted(lead)), output_field=BooleanField())) if lead else Q()
    matches = Matches if lead is None else MatchesWalking
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


# Seconds for which a process trusts what the database knew of a column's pairs; only the way of a search hangs on it.
KEEP_SHARES = 600.0
_shares: dict[tuple[str, str], tuple[float, dict[str, float], float]] = {}


def rarest_pair(table: str, column: str, text: str) -> tuple[str, float] | None:
    """The rarest pair of `text` with the share of rows, from 0 to 1, that hold it: the most that can hold all of it.

    As the database counted its sample when it last analysed the table; None where it has not, or `text` has no pair.
    """
    pairs = [pair for word in text.split() for pair in _pairs(plain(word)) if len(pair) > 1]
    read_at, shares, least = _shares.get((table, column), (0.0, {}, 1.0))
    if not shares or monotonic() - read_at > KEEP_SHARES:
        shares, least = _read_shares(table, column)
        _shares[table, column] = monotonic(), shares, least
    if not pairs or not shares:
        return None
    rarest = min(pairs, key=lambda pair: shares.get(pair, least))
    return rarest, shares.get(rarest, least)


def _read_shares(table: str, column: str) -> tuple[dict[str, float], float]:
    """The share of each common term of a column of pairs, and the share that no other term reaches."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
            " WHERE schemaname = ANY (current_schemas(false)) AND tablename = %s AND attname = %s",
            [table, column],
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        return {}, 1.0
    # Behind the frequencies of the terms stand the least and the greatest of them.
    return dict(zip(row[0], row[1], strict=False)), row[1][len(row[0])]


class Contains(Func):
    """Whether the first text holds the second, letter for letter."""

    template = "(strpos(%(expressions)s) > 0)"
    arg_joiner = ", "
