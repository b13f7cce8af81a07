"""What holds for every problem of needs and offers, on problems that hypothesis makes up."""

from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from gongzhi.exchange.matching import (
    Declined,
    Giver,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Position,
    Window,
    match,
)
from tests.exchange.problems import DAY, HOME, broken

UNITS = ("U-1", "U-2", "U-3")
KINDS = ("skill", "place")
QUANTITIES = some.one_of(some.integers(1, 6), some.floats(0.5, 6.0).map(lambda value: round(value, 2)))
DAYS = some.none() | some.integers(-5, 40).map(lambda days: DAY + timedelta(days))
POSITIONS = some.none() | some.builds(
    lambda east, north: Position(HOME.lon + east / 1000, HOME.lat + north / 1000),
    some.integers(0, 20),
    some.integers(0, 20),
)
TAGS = some.frozensets(some.sampled_from(("电工", "水工")), max_size=2)
AUDIENCES = some.frozensets(some.sampled_from(("老年人", "儿童")), max_size=1)
WINDOWS = some.lists(
    some.builds(lambda day, hour: Window(day, hour * 60, hour * 60 + 90), some.integers(1, 3), some.integers(8, 12)),
    max_size=2,
).map(tuple)
PLACES = some.sampled_from(("500199001001", "500199001002", "500199002001"))
NEEDS = some.builds(
    Need,
    id=some.integers(0, 99).map(lambda number: f"N-{number}"),
    kind=some.sampled_from(KINDS),
    quantity=QUANTITIES,
    measure=some.just("次"),
    asker=some.sampled_from((*UNITS, "C-1")),
    urgency=some.integers(0, 3),
    deadline=DAYS,
    tags=TAGS,
    position=POSITIONS,
    place=PLACES,
    windows=WINDOWS,
    audience=AUDIENCES,
    frees=some.lists(some.integers(0, 99).map(lambda number: f"N-{number}"), max_size=1).map(tuple),
    whole_only=some.booleans(),
    most_offers=some.none() | some.integers(1, 3),
)
OFFERS = some.builds(
    Offer,
    id=some.integers(0, 99).map(lambda number: f"O-{number}"),
    kind=some.sampled_from(KINDS),
    quantity=QUANTITIES,
    measure=some.just("次"),
    giver=some.sampled_from(UNITS),
    tags=TAGS,
    position=POSITIONS,
    place=PLACES,
    reach_m=some.none() | some.floats(200, 2500),
    reach_places=some.none() | some.frozensets(PLACES | some.just("500199001"), max_size=2),
    valid_until=DAYS,
    windows=WINDOWS,
    audience=AUDIENCES,
    most=some.none() | QUANTITIES,
    divisible=some.booleans(),
    smallest=some.sampled_from((0.0, 0.0, 1.0, 2.5)),
    title=some.just(""),
)
REFUSALS = some.one_of(
    some.builds(Declined, some.integers(0, 99).map("N-{}".format), some.integers(0, 99).map("O-{}".format)),
    some.builds(NotThisKind, some.sampled_from(UNITS), some.sampled_from(KINDS)),
    some.builds(NotBefore, some.sampled_from(UNITS), some.just(DAY + timedelta(1)) | some.just(DAY)),
    some.builds(NotForAsker, some.sampled_from(UNITS), some.sampled_from((*UNITS, "C-1"))),
)
GIVERS = some.tuples(
    *(
        some.builds(Giver, some.just(unit), asked_lately=some.integers(0, 4), given=some.integers(0, 2))
        for unit in UNITS
    )
)
PROBLEMS = some.builds(
    MatchingProblem,
    some.just(DAY),
    some.lists(NEEDS, max_size=6, unique_by=lambda one: one.id),
    some.lists(OFFERS, max_size=6, unique_by=lambda one: one.id),
    GIVERS,
    some.lists(REFUSALS, max_size=3),
)
# Nearness and asks may cost as much as the whole of them is worth, and the solver's own tolerances a little.
A_LITTLE = 0.02
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(PROBLEMS)
def test_every_plan_keeps_every_promise(asked: MatchingProblem) -> None:
    plan = match(asked, gap=0.0)
    assert broken(asked, plan) == []
    met = {one.need for one in plan.suggestions} | {one.need for one in plan.unmet}
    assert met == {one.id for one in asked.needs}


@MANY
@given(PROBLEMS)
def test_bounds_are_on_the_right_side(asked: MatchingProblem) -> None:
    plan = match(asked, gap=0.0)
    assert plan.met.value <= plan.met.bound + 1e-6 <= plan.weight + 1e-5
    assert plan.sought.value <= plan.sought.bound + 1e-9 and plan.sought.value <= plan.met.value
    assert not plan.sought.stopped and plan.sought.gap < 1e-3


@MANY
@given(PROBLEMS, some.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(asked: MatchingProblem, chance: Random) -> None:
    mixed = [list(rows) for rows in (asked.needs, asked.offers, asked.givers, asked.refusals)]
    for rows in mixed:
        chance.shuffle(rows)
    again = match(MatchingProblem(asked.day, *mixed))
    plan = match(asked)
    assert (again.suggestions, again.unmet) == (plan.suggestions, plan.unmet)


@MANY
@given(PROBLEMS, OFFERS)
def test_one_more_offer_never_lowers_what_is_met(asked: MatchingProblem, more: Offer) -> None:
    fewer = [one for one in asked.offers if one.id != more.id]
    before = match(MatchingProblem(asked.day, asked.needs, fewer, asked.givers, asked.refusals), gap=0.0)
    after = match(MatchingProblem(asked.day, asked.needs, [*fewer, more], asked.givers, asked.refusals), gap=0.0)
    assert after.met.value >= before.met.value - A_LITTLE


@MANY
@given(PROBLEMS)
def test_spreading_takes_nothing_from_what_is_met(asked: MatchingProblem) -> None:
    near, even = match(asked, gap=0.0, ask_m=0.0), match(asked, gap=0.0, ask_m=500.0)
    assert even.met.value >= near.met.value - A_LITTLE
