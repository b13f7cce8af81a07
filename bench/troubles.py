"""Made-up demands with known groups: which of them are about one trouble. Reproducible, in order of time, streamed.

`python -m bench.troubles --rows 100000 --half held_out > FILE.csv` writes what the engine reads; the last column,
problem_id, is the truth. The wordings (wordings.txt and STYLES below) fall into two halves: settings are chosen on
`tuning`, and only figures on `held_out`, which has other wordings and another seed, count.
"""

import argparse
import csv
import heapq
import math
import random
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.districts import EAST, NORTH, ORIGIN, District, Spot

HALVES = ("tuning", "held_out")
SEEDS = {"tuning": 20260501, "held_out": 971}
START = datetime(2024, 1, 1)
DAYS = 730.0
# The same trouble at the same place is another problem when this many days lie between.
APART = 150.0
# Shares of problems that bring a further one: at the next building, of another kind at this one, a year later.
NEXT_DOOR, OTHER_KIND, AGAIN = 0.12, 0.12, 0.07
# Reports of a problem: more than n for n ** -TAIL of them.
TAIL, LARGEST = 1.3, 60
# Shares of forms: no place code, then a compound's for its building's, then the next building's; and of vague words.
NO_CODE, COARSE, WRONG, VAGUE = 0.42, 0.15, 0.03, 0.06
# Rows for each problem, all told, and problems for each compound: what sizes the district for a number of rows.
ROWS_A_PROBLEM, ROWS_A_COMPOUND = 2.9, 400
ALIKE = (
    "楼搂 电店 梯体 水睡 路露 灯登 停亭 车扯 坏怀 没莫 的得 在再 门们 住主 漏陋 道到 管馆 满慢 吵炒 夜叶 请清 来莱 收受 费废 区曲 园圆 "
    "城成 里理 堵赌 盖丐 声生 修休"
)
STYLES = {
    "tuning": {
        "openings": ("", "", "你好，", "领导您好，我是居民。", "来电人反映：", "您好！麻烦问一下，", "反映一个问题。"),
        "details": (
            "家里有老人，实在不方便。", "打了好几次电话都没有下文。", "已经有一个多月了。", "大家都很有意见。",
            "上班族白天不在家。", "不知道归谁管。", "别的地方早就弄好了。", "拍了照片可以发过去。",
        ),
        "pleas": ("", "请尽快处理。", "希望解决，谢谢！", "请派人来看看。", "望回复。", "盼答复，谢谢领导。"),
        "vague": ("上次说的那件事还没解决", "还是老问题，没人来", "跟前几天反映的一样"),
        "shapes": ("{o}{w}{t}。{d}{p}", "{o}{t}，地点在{w}。{d}{p}", "{d}{w}这边{t}，{p}", "{t}。{d}{p}{w}"),
        "subjects": ("{w}{t}", "关于{w}{t}的问题", "{t}", "反映{w}的情况"),
    },
    "held_out": {
        "openings": ("", "", "喂，听得到不？", "尊敬的工作人员：", "市民来信称，", "在吗，", "再说一遍哈，", "兹有住户陈述："),
        "details": (
            "娃娃小，经不起折腾。", "群里天天有人骂。", "找过业委会，踢皮球。", "拖到现在没个准信。", "换了三拨人都没搞定。",
            "现场可以随时查看。", "我们愿意配合。", "不是一家两家的事。", "邻居拍了视频。",
        ),
        "pleas": ("", "帮帮忙嘛。", "恳请有关部门核实办理。", "给个说法。", "啥时候能弄好？", "请予督办。"),
        "vague": ("前头登记过的，催一催", "同楼上邻居说的那桩", "就那个事，到底管不管"),
        "shapes": ("{o}{w}，{t}，{d}{p}", "{o}{t}！{d}就是{w}。{p}", "{o}{w}的人：{t}。{p}{d}", "{d}{o}{t}（{w}）{p}"),
        "subjects": ("{w}：{t}", "{t}（{w}）", "求助", "{w}诉求", "{t}咋办"),
    },
}  # fmt: skip


