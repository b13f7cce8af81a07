"""A network of Dongzheng for tests, and its conferences, made by the product's own actions."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from gongzhi.conferences import actions
from gongzhi.conferences.models import Call, Conference
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.models import MemberUnit, Network
from gongzhi.neighbourhood.rules import UnitKind
from tests.exchange.making import BUREAU
from tests.exchange.rounds import appoint
from tests.town import NOW, Town

# With the bureau, six.
OTHERS = ("朝阳小学（演示）", "东正卫生站（演示）", "钢花物业（演示）", "跃进粮油（演示）", "桥口社工站（演示）")
UNITS = (BUREAU, *OTHERS)
LIAISONS = ("chengguan_lianluo", *(f"yuejin{n}" for n in range(len(OTHERS))))
HOUR = timedelta(hours=1)
_forms = count()


def found_network(town: Town) -> Network:
    """The network of 跃进村街道: six units with a liaison each, the city management bureau among them."""
    network = register.found_network(
        FOUNDER, name="跃进村街道区域化党建实体", place=town.places["yuejin"], on=date(2020, 1, 1), now=NOW
    )
    for place, name in enumerate(UNITS):
        if name not in town.units:
            town.units[name] = register.register_unit(
                FOUNDER, name=name, kind=UnitKind.INSTITUTION, now=NOW, fictional=True
            )
            appoint(town, LIAISONS[place], "liaison", unit=town.units[name])
        register.join_network(FOUNDER, network=network, unit=town.units[name], on=date(2020, 1, 1), now=NOW)
    return network


def planned(town: Town, *, now: datetime = NOW, **more: Any) -> Conference:
    """A conference of Dongzheng that calls the bureau, not notified yet."""
    said = {"title": "六月联席会议", "starts_at": now + HOUR, "units": [MemberUnit.objects.get(name=BUREAU)]} | more
    desk = town.actor("dongzheng_shegong", today=now.date())
    return actions.plan_conference(desk, place=town.places["dongzheng"], now=now, once=f"c{next(_forms)}", **said)


def notified(town: Town, *, now: datetime = NOW) -> Conference:
    """The same with its notice out."""
    row = planned(town, now=now)
    desk = town.actor("dongzheng_shegong", today=now.date())
    return actions.notify_conference(desk, conference_id=row.pk, starts_at=row.starts_at, venue="三楼", now=now)


def in_session(town: Town, *, now: datetime = NOW) -> Conference:
    """The same under way, its roll called."""
    row = notified(town, now=now)
    lead = town.actor("dongzheng_shuji", today=now.date())
    chair = town.accounts["dongzheng_shuji"].person
    row = actions.open_conference(lead, conference_id=row.pk, chair=chair, now=now)
    for call in Call.objects.filter(conference=row):
        actions.call_roll(lead, conference_id=row.pk, call_id=call.pk, presence="present", now=now)
    row.refresh_from_db()
    return row
