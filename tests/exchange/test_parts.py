"""Parts delivered in any order, corrected, confirmed or disputed: never more than was promised, counted once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Delivery, Match, Need, Offer, Pledge, Receipt
from gongzhi.exchange.quantities import ZERO, Line, quantity, shown, tally
from gongzhi.shared.moves import Refused
from tests.exchange.making import TODAY, promised, settle
from tests.town import NOW, Town

AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9.99"), places=2)
# What happens next: note a part, correct the latest, the receiver says yes or no to the latest.
STEPS = st.lists(st.tuples(st.sampled_from(["deliver", "correct", "confirm", "dispute"]), AMOUNTS), max_size=12)


@given(st.lists(st.tuples(AMOUNTS, st.sampled_from([None, True, False])), max_size=8))
def test_without_corrections_each_part_counts_as_what_was_said_of_it(parts: list[tuple[Decimal, bool | None]]) -> None:
    lines = [Line(pk, amount, confirmed=said) for pk, (amount, said) in enumerate(parts, 1)]
    found = tally(lines)
    sums = {said: sum((one.quantity for one in lines if one.confirmed is said), ZERO) for said in (None, True, False)}
    assert (found.waiting, found.confirmed, found.disputed) == (sums[None], sums[True], sums[False])
    assert found.taken == sums[None] + sums[True], "what was disputed can be delivered once more"


@given(AMOUNTS, AMOUNTS, st.sampled_from([None, True, False]), st.sampled_from([None, True, False]))
def test_a_confirmed_part_counts_until_its_correction_is_confirmed(
    first: Decimal, second: Decimal, said: bool | None, said_then: bool | None
) -> None:
    lines = [Line(1, first, confirmed=said), Line(2, second, corrects=1, confirmed=said_then)]
    expected = second if said_then else first if said else ZERO
    assert tally(lines).confirmed == expected
    assert tally(lines) == tally(reversed(lines)), "in whatever order they are read"
    corrected_twice = [*lines, Line(3, Decimal(1), corrects=2)]
    assert tally(corrected_twice).confirmed == expected
    assert tally([*corrected_twice[:2], replace(corrected_twice[2], confirmed=True)]).confirmed == 1


@given(AMOUNTS)
def test_a_quantity_is_read_as_it_is_shown(amount: Decimal) -> None:
    assert quantity(shown(amount)) == amount
    assert "E" not in shown(amount * 1000)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_noted_the_need_counts_what_was_confirmed_and_no_more(
    town: Town, steps: list[tuple[str, Decimal]]
) -> None:
    with transaction.atomic():
        settle(town)
        pledge = promised(town, 10)
        unit, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
        for verb, amount in steps:
            latest = Delivery.objects.order_by("-pk").first()
            try:
                if verb == "deliver":
                    actions.deliver(unit, pledge_id=pledge.pk, quantity=amount, day=TODAY, now=NOW)
                elif latest and verb == "correct":
                    actions.correct_delivery(
                        unit, delivery_id=latest.pk, quantity=amount, day=TODAY, words="更正", now=NOW
                    )
                elif latest and verb == "confirm":
                    actions.confirm_delivery(desk, delivery_id=latest.pk, now=NOW)
                elif latest:
                    actions.dispute_delivery(desk, delivery_id=latest.pk, words="不对", now=NOW)
            except Refused:
                continue
        count = queries.tallies([pledge.pk])[pledge.pk]
        need, match, after = Need.objects.get(), Match.objects.get(), Pledge.objects.get()
        assert count.confirmed <= count.taken <= 10
        assert need.met == count.confirmed
        assert (after.state == "fulfilled") == (count.confirmed == 10) == (need.state == "met")
        assert match.state == (after.state if after.state != "promised" else "accepted")
        assert queries.offer_left(Offer.objects.get()) == 0, "what is promised stays taken until it ends"
        assert Receipt.objects.count() <= Delivery.objects.count()
        transaction.set_rollback(True)
