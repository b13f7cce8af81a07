"""Rows of several tables are written in one trip: all or none, alike whether few or many, with and without a log."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.problems.models import AlertRule, Setting
from gongzhi.shared import trail, writing
from gongzhi.shared.models import TrailEntry

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
# So many rows go as one statement each, and more as one of all.
FEW, MANY = 3, 300


def settings_(number: int) -> list[Setting]:
    return [Setting(code=f"{number} 楼道's %s {at}", value=at * 70_000) for at in range(number)]


def entries(number: int) -> list[TrailEntry]:
    data = {"楼道": "3%'"}
    return [trail.entry(CLOCK, at=NOW, noun="trial", noun_id=at, verb="write", data=data) for at in range(number)]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, FEW, MANY])
@pytest.mark.parametrize("logged", [False, True])
def test_rows_are_kept_as_they_are(number: int, logged: bool) -> None:
    if logged:
        with CaptureQueriesContext(connection) as log:
            writing.write(settings_(number), [], entries(number))
        assert len(log) == 1
    else:
        writing.write(settings_(number), [], entries(number))
    kept = Setting.objects.filter(code__startswith=f"{number} 楼道's %s ").order_by("value")
    assert [(row.code, row.value) for row in kept] == [(row.code, row.value) for row in settings_(number)]
    trails = TrailEntry.objects.filter(noun="trial").order_by("noun_id")
    assert [(row.noun_id, row.at, row.data) for row in trails] == [(at, NOW, {"楼道": "3%'"}) for at in range(number)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [FEW, MANY])
def test_what_fails_leaves_nothing_behind(number: int) -> None:
    twice = settings_(number)
    twice[-1].code = twice[0].code
    with pytest.raises(IntegrityError, match="code"):
        writing.write(entries(2), twice)
    with pytest.raises(DataError):
        writing.write(settings_(number), then=[("UPDATE problems_setting SET value = %s", ["x"])])
    assert not Setting.objects.filter(code__startswith=f"{number} 楼道").exists()
    assert not TrailEntry.objects.filter(noun="trial").exists()
    # And the connection is good for more.
    writing.write(settings_(number))
    assert Setting.objects.filter(code__startswith=f"{number} 楼道").count() == number


@pytest.mark.django_db
def test_a_point_to_go_back_to_holds() -> None:
    same = settings_(1)
    writing.write(same)
    with pytest.raises(IntegrityError), transaction.atomic():
        writing.write(entries(1), settings_(1))
    assert TrailEntry.objects.filter(noun="trial").count() == 0 and Setting.objects.filter(code=same[0].code).exists()


@pytest.mark.django_db
def test_numbers_of_every_size_are_one_statement() -> None:
    def kept() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO \"problems_setting\"%'"
            )
            return int(cursor.fetchone()[0])

    writing.write(settings_(1))
    before = kept()
    for value in (7, 70_000, 2_000_000_000):
        writing.write([Setting(code=f"of size {value}", value=value)])
    assert before == kept() == 1


@pytest.mark.django_db
def test_changed_fields_are_written_and_others_left() -> None:
    rule = AlertRule.objects.create(name="热点", reports=7, days=5)
    rule.name, rule.reports = "别的", 9
    writing.write(then=[writing.changes(rule, "reports")])
    rule.refresh_from_db()
    assert (rule.name, rule.reports) == ("热点", 9)
