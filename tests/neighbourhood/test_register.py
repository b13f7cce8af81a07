"""The register of buildings and the networks, as the district reads them."""

from datetime import date

import pytest

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.rules import PlaceKind, UnitKind
from gongzhi.shared.moves import Refused
from tests.town import NOW, Town


@pytest.mark.mechanism("M3")
def test_old_buildings_are_listed_street_by_street(town: Town) -> None:
    for name, parent in (("9号楼", "diaoyutai"), ("5号楼", "compound"), ("1号楼", "diaoyutai")):
        actions.register_place(
            FOUNDER, kind=PlaceKind.BUILDING, name=name, parent=town.places[parent], old=True, built_year=1979, now=NOW
        )
    rows = list(queries.old_buildings())
    # The town has one old building from the start; the garage is not flagged and is not here.
    assert [row.full_name for row in rows] == [
        "跃进村街道 东正社区 东正大院 3号楼",
        "跃进村街道 东正社区 东正大院 5号楼",
        "茄子溪街道 兴盛社区 钓鱼台小区 1号楼",
        "茄子溪街道 兴盛社区 钓鱼台小区 9号楼",
    ]
    assert [row.subdistrict.name for row in rows if row.subdistrict] == ["跃进村街道"] * 2 + ["茄子溪街道"] * 2


@pytest.mark.mechanism("M5")
def test_an_eighth_unit_joins_a_network_of_seven_on_its_day(town: Town) -> None:
    network = actions.found_network(
        FOUNDER, name="东正社区区域化党建实体", place=town.places["dongzheng"], on=date(2020, 1, 1), now=NOW
    )
    for number in range(8):
        unit = actions.register_unit(FOUNDER, name=f"第{number}家单位", kind=UnitKind.NON_PUBLIC_FIRM, now=NOW)
        on = date(2026, 6, 8) if number == 7 else date(2020, 1, 1)
        actions.join_network(FOUNDER, network=network, unit=unit, on=on, now=NOW)
    before = [row.unit.name for row in queries.members(network, on=date(2026, 6, 7)) if row.unit]
    after = {row.unit.name: row.joined_on for row in queries.members(network, on=date(2026, 6, 8)) if row.unit}
    assert len(before) == 7 and len(after) == 8
    assert after["第7家单位"] == date(2026, 6, 8)
    with pytest.raises(Refused):
        actions.join_network(FOUNDER, network=network, unit=unit, on=date(2026, 6, 9), now=NOW)


def test_persons_in_their_own_right_are_counted_apart_from_units(town: Town) -> None:
    network = actions.found_network(FOUNDER, name="实体", place=town.places["xingsheng"], on=date(2020, 1, 1), now=NOW)
    actions.join_network(FOUNDER, network=network, unit=next(iter(town.units.values())), on=date(2020, 1, 1), now=NOW)
    head = actions.register_person(FOUNDER, name="业委会负责人甲", now=NOW, fictional=True)
    actions.join_network(
        FOUNDER,
        network=network,
        person=head,
        capacity="业委会负责人",
        place=town.places["diaoyutai"],
        on=date(2020, 1, 1),
        now=NOW,
    )
    row = queries.networks().get(pk=network.pk)
    assert (row.units, row.persons) == (1, 1)  # type: ignore[attr-defined]
    assert queries.person_member_count(on=date(2026, 6, 8)) == 1
