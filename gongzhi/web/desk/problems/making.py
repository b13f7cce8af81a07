"""Making a move on a problem: the one view that shows and takes its form, and what a refusal looks like."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from gongzhi.problems import queries, rules
from gongzhi.problems.rows import Problem
from gongzhi.shared.moves import Missing, Refused
from gongzhi.web.casework.making import OVER, WRITTEN, leave
from gongzhi.web.casework.page import Kept
from gongzhi.web.desk.problems import solving
from gongzhi.web.desk.problems.forms import ProblemForm
from gongzhi.web.desk.problems.moves import DEEDS, find_problem, open_deeds
from gongzhi.web.desk.problems.page import button_label, problem_page
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame, in_words

TYPED = ("cause", "view", "title", *WRITTEN)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def make_move(request: HttpRequest, problem_id: int, verb: str) -> HttpResponse:
    """Show the form of one move, or make it: then back to the problem, or the form again with what is wrong."""
    if verb not in DEEDS:
        raise Http404
    actor, problem = actor_of(request), find_problem(request, problem_id)
    deeds = open_deeds(actor, problem)
    if request.method != "POST":
        if verb not in deeds:
            return _over(request, problem, verb)
        asked = request.GET.get("pick", "")
        return panel(request, problem, ProblemForm(verb, actor, problem, initial={_PICKED.get(verb, ""): asked}))
    form = ProblemForm(verb, actor, problem, request.POST)
    valid = form.is_valid()
    if not valid and verb in deeds:
        return panel(request, problem, form, status=422)
    if verb == "solve" and valid and verb in deeds and not solving.is_to_be_sent(request):
        return solving.preview(request, problem, form)
    try:
        if not valid:
            raise Refused(OVER, label=rules.MOVES[verb].label)
        done = _perform(request, form)
    except queries.ABSENT as error:
        raise Http404 from error
    except Refused as refusal:
        return _refused(request, form, refusal)
    messages.success(request, done)
    return leave(request, f"/desk/problems/{problem_id}")


# What a link to a form may have chosen already.
_PICKED = {"lift_blocker": "blocker", "seat": "seat", "whistle": "occasion"}


def _over(request: HttpRequest, problem: Problem, verb: str) -> HttpResponse:
    if verb == "solve" and verb in queries.moves_open_to(actor_of(request), problem):
        # A dispute: how it ended at the table comes first.
        messages.warning(request, gettext("纠纷要先记调解结果：谈成了什么，或者为什么没有谈成。"))
        return leave(request, f"/desk/problems/{problem.pk}/mediate")
    messages.warning(request, gettext(OVER) % {"label": gettext(rules.MOVES[verb].label)})
    return leave(request, f"/desk/problems/{problem.pk}")


def _perform(request: HttpRequest, form: ProblemForm) -> str:
    """Make the move; what the next page says of it."""
    deed, given = DEEDS[form.verb], form.arguments()
    if deed.guarded:
        given["seen"] = form.cleaned_data.get("seen")
    if form.verb == "solve":
        given["own_words"] = solving.own_words(request, form.problem, given["answer"])
    done: Any = deed.act(actor_of(request), problem_id=form.problem.pk, now=now(), **given)
    if form.verb == "solve":
        return solving.done_in_words(done)
    return gettext("已记下：%(label)s。") % {"label": gettext(rules.MOVES[form.verb].label)}


def _refused(request: HttpRequest, form: ProblemForm, refusal: Refused) -> HttpResponse:
    """The form with the reason; where the problem has moved on meanwhile, the page as it stands now around it.

    What was typed is kept either way: in the form while the move is still open, else to be copied.
    """
    problem = find_problem(request, form.problem.pk)
    deeds = open_deeds(actor_of(request), problem)
    seen = form.cleaned_data.get("seen")
    moved_on = problem.version != (form.problem.version if seen is None else seen)
    if isinstance(refusal, Missing) or (form.verb in deeds and not moved_on):
        blame(form, refusal)
        if form.verb == "solve":
            return solving.preview(request, problem, form, status=422)
        return panel(request, problem, form, status=422)
    typed = next((text for name in TYPED if (text := str(form.data.get(name, "")).strip())), "")
    again = None
    if form.verb in deeds:
        data = request.POST.copy()
        data["seen"] = str(problem.version)
        again = ProblemForm(form.verb, form.actor, problem, data)
        if form.verb == "solve":
            # The letters were written of an older picture: they are shown once more, each as it was typed.
            messages.error(request, in_words(refusal))
            return solving.preview(request, problem, again, status=422)
    response = problem_page(request, problem.pk, kept=Kept(in_words(refusal), again, typed))
    response.status_code = 422
    if request.htmx:  # type: ignore[attr-defined]
        # The whole page is stale, not the form alone: state, trail and buttons are drawn anew.
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:#refused:top"
    return response


def panel(request: HttpRequest, problem: Problem, form: ProblemForm, *, status: int = 200) -> HttpResponse:
    """The form alone, or a page around it."""
    context = {
        "problem": problem,
        "number": rules.number(problem.pk),
        "form": form,
        "verb": form.verb,
        "label": button_label(form.verb),
        "base": "/desk",
        "thing": f"/desk/problems/{problem.pk}",
        "layout": "desk/layout.html",
    }
    whole = "parts/demand/panel.html" if request.htmx else "parts/demand/move.html"  # type: ignore[attr-defined]
    return render(request, whole, context, status=status)
