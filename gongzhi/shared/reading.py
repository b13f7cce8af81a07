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

Row = TypeVar("Row", bound=Model)


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
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    raw.prepare_threshold = 0
    # Makes Django's errors of the driver's.
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.format = psycopg.pq.Format.BINARY if packed else psycopg.pq.Format.TEXT
        return cursor.execute(statement, values).fetchall()


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
    int, see `AmongThese`). What it asks may not depend on the values but where it hands them on as they are.
    """

    def __init__(self, made: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._made, self._kinds = made, kinds

    def ask(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows, each as a tuple in the order of the `values_list`."""
        statement, places, converters = self._words
        filled = [values[place] if isinstance(place, int) else place[0] for place in places]
        rows = fetch(statement, filled)
        return [_converted(row, converters) for row in rows] if converters else rows

    @cached_property
    def _words(self) -> tuple[str, list[int | tuple[Any]], dict[int, Any]]:
        """The statement; for each of its marks which value fills it, or what always stands there; the converters."""
        marks = [_MARKS[kind](place) for place, kind in enumerate(self._kinds)]
        compiler = self._made(*marks).query.get_compiler(connection=connection)
        statement, params = compiler.as_sql()
        places = [marks.index(param) if param in marks else (param,) for param in params]
        if unused := set(range(len(marks))) - {place for place in places if isinstance(place, int)}:
            raise ValueError(f"the statement has no place for the values {sorted(unused)}: {statement}")
        return statement, places, compiler.get_converters([column for column, *_rest in compiler.select])


class Rows(Generic[Row]):
    """The same for whole rows of one table, but for the columns `without`, which are fetched when they are read."""

    def __init__(self, made: Callable[..., QuerySet[Row]], *kinds: type, without: tuple[str, ...] = ()) -> None:
        self._made, self._kinds, self._without = made, kinds, without

    def ask(self, *values: Any) -> list[Row]:
        """The rows."""
        model, names, question = self._asked
        return [model.from_db(connection.alias, names, row) for row in question.ask(*values)]

    @cached_property
    def _asked(self) -> tuple[type[Row], list[str], Question]:
        # As late as the first asking: before that the tables may not be known yet.
        model = self._made(*(_MARKS[kind](place) for place, kind in enumerate(self._kinds))).model
        names = [field.attname for field in model._meta.concrete_fields if field.name not in self._without]
        return model, names, Question(lambda *values: self._made(*values).values_list(*names), *self._kinds)


def _converted(row: tuple[Any, ...], converters: dict[int, Any]) -> tuple[Any, ...]:
    cells = list(row)
    for place, (convert, expression) in converters.items():
        cells[place] = reduce(lambda cell, one: one(cell, expression, connection), convert, cells[place])
    return tuple(cells)
