"""/d/<signed>: one demand for whoever holds its link; each button is one form and one action."""

from collections.abc import Callable, Container
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.rules import STRANGER, Actor
from gongzhi.problems.neighbours import together_with
from gongzhi.shared.moves import Refused
from gongzhi.web.photos import photo_answer
from gongzhi.web.public.explained import answer_clock, first_due, photos_apart, timeline
from gongzhi.web.public.forms import AddForm, RateForm, ReasonForm, ReplyForm
from gongzhi.web.words import blame, in_words

FORMS: dict[str, type[forms.Form]] = {
    "reply": ReplyForm,
    "add": AddForm,
    "rate": RateForm,
    "reopen": ReasonForm,
}
# Which moves of the table each form stands for: it is shown while one of them is open.
MOVES = {
    "reply": {"reply_to_question"},
    "add": {"add", "attach"},
    "rate": {"rate"},
    "reopen": {"reopen"},
}
# The field of each form that holds what somebody took the time to write.
TYPED = {"reply": "words", "add": "words", "rate": "words", "reopen": "reason"}
View = Callable[..., HttpResponse]


def holder(token: str) -> Actor:
    """Whoever holds the link: nobody by name, let through to this one demand."""
    return Actor(label=STRANGER.label, link=actions.read_link(token))


