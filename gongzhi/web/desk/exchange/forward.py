"""可以提上下次会议: needs that another one, once met, has freed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import need_line
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_forward(request: HttpRequest) -> HttpResponse:
    """Each with what was solved before it, what was put forward last on top."""
    actor, today = actor_of(request), now().date()
    page = page_of(request, queries.needs_put_forward(actor).select_related(*queries.NEED_SIDE))
    spare, freed = queries.needs_left(page.rows), queries.freed_by(actor, [one.pk for one in page.rows])
    lines = [
        need_line(actor, one, spare[one.pk], today)
        | {
            "solved": [
                {"pk": by.need_id, "title": seen_by(actor, by.need.title), "at": by.done_at}
                for by in freed.get(one.pk, [])
            ]
        }
        for one in page.rows
    ]
    return render(request, "desk/exchange/forward.html", {"lines": lines, **page.turns, "tab": "forward"})
