"""One conference: its notice, whom it calls, its agenda, what was decided; and the moves on it."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.conferences import actions, queries, rules
from gongzhi.conferences.rows import Conference, Decision, Topic
from gongzhi.conferences.rules import ConferenceState, TopicState
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.web.casework.asking import fill_in, press, sent
from gongzhi.web.casework.met import conference_line, decision_lines, delay_of, events, roll_lines
from gongzhi.web.desk.conferences import fields
from gongzhi.web.desk.conferences.listing import WRITE, address
from gongzhi.web.desk.exchange.whose import at_work, key_of, seen_in
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

# What is one press on the conference's page; what asks for something more; the rest has buttons of its own.
PRESSED = ("close", "sign")
ASKED = ("notify", "open", "move", "table", "invite", "cancel")


def find(request: HttpRequest, conference_id: int) -> tuple[Actor, Conference]:
    """The one who asks and the conference; absent and not theirs look the same."""
    actor = actor_of(request)
    try:
        return actor, queries.get_conference(actor, conference_id)
    except Conference.DoesNotExist as error:
        raise Http404 from error


@for_standing(*DESK)
@require_safe
def show_conference(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Everything about one conference."""
    actor, row = find(request, conference_id)
    today = now().date()
    calls, topics = queries.calls_of(row), queries.topics_of(actor, row)
    moves = queries.conference_moves(actor, row)
    decided = queries.outcomes(queries.decisions_of(actor, row), today)
    inside = queries.sees_inside(actor, row)
    context = {
        **conference_line(row),
        "delay": delay_of(row),
        "calls": roll_lines(calls),
        "roll": queries.roll_of(calls),
        "topics": topic_lines(actor, topics),
        "left_over": topic_lines(actor, list(queries.left_over(row))) if "agree_topic" in moves else [],
        "decisions": _opened(actor, decision_lines(decided), inside),
        "missing": sum(rules.incomplete(bool(one.owner), one.decision.due_on) for one in decided),
        "strandless": sum(rules.without_strand(one.decision.kind, one.decision.strands) for one in decided),
        "became": _opened(actor, decision_lines(queries.what_became(row, today)), inside),
        "inside": inside,
        "moves": moves,
        "asked": [(verb, moves[verb].label) for verb in ASKED if verb in moves],
        "pressed": [(verb, moves[verb].label) for verb in PRESSED if verb in moves],
        "live": row.state in {ConferenceState.IN_SESSION, ConferenceState.MINUTED},
        "held": row.began_at is not None,
        "events": events(actor, queries.conference_trail(actor, row.pk), rules.CONFERENCE_MOVES),
    }
    return render(request, "desk/conferences/page.html", context)


def _opened(actor: Actor, lines: list[dict[str, Any]], inside: bool) -> list[dict[str, Any]]:
    """With what may be done there, and whether what came of it may be opened: by the staff, else by its owner alone."""
    found = []
    for one in lines:
        owns = rules.Part.OWNER in queries.decision_standings(actor, one["row"])
        moves = queries.decision_moves(actor, one["row"])
        found.append(one | {"opens": inside or owns, "may_finish": "finish" in moves})
    return found


def topic_lines(actor: Actor, topics: list[Topic]) -> list[dict[str, Any]]:
    """The agenda with what each topic would unblock."""
    frees = queries.frees_of(actor, topics)
    return [
        {
            "row": one,
            "label": rules.TOPIC_LABELS[TopicState(one.state)],
            "waits": one.state == TopicState.TABLED,
            "agreed": one.state == TopicState.AGREED,
            "frees": frees.get(one.pk),
        }
        for one in topics
    ]


Act = Callable[..., object]
# The form of each verb, and the action that takes what it says.
FORMS: Mapping[str, tuple[Callable[[Actor, Conference, Any], forms.Form], Act]] = {
    "notify": (lambda _a, row, data: fields.WhenForm(data, initial=_when(row)), actions.notify_conference),
    "move": (lambda _a, row, data: fields.WhenForm(data, initial=_when(row)), actions.move_conference),
    "open": (lambda _a, row, data: fields.OpenForm(row, now().date(), data), actions.open_conference),
    "invite": (lambda _a, _row, data: fields.InviteForm(data), actions.invite_unit),
    "cancel": (lambda _a, _row, data: fields.WordsForm(data), actions.cancel_conference),
}
LEADS = {
    "notify": _("所有与会方的联络员会收到时间、地点和要带的东西。"),
    "move": _("大家会再收到一次通知；成员按新的日期算。"),
    "open": _("开会以后就可以点名、写决定。"),
}


