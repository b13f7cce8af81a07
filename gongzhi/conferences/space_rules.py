"""公共场地: which days and hours of a public space are whose; the life of a slot in one table. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Refused, Table, _, move

WEEK = timedelta(days=7)


class SlotState(StrEnum):
    """Whether a slot is kept for somebody."""

    HELD = "held"
    GIVEN_UP = "given_up"


SLOT_LABELS = {SlotState.HELD: _("有人用"), SlotState.GIVEN_UP: _("已取消")}


class Repeat(StrEnum):
    """On which days a space is used, from a first one on."""

    ONCE = "once"
    WEEKLY = "weekly"
    WORKDAYS = "workdays"
    DAILY = "daily"


REPEAT_LABELS = {
    Repeat.ONCE: _("只这一天"),
    Repeat.WEEKLY: _("每周的这一天"),
    Repeat.WORKDAYS: _("每周一到周五"),
    Repeat.DAILY: _("每天"),
}
_WEEKDAYS = {Repeat.WORKDAYS: range(5), Repeat.DAILY: range(7)}
_DESK = {Standing.DESK, Standing.LEAD}
_S = SlotState

SLOT_MOVES: Table = {
    "skip": move({_S.HELD}, None, who=_DESK, needs={"day"}, label=_("停一次")),
    "end": move({_S.HELD}, None, who=_DESK, needs={"day"}, label=_("只用到哪天")),
    "give_up": move({_S.HELD}, _S.GIVEN_UP, who=_DESK, label=_("取消这个时段")),
}


def clock(minute: int) -> str:
    """A minute of the day as the clock on the wall shows it."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def last_day(since: date, until: date | None) -> date | None:
    """The last day of a weekly slot that begins on a day and ends by another: a day of the same weekday."""
    return since + WEEK * ((until - since) // WEEK) if until else None


def spans(day: date, repeat: Repeat, until: date | None) -> list[tuple[date, date | None]]:
    """First and last day of each slot that is asked for, one for a day of the week. Raises Refused where there is none.

    Both lie on the same weekday, so that two slots share a day exactly where their spans do.
    """
    if repeat is Repeat.ONCE:
        return [(day, day)]
    weekdays: Sequence[int] = _WEEKDAYS.get(repeat, [day.weekday()])
    firsts = [one for one in (day + timedelta(days=n) for n in range(7)) if one.weekday() in weekdays]
    found = [(one, last_day(one, until)) for one in firsts if until is None or one <= until]
    if not found:
        raise Refused(_("到那天为止一次也没有，请看一下日期。"))
    return found


def skipped(since: date, until: date | None, day: date) -> list[tuple[date, date | None]]:
    """What is left of a weekly slot without one of its days: what was before, and what comes after. Raises Refused."""
    if not since <= day <= (until or day) or (day - since) % WEEK:
        raise Refused(_("那天本来就不用，请重新选日期。"))
    before = [(since, day - WEEK)] if since < day else []
    after = [(day + WEEK, until)] if until is None or day < until else []
    return before + after
