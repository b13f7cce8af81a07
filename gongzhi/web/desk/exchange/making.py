"""Making a move on a need, an offer, a match, a pledge, an introduction or a task: one view for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from gongzhi.demands.masking import mask
from gongzhi.exchange import actions, queries, round_rules, rules, talk_rules
from gongzhi.exchange.quantities import shown
from gongzhi.exchange.rows import BalanceTask, Introduction
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Move, Refused, Table, open_moves
from gongzhi.web.casework.making import OVER, WRITTEN, leave
from gongzhi.web.casework.tabled import TabledForm
from gongzhi.web.desk.exchange import fields
from gongzhi.web.desk.exchange.phoned import effect_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame, in_words


@dataclass(frozen=True)
class Doing:
    """One kind of thing on whose page moves are made: where it lies, how it is found, which action each verb is."""

    folder: str
    # What the actions call its number.
    key: str
    table: Table
    find: Callable[[Actor, int], Any]
    moves: Callable[[Actor, Any], Mapping[str, Move]]
    deeds: Mapping[str, Callable[..., object]]
    called: Callable[[Any], str]
    # Whether its actions refuse what was decided on an older picture of it.
    guarded: bool = True

    def address(self, pk: int) -> str:
        """Its own page."""
        return f"/desk/exchange/{self.folder}/{pk}"

    def open(self, actor: Actor, thing: Any) -> dict[str, str]:
        """The moves open to this person on its page: verb to label, in the table's order."""
        return {verb: gettext(row.label) for verb, row in self.moves(actor, thing).items() if verb in self.deeds}


