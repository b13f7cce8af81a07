"""Search in Chinese: every pair of neighbouring characters is a term, so a two-character word is found exactly.

The pairs are made by one immutable SQL function (`gongzhi_pairs`, in the migrations) for the stored column and
for the question alike; what the index finds is checked again letter for letter.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, IntegerField, Q, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone

from gongzhi.shared.lately import Lately

# Blanks and punctuation after NFKC, which makes plain signs of full-width ones; the migration names the same signs.
_FOLDED = re.compile(r"[ \t\n\r\f\v!-/:-@\[-`{-~。、“”‘’《》【】—·…]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def pairs_of(*fields: str) -> Func:
    """The expression of a stored search column over these text fields; a blank keeps fields apart.

    Of a model with `community` and `subdistrict`, whose ids become terms too.
    """
    parts: list[object] = []
    for name in fields:
        parts += [name, Value("\x1f")]
    whole = Concat(*parts[:-1], output_field=TextField()) if len(fields) > 1 else fields[0]
    # Django's own Func, not a class of ours, because a migration holds it.
    places = (F("community"), F("subdistrict"))
    return Func(whole, *places, function="gongzhi_pairs_at", output_field=SearchVectorField())


def weeks_of(moment: str) -> Func:
    """The expression that an index of pairs holds beside them, for `of_weeks`: the week of this column's moment."""
    return Func(F(moment), function="gongzhi_weeks", output_field=ArrayField(IntegerField()))


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


class HasWords(Expression):
    """Whether a row's column of `pairs` holds every word of `text`, checked again on the `fields` that they were made of.

    Words are what blanks part; a word of one or two characters needs no second look, its pair is exact. Of a community
    or subdistrict `place_id` alone, which the same index answers in the same look.
    With `walking` the index of pairs is left alone: the rows come by another way, and few of them. With `led_by`, a pair
    of `text`, the index is asked for that one and each row for the others: reading a list costs more than a few rows.

    One expression, for a tree of a dozen takes Django longer to put into words than the database to find the rows.
    """

    def __init__(
        self,
        pairs: str,
        fields: tuple[str, ...],
        text: str,
        *,
        place_id: int | None = None,
        walking: bool = False,
        led_by: str = "",
    ) -> None:
        super().__init__(output_field=BooleanField())
        self._columns: list[Any] = [F(pairs), *map(F, fields)]
        words = [word for word in text.split() if plain(word)]
        here = [_quoted(f"@{place_id}")] if place_id else []
        asked = [question(word) for word in words]
        # In one question each: the database weighs every one at some cost.
        self._by_index = [*here, _quoted(led_by)] if led_by else [] if walking else here + asked
        self._by_row = asked if led_by else here + asked if walking else []
        self._whole = [word for word in words if len(plain(word)) > 2]

    def get_source_expressions(self) -> list[Any]:
        """The columns, which Django resolves."""
        return self._columns

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """The same, resolved."""
        self._columns = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition and its values."""
        pairs, *fields = (compiler.compile(column)[0] for column in self._columns)
        # Of columns that are never null.
        whole = f"({' || chr(31) || '.join(fields)})"
        said: list[str] = []
        values: list[Any] = []
        if self._by_index:
            said.append(f"{pairs} @@ %s::tsquery")
            values.append(" & ".join(self._by_index))
        if self._by_row:
            # The function behind the operator, for which no index is looked at.
            said.append(f"ts_match_vq({pairs}, %s::tsquery)")
            values.append(" & ".join(self._by_row))
        for word in self._whole:
            # As it was typed first: that costs a tenth of folding the text.
            said.append(f"(strpos({whole}, %s) > 0 OR strpos(gongzhi_plain({whole}), %s) > 0)")
            values += [word, plain(word)]
        return f"({' AND '.join(said) or 'TRUE'})", values


def of_weeks(moment: str, weeks: Sequence[int]) -> Q:
    """A filter for rows of these weeks, numbered as in `weeks_holding`."""
    given = Value(list(weeks), output_field=ArrayField(IntegerField()))
    return Q(
        Func(weeks_of(moment), given, template="(%(expressions)s)", arg_joiner=" && ", output_field=BooleanField())
    )


def weeks_holding(index: str, share: float, start: datetime | None, *, downwards: bool, most: int) -> list[int]:
    """The numbers of the weeks, `most` of them, from a moment on up or down that hold this share of all rows together.

    Without a moment from the latest week down, with those before it that were not counted yet: a clock that was a year
    ahead hides nothing. None of them where they hold less, or the database has counted none.
    """
    shares, _least = _shares.get((index, "gongzhi_weeks"), lambda: _read_shares(index, "gongzhi_weeks")) or ({}, 0.0)
    if not shares:
        return []
    latest = max(map(int, shares))
    ahead = range(latest + 1, week_of(timezone.localtime()) + 54) if start is None else range(0)
    week = latest if start is None else week_of(start)
    weeks: list[int] = []
    while share > 0 and len(weeks) < most:
        weeks.append(week)
        share -= shares.get(str(week), 0.0)
        week += -1 if downwards else 1
    return [*ahead, *weeks] if share <= 0 else []


def week_of(moment: datetime) -> int:
    """The number of a moment's week, as the function `gongzhi_weeks` has it."""
    return int(moment.timestamp() // 604_800)


# Of what the database knows of a column's pairs; only the way of a search hangs on it.
KEEP_SHARES = 600.0
_Shares = tuple[dict[str, float], float]
_shares: Lately[tuple[str, str], _Shares | None] = Lately(KEEP_SHARES)


def rarest_pair(table: str, column: str, text: str) -> tuple[str, float] | None:
    """The pair of `text` that stands in the fewest rows, and the largest share of rows, from 0 to 1, that can hold it.

    As the database counted its sample when it last analysed the table; None where it has not, or `text` has no pair.
    """
    pairs = [pair for word in text.split() for pair in _pairs(plain(word)) if len(pair) > 1]
    known = _shares.get((table, column), lambda: _read_shares(table, column))
    if not known or not pairs:
        return None
    shares, least = known
    pair = min(pairs, key=lambda one: shares.get(one, least))
    return pair, shares.get(pair, least)


def _read_shares(table: str, column: str) -> _Shares | None:
    """The share of each common term of a column of pairs, and the share that no other term reaches."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
            " WHERE schemaname = ANY (current_schemas(false)) AND tablename = %s AND attname = %s",
            [table, column],
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        return None
    # Behind the frequencies of the terms stand the least and the greatest of them.
    return dict(zip(row[0], row[1], strict=False)), row[1][len(row[0])]
