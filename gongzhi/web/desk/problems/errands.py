"""What the desk does about a whistle or a referral of its problem: rate it, call it off, close it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.problems import actions, queries, rules
from gongzhi.problems.rows import Referral, Whistle
from gongzhi.shared.moves import Move, Refused, open_moves
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame


class WordsForm(forms.Form):
    """A few words, and a rating where one is asked for."""

    rating = forms.ChoiceField(
        label=_("这次报到怎么样"),
        choices=[(key, _(label)) for key, label in reversed(rules.WHISTLE_RATINGS.items())],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, verb: str, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        if verb != "rate":
            del self.fields["rating"]
        self.fields["words"].required = verb != "rate"


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def on_whistle(request: HttpRequest, whistle_id: int, verb: str) -> HttpResponse:
    """Rate a whistle or call it off."""
    if verb not in {"rate", "call_off"}:
        raise Http404
    actor = actor_of(request)
    row = _whistle(request, whistle_id)
    state = rules.WhistleState(row.state)
    open_now = open_moves(rules.WHISTLE_MOVES, state, queries.whistle_standings(actor, row))
    act = actions.rate_whistle if verb == "rate" else actions.call_off_whistle
    title = f"{gettext(rules.WHISTLE_MOVES[verb].label)} · {row.unit.name}"

    def perform(form: WordsForm) -> None:
        act(actor, whistle_id=whistle_id, now=now(), **form.cleaned_data)

    return _answer(request, verb, row.problem_id, open_now, title, perform)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def close_referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """End a referral."""
    actor = actor_of(request)
    row = _referral(request, referral_id)
    state = rules.ReferralState(row.state)
    open_now = open_moves(rules.REFERRAL_MOVES, state, queries.referral_standings(actor, row))

    def perform(form: WordsForm) -> None:
        actions.close_referral(actor, referral_id=referral_id, now=now(), **form.cleaned_data)

    title = f"{gettext(rules.REFERRAL_MOVES['close'].label)} · {row.unit.name}"
    return _answer(request, "close", row.problem_id, open_now, title, perform)


def _answer(
    request: HttpRequest,
    verb: str,
    problem_id: int,
    open_now: dict[str, Move],
    title: str,
    perform: Callable[[WordsForm], None],
) -> HttpResponse:
    back = f"/desk/problems/{problem_id}"
    if verb not in open_now and request.method != "POST":
        messages.warning(request, gettext("刚才有人办过这件事，请看过新情况再办。"))
        return HttpResponseRedirect(back)
    form = WordsForm(verb, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            perform(form)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已记下：%(label)s。") % {"label": title})
            return HttpResponseRedirect(back)
    context = {"layout": "desk/layout.html", "title": title, "form": form, "back": back, "action": title}
    return render(request, "parts/confirm.html", context, status=422 if form.errors else 200)


def _whistle(request: HttpRequest, whistle_id: int) -> Whistle:
    rows = queries.visible_whistles(actor_of(request)).filter(pk=whistle_id).select_related("problem", "unit")
    row = rows.first()
    if row is None:
        raise Http404
    return row


def _referral(request: HttpRequest, referral_id: int) -> Referral:
    rows = queries.visible_referrals(actor_of(request)).filter(pk=referral_id).select_related("problem", "unit")
    row = rows.first()
    if row is None:
        raise Http404
    return row


@for_standing(*DESK)
@require_safe
def show_whistle(request: HttpRequest, whistle_id: int) -> HttpResponse:
    """From a notice about a whistle to its problem."""
    return HttpResponseRedirect(f"/desk/problems/{_whistle(request, whistle_id).problem_id}#whistles")


@for_standing(*DESK)
@require_safe
def show_referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """From a notice about a referral to its problem."""
    return HttpResponseRedirect(f"/desk/problems/{_referral(request, referral_id).problem_id}#whistles")
