"""Asks the few statements that stand on the way of every intake, each read and planned once for a connection."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def fetch(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that is always the same text, kept ready by the database between its askings.

    Django's own cursor writes the values into the text, which is then read and planned anew each time: that costs
    several times what finding one row does.
    """
    with connection.cursor() as cursor:
        # The log of queries needs Django's own, which can tell what was asked.
        if not connection.queries_logged:
            raw = connection.connection
            raw.prepare_threshold = 0
            cursor.cursor.close()
            # In Django's wrapper, which makes Django's errors of the driver's.
            cursor.cursor = psycopg.Cursor(raw)
        cursor.execute(statement, values)
        return list(cursor.fetchall())
