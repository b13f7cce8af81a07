"""What the matching of needs and offers promises, one promise at a time, on problems that fit in the head."""

from datetime import date, timedelta
from typing import Any

import pytest

from bench.give_and_take import make
from gongzhi.exchange.matching import (
    Declined,
    Giver,
    MatchingProblem,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Position,
    Window,
    match,
    weigh,
)
from tests.exchange.problems import DAY, HOME, broken, given, need, north, offer, planned, problem

EVENING = (Window(2, 19 * 60, 21 * 60),)


def test_an_empty_problem_has_an_empty_plan() -> None:
    plan = match(MatchingProblem(DAY))
    assert (plan.suggestions, plan.unmet, plan.met.value, plan.met.gap) == ((), (), 0.0, 0.0)


def test_two_needs_are_met_where_nearest_first_would_meet_one() -> None:
    """The picky need gets the only offer that fits it; the other goes further."""
    plan = planned(
        [need("N-any", urgency=1), need("N-near")], [offer("O-near", reach_m=100), offer("O-far", position=north(900))]
    )
    assert len(given(plan)) == 2
    picky = planned(
        [need("N-any", urgency=1), need("N-picky", tags=frozenset({"电工"}))],
        [offer("O-1", tags=frozenset({"电工"})), offer("O-2", tags=frozenset({"水工"}), position=north(900))],
    )
    assert given(picky) == {("N-any", "O-2"): 1, ("N-picky", "O-1"): 1}


def test_the_urgent_and_the_nearer_deadline_come_first() -> None:
    urgent = planned([need("N-1", urgency=1), need("N-2", urgency=2)], [offer()])
    assert given(urgent) == {("N-2", "O-1"): 1}
    soon = planned([need("N-1", deadline=DAY + timedelta(60)), need("N-2", deadline=DAY + timedelta(2))], [offer()])
    assert given(soon) == {("N-2", "O-1"): 1}


def test_a_deadline_in_the_past_weighs_most_and_is_flagged() -> None:
    plan = planned([need("N-1", deadline=DAY + timedelta(1)), need("N-2", deadline=DAY - timedelta(9))], [offer()])
    assert given(plan) == {("N-2", "O-1"): 1} and plan.overdue == ("N-2",)


def test_what_frees_another_need_comes_first() -> None:
    needs = [need("N-1"), need("N-2", frees=("N-3",)), need("N-3", kind="place", urgency=3)]
    assert given(planned(needs, [offer()])) == {("N-2", "O-1"): 1}


def test_who_only_gave_is_offered_something_back() -> None:
    givers = [Giver("U-2", given=3, received=0), Giver("U-3", given=3, received=1)]
    needs = [need("N-1", asker="U-3"), need("N-2", asker="U-2")]
    assert given(planned(needs, [offer()], givers)) == {("N-2", "O-1"): 1}
    assert weigh(needs, givers, DAY) == pytest.approx([1.0, 1.1])


def test_nearness_decides_between_plans_that_meet_as_much() -> None:
    plan = planned(
        [need("N-1"), need("N-2", position=north(3000))],
        [offer("O-1", giver="U-1", position=north(3000)), offer("O-2", giver="U-2")],
    )
    assert given(plan) == {("N-1", "O-2"): 1, ("N-2", "O-1"): 1}


def test_the_asking_is_spread_over_those_about_as_near() -> None:
    needs = [need(f"N-{number}", position=north(number)) for number in range(4)]
    offers = [offer(f"O-{number}", giver="U-near", quantity=4) for number in range(2)]
    offers += [offer(f"O-{number}", giver=f"U-{number}", position=north(60)) for number in range(2, 6)]
    plan = planned(needs, offers)
    assert len(given(plan)) == 4 and plan.most_asks == 1
    tired = planned(needs[:1], offers, [Giver("U-near", asked_lately=6)])
    assert [one.giver for one in tired.suggestions] != ["U-near"]


def test_one_giver_is_asked_rather_than_two_for_one_need() -> None:
    plan = planned(
        [need(quantity=4)],
        [
            offer("O-1", giver="U-1", quantity=2),
            offer("O-2", giver="U-2", quantity=2),
            offer("O-3", giver="U-3", quantity=4),
        ],
    )
    assert given(plan) == {("N-1", "O-3"): 4}


def test_in_part_and_in_whole() -> None:
    part = planned([need(quantity=5)], [offer(quantity=3)])
    assert given(part) == {("N-1", "O-1"): 3}
    assert part.unmet[0][1:] == (2.0, 0.6, "not_enough")
    assert given(planned([need(quantity=5, whole_only=True)], [offer(quantity=3)])) == {}
    three = [offer(f"O-{number}", giver=f"U-{number}", quantity=2) for number in range(3)]
    assert given(planned([need(quantity=5, whole_only=True, most_offers=2)], three)) == {}
    assert sum(given(planned([need(quantity=5, most_offers=2)], three)).values()) == 4
    both = planned(
        [need(quantity=5, whole_only=True)], [offer("O-1", quantity=3), offer("O-2", giver="U-2", quantity=3)]
    )
    assert sum(given(both).values()) == 5


def test_an_offer_in_one_piece_goes_to_one_need() -> None:
    plan = planned([need("N-1", quantity=3), need("N-2", quantity=3)], [offer(quantity=6, divisible=False)])
    assert list(given(plan).values()) == [3]


