"""What a page of the board was asked for: whose eyes, where, when; and the addresses that keep it."""

import math
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from gongzhi.demands.rules import Channel
from gongzhi.neighbourhood.rules import CompoundType, Standing
from gongzhi.statistics import queries
from gongzhi.statistics.periods import LONGEST, Period, Span, current, custom, earlier
from gongzhi.statistics.queries import NONE, Scope
from gongzhi.web.entrance import actor_of

FURTHEST_BACK = 60


def scope_of(request: HttpRequest, *, span: Span = Span.MONTH) -> Scope:
    """What the address asks for. Raises Http404 for a place that is not the reader's, or a reader without places."""
    asked, actor, now = request.GET, actor_of(request), timezone.localtime()
    try:
        place = queries.board_place(actor, _whole(asked.get("place", "")))
    except queries.ABSENT as absent:
        raise Http404 from absent
    category, kind, channel = asked.get("category", ""), asked.get("type", ""), asked.get("channel", "")
    return Scope(
        actor=actor,
        place=place,
        period=_period(request, span, now),
        now=now,
        category=category if category == NONE or _whole(category) else "",
        compound_type=kind if kind in {NONE, *CompoundType} else "",
        channel=channel if channel in set(Channel) else "",
        box=_box(asked.get("box", "")),
        direct="direct" in asked,
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2100 else None


def _period(request: HttpRequest, span: Span, now: datetime) -> Period:
    asked, zone = request.GET, timezone.get_current_timezone()
    today = timezone.localdate(now)
    if asked.get("span") == Span.CUSTOM:
        last = _day(asked.get("to", "")) or today
        first = _day(asked.get("from", "")) or last - timedelta(days=29)
        return custom(max(first, last - timedelta(days=LONGEST - 1)), last, zone)
    period = current(Span(asked["span"]) if asked.get("span") in set(Span) else span, today, zone)
    for _turn in range(min(_whole(asked.get("ago", "")) or 0, FURTHEST_BACK)):
        period = earlier(period)
    return period


def _box(text: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (west, south, east, north) if all(map(math.isfinite, (west, south, east, north))) else None


def ago_of(request: HttpRequest) -> int:
    """How many periods back the address asks for."""
    return min(_whole(request.GET.get("ago", "")) or 0, FURTHEST_BACK)


def address(path: str, scope: Scope, *, ago: int = 0, **more: object) -> str:
    """An address on the board for this scope; `more` adds or, with an empty value, takes away."""
    period = scope.period
    asked: dict[str, object] = {"place": scope.place.pk, "span": period.span.value}
    if period.span is Span.CUSTOM:
        asked |= {"from": period.first.isoformat(), "to": period.last.isoformat()}
    elif ago:
        asked["ago"] = ago
    asked |= {"category": scope.category, "type": scope.compound_type, "channel": scope.channel}
    if scope.box:
        asked["box"] = ",".join(map(str, scope.box))
    if scope.direct:
        asked["direct"] = 1
    asked |= more
    return f"{path}?{urlencode({key: value for key, value in asked.items() if value not in ('', None)})}"


def works_at_a_desk(scope: Scope) -> bool:
    """Whether the reader has pages on which a demand is worked."""
    return scope.actor.holds(Standing.DESK, Standing.LEAD)
