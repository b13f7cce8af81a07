"""The figures of problems: found before anybody complained, whistles and how they were kept, how fast units answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongzhi.neighbourhood.rules import Actor, Office, PlaceKind, Standing
from gongzhi.problems import figures
from gongzhi.problems.figures import Measure, Share
from gongzhi.statistics.periods import Period, Span
from gongzhi.statistics.queries import Scope
from gongzhi.web.board.asking import address, ago_of, scope_of
from gongzhi.web.board.overview import head

PROBLEMS = "/board/problems"
# The share of proactive problems is shown by quarter, whatever span is asked for: so many of them, this one included.
QUARTERS = 4
# The steps of a whistle that have a time limit, in their order.
STEPS = (_("按时签收"), _("按时联系"), _("按时到场"))


@login_required
@require_safe
def show_problems(request: HttpRequest) -> HttpResponse:
    """Shares and times of one place and span, each with the number it stands on."""
    scope, ago = scope_of(request, span=Span.QUARTER), ago_of(request)
    reader, period = _reader(scope), scope.period
    since, until = period.since, period.until
    context = {
        **head(request, scope, PROBLEMS),
        "quarters": [
            (one.begins.year, (one.begins.month + 2) // 3, one.proactive, _percent(one.proactive))
            for one in figures.proactive_share(reader, since=_quarters_back(period), until=until)
        ],
        "whistles": [
            {
                "name": one.community or scope.place.name,
                "problems": one.problems,
                "whistles": one.whistles,
                "rate": f"{one.rate:.2f}" if one.rate is not None else "–",
                "steps": _steps(one.steps),
                "rated": one.rated,
                "good": one.good,
            }
            for one in figures.whistle_rate(reader, since=since, until=until, now=scope.now)
        ],
        "units": [
            (one.unit, one.demands, one.whistles, _hours(one.sign), _hours(one.contact))
            for one in figures.department_response(reader, since=since, until=until)
        ],
        "steps": STEPS,
        "board_address": address("/board/", scope, ago=ago),
    }
    return render(request, "board/problems.html", context)


def _reader(scope: Scope) -> Actor:
    """Whoever asks, with eyes for the chosen place and below it alone; they were let through to it."""
    office = Office(
        Standing.READER,
        "board",
        place_id=scope.place.pk,
        place_kind=PlaceKind(scope.place.kind),
        where=scope.place.name,
    )
    return replace(scope.actor, offices=(office,))


def _quarters_back(period: Period) -> datetime:
    """The first moment of the quarter that lies so many back from the last day of the period."""
    number = period.last.year * 4 + (period.last.month - 1) // 3 - (QUARTERS - 1)
    return datetime(number // 4, number % 4 * 3 + 1, 1, tzinfo=period.zone)


def _steps(steps: Mapping[str, Share]) -> list[tuple[Any, Share | None, str]]:
    """(column, share, in percent) of each step; no share where there was no whistle."""
    shares: list[Share | None] = list(steps.values()) or [None] * len(STEPS)
    return [(label, share, _percent(share) if share else "–") for label, share in zip(STEPS, shares, strict=True)]


def _percent(share: Share) -> str:
    return f"{100 * share.share:.0f}%" if share.share is not None else "–"


def _hours(measure: Measure) -> tuple[str, int]:
    """The middle time in hours, one digit, and of how many."""
    return (f"{measure.median:.1f}" if measure.median is not None else "–", measure.n)