def test_nothing_below_the_smallest_part_and_nothing_beyond_the_most() -> None:
    scarce = planned([need("N-1", quantity=9), need("N-2", quantity=9)], [offer(quantity=10, smallest=4)])
    assert sorted(given(scarce).values()) in ([4, 6], [5, 5])
    assert given(planned([need(quantity=9)], [offer(quantity=10, most=2)])) == {("N-1", "O-1"): 2}


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ({"kind": "place"}, {}, "kind"),
        ({"tags": frozenset({"电工"})}, {"tags": frozenset({"水工"})}, "tags"),
        ({"measure": "小时"}, {}, "measure"),
        ({}, {"audience": frozenset({"老年人"})}, "audience"),
        ({"audience": frozenset({"儿童"})}, {"audience": frozenset({"老年人"})}, "audience"),
        ({}, {"valid_until": DAY - timedelta(1)}, "time"),
        ({"deadline": DAY + timedelta(3)}, {"valid_from": DAY + timedelta(4)}, "time"),
        ({"asker": "U-1"}, {}, "declined"),
        ({"position": north(1100)}, {"reach_m": 1000.0}, "reach"),
        ({"position": None}, {"reach_m": 1000.0}, "reach"),
        ({"place": "500199001002"}, {"reach_places": frozenset({"500199001001"})}, "reach"),
        ({"windows": EVENING}, {"windows": (Window(2, 9 * 60, 12 * 60),)}, "windows"),
        ({"windows": EVENING}, {"windows": (Window(2, 20 * 60 + 45, 22 * 60),)}, "windows"),
        ({"quantity": 5}, {"quantity": 9, "smallest": 4.0, "most": 3.0}, "part"),
    ],
)
def test_why_a_need_stays_unmet(mine: dict[str, Any], theirs: dict[str, Any], why: str) -> None:
    plan = planned([need(**mine)], [offer(**theirs)])
    assert plan.suggestions == () and [one.why for one in plan.unmet] == [why]


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"tags": frozenset({"电工"})}, {}),
        ({"audience": frozenset({"老年人"})}, {"audience": frozenset({"老年人", "儿童"})}),
        ({"deadline": DAY}, {"valid_from": DAY, "valid_until": DAY}),
        ({"position": north(990)}, {"reach_m": 1000.0}),
        ({"place": "500199001002"}, {"reach_places": frozenset({"500199001000"})}),
        ({"windows": EVENING}, {"windows": (Window(2, 20 * 60 + 30, 22 * 60),)}),
        ({"position": None}, {}),
    ],
)
def test_what_fits_at_the_edge(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert len(planned([need(**mine)], [offer(**theirs)]).suggestions) == 1


@pytest.mark.parametrize(
    "refusal",
    [
        Declined("N-1", "O-1"),
        NotThisKind("U-1", "skill"),
        NotBefore("U-1", DAY + timedelta(1)),
        NotForAsker("U-1", "C-1"),
    ],
)
def test_what_was_declined_is_not_proposed_again(refusal: Any) -> None:
    plan = planned([need()], [offer()], [], refusal)
    assert plan.suggestions == () and plan.unmet[0].why == "declined"


def test_a_refusal_that_is_of_something_else_or_over_changes_nothing() -> None:
    others = [
        Declined("N-1", "O-2"),
        NotThisKind("U-1", "place"),
        NotBefore("U-1", DAY),
        NotForAsker("U-1", "C-2"),
        NotForAsker("U-9", "C-1"),
    ]
    assert given(planned([need()], [offer()], [], *others)) == {("N-1", "O-1"): 1}


def test_a_made_up_district_gets_a_good_plan_that_keeps_every_promise() -> None:
    asked = make(needs=150, offers=220, units=50, seed=5)
    plan = match(asked)
    assert broken(asked, plan) == []
    assert plan.met.gap < 0.01 and plan.met.value <= plan.met.bound
    assert plan.sought.gap < 0.01
    assert len(plan.suggestions) > 50


def test_a_clock_that_runs_out_leaves_a_plan_that_keeps_every_promise() -> None:
    asked = make(needs=150, offers=220, units=50, seed=6)
    plan = match(asked, seconds=1e-3)
    assert broken(asked, plan) == [] and plan.suggestions != ()
    assert plan.met.value <= plan.met.bound


def test_far_away_means_metres_over_the_ground() -> None:
    plan = planned([need()], [offer(position=Position(HOME.lon + 0.01, HOME.lat))])
    assert plan.suggestions[0].distance_m == pytest.approx(968, abs=2)


def test_the_days_of_the_sentence_are_those_that_both_have() -> None:
    plan = planned([need(windows=EVENING)], [offer(windows=(Window(2, 20 * 60, 22 * 60), Window(3, 0, 60)))])
    assert plan.suggestions[0].windows == (Window(2, 20 * 60, 21 * 60),) and plan.suggestions[0].shared_minutes == 60


def test_the_day_of_the_problem_counts_not_today() -> None:
    old = MatchingProblem(date(2020, 1, 1), [need()], [offer(valid_until=date(2020, 1, 2))])
    assert len(match(old).suggestions) == 1
    assert match(problem([need()], [offer(valid_until=date(2020, 1, 2))])).suggestions == ()
