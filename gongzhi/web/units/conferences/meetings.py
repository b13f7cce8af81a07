"""What a member is called to, is asked to bring, may put on the agenda, and owes by signed minutes."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.conferences import actions, queries, rules
from gongzhi.conferences.rows import Conference, Decision, Mobilisation
from gongzhi.conferences.rules import ConferenceState, MobilisationState, Part
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.met import conference_line, decision_lines, delay_of, roll_lines
from gongzhi.web.casework.stating import day_box
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now, units_of

MOST = 50


class TopicForm(forms.Form):
    """What a member wants to have talked about."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    title = forms.CharField(label=_("想提什么议题"), max_length=120, widget=forms.TextInput({"autocomplete": "off"}))
    words = forms.CharField(
        label=_("为什么要议"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("不写个人的姓名和电话。"),
    )  # fmt: skip


class DoneForm(forms.Form):
    """Done on a day, or in a time as people said it."""

    day = forms.DateField(label=_("哪天办好的"), widget=day_box(), required=False)
    span = forms.CharField(
        label=_("不知道哪天：用了多久"),
        max_length=20,
        required=False,
        help_text=_("照原话写，如“数天”。两样只写一样。"),
    )
    words = forms.CharField(label=_("怎么办的"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class RosterForm(forms.Form):
    """A unit's people, one to a line."""

    roster = forms.CharField(
        label=_("名单"), max_length=40_000, widget=forms.Textarea({"rows": 12, "placeholder": _("张某 13800000000")}),
        help_text=_("每行一个人：姓名，空一格，手机号码。号码只用来认出同一个人，不保存、不显示。"),
    )  # fmt: skip


@for_standing(*UNIT)
@require_safe
def show_conferences(request: HttpRequest) -> HttpResponse:
    """What comes, what the actor's units have in hand, what was."""
    actor, moment = actor_of(request), now()
    rows = list(queries.visible_conferences(actor).select_related("place").order_by("-starts_at", "-pk")[:MOST])
    ended = {ConferenceState.SIGNED, ConferenceState.CANCELLED}
    calls = queries.visible_mobilisations(actor).select_related("place").order_by("-starts_at", "-pk")[:MOST]
    context = {
        "ahead": [conference_line(one) for one in reversed(rows) if one.state not in ended],
        "past": [conference_line(one) for one in rows if one.state in ended],
        "owed": decision_lines(queries.owed_by(actor, moment.date())),
        "calls": [{"row": one, "label": rules.MOBILISATION_LABELS[MobilisationState(one.state)]} for one in calls],
        "feed": queries.feed_of(request.user.pk or 0),
    }
    return render(request, "units/conferences/list.html", context)


def _find(request: HttpRequest, conference_id: int) -> tuple[Actor, Conference]:
    actor = actor_of(request)
    try:
        row = queries.get_conference(actor, conference_id)
    except Conference.DoesNotExist as error:
        raise Http404 from error
    if Part.MEMBER not in queries.conference_standings(actor, row):
        raise Http404
    return actor, row


@for_standing(*UNIT)
@require_safe
def show_conference(request: HttpRequest, conference_id: int) -> HttpResponse:
    """When, where, what to bring; the agenda; once signed, who was there and what was decided."""
    actor, row = _find(request, conference_id)
    today, signed = now().date(), row.state == ConferenceState.SIGNED
    calls = queries.calls_of(row) if signed else []
    topics = queries.topics_of(actor, row)
    context = {
        **conference_line(row),
        "delay": delay_of(row),
        "mine": queries.own_calls(actor, row),
        "topics": [{"row": one, "label": rules.TOPIC_LABELS[rules.TopicState(one.state)]} for one in topics],
        "roll": queries.roll_of(calls),
        "calls": roll_lines(calls),
        "decisions": decision_lines(queries.outcomes(queries.decisions_of(actor, row), today)),
        "signed": signed,
        "own": units_of(actor),
        "may_table": "table" in queries.conference_moves(actor, row),
    }
    return render(request, "units/conferences/page.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Propose a topic; the desk puts it on the agenda or says why not."""
    actor, row = _find(request, conference_id)
    form = TopicForm(sent(request), initial={"once": f"{row.version}"})

    def act(given: dict[str, Any]) -> object:
        once = f"{row.pk}-{given['once']}-{given['title']}"
        said = {"title": given["title"], "words": given["words"]}
        return actions.table_topic(actor, conference_id=row.pk, **said, now=now(), once=once)

    back = reverse("units-conference", args=[row.pk])
    return fill_in(request, form, rules.CONFERENCE_MOVES["table"].label, back, act)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, decision_id: int) -> HttpResponse:
    """A decision that the actor's unit has in hand is done."""
    actor = actor_of(request)
    try:
        row = queries.get_decision(actor, decision_id)
    except Decision.DoesNotExist as error:
        raise Http404 from error
    if "finish" not in queries.decision_moves(actor, row):
        raise Http404
    return fill_in(
        request, DoneForm(sent(request)), rules.DECISION_MOVES["finish"].label, reverse("units-conferences"),
        lambda given: actions.finish_decision(actor, decision_id=row.pk, now=now(), **given), text=row.what,
    )  # fmt: skip


# Calls to act


def _call(request: HttpRequest, mobilisation_id: int, unit_id: int | None = None) -> tuple[Actor, Mobilisation]:
    actor = actor_of(request)
    try:
        row = queries.get_mobilisation(actor, mobilisation_id)
    except Mobilisation.DoesNotExist as error:
        raise Http404 from error
    if Part.MEMBER not in queries.mobilisation_standings(actor, row, unit_id):
        raise Http404
    return actor, row


@for_standing(*UNIT)
@require_safe
def show_mobilisation(request: HttpRequest, mobilisation_id: int) -> HttpResponse:
    """What is done when; the own rosters and who came."""
    actor, row = _call(request, mobilisation_id)
    moves = queries.mobilisation_moves(actor, row)
    context = {
        "row": row,
        "label": rules.MOBILISATION_LABELS[MobilisationState(row.state)],
        "rosters": [one for one in queries.rosters_of(actor, row) if one.mobilised.unit_id in units_of(actor)],
        "begun": row.starts_at <= now(),
        "may_answer": "answer" in moves,
        "may_mark": "mark" in moves and row.starts_at <= now(),
    }
    return render(request, "units/conferences/mobilisation.html", context)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, mobilisation_id: int, unit_id: int) -> HttpResponse:
    """Send the roster."""
    actor, row = _call(request, mobilisation_id, unit_id)
    return fill_in(
        request, RosterForm(sent(request)), rules.MOBILISATION_MOVES["answer"].label,
        reverse("units-mobilisation", args=[row.pk]),
        lambda given: actions.answer_mobilisation(actor, mobilisation_id=row.pk, unit_id=unit_id, now=now(), **given),
        text=row.title,
    )  # fmt: skip


@for_standing(*UNIT)
@require_http_methods(["POST"])
def mark(request: HttpRequest, mobilisation_id: int, unit_id: int) -> HttpResponse:
    """Who of the own people came."""
    actor, row = _call(request, mobilisation_id, unit_id)
    came = [int(one) for one in request.POST.getlist("came") if one.isascii() and one.isdigit() and len(one) < 18]
    return press(
        request, rules.MOBILISATION_MOVES["mark"].label, reverse("units-mobilisation", args=[row.pk]),
        lambda: actions.mark_turnout(actor, mobilisation_id=row.pk, unit_id=unit_id, came=came, now=now()),
    )  # fmt: skip
