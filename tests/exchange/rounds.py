"""A network like Jiansheng's for tests: five units with a liaison each, a secretary, and who must not know."""

from datetime import date, datetime, timedelta

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.exchange import actions
from gongzhi.exchange.models import Round
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.models import Account, Membership, MemberUnit, Network, Role
from gongzhi.neighbourhood.rules import UnitKind
from gongzhi.web.who import now
from tests.town import Town

NAMES = ("百花小学（演示）", "滨江医院（演示）", "新雨物业（演示）", "建胜粮油（演示）", "桥口社工站（演示）")
DAY = timedelta(days=1)


def appoint(town: Town, key: str, role: str, *, place: str = "", unit: MemberUnit | None = None) -> Account:
    """One more person with a login and an office."""
    moment = now()
    person = register.register_person(FOUNDER, name=f"人{key}", now=moment, phone="13800138000", fictional=True)
    where = {"place": town.places[place]} if place else {"unit": unit}
    register.appoint(
        FOUNDER, person=person, role=Role.objects.get(code=role), since=date(2020, 1, 1), now=moment, **where
    )
    town.accounts[key] = register.open_account(login=key, password="gongzhi-demo", now=moment, person=person)
    return town.accounts[key]


def found_network(town: Town) -> Network:
    """The network of 建胜镇: five units, each with its liaison `lianluo0` …; the town's secretary and clerk."""
    moment = now()
    network = register.found_network(
        FOUNDER, name="建胜镇区域化党建实体", place=town.places["jiansheng"], on=date(2020, 1, 1), now=moment
    )
    for count, name in enumerate(NAMES):
        unit = register.register_unit(FOUNDER, name=name, kind=UnitKind.INSTITUTION, now=moment, fictional=True)
        register.join_network(FOUNDER, network=network, unit=unit, on=date(2020, 1, 1), now=moment)
        town.units[name] = unit
        appoint(town, f"lianluo{count}", "liaison", unit=unit)
    appoint(town, "jiansheng_shuji", "subdistrict_lead", place="jiansheng")
    appoint(town, "jiansheng_jiedao", "subdistrict_desk", place="jiansheng")
    return network


def open_round(town: Town, network: Network, *, moment: datetime | None = None, **more: object) -> Round:
    """A period that began today and must be filled within a week."""
    at = moment or now()
    today = at.date()
    days = {"name": "第三季度", "since": today, "until": today + 30 * DAY, "due_on": today + 7 * DAY} | more
    secretary = town.actor("jiansheng_shuji", today=today)
    return actions.open_round(secretary, network=network, now=at, **days)  # type: ignore[arg-type]


def join_in_own_right(town: Town, network: Network, name: str, *, login: str = "", place: str = "") -> Membership:
    """A head of a property firm or an owners' committee who takes part in their own right, with a login or without."""
    moment = now()
    person = register.register_person(FOUNDER, name=name, now=moment, phone="13900139000", fictional=True)
    member = register.join_network(
        FOUNDER, network=network, person=person, capacity="物业企业负责人", place=town.places[place] if place else None,
        on=date(2020, 1, 1), now=moment,
    )  # fmt: skip
    if login:
        town.accounts[login] = register.open_account(login=login, password="gongzhi-demo", now=moment, person=person)
    return member
