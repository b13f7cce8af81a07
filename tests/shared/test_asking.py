"""Statements kept ready: the same rows and the same errors as by Django's own cursor, and the database plans them once."""

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gongzhi.shared import asking

pytestmark = pytest.mark.django_db


def test_the_rows_are_the_same_with_and_without_a_log() -> None:
    statement, values = "SELECT %s::int + 1, %s::text, %s::date", [1, "楼道's", None]
    rows = asking.fetch(statement, values)
    with CaptureQueriesContext(connection) as log:
        assert asking.fetch(statement, values) == rows == [(2, "楼道's", None)]
    assert "楼道" in log.captured_queries[0]["sql"]


def test_it_is_kept_ready_once() -> None:
    for number in range(3):
        assert asking.fetch("SELECT %s::int AS kept_ready", [number]) == [(number,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%AS kept_ready'", [])
        assert cursor.fetchone() == (1,)


def test_errors_are_djangos_and_leave_the_connection_usable() -> None:
    for _time in range(2):
        with pytest.raises(DataError), transaction.atomic():
            asking.fetch("SELECT 1 / %s::int", [0])
    assert asking.fetch("SELECT %s::int", [1]) == [(1,)]
