"""Who may open how to reach a reporter, and whose a demand may become."""

import pytest

from gongzhi.demands import actions, queries
from gongzhi.demands.models import Demand
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


def test_what_is_seen_of_one_demand_is_what_the_lists_show(town: Town) -> None:
    found = [town.report(place=place).demand for place in town.places if place != "district"]
    unit = town.units["渝岸财产保险公司（演示）"]
    Demand.objects.filter(pk=found[0].pk).update(handler=unit)
    resident = town.accounts["qu_fuze"]
    Demand.objects.filter(pk=found[1].pk).update(account=resident)
    offices = [Office(standing, "role") for standing in Standing]
    offices += [Office(standing, "role", unit_id=unit.pk) for standing in Standing]
    offices += [
        Office(standing, "role", place_id=place.pk, place_kind=PlaceKind(place.kind))
        for standing in Standing
        for place in town.places.values()
    ]
    actors = [Actor("某人", (office,)) for office in offices]
    actors += [Actor("某人", two) for two in zip(offices, reversed(offices), strict=True)]
    actors += [Actor("居民", account_id=resident.pk), Actor("职工", (offices[0],), account_id=resident.pk)]
    actors += [Actor("居民"), Actor("居民", link=found[2].pk), *(town.actor(login) for login in town.accounts)]
    rows = list(Demand.objects.all())
    for actor in actors:
        listed = set(queries.visible_demands(actor).values_list("pk", flat=True))
        assert {row.pk for row in rows if queries.sees(actor, row)} == listed, actor


def test_a_number_that_no_demand_can_have_is_absent_like_any_other(town: Town) -> None:
    for number in (0, 10**9, 2**63, 10**40):
        with pytest.raises(queries.ABSENT):
            queries.get_demand(town.actor("qu_fuze"), number)
