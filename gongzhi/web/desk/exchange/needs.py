"""One need: what is missing, what may meet it, what may be done, what it frees."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Need
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.problems.rules import number as problem_number
from gongzhi.web.casework.exchanged import events
from gongzhi.web.casework.hours import windows_in_words
from gongzhi.web.casework.outreaches import lines_for_need
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.lines import need_line, stalls
from gongzhi.web.desk.exchange.making import NEEDS, found
from gongzhi.web.desk.exchange.table import BOTH, match_lines
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """One need with its matches and its trail."""
    actor, moment = actor_of(request), now()
    need = find_need(actor, need_id)
    line = need_line(
        actor, need, queries.need_left(need), moment.date(), stalls(actor, [need], moment).get(need.problem_id or 0)
    )
    rows = queries.visible_matches(actor).filter(need=need).select_related(*BOTH).order_by("-pk")
    lines = match_lines(actor, list(rows[:50]), moment)
    opened = NEEDS.open(actor, need)
    first = "verify" if "verify" in opened else ""
    finds = may_find(need, line)
    context = {
        "need": line,
        "row": need,
        "thing": NEEDS.address(need.pk),
        "words": seen_by(actor, need.words),
        "windows": windows_in_words(need.windows),
        "matches": [one for one in lines if not one["ended"]],
        "over": [one for one in lines if one["ended"]],
        "first": first,
        "deeds": [(verb, label) for verb, label in opened.items() if verb != first],
        "may_change": "change" in line["moves"],
        "may_find": finds,
        # What stands there already is decided before more is looked for.
        "find_first": finds and not any(one["suggested"] for one in lines),
        "unlocks": [
            {"pk": one.frees_id, "title": seen_by(actor, one.frees.title), "done_at": one.done_at}
            for one in queries.unlocks_of(actor, need.pk)
        ],
        "problem": _problem(actor, need),
        "talk": queries.voice_of(actor, need),
        "outreaches": lines_for_need(actor, need.pk, moment),
        "may_reach_out": need.state == rules.NeedState.VERIFIED and "meet" in line["moves"],
        "events": events(actor, queries.need_trail(actor, need.pk), rules.NEED_MOVES, need.measure),
    }
    return render(request, "desk/exchange/need.html", context)


def find_need(actor: Actor, need_id: int) -> Need:
    """The need for whoever may see it; absent and not yours are the same 404."""
    need: Need = found(NEEDS, actor, need_id)
    return need


def may_find(need: Need, line: dict[str, Any]) -> bool:
    """Whether this person may look for something to put beside the need: whoever may verify or end it."""
    return need.state == rules.NeedState.VERIFIED and "meet" in line["moves"] and bool(line["spare"])


def _problem(actor: Actor, need: Need) -> dict[str, Any] | None:
    """The problem that the need is of, where this person sees it."""
    if need.problem_id is None:
        return None
    try:
        problem = problems.get_problem(actor, need.problem_id)
    except problems.ABSENT:
        return None
    return {"pk": problem.pk, "number": problem_number(problem.pk), "title": seen_by(actor, problem.title)}


def wanted(actor: Actor, need_id: int) -> Need:
    """A need for which this person may look for offers. Raises Http404 where they may not."""
    need = find_need(actor, need_id)
    if "meet" not in queries.need_moves(actor, need):
        raise Http404
    return need
