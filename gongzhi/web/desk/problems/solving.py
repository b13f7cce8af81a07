"""Solving a problem: what each reporter will read, shown before it is sent and changed where it does not fit."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from gongzhi.demands import rules as demands
from gongzhi.demands.masking import mask
from gongzhi.problems import actions, rules, words
from gongzhi.problems.actions import Preview, Solved
from gongzhi.problems.rows import Problem
from gongzhi.web.desk.problems.forms import LONGEST_ANSWER, ProblemForm
from gongzhi.web.entrance import actor_of

SEND = "send"


def preview(request: HttpRequest, problem: Problem, form: ProblemForm, *, status: int = 200) -> HttpResponse:
    """Each reporter's text in a box of its own; what was typed into one is kept."""
    answer = str(form.data.get("answer") or "")
    found = actions.answers_preview(actor_of(request), problem, answer)
    context = {
        "problem": problem,
        "number": rules.number(problem.pk),
        "form": form,
        "answer": answer,
        # Sent with another answer than was shown: to be looked at once more.
        "rewritten": request.POST.get("step") == SEND and not is_to_be_sent(request),
        "letters": [_letter(request, one, answer) for one in found],
        "elsewhere": max(problem.reports - len(found), 0),
        "followers": problem.followers,
        "follower_text": words.follower_text(number=rules.number(problem.pk), title=mask(problem.title), answer=answer)[
            1
        ],
        "longest": LONGEST_ANSWER,
        "thing": f"/desk/problems/{problem.pk}",
        "layout": "desk/layout.html",
    }
    whole = "desk/problems/parts/letters.html" if request.htmx else "desk/problems/preview.html"  # type: ignore[attr-defined]
    return render(request, whole, context, status=status)


def _letter(request: HttpRequest, one: Preview, answer: str) -> dict[str, Any]:
    """One box; `start` is the text as it stands without any change, kept in the form to tell what was changed."""
    start = _start(one, answer)
    typed, before = request.POST.get(f"text-{one.demand_id}"), request.POST.get(f"start-{one.demand_id}")
    changed = typed is not None and before is not None and plain(typed) != plain(before)
    number = demands.number(one.demand_id)
    return {
        "pk": one.demand_id,
        "number": number,
        "subject": one.subject,
        "fate": one.fate,
        "text": typed if changed else start,
        "start": start,
        "head": words.told_text(number=number, subject=one.subject, answer="")[1].strip(),
    }


def _start(one: Preview, answer: str) -> str:
    """Who was answered before is told the answer below a line of its own."""
    return answer if one.fate == "tell" else one.text


def plain(text: str) -> str:
    """A text as compared: browsers send line ends of their own."""
    return "\n".join(text.split("\r\n")).strip()


def is_to_be_sent(request: HttpRequest) -> bool:
    """Whether the letters were seen with this very answer, and are to go out."""
    as_shown = plain(request.POST.get("shown", "")) == plain(request.POST.get("answer", ""))
    return request.POST.get("step") == SEND and as_shown


def own_words(request: HttpRequest, problem: Problem, answer: str) -> dict[int, str]:
    """The texts that somebody changed, by demand; the others are made when they are sent."""
    found = {}
    for one in actions.answers_preview(actor_of(request), problem, answer):
        typed = request.POST.get(f"text-{one.demand_id}")
        if typed is not None and one.fate != "leave" and plain(typed) != plain(_start(one, answer)):
            found[one.demand_id] = typed
    return found


def done_in_words(solved: Solved) -> str:
    """How many were answered, told and left."""
    lines = [
        (ngettext("答复了 %(n)d 件诉求", "答复了 %(n)d 件诉求", len(solved.answered)), len(solved.answered)),
        (ngettext("告知了 %(n)d 位已有答复的反映人", "告知了 %(n)d 位已有答复的反映人", len(solved.told)), len(solved.told)),
        (ngettext("%(n)d 件留给所在社区答复", "%(n)d 件留给所在社区答复", len(solved.left)), len(solved.left)),
    ]  # fmt: skip
    said = gettext("，").join(text % {"n": n} for text, n in lines if n)
    return gettext("问题已解决。") + (said + gettext("。") if said else "")
