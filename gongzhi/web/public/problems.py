"""A problem as everybody may see it, and the page of a neighbour who follows it; no person's data on either."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.problems import actions, finding, queries, rules
from gongzhi.problems.finding import PublicProblem
from gongzhi.problems.neighbours import Followed
from gongzhi.problems.neighbours import followed as read_follower
from gongzhi.problems.rules import State
from gongzhi.shared import tries
from gongzhi.shared.moves import Refused, _
from gongzhi.web.public import neighbours
from gongzhi.web.public.explained import Event
from gongzhi.web.public.forms import FollowerForm, fresh_token
from gongzhi.web.words import blame

CONTACTS_AN_HOUR = 20
LOOKS = {
    "survey": ("accent", "search"),
    "name_cause": ("accent", "lightbulb"),
    "whistle": ("accent", "megaphone"),
    "refer": ("accent", "people"),
    "start": ("accent", "tools"),
    "solve": ("good", "check-circle"),
    "reopen": ("soon", "arrow-counterclockwise"),
}
# The table's words are the desk's; a resident reads these.
PLAIN = {
    State.RAISED: _("已登记"),
    State.SURVEYED: _("看过现场了"),
    State.CAUSE_KNOWN: _("原因查明了"),
    State.IN_HAND: _("正在协调处理"),
    State.SOLVED: _("解决了"),
    State.REOPENED: _("又出现了，正在重新办"),
    State.MERGED: _("和另一件一起办"),
}
View = Callable[..., HttpResponse]


@require_safe
def show_problem(request: HttpRequest, number: str) -> HttpResponse:
    """What it is, where, since when, how far; one that was merged leads to the one it went into."""
    problem_id = rules.read_number(number)
    problem = finding.public_problem(problem_id) if problem_id and problem_id < 2**63 else None
    if problem is None:
        raise Http404
    if problem.number != number:
        return HttpResponseRedirect(reverse("problem", args=[problem.number]))
    key = neighbours.signed_key(problem.pk)
    return render(request, "public/problem.html", {**_shown(problem), "key": key, "once": fresh_token()})


def _shown(problem: PublicProblem) -> dict[str, Any]:
    return {
        "problem": problem,
        "label": PLAIN[problem.state],
        "open": problem.state in rules.OPEN,
        "events": [
            Event(at, gettext(told), "", "", *LOOKS.get(verb, ("rest", "dot"))) for at, verb, told in problem.steps
        ][::-1],
        "again": f"{reverse('new')}?place={problem.place_id}",
    }


def by_follow_link(view: View) -> View:
    """Read the signed link; an expired or forged one gets a page that says what to do."""

    def guarded(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        try:
            followed = read_follower(actions.read_follow_link(token))
        except signing.SignatureExpired:
            return render(request, "public/follower_gone.html", {"expired": True}, status=410)
        except (signing.BadSignature, ValueError):
            followed = None
        problem = finding.public_problem(followed.problem) if followed else None
        if followed is None or problem is None:
            return render(request, "public/follower_gone.html", {"expired": False}, status=404)
        answer = view(request, token, followed, problem, **more)
        # The address is the key, as of a demand.
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return guarded


@require_safe
@by_follow_link
def show_followed(request: HttpRequest, token: str, followed: Followed, problem: PublicProblem) -> HttpResponse:
    """How it goes, for whoever said 我也是; right after the tap with what was noted and what happens next."""
    return _followed_page(request, token, followed, problem, FollowerForm())


def _followed_page(
    request: HttpRequest,
    token: str,
    followed: Followed,
    problem: PublicProblem,
    form: FollowerForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        **_shown(problem),
        "token": token,
        "noted": "noted" in request.GET,
        # Without herself; so few that they are not counted out are not.
        "others": problem.count - 1 if problem.count and problem.count > finding.FEW else None,
        "link": actions.follow_link(followed.pk),
        "path": reverse("followed", args=[token]),
        "reachable": followed.reachable,
        "form": form,
        "contact_days": queries.settings()["contact_days"],
    }
    return render(request, "public/followed.html", context, status=status)


@require_POST
@by_follow_link
def leave_contact(request: HttpRequest, token: str, followed: Followed, problem: PublicProblem) -> HttpResponse:
    """Say how to be told, or take that back."""
    back = HttpResponseRedirect(reverse("followed", args=[token]))
    form = FollowerForm({} if "forget" in request.POST else request.POST)
    if not tries.take({("follower-contact", str(followed.pk)): CONTACTS_AN_HOUR}, now=timezone.localtime()):
        messages.error(request, gettext("改得太多了，请一小时后再试。"))
        return back
    if form.is_valid():
        given = form.cleaned_data
        if "forget" not in request.POST and not any(given.values()):
            form.add_error("phone", gettext("请填电话或邮箱；不想留，就不用填，也会办。"))
        else:
            try:
                actions.leave_contact(follower_id=followed.pk, **given, now=timezone.localtime())
            except Refused as refusal:
                blame(form, refusal)
            else:
                said = gettext("记下了，有结果会告诉您。") if any(given.values()) else gettext("联系方式已清除。")
                messages.success(request, said)
                return back
    return _followed_page(request, token, followed, problem, form, status=422)
