"""The wide base: what units all over the district offer and communities need, and what was promised of it in a year.

Made up by a seeded generator; nothing here was counted anywhere.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from gongzhi.console.demo import bargains, names
from gongzhi.console.demo.voices import Voices
from gongzhi.exchange import actions, clock
from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor

SEED = 20_261
OFFERS, NEEDS, MATCHED, IN_MEETINGS = 360, 460, 40, 100
# So many units have given something already; few of them give much.
ACTIVE = 60


class Line(NamedTuple):
    """One sort of thing: kind, tag, what it is called where it is offered and where it is needed, and how much."""

    kind: str
    tag: str
    offered: str
    needed: str
    measure: str
    has: tuple[int, int]
    wants: tuple[int, int]
    evening: bool = False


LINES = (
    Line("place", "会议室", "会议室可以借用", "开居民会要一间会议室", "场次", (2, 10), (1, 3), evening=True),
    Line("place", "活动场地", "活动室周末开放", "排练要一块场地", "场次", (2, 8), (1, 6)),
    Line("skill", "电工", "电工上门检修", "楼道线路检修", "人次", (2, 12), (1, 4)),
    Line("skill", "法律咨询", "律师坐班答疑", "邻里纠纷法律咨询", "人次", (2, 10), (1, 5)),
    Line("skill", "书画教学", "书法老师上课", "老年书法班要老师", "课次", (2, 12), (2, 8)),
    Line("goods", "桌椅", "闲置桌椅", "活动室缺桌椅", "件", (10, 60), (5, 30)),
    Line("goods", "图书", "闲置图书", "社区书屋添书", "册", (50, 400), (30, 200)),
    Line("information", "招聘信息", "岗位信息", "找工作的居民要岗位信息", "次", (2, 12), (1, 3)),
    Line("service", "理发", "免费理发", "高龄老人上门理发", "人次", (10, 60), (5, 20)),
    Line("service", "家电维修", "小家电维修", "修小家电", "人次", (5, 30), (2, 12)),
    Line("service", "义诊", "量血压和义诊", "请人来义诊", "人次", (20, 120), (10, 60)),
    Line("channel", "产品展销", "超市门口展台", "手工品想有地方卖", "场次", (1, 5), (1, 2)),
    Line("parking", "夜间车位", "夜间空车位", "晚上缺车位", "个", (5, 30), (2, 15), evening=True),
)


def load(communities: list[Place], units: list[MemberUnit], voices: Voices, *, now: datetime) -> None:
    """A year of it. The units and places of the stories are left to their stories."""
    told = {name for _kind, name, _code in names.PLACED}
    wide = _Wide(communities, [unit for unit in units if unit.name not in told], voices, now)
    for _number in range(OFFERS):
        wide.offer()
    for _number in range(NEEDS):
        wide.need()
    for _number in range(MATCHED):
        wide.match()
    for _number in range(IN_MEETINGS):
        wide.promise()


class _Wide:
    """Draws one thing after another from the same dice."""

    def __init__(self, communities: list[Place], units: list[MemberUnit], voices: Voices, now: datetime) -> None:
        self.dice, self.voices, self.now = random.Random(SEED), voices, now  # noqa: S311
        self.communities, self.units = communities, units
        self.home = {place.pk: place for place in communities}
        self.active = self.dice.sample(units, ACTIVE)
        # The n-th gives 1 / n of what the first gives.
        self.weights = [1 / (1 + at) for at in range(ACTIVE)]
        self.keys = (f"demo-{number}" for number in range(10_000))

    def offer(self) -> None:
        """One unit offers one thing, for some months."""
        unit, line, days = self.dice.choice(self.units), self.dice.choice(LINES), self.dice.randint(1, 350)
        self._state_offer(unit, line, self.dice.randint(*line.has), days, until=self.dice.randint(1 - days, 240))

    def need(self) -> None:
        """A community, or every fifth time one of its units, needs one thing; most have been verified."""
        dice = self.dice
        place, line, days = dice.choice(self.communities), dice.choice(LINES), dice.randint(1, 120)
        unit = self.dice.choice(self.units) if dice.random() < 0.2 else None
        pk = self._state_need(unit or place, line, dice.randint(*line.wants), days, until=dice.randint(1 - days, 90))
        if dice.random() < 0.8:
            desk = self.voices.desk(self._place_of(unit) if unit else place)
            actions.verify_need(desk, need_id=pk, now=self.voices.ago(days - 0.5))

    def match(self) -> None:
        """A unit offers what its community needs: both are asked, both say yes, and most of it comes."""
        dice, (unit,) = self.dice, self.dice.choices(self.active, self.weights)
        place, line, days = self._place_of(unit), dice.choice(LINES), dice.randint(20, 340)
        amount = dice.randint(*line.wants)
        offer = self._state_offer(unit, line, amount + dice.randint(0, line.has[1]), days, until=90)
        need = self._state_need(place, line, amount, days, until=60)
        desk, giver, at = self.voices.desk(place), self.voices.unit(unit), self.voices.ago(days - 1)
        actions.verify_need(desk, need_id=need, now=at)
        due = at + timedelta(days=14)
        pledge = bargains.agreed(desk, giver, desk, need, offer, amount, due=due, at=at)
        self._deliver(giver, desk, pledge, amount, days - 2)

    def promise(self) -> None:
        """In a meeting a unit, or now and then another community, promised something to a community near or far."""
        dice, (unit,) = self.dice, self.dice.choices(self.active, self.weights)
        near = self._place_of(unit)
        place = near if dice.random() < 0.6 else dice.choice(self.communities)
        line, days = dice.choice(LINES), dice.randint(3, 340)
        by_place = place != near and dice.random() < 0.3
        giver: dict[str, Any] = {"giver_place": near} if by_place else {"giver_unit": unit}
        amount, at, desk = dice.randint(*line.wants), self.voices.ago(days), self.voices.desk(place)
        pledge = actions.note_pledge(
            desk, kind=line.kind, what=line.offered, quantity=amount, measure=line.measure, once=next(self.keys),
            due_on=(at + timedelta(days=dice.randint(7, 40))).date(), receiver_place=place, now=at, **giver,
        )  # fmt: skip
        acting = self.voices.desk(near) if by_place else self.voices.unit(unit)
        self._deliver(acting, desk, pledge.pk, amount, days - 1)

    def _deliver(self, giver: Actor, desk: Actor, pledge: int, amount: int, days: int) -> None:
        """Most of it comes at once or in two parts; of the rest some is given up, some is still awaited."""
        dice, fate = self.dice, self.dice.random()
        if fate < 0.85:
            first = amount if amount == 1 or fate < 0.6 else amount // 2
            for part in (first, amount - first):
                days -= dice.randint(1, 9)
                if part and days > 0:
                    bargains.handed_over(giver, desk, pledge, part, at=self.voices.ago(days))
        elif fate < 0.9 and days > 30:
            actions.close_pledge(
                giver, pledge_id=pledge, words="这一期排不出人手，先说一声。", now=self.voices.ago(days - 25)
            )

    def _state_offer(self, unit: MemberUnit, line: Line, amount: int, days: int, *, until: int) -> int:
        home = self._place_of(unit)
        details = OfferDetails(
            kind=line.kind, title=line.offered, quantity=amount, measure=line.measure, tags=[line.tag],
            windows=self._windows(line), place=home, lon=self._beside(home.lon), lat=self._beside(home.lat),
            reach_metres=self.dice.choice((1500, 3000, None)), valid_until=(self.now + timedelta(days=until)).date(),
            visibility=self.dice.choice(("network", "district", "district", "public")),
        )  # fmt: skip
        desk, at = self.voices.desk(home), self.voices.ago(days)
        return actions.state_offer(desk, details=details, unit=unit, now=at, once=next(self.keys)).offer.pk

    def _state_need(self, whose: MemberUnit | Place, line: Line, amount: int, days: int, *, until: int) -> int:
        unit = whose if isinstance(whose, MemberUnit) else None
        place = self._place_of(whose) if isinstance(whose, MemberUnit) else whose
        details = NeedDetails(
            kind=line.kind, title=line.needed, quantity=Decimal(amount), measure=line.measure, tags=[line.tag],
            deadline=(self.now + timedelta(days=until)).date(), urgency=self.dice.choice((0, 1, 1, 2, 2, 3)),
            windows=self._windows(line), place=place, lon=self._beside(place.lon), lat=self._beside(place.lat),
        )  # fmt: skip
        whom: dict[str, Any] = {"unit": unit} if unit else {"place": place}
        desk, at = self.voices.desk(place), self.voices.ago(days)
        return actions.state_need(desk, details=details, now=at, once=next(self.keys), told=False, **whom).need.pk

    def _place_of(self, unit: MemberUnit) -> Place:
        return self.home[unit.registered_place_id or 0]

    def _beside(self, degree: float | None) -> float:
        return round((degree or 0) + self.dice.uniform(-0.003, 0.003), 6)

    def _windows(self, line: Line) -> list[tuple[int, int, int]]:
        if not line.evening:
            return []
        return [(day, 18 * 60, 22 * 60) for day in sorted(self.dice.sample(range(7), 3))]


def settle(communities: dict[str, Place], voices: Voices, *, now: datetime) -> None:
    """Let the clock catch up with the year, and put suggestions beside the needs of two communities."""
    clock.take_steps(now=now)
    for code in (names.DONGZHENG, "500104102002"):
        place = communities[code]
        actions.propose_matches(voices.desk(place), place=place, now=now, seconds=1.0)
