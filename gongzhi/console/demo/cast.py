"""The cast: the same fictional people in tests, demonstration and guides. Nobody here exists."""

from dataclasses import dataclass
from datetime import date, datetime

from gongzhi.console.founding import FOUNDER, ROLES, load_roles
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.rows import Account, Person, Role

__all__ = ["CAST", "FOUNDER", "PASSWORD", "ROLES", "SINCE", "Part", "load_part", "load_roles", "logins"]

SINCE = date(2020, 1, 1)
# Printed beside each login of the demonstration, which refuses to run on a public address.
PASSWORD = "gongzhi-demo"  # noqa: S105


@dataclass(frozen=True)
class Part:
    """One member of the cast: who, as what, where (an official code) or in which unit."""

    key: str
    name: str
    role: str
    place: str = ""
    unit: str = ""


CAST = (
    Part("qu_kanban", "郑远舟", "district_reader", place="500104"),
    Part("qu_fuze", "谭启明", "district_lead", place="500104"),
    Part("guanli", "龚小满", "operator", place="500104"),
    Part("yuejin_shuji", "冉文澜", "subdistrict_lead", place="500104002000"),
    Part("yuejin_jiedao", "蒲知夏", "subdistrict_desk", place="500104002000"),
    Part("dongzheng_shuji", "向晚晴", "community_lead", place="500104002017"),
    Part("dongzheng_shegong", "何青禾", "community_desk", place="500104002017"),
    Part("xinyu_shuji", "覃若木", "community_lead", place="500104102002"),
    Part("xinyu_shegong", "乔以宁", "community_desk", place="500104102002"),
    Part("xingsheng_shegong", "殷一苇", "community_desk", place="500104004025"),
    Part("chengguan_lianluo", "阮思齐", "liaison", unit="大渡口区城市管理局（演示）"),
    Part("baoxian_lianluo", "祁又晴", "liaison", unit="渝岸财产保险公司（演示）"),
)

# Those of the demonstration alone.
MORE = (
    Part("jiansheng_shuji", "苏见山", "subdistrict_lead", place="500104102000"),
    Part("ruanjian_lianluo", "尚一鸣", "liaison", unit="云杉软件公司（演示）"),
    Part("jiancai_lianluo", "鹿鸣野", "liaison", unit="建胜石林建材公司（演示）"),
)


def load_part(part: Part, *, roles: dict[str, Role], now: datetime, password: str = PASSWORD) -> Account:
    """Register, appoint and give a login to one member of the cast; places and units must stand already."""
    person: Person = actions.register_person(FOUNDER, name=part.name, now=now, fictional=True)
    actions.appoint(
        FOUNDER,
        person=person,
        role=roles[part.role],
        since=SINCE,
        now=now,
        place=queries.place_with_code(part.place) if part.place else None,
        unit=queries.unit_named(part.unit) if part.unit else None,
    )
    return actions.open_account(login=part.key, password=password, now=now, person=person)


# One login a role for the terminal, in the order in which a newcomer wants to see the product.
SHOWN = ("dongzheng_shegong", "dongzheng_shuji", "yuejin_jiedao", "qu_fuze", "qu_kanban", "chengguan_lianluo", "guanli")


def logins() -> list[tuple[str, str, str]]:
    """(role, login, password) of one member of the cast for each role."""
    names = {role.code: role.name for role in ROLES}
    parts = {part.key: part for part in CAST}
    return [(names[parts[key].role], key, PASSWORD) for key in SHOWN]
