"""Pairs of demands that may be of one trouble: side by side, with why; a person says yes or no."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.demands.rules import number
from gongzhi.demands.upstairs import Words
from gongzhi.problems import actions, beside, rules
from gongzhi.problems.beside import Pair
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.problems.sorting import ABSENT, common
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import in_words

LONGEST = 300


@for_standing(*DESK)
@require_safe
def show_suggestions(request: HttpRequest) -> HttpResponse:
    """What waits to be decided, the newest first."""
    actor, after = actor_of(request), request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else None
    pairs, more = beside.suggested_pairs(actor, after=start)
    context = {
        "pairs": [_pair(one) for one in pairs],
        "after": str(more or ""),
        "may_work": actor.holds(*WORKERS),
    }
    return render(request, "desk/problems/suggestions.html", context)


def _pair(one: Pair) -> dict[str, Any]:
    return {
        "pk": one.suggestion.pk,
        "percent": round(100 * one.suggestion.likelihood),
        "made_at": one.suggestion.made_at,
        "sides": [_side(words, inside) for words, inside in zip((one.first, one.second), one.problems, strict=True)],
        "why": common(one.why),
    }


def _side(words: Words, problem: int | None) -> dict[str, Any]:
    body = words.body or words.subject
    return {
        "pk": words.demand,
        "number": number(words.demand),
        "subject": words.subject,
        "body": body[:LONGEST] + ("…" if len(body) > LONGEST else ""),
        "when": words.reported_at,
        "problem": problem,
        "problem_number": rules.number(problem) if problem else "",
    }


@for_standing(*DESK)
@require_POST
def decide(request: HttpRequest, suggestion_id: int, said: str) -> HttpResponse:
    """`same` puts the two into one problem, `different` says that they are not."""
    if said not in {"same", "different"}:
        raise Http404
    actor = actor_of(request)
    try:
        if said == "same":
            problem = actions.accept_suggestion(actor, suggestion_id=suggestion_id, now=now())
            words = gettext("已归到问题 %(number)s，反映人会收到告知。") % {"number": rules.number(problem.pk)}
        else:
            actions.decline_suggestion(actor, suggestion_id=suggestion_id, now=now())
            words = gettext("已记下：不是同一个问题，不再提示。")
    except ABSENT as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, words)
    return HttpResponseRedirect(reverse("desk-pairs"))
