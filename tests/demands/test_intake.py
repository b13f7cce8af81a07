"""Taking demands in: what is accepted is neither lost nor doubled, what is not is refused in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from procrastinate.contrib.django import app as background
from procrastinate.contrib.django.models import ProcrastinateJob

from gongzhi.demands import actions, queries
from gongzhi.demands.actions import Intake
from gongzhi.demands.models import Clock, Demand
from gongzhi.neighbourhood.models import ContactCard, Place
from gongzhi.neighbourhood.queries import district_name
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import writing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Refused
from gongzhi.shared.reading import Statement
from tests.town import NOW, Town, build
from tests.working import work

RESIDENT = Actor(label="居民")


@pytest.mark.parametrize("table", ["neighbourhood_place", "demands_limit"])
def test_what_demands_point_at_without_a_constraint_cannot_be_deleted(town: Town, table: str) -> None:
    town.report()
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    for column in ("place_id", "community_id", "subdistrict_id", "compound_id", "accountable_id"):
        assert Place.objects.filter(pk__in=Demand.objects.values(column)).count() == 1, column


def test_everything_of_an_intake_is_written_together(town: Town) -> None:
    received = town.report(phone="13800138000")
    demand = received.demand
    assert demand.due_at and demand.answer_due_at and demand.accountable_id == town.places["dongzheng"].pk
    assert TrailEntry.objects.filter(noun="demand", noun_id=demand.pk, verb="receive").exists()
    job = ProcrastinateJob.objects.get(task_name="demands.suggest_category")
    assert job.args["demand_id"] == demand.pk and job.args["district"]
    assert queries.demand_with_code(str(demand).split()[0], received.code) == demand
    assert queries.demand_with_code(str(demand).split()[0], "000000") is None
    assert actions.steps.read_link(received.link.rpartition("/")[2]) == demand.pk


def test_a_failure_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_rows: object, **_then: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("gongzhi.shared.writing.write", broken)
    with pytest.raises(OSError, match="No space"):
        town.report()
    assert not Demand.objects.exists() and not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_intake_of_one_trip_is_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    town = build()
    before = TrailEntry.objects.count(), ContactCard.objects.count()
    jobs = writing.jobs

    def jobs_and_then_trouble(*args: Any, **given: Any) -> Statement:
        statement, values = jobs(*args, **given)
        return f"WITH left_for_later AS MATERIALIZED ({statement}) SELECT 1 / (SELECT 0) FROM left_for_later", values

    with monkeypatch.context() as patch:
        patch.setattr("gongzhi.shared.writing.jobs", jobs_and_then_trouble)
        with pytest.raises(DataError):
            town.report(phone="13800138000", once="form-1")
    assert not Demand.objects.exists() and not Clock.objects.exists() and not ProcrastinateJob.objects.exists()
    assert (TrailEntry.objects.count(), ContactCard.objects.count()) == before
    received = town.report(phone="13800138000", once="form-1")
    assert not received.again and Clock.objects.filter(demand=received.demand).exists()


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_the_work_that_an_intake_left() -> None:
    """The statement written with the rows makes the same job as procrastinate's own way of leaving one."""
    pk = build().report(body='楼道灯坏了 "3 单元", {}').demand.pk
    ours = ProcrastinateJob.objects.get()
    arguments = {"district": district_name(), "demand_id": pk}
    theirs = background.configure_task("demands.suggest_category", queue="text", priority=writing.LAST).defer(
        **arguments
    )
    names = ("queue_name", "task_name", "priority", "lock", "queueing_lock", "args", "status", "scheduled_at")
    made = ProcrastinateJob.objects.filter(pk__in=[ours.pk, theirs]).values_list(*names)
    assert len(made) == 2 and made[0] == made[1]
    work("text")
    assert ProcrastinateJob.objects.get(pk=ours.pk).status == "succeeded"


def test_a_commit_calls_nobody(town: Town) -> None:
    """A NOTIFY would make commits wait for one another's flush; the worker looks every second."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'procrastinate_jobs'::regclass"
            " AND tgname LIKE '%job_inserted%' AND tgenabled <> 'D'"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_was_at_is_taken_up_again() -> None:
    build().report()
    left = ProcrastinateJob.objects.get()
    with connection.cursor() as cursor:
        # As a worker leaves it that was killed and whose row was cleared away.
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
    again = background.configure_task("shared.take_up_stalled", queue="time").defer(timestamp=0)
    work("time", "text")
    done = dict(ProcrastinateJob.objects.filter(pk__in=[left.pk, again]).values_list("pk", "status"))
    assert done == {left.pk: "succeeded", again: "succeeded"}


@pytest.mark.django_db(transaction=True)
def test_what_failed_because_the_database_went_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    build().report()

    def gone(**_what: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(actions, "suggest_category", gone)
    work("text")
    job = ProcrastinateJob.objects.get(task_name="demands.suggest_category")
    assert (job.status, job.attempts) == ("todo", 1) and job.scheduled_at


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u200e", "\x00\x01"])
def test_nothing_said_is_refused(town: Town, body: str) -> None:
    with pytest.raises(Refused):
        town.report(body=body)


def test_too_long_is_refused_and_strange_signs_are_kept_harmless(town: Town) -> None:
    with pytest.raises(Refused):
        town.report(body="漏" * 100_000)
    demand = town.report(body="灯坏了😀<script>alert(1)</script>\u202e反\x00").demand
    kept = Demand.objects.get(pk=demand.pk).body
    assert "😀<script>" in kept and "\u202e" not in kept and "\x00" not in kept


def test_a_batch_keeps_the_order_and_finds_what_it_took_before(town: Town) -> None:
    place = town.places["dongzheng"]
    first = [Intake(place=place, body=f"第{n}件事", once=f"row-{n}") for n in range(5)]
    taken = actions.receive_demands(RESIDENT, intakes=first, now=NOW)
    assert [one.demand.body for one in taken] == [f"第{n}件事" for n in range(5)]
    more = [*first[2:], Intake(place=place, body="新的一件", once="row-9"), first[0]]
    again = actions.receive_demands(RESIDENT, intakes=more, now=NOW)
    assert [one.again for one in again] == [True, True, True, False, True]
    assert Demand.objects.count() == 6


def test_an_old_order_is_kept_without_clocks(town: Town) -> None:
    closed = NOW - timedelta(days=300)
    received = town.report(historic=True, stated_in_time=True, stated_closed_at=closed, external_number="A-1")
    assert (received.demand.state, received.demand.due_at) == ("archived", None)
    # What the other system stated is kept beside what we counted, never in its place.
    assert (received.demand.stated_closed_at, received.demand.closed_at) == (closed, NOW)


def test_an_intake_makes_few_queries(town: Town, django_assert_max_num_queries: object) -> None:
    town.report()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        town.report(phone="13800138000", once="counted")


def test_what_an_intake_leaves_for_later_goes_after_what_somebody_waits_for(town: Town) -> None:
    town.report()
    background.configure_task("demands.take_file", queue="imports").defer(district="", import_file_id=1, account_id=1)
    first = ProcrastinateJob.objects.order_by("-priority", "id").first()
    assert first and first.task_name == "demands.take_file"
