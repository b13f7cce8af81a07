"""撮合台: the open needs down, beside each what may meet it and how far that has come."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Match, Need
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework import choices
from gongzhi.web.casework.paging import page_of
from gongzhi.web.desk.exchange.lines import match_line, need_line, pledge_line, stalls
from gongzhi.web.desk.exchange.making import MATCHES, DoingForm
from gongzhi.web.desk.exchange.proposing import may_propose
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

BOTH = queries.MATCH_SIDES
# Of the needs, which to show: all that are open, those to be verified, those that nobody was found for.
SHOWS = ("", "stated", "idle")


@for_standing(*DESK)
@require_safe
def show_table(request: HttpRequest) -> HttpResponse:
    """Open needs of the actor's places, the most urgent first, then the nearest deadline."""
    actor, moment = actor_of(request), now()
    page = page_of(request, _asked(request, actor))
    scope = choices.scope_of(actor)
    context = {
        "rows": table_rows(actor, page.rows, moment),
        **page.turns,
        "kinds": rules.KIND_LABELS.items(),
        "kind": request.GET.get("kind", ""),
        "show": request.GET.get("show", ""),
        "place": _number(request.GET.get("place", "")),
        "scope": scope,
        "narrowed": any(request.GET.get(name) for name in ("kind", "show", "place")),
        "may_work": actor.holds(*WORKERS),
        "may_propose": bool(page.rows) and may_propose(actor),
        "tab": "table",
    }
    return render(request, "desk/exchange/table.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _asked(request: HttpRequest, actor: Actor) -> QuerySet[Need]:
    rows = queries.visible_needs(actor).filter(state__in=sorted(rules.NEED_OPEN))
    if (kind := request.GET.get("kind", "")) in set(rules.Kind):
        rows = rows.filter(kind=kind)
    if place := _number(request.GET.get("place", "")):
        rows = rows.filter(community=place) | rows.filter(subdistrict=place)
    show = request.GET.get("show", "")
    if show == "stated":
        rows = rows.filter(state=rules.NeedState.STATED.value)
    if show == "idle":
        taken = queries.visible_matches(actor).filter(state__in=sorted(rules.MATCH_OPEN))
        rows = rows.exclude(pk__in=taken.values("need"))
    nearest = F("deadline").asc(nulls_last=True)
    return rows.select_related(*queries.NEED_SIDE).order_by("-urgency", nearest, "pk")


def table_rows(actor: Actor, needs: list[Need], moment: datetime) -> list[dict[str, Any]]:
    """Each need with its open matches, what is asked first on top. Eleven queries at most."""
    rows = queries.visible_matches(actor).filter(need__in=[one.pk for one in needs])
    rows = rows.filter(state__in=sorted(rules.MATCH_OPEN)).select_related(*BOTH).order_by("suggested_at", "pk")
    found = match_lines(actor, list(rows), moment)
    beside: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in found:
        beside[line["row"].need_id].append(line)
    spare, stuck = queries.needs_left(needs), stalls(actor, needs, moment)
    return [
        {
            "need": need_line(actor, one, spare[one.pk], moment.date(), stuck.get(one.problem_id or 0)),
            "matches": _sorted(beside[one.pk]),
        }
        for one in needs
    ]


def _sorted(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What runs already stands above what is only suggested."""
    return sorted(lines, key=lambda line: line["suggested"])


def match_lines(actor: Actor, rows: list[Match], moment: datetime) -> list[dict[str, Any]]:
    """Matches in words, each with its pledge, and with the form that asks both sides where that may be done."""
    spare = queries.offers_left({one.offer for one in rows})
    related = queries.PLEDGE_SIDES
    agreed = [one.pk for one in rows if one.state in rules.AGREED]
    pledges = list(queries.visible_pledges(actor).filter(match__in=agreed).select_related(*related)) if agreed else []
    counts = queries.tallies([one.pk for one in pledges])
    promised = {one.match_id: pledge_line(one, counts[one.pk], moment.date()) for one in pledges}
    silent = queries.without_login(member for one in rows for member in (one.offer.member, one.need.member))
    lines = [match_line(actor, one, moment, spare[one.offer_id], promised.get(one.pk), silent) for one in rows]
    for line in lines:
        line["form"] = DoingForm(MATCHES, "offer", actor, line["row"]) if "offer" in line["moves"] else None
    return lines
