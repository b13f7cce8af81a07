"""/m/<signed>: what a member in their own right is asked, promised and gets, for whoever holds their link; without a login.

Looking changes nothing; every press is one action, then the page again.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Pledge
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import talks
from gongzhi.web.casework.answers import DeclineForm, WordsForm
from gongzhi.web.casework.balanced import account_of
from gongzhi.web.casework.directory import contact_page
from gongzhi.web.casework.making import OVER
from gongzhi.web.casework.promised import ACCEPTING, asks_of, delivering, parts_of, pledge_line, pledges_of
from gongzhi.web.public import keyed
from gongzhi.web.words import blame, in_words

# So many threads the page lists, the newest first.
TALKS = 20
LAYOUT = "public/layout.html"
# A form that was sent with faults, by its step and the number that it is about.
Wrong = tuple[str, int, forms.Form]
_LABELS = {verb: rules.MATCH_MOVES[verb].label for verb in ("give", "take", "decline")} | {
    verb: rules.PLEDGE_MOVES[verb].label for verb in ("deliver", "confirm", "dispute")
}
PRESSED = frozenset({"give", "take", "confirm"})


by_link = keyed.opened_by(actions.read_member_link, actions.holder, "member")


@require_safe
@by_link
def show_member(request: HttpRequest, token: str, actor: Actor, member: Membership) -> HttpResponse:
    """What waits for an answer, what was promised and what comes."""
    return _show(request, token, actor, member)


def _show(
    request: HttpRequest, token: str, actor: Actor, member: Membership, wrong: Wrong | None = None
) -> HttpResponse:
    asks = asks_of(actor)
    running, ended = pledges_of(actor)
    context = {
        "token": token,
        "name": member_name(member),
        "person": member.person,
        "asks": [one | {"decline": _form("decline", one["pk"], wrong)} for one in asks if one["accept"]],
        "answered": [one for one in asks if not one["accept"]],
        "given": [_furnished(actor, one, wrong) for one in running if one["giving"]],
        "got": [_furnished(actor, one, wrong) for one in running if not one["giving"]],
        "ended": ended,
        "talks": [
            talks.line_of(one, f"{own_page(token)}/talks", timezone.localtime())
            for one in queries.threads_of(actor)[:TALKS]
        ],
        "account": account_of(actor, ("member", member.pk), timezone.localdate()),
        "wrong": wrong[2] if wrong else None,
    }
    return render(request, "public/member.html", context, status=422 if wrong else 200)


def _form(step: str, pk: int, wrong: Wrong | None, data: Any = None) -> forms.Form:
    """A form of the page by its step and what it is about; the one that was sent with faults as it was sent."""
    if wrong is not None and wrong[:2] == (step, pk):
        return wrong[2]
    prefix = f"{step}{pk}"
    if step == "decline":
        return DeclineForm(data, prefix=prefix)
    return WordsForm(data, prefix=prefix, label=_("哪里不对"))


def _deliver_form(pledge: Pledge, line: dict[str, Any], wrong: Wrong | None, data: Any = None) -> forms.Form:
    if wrong is not None and wrong[:2] == ("deliver", pledge.pk):
        return wrong[2]
    return delivering(pledge, line, data, prefix=f"deliver{pledge.pk}")


def _furnished(actor: Actor, line: dict[str, Any], wrong: Wrong | None) -> dict[str, Any]:
    """A pledge with its parts and the forms that are open now."""
    pledge = queries.get_pledge(actor, line["pk"])
    moves = set(queries.pledge_moves(actor, pledge))
    parts = parts_of(queries.deliveries_of(actor, pledge.pk), pledge.measure, moves)
    return line | {
        "deliver": _deliver_form(pledge, line, wrong) if "deliver" in moves and line["left"] > 0 else None,
        "parts": [one | {"dispute": one["dispute"] and _form("dispute", one["pk"], wrong)} for one in parts],
        "match": pledge.match_id,
    }


def own_page(token: str) -> str:
    """The page that a link opens."""
    return reverse("member", args=[token])


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def show_talk(request: HttpRequest, token: str, actor: Actor, member: Membership, topic: str, pk: int) -> HttpResponse:
    """One thread that they take part in, or a message written to it."""
    back = own_page(token)
    if request.method == "POST" and not keyed.may_press("member", member.pk):
        messages.error(request, keyed.TOO_MANY)
        return HttpResponseRedirect(back)
    return talks.talk_page(request, topic, pk, layout=LAYOUT, actor=actor, back=back)


@require_POST
@by_link
def send(request: HttpRequest, token: str, actor: Actor, member: Membership, step: str, pk: int) -> HttpResponse:
    """Take one press or one form; what is not theirs is not there."""
    back = HttpResponseRedirect(own_page(token))
    if not keyed.may_press("member", member.pk):
        messages.error(request, keyed.TOO_MANY)
        return back
    if step not in {*_LABELS, "contacts"}:
        raise Http404
    form = None
    try:
        if step == "contacts":
            found = actions.see_other_side(actor, match_id=pk, now=timezone.localtime())
            return contact_page(request, found, back["Location"], gettext("回到我的页面"), LAYOUT)
        form = None if step in PRESSED else _sent(actor, step, pk, request.POST)
        if form is not None and not form.is_valid():
            if not _still_open(actor, step, pk):
                raise Refused(OVER, label=_LABELS[step])
            return _show(request, token, actor, member, (step, pk, form))
        _act(actor, step, pk, form.cleaned_data if form else {})
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        return _refused(request, token, actor, member, (step, pk, form), refusal)
    messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(_LABELS[step])})
    return back


def _refused(
    request: HttpRequest,
    token: str,
    actor: Actor,
    member: Membership,
    sent: tuple[str, int, forms.Form | None],
    refusal: Refused,
) -> HttpResponse:
    """The form with the reason and all that was typed; where its step is over by now, the page and what was typed."""
    step, pk, form = sent
    if form is not None and _still_open(actor, step, pk):
        blame(form, refusal)
        return _show(request, token, actor, member, (step, pk, form))
    messages.warning(request, in_words(refusal))
    if form is not None and (typed := str(form.data.get(form.add_prefix("words"), "")).strip()):
        messages.warning(request, gettext("您刚才写的：%(words)s") % {"words": typed})
    return HttpResponseRedirect(own_page(token))


def _still_open(actor: Actor, step: str, pk: int) -> bool:
    """Whether the page still has a form for this step."""
    if step == "decline":
        return any(one["pk"] == pk and one["accept"] for one in asks_of(actor))
    lines = [_furnished(actor, one, None) for one in pledges_of(actor)[0]]
    if step == "deliver":
        return any(one["pk"] == pk and one["deliver"] for one in lines)
    return any(part["pk"] == pk and part["dispute"] for one in lines for part in one["parts"])


def _sent(actor: Actor, step: str, pk: int, data: Any) -> forms.Form:
    if step == "decline":
        queries.get_match(actor, pk)
    if step != "deliver":
        return _form(step, pk, None, data)
    pledge = queries.get_pledge(actor, pk)
    line = pledge_line(actor, pledge, queries.tallies([pk])[pk])
    return _deliver_form(pledge, line, None, data)


def _act(actor: Actor, step: str, pk: int, given: dict[str, Any]) -> None:
    moment = timezone.localtime()
    if step in ACCEPTING:
        actions.accept_match(actor, match_id=pk, side=ACCEPTING[step], now=moment)
    elif step == "decline":
        actions.decline_match(actor, match_id=pk, now=moment, **given)
    elif step == "deliver":
        actions.deliver(actor, pledge_id=pk, now=moment, **given)
    elif step == "confirm":
        actions.confirm_delivery(actor, delivery_id=pk, now=moment)
    else:
        actions.dispute_delivery(actor, delivery_id=pk, words=given["words"], now=moment)
