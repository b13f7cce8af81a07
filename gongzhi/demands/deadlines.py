"""When something is due, and why, in one sentence. Pure.

Limits are rows that a district edits; this engine chooses among them and counts. Three clocks run apart:
`sign_in` (签收), `contact` (first contact with the resident) and `answer` (答复).

How it counts, each point after Chinese practice (Civil Code art. 200–203 for the day of receipt):
- Minutes and hours run from the moment itself, by the clock, or by office hours where the limit says so.
- Days, weeks and working days begin on the day after; the last one ends at the office's closing, or at the
  same clock time where the limit says so. Days and weeks are not moved off a rest day.
- An extension adds working days to the due time that stood before.
- Waiting for the resident stops the clock. The stretches are laid over one another, so no moment counts
  twice; working days count office time only, so a weekend's wait adds nothing to what the weekend already
  gave. Their sum is rounded up once, to whole hours (whole minutes for a limit in minutes).
  A stretch that begins when the time is up already changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from gongzhi.shared.moves import _
from gongzhi.shared.workdays import MOST_DAYS, Calendar, Ends, merged

Clock = Literal["sign_in", "contact", "answer"]
Unit = Literal["minutes", "hours", "working_days", "days", "weeks"]
Starts = Literal["received", "dispatched"]

CLOCKS = ("sign_in", "contact", "answer")
UNITS = ("minutes", "hours", "working_days", "days", "weeks")
STARTS = ("received", "dispatched")


@dataclass(frozen=True)
class Limit:
    """One dated row: how long one clock may run, for which demands. None means "whichever"."""

    clock: Clock
    amount: int
    unit: Unit
    starts: Starts = "received"
    preset: str = ""  # the set it came with, "" for the district's own
    source: str = ""  # the words it was taken from
    valid_from: date | None = None  # first day it holds
    valid_to: date | None = None  # first day it no longer holds
    category: str | None = None
    urgency: str | None = None
    ends: Ends = "close"  # for days, weeks and working days
    working_hours_only: bool = False  # for minutes and hours

    def __post_init__(self) -> None:
        """Raises ValueError for a limit that could not be counted."""
        if self.clock not in CLOCKS or self.unit not in UNITS or self.starts not in STARTS:
            raise ValueError("unknown clock, unit or beginning")
        if not 1 <= self.amount * (7 if self.unit == "weeks" else 1) <= MOST_DAYS:
            raise ValueError(f"an amount from 1 to {MOST_DAYS} is needed")

    @property
    def counts_office_time(self) -> bool:
        """Whether only time in which the office works counts."""
        return self.unit == "working_days" or (self.unit in ("minutes", "hours") and self.working_hours_only)

    def holds_on(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Due:
    """A due time and what `explain` needs to say why; `why` holds JSON's own types only."""

    at: datetime
    why: dict[str, Any]


Pause = tuple[datetime, datetime | None]  # the end is None while the resident has not answered


class NoLimit(LookupError):
    """No row in force covers the demand."""


def choose_limit(
    limits: Iterable[Limit], *, clock: str, category_codes: Sequence[str], urgency: str, day: date
) -> Limit:
    """The row for a demand: the most specific one in force on `day`.

    `category_codes` are the demand's category and its ancestors, nearest first. Category with urgency goes
    before category, then urgency, then the general row; among equals the nearer category, then the later
    `valid_from`, then the one named first. Raises NoLimit where nothing covers the demand.
    """
    rank = {code: place for place, code in reversed(list(enumerate(category_codes)))}
    fitting = [
        limit
        for limit in limits
        if limit.clock == clock
        and limit.holds_on(day)
        and limit.urgency in (None, urgency)
        and (limit.category is None or limit.category in rank)
    ]
    if not fitting:
        raise NoLimit(f"no limit for the clock {clock} on {day}")
    return max(
        fitting,
        key=lambda limit: (
            limit.category is not None,
            limit.urgency is not None,
            -rank.get(limit.category or "", 0),
            limit.valid_from or date.min,
        ),
    )


def due(
    limit: Limit,
    started_at: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[int] = (),
    *,
    now: datetime | None = None,
) -> Due:
    """When the limit is up, never before `started_at`.

    `pauses` are stretches of waiting for the resident; an open one counts up to `now`, without `now` not at
    all. `extensions` are working days granted, each from the due time before it.
    Raises ValueError for a naive time or a negative extension.
    """
    started = calendar.local(started_at)
    extended = list(extensions)
    if any(days < 0 for days in extended):
        raise ValueError("an extension cannot be negative")
    at = calendar.add_working_days(_unpaused(limit, started, calendar), sum(extended), ends="same_time")
    waits = list(pauses)
    at, waited, times = _after_waiting(limit, started, at, calendar, pauses=waits, now=now)
    why = _counted(limit, started, at, calendar) | {
        "pauses": times,
        "paused_minutes": int(waited.total_seconds()) // 60,
        "waiting": any(end is None for _start, end in waits),
        "extended_days": sum(extended),
    }
    return Due(at, why)


