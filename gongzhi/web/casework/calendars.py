"""Days as an iCalendar file (RFC 5545), for the calendar of a phone or an office."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from icalendar import Calendar, Event

DAY = timedelta(days=1)


def event(kind: str, pk: int, start: date, end: date, summary: str, *, version: int = 0) -> Event:
    """One entry, always known by the same name; the end of whole days is the day after the last of them."""
    found = Event()
    found.add("uid", f"{kind}-{pk}@{settings.SITE_ADDRESS.split('://')[-1]}")
    found.add("dtstamp", datetime.now(UTC))
    found.add("sequence", version)
    found.add("summary", summary)
    found.add("dtstart", start)
    found.add("dtend", end)
    found.add("status", "CONFIRMED")
    return found


def answer(name: str, events: list[Event], *, filename: str = "") -> HttpResponse:
    """The entries as a file to keep, or where there is no name for it as a feed to subscribe to."""
    calendar = Calendar()
    calendar.add("prodid", "-//gongzhi//zh")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for one in events:
        calendar.add_component(one)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    if filename:
        response["Content-Disposition"] = f'attachment; filename="{filename}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
