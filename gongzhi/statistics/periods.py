"""The stretches of time that figures are about, in whole days of the district's own clock. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from gongzhi.shared.moves import _

LONGEST = 3700  # days; ten years and a bit, so that a typing error does not draw a thousand bars


class Span(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUSTOM = "custom"


SPAN_LABELS = {
    Span.WEEK: _("本周"),
    Span.MONTH: _("本月"),
    Span.QUARTER: _("本季"),
    Span.YEAR: _("本年"),
    Span.CUSTOM: _("自定义"),
}


@dataclass(frozen=True)
class Period:
    """From the beginning of `first` to the end of `last`, both days included."""

    span: Span
    first: date
    last: date
    zone: tzinfo

    @property
    def since(self) -> datetime:
        """The first moment that belongs to the period."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def until(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> str:
        """What one bar of a chart over this period stands for: day, week or month."""
        return "day" if self.days <= 35 else "week" if self.days <= 190 else "month"

    def previous(self, now: datetime) -> tuple[datetime, datetime]:
        """The period before, up to the same point where this one is still running: [from, to)."""
        begin = datetime.combine(_before(self), time(), self.zone)
        if now >= self.until:
            return begin, self.since
        return begin, min(begin + (max(now, self.since) - self.since), self.since)


def _before(period: Period) -> date:
    first = period.first
    if period.span is Span.MONTH:
        return (first - timedelta(days=1)).replace(day=1)
    if period.span is Span.QUARTER:
        return _months_back(first, 3)
    if period.span is Span.YEAR:
        return first.replace(year=first.year - 1)
    return first - timedelta(days=period.days)


def _months_back(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def current(span: Span, today: date, zone: tzinfo) -> Period:
    """The running week (from Monday), month, quarter or year, whole."""
    if span is Span.WEEK:
        first = today - timedelta(days=today.weekday())
        return Period(span, first, first + timedelta(days=6), zone)
    months = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}[span]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    return Period(span, first, _months_back(first, -months) - timedelta(days=1), zone)


def custom(first: date, last: date, zone: tzinfo) -> Period:
    """Any days, turned round where given backwards, cut at `LONGEST` days."""
    first, last = sorted((first, last))
    return Period(Span.CUSTOM, first, min(last, first + timedelta(days=LONGEST - 1)), zone)


def earlier(period: Period) -> Period:
    """The whole period of the same span before this one, for last week's bulletin."""
    first = _before(period)
    return Period(period.span, first, period.first - timedelta(days=1), period.zone)
