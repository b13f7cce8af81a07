"""Writes new rows of several tables, and the work left for later, in one trip to the database, not one for each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    FloatField,
    ForeignKey,
    IntegerField,
    Model,
    TextField,
)
from procrastinate.contrib.django import app as background
from procrastinate.jobs import Job

from gongzhi.shared.reading import Statement, fetch, ready


def write(*groups: Sequence[Model], then: Sequence[Statement] = ()) -> None:
    """Insert unsaved rows in the order of the groups, each group of one model.

    All in one trip, which is one transaction by itself where the caller has begun none: all of it is kept or nothing.
    A row that others point at has its id already; the ids of the rest stay unknown. `then` are statements that go
    with them, such as the work left for later.
    """
    statements = [statement for rows in groups for statement in _inserts(rows)] + list(then)
    if statements:
        _send(statements)
    for rows in groups:
        for row in rows:
            row._state.adding = False
            row._state.db = connection.alias


def insert(row: Model) -> None:
    """Insert one unsaved row that others will point at, and give it its id."""
    head, marks, fields = _plan(type(row), False)
    row.pk = fetch(f"{head}{marks} RETURNING id", _values(row, fields))[0][0]
    row._state.adding = False
    row._state.db = connection.alias


# Up to so many rows of a model go as one and the same statement each, which the database keeps planned.
_EACH = 4


def _inserts(rows: Sequence[Model]) -> Iterator[Statement]:
    for some in [[row] for row in rows] if len(rows) <= _EACH else [rows]:
        head, marks, fields = _plan(type(some[0]), some[0].pk is not None)
        yield head + ", ".join([marks] * len(some)), [value for row in some for value in _values(row, fields)]


def _send(statements: Sequence[Statement]) -> None:
    # The log of queries needs Django's own cursor, which sees one statement of it all. And where this is all of a
    # transaction, one text that commits itself is quicker, with many at once.
    if connection.queries_logged or not connection.in_atomic_block:
        with connection.cursor() as logged:
            logged.execute("; ".join(str(logged.mogrify(*statement)) for statement in statements))
        return
    raw = ready()
    # Answers come at the end, and with them the first error.
    with connection.wrap_database_errors, raw.pipeline():
        cursor = psycopg.Cursor(raw)
        for text, values in statements:
            if len(values) <= _LONG:
                # As text a number says no size of its own, each of which would be a statement of its own.
                cursor.execute(text, [str(value) if type(value) is int else value for value in values])
            else:
                cursor.execute(psycopg.ClientCursor(raw).mogrify(text, values), prepare=False)


# A statement of more values is not kept: it will hardly come again.
_LONG = 120


def _values(row: Model, fields: "tuple[tuple[str, Field[Any, Any] | None], ...]") -> list[Any]:
    return [
        getattr(row, name) if field is None else field.get_db_prep_save(field.pre_save(row, True), connection)
        for name, field in fields
    ]


# Their values go to the driver as they are; asking each field to say so takes a third of the time of writing a row.
_PLAIN = (CharField, TextField, IntegerField, FloatField, BooleanField, ForeignKey, DateTimeField)


@lru_cache
def _plan(model: type[Model], keyed: bool) -> tuple[str, str, "tuple[tuple[str, Field[Any, Any] | None], ...]"]:
    """The beginning of the statement, the marks of one row, its attributes with the field where that must be asked."""
    quote = connection.ops.quote_name
    fields = [
        field for field in model._meta.concrete_fields if not field.generated and (keyed or not field.primary_key)
    ]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    head = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names of our own tables
    return head, marks, tuple((field.attname, None if _is_plain(field) else field) for field in fields)


def _is_plain(field: "Field[Any, Any]") -> bool:
    own = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return isinstance(field, _PLAIN) and not own


def changes(row: Model, *names: str) -> Statement:
    """Writes these fields of a row that is there already, or all of them, as it now has them."""
    quote = connection.ops.quote_name
    fields = [row._meta.get_field(name) for name in names] or [
        field for field in row._meta.concrete_fields if not field.generated and not field.primary_key
    ]
    parts = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)  # type: ignore[union-attr]
    table = quote(row._meta.db_table)
    values = [
        getattr(row, field.attname)  # type: ignore[union-attr]
        if _is_plain(field)  # type: ignore[arg-type]
        else field.get_db_prep_save(getattr(row, field.attname), connection)  # type: ignore[union-attr]
        for field in fields
    ]
    return f"UPDATE {table} SET {parts} WHERE id = %s", [*values, row.pk]  # noqa: S608 - names of our own tables


def jobs(task: str, *, queue: str, given: Sequence[Mapping[str, Any]]) -> Statement:
    """One job of this task for each set of arguments, as procrastinate's own function writes it; needs one at least.

    Procrastinate's `batch_defer` makes the same call, but in a trip of its own and with more of the processor than
    writing the demand takes.
    """
    job = _template(task, queue)
    values: list[Any] = []
    for arguments in given:
        values += [job.queue, job.task_name, job.priority, job.lock, job.queueing_lock, json.dumps(arguments)]
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, NULL)"] * len(given))
    return f"SELECT procrastinate_defer_jobs_v1(ARRAY[{rows}]::procrastinate_job_to_defer_v1[])", values


# Below procrastinate's zero: a spreadsheet leaves thousands of these, and somebody waits for the notice behind them.
LAST = -1


@lru_cache
def _template(task: str, queue: str) -> Job:
    """The job as `configure_task` makes it, so that its locks stay procrastinate's to say."""
    return background.configure_task(task, queue=queue, priority=LAST).job
