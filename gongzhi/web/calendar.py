"""Meetings and due days in one's own calendar: an iCalendar feed at a signed address, without a login."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from icalendar import Calendar, Event

from gongzhi.conferences import actions, queries
from gongzhi.conferences.rows import Conference, Decision
from gongzhi.conferences.rules import ConferenceState
from gongzhi.neighbourhood.queries import actor_of_account
from gongzhi.neighbourhood.rules import Standing
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, UNIT, for_standing, now

# How long a meeting lasts in a calendar, where nobody knows.
_USUAL = timedelta(hours=2)


@require_safe
def show_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address; one that was replaced, or forged, leads nowhere."""
    try:
        account = queries.account_of_feed(token)
    except (BadSignature, ValueError, queries.NO_FEED) as error:
        raise Http404 from error
    moment = now()
    meetings, owed = queries.dates_of(actor_of_account(account, today=moment.date()), moment)
    calendar = Calendar()
    calendar.add("prodid", "-//gongzhi//conferences//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", gettext("共治：会议和到期事项"))
    for one in meetings:
        calendar.add_component(_meeting(one, moment))
    for decision in owed:
        calendar.add_component(_due(decision, moment))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _event(kind: str, pk: int, moment: datetime, start: date, end: date, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{kind}-{pk}@{settings.SITE_ADDRESS.split('://')[-1]}")
    event.add("dtstamp", moment.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", summary)
    return event


def _meeting(row: Conference, moment: datetime) -> Event:
    start = row.starts_at.astimezone(UTC)
    event = _event("conference", row.pk, moment, start, start + _USUAL, row.title)
    event.add("location", row.venue)
    event.add("sequence", row.version)
    event.add("status", "CANCELLED" if row.state == ConferenceState.CANCELLED else "CONFIRMED")
    if row.bring:
        event.add("description", row.bring)
    return event


def _due(row: Decision, moment: datetime) -> Event:
    assert row.due_on is not None
    summary = gettext("到期：%(what)s") % {"what": row.what}
    return _event("decision", row.pk, moment, row.due_on, row.due_on + timedelta(days=1), summary)


@for_standing(*DESK, *UNIT)
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new address; the old one ends."""
    actions.renew_feed(request.user.pk or 0)
    messages.success(request, gettext("日历地址已换新，旧的地址不再有用。"))
    unit = not actor_of(request).holds(*DESK) and actor_of(request).holds(Standing.UNIT)
    return HttpResponseRedirect("/units/conferences/" if unit else "/desk/conferences/")


urlpatterns = [
    path("calendar/new", renew, name="calendar-new"),
    path("calendar/<str:token>.ics", show_feed, name="calendar"),
]
