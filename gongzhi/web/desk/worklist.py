"""The worklist by due time and the list of everything: filters, saved views, handing to a colleague."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongzhi.demands import actions, queries
from gongzhi.demands.lists import GROUPS, list_page
from gongzhi.neighbourhood.queries import current_units
from gongzhi.neighbourhood.rules import Right, Standing
from gongzhi.shared.days import calendar_warning
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.filters import Ask
from gongzhi.web.casework.rows import rows_for
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import in_words

COUNTS = ("late", "today", "new", "waiting", "register", "answered")


@for_standing(*DESK)
@require_safe
def show_worklist(request: HttpRequest) -> HttpResponse:
    """What is to be done, by due time."""
    return _show(request, group="due")


@for_standing(*DESK)
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """Every demand of the actor's places, the newest first; where the search of each page leads."""
    return _show(request, group="all")


def _show(request: HttpRequest, *, group: str) -> HttpResponse:
    actor = actor_of(request)
    ask = Ask.of(request.GET, actor, group=group)
    page = list_page(
        actor, ask.filters, now=now(), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    categories = ask.categories
    return render(
        request,
        "desk/worklist/page.html",
        {
            "ask": ask,
            "listing": page,
            "rows": rows_for(actor, page.rows, ask.scope, categories),
            "tabs": ask.tabs(tuple(GROUPS)),
            "selects": ask.selects("state", "due"),
            "more_selects": ask.selects("kind", "channel", "urgency", "compound_type"),
            "categories": choices.category_tree(categories),
            "chips": ask.chips(),
            "clear_query": f"?group={ask.group}",
            "export_query": ask.address(group=ask.group),
            "views": queries.saved_views(actor),
            "may_export": actor.may(Right.EXPORT),
            "may_work": actor.holds(*WORKERS),
            "base": "/desk",
            "whole": group == "all",
        },
    )


@for_standing(*DESK)
@require_safe
def show_counts(request: HttpRequest) -> HttpResponse:
    """The open counts as a fragment, fetched after the list: they cost more than the list itself."""
    actor = actor_of(request)
    # Those who can do something about it are warned before due times become guesses.
    days_left = calendar_warning(now()) if actor.holds(Standing.LEAD, Standing.OPERATOR) else None
    counts = queries.open_counts(actor, now=now())
    return render(request, "desk/worklist/counts.html", {"counts": counts, "days_left": days_left})


@for_standing(*DESK)
@require_safe
def show_unit_names(request: HttpRequest) -> HttpResponse:
    """The units that take part, as the options of a field."""
    return render(request, "parts/demand/unit_names.html", {"units": current_units().only("name")})


@for_standing(*WORKERS)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Hand the chosen demands to a colleague; without one chosen, ask whom."""
    actor = actor_of(request)
    ids = [int(text) for text in request.POST.getlist("demand") if text.isascii() and text.isdigit() and len(text) < 18]
    back = _back(request)
    if not ids:
        messages.warning(request, _("还没有选诉求：先在列表左侧勾选，再分配。"))
        return HttpResponseRedirect(back)
    people = choices.colleagues(actor)
    person = next((one for one in people if str(one.pk) == request.POST.get("person")), None)
    if person is None:
        shown = queries.visible_demands(actor).filter(pk__in=ids[:500]).only("pk", "subject").order_by("pk")
        return render(
            request, "desk/worklist/assign.html", {"people": people, "ids": ids, "demands": shown, "back": back}
        )
    try:
        done = actions.assign_demands(actor, demand_ids=ids, person=person, now=now())
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(back)
    words = ngettext("%(n)d 件已分配给%(who)s。", "%(n)d 件已分配给%(who)s。", done) % {"n": done, "who": person.name}
    (messages.success if done else messages.warning)(request, words)
    if done < len(set(ids)):
        messages.warning(request, _("其余的已办结或不归您管，没有分配。"))
    return HttpResponseRedirect(back)


@for_standing(*DESK)
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep this list under a name."""
    question = QueryDict(request.POST.get("question", "")[:2000]).urlencode()
    try:
        view = actions.save_view(actor_of(request), name=request.POST.get("name", ""), question=question)
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, _("已保存列表“%(name)s”。") % {"name": view.name})
    return HttpResponseRedirect(f"{reverse('desk')}?{question}")


@for_standing(*DESK)
@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a saved list."""
    actions.drop_view(actor_of(request), view_id=view_id)
    messages.success(request, _("已删除这个列表。"))
    return HttpResponseRedirect(reverse("desk"))


def _back(request: HttpRequest) -> str:
    """The list that the form was sent from."""
    question = QueryDict(request.POST.get("question", "")[:2000]).urlencode()
    return f"{reverse('desk')}?{question}" if question else reverse("desk")
