"""Lists of places and units taken into the register: new rows only, standing ones compared and left alone."""

import pytest

from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.codes import make_credit_code
from gongzhi.neighbourhood.importing import (
    guess_place_mapping,
    guess_unit_mapping,
    read_places,
    read_units,
)
from gongzhi.neighbourhood.models import Appointment, ContactCard, MemberUnit, Place
from gongzhi.neighbourhood.queries import read_contact
from gongzhi.neighbourhood.rules import Actor, Office, PlaceKind, Right, Standing
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed
from gongzhi.shared.sheets import Row
from tests.town import NOW, Town

OPERATOR = Actor("系统", (Office(Standing.OPERATOR, "系统", frozenset(Right), place_kind=PlaceKind.DISTRICT),))
HEADER = ["代码", "名称", "街道", "社区", "小区", "类型", "经度", "纬度"]
ROWS = [
    ["", "7号楼", "", "东正社区", "江畔花园", "", "", ""],
    ["", "江畔花园", "", "东正社区", "", "商品房", "106.48", "29.49"],
    ["500104002018002", "第二网格", "", "", "", "", "", ""],
    ["500104002018", "渡口社区居民委员会", "", "", "", "", "106.48", "29.48"],
    ["500104009", "新街街道", "", "", "", "", "", ""],
]
CODE = make_credit_code("91500104MA5TEXT00")
UNIT_HEADER = ["单位名称", "单位性质", "统一社会信用代码", "所属社区", "地址", "联络员", "联系电话"]
UNIT_ROWS = [
    ["江畔书店（演示）", "非公企业", CODE, "东正社区", "江畔路 2 号", "祝一禾", "13800138000"],
    ["东正小学（演示）", "事业单位", "", "500", "", "", ""],
    ["东正志愿服务队（演示）", "社会组织", "", "东正社区", "", "", ""],
]


def places(rows, header=HEADER):
    header = ["所属小区" if name == "小区" else name for name in header]
    return read_places(
        [Row(n, tuple(row)) for n, row in enumerate(rows, 2)], guess_place_mapping(header, rows), header=header
    )


def units(rows, header=UNIT_HEADER):
    return read_units(
        [Row(n, tuple(row)) for n, row in enumerate(rows, 2)], guess_unit_mapping(header, rows), header=header
    )


def test_rows_in_any_order_find_their_places_on_the_ladder(town: Town):
    taken = actions.take_places(OPERATOR, places(ROWS), now=NOW, file="名单.xlsx")
    assert (taken.added, taken.known, taken.bad) == (5, 0, 0), [str(error) for error in taken.errors]
    house = Place.objects.get(name="7号楼")
    assert house.full_name == "跃进村街道 东正社区 江畔花园 7号楼"
    assert (house.compound.name, house.community_id, house.district_id) == (
        "江畔花园", town.places["dongzheng"].pk, town.places["district"].pk,
    )  # fmt: skip
    grid = Place.objects.get(code="500104002018002")
    assert (grid.kind, grid.parent.name, grid.subdistrict_id) == ("grid", "渡口社区", town.places["yuejin"].pk)
    assert Place.objects.get(name="渡口社区").pinyin == "dksq"
    (entry,) = trail.of("place", house.pk)
    assert (entry.verb, entry.data["file"], entry.actor_label) == ("register", "名单.xlsx", "系统")


def test_the_same_list_twice_adds_nothing(town: Town):
    actions.take_places(OPERATOR, places(ROWS), now=NOW)
    before = Place.objects.count()
    seen = actions.look_at_places(OPERATOR, places(ROWS))
    assert (seen.added, seen.known, seen.different, seen.bad) == (0, 5, 0, 0), seen.differences
    again = actions.take_places(OPERATOR, places(ROWS), now=NOW)
    assert (again.added, Place.objects.count()) == (0, before)


def test_looking_writes_nothing(town: Town):
    before = Place.objects.count()
    assert actions.look_at_places(OPERATOR, places(ROWS)).added == 5
    assert Place.objects.count() == before


def test_what_stands_is_compared_and_not_written_over(town: Town):
    rows = [["500104002017", "东正新社区", "", "", "", "", "106.60", "29.487"]]
    taken = actions.take_places(OPERATOR, places(rows), now=NOW)
    assert (taken.added, taken.known, taken.different) == (0, 1, 1)
    assert {(one.label, one.stands, one.given) for one in taken.differences} >= {("名称", "东正社区", "东正新社区")}
    assert {one.label for one in taken.differences} == {"名称", "经度", "纬度"}
    assert Place.objects.get(code="500104002017").name == "东正社区"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["500104008001", "某社区", "", "", "", "", "", ""], "500104008000还没有登记"),
        (["500105", "某区", "", "", "", "", "", ""], "不能再登记一个区"),
        (["500105001", "某街道", "", "", "", "", "", ""], "500105还没有登记"),
        (["", "9号楼", "", "无名社区", "", "", "", ""], "还没有登记"),
        (["", "9号楼", "建胜镇", "东正社区", "", "", "", ""], "“建胜镇东正社区”还没有登记"),
        (["", "9号楼", "", "", "", "", "", ""], "看不出“9号楼”在哪里"),
        (["", "某某苑", "建胜镇", "", "", "商品房", "", ""], "不能放在“建胜镇”下面"),
    ],
)
def test_what_has_no_place_on_the_ladder_is_refused_with_its_reason_and_the_rest_is_taken(town: Town, row, words):
    taken = actions.take_places(OPERATOR, places([row, ROWS[3]]), now=NOW)
    assert (taken.added, taken.bad) == (1, 1)
    assert words in str(taken.errors[0])
    assert taken.errors[0].row == 2


