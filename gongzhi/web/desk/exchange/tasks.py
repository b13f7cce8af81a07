"""Members that gave and received nothing for a year: somebody asks what they need, and says what came of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import BalanceTask
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.making import TASKS, found
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_tasks(request: HttpRequest) -> HttpResponse:
    """What waits for somebody first, the longest first; then what was answered."""
    actor = actor_of(request)
    rows = (
        queries.visible_tasks(actor)
        .select_related("unit", *queries.MEMBER, "place")
        .order_by("-state", "raised_at", "pk")
    )
    page = page_of(request, rows)
    lines = [_line(actor, one) for one in page.rows]
    context = {
        "waiting": [one for one in lines if one["waiting"]],
        "done": [one for one in lines if not one["waiting"]],
        "days": queries.settings()["quiet_days"],
        "today": now().date(),
        **page.turns,
        "tab": "tasks",
    }
    return render(request, "desk/exchange/tasks.html", context)


def _line(actor: Actor, row: BalanceTask) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "name": queries.name_of(row.unit, None, row.member),
        "account": reverse("desk-balance", args=[row.unit_id])
        if row.unit
        else reverse("desk-member", args=[row.member_id]),
        "place": row.place.name,
        "raised_at": row.raised_at,
        "done_at": row.done_at,
        "words": seen_by(actor, row.words),
        "waiting": row.state == rules.TaskState.RAISED,
        "deeds": TASKS.open(actor, row).items(),
    }


@for_standing(*DESK)
@require_safe
def show_one(request: HttpRequest, pk: int) -> HttpResponse:
    """To its line in the list; a notice leads here."""
    row = found(TASKS, actor_of(request), pk)
    return HttpResponseRedirect(f"/desk/exchange/tasks/#task-{row.pk}")
