"""Made-up needs and offers of a district, reproducible: `python -m bench.give_and_take --needs 2000 > PROBLEM.json`.

Nothing here is measured from a real district. Shapes follow what such lists look like: units lie thick in a few middles,
few units offer much and many offer one thing, rooms are free in the evening, most needs are small, and many lie where
little is offered.
"""

import argparse
import json
import random
import sys
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from gongzhi.exchange.matching_facts import (
    Declined,
    Giver,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Position,
    Refusal,
    Window,
)
from gongzhi.exchange.matching_files import to_json

DAY = date(2026, 3, 2)
# A degree in metres at the district's latitude, and the sides of the district in metres.
EAST, NORTH, ORIGIN = 96_500.0, 111_000.0, (106.45, 29.42)
WIDE, HIGH = 9_000.0, 14_000.0
COMMUNITIES, MIDDLES = 63, 9
# As such lists look; all divided at will; each need of three offers at most, or nothing.
SORTS = ("mixed", "any", "three")


class Line(NamedTuple):
    """One sort of thing: its kind, tag and measure; how much is offered and needed; the most that one need may get."""

    kind: str
    tag: str
    measure: str
    offered: tuple[int, int]
    needed: tuple[int, int]
    share: float
    weekly: bool = False
    divisible: bool = True
    smallest: int = 0


LINES = (
    Line("place", "会议室", "场次", (2, 12), (1, 4), 0.5, weekly=True),
    Line("place", "活动场地", "场次", (1, 8), (1, 6), 0.5, weekly=True),
    Line("place", "运动场", "场次", (2, 10), (1, 6), 0.5, weekly=True),
    Line("place", "食堂", "餐位", (20, 120), (5, 60), 0.6, weekly=True, smallest=5),
    Line("skill", "电工", "人次", (1, 12), (1, 4), 0.6, weekly=True),
    Line("skill", "水工", "人次", (1, 10), (1, 4), 0.6, weekly=True),
    Line("skill", "法律咨询", "人次", (1, 12), (1, 5), 0.6, weekly=True),
    Line("skill", "书画教学", "课次", (2, 16), (2, 12), 0.8, weekly=True),
    Line("skill", "心理辅导", "人次", (1, 8), (1, 5), 0.6, weekly=True),
    Line("funds", "", "千元", (1, 40), (1, 50), 0.6, smallest=1),
    Line("goods", "桌椅", "件", (10, 200), (5, 80), 0.5, smallest=5),
    Line("goods", "米面油", "份", (10, 150), (5, 60), 0.6, smallest=2),
    Line("goods", "图书", "册", (50, 800), (30, 400), 0.6, smallest=20),
    Line("goods", "帐篷", "顶", (2, 12), (1, 8), 1.0, divisible=False),
    Line("information", "招聘信息", "次", (2, 20), (1, 3), 0.5),
    Line("information", "政策解读", "次", (1, 12), (1, 4), 0.6),
    Line("service", "理发", "人次", (10, 80), (5, 40), 0.6, weekly=True, smallest=5),
    Line("service", "家电维修", "人次", (5, 40), (2, 20), 0.6, weekly=True),
    Line("service", "体检", "人次", (20, 200), (10, 120), 0.6, smallest=10),
    Line("service", "清洁", "人次", (4, 40), (2, 20), 0.6, weekly=True),
    Line("channel", "产品展销", "场次", (1, 6), (1, 3), 1.0, divisible=False),
    Line("channel", "对接主管部门", "次", (1, 10), (1, 2), 0.5),
    Line("parking", "夜间车位", "个", (5, 60), (1, 40), 0.6, weekly=True, smallest=1),
    Line("parking", "日间车位", "个", (2, 30), (1, 20), 0.6, weekly=True, smallest=1),
)
# Some things are offered more often than needed, others the other way round.
OFFERED = [1 + at * 7 % 5 for at in range(len(LINES))]
NEEDED = [1 + at * 3 % 5 for at in range(len(LINES))]
AUDIENCES = ("老年人", "儿童", "残疾人")


class Town:
    """Communities around a few middles, and the units that lie in them."""

    def __init__(self, units: int, chance: random.Random) -> None:
        self.chance = chance
        middles = [(chance.uniform(0, WIDE), chance.uniform(0, HIGH)) for _ in range(MIDDLES)]
        self.communities = []
        for _number in range(COMMUNITIES):
            x, y = chance.choice(middles)
            self.communities.append((chance.gauss(x, 900), chance.gauss(y, 900)))
        self.codes = [f"500199{1 + at // 10:03d}{1 + at % 10:03d}" for at in range(COMMUNITIES)]
        self.units = [f"U-{number:04d}" for number in range(units)]
        # The communities in the middles have more units than those at the edge.
        crowd = [1 / (1 + at % 7) for at in range(COMMUNITIES)]
        self.home = {unit: chance.choices(range(COMMUNITIES), crowd)[0] for unit in self.units}
        self.spot = {unit: self.near(home) for unit, home in self.home.items()}

    def near(self, community: int) -> Position:
        """A point of a community."""
        x, y = self.communities[community]
        x, y = self.chance.gauss(x, 250), self.chance.gauss(y, 250)
        return Position(round(ORIGIN[0] + x / EAST, 6), round(ORIGIN[1] + y / NORTH, 6))


