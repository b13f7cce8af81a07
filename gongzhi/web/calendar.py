"""Meetings, due pledges, decisions and tasks in one's own calendar: an iCalendar feed at a signed address, without a login."""

from datetime import UTC, date, timedelta

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from icalendar import Event

from gongzhi.conferences import actions, queries
from gongzhi.conferences.rows import Conference
from gongzhi.conferences.rules import ConferenceState
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood.queries import actor_of_account
from gongzhi.neighbourhood.rules import Standing
from gongzhi.projects import queries as projects
from gongzhi.projects.rules import TASK_OPEN
from gongzhi.web.casework import calendars
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, UNIT, for_standing, now, units_of

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
    actor = actor_of_account(account, today=moment.date())
    meetings, owed = queries.dates_of(actor, moment)
    events = [_meeting(one) for one in meetings]
    events += [_due("decision", one.pk, one.due_on, one.what) for one in owed if one.due_on]
    mine = units_of(actor)
    promised = exchange.visible_pledges(actor).filter(exchange.own(actor, "giver_"), ended_at=None)
    events += [_due("pledge", one.pk, one.due_on, one.what, one.version) for one in promised]
    tasks = projects.visible_tasks(actor).filter(owner__in=mine, state__in=sorted(TASK_OPEN), ends_on__isnull=False)
    for one in tasks.select_related("project"):
        assert one.ends_on is not None
        events.append(_due("task", one.pk, one.ends_on, f"{one.title} · {one.project.title}", one.version))
    return calendars.answer(gettext("共治：会议和到期事项"), events)


def _meeting(row: Conference) -> Event:
    start = row.starts_at.astimezone(UTC)
    event = calendars.event("conference", row.pk, start, start + _USUAL, row.title, version=row.version)
    event.add("location", row.venue)
    if row.state == ConferenceState.CANCELLED:
        event["status"] = "CANCELLED"
    if row.bring:
        event.add("description", row.bring)
    return event


def _due(kind: str, pk: int, day: date, what: str, version: int = 0) -> Event:
    return calendars.event(
        kind, pk, day, day + calendars.DAY, gettext("到期：%(what)s") % {"what": what}, version=version
    )


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
