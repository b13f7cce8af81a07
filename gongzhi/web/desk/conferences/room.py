"""In the room: agenda beside the decision that is being written, the roll on a phone, the wall for everyone to read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.conferences import actions, queries, rules
from gongzhi.conferences.rows import Conference
from gongzhi.conferences.rules import Presence, TopicState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.queries import ABSENT
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.asking import press, sent
from gongzhi.web.casework.met import conference_line, decision_lines, delay_of, roll_lines
from gongzhi.web.desk.conferences.fields import DecisionForm
from gongzhi.web.desk.conferences.listing import address
from gongzhi.web.desk.conferences.page import find, topic_lines
from gongzhi.web.desk.exchange.whose import at_work, key_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame, in_words


def _drawn(actor: Actor, row: Conference) -> dict[str, Any]:
    """Agenda, decisions and roll, as room and wall show them."""
    today, calls = now().date(), queries.calls_of(row)
    topics = [one for one in queries.topics_of(actor, row) if one.state == TopicState.AGREED]
    return {
        **conference_line(row),
        "delay": delay_of(row),
        "roll": queries.roll_of(calls),
        "topics": topic_lines(actor, topics),
        "decisions": decision_lines(queries.outcomes(queries.decisions_of(actor, row), today)),
        "became": decision_lines(queries.what_became(row, today)),
    }


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def show_room(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Lead a conference on one screen. What is sent is one decision; the form stays where the talk is."""
    at_work(request)
    actor, row = find(request, conference_id)
    if "decide" not in queries.conference_moves(actor, row):
        messages.info(request, gettext("开会以后才能写决定。"))
        return HttpResponseRedirect(address(row))
    chosen = request.GET.get("topic", "")
    form = DecisionForm(actor, row, sent(request), initial={"topic": chosen})
    if form.is_bound and form.is_valid() and _decide(actor, row, form):
        here = reverse("desk-conference-room", args=[row.pk])
        topic = form.cleaned_data["topic"]
        return HttpResponseRedirect(f"{here}?topic={topic}#decide" if topic else f"{here}#decide")
    context = _drawn(actor, row) | {"form": form, "chosen": chosen}
    return render(request, "desk/conferences/room.html", context, status=422 if form.is_bound else 200)


def _decide(actor: Actor, row: Conference, form: DecisionForm) -> bool:
    """Whether it was written down; refused, the form says why and keeps what was typed."""
    try:
        actions.decide(actor, conference_id=row.pk, decided=form.decided(), now=now(), once=key_of(form))
    except ABSENT:
        form.add_error("problem", gettext("没有这个问题，或者不归您这里办。"))
    except Refused as refusal:
        blame(form, refusal)
    else:
        return True
    return False


@for_standing(*DESK)
@require_safe
def show_wall(request: HttpRequest, conference_id: int) -> HttpResponse:
    """What the projector shows: large, nothing around it, drawn anew by itself."""
    actor, row = find(request, conference_id)
    whole = "parts/wall.html" if request.htmx else "desk/conferences/wall.html"  # type: ignore[attr-defined]
    return render(request, whole, _drawn(actor, row))


class RollForm(forms.Form):
    """One member's line of the roll."""

    presence = forms.ChoiceField(choices=[(one.value, "") for one in Presence])
    proxy = forms.IntegerField(required=False)
    words = forms.CharField(required=False, max_length=200)


@for_standing(*DESK)
@require_safe
def show_roll(request: HttpRequest, conference_id: int) -> HttpResponse:
    """The roll on a phone: one press for who is there, a line for the others."""
    at_work(request)
    actor, row = find(request, conference_id)
    calls = queries.calls_of(row)
    context = {
        **conference_line(row),
        "calls": roll_lines(calls),
        "roll": queries.roll_of(calls),
        "there": [one for one in calls if one.presence == Presence.PRESENT],
        "open": "call_roll" in queries.conference_moves(actor, row),
    }
    return render(request, "desk/conferences/roll.html", context)


@for_standing(*DESK)
@require_POST
def call_roll(request: HttpRequest, conference_id: int, call_id: int) -> HttpResponse:
    """Note one member."""
    at_work(request)
    actor, row = find(request, conference_id)
    form = RollForm(request.POST)
    back = f"{reverse('desk-conference-roll', args=[row.pk])}#call-{call_id}"
    if not form.is_valid():
        messages.warning(request, gettext("请选到会、委托还是没有到会。"))
        return HttpResponseRedirect(back)
    said = form.cleaned_data
    if said["presence"] != Presence.PRESENT:
        return press(
            request, rules.CONFERENCE_MOVES["call_roll"].label, back,
            lambda: actions.call_roll(
                actor, conference_id=row.pk, call_id=call_id, presence=said["presence"], proxy_id=said["proxy"],
                words=said["words"], now=now(),
            ),
        )  # fmt: skip
    try:
        actions.call_roll(actor, conference_id=row.pk, call_id=call_id, presence=said["presence"], now=now())
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
    return HttpResponseRedirect(back)
