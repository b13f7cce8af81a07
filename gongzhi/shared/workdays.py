"""Working days: China's public holidays, make-up weekends (调休) and office hours. Pure.

A calendar is made of exceptional days (the rest follow the week: Monday to Friday work) and of the
last day that is known officially. The State Council's office publishes one year at a time, so every
calendar runs out: what lies beyond is still counted, by the plain week, and is called provisional.

Times are aware datetimes; answers come back in the calendar's zone. Days are local days of that zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from gongzhi.shared.moves import _

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(9), time(12)), (time(14), time(18)))
WARN_DAYS = 60
MOST_DAYS = 3650  # ten years: a longer limit is a typing error, and would be walked day by day

# The names that `official_days` gives, for those who read them in another language.
HOLIDAYS = (
    *(_("元旦"), _("春节"), _("清明"), _("劳动节"), _("端午"), _("国庆节"), _("中秋")),
    *(_("元旦调休上班"), _("春节调休上班"), _("清明调休上班"), _("劳动节调休上班"), _("端午调休上班")),
    *(_("国庆节调休上班"), _("中秋调休上班"), _("中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日")),
)

Ends = Literal["close", "same_time"]
Pause = tuple[datetime, datetime]


class ExceptionalDay(NamedTuple):
    """A day that does not follow the week, or that bears a holiday's name; `name` is Chinese."""

    date: date
    is_working: bool
    name: str


@dataclass(frozen=True)
class DayCount:
    """What lies between two days, both counted: for the sentence that explains a due time."""

    working: int
    rest: int
    holidays: tuple[str, ...]  # names of holidays among the rest days, each once, in order
    made_up: int  # weekend days that are worked (调休)


