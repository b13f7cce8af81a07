"""Writes new rows of several tables in one trip to the database; an intake is one such trip, not five."""

from collections.abc import Sequence
from functools import lru_cache

from django.db import connection
from django.db.models import Field, Model


def write(*groups: Sequence[Model]) -> None:
    """Insert unsaved rows in the order of the groups, each group of one model. Wants a transaction around it.

    A row that others point at has its id already; the ids of the rest stay unknown.
    """
    statements: list[str] = []
    params: list[object] = []
    for rows in groups:
        if not rows:
            continue
        head, marks, fields = _plan(type(rows[0]), rows[0].pk is not None)
        statements.append(head + ", ".join([marks] * len(rows)))
        params += [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    if not statements:
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), params)
    for rows in groups:
        for row in rows:
            row._state.adding = False
            row._state.db = connection.alias


@lru_cache
def _plan(model: type[Model], keyed: bool) -> tuple[str, str, "tuple[Field[object, object], ...]"]:
    """The beginning of the statement, the marks of one row, the fields that are written."""
    quote = connection.ops.quote_name
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        if not field.generated and (keyed or not field.primary_key)  # type: ignore[attr-defined]
    )
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ", marks, fields