def _when(row: Conference) -> dict[str, Any]:
    return {"starts_at": row.starts_at, "venue": row.venue, "bring": row.bring}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def on_conference(request: HttpRequest, conference_id: int, verb: str) -> HttpResponse:
    """Make a move on a conference: by one press, or by its form."""
    at_work(request)
    actor, row = find(request, conference_id)
    if verb in PRESSED:
        if request.method != "POST":
            return HttpResponseRedirect(address(row))
        act = actions.sign_minutes if verb == "sign" else actions.close_conference
        return press(
            request, rules.CONFERENCE_MOVES[verb].label, address(row),
            lambda: act(actor, conference_id=row.pk, now=now(), seen=seen_in(request)),
        )  # fmt: skip
    if verb not in FORMS or verb not in queries.conference_moves(actor, row):
        raise Http404
    make, deed = FORMS[verb]
    label = rules.CONFERENCE_MOVES[verb].label
    return fill_in(
        request, make(actor, row, sent(request)), label, address(row),
        lambda given: deed(actor, conference_id=row.pk, now=now(), **given), template=WRITE, lead=LEADS.get(verb, ""),
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Put a topic on the agenda: in words, out of a problem, out of a need that is free now."""
    at_work(request)
    actor, row = find(request, conference_id)
    needs = {one.pk: one.title for one in exchange.needs_put_forward(actor)[:50] if not one.confidential}
    form = fields.TopicForm(sent(request), needs, {"problem": request.GET.get("problem", "")[:20]})

    def act(given: dict[str, Any]) -> object:
        problem, need = given["problem"], given["need"]
        try:
            title = given["title"] or _title(actor, problem, need)
            return actions.table_topic(
                actor, conference_id=row.pk, title=title, words=given["words"], problem_id=problem, need_id=need,
                now=now(), once=key_of(form),
            )  # fmt: skip
        except problems.ABSENT as error:
            raise Http404 from error

    label = rules.CONFERENCE_MOVES["table"].label
    return fill_in(request, form, label, address(row), act, template=WRITE)


def _title(actor: Actor, problem: int | None, need: int | None) -> str:
    """What a topic is called after what it comes of; words that name somebody are put right by the desk."""
    if problem:
        return problems.get_problem(actor, problem).title[:120]
    return exchange.get_need(actor, need).title if need else ""


@for_standing(*DESK)
@require_POST
def agree(request: HttpRequest, conference_id: int, topic_id: int) -> HttpResponse:
    """Put a member's topic on the agenda."""
    at_work(request)
    actor, row = find(request, conference_id)
    return press(
        request, rules.CONFERENCE_MOVES["agree_topic"].label, address(row),
        lambda: actions.agree_topic(actor, conference_id=row.pk, topic_id=topic_id, now=now()),
    )  # fmt: skip


def _leave_out(verb: str, act: Act) -> Any:
    """The view of a move that takes a topic off the agenda, with the reason."""

    @for_standing(*DESK)
    @require_http_methods(["GET", "HEAD", "POST"])
    def leave_out(request: HttpRequest, conference_id: int, topic_id: int) -> HttpResponse:
        at_work(request)
        actor, row = find(request, conference_id)
        return fill_in(
            request, fields.WordsForm(sent(request)), rules.CONFERENCE_MOVES[verb].label, address(row),
            lambda given: act(actor, conference_id=row.pk, topic_id=topic_id, now=now(), **given), template=WRITE,
        )  # fmt: skip

    return leave_out


set_aside = _leave_out("set_aside", actions.set_aside_topic)
drop = _leave_out("drop_topic", actions.drop_topic)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_bring(request: HttpRequest, conference_id: int, call_id: int) -> HttpResponse:
    """What one member is asked to bring."""
    at_work(request)
    actor, row = find(request, conference_id)
    return fill_in(
        request, fields.WordsForm(sent(request), gettext("请这一方带上什么")), rules.CONFERENCE_MOVES["ask_to_bring"].label,
        address(row),
        lambda given: actions.ask_to_bring(actor, conference_id=row.pk, call_id=call_id, now=now(), **given),
        template=WRITE,
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def on_decision(request: HttpRequest, decision_id: int, verb: str) -> HttpResponse:
    """Change or strike a draft; note a decision as done, or as given up."""
    at_work(request)
    actor = actor_of(request)
    try:
        row = queries.get_decision(actor, decision_id)
    except Decision.DoesNotExist as error:
        raise Http404 from error
    if verb not in queries.decision_moves(actor, row) or verb == "bind":
        raise Http404
    at, label = row.conference, rules.DECISION_MOVES[verb].label
    back = address(at)
    if verb == "strike":
        if request.method != "POST":
            return HttpResponseRedirect(back)
        room = reverse("desk-conference-room", args=[at.pk])
        return press(request, label, room, lambda: actions.strike_decision(actor, decision_id=row.pk, now=now()))
    if verb == "change":
        form = fields.DecisionForm(actor, at, sent(request), initial=fields.as_it_is(row))
        seen = seen_in(request) or row.version
        return fill_in(
            request, form, label, reverse("desk-conference-room", args=[at.pk]),
            lambda _given: actions.change_decision(
                actor, decision_id=row.pk, decided=form.decided(), now=now(), seen=seen
            ),
            template=WRITE, seen=row.version,
        )  # fmt: skip
    make, act = (
        (fields.FinishForm, actions.finish_decision)
        if verb == "finish"
        else (fields.WordsForm, actions.give_up_decision)
    )
    return fill_in(
        request, make(sent(request)), label, back,
        lambda given: act(actor, decision_id=row.pk, now=now(), **given), template=WRITE, lead=row.what,
    )  # fmt: skip
