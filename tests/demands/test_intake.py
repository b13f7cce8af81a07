"""Taking demands in: what is accepted is neither lost nor doubled, what is not is refused in words."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from gongzhi.demands import actions, queries
from gongzhi.demands.actions import Intake
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Refused
from tests.town import NOW, Town

RESIDENT = Actor(label="居民")


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
    def broken(*_entries: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("gongzhi.shared.writing.write", broken)
    with pytest.raises(OSError, match="No space"):
        town.report()
    assert not Demand.objects.exists() and not ProcrastinateJob.objects.exists()


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
