"""A resident's account: open one, and see one's own demands together."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.actions import open_account
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of, home_of
from gongzhi.web.public.forms import SignUpForm
from gongzhi.web.tries import count_try, origin, too_many
from gongzhi.web.words import in_words

PAGE = 20
ACCOUNTS_AN_HOUR = 30
BACKEND = "gongzhi.web.logins.Logins"


def show_sign_up(request: HttpRequest) -> HttpResponse:
    """Open a login with a name and a password, and come in with it."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if too_many("sign-up", origin(request), ACCOUNTS_AN_HOUR):
            form.add_error(None, _("从您的网络上刚注册了很多账号，请一小时后再试。"))
        else:
            try:
                account = open_account(**form.cleaned_data, now=timezone.localtime())
            except Refused as refusal:
                form.add_error("login", in_words(refusal))
            else:
                count_try("sign-up", origin(request))
                login(request, account, backend=BACKEND)
                safe = url_has_allowed_host_and_scheme(target, {request.get_host()})
                return HttpResponseRedirect(target if safe else reverse("mine"))
    status = 422 if form.is_bound else 200
    return render(request, "public/sign_up.html", {"form": form, "next": target}, status=status)


@login_required
def show_mine(request: HttpRequest) -> HttpResponse:
    """The demands of the resident's account, newest first; staff are led to their own work."""
    actor = actor_of(request)
    if actor.offices:
        return HttpResponseRedirect(home_of(actor))
    after = request.GET.get("after", "")
    rows = queries.visible_demands(actor).select_related("place").defer("search").order_by("-pk")
    if after.isdecimal() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: PAGE + 1])
    shown = [
        {
            "demand": demand,
            "number": rules.number(demand.pk),
            "label": rules.STATE_LABELS[State(demand.state)],
            "path": reverse("follow", args=[actions.follow_link(demand.pk).rsplit("/", 1)[1]]),
            "paused": demand.state == State.WAITING,
        }
        for demand in found[:PAGE]
    ]
    cursor = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return render(request, "public/mine.html", {"rows": shown, "after": cursor})
