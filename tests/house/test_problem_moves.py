"""Every move of a problem, a whistle and a referral, by every standing, from every state: as the table says, or not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from gongzhi.neighbourhood.models import Person
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.problems import actions, rules
from gongzhi.problems.models import Blocker, Mediation, Occasion, Problem, Referral, Whistle
from gongzhi.problems.rules import MOVES, REFERRAL_MOVES, WHISTLE_MOVES, ReferralState, State, WhistleState
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, Table, WrongState
from tests.problems.making import BUREAU, INSURER, raise_problem, stuck
from tests.town import NOW, Town

LATER = NOW + timedelta(hours=2)
Do = Callable[[Town, Actor, int], Any]


def _unit(town: Town) -> Any:
    return town.units[BUREAU]


def _occasion() -> int:
    return Occasion.objects.get(name="应急处置").pk


def _blocker(pk: int) -> int:
    return Blocker.objects.filter(problem=pk).values_list("pk", flat=True)[0]


def _colleague(town: Town) -> Person:
    return Person.objects.get(pk=town.accounts["dongzheng_shuji"].person_id)


# How each verb of this half of the table is done with everything that it needs.
VERBS: dict[str, Do] = {
    "survey": lambda t, a, pk: actions.survey_problem(a, problem_id=pk, words="去看了", now=LATER),
    "name_cause": lambda t, a, pk: actions.name_cause(a, problem_id=pk, cause="管道老化", now=LATER),
    "name_blocker": lambda t, a, pk: actions.name_blocker(a, problem_id=pk, kind="money", words="没钱", now=LATER),
    "lift_blocker": lambda t, a, pk: actions.lift_blocker(
        a, problem_id=pk, blocker_id=_blocker(pk), words="批了", now=LATER
    ),
    "whistle": lambda t, a, pk: actions.blow_whistle(
        a, problem_id=pk, occasion_id=_occasion(), unit=_unit(t), words="请来", now=LATER
    ),
    "refer": lambda t, a, pk: actions.refer_problem(a, problem_id=pk, unit=t.units[INSURER], words="请协调", now=LATER),
    "start": lambda t, a, pk: actions.start_problem(a, problem_id=pk, words="开始", now=LATER),
    "seat": lambda t, a, pk: actions.take_seat(
        a, problem_id=pk, kind="property_firm", holder="经理", view="等一等", now=LATER
    ),
    "mediate": lambda t, a, pk: actions.mediate_problem(
        a, problem_id=pk, outcome="failed", words="都不让步", now=LATER
    ),
    "title": lambda t, a, pk: actions.set_title(a, problem_id=pk, title="车库渗水", now=LATER),
    "assign": lambda t, a, pk: actions.assign_problem(a, problem_id=pk, person=_colleague(t), now=LATER),
    "vulnerable": lambda t, a, pk: actions.set_vulnerable(a, problem_id=pk, count=0, now=LATER),
    "note": lambda t, a, pk: actions.note_on_problem(a, problem_id=pk, words="记一笔", now=LATER),
    "solve": lambda t, a, pk: actions.solve_problem(a, problem_id=pk, answer="修好了", now=LATER),
    "reopen": lambda t, a, pk: actions.reopen_problem(a, problem_id=pk, reason="又漏了", now=LATER),
}
# What grouping and watching do; tried with their own actions.
GROUPING = {"join", "split", "merge", "drop", "escalate", "alert"}

BLANK: dict[str, Do] = {
    "survey": lambda t, a, pk: actions.survey_problem(a, problem_id=pk, words=" ", now=LATER),
    "name_cause": lambda t, a, pk: actions.name_cause(a, problem_id=pk, cause="\n", now=LATER),
    "name_blocker": lambda t, a, pk: actions.name_blocker(a, problem_id=pk, kind="money", words="", now=LATER),
    "lift_blocker": lambda t, a, pk: actions.lift_blocker(
        a, problem_id=pk, blocker_id=_blocker(pk), words=" ", now=LATER
    ),
    "whistle": lambda t, a, pk: actions.blow_whistle(
        a,
        problem_id=pk,
        occasion_id=_occasion(),
        unit=None,
        words="请来",
        now=LATER,  # type: ignore[arg-type]
    ),
    "refer": lambda t, a, pk: actions.refer_problem(a, problem_id=pk, unit=t.units[INSURER], words="", now=LATER),
    "start": lambda t, a, pk: actions.start_problem(a, problem_id=pk, words="", now=LATER),
    "seat": lambda t, a, pk: actions.take_seat(a, problem_id=pk, kind="", holder="经理", view="等", now=LATER),
    "mediate": lambda t, a, pk: actions.mediate_problem(a, problem_id=pk, outcome="agreed", words=" ", now=LATER),
    "title": lambda t, a, pk: actions.set_title(a, problem_id=pk, title="　", now=LATER),
    "assign": lambda t, a, pk: actions.assign_problem(a, problem_id=pk, person=None, now=LATER),  # type: ignore[arg-type]
    "vulnerable": lambda t, a, pk: actions.set_vulnerable(a, problem_id=pk, count=None, now=LATER),  # type: ignore[arg-type]
    "note": lambda t, a, pk: actions.note_on_problem(a, problem_id=pk, words=" ", now=LATER),
    "solve": lambda t, a, pk: actions.solve_problem(a, problem_id=pk, answer="", now=LATER),
    "reopen": lambda t, a, pk: actions.reopen_problem(a, problem_id=pk, reason="", now=LATER),
}

WHISTLE_VERBS: dict[str, Do] = {
    "sign": lambda t, a, pk: actions.sign_whistle(a, whistle_id=pk, now=LATER),
    "contact": lambda t, a, pk: actions.contact_whistle(a, whistle_id=pk, words="打过电话", now=LATER),
    "arrive": lambda t, a, pk: actions.arrive_whistle(a, whistle_id=pk, words="到了", now=LATER),
    "finish": lambda t, a, pk: actions.finish_whistle(a, whistle_id=pk, words="办好了", now=LATER),
    "rate": lambda t, a, pk: actions.rate_whistle(a, whistle_id=pk, rating="good", now=LATER),
    "call_off": lambda t, a, pk: actions.call_off_whistle(a, whistle_id=pk, words="不用了", now=LATER),
}
REFERRAL_VERBS: dict[str, Do] = {
    "receive": lambda t, a, pk: actions.receive_referral(a, referral_id=pk, now=LATER),
    "coordinate": lambda t, a, pk: actions.coordinate_referral(a, referral_id=pk, words="谈妥了", now=LATER),
    "close": lambda t, a, pk: actions.close_referral(a, referral_id=pk, words="办结", now=LATER),
}


def _actors(town: Town) -> dict[str, tuple[Actor, set[Standing]]]:
    """One actor for each standing; the last ones stand in none towards a problem of Dongzheng."""
    return {
        "its desk": (town.actor("dongzheng_shegong"), {Standing.DESK}),
        "its secretary": (town.actor("dongzheng_shuji"), {Standing.LEAD}),
        "the subdistrict's officer": (town.actor("yuejin_jiedao"), {Standing.DESK}),
        "the district's reader": (town.actor("qu_kanban"), {Standing.READER}),
        "the operator": (town.actor("guanli"), {Standing.OPERATOR}),
        "the clock": (CLOCK, {Standing.CLOCK}),
        "the unit": (town.actor("chengguan_lianluo"), set()),
        "another unit": (town.actor("baoxian_lianluo"), set()),
        "another community": (town.actor("xinyu_shegong"), set()),
        "another secretary": (town.actor("xinyu_shuji"), set()),
        "a stranger": (Actor(label="居民"), set()),
    }


def _put(town: Town, state: State) -> Problem:
    """A dispute that stands in this state, mediated in vain, with a blocker and a report in it."""
    problem = raise_problem(town, town.report().demand, kind="dispute", state=state.value)
    Mediation.objects.create(
        problem=problem, times=problem.times, outcome="failed", words="都不让步", mediated_on=NOW.date()
    )
    stuck(problem)
    return problem


def _try(
    table: Table, noun: str, town: Town, who: str, actor: Actor, standings: set[Standing], verb: str, thing: Any, do: Do
) -> None:
    case, row, state = f"{verb} by {who} from {thing.state}", table[verb], type(next(iter(table[verb].sources)))
    with transaction.atomic():
        before = TrailEntry.objects.filter(noun=noun).count()
        if not standings:
            with pytest.raises(ObjectDoesNotExist):
                do(town, actor, thing.pk)
        elif row.who.isdisjoint(standings):
            with pytest.raises(NotAllowed):
                do(town, actor, thing.pk)
        elif thing.state not in row.sources:
            with pytest.raises(WrongState):
                do(town, actor, thing.pk)
        else:
            do(town, actor, thing.pk)
            after = type(thing).objects.get(pk=thing.pk)
            assert state(after.state) in row.targets(state(thing.state)), case
            if isinstance(after, Problem):
                assert (after.ended_at is not None) == (after.state in rules.ENDED), case
            written = TrailEntry.objects.filter(noun=noun).order_by("-id")[0]
            assert (written.verb, written.from_state, written.to_state) == (verb, thing.state, after.state), case
            before += 1
        assert TrailEntry.objects.filter(noun=noun).count() == before, case
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _occasions(town: Town) -> None:
    from gongzhi.console.demo.cast import FOUNDER

    actions.load_occasions(FOUNDER, now=NOW)


def test_every_verb_of_the_tables_has_its_action() -> None:
    assert set(VERBS) | GROUPING == set(MOVES) and not set(VERBS) & GROUPING
    assert set(WHISTLE_VERBS) == set(WHISTLE_MOVES) and set(REFERRAL_VERBS) == set(REFERRAL_MOVES)


@pytest.mark.parametrize("state", list(State))
def test_every_move_of_a_problem_by_everyone(town: Town, state: State) -> None:
    problem = _put(town, state)
    for who, (actor, standings) in _actors(town).items():
        for verb, do in VERBS.items():
            _try(MOVES, "problem", town, who, actor, standings, verb, problem, do)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_what_a_move_needs_cannot_be_left_out(town: Town, verb: str) -> None:
    row = MOVES[verb]
    problem = _put(town, State(sorted(row.sources)[0]))
    actors = [actor for actor, standings in _actors(town).values() if not row.who.isdisjoint(standings)]
    before = TrailEntry.objects.count()
    with pytest.raises(Refused):
        BLANK[verb](town, actors[0], problem.pk)
    assert TrailEntry.objects.count() == before


@pytest.mark.parametrize("state", list(WhistleState))
def test_every_move_of_a_whistle_by_everyone(town: Town, state: WhistleState) -> None:
    problem = raise_problem(town)
    due = dict.fromkeys(("sign_due_at", "contact_due_at", "on_site_due_at"), NOW)
    rated = {"rated_at": NOW, "rating": "good"} if state is WhistleState.RATED else {}
    whistle = Whistle.objects.create(
        problem=problem, occasion_id=_occasion(), unit=_unit(town), words="请来", blown_at=NOW, state=state.value,
        **due, **rated,
    )  # fmt: skip
    actors = _actors(town) | {"the unit": (town.actor("chengguan_lianluo"), {Standing.UNIT})}
    for who, (actor, standings) in actors.items():
        for verb, do in WHISTLE_VERBS.items():
            _try(WHISTLE_MOVES, "whistle", town, who, actor, standings, verb, whistle, do)


@pytest.mark.parametrize("state", list(ReferralState))
def test_every_move_of_a_referral_by_everyone(town: Town, state: ReferralState) -> None:
    """To all but the leaders of the place and the unit asked it is not there at all."""
    problem = raise_problem(town)
    referral = Referral.objects.create(
        problem=problem,
        unit=town.units[INSURER],
        words="请协调",
        referred_at=timezone.localtime(NOW),
        state=state.value,
    )
    lets_in = {"its secretary", "another unit"}
    actors = _actors(town) | {"another unit": (town.actor("baoxian_lianluo"), {Standing.UNIT})}
    for who, (actor, standings) in actors.items():
        for verb, do in REFERRAL_VERBS.items():
            seen = standings if who in lets_in else set()
            _try(REFERRAL_MOVES, "referral", town, who, actor, seen, verb, referral, do)