def test_a_name_that_two_places_have_is_not_guessed(town: Town):
    both = [
        ["", "和平院", "", "东正社区", "", "公租房", "", ""],
        ["", "和平院", "", "兴盛社区", "", "公租房", "", ""],
        ["", "1号楼", "", "", "和平院", "", "", ""],
        ["", "1号楼", "", "兴盛社区", "和平院", "", "", ""],
    ]
    taken = actions.take_places(OPERATOR, places(both), now=NOW)
    assert (taken.added, taken.bad) == (3, 1)
    assert "有几个" in str(taken.errors[0])
    assert Place.objects.get(name="1号楼").community_id == town.places["xingsheng"].pk


def test_who_leads_one_street_registers_nothing_in_another(town: Town):
    street = town.places["yuejin"]
    office = Office(
        Standing.LEAD, "街道", frozenset({Right.SET_UP}), place_id=street.pk, place_kind=PlaceKind.SUBDISTRICT
    )
    rows = [ROWS[3], ["500104004026", "邻街社区", "", "", "", "", "", ""]]
    taken = actions.take_places(Actor("跃进村", (office,)), places(rows), now=NOW)
    assert (taken.added, taken.bad) == (1, 1)
    assert "不在您负责的范围内" in str(taken.errors[0])


def test_without_the_right_nothing_is_looked_at(town: Town):
    for act in (
        lambda actor: actions.take_places(actor, places(ROWS), now=NOW),
        lambda actor: actions.look_at_places(actor, places(ROWS)),
        lambda actor: actions.take_units(actor, units(UNIT_ROWS), now=NOW),
        lambda actor: actions.look_at_units(actor, units(UNIT_ROWS), now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act(town.actor("dongzheng_shegong"))


def test_units_come_with_their_liaison_whose_number_is_sealed(town: Town):
    before = MemberUnit.objects.count()
    taken = actions.take_units(OPERATOR, units(UNIT_ROWS), now=NOW, file="单位.csv")
    assert (taken.added, taken.bad, MemberUnit.objects.count()) == (2, 1, before + 2)
    assert "“500”还没有登记" in str(taken.errors[0])
    unit = MemberUnit.objects.get(credit_code=CODE)
    assert (unit.registered_place.name, unit.address, unit.fictional) == ("东正社区", "江畔路 2 号", False)
    liaison = Appointment.objects.select_related("person__contact", "role").get(unit=unit)
    assert (liaison.person.name, liaison.role.standing) == ("祝一禾", "unit")
    assert read_contact(OPERATOR, liaison.person.contact).phone == "13800138000"
    assert b"13800138000" not in bytes(ContactCard.objects.get(pk=liaison.person.contact_id).phone_sealed)
    (entry,) = trail.of("unit", unit.pk)
    assert entry.data == {"name": unit.name, "file": "单位.csv"}


def test_the_same_units_twice_add_nothing_and_differences_are_listed(town: Town):
    actions.take_units(OPERATOR, units(UNIT_ROWS), now=NOW)
    before = MemberUnit.objects.count(), Appointment.objects.count()
    changed = [[*UNIT_ROWS[0][:4], "江畔路 9 号", "别一人", ""], UNIT_ROWS[2]]
    taken = actions.take_units(OPERATOR, units(changed), now=NOW)
    assert (taken.added, taken.known) == (0, 2)
    assert {(one.label, one.stands, one.given) for one in taken.differences} == {
        ("地址", "江畔路 2 号", "江畔路 9 号"),
        ("联络员", "祝一禾", "别一人"),
    }
    assert (MemberUnit.objects.count(), Appointment.objects.count()) == before
    assert MemberUnit.objects.get(credit_code=CODE).address == "江畔路 2 号"


def test_a_long_list_takes_a_fixed_number_of_statements_a_chunk(town: Town, django_assert_max_num_queries):
    rows = [["", f"{n}号楼", "", "东正社区", "东正大院", "", "", ""] for n in range(20, 420)]
    with django_assert_max_num_queries(8):
        taken = actions.take_places(OPERATOR, places(rows), now=NOW)
    assert taken.added == 400