def make(
    needs: int = 2000, offers: int = 3000, units: int = 530, seed: int = 1, sort: str = "mixed"
) -> MatchingProblem:
    """A problem of this size and sort; the same numbers give the same problem."""
    chance = random.Random(seed)
    town = Town(units, chance)
    givers = [_giver(unit, chance) for unit in town.units]
    # Few units offer much: the n-th offers 1 / n ** 0.4 of the first.
    generous = [1 / (1 + at) ** 0.4 for at in range(units)]
    chance.shuffle(generous)
    made_offers = [_offer(at, chance.choices(town.units, generous)[0], town, chance) for at in range(offers)]
    made_needs = [_need(at, town, chance) for at in range(needs)]
    refusals: list[Refusal] = []
    for _number in range(needs // 20):
        refusals.append(Declined(chance.choice(made_needs).id, chance.choice(made_offers).id))
    for _number in range(units // 20):
        refusals += [
            NotThisKind(chance.choice(town.units), chance.choice(LINES).kind),
            NotBefore(chance.choice(town.units), DAY + timedelta(days=chance.randint(-30, 60))),
            NotForAsker(chance.choice(town.units), f"C-{chance.choice(town.codes)}"),
        ]
    if sort == "any":
        made_needs = [replace(need, whole_only=False) for need in made_needs]
        made_offers = [replace(offer, divisible=True, smallest=0.0) for offer in made_offers]
    if sort == "three":
        made_needs = [replace(need, whole_only=True, most_offers=3) for need in made_needs]
    return MatchingProblem(DAY, made_needs, made_offers, givers, refusals)


def _giver(unit: str, chance: random.Random) -> Giver:
    given = int(chance.expovariate(0.35))
    failed, late = int(chance.expovariate(2.5)), int(chance.expovariate(1.5))
    return Giver(
        unit,
        name=f"{unit}单位",
        asked_lately=int(chance.expovariate(0.5)),
        in_time=max(0, given - late),
        late=late,
        failed=failed,
        given=given,
        received=0 if chance.random() < 0.4 else int(chance.expovariate(0.6)),
        agreement=chance.random() < 0.6,
    )


def _offer(number: int, unit: str, town: Town, chance: random.Random) -> Offer:
    line = chance.choices(LINES, OFFERED)[0]
    quantity = chance.randint(*line.offered)
    code = town.codes[town.home[unit]]
    reach = chance.choices(("metres", "places", "anywhere"), (0.65, 0.27, 0.08))[0]
    begins = chance.randint(-200, 20)
    near = frozenset({code, code[:9]} if chance.random() < 0.5 else {code})
    return Offer(
        f"O-{number:05d}",
        line.kind,
        quantity,
        line.measure,
        unit,
        tags=frozenset({line.tag} if line.tag and chance.random() < 0.92 else ()),
        position=town.spot[unit],
        place=code,
        reach_m=chance.choice((500.0, 1000.0, 2000.0, 4000.0)) if reach == "metres" else None,
        reach_places=near if reach == "places" else None,
        valid_from=DAY + timedelta(days=begins),
        valid_until=DAY + timedelta(days=max(begins, chance.randint(-5, 300))),
        windows=_windows(chance, line.weekly and chance.random() < 0.8),
        audience=frozenset(chance.sample(AUDIENCES, chance.randint(1, 2)) if chance.random() < 0.1 else ()),
        most=max(1, round(quantity * line.share)) if chance.random() < 0.5 else None,
        divisible=line.divisible,
        smallest=line.smallest,
        title=line.tag,
    )


def _need(number: int, town: Town, chance: random.Random) -> Need:
    line = chance.choices(LINES, NEEDED)[0]
    by_unit = chance.random() < 0.25
    unit = chance.choice(town.units)
    home = town.home[unit] if by_unit else chance.randrange(COMMUNITIES)
    days = chance.choice((None, -10, 3, 7, 14, 30, 30, 60, 90))
    return Need(
        f"N-{number:05d}",
        line.kind,
        chance.randint(*line.needed),
        line.measure,
        unit if by_unit else f"C-{town.codes[home]}",
        urgency=chance.choices((0, 1, 2, 3), (0.35, 0.35, 0.2, 0.1))[0],
        deadline=None if days is None else DAY + timedelta(days=days),
        tags=frozenset({line.tag} if line.tag and chance.random() < 0.9 else ()),
        position=town.spot[unit] if by_unit else town.near(home),
        place=town.codes[home],
        windows=_windows(chance, line.weekly and chance.random() < 0.5),
        audience=frozenset({chance.choice(AUDIENCES)} if chance.random() < 0.15 else ()),
        frees=(f"N-{chance.randrange(max(1, number)):05d}",) if number and chance.random() < 0.05 else (),
        whole_only=chance.random() < 0.15,
    )


def _windows(chance: random.Random, weekly: bool) -> tuple[Window, ...]:
    if not weekly:
        return ()
    found = []
    for weekday in chance.sample(range(1, 8), chance.randint(1, 4)):
        since = chance.choice((9, 14, 18, 19)) * 60
        found.append(Window(weekday, since, since + chance.choice((60, 120, 180))))
    return tuple(sorted(found))


def main() -> int:
    """Print a problem as `gongzhi match` reads it."""
    asked = argparse.ArgumentParser(prog="bench.give_and_take", description=__doc__)
    asked.add_argument("--needs", type=int, default=2000)
    asked.add_argument("--offers", type=int, default=3000)
    asked.add_argument("--units", type=int, default=530)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--sort", choices=SORTS, default=SORTS[0])
    options = asked.parse_args()
    written: dict[str, Any] = to_json(make(options.needs, options.offers, options.units, options.seed, options.sort))
    json.dump(written, sys.stdout, ensure_ascii=False, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
