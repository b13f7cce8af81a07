"""How a dispute ends at the table is written down before it is solved, and listed in the register."""

from datetime import timedelta

import pytest

from gongzhi.problems import actions, disputes
from gongzhi.problems.models import Problem
from gongzhi.problems.rules import SeatKind
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused
from tests.problems.making import fresh, raise_problem
from tests.town import NOW, Town

DAY = timedelta(days=1)


@pytest.mark.mechanism("M4")
def test_a_dispute_is_solved_only_once_its_outcome_at_the_table_is_written_down(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    pk = raise_problem(town, town.report().demand, kind="dispute", title="停车收费纠纷").pk
    with pytest.raises(Refused):
        actions.solve_problem(desk, problem_id=pk, answer="谈好了", now=NOW)
    for wrong in (
        {"outcome": "agreed", "seats": ["property_firm"]},
        {"outcome": "agreed", "seats": ["property_firm", "neighbour"]},
        {"outcome": "nearly"},
        {"outcome": "failed", "mediated_on": NOW.date() + DAY},
    ):
        with pytest.raises(Refused):
            actions.mediate_problem(desk, problem_id=pk, words="先不涨价", now=NOW, **wrong)  # type: ignore[arg-type]
    actions.mediate_problem(desk, problem_id=pk, outcome="failed", words="业委会没来", now=NOW)
    actions.mediate_problem(
        desk, problem_id=pk, outcome="agreed", words="先不涨价", seats=["owners_committee", "property_firm"],
        mediated_on=(NOW - DAY).date(), now=NOW,
    )  # fmt: skip
    (line,) = disputes.register(desk).rows
    assert line.mediation and line.mediation.seats == ["property_firm", "owners_committee"]
    assert line.mediation.mediated_on == (NOW - DAY).date()
    assert trail.of("problem", pk)[-1].data["before"]["words"] == "业委会没来"
    actions.solve_problem(desk, problem_id=pk, answer="物业暂不涨价", now=NOW)
    # Taken up again, it is mediated anew; how it ended before stays readable.
    actions.reopen_problem(desk, problem_id=pk, reason="又涨价了", now=NOW + DAY)
    with pytest.raises(Refused):
        actions.solve_problem(desk, problem_id=pk, answer="谈好了", now=NOW + DAY)
    actions.mediate_problem(desk, problem_id=pk, outcome="failed", words="都不让步", now=NOW + DAY)
    assert [one.words for one in disputes.mediations_of(fresh(Problem(pk=pk)))] == ["都不让步", "先不涨价"]
    actions.solve_problem(desk, problem_id=pk, answer="建议走司法途径", now=NOW + DAY)


def test_the_register_lists_the_disputes_of_ones_places_by_outcome(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    made = [raise_problem(town, kind="dispute", title=f"纠纷{count}").pk for count in range(4)]
    raise_problem(town, title="渗水")
    raise_problem(town, place="garage", kind="dispute")
    raise_problem(town, kind="dispute", state="dropped")
    both = ["residents_committee", "owners_committee"]
    actions.mediate_problem(desk, problem_id=made[0], outcome="agreed", words="好", seats=both, now=NOW)
    actions.mediate_problem(desk, problem_id=made[1], outcome="failed", words="不", seats=[], now=NOW)
    actions.take_seat(desk, problem_id=made[2], kind="property_firm", holder="经理", view="等等", now=NOW)

    def found(**asked: str) -> list[int]:
        return [one.pk for one in disputes.register(desk, **asked).rows]

    assert found() == found(outcome="nonsense", after="x") == made[::-1]
    assert (found(outcome="agreed"), found(outcome="failed"), found(outcome="waiting")) == (
        made[:1],
        made[1:2],
        made[:1:-1],
    )
    first = disputes.register(desk, size=3)
    assert [one.pk for one in first.rows] == made[:0:-1]
    assert [one.pk for one in disputes.register(desk, after=first.after).rows] == made[:1]
    assert [one.heard for one in first.rows] == [[], [SeatKind.PROPERTY_FIRM], []]
    assert disputes.register(town.actor("xinyu_shegong")).rows == []
