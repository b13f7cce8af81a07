"""What is due today and still open is no breach before the day is over."""

from datetime import timedelta

import pytest

from gongzhi.agreements import queries
from gongzhi.agreements.rules import ProofKind, Side, counted
from gongzhi.demands import actions as demands
from gongzhi.demands.models import Clock
from gongzhi.demands.upstairs import answers_due
from gongzhi.exchange import actions as exchange
from gongzhi.exchange.queries.kept import dealings, needs_answered, rounds_due
from gongzhi.problems import actions as problems
from gongzhi.problems.figures import whistles_due
from tests.agreements.making import DESK, UNIT, ready, signed
from tests.exchange.making import BUREAU, DAY, TODAY, need_details, promised
from tests.exchange.rounds import found_network, open_round
from tests.problems.making import occasion, raise_problem
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db
BEFORE, AFTER = TODAY - 30 * DAY, TODAY + 60 * DAY


def test_a_pledge_due_today_is_not_held_against_its_giver_before_tomorrow(town: Town) -> None:
    ready(town)
    row = signed(town)
    pledge = promised(town, due_on=TODAY + 3 * DAY)
    (clause,) = (one for one in queries.clauses_of(row) if one.proof == ProofKind.PLEDGES and one.side == Side.UNIT)

    def proof(days: int) -> tuple[int, int]:
        found = next(one for one in queries.proofs_of(row, on=TODAY + days * DAY) if one.clause == clause)
        return found.proof.kept, found.proof.of

    assert proof(3) == (0, 0) and proof(4) == (0, 1)
    unit, day, later = town.actor(UNIT), TODAY + 3 * DAY, NOW + 3 * DAY
    part = exchange.deliver(unit, pledge_id=pledge.pk, quantity=4, day=day, now=later)
    exchange.confirm_delivery(town.actor(DESK), delivery_id=part.pk, now=later)
    assert proof(3) == (1, 1), "what is done today counts today"


def test_so_it_is_with_every_kind_of_day(town: Town) -> None:
    ready(town)
    unit, place = town.units[BUREAU].pk, town.places["dongzheng"].pk
    promised(town, due_on=TODAY + DAY)
    exchange.state_need(
        town.actor(UNIT), details=need_details(), unit=town.units[BUREAU], now=NOW, once="asked of the desk"
    )
    whistle = problems.blow_whistle(
        town.actor(DESK), problem_id=raise_problem(town, state="cause_known").pk, occasion_id=occasion(town).pk,
        unit=town.units[BUREAU], words="请来看看", now=NOW,
    )  # fmt: skip
    received = town.report()
    demands.classify_demand(
        town.actor("dongzheng_shegong"), demand_id=received.demand.pk, category=town.category(), now=NOW
    )
    demands.dispatch_demand(
        town.actor("dongzheng_shegong"), demand_id=received.demand.pk, handler=town.units[BUREAU], now=NOW
    )
    clock = Clock.objects.get(demand=received.demand, kind="answer")
    network = found_network(town)
    member = town.units["百花小学（演示）"].pk
    row = open_round(town, network, moment=NOW + timedelta(hours=1))
    due = {
        "pledge": lambda on: dealings([unit], [place], BEFORE, AFTER, today=on).due,
        "need": lambda on: needs_answered([unit], [place], BEFORE, AFTER, today=on),
        "whistle": lambda on: whistles_due([unit], BEFORE, AFTER, today=on),
        "demand": lambda on: answers_due([unit], BEFORE, AFTER, today=on),
        "round": lambda on: rounds_due([member], BEFORE, AFTER, today=on),
    }
    assert whistle.sign_due_at and clock.due_at and row.due_on
    for noun, ask in due.items():
        (late,) = ask(AFTER)
        assert not late.kept and ask(late.day) == [] and len(ask(late.day + DAY)) == 1, noun


def test_a_clause_says_what_is_counted_for_its_side() -> None:
    assert "吹哨" in counted(ProofKind.ANSWERS, Side.UNIT) and "诉求" in counted(ProofKind.ANSWERS, Side.UNIT)
    assert "单位提出的需求" in counted(ProofKind.ANSWERS, Side.LOCAL)