class Calendar:
    """Says which days are worked, and adds days and hours accordingly."""

    def __init__(
        self,
        days: Iterable[tuple[date, bool, str]],
        known_until: date,
        *,
        zone: ZoneInfo = ZONE,
        hours: tuple[tuple[time, time], ...] = OFFICE_HOURS,
    ) -> None:
        """`hours`: the office's open spans of a working day, in order and apart, e.g. 9–12 and 14–18.

        Raises ValueError for hours that are empty, overlap or run backwards.
        """
        edges = [edge for span in hours for edge in span]
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError("office hours must be in order, apart and not empty")
        self._days = {day: (bool(working), name) for day, working, name in days}
        self.known_until = known_until
        self.zone = zone
        self.hours = hours

    # Days

    def is_working(self, day: date) -> bool:
        """True when the office works that day: by the exceptions, else Monday to Friday."""
        found = self._days.get(day)
        return found[0] if found else day.weekday() < 5

    def day_name(self, day: date) -> str:
        """The holiday's name, Chinese, or "" for a day like any other."""
        found = self._days.get(day)
        return found[1] if found else ""

    def is_provisional(self, moment: datetime | date) -> bool:
        """True for a time beyond the days that are known officially."""
        day = self.local_day(moment) if isinstance(moment, datetime) else moment
        return day > self.known_until

    def days_left(self, as_of: datetime | date) -> int:
        """Days from `as_of` until the official calendar runs out; negative once it has."""
        day = self.local_day(as_of) if isinstance(as_of, datetime) else as_of
        return (self.known_until - day).days

    def runs_out_soon(self, as_of: datetime | date, *, within: int = WARN_DAYS) -> bool:
        """True when fewer than `within` days are left: somebody has to load the next year."""
        return self.days_left(as_of) < within

    def local_day(self, moment: datetime) -> date:
        """The day of the calendar's zone in which an aware time lies."""
        return self.local(moment).date()

    def local(self, moment: datetime) -> datetime:
        """The same time in the calendar's zone; ValueError for a naive time."""
        if moment.tzinfo is None:
            raise ValueError("a time without its zone cannot be counted")
        return moment.astimezone(self.zone)

    def opens(self, day: date) -> datetime:
        """When the office opens on a day (whether or not it is worked)."""
        return datetime.combine(day, self.hours[0][0], self.zone)

    def closes(self, day: date) -> datetime:
        """When the office closes on a day (whether or not it is worked)."""
        return datetime.combine(day, self.hours[-1][1], self.zone)

    def count(self, first: date, last: date) -> DayCount:
        """Count the days from `first` to `last`, both included; none when `last` is before `first`."""
        working = rest = made_up = 0
        names: dict[str, None] = {}
        for day in _each_day(first, last):
            if self.is_working(day):
                working += 1
                made_up += day.weekday() >= 5
            else:
                rest += 1
                if name := self.day_name(day):
                    names[name] = None
        return DayCount(working, rest, tuple(names), made_up)

    # Adding

    def add_working_days(self, start: datetime, n: int, *, ends: Ends = "close") -> datetime:
        """The n-th working day after the day of `start`, which itself is not counted.

        `ends` is a choice of the rule: "close" gives the end of office hours that day (the usual
        reading of "within n working days"), "same_time" the clock time of `start`. n = 0 gives `start`.
        Raises ValueError for a negative n or more than ten years.
        """
        _check_amount(n)
        local = self.local(start)
        day, left = local.date(), n
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return self._end_on(day, local, n, ends)

    def add_days(self, start: datetime, n: int, *, ends: Ends = "close") -> datetime:
        """The n-th day after the day of `start`, rest days included; `ends` as for working days."""
        _check_amount(n)
        local = self.local(start)
        return self._end_on(local.date() + timedelta(days=n), local, n, ends)

    def add_hours(self, start: datetime, hours: float, *, working_hours_only: bool) -> datetime:
        """`hours` later, by the clock or by office hours only (then nights and rest days don't count)."""
        return self.add_time(start, timedelta(hours=hours), working_hours_only=working_hours_only)

    def add_time(self, start: datetime, amount: timedelta, *, working_hours_only: bool) -> datetime:
        """`amount` later. By office hours the answer is the earliest such time: a closing, not an opening."""
        if amount < timedelta(0) or amount > timedelta(days=MOST_DAYS):
            raise ValueError(f"an amount of time from 0 to {MOST_DAYS} days is needed")
        local = self.local(start)
        if not working_hours_only:
            return (local.astimezone(UTC) + amount).astimezone(self.zone)
        if not amount:
            return local
        for opened, closed in self._open_spans(local):
            span = closed.astimezone(UTC) - opened.astimezone(UTC)
            if amount <= span:
                return (opened.astimezone(UTC) + amount).astimezone(self.zone)
            amount -= span
        raise AssertionError("open spans never end")

    # Measuring

    def work_between(self, start: datetime, end: datetime) -> timedelta:
        """Office time between two times; nothing when `end` is not after `start`."""
        start, end, total = self.local(start), self.local(end), timedelta(0)
        if end <= start:
            return total
        for opened, closed in self._open_spans(start):
            if opened >= end:
                break
            total += min(closed, end).astimezone(UTC) - opened.astimezone(UTC)
        return total

    def elapsed(
        self,
        start: datetime,
        end: datetime,
        pauses: Iterable[Pause] = (),
        *,
        working_hours_only: bool = False,
    ) -> timedelta:
        """Time from `start` to `end` less the pauses, each moment taken off once; never negative."""
        measure = self.work_between if working_hours_only else _clock_between
        total = measure(self.local(start), self.local(end))
        for first, last in merged(pauses):
            total -= measure(max(first, start), min(last, end))
        return max(total, timedelta(0))

    def _end_on(self, day: date, start: datetime, n: int, ends: Ends) -> datetime:
        if n == 0:
            return start
        return self.closes(day) if ends == "close" else datetime.combine(day, start.time(), self.zone)

    def _open_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans of office time from `start` on, cut at `start`, for ever."""
        day = start.date()
        while True:
            if self.is_working(day):
                for opens, closes in self.hours:
                    opened = max(datetime.combine(day, opens, self.zone), start)
                    closed = datetime.combine(day, closes, self.zone)
                    if opened < closed:
                        yield opened, closed
            day += timedelta(days=1)


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """The same stretches of time in order and without overlap; empty and backward ones fall out."""
    result: list[Pause] = []
    for first, last in sorted(p for p in pauses if p[0] < p[1]):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], last))
        else:
            result.append((first, last))
    return result


def official_days(year_from: int, year_to: int) -> list[ExceptionalDay]:
    """The exceptional days of those years as the package `chinese_calendar` knows them, in order.

    Years the package does not know give nothing: ask `official_until` how far it reaches.
    Source: the yearly notices of the State Council's general office, as typed in by that package.
    """
    from chinese_calendar import Holiday, constants

    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    found = [ExceptionalDay(day, False, chinese.get(name, name)) for day, name in constants.holidays.items()]
    found += [
        ExceptionalDay(day, True, f"{chinese.get(name, name)}调休上班") for day, name in constants.workdays.items()
    ]
    return sorted(day for day in found if year_from <= day.date.year <= year_to)


def official_until() -> date:
    """The last day the installed package `chinese_calendar` knows: the end of its last year."""
    from chinese_calendar import constants

    return date(max(constants.holidays).year, 12, 31)


def official_calendar(year_from: int = 2004) -> Calendar:
    """A calendar of all official days since `year_from`, for tests and first loads."""
    until = official_until()
    return Calendar(official_days(year_from, until.year), until)


def _each_day(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _clock_between(start: datetime, end: datetime) -> timedelta:
    return max(end.astimezone(UTC) - start.astimezone(UTC), timedelta(0))


def _check_amount(n: int) -> None:
    if not 0 <= n <= MOST_DAYS:
        raise ValueError(f"a number of days from 0 to {MOST_DAYS} is needed")
