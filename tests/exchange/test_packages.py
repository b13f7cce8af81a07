"""帮扶: a survey makes a package of needs, one of each kind, each with its giver and its day."""

from typing import Any

import pytest

from gongzhi.exchange.actions import NeedDetails, packages
from gongzhi.exchange.models import Need, Package
from gongzhi.exchange.queries import packages as queries
from gongzhi.shared.moves import NotAllowed, Refused
from tests.exchange.making import BUREAU, DAY, TODAY, agreed, asked, settle, state_offer
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def part(kind: str, title: str, quantity: int = 1, measure: str = "次") -> NeedDetails:
    return NeedDetails(kind=kind, title=title, quantity=quantity, measure=measure)


PARTS = (part("funds", "添置设备", 20000, "元"), part("skill", "缝纫培训", 4), part("channel", "代销手工品"))


def make(town: Town, who: str = "dongzheng_shegong", **more: Any) -> Package:
    """What the survey of Dongzheng's workshop found."""
    whose = {"place": town.places["dongzheng"], "programme": "工疗站"}
    said = {"surveyor": "区残联", "surveyed_on": TODAY, "words": "缺设备、技术和销路", "parts": PARTS, "once": "p"}
    return packages.make_package(town.actor(who), now=NOW, **(whose | said | more))


def test_a_package_holds_one_verified_need_of_each_kind(town: Town) -> None:
    package = make(town)
    assert make(town).pk == package.pk and Need.objects.count() == 3, "the same form twice is one"
    parts = queries.parts_of(town.actor("dongzheng_shegong"), [package.pk])[package.pk]
    assert [(one.need.kind, one.need.state, one.need.programme, one.pledges) for one in parts] == [
        ("funds", "verified", "工疗站", []),
        ("skill", "verified", "工疗站", []),
        ("channel", "verified", "工疗站", []),
    ]


def test_each_kind_shows_its_giver_and_day(town: Town) -> None:
    package = make(town)
    need = Need.objects.get(kind="skill")
    offer = state_offer(town, title="师傅上门教", measure="次")
    match = asked(town, need, offer, 4, due_on=TODAY + 5 * DAY)
    desk = town.actor("dongzheng_shegong")
    part_ = queries.parts_of(desk, [package.pk])[package.pk][1]
    assert [one.pk for one in part_.asked] == [match.pk] and part_.pledges == []
    pledge = agreed(town, match)
    part_ = queries.parts_of(desk, [package.pk])[package.pk][1]
    ((row, count),) = part_.pledges
    assert (row.pk, row.giver_unit, row.due_on, count.confirmed) == (
        pledge.pk,
        town.units[BUREAU],
        TODAY + 5 * DAY,
        0,
    )
    assert part_.asked == []


def test_one_kind_twice_is_refused_and_nothing_is_kept(town: Town) -> None:
    with pytest.raises(Refused, match="每一类只写一项"):
        make(town, parts=(*PARTS, part("skill", "再来一种")))
    assert not Package.objects.exists() and not Need.objects.exists()


def test_one_kind_more_is_added_once(town: Town) -> None:
    package, desk = make(town), town.actor("dongzheng_shegong")
    more = {"package_id": package.pk, "details": part("goods", "布料", 50, "米"), "now": NOW, "once": "more"}
    for _time in range(2):
        packages.add_to_package(desk, **more)
    assert len(queries.parts_of(desk, [package.pk])[package.pk]) == 4
    with pytest.raises(Refused, match="每一类只写一项"):
        packages.add_to_package(desk, **(more | {"once": "again"}))
    with pytest.raises(Package.DoesNotExist):
        packages.add_to_package(town.actor("xinyu_shegong"), **more)


def test_a_package_needs_a_receiver_a_day_and_something_to_give(town: Town) -> None:
    for wrong in (
        {"unit": town.units[BUREAU]},
        {"place": None},
        {"programme": " "},
        {"surveyed_on": TODAY + DAY},
        {"surveyed_on": TODAY - 400 * DAY},
        {"parts": ()},
        {"surveyor": ""},
    ):
        with pytest.raises(Refused):
            make(town, once=str(wrong), **wrong)
    assert not Package.objects.exists()


def test_who_may_not_verify_its_needs_makes_no_package(town: Town) -> None:
    with pytest.raises(NotAllowed):
        make(town, "xinyu_shegong")
    with pytest.raises(NotAllowed):
        make(town, "chengguan_lianluo", place=None, programme="", unit=town.units[BUREAU])
    assert not Package.objects.exists() and not Need.objects.exists()


def test_a_unit_sees_its_own_package_and_the_survey_is_read_by_few(town: Town) -> None:
    package = make(town, place=None, programme="", unit=town.units[BUREAU])
    reads = {}
    for who in town.accounts:
        actor = town.actor(who)
        if queries.visible_packages(actor).filter(pk=package.pk).exists():
            reads[who] = queries.reads_survey(actor, package)
    assert reads == {
        "qu_kanban": False, "qu_fuze": False, "guanli": False, "yuejin_shuji": False, "yuejin_jiedao": False,
        "dongzheng_shuji": True, "dongzheng_shegong": True, "chengguan_lianluo": True,
    }  # fmt: skip
