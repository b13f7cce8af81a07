"""Tasks as a calendar file (RFC 5545), for the calendar of a phone or an office."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from icalendar import Calendar, Event

from gongzhi.projects.queries import Drawn


def calendar_answer(name: str, drawn: Drawn, key: str) -> HttpResponse:
    """Each task as a span of whole days: as it was done, or as the plan has it now."""
    calendar = Calendar()
    calendar.add("prodid", "-//gongzhi//zh")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    lines = {one.id: one for one in drawn.plan.lines} if drawn.plan else {}
    for task in drawn.tasks:
        line = lines[str(task.pk)]
        event = Event()
        event.add("uid", f"{key}-task-{task.pk}@gongzhi")
        event.add("dtstamp", datetime.now(UTC))
        event.add("sequence", task.version)
        event.add("summary", f"{task.title} · {name}")
        event.add("dtstart", task.begun_on or line.start or line.finish)
        # The end of a whole-day event is the day after its last.
        event.add("dtend", line.finish + timedelta(1))
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{key}.ics"'
    response["Cache-Control"] = "private, no-cache"
    return response
