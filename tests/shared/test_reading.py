"""A question put into words once answers as the queryset would, whatever is asked later."""

from datetime import date

import pytest
from django.db import DataError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from gongzhi.demands.models import Threshold
from gongzhi.neighbourhood.models import Account, Appointment
from gongzhi.shared.reading import AmongThese, Question, fetch
from tests.town import Town

pytestmark = pytest.mark.django_db


def _offices(person: int, since: date, until: date):  # type: ignore[no-untyped-def]
    held = Appointment.objects.filter(Q(until=None) | Q(until__gte=until), person=person, since__lte=since)
    return held.order_by("id").values_list("role__rights", "place__name", "since")


def test_it_answers_each_asker_as_the_queryset_does(town: Town) -> None:
    asked = Question(_offices, int, date, date)
    today = date(2026, 3, 2)
    seen = 0
    for account in town.accounts.values():
        for day in (today, date(1999, 1, 1)):
            values = (account.person_id or 0, day, day)
            assert asked.ask(*values) == list(_offices(*values))
            seen += len(asked.ask(*values))
    assert seen, "nobody held an office, so that nothing was compared"


def test_it_is_put_into_words_once(town: Town) -> None:
    made = []
    asked = Question(lambda pk: made.append(pk) or Threshold.objects.filter(pk=pk).values_list("pk"), int)  # type: ignore[func-returns-value]
    with CaptureQueriesContext(connection) as captured:
        assert asked.ask(-1) == asked.ask(-2) == []
    assert len(made) == 1
    assert ["-1" in captured[0]["sql"], "-2" in captured[1]["sql"]] == [True, True]


def test_a_value_that_the_statement_has_no_place_for_is_refused() -> None:
    asked = Question(lambda pk, other: Threshold.objects.filter(pk=pk).values_list("pk"), int, int)
    with pytest.raises(ValueError, match="no place for the values"):
        asked.ask(1, 2)


def test_the_rows_are_the_same_with_and_without_a_log() -> None:
    statement, values = "SELECT %s::int + 1, %s::text, %s::date", [1, "楼道's", None]
    rows = fetch(statement, values)
    with CaptureQueriesContext(connection) as log:
        assert fetch(statement, values) == rows == [(2, "楼道's", None)]
    assert "楼道" in log.captured_queries[0]["sql"]


def test_it_is_kept_ready_once() -> None:
    for number in range(3):
        assert fetch("SELECT %s::int AS kept_ready", [number]) == [(number,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%AS kept_ready'", [])
        assert cursor.fetchone() == (1,)


def test_errors_are_djangos_and_leave_the_connection_usable() -> None:
    for _time in range(2):
        with pytest.raises(DataError), transaction.atomic():
            fetch("SELECT 1 / %s::int", [0])
    assert fetch("SELECT %s::int", [1]) == [(1,)]


def test_a_list_of_numbers_is_one_value(town: Town) -> None:
    asked = Question(lambda ids: Account.objects.filter(AmongThese("pk", ids)).values_list("pk", "login"), list)
    rows = list(Account.objects.order_by("pk").values_list("pk", "login"))
    assert sorted(asked.ask([row[0] for row in rows[:3]])) == rows[:3]
    assert asked.ask([rows[0][0], 2**40]) == rows[:1]
    assert asked.ask([]) == []