def late(due_at: datetime | None, met_at: datetime | None, now: datetime) -> bool:
    """Whether a clock was missed: met after its due time, or not met though that has gone by."""
    return due_at is not None and (met_at or now) > due_at


def overdue_by(due_at: datetime | None, met_at: datetime | None, now: datetime) -> timedelta:
    """By how much a clock was missed so far; zero where it was not."""
    return (met_at or now) - due_at if due_at and late(due_at, met_at, now) else timedelta(0)


def _unpaused(limit: Limit, started: datetime, calendar: Calendar) -> datetime:
    match limit.unit:
        case "working_days":
            return calendar.add_working_days(started, limit.amount, ends=limit.ends)
        case "days" | "weeks":
            days = limit.amount * (7 if limit.unit == "weeks" else 1)
            return calendar.add_days(started, days, ends=limit.ends)
        case _:
            step = timedelta(minutes=1) if limit.unit == "minutes" else timedelta(hours=1)
            return calendar.add_time(started, limit.amount * step, working_hours_only=limit.working_hours_only)


def _after_waiting(
    limit: Limit,
    started: datetime,
    at: datetime,
    calendar: Calendar,
    *,
    pauses: Iterable[Pause],
    now: datetime | None,
) -> tuple[datetime, timedelta, int]:
    """The due time once waiting is taken off, how long that was, and how many stretches counted."""
    office_time = limit.counts_office_time
    whole = timedelta(minutes=1) if limit.unit == "minutes" else timedelta(hours=1)
    unpaused, total, times = at, timedelta(0), 0
    closed = ((max(start, started), end or now or start) for start, end in pauses)
    for start, end in merged(closed):
        if start >= at:
            break
        total += calendar.elapsed(start, end, working_hours_only=office_time)
        times += 1
        rounded = -(-total // whole) * whole
        at = calendar.add_time(unpaused, rounded, working_hours_only=office_time)
    return at, -(-total // whole) * whole, times if total else 0


def _counted(limit: Limit, started: datetime, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The part of `why` that the calendar gives."""
    by_day = limit.unit not in ("minutes", "hours")
    first = started.date() + timedelta(days=1) if by_day else started.date()
    days = calendar.count(first, at.date()) if limit.counts_office_time else None
    return {
        "clock": limit.clock,
        "amount": limit.amount,
        "unit": limit.unit,
        "working_hours_only": limit.counts_office_time and not by_day,
        "starts": limit.starts,
        "urgency": str(limit.urgency) if limit.urgency else None,
        "category": limit.category,
        "preset": limit.preset,
        "source": limit.source,
        "started_at": started.isoformat(),
        "counted_from": first.isoformat() if by_day else None,
        "rest_days": days.rest if days else 0,
        "holidays": list(days.holidays) if days else [],
        "made_up_days": days.made_up if days else 0,
        "due_at": at.isoformat(),
        "provisional": calendar.is_provisional(at),
    }


# The sentence. A phrase is a Chinese text to be translated and what fills it; what fills it may be a phrase
# again, so that every piece is translated by itself.

Phrase = tuple[str, dict[str, Any]]

_MATTERS = {
    "danger": _("危及人身或财产的事项"),
    "utility": _("水电气热事项"),
    "ordinary": _("普通事项"),
    "complex": _("复杂事项"),
}
_AMOUNTS = {
    "minutes": _("%(n)d分钟内"),
    "hours": _("%(n)d小时内"),
    "working_days": _("%(n)d个工作日内"),
    "days": _("%(n)d天内"),
    "weeks": _("%(n)d周内"),
}
_ONE = {
    "minutes": _("1分钟内"),
    "hours": _("1小时内"),
    "working_days": _("1个工作日内"),
    "days": _("1天内"),
    "weeks": _("1周内"),
}
# What is asked and what happened stand inside whole phrases: as single words they are buttons, and other languages
# call a button otherwise than they say it in a sentence.
_HEADS = {
    "sign_in": _("%(matter)s%(amount)s签收"),
    "contact": _("%(matter)s%(amount)s首次联系"),
    "answer": _("%(matter)s%(amount)s答复"),
}
_RESULTS = {
    "sign_in": _("故%(due)s前签收"),
    "contact": _("故%(due)s前首次联系"),
    "answer": _("故%(due)s前答复"),
}
_PROVISIONAL = {
    "sign_in": _("故暂定%(due)s前签收（届时的放假安排尚未公布）"),
    "contact": _("故暂定%(due)s前首次联系（届时的放假安排尚未公布）"),
    "answer": _("故暂定%(due)s前答复（届时的放假安排尚未公布）"),
}
_BEGAN_AT_ONCE = {
    "received": _("%(date)s受理，即时起算"),
    "dispatched": _("%(date)s派单，即时起算"),
}
_BEGAN = {
    "received": _("%(date)s受理，从%(first)s起算"),
    "dispatched": _("%(date)s派单，从%(first)s起算"),
}
_WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
_MONTHS = (
    *(_("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月")),
    *(_("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月")),
)
_NOTHING: Phrase = ("", {})


def explain(why: Mapping[str, Any]) -> Phrase:
    """The one sentence that says why a due time is what it is, as (msgid, params).

    `params` hold phrases again: show it with `say`, which translates every piece.
    """
    started, at = datetime.fromisoformat(why["started_at"]), datetime.fromisoformat(why["due_at"])
    matter = _("该类事项") if why["category"] else _MATTERS.get(why["urgency"], _("所有事项"))
    result = (_PROVISIONAL if why["provisional"] else _RESULTS)[why["clock"]]
    return _("%(head)s：%(began)s%(rest)s%(paused)s%(extended)s，%(result)s"), {
        "head": (_HEADS[why["clock"]], {"matter": (matter, {}), "amount": _amount(why)}),
        "began": _began(why, started),
        "rest": _rest(why),
        "paused": _paused(why),
        "extended": _extended(why),
        "result": (result, {"due": _day_phrase(at, since=started, clock=True)}),
    }


def say(phrase: Phrase, translate: Any = str) -> str:
    """A phrase in words, every piece through `translate` (gettext, or nothing for the Chinese itself)."""
    text, params = phrase
    filled = {name: _filled(value, translate) for name, value in params.items()}
    return (translate(text) % filled if filled else translate(text)) if text else ""


def _filled(value: Any, translate: Any) -> Any:
    if isinstance(value, tuple):
        return say(value, translate)
    if isinstance(value, list):
        return str(translate(_("、"))).join(str(translate(item)) for item in value)
    return value


def _amount(why: Mapping[str, Any]) -> Phrase:
    """How long the limit runs; one of a kind has its own words, for languages that know a singular."""
    amount: Phrase = (_ONE[why["unit"]], {}) if why["amount"] == 1 else (_AMOUNTS[why["unit"]], {"n": why["amount"]})
    return (_("%(amount)s（按上班时间）"), {"amount": amount}) if why["working_hours_only"] else amount


def _began(why: Mapping[str, Any], started: datetime) -> Phrase:
    if not why["counted_from"]:
        return _BEGAN_AT_ONCE[why["starts"]], {"date": _day_phrase(started, weekday=True, clock=True)}
    first = datetime.fromisoformat(why["counted_from"])
    began = {"date": _day_phrase(started, weekday=True), "first": _day_phrase(first, since=started)}
    return _BEGAN[why["starts"]], began


def _rest(why: Mapping[str, Any]) -> Phrase:
    days, made_up = why["rest_days"], why["made_up_days"]
    if not days and not made_up:
        return _NOTHING
    if not made_up:
        if why["holidays"]:
            return _("，其间%(days)d天为休息日（含%(names)s）"), {"days": days, "names": why["holidays"]}
        return _("，其间%(days)d天为休息日"), {"days": days}
    if why["holidays"]:
        return _("，其间%(days)d天为休息日（含%(names)s），%(made_up)d天周末调休上班"), {
            "days": days,
            "names": why["holidays"],
            "made_up": made_up,
        }
    return _("，其间%(days)d天为休息日，%(made_up)d天周末调休上班"), {"days": days, "made_up": made_up}


def _paused(why: Mapping[str, Any]) -> Phrase:
    minutes = why["paused_minutes"]
    if not minutes:
        return (_("，正在等待居民补充，时限暂停"), {}) if why["waiting"] else _NOTHING
    hours = minutes // 60
    if minutes % 60:
        span: Phrase = (_("%(n)d分钟"), {"n": minutes})
    elif why["unit"] == "working_days" or why["working_hours_only"]:
        span = (_("%(n)d个工作小时"), {"n": hours})
    elif hours < 24:
        span = (_("%(n)d小时"), {"n": hours})
    elif hours % 24:
        span = (_("%(days)d天%(n)d小时"), {"days": hours // 24, "n": hours % 24})
    else:
        span = (_("%(n)d天"), {"n": hours // 24})
    text = _("，等待居民补充%(times)d次共%(span)s不计")
    if why["waiting"]:
        text = _("，等待居民补充%(times)d次至今共%(span)s不计，仍在等待")
    return text, {"times": why["pauses"], "span": span}


def _extended(why: Mapping[str, Any]) -> Phrase:
    if not why["extended_days"]:
        return _NOTHING
    return _("，经批准延期%(n)d个工作日"), {"n": why["extended_days"]}


def _day_phrase(
    moment: datetime, *, since: datetime | None = None, weekday: bool = False, clock: bool = False
) -> Phrase:
    """A day as people say it; with its year only where that differs from `since`."""
    params: dict[str, Any] = {"month": (_MONTHS[moment.month - 1], {}), "day": moment.day}
    text = _("%(month)s%(day)d日")
    if weekday:
        text, params["weekday"] = _("%(month)s%(day)d日（%(weekday)s）"), (_WEEKDAYS[moment.weekday()], {})
    elif since and since.year != moment.year:
        text, params["year"] = _("%(year)d年%(month)s%(day)d日"), moment.year
    if not clock:
        return text, params
    return _("%(date)s%(time)s"), {"date": (text, params), "time": f"{moment:%H:%M}"}
