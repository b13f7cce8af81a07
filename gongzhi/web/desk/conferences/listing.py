"""The list of conferences, and the three forms that bring one about: planned, called at once, by a rhythm."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.conferences import actions, queries
from gongzhi.conferences.actions import Urgent
from gongzhi.conferences.rows import Conference
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.met import conference_line
from gongzhi.web.casework.paging import page_of
from gongzhi.web.desk.conferences.fields import PlanForm, RhythmForm, UrgentForm
from gongzhi.web.desk.exchange.whose import at_work, key_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

WRITE = "desk/conferences/write.html"


def address(row: Conference) -> str:
    """The page of a conference."""
    return reverse("desk-conference", args=[row.pk])


@for_standing(*DESK)
@require_safe
def show_conferences(request: HttpRequest) -> HttpResponse:
    """Those in sight, the latest first."""
    actor = actor_of(request)
    page = page_of(request, queries.visible_conferences(actor).select_related("place").order_by("-starts_at", "-pk"))
    context = {
        "rows": [conference_line(one) for one in page.rows],
        **page.turns,
        "may_work": actor.holds(*WORKERS),
        "feed": queries.feed_of(request.user.pk or 0),
        "tab": "conferences",
    }
    return render(request, "desk/conferences/list.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a conference; the notice goes out from its page."""
    actor = at_work(request)
    form = PlanForm(actor, sent(request))

    def act(given: dict[str, Any]) -> Conference:
        said = {name: given[name] for name in ("place", "network", "title", "starts_at", "venue", "bring", "units")}
        return actions.plan_conference(actor, **said, now=now(), once=key_of(form))

    return fill_in(
        request, form, gettext("安排会议"), reverse("desk-conferences"), act, template=WRITE, onto=address,
        lead=gettext("先安排下来，收集议题；写好以后再发通知。"),
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """An urgent conference in one step."""
    actor = at_work(request)
    form = UrgentForm(actor, sent(request))
    moment = now().strftime("%Y-%m-%dT%H:%M")
    for name in ("requested_at", "starts_at"):
        form.fields[name].initial = moment

    def act(given: dict[str, Any]) -> Conference:
        urgent = Urgent(given["asked_by"], given["about"], given["requested_at"])
        said = {name: given[name] for name in ("place", "network", "starts_at", "venue", "units")}
        return actions.call_urgently(actor, urgent=urgent, **said, now=now(), once=key_of(form))

    return fill_in(
        request, form, gettext("召集紧急会议"), reverse("desk-conferences"), act, template=WRITE, onto=address,
        lead=gettext("一步办完：会议成立，议题上议程，所有成员马上收到通知。"),
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def set_rhythm(request: HttpRequest) -> HttpResponse:
    """How often a network meets."""
    actor = at_work(request)
    form = RhythmForm(actor, sent(request))

    def act(given: dict[str, Any]) -> object:
        return actions.set_rhythm(actor, **given, now=now())

    return fill_in(
        request, form, gettext("定会议节奏"), reverse("desk-conferences"), act, template=WRITE,
        lead=gettext("到了时候，系统提前三周把下次会议列出来，请您收集议题、发通知。"),
    )  # fmt: skip
