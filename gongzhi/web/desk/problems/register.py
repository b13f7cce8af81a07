"""The register of mediation (调解登记): every dispute with who was heard, what was agreed and when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.problems import disputes, rules
from gongzhi.problems.disputes import Dispute
from gongzhi.problems.rules import Outcome, SeatKind, State
from gongzhi.shared.moves import _
from gongzhi.web.casework import choices
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.problems.asking import again_in_words
from gongzhi.web.desk.problems.story import seats_in_words
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing

OUTCOMES = {disputes.WAITING: _("还没有结果")} | {one.value: label for one, label in rules.OUTCOME_LABELS.items()}


@for_standing(*DESK)
@require_safe
def show_register(request: HttpRequest) -> HttpResponse:
    """Disputes at the actor's places, the newest first; `outcome` narrows."""
    actor, outcome = actor_of(request), request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else ""
    page = disputes.register(actor, outcome=outcome, after=request.GET.get("after", ""))
    prefix = choices.scope_of(actor).prefix

    def line(one: Dispute) -> dict[str, object]:
        ended = one.mediation
        return {
            "row": one,
            "number": rules.number(one.pk),
            "place": one.place.removeprefix(prefix).strip() or one.place,
            "state_label": rules.STATE_LABELS[State(one.state)],
            "again": again_in_words(one.times),
            "heard": seats_in_words(one.heard),
            "all_heard": len(one.heard) == len(SeatKind),
            "outcome": rules.OUTCOME_LABELS[Outcome(ended.outcome)] if ended else "",
            "agreed": bool(ended) and ended is not None and ended.outcome == Outcome.AGREED,
            "who": seats_in_words(ended.seats) if ended else "",
            "words": seen_by(actor, ended.words) if ended else "",
        }

    context = {
        "lines": [line(one) for one in page.rows],
        "after": page.after,
        "outcome": outcome,
        "outcomes": list(OUTCOMES.items()),
    }
    return render(request, "desk/problems/register.html", context)