class DoingForm(TabledForm):
    """The form of one verb; `arguments()` gives what the action takes beyond actor, number, time and version."""

    def __init__(
        self,
        doing: Doing,
        verb: str,
        actor: Actor,
        thing: Any,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        seen = {"seen": getattr(thing, "version", None)}
        super().__init__(data, initial=seen | dict(initial or {}), auto_id=f"id_{doing.folder}{thing.pk}_{verb}_%s")
        self.doing, self.verb, self.actor, self.thing = doing, verb, actor, thing
        needs = doing.table[verb].needs | fields.BESIDES.get((doing.folder, verb), frozenset())
        also = fields.ALSO.get((doing.folder, verb), ())
        makers = fields.MAKERS
        names = [name for name in makers if name in needs or name in also]
        heading = f"{gettext(doing.table[verb].label)} · {mask(doing.called(thing))}"
        effect = effect_of(actor, verb, thing) or fields.EFFECTS.get((doing.folder, verb), "")
        self.furnish(names, needs, makers, labels=fields.LABELS, hints=fields.HINTS, heading=heading, effect=effect)

    def arguments(self) -> dict[str, Any]:
        """What the action takes, by its own names."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"seen", "place"}}
        return {fields.NAMES.get(name, name): value for name, value in given.items()}


def _introduction(actor: Actor, pk: int) -> Introduction:
    rows = queries.visible_introductions(actor).select_related("unit", "to_community", "own_place")
    return rows.get(pk=pk)


def _task(actor: Actor, pk: int) -> BalanceTask:
    return queries.visible_tasks(actor).select_related("unit", *queries.MEMBER, "place").get(pk=pk)


def introduction_moves(actor: Actor, row: Introduction) -> dict[str, Move]:
    """The moves that the actor may make on an introduction now."""
    state = rules.IntroductionState(row.state)
    return open_moves(rules.INTRODUCTION_MOVES, state, queries.introduction_standings(actor, row))


def task_moves(actor: Actor, row: BalanceTask) -> dict[str, Move]:
    """The moves that the actor may make on a task now."""
    return open_moves(rules.TASK_MOVES, rules.TaskState(row.state), queries.task_standings(actor, row))


NEEDS = Doing(
    "needs",
    "need_id",
    rules.NEED_MOVES,
    queries.get_need,
    queries.need_moves,
    {
        "verify": actions.verify_need,
        "withdraw": actions.withdraw_need,
        "meet": actions.meet_need,
        "restate": actions.restate_need,
        "unlock": actions.link_unlock,
    },
    lambda row: row.title,
)
MATCHES = Doing(
    "matches",
    "match_id",
    rules.MATCH_MOVES,
    queries.get_match,
    queries.match_moves,
    {
        "offer": actions.offer_match,
        "pass": actions.pass_match,
        "give": partial(actions.accept_match, side=Side.GIVER),
        "take": partial(actions.accept_match, side=Side.RECEIVER),
        "decline": actions.decline_match,
    },
    lambda row: f"{row.offer.title} {shown(row.quantity)} {row.offer.measure}",
)
OFFERS = Doing(
    "offers",
    "offer_id",
    rules.OFFER_MOVES,
    queries.get_offer,
    queries.offer_moves,
    {"pause": actions.pause_offer, "resume": actions.resume_offer, "end": actions.end_offer},
    lambda row: row.title,
)
PLEDGES = Doing(
    "pledges",
    "pledge_id",
    rules.PLEDGE_MOVES,
    queries.get_pledge,
    queries.pledge_moves,
    {
        "deliver": actions.deliver,
        "correct": actions.correct_delivery,
        "confirm": actions.confirm_delivery,
        "dispute": actions.dispute_delivery,
        "close": actions.close_pledge,
        "put_off": actions.put_off,
        "agree_day": actions.agree_day,
        "keep_day": actions.keep_day,
    },
    lambda row: row.what,
)
INTRODUCTIONS = Doing(
    "introductions",
    "introduction_id",
    rules.INTRODUCTION_MOVES,
    _introduction,
    introduction_moves,
    {"talk": actions.note_talk, "agree": actions.agree_introduction, "refuse": actions.refuse_introduction},
    lambda row: row.unit.name,
    guarded=False,
)
TASKS = Doing(
    "tasks",
    "task_id",
    rules.TASK_MOVES,
    _task,
    task_moves,
    {"do": actions.answer_quiet},
    lambda row: queries.name_of(row.unit, None, row.member),
    guarded=False,
)
OUTREACHES = Doing(
    "outreaches",
    "outreach_id",
    talk_rules.OUTREACH_MOVES,
    queries.get_outreach,
    queries.outreach_moves,
    {
        "agree": actions.agree_outreach,
        "object": actions.object_to_outreach,
        **{verb: partial(actions.answer_outreach, verb=verb) for verb in ("accept", "ask", "decline")},
        "report": actions.report_outreach,
        "confirm": actions.confirm_outreach,
        "dispute": actions.dispute_outreach,
        "renew": actions.renew_outreach,
        "withdraw": actions.withdraw_outreach,
    },
    lambda row: row.party,
)
ROUNDS = Doing(
    "rounds",
    "round_id",
    round_rules.ROUND_MOVES,
    queries.get_round,
    queries.round_moves,
    {"postpone": actions.postpone_round, "close": actions.close_round},
    lambda row: row.name,
)
# Actions that are told of a delivery and find its pledge themselves, and those that take no version.
OF_DELIVERY = frozenset({"correct", "confirm", "dispute"})
UNSEEN = frozenset({("needs", "unlock"), ("pledges", "confirm"), ("pledges", "dispute")})


def found(doing: Doing, actor: Actor, pk: int) -> Any:
    """The thing for whoever may see it; absent and not yours are the same 404."""
    try:
        return doing.find(actor, pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def _respond(request: HttpRequest, doing: Doing, pk: int, verb: str) -> HttpResponse:
    """Show the form of one move, or make it: then back to where it was made, or the form again with what is wrong."""
    if verb not in doing.deeds:
        raise Http404
    actor = actor_of(request)
    thing = found(doing, actor, pk)
    opened = doing.open(actor, thing)
    if request.method != "POST":
        if verb not in opened:
            return over(request, doing, pk, verb)
        asked = request.GET.get("pick", "")
        return _panel(
            request,
            DoingForm(doing, verb, actor, thing, initial=dict.fromkeys(("delivery", "use"), asked) if asked else {}),
        )
    form = DoingForm(doing, verb, actor, thing, request.POST)
    valid = form.is_valid()
    if not valid and verb in opened:
        return _panel(request, form, status=422)
    try:
        if not valid:
            raise Refused(OVER, label=doing.table[verb].label)
        _perform(form)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        return _refused(request, form, refusal)
    messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(doing.table[verb].label)})
    return leave(request, _back(request, doing, thing))


def _perform(form: DoingForm) -> None:
    doing, verb, given = form.doing, form.verb, form.arguments()
    if not (doing.folder == "pledges" and verb in OF_DELIVERY):
        given[doing.key] = form.thing.pk
    if doing.guarded and (doing.folder, verb) not in UNSEEN:
        given["seen"] = form.cleaned_data.get("seen")
    doing.deeds[verb](form.actor, now=now(), **given)


def _back(request: HttpRequest, doing: Doing, thing: Any) -> str:
    """Where the move was made: the table, the need, the list, or the thing's own page."""
    need_id = thing.pk if doing is NEEDS else getattr(thing, "need_id", None)
    asked = request.POST.get("back", "")
    if need_id and asked == "table":
        return f"/desk/exchange/#need-{need_id}"
    if need_id and asked == "need":
        return NEEDS.address(need_id)
    return doing.address(thing.pk)


def over(request: HttpRequest, doing: Doing, pk: int, verb: str) -> HttpResponse:
    """To the page of the thing, which has moved on, and the words for it."""
    messages.warning(request, gettext(OVER) % {"label": gettext(doing.table[verb].label)})
    return leave(request, doing.address(pk))


def _refused(request: HttpRequest, form: DoingForm, refusal: Refused) -> HttpResponse:
    """The form with the reason and all that was typed; where the move is over, the page as it stands, and the words."""
    doing = form.doing
    thing = found(doing, form.actor, form.thing.pk)
    if form.verb in doing.open(form.actor, thing):
        data = request.POST.copy()
        data["seen"] = str(getattr(thing, "version", ""))
        again = DoingForm(doing, form.verb, form.actor, thing, data)
        again.is_valid()
        blame(again, refusal)
        return _panel(request, again, status=422)
    messages.error(request, in_words(refusal))
    if typed := next((text for name in WRITTEN if (text := str(form.data.get(name, "")).strip())), ""):
        messages.warning(request, gettext("您刚才写的：%(words)s") % {"words": typed})
    return leave(request, doing.address(thing.pk))


def _panel(request: HttpRequest, form: DoingForm, *, status: int = 200) -> HttpResponse:
    """The form alone, or a page around it."""
    doing, pk = form.doing, form.thing.pk
    context = {
        "form": form,
        "verb": form.verb,
        "number": mask(doing.called(form.thing)),
        "label": doing.table[form.verb].label,
        "thing": doing.address(pk),
        "layout": "desk/layout.html",
    }
    whole = "parts/demand/panel.html" if request.htmx else "parts/demand/move.html"  # type: ignore[attr-defined]
    return render(request, whole, context, status=status)


def door(doing: Doing) -> Callable[[HttpRequest, int, str], Any]:
    """The view of every move of one kind of thing."""

    @for_standing(*DESK)
    @require_http_methods(["GET", "HEAD", "POST"])
    def on_thing(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Show the form of one move, or make it."""
        return _respond(request, doing, pk, verb)

    return on_thing


on_need, on_match, on_offer = door(NEEDS), door(MATCHES), door(OFFERS)
on_pledge, on_introduction, on_task = door(PLEDGES), door(INTRODUCTIONS), door(TASKS)
on_outreach, on_round = door(OUTREACHES), door(ROUNDS)
