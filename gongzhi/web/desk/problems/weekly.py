"""Where the problems are, week by week: a map, and the same as a list beside it."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from gongzhi.neighbourhood.queries import district, outline_of
from gongzhi.problems import lists, rules
from gongzhi.problems.lists import Filters, Point
from gongzhi.problems.rules import State
from gongzhi.web.desk.problems.asking import ProblemAsk
from gongzhi.web.desk.problems.points import cause_point, link, symptom_point
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

WEEKS = 26


@for_standing(*DESK)
@require_safe
def show_problem_map(request: HttpRequest) -> HttpResponse:
    """The map of one week, or of all that is open."""
    actor, today = actor_of(request), now().date()
    ask = ProblemAsk.of(request.GET, actor)
    monday = _monday(request.GET.get("week", ""))
    points = _points(request, ask, monday)
    this_week = today - timedelta(days=today.weekday())
    start = _midnight(this_week - timedelta(weeks=WEEKS - 1))
    counted: dict[date, int] = {}
    for one in lists.problems_by_week(actor, since=start, until=_midnight(this_week + timedelta(weeks=1))):
        counted[one.monday] = counted.get(one.monday, 0) + one.raised
    weeks = [this_week - timedelta(weeks=back) for back in range(WEEKS)]
    context = {
        "ask": ask,
        "monday": monday,
        "sunday": monday + timedelta(days=6) if monday else None,
        "weeks": [(one.isoformat(), _week_in_words(one, counted.get(one, 0)), one == monday) for one in weeks],
        "earlier": ask.address(week=(monday - timedelta(weeks=1)).isoformat()) if monday else "",
        "later": ask.address(week=(monday + timedelta(weeks=1)).isoformat()) if monday and monday < this_week else "",
        "rows": [_row(one) for one in points],
        "points": f"{reverse('desk-problem-points')}{ask.address()}",
        "outline": reverse("desk-problem-outline") + ask.address(),
        "causes": sum(one.cause_lon is not None for one in points),
    }
    return render(request, "desk/problems/map.html", context)


@for_standing(*DESK)
@require_safe
def show_points(request: HttpRequest) -> HttpResponse:
    """The points of that map as GeoJSON."""
    ask = ProblemAsk.of(request.GET, actor_of(request))
    features: list[Any] = []
    for one in reversed(_points(request, ask, _monday(request.GET.get("week", "")))):
        features += [found for found in (link(one), cause_point(one), symptom_point(one)) if found]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@for_standing(*DESK)
@require_safe
def show_outline(request: HttpRequest) -> HttpResponse:
    """The outline of the place asked for, or else of the actor's own."""
    ask = ProblemAsk.of(request.GET, actor_of(request))
    return JsonResponse(outline_of(ask.place or next(iter(ask.scope.own), None) or district()))


def _points(request: HttpRequest, ask: ProblemAsk, monday: date | None) -> list[Point]:
    """With a week, what was reported in it whatever became of it; without, what is open now."""
    asked = ask.narrowed
    if monday is None:
        return lists.problem_points(actor_of(request), asked)
    everything = Filters(place=asked.place, state="all", category=asked.category, kind=asked.kind, words=asked.words)
    filters = asked if ask.text("state") else everything
    span = (_midnight(monday), _midnight(monday + timedelta(weeks=1)))
    return lists.problem_points(actor_of(request), filters, span)


def _monday(text: str) -> date | None:
    """The Monday of the week of a day; None for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if 2000 <= day.year <= 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _week_in_words(monday: date, raised: int) -> str:
    span = f"{monday:%m-%d} – {monday + timedelta(days=6):%m-%d}"
    return span + (" · " + ngettext("新立 %(n)d 个", "新立 %(n)d 个", raised) % {"n": raised} if raised else "")


def _row(one: Point) -> dict[str, str]:
    count = ngettext("%(n)d 次反映", "%(n)d 次反映", one.reports) % {"n": one.reports}
    where = gettext("原因另有位置") if one.cause_lon is not None else ""
    state = gettext(rules.STATE_LABELS[State(one.state)])
    return {
        "url": f"/desk/problems/{one.pk}",
        "label": one.title,
        "count": " · ".join(text for text in (state, count, where) if text),
    }
