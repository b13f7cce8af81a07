"""A suggestion in one sentence that a secretary can read out, and why a need stays unmet. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gongzhi.demands.deadlines import Phrase, say
from gongzhi.exchange.matching_facts import Window
from gongzhi.exchange.rules import KIND_LABELS, Kind
from gongzhi.shared.moves import _

WHY_LABELS = {
    "kind": _("没有这一类的资源"),
    "tags": _("有这一类，但没有所要的这一种"),
    "measure": _("有这一种，但计量单位不同"),
    "audience": _("有，但不面向这些人"),
    "time": _("有，但赶不上时间"),
    "declined": _("有，但对方已谢绝或就是自己的"),
    "reach": _("有，但太远，不在服务范围内"),
    "windows": _("有，但每周没有共同的时间"),
    "part": _("有，但给不了这么少或这么零散的一份"),
    "not_enough": _("合适的都加起来也不够"),
    "all_used": _("合适的都已安排给别的需求"),
}
_WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
_MOST_WINDOWS = 2
_NOTHING: Phrase = ("", {})


class Suggestion(NamedTuple):
    """One giver could meet one need, with the reasons as plain values.

    `quantity` of `needed`, both in the measure; `distance_m` metres, None where not known; `shared_minutes` a week and
    `windows` None and empty where both have any time. What is known of the giver is as `Giver` has it.
    """

    need: str
    offer: str
    giver: str
    giver_name: str
    kind: str
    what: str
    quantity: float
    needed: float
    measure: str
    distance_m: float | None
    shared_minutes: int | None
    windows: tuple[Window, ...]
    agreement: bool | None
    in_time: int
    late: int
    failed: int
    given: int
    received: int
    asked_lately: int


_TOLD = frozenset(Suggestion._fields) - {"need", "offer", "giver"}


def sentence(suggestion: Suggestion, translate: Any = str) -> str:
    """The sentence in Chinese, or in another language by `translate` (gettext); names and measures stay as given."""
    return say(phrase(suggestion), translate)


def phrase(suggestion: Suggestion) -> Phrase:
    """The sentence as a text to be translated and what fills it, which may be such again: show it with `say`."""
    return _("%(giver)s%(distance)s能提供%(what)s，%(amount)s%(when)s%(agreement)s%(pledges)s%(balance)s%(asked)s。"), {
        "giver": suggestion.giver_name,
        "distance": _distance(suggestion.distance_m),
        "what": _what(suggestion),
        "amount": _amount(suggestion),
        "when": _when(suggestion),
        "agreement": _agreement(suggestion.agreement),
        "pledges": _pledges(suggestion),
        "balance": _balance(suggestion),
        "asked": (_("；近 90 天已问过对方 %(n)d 次"), {"n": suggestion.asked_lately})
        if suggestion.asked_lately
        else _NOTHING,
    }


def facts(suggestion: Suggestion) -> dict[str, Any]:
    """What the sentence is made of, as JSON keeps it; not whose need and offer it is about."""
    return {name: value for name, value in suggestion._asdict().items() if name in _TOLD}


def sentence_of(facts: Mapping[str, Any], translate: Any = str) -> str:
    """The sentence that such facts make; empty where they do not hold all of it."""
    if not facts.keys() >= _TOLD:
        return ""
    told = {name: facts[name] for name in _TOLD} | {"windows": tuple(Window(*one) for one in facts["windows"])}
    return sentence(Suggestion(need="", offer="", giver="", **told), translate)


def why_unmet(why: str) -> str:
    """Why a need stays unmet, as a text to be translated."""
    return WHY_LABELS[why]


def _what(one: Suggestion) -> Phrase:
    kind: Phrase = KIND_LABELS[Kind(one.kind)], {}
    return (_("%(what)s（%(kind)s）"), {"what": one.what, "kind": kind}) if one.what else kind


def _balance(one: Suggestion) -> Phrase:
    if not one.given + one.received:
        return _("；今年还没有给出或得到过"), {}
    return _("；今年给出 %(given)d 次、得到 %(received)d 次"), {"given": one.given, "received": one.received}


def _agreement(signed: bool | None) -> Phrase:
    if signed is None:
        return _NOTHING
    return (_("；已签共建协议") if signed else _("；尚未签共建协议")), {}


def _distance(metres: float | None) -> Phrase:
    if metres is None:
        return _("（没有写明地点，不知多远）"), {}
    if metres < 1000:
        return _("（距您约 %(metres)d 米）"), {"metres": max(50, round(metres / 50) * 50)}
    return _("（距您约 %(km).1f 公里）"), {"km": metres / 1000}


def _amount(one: Suggestion) -> Phrase:
    filled = {"quantity": f"{one.quantity:g}", "needed": f"{one.needed:g}", "measure": one.measure}
    if one.quantity >= one.needed:
        return _("所需的 %(quantity)s %(measure)s都能给"), filled
    return _("能给 %(quantity)s %(measure)s（共需 %(needed)s）"), filled


def _when(one: Suggestion) -> Phrase:
    if one.shared_minutes is None:
        return _("，时间不限"), {}
    hours = f"{one.shared_minutes / 60:.1f}".removesuffix(".0")
    if len(one.windows) > _MOST_WINDOWS:
        return _("，每周有 %(count)d 段时间合得上，共 %(hours)s 小时"), {"count": len(one.windows), "hours": hours}
    times = [_window(window) for window in one.windows]
    if len(times) == 1:
        return _("，%(time)s 可用"), {"time": times[0]}
    filled = {"time": times[0], "other": times[1], "hours": hours}
    return _("，%(time)s 和%(other)s 可用，每周共 %(hours)s 小时"), filled


def _window(window: Window) -> Phrase:
    return _("每%(day)s %(since)s 至 %(until)s"), {
        "day": (_WEEKDAYS[window.weekday - 1], {}),
        "since": _clock(window.since),
        "until": _clock(window.until),
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _pledges(one: Suggestion) -> Phrase:
    if not one.in_time + one.late + one.failed:
        return _("；近一年还没有兑现记录"), {}
    return _("；近一年按时兑现 %(n)d 次%(late)s%(failed)s"), {
        "n": one.in_time,
        "late": (_("，逾期 %(n)d 次"), {"n": one.late}) if one.late else _NOTHING,
        "failed": (_("，未兑现 %(n)d 次"), {"n": one.failed}) if one.failed else _NOTHING,
    }
