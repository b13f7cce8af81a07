"""Planned again from an earlier plan: what still fits stays, and nothing that does not."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given as made
from hypothesis import strategies as some

from bench.give_and_take import make
from gongzhi.exchange.matching import BadProblem, MatchingProblem, Need, Offer, Standing, match
from gongzhi.exchange.matching_files import read_standing
from tests.exchange.problems import DAY, broken, given, need, north, offer, problem
from tests.exchange.test_matching_always import MANY, NEEDS, OFFERS, PROBLEMS

ANY_NUMBER = some.floats() | some.integers(0, 9).map(float)
ANYTHING = some.builds(
    Standing,
    some.integers(0, 99).map("N-{}".format),
    some.integers(0, 99).map("O-{}".format),
    ANY_NUMBER,
)


def _changed(before: dict[tuple[str, str], float], after: dict[tuple[str, str], float]) -> int:
    return sum(before.get(pair) != after.get(pair) for pair in before.keys() | after.keys())


def test_what_stands_is_left_only_for_what_is_better() -> None:
    asked = problem([need()], [offer("O-1", position=north(90)), offer("O-2", position=north(190))])
    stands = [Standing("N-1", "O-2", 1.0)]
    assert given(match(asked)) == {("N-1", "O-1"): 1}
    assert given(match(asked, standing=stands)) == {("N-1", "O-2"): 1}
    much_nearer = problem([need()], [offer("O-1", position=north(90)), offer("O-2", position=north(500))])
    assert given(match(much_nearer, standing=stands)) == {("N-1", "O-1"): 1}


def test_what_fits_no_more_is_not_kept() -> None:
    stands = [Standing("N-1", "O-1", 5.0), Standing("N-1", "gone", 1.0), Standing("N-2", "O-2", 1.0)]
    asked = problem([need(quantity=3), need("N-2", kind="place")], [offer(quantity=2), offer("O-2", quantity=9)])
    plan = match(asked, standing=stands)
    assert given(plan) == {("N-1", "O-1"): 2, ("N-1", "O-2"): 1} or given(plan) == {("N-1", "O-2"): 3}
    assert broken(asked, plan) == []


def test_a_share_that_stands_is_not_shifted_for_nothing() -> None:
    asked = problem(
        [need("N-1", quantity=4), need("N-2", quantity=4)], [offer("O-1", quantity=4), offer("O-2", quantity=4)]
    )
    stands = [Standing(f"N-{one}", f"O-{other}", 2.0) for one in (1, 2) for other in (1, 2)]
    # It takes one ask more than giving each need one offer; that is worth what stands.
    assert set(given(match(asked, ask_m=0.0, standing=stands)).values()) == {2.0}


@MANY
@made(PROBLEMS, some.lists(ANYTHING, max_size=8), some.randoms(use_true_random=False))
def test_whatever_is_said_to_stand_the_plan_keeps_every_promise(
    asked: MatchingProblem, wild: list[Standing], chance: Random
) -> None:
    real = [Standing(one.id, other.id, chance.uniform(0, 7)) for one in asked.needs for other in asked.offers]
    plan = match(asked, gap=0.0, standing=[*wild, *chance.sample(real, len(real) // 2)])
    assert broken(asked, plan) == []
    assert plan.sought.value <= plan.sought.bound + 1e-9
    assert plan.sought.value >= match(asked, gap=0.0).sought.value - 0.01 * abs(plan.sought.value) - 1e-3


@MANY
@made(PROBLEMS, NEEDS, OFFERS)
def test_a_plan_that_still_fits_is_never_left_for_a_worse_one(asked: MatchingProblem, more: Need, other: Offer) -> None:
    plan = match(asked, seconds=0.01)
    wider = replace(
        asked,
        needs=[*asked.needs, *([] if any(one.id == more.id for one in asked.needs) else [replace(more, frees=())])],
        offers=[*asked.offers, *([] if any(one.id == other.id for one in asked.offers) else [other])],
    )
    again = match(wider, seconds=0.01, standing=plan.suggestions)
    assert broken(wider, again) == []
    # What one more need frees or a giver more is asked weighs nothing for those that stand.
    assert again.sought.value >= plan.sought.value - 1e-6


def test_one_changed_need_moves_few_suggestions() -> None:
    asked = make(300, 200, 60, 5, "three")
    plan = match(asked, seconds=3.0)
    first = asked.needs[0]
    other = replace(asked, needs=[replace(first, quantity=first.quantity + 1, urgency=3), *asked.needs[1:]])
    again = match(other, seconds=0.5, standing=plan.suggestions)
    assert broken(other, again) == []
    assert _changed(given(plan), given(again)) <= len(plan.suggestions) / 10
    assert again.sought.gap <= 0.02


def test_a_later_day_counts_as_any_other_change() -> None:
    asked = problem([need(deadline=DAY + timedelta(9))], [offer()])
    plan = match(asked)
    again = match(replace(asked, day=DAY + timedelta(1)), standing=plan.suggestions)
    assert given(again) == given(plan)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[]", None),
        ('{"suggestions": [{"need": "N-1", "offer": "O-1"}]}', "quantity"),
        ('{"suggestions": [{"need": "N-1", "offer": 7, "quantity": 1}]}', "offer"),
        ('{"suggestions": [{"need": "N-1", "offer": "O-1", "quantity": "all"}]}', "quantity"),
    ],
)
def test_an_earlier_plan_that_cannot_be_read_is_refused_by_name(text: str, field: str | None) -> None:
    with pytest.raises(BadProblem) as refused:
        read_standing(text)
    assert refused.value.values.get("field") == field
