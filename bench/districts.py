"""An invented district: compounds with buildings and gates, roads between them, each with a code and a coordinate.

Also how people name a place of it in words. Names are made of parts, so that many sound alike, as they do.
"""

import random
from dataclasses import dataclass

FIRST = "春江|锦绣|云岭|青石|梧桐|桂湖|松涛|望月|听泉|金沙|翠微|映霞|竹里|荷塘|枫桥|兰亭|雁南|白鹭|晴川|枕流|怀远|安和|同心|永宁"
SECOND = "花园|雅苑|家园|新村|名邸|华庭|公寓|小区|里|大院|佳苑|丽景"
PHASES = ("", "一期", "二期", "三期", "北区", "南区", "东苑", "西苑")
ROADS = "兴盛|望江|书院|槐荫|长风|柳浪|石桥|清溪|东湖|南塘|玉带|宝塔|文昌|朝阳|丰收|平安|红旗|建业|学府|滨河"
DIGITS = "零一二三四五六七八九十"
# A degree in metres at the district's latitude.
EAST, NORTH = 95_800.0, 111_000.0
ORIGIN = (104.0, 30.6)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the district; `kind` b building, g gate, c compound, r roadside; metres from the origin."""

    code: str
    kind: str
    number: int
    compound: int
    x: float
    y: float


class District:
    """Compounds 350 m apart; buildings 40 m apart, so that the next one is well inside the noise of a telephone."""

    def __init__(self, compounds: int, chance: random.Random) -> None:
        first, second, roads = FIRST.split("|"), SECOND.split("|"), ROADS.split("|")
        every = [(a, b, phase) for phase in PHASES for a in first for b in second]
        # Two phases of one garden lie in one district, even a small one.
        near = every[: max(compounds, len(first) * 4)]
        chance.shuffle(near)
        self.names = [(near * (compounds // len(near) + 1))[at] for at in range(compounds)]
        self.spots: dict[str, list[Spot]] = {"b": [], "g": [], "c": [], "r": []}
        self.roads = [chance.choice(roads) + chance.choice(("路", "街", "大道", "巷")) for _ in range(compounds)]
        side = int(compounds**0.5) + 1
        for at in range(compounds):
            self._build(at, at % side * 350.0, at // side * 350.0, chance)

    def _build(self, at: int, x: float, y: float, chance: random.Random) -> None:
        code = f"C{at:05d}"
        self.spots["c"].append(Spot(code, "c", 0, at, x + 70, y + 70))
        for number in range(1, chance.randint(7, 17)):
            east, north = x + (number - 1) % 4 * 40, y + (number - 1) // 4 * 45
            self.spots["b"].append(Spot(f"{code}-B{number:02d}", "b", number, at, east, north))
        for number in range(chance.randint(2, 4)):
            east, north = ((70, 180), (70, -30), (170, 70), (-30, 70))[number]
            self.spots["g"].append(Spot(f"{code}-G{number}", "g", number, at, x + east, y + north))
        for number in range(4):
            door = number * 26 + chance.randint(1, 25)
            self.spots["r"].append(Spot(f"R{at:05d}-{door}", "r", door, at, x + number * 80, y - 60))

    def beside(self, spot: Spot, chance: random.Random) -> Spot | None:
        """The next building, gate or house number of the same compound or road; none for a compound."""
        if spot.kind == "c":
            return None
        row = self.spots[spot.kind]
        # Codes are in order within the list, hence the neighbour is a step away.
        at = self._place_of(spot, row)
        for step in (1, -1) if chance.random() < 0.5 else (-1, 1):
            if 0 <= at + step < len(row) and row[at + step].compound == spot.compound:
                return row[at + step]
        return None

    def _place_of(self, spot: Spot, row: list[Spot]) -> int:
        low, high = 0, len(row)
        while low < high:
            middle = (low + high) // 2
            if (row[middle].compound, row[middle].number) < (spot.compound, spot.number):
                low = middle + 1
            else:
                high = middle
        return low

    def say(self, spot: Spot, chance: random.Random) -> str:
        """The place as somebody writes it."""
        if spot.kind == "r":
            road = self.roads[spot.compound]
            by = f"{self.compound(spot.compound, chance)}外面" if chance.random() < 0.4 else ""
            return f"{by}{road}{spot.number}号{('', '附近', '门前', '旁边')[int(chance.random() * 4)]}"
        name = self.compound(spot.compound, chance)
        if spot.kind == "c":
            return name
        if spot.kind == "g":
            return f"{name}{'北南东西'[spot.number]}{('门', '大门', '门口', '侧门')[int(chance.random() * 4)]}"
        return name + building(spot.number, chance)

    def compound(self, at: int, chance: random.Random) -> str:
        """A compound's name, whole or as its people shorten it."""
        first, second, phase = self.names[at]
        pick = chance.random()
        if pick < 0.62:
            return first + second + phase
        if pick < 0.8:
            return first + second
        return first + phase if pick < 0.92 else first


def building(number: int, chance: random.Random) -> str:
    """A building's number in one of the ways that people write it, often with a staircase or a flat."""
    chinese = DIGITS[number] if number <= 10 else f"十{DIGITS[number - 10]}"
    pick = chance.random()
    word = chinese if pick < 0.2 else str(number)
    word += ("栋", "号楼", "幢", "#", "座")[min(4, int(chance.random() ** 1.6 * 5))]
    pick = chance.random()
    if pick < 0.25:
        word += f"{int(chance.random() * 3) + 1}单元"
    elif pick < 0.35:
        word += f"{int(chance.random() * 17) + 1}0{int(chance.random() * 4) + 1}"
    return word
