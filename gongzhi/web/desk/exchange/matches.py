"""One match: what is asked of both sides, who has answered, how they reach each other once both agreed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.demands.masking import mask
from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Match
from gongzhi.web.casework.exchanged import events
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.making import MATCHES, found
from gongzhi.web.desk.exchange.table import match_lines
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_match(request: HttpRequest, match_id: int) -> HttpResponse:
    """One match, for the desk of its need, for its sides, and for the giver's desk."""
    actor, moment = actor_of(request), now()
    match: Match = found(MATCHES, actor, match_id)
    ask = queries.asked_of(actor, match.pk)
    inside = queries.visible_needs(actor).filter(pk=match.need_id).exists()
    (line,) = match_lines(actor, [match], moment)
    context = {
        "line": line,
        "ask": ask,
        "words": seen_by(actor, ask.need_words),
        # What the giver's desk may not read yet it must not see among the sides either.
        "sides": [one if ask.receiver or one["giver"] else one | {"name": ""} for one in line["answers"]],
        "may_see_need": inside,
        # Once both were asked, why it had been suggested is still told to whom it was told before.
        "why": mask(queries.why_suggested(match, gettext)) if inside and not line["suggested"] else "",
        "reachable": queries.may_reach(actor, match),
        "events": events(actor, queries.match_trail(actor, match.pk), rules.MATCH_MOVES, match.offer.measure),
    }
    return render(request, "desk/exchange/match.html", context)
