"""The hot list: what troubles most, with what waits to be decided above it."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from gongzhi.problems import beside
from gongzhi.problems.lists import alerted_since, hot_list
from gongzhi.shared.moves import _
from gongzhi.web.casework import choices
from gongzhi.web.desk.problems.asking import FULL, ProblemAsk, rows_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

ALERT_DAYS = 7


@for_standing(*DESK)
@require_safe
def show_problems(request: HttpRequest) -> HttpResponse:
    """Problems of the actor's places, the hottest first."""
    actor, moment = actor_of(request), now()
    ask = ProblemAsk.of(request.GET, actor)
    page = hot_list(actor, ask.narrowed, after=request.GET.get("after", ""))
    first = not request.GET.get("after")
    workers = actor.holds(*WORKERS)
    context = {
        "ask": ask,
        "rows": rows_of(page.rows, ask.scope.prefix, moment),
        "after": page.after,
        # The list is found by the line before, so a later page leads to the next one and back to the first.
        "later": not first,
        "start": ask.address(),
        "next": ask.address(after=page.after),
        "full": FULL,
        "selects": _selects(ask),
        "categories": choices.category_tree(ask.categories),
        "chips": ask.chips(),
        "suggestions": beside.suggestions_open(actor) if first and workers else 0,
        "alerts": alerted_since(actor, moment - timedelta(days=ALERT_DAYS)) if first else [],
        "alert_days": ALERT_DAYS,
        "may_work": workers,
        "language": get_language(),
    }
    return render(request, "desk/problems/list.html", context)


def _selects(ask: ProblemAsk) -> list[dict[str, object]]:
    state, kind = ask.selects("state", "kind")
    return [state | {"every": _("还没有解决的")}, kind]
