"""Asks what every page and intake asks, put into words once and planned once for a connection.

Making the statement anew costs more than the answer, and reading and planning it anew more than finding one row.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, reduce
from typing import Any, Generic, TypeVar

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import Exact

# What reads `select_related` in Django; the stubs do not know it.
from django.db.models.query import RelatedPopulator, get_related_populators  # type: ignore[attr-defined]

Row = TypeVar("Row", bound=Model)
# What is asked and the values that fill its marks.
Statement = tuple[str, list[Any]]


def fetch(statement: str, values: Sequence[Any], *, packed: bool = False) -> list[tuple[Any, ...]]:
    """The rows of a statement that is always the same text, kept ready by the database between its askings.

    Django's own cursor writes the values into the text, which is then read and planned anew each time. `packed` has the
    values come as bytes, not written out: half the time for many rows of bytes, moments and numbers. Not for JSON.
    """
    # The log of queries needs Django's own, which can tell what was asked.
    if connection.queries_logged:
        with connection.cursor() as logged:
            logged.execute(statement, values)
            return list(logged.fetchall())
    # Makes Django's errors of the driver's.
    with connection.wrap_database_errors:
        return _asked(ready(), statement, values, packed).fetchall()


def fetch_each(*statements: Statement, packed: bool = False) -> list[list[tuple[Any, ...]]]:
    """The same of several statements in one trip; each sees what was done while the one before it waited."""
    if connection.queries_logged or len(statements) == 1:
        return [fetch(*statement, packed=packed) for statement in statements]
    raw = ready()
    with connection.wrap_database_errors:
        with raw.pipeline():
            asked = [_asked(raw, *statement, packed) for statement in statements]
        return [cursor.fetchall() for cursor in asked]


def _asked(
    raw: "psycopg.Connection[Any]", statement: str, values: Sequence[Any], packed: bool
) -> "psycopg.Cursor[Any]":
    cursor = psycopg.Cursor(raw)
    cursor.format = psycopg.pq.Format.BINARY if packed else psycopg.pq.Format.TEXT
    return cursor.execute(statement, [_listed(value) if type(value) is list else value for value in values])


def ready() -> "psycopg.Connection[Any]":
    """The driver's own connection, on which every statement is kept planned from its first asking on."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw: psycopg.Connection[Any] = connection.connection
    raw.prepare_threshold, raw.prepared_max = 0, _PREPARED
    return raw


# More than there are statements in the product: one that is thrown away is planned anew.
_PREPARED = 500


def _listed(values: list[Any]) -> Any:
    """Numbers as the database reads a list of them, which the driver takes longer to write."""
    return f"{{{','.join(map(str, values))}}}" if all(type(value) is int for value in values) else values


# What a number in the database can be; no row has one beyond, and the asking would end in an error or look at every row.
_GREATEST = 2**63 - 1

# A value of each kind that no caller means, by which its place in the statement is found again.
_MARKS: dict[type, Callable[[int], object]] = {
    int: lambda place: -990_001 - place,
    str: lambda place: f"\ue000{place}",
    date: lambda place: date(1, 1, 1 + place),
    datetime: lambda place: datetime(1, 1, 1 + place, tzinfo=UTC),
    list: lambda place: [-990_001 - place],
}


class AmongThese(Func):
    """Whether a number is one of a list of numbers that is handed on as one value.

    Taken apart and put together again, so that the database cannot count them: a plan for three looks cheaper to it than
    the one for any number that it keeps, and so it would plan anew each time, which costs more than finding the rows.
    """

    template = "(%(expressions)s))))"
    arg_joiner = " = ANY (ARRAY(SELECT unnest("
    output_field = BooleanField()

    def __init__(self, column: str, numbers: list[int]) -> None:
        super().__init__(F(column), Value(numbers, output_field=ArrayField(BigIntegerField())))


def equal_unindexed(column: str, number: int) -> Q:
    """A filter for rows with this number, said of a sum, which no index holds: where another finds them quicker."""
    return Q(Exact(ExpressionWrapper(F(column) + Value(0), output_field=BigIntegerField()), number))


class Question:
    """A `values_list` that is put into words once and asked again with other values.

    `made` builds the queryset from as many values as there are `kinds`: int, str, date, datetime or list (of
    int, see `AmongThese`). What it asks may not depend on the values but where it hands them on as they are. `packed` is
    as for `fetch`.
    """

    def __init__(self, made: Callable[..., QuerySet[Any, Any]], *kinds: type, packed: bool = False) -> None:
        self._made, self._kinds, self._packed = made, kinds, packed

    def ask(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows, each as a tuple in the order of the `values_list`."""
        if any(type(value) is int and abs(value) > _GREATEST for value in values):
            return []
        return self.read(fetch(*self.statement(*values), packed=self._packed))

    def statement(self, *values: Any) -> Statement:
        """What `ask` asks; `read` makes its rows of the answer."""
        statement, places, *_more = self.words
        return statement, [values[place] if isinstance(place, int) else place[0] for place in places]

    def read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        _statement, _places, converters, _compiler = self.words
        return [_converted(row, converters) for row in rows] if converters else rows

    @cached_property
    def words(self) -> tuple[str, list[int | tuple[Any]], dict[int, Any], Any]:
        """The statement; for each of its marks which value fills it, or what always stands there; the converters; and
        Django's compiler, which knows what each column is."""
        marks = [_MARKS[kind](place) for place, kind in enumerate(self._kinds)]
        compiler = self._made(*marks).query.get_compiler(connection=connection)
        statement, params = compiler.as_sql()
        places = [marks.index(param) if param in marks else (param,) for param in params]
        if unused := set(range(len(marks))) - {place for place in places if isinstance(place, int)}:
            raise ValueError(f"the statement has no place for the values {sorted(unused)}: {statement}")
        return statement, places, compiler.get_converters([column for column, *_rest in compiler.select]), compiler


class Rows(Generic[Row]):
    """The same for rows of a model, with those that `select_related` joins and without what `defer` leaves out."""

    def __init__(self, made: Callable[..., QuerySet[Row]], *kinds: type) -> None:
        self._question = Question(made, *kinds)

    def ask(self, *values: Any) -> list[Row]:
        """The rows."""
        return self._made(self._question.ask(*values))

    def statement(self, *values: Any) -> Statement:
        """What `ask` asks; `read` makes its rows of the answer."""
        return self._question.statement(*values)

    def read(self, rows: list[tuple[Any, ...]]) -> list[Row]:
        return self._made(self._question.read(rows))

    def _made(self, found: list[tuple[Any, ...]]) -> list[Row]:
        model, names, first, joined = self._parts
        rows = []
        for row in found:
            one = model.from_db(connection.alias, names, row[first : first + len(names)])
            for populator in joined:
                populator.populate(row, one)
            rows.append(one)
        return rows

    @cached_property
    def _parts(self) -> tuple[type[Row], list[str], int, list[RelatedPopulator]]:
        """The model, the names of its columns and where they begin, and who reads the joined ones, as Django has it."""
        *_words, compiler = self._question.words
        info = compiler.klass_info
        fields = info["select_fields"]
        names = [compiler.select[at][0].target.attname for at in fields]
        return info["model"], names, fields[0], get_related_populators(info, compiler.select, connection.alias)


def _converted(row: tuple[Any, ...], converters: dict[int, Any]) -> tuple[Any, ...]:
    cells = list(row)
    for place, (convert, expression) in converters.items():
        cells[place] = reduce(lambda cell, one: one(cell, expression, connection), convert, cells[place])
    return tuple(cells)
