"""What each figure means: its name, its formula in words, what stands above and below the line. Pure.

A count is a condition on one demand. Every rate divides two counts, the upper being part of the lower; its adjusted
form leaves out what `SET_ASIDE` names. All counts are over the demands received in the period, as they stand now,
but for those marked `now`, which are over everything that is open.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gongzhi.demands.rules import State
from gongzhi.shared.moves import _

# Below this many persons a figure about persons is not shown.
FEW = 5
FEW_WORDS = _("少于5人")
NOTHING = "—"

# What the adjusted rates leave out, by the state in which a demand stands now.
SET_ASIDE = {
    State.ON_REGISTER: _("挂账"),
    State.RETURNED: _("退单后尚未重新派出"),
    State.WITHDRAWN: _("居民撤回"),
}


class Basis(StrEnum):
    """How a figure came to be."""

    COUNTED = "counted"
    STATED = "stated"
    ESTIMATED = "estimated"


@dataclass(frozen=True)
class Count:
    """How many demands meet one condition. `persons`: it tells what persons said, so small groups are hidden."""

    label: str
    words: str
    persons: bool = False
    now: bool = False


COUNTS = {
    "open": Count(_("未办结"), _("现在还没有办结的诉求，不限受理时间"), now=True),
    "late": Count(_("超时"), _("现在已过时限、还没有办到的诉求，不限受理时间；等居民补充和挂账的不计时"), now=True),
    "received": Count(_("受理"), _("本期受理的诉求")),
    "answered": Count(_("已答复"), _("本期受理的诉求中，现已答复的；重新办理后未再答复的不算")),
    "direct": Count(_("直接答复"), _("已答复，且没有派给承办单位")),
    "dispatched": Count(_("派单"), _("派给过承办单位")),
    "returned": Count(_("退单"), _("被承办单位退回过")),
    "reopened": Count(_("重新办理"), _("答复后又重新办理过")),
    "extended": Count(_("延期"), _("获准延长过办理时间")),
    "supervised": Count(_("督办"), _("被上级督办过")),
    "repeated": Count(_("重复反映"), _("同一来电号码在本期内对同一社区、同一类别再次反映")),
    "parked": Count(_("挂账"), _("现在挂账")),
    "sent_back": Count(_("退单后尚未重新派出"), _("现在是已退单状态")),
    "withdrawn": Count(_("居民撤回"), _("居民自己撤回")),
    "contact_due": Count(_("应联系"), _("首次联系已完成，或联系时限已到；等居民补充和挂账期间不计")),
    "contact_kept": Count(_("按时联系"), _("应联系的诉求中，每一次都在时限内联系了居民的")),
    "answer_due": Count(_("应答复"), _("已答复，或答复时限已到；等居民补充和挂账期间不计")),
    "answer_kept": Count(_("按时答复"), _("应答复的诉求中，每一次都在时限内答复的")),
    "answer_late": Count(_("超时"), _("答复超过了时限，或时限已到还没有答复")),
    "not_due": Count(_("未到期或不计时"), _("还没有答复且时限未到，或暂停计时、居民撤回、没有时限")),
    "rated": Count(_("已评"), _("居民自己评价，或回访联系上并说了结果；以最近一次为准"), persons=True),
    "solved": Count(_("认为已解决"), _("已评的诉求中，居民说问题解决了的"), persons=True),
    "satisfied": Count(_("满意"), _("已评的诉求中，居民说满意的"), persons=True),
    "link_rated": Count(_("居民自评"), _("最近一次评价是居民通过链接作的"), persons=True),
    "link_satisfied": Count(_("居民自评满意"), _("居民自评中说满意的"), persons=True),
    "asked": Count(_("回访"), _("打过回访电话的诉求")),
    "reached": Count(_("回访联系上"), _("回访电话打通并有结果"), persons=True),
    "reached_satisfied": Count(_("回访满意"), _("回访联系上的诉求中，居民说满意的"), persons=True),
    "lapsed": Count(_("逾期未评"), _("答复后居民没有评价，到期自动办结；单独计数，不算满意")),
}


@dataclass(frozen=True)
class Rate:
    """One count divided by another that contains it. `less_is_better` turns nothing round; it only tells a page."""

    label: str
    numerator: str
    denominator: str
    words: str
    less_is_better: bool = False


RATES = {
    "response": Rate(_("响应率"), "contact_kept", "contact_due", _("按时联系 ÷ 应联系")),
    "resolution": Rate(_("解决率"), "solved", "rated", _("认为已解决 ÷ 已评（居民自评或回访联系上）")),
    "satisfaction": Rate(_("满意率"), "satisfied", "rated", _("满意 ÷ 已评（居民自评或回访联系上）")),
    "in_time": Rate(_("按时答复率"), "answer_kept", "answer_due", _("按时答复 ÷ 应答复")),
    "returns": Rate(_("退单率"), "returned", "dispatched", _("退单 ÷ 派单"), less_is_better=True),
    "reopens": Rate(_("重办率"), "reopened", "received", _("重新办理 ÷ 受理"), less_is_better=True),
    "repeats": Rate(_("重复率"), "repeated", "received", _("重复反映 ÷ 受理"), less_is_better=True),
    "callback": Rate(_("回访满意率"), "reached_satisfied", "reached", _("回访满意 ÷ 回访联系上")),
    "by_link": Rate(_("自评满意率"), "link_satisfied", "link_rated", _("居民自评满意 ÷ 居民自评")),
}
THREE_RATES = ("response", "resolution", "satisfaction")


def adjusted(count: str) -> str:
    """The name of the same count without what is set aside."""
    return f"{count}_adjusted"


# Which counts are also needed without what is set aside.
ADJUSTED = tuple(
    dict.fromkeys(name for code in THREE_RATES for name in (RATES[code].denominator, RATES[code].numerator))
)


@dataclass(frozen=True)
class Figure:
    """One figure: `value` in `unit`, None where there is nothing to divide by; `n` is what stands below the line."""

    code: str
    label: str
    value: float | None
    n: int
    numerator: int
    words: str
    unit: str = "%"
    how: Basis = Basis.COUNTED
    rows: str = ""
    few: bool = False

    @property
    def shown(self) -> str:
        """The value as printed; never a 100 or a 0 that is only nearly one."""
        if self.few:
            return FEW_WORDS
        if self.value is None:
            return NOTHING
        return printed(self.value) if self.unit == "%" else f"{self.value:.0f}"


def printed(percent: float) -> str:
    """A percentage with one digit behind the point, rounded away from 0 and 100 unless it is exactly one of them."""
    if percent in {0.0, 100.0}:
        return f"{percent:.0f}"
    return f"{min(99.9, max(0.1, math.floor(percent * 10 + 0.5) / 10)):.1f}"


def rate(code: str, counts: Mapping[str, int], *, adjust: bool = False) -> Figure:
    """A rate from the counts; hidden where it would tell what fewer than `FEW` persons said."""
    definition = RATES[code]
    upper, lower = definition.numerator, definition.denominator
    if adjust:
        upper, lower = adjusted(upper), adjusted(lower)
    numerator, n = counts[upper], counts[lower]
    return Figure(
        code=code,
        label=definition.label,
        value=numerator * 100 / n if n else None,
        n=n,
        numerator=numerator,
        words=definition.words,
        rows=lower,
        few=COUNTS[definition.denominator].persons and 0 < n < FEW,
    )


def count(code: str, counts: Mapping[str, int]) -> Figure:
    """A plain number of demands; hidden where it would tell what fewer than `FEW` persons said."""
    definition = COUNTS[code]
    number = counts[code]
    few = definition.persons and 0 < number < FEW
    return Figure(code, definition.label, number, number, number, definition.words, unit=_("件"), rows=code, few=few)


@dataclass(frozen=True)
class Change:
    """A number beside the one before it; `percent` is None where there was nothing before."""

    now: int
    before: int

    @property
    def difference(self) -> int:
        """How many more, or fewer."""
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        """The difference as a share of what was before."""
        return self.difference * 100 / self.before if self.before else None


@dataclass(frozen=True)
class Line:
    """One row of a table: a place, a category, a compound type, with its counts."""

    key: str
    label: str
    counts: Mapping[str, int]
    hidden: bool = False
    english: str = ""  # the English of a label that is a row of the district

    def share(self, total: int) -> float | None:
        """What part of the total was received here, in percent."""
        return self.counts["received"] * 100 / total if total else None

    def rate(self, code: str) -> Figure:
        """One of the rates of this row; hidden with the row where it is about persons."""
        figure = rate(code, self.counts)
        about_persons = COUNTS[RATES[code].denominator].persons
        return replace(figure, few=figure.few or (self.hidden and about_persons and figure.n > 0))


def hide_few(lines: Sequence[Line]) -> list[Line]:
    """Hide what persons said where fewer than `FEW` spoke, and further rows where the total would give it away."""
    small = [line for line in lines if 0 < line.counts["rated"] < FEW]
    others = sorted((line for line in lines if line.counts["rated"] >= FEW), key=lambda line: line.counts["rated"])
    # The hidden rows are what is left of the total: together they must be as many as may be told of.
    while small and others and sum(line.counts["rated"] for line in small) < FEW:
        small.append(others.pop(0))
    keys = {line.key for line in small}
    return [replace(line, hidden=line.key in keys) for line in lines]


def added_up(lines: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The counts of several rows put together."""
    total: dict[str, int] = {}
    for one in lines:
        for name, number in one.items():
            total[name] = total.get(name, 0) + number
    return total


def set_aside(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """What the adjusted rates leave out: code, words, how many."""
    return [(code, COUNTS[code].label, counts[code]) for code in ("parked", "sent_back", "withdrawn")]


@dataclass(frozen=True)
class Stated:
    """What imported orders of another system say of themselves; never added to what we counted."""

    orders: int
    in_time: int
    late: int

    def figure(self) -> Figure:
        """The share in time among those that say so."""
        n = self.in_time + self.late
        return Figure(
            code="stated_in_time",
            label=_("导入历史工单按时率"),
            value=self.in_time * 100 / n if n else None,
            n=n,
            numerator=self.in_time,
            words=_("原系统写明按时的 ÷ 原系统写明是否按时的"),
            how=Basis.STATED,
        )


def tone_of(open_now: int, late_now: int) -> str:
    """How a place is drawn on the map: late from a fifth of what is open, soon from the first one."""
    if late_now * 5 >= open_now > 0:
        return "late"
    return "soon" if late_now else "accent" if open_now else "rest"
