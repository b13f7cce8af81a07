"""Who may open how to reach a reporter, and whose a demand may become."""

import pytest

from gongzhi.demands import actions, queries
from gongzhi.neighbourhood.rules import Actor, Office, PlaceKind, Right, Standing
from gongzhi.shared.moves import NotAllowed, Refused
from tests.town import NOW, Town


def desk_at_home_reader_of_all(town: Town) -> Actor:
    """Somebody at the desk of Xinyu, with its contacts, who also reads the whole district, without them."""
    home = town.places["xinyu"]
    desk = Office(Standing.DESK, "desk", frozenset({Right.SEE_CONTACTS}), home.pk, PlaceKind.COMMUNITY)
    reader = Office(Standing.READER, "reader", frozenset(), town.places["district"].pk, PlaceKind.DISTRICT)
    return Actor("何某", (desk, reader), person_id=town.accounts["xinyu_shegong"].person_id)


def test_the_right_to_see_contacts_holds_only_where_it_was_given(town: Town) -> None:
    actor = desk_at_home_reader_of_all(town)
    here = town.report(place="xinyu", phone="13800138000").demand
    there = town.report(phone="13900139000").demand
    assert queries.get_demand(actor, there.pk)
    contact = actions.see_contact(actor, demand_id=here.pk, now=NOW)
    assert contact and contact.phone == "13800138000"
    with pytest.raises(NotAllowed):
        actions.see_contact(actor, demand_id=there.pk, now=NOW)


def test_words_are_in_the_clear_only_where_the_right_was_given(town: Town) -> None:
    from gongzhi.demands.lists import line_of
    from gongzhi.web.casework.choices import Scope
    from gongzhi.web.casework.rows import rows_for, seen_by

    actor, words = desk_at_home_reader_of_all(town), "打我电话13800138000"
    here, there = (town.report(place=place, body=words).demand for place in ("xinyu", "building"))
    assert seen_by(actor, words, here) == words
    assert "13800138000" not in seen_by(actor, words, there)
    # Where it is not said whose words they are, they are hidden.
    assert "13800138000" not in seen_by(actor, words)
    (row,) = rows_for(actor, [line_of(queries.get_demand(actor, there.pk))], Scope())
    assert "13800138000" not in row.subject


def test_an_account_of_the_staff_takes_no_residents_demand_away(town: Town) -> None:
    received = town.report()
    staff = town.accounts["dongzheng_shegong"]
    with pytest.raises(Refused, match="居民账号"):
        actions.claim_demand(town.reporter(received), demand_id=received.demand.pk, account=staff, now=NOW)
