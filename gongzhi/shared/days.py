"""The calendar as rows: what `workdays` counts with. Loaded from the official days, edited by the district."""

from datetime import date, datetime

from django.db.models import Max

from gongzhi.shared.lately import Lately
from gongzhi.shared.models import Day
from gongzhi.shared.workdays import WARN_DAYS, Calendar, official_days, official_until

# What the package of official days was typed in from.
OFFICIAL = "国务院办公厅放假安排"
_kept: Lately[str, Calendar] = Lately(60)


def load_official_days(*, year_from: int = 2016) -> int:
    """Write the official days that are not there yet; what a district changed stays. Returns how many were added."""
    rows = [
        Day(date=day.date, working=day.is_working, name=day.name, source=OFFICIAL)
        for day in official_days(year_from, official_until().year)
    ]
    before = Day.objects.count()
    Day.objects.bulk_create(rows, ignore_conflicts=True)
    _kept.forget()
    return Day.objects.count() - before


def set_day(*, day: date, working: bool, name: str, source: str) -> None:
    """Say that one day is worked or not, against what stood before."""
    Day.objects.update_or_create(date=day, defaults={"working": working, "name": name, "source": source})
    _kept.forget()


def calendar() -> Calendar:
    """The district's calendar, as of at most a minute ago."""
    return _kept.get("calendar", _read)


def calendar_ends() -> date:
    """The last day that is known: the end of the last year with rows."""
    last = Day.objects.aggregate(last=Max("date"))["last"]
    return date(last.year, 12, 31) if last else date(2000, 1, 1)


def calendar_warning(now: datetime) -> int | None:
    """Days left until the calendar runs out, where that is soon; None while there is time."""
    left = calendar().days_left(now)
    return left if left < WARN_DAYS else None


def _read() -> Calendar:
    rows = list(Day.objects.values_list("date", "working", "name"))
    last = max((row[0] for row in rows), default=date(2000, 1, 1))
    return Calendar(rows, date(last.year, 12, 31))


def years() -> list[int]:
    """The years with rows, oldest first."""
    return [day.year for day in Day.objects.dates("date", "year")]


def days_of(year: int) -> list[Day]:
    """The days of a year that differ from their weekday."""
    return list(Day.objects.filter(date__year=year))