class Row(NamedTuple):
    """A demand and the problem it belongs to; the fields before that are those of the engine's report, in order."""

    demand_id: str
    reported_at: datetime
    subject: str
    body: str
    place: str
    lon: float | None
    lat: float | None
    category: str
    problem: int


class Kind(NamedTuple):
    """A kind of trouble: where it happens (b, g, c, r), its category, and its wordings in parts to choose from."""

    name: str
    where: str
    category: str
    wordings: dict[str, list[list[list[str]]]]


class Problem(NamedTuple):
    """One trouble at one spot from a day on."""

    number: int
    kind: int
    spot: Spot
    day: float


def kinds() -> list[Kind]:
    """Every kind with the wordings of both halves."""
    found: list[Kind] = []
    for line in (Path(__file__).parent / "wordings.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("=="):
            name, where, category = (word.strip() for word in line[2:].split("|"))
            found.append(Kind(name, where, category, {half: [] for half in HALVES}))
        elif line[:2] in {"T ", "H "}:
            half = HALVES["TH".index(line[0])]
            parts = [part.split("|") for part in re.split(r"[{}]", line[2:]) if part]
            found[-1].wordings[half].append(parts)
    return found


def demands(rows: int, half: str = "held_out", seed: int | None = None) -> Iterator[Row]:
    """The first `rows` demands over about two years of a district that is as large as they need."""
    return _Stream(rows, half, SEEDS[half] if seed is None else seed).rows()


class _Stream:
    """Problems and their reports on one heap by day, so that only what is still to come is held."""

    def __init__(self, rows: int, half: str, seed: int) -> None:
        self.chance = random.Random(f"{half} {seed}")
        self.left, self.half = rows, half
        self.kinds = kinds()
        self.style = STYLES[half]
        self.categories = sorted({kind.category for kind in self.kinds})
        self.district = District(max(12, rows // ROWS_A_COMPOUND), self.chance)
        self.step = DAYS * ROWS_A_PROBLEM * (1 + NEXT_DOOR + OTHER_KIND + AGAIN / 2) / max(rows, 1)
        self.heap: list[tuple[float, int, Problem | None]] = [(0.0, 0, None)]
        self.pushed = self.problems = 0
        self.last: dict[tuple[int, str], float] = {}

    def rows(self) -> Iterator[Row]:
        """Each demand in order of time."""
        number = 0
        while number < self.left:
            day, _order, problem = heapq.heappop(self.heap)
            if problem is None:
                self._begin(day)
                self._push(day + self.step * -math.log(1 - self.chance.random()), None)
            elif problem.number < 0:
                self._open(problem)
            else:
                number += 1
                yield self._row(number, day, problem)

    def _push(self, day: float, problem: Problem | None) -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (day, self.pushed, problem))

    def _begin(self, day: float) -> None:
        """A trouble somewhere, and what is easily taken for it."""
        chance = self.chance
        at = int(chance.random() * len(self.kinds))
        spots = self.district.spots[self.kinds[at].where]
        spot = spots[int(chance.random() * len(spots))]
        self._open(Problem(-1, at, spot, day))
        if chance.random() < NEXT_DOOR and (beside := self.district.beside(spot, chance)):
            self._later(at, beside, day + chance.random() * 8)
        if chance.random() < OTHER_KIND:
            same = [other for other, kind in enumerate(self.kinds) if kind.where == spot.kind and other != at]
            self._later(same[int(chance.random() * len(same))], spot, day + chance.random() * 4)
        if chance.random() < AGAIN:
            self._later(at, spot, day + 300 + chance.random() * 120)

    def _later(self, kind: int, spot: Spot, day: float) -> None:
        self._push(day, Problem(-1, kind, spot, day))

    def _open(self, problem: Problem) -> None:
        """Its reports: few for most, many for some, in bursts; nothing where the last one is too fresh."""
        chance, key = self.chance, (problem.kind, problem.spot.code)
        if problem.day - self.last.get(key, -DAYS) < APART:
            return
        self.problems += 1
        problem = problem._replace(number=self.problems)
        size = min(int((1 - chance.random()) ** (-1 / TAIL)), LARGEST)
        pace = 0.3 + chance.random() * 5
        ends = problem.day
        for at in range(size):
            wait = min(-math.log(1 - chance.random()) * pace, 30.0) if at else 0.0
            if at and chance.random() < 0.12:
                # The second wave: nothing was done about it.
                wait = min(wait + 10 + chance.random() * 15, 45.0)
            ends = max(ends, problem.day + wait)
            self._push(problem.day + wait, problem)
        self.last[key] = ends

    def _row(self, number: int, day: float, problem: Problem) -> Row:
        chance, kind, spot = self.chance, self.kinds[problem.kind], problem.spot
        place = self._place(spot)
        lon = lat = None
        if chance.random() < 0.6:
            noise = 12.0 if chance.random() < 0.93 else 70.0
            lon = round(ORIGIN[0] + (spot.x + chance.gauss(0, noise)) / EAST, 6)
            lat = round(ORIGIN[1] + (spot.y + chance.gauss(0, noise)) / NORTH, 6)
        known = bool(place) or lon is not None
        subject, body = self._text(kind, spot if not known or chance.random() < 0.8 else None)
        pick = chance.random()
        category = kind.category if pick < 0.8 else "" if pick < 0.87 else _one(self.categories, chance)
        reported = START + timedelta(minutes=int(day * 1440))
        return Row(f"d{number}", reported, subject, body, place, lon, lat, category, problem.number)

    def _place(self, spot: Spot) -> str:
        """The code on the form: missing, too coarse or that of the next building in known shares."""
        pick = self.chance.random()
        if pick < NO_CODE:
            return ""
        if pick < NO_CODE + COARSE:
            return f"C{spot.compound:05d}"
        if pick < NO_CODE + COARSE + WRONG:
            return (self.district.beside(spot, self.chance) or spot).code
        return spot.code

    def _text(self, kind: Kind, spot: Spot | None) -> tuple[str, str]:
        chance, style = self.chance, self.style
        where = self.district.say(spot, chance) if spot else "我们这里"
        trouble = "".join(_one(part, chance) for part in _one(kind.wordings[self.half], chance))
        if chance.random() < VAGUE:
            trouble = _one(style["vague"], chance)
        again = "".join(_one(part, chance) for part in _one(kind.wordings[self.half], chance))
        subject = _one(style["subjects"], chance).format(w=where, t=trouble.split("，")[0])
        detail = "".join(_one(style["details"], chance) for _ in range(int(chance.random() * 3)))
        if chance.random() < 0.3 and again != trouble:
            detail = f"{again}。{detail}"
        words = {"o": _one(style["openings"], chance), "p": _one(style["pleas"], chance)}
        body = _one(style["shapes"], chance).format(w=where, t=trouble, d=detail, **words)
        if chance.random() < 0.3:
            body = _slip(body, chance)
        return (_slip(subject, chance) if chance.random() < 0.1 else subject), body


def _one(words: Sequence[Any], chance: random.Random) -> Any:
    return words[int(chance.random() * len(words))]


def _slip(text: str, chance: random.Random) -> str:
    """The text with up to three slips: a character that sounds alike, two swapped, one left out."""
    letters = list(text)
    for _ in range(1 + int(chance.random() * 3)):
        at, pick = int(chance.random() * (len(letters) - 1)), chance.random()
        if pick < 0.5:
            # The next character that has a twin, from there on.
            at = next((here for here in range(at, len(letters)) if letters[here] in _TWINS), at)
            letters[at] = _TWINS.get(letters[at], letters[at])
        elif pick < 0.75 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif len(letters) > 4:
            del letters[at]
    return "".join(letters)


_TWINS = {pair[0]: pair[1] for pair in ALIKE.split()} | {pair[1]: pair[0] for pair in ALIKE.split()}


def main() -> int:
    """Write them as CSV."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000)
    asked.add_argument("--half", choices=HALVES, default="held_out")
    asked.add_argument("--seed", type=int, help="another district and other demands")
    options = asked.parse_args()
    sheet = csv.writer(sys.stdout)
    sheet.writerow([*Row._fields[:-1], "problem_id"])
    sheet.writerows(demands(options.rows, options.half, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