def by_link(view: View) -> View:
    """Read the signed link and the demand; an expired or forged one gets a page that says what to do."""

    def guarded(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
        try:
            actor = holder(token)
            demand = queries.get_demand(actor, actor.link or 0)
        except signing.SignatureExpired:
            return render(request, "public/link_gone.html", {"expired": True}, status=410)
        except (signing.BadSignature, ValueError, queries.ABSENT):
            return render(request, "public/link_gone.html", {"expired": False}, status=404)
        answer = view(request, token, actor, demand, **more)
        # The address is the key: no cache keeps the page. Other sites are not told of it by the policy of every page
        # (same-origin); no-referrer would take the Origin from our own forms, which Django then refuses.
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return guarded


@by_link
def show_demand(request: HttpRequest, token: str, actor: Actor, demand: Any) -> HttpResponse:
    """The whole story in plain words, and what can be done now."""
    return show(request, token, actor, demand)


def show(
    request: HttpRequest,
    token: str,
    actor: Actor,
    demand: Any,
    *,
    wrong: tuple[str, forms.Form] | None = None,
    typed: str = "",
) -> HttpResponse:
    """The page; `wrong` is a form sent with faults, shown again in its place, `typed` words that came too late."""
    story = queries.story_of(demand)
    open_moves = queries.moves_open_to(actor, demand)
    shown = shown_forms(open_moves, typed)
    if wrong:
        shown[wrong[0]] = wrong[1]
    question = next((pause.question for pause in story.pauses if pause.ended_at is None), "")
    photos = {photo.name: photo_of(token, photo.name) for photo in story.photos}
    first_said, later = photos_apart(story)
    context = {
        "token": token,
        "demand": demand,
        **_standing(demand),
        "events": timeline(story, {at: [photos[name] for name in names] for at, names in later.items()}),
        "photos": [photos[name] for name in first_said],
        "clock": answer_clock(story.clocks),
        "first": first_due(story.clocks),
        "answer": story.answers[-1] if story.answers else None,
        "rating": story.ratings[-1] if story.ratings else None,
        "question": question,
        "forms": shown,
        "can_withdraw": "withdraw" in open_moves,
        "claimable": demand.account_id is None,
        "mine": request.user.is_authenticated and demand.account_id == request.user.pk,
        "wrong": wrong[1] if wrong else None,
        "photos_lost": bool(wrong or typed) and bool(request.FILES),
        "typed": typed,
        "typed_in": next((name for name in ("reply", "add") if typed and name in shown), ""),
    }
    return render(request, "public/demand.html", context, status=422 if wrong or typed else 200)


def _standing(demand: Any) -> dict[str, Any]:
    state = State(demand.state)
    return {
        "number": rules.number(demand.pk),
        "together": together_with(demand.pk),
        "label": rules.STATE_LABELS[state],
        "open": state in rules.UNANSWERED,
        "waiting": state is State.WAITING,
        "now": timezone.localtime(),
        "still": state in {State.WAITING, State.ON_REGISTER},
    }


def shown_forms(open_moves: Container[str], typed: str = "") -> dict[str, forms.Form]:
    """The forms of what can be done now; words that came too late stand where words can still be said."""
    shown = {name: FORMS[name]() for name, verbs in MOVES.items() if any(verb in open_moves for verb in verbs)}
    # While a question is open, its reply is the place for words and photos alike.
    if "reply" in shown:
        shown.pop("add", None)
    if place := next((name for name in ("reply", "add") if name in shown), ""):
        shown[place].initial = {"words": typed}
    return shown


def photo_of(token: str, name: str) -> dict[str, str]:
    """Addresses of a photo under the link."""
    url = reverse("follow-photo", kwargs={"token": token, "name": name})
    return {"url": url, "thumbnail": f"{url}?small"}


@require_POST
@by_link
def send(request: HttpRequest, token: str, actor: Actor, demand: Any, step: str) -> HttpResponse:
    """Take one of the page's forms: one action, then the page again.

    What came too late is answered with the page as it stands now, and the words with it: nobody types them twice.
    """
    form = FORMS[step](request.POST, request.FILES)
    if form.is_valid():
        try:
            said = ACT[step](actor, demand.pk, form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("follow", args=[token]))
    # Read again: somebody may have been quicker.
    demand = queries.get_demand(actor, demand.pk)
    if MOVES[step].isdisjoint(queries.moves_open_to(actor, demand)) or _too_late(step, form, demand):
        messages.warning(request, _("这一步已经办过了，请看下面的最新情况。"))
        if typed := str(form.data.get(form.add_prefix(TYPED[step]), "")).strip():
            return show(request, token, actor, demand, typed=typed)
        return HttpResponseRedirect(reverse("follow", args=[token]))
    return show(request, token, actor, demand, wrong=(step, form))


def _too_late(step: str, form: forms.Form, demand: Any) -> bool:
    """Whether a question was asked while the resident wrote: then the words belong below the question."""
    return step == "add" and demand.state == State.WAITING and bool(form.data.get(form.add_prefix("words"), "").strip())


def reply(actor: Actor, demand_id: int, values: dict[str, Any]) -> str:
    """Answer the desk's question."""
    actions.reply_to_question(
        actor, demand_id=demand_id, words=values["words"], photos=values["photos"], now=timezone.localtime()
    )
    return _("您的补充已收到，继续办理。")


def rate(actor: Actor, demand_id: int, values: dict[str, Any]) -> str:
    """Rate the answer."""
    demand = actions.rate_demand(
        actor,
        demand_id=demand_id,
        solved=values["solved"] == "yes",
        satisfied=values["satisfied"] == "yes",
        reasons=values["reasons"],
        words=values["words"],
        now=timezone.localtime(),
    )
    if demand.state == State.REOPENED:
        return _("评价已收到，这件事会重新办理。")
    return _("评价已收到，谢谢您。")


def reopen(actor: Actor, demand_id: int, values: dict[str, Any]) -> str:
    """Have it taken up again."""
    actions.reopen_demand(actor, demand_id=demand_id, reason=values["reason"], now=timezone.localtime())
    return _("这件事会重新办理。")


def add(actor: Actor, demand_id: int, values: dict[str, Any]) -> str:
    """Add words, photos or both."""
    words, photos = values.get("words", ""), values["photos"]
    if words:
        actions.add_words(actor, demand_id=demand_id, words=words, photos=photos, now=timezone.localtime())
        return _("您的补充已收到，办理的人会看到。")
    actions.attach_photos(actor, demand_id=demand_id, photos=photos, now=timezone.localtime())
    return _("照片已收到。")


ACT: dict[str, Callable[[Actor, int, dict[str, Any]], str]] = {
    "reply": reply,
    "add": add,
    "rate": rate,
    "reopen": reopen,
}


@by_link
def withdraw(request: HttpRequest, token: str, actor: Actor, demand: Any) -> HttpResponse:
    """Ask once more, then take the demand back."""
    back = reverse("follow", args=[token])
    if request.method == "POST":
        try:
            actions.withdraw_demand(actor, demand_id=demand.pk, now=timezone.localtime())
            messages.success(request, _("已撤回。"))
        except Refused as refusal:
            messages.error(request, in_words(refusal))
        return HttpResponseRedirect(back)
    context = {
        "layout": "public/layout.html",
        "title": _("撤回这件诉求？"),
        "text": _("撤回以后不再办理。以后还有需要，可以重新反映。"),
        "action": _("撤回"),
        "back": back,
        "danger": True,
    }
    return render(request, "parts/confirm.html", context)


@require_POST
@by_link
def claim(request: HttpRequest, token: str, actor: Actor, demand: Any) -> HttpResponse:
    """Put the demand into the account that is logged in."""
    back = reverse("follow", args=[token])
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('login')}?next={back}")
    try:
        actions.claim_demand(actor, demand_id=demand.pk, account=request.user, now=timezone.localtime())
        messages.success(request, _("已收进“我的诉求”。"))
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(back)


@by_link
def show_photo(request: HttpRequest, token: str, actor: Actor, demand: Any, name: str) -> HttpResponse:
    """A photo of the demand, for whoever holds its link."""
    return photo_answer(request, actor, name)
