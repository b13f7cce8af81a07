"""Jiansheng's three forms of this quarter: five members have filled in all, one has left out how to link. All made up."""

from datetime import date, datetime, timedelta
from itertools import count

from gongzhi.console.demo.names import JIANSHENG, PLACED
from gongzhi.console.demo.voices import Voices
from gongzhi.exchange import actions
from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rows import Round
from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Place

# For each member: what it has, what it needs (None for nothing this time), and how it wants to take part and be reached.
SAID: tuple[tuple[OfferDetails, NeedDetails | None, tuple[str, ...], str, str], ...] = (
    (
        OfferDetails("place", "学校操场周末开放", 10, "场次"),
        NeedDetails("service", "上学路口有人护学", 20, "次", urgency=2),
        ("meet", "open_up", "teach"),
        "phone",
        "找办公室，下午四点以后。",
    ),
    (
        OfferDetails("service", "下村义诊", 200, "人次"),
        NeedDetails("place", "义诊点要一间屋子", 4, "场次"),
        ("serve", "project"),
        "message",
        "",
    ),
    (OfferDetails("goods", "米面油", 60, "份"), None, ("meet",), "here", ""),
    (
        OfferDetails("service", "顺路送货到户", 100, "次"),
        NeedDetails("parking", "货车夜间车位", 6, "个"),
        ("project", "on_call"),
        "phone",
        "",
    ),
    (OfferDetails("skill", "园艺师傅指导修剪", 12, "人次"), None, ("serve", "teach"), "visit", "请先约时间。"),
    (OfferDetails("goods", "透水砖余料", 300, "块"), NeedDetails("information", "用工信息", 2, "次"), (), "", ""),
)


def load(town: Place, voices: Voices, *, now: datetime) -> None:
    """Opened at the beginning of the quarter, due in a few days."""
    network = queries.networks().get(place=town)
    first, last = _quarter(now.date())
    opened = min(now, datetime.combine(first, now.timetz()) + timedelta(days=2))
    due = min(last, now.date() + timedelta(days=4))
    row = actions.open_round(
        voices.lead(town),
        network=network,
        name=f"{first.year}年第{'一二三四'[first.month // 3]}季度",
        since=first,
        until=last,
        due_on=due,
        now=opened,
    )
    members = [name for _kind, name, code in PLACED if code == JIANSHENG]
    for step, (name, said) in enumerate(zip(members, SAID, strict=True), start=1):
        _fill(voices, row, name, said, min(now, opened + timedelta(days=3 * step)))


def _quarter(today: date) -> tuple[date, date]:
    """The first and the last day of this quarter."""
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return first, (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def _fill(
    voices: Voices, row: Round, name: str, said: tuple[OfferDetails, NeedDetails | None, tuple[str, ...], str, str],
    at: datetime,
) -> None:  # fmt: skip
    has, needs, ways, reach, words = said
    unit, liaison = voices.named(name)
    keys = (f"demo-{number}" for number in count())
    for sheet, new in ((Sheet.HAVE, [has]), (Sheet.NEED, [needs] if needs else [])):
        actions.fill_lines(
            liaison, round_id=row.pk, unit_id=unit.pk, sheet=sheet, said={}, new=new, nothing=not new,
            once=next(keys), now=at,
        )  # fmt: skip
    if ways:
        actions.fill_link(
            liaison, round_id=row.pk, unit_id=unit.pk, ways=ways, reach=reach, words=words, nothing=False,
            once=next(keys), now=at,
        )  # fmt: skip
