"""A member in their own right at the desk: what they gave and got, and the link of whoever cannot log in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongzhi.exchange import actions, queries
from gongzhi.exchange.rules import TaskState
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.rows import Membership
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.balanced import account_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import in_words


def _show(request: HttpRequest, member: Membership, link: str = "") -> HttpResponse:
    actor = actor_of(request)
    context = {
        "member": member,
        "name": member_name(member),
        # By name only for whom the directory tells it.
        "person": queries.visible_heads(actor, on=now().date()).filter(pk=member.pk).exists() and member.person,
        "silent": bool(queries.without_login([member])),
        "may_speak": member.left_on is None and queries.may_speak_for(actor, member),
        "link": link,
        "days": queries.settings()["member_link_days"],
        "account": account_of(actor, ("member", member.pk), now().date()),
        "task": queries.visible_tasks(actor).filter(member=member, state=TaskState.RAISED.value).first(),
        "tab": "directory",
    }
    answer = render(request, "desk/exchange/member.html", context)
    if link:
        answer["Cache-Control"] = "no-store"
    return answer


def _found(request: HttpRequest, member_id: int) -> Membership:
    try:
        return queries.seen_member(actor_of(request), member_id)
    except Membership.DoesNotExist as error:
        raise Http404 from error


@for_standing(*DESK)
@require_safe
def show_member(request: HttpRequest, member_id: int) -> HttpResponse:
    """Head of what, of which network, both columns, and how they answer."""
    return _show(request, _found(request, member_id))


@for_standing(*DESK)
@require_POST
def take_link(request: HttpRequest, member_id: int) -> HttpResponse:
    """The link, to be handed on to its owner; or a new one in its place. Shown once, on the answer to this press."""
    member = _found(request, member_id)
    try:
        link = actions.hand_out_link(
            actor_of(request), member_id=member_id, now=now(), renew=request.POST.get("renew") == "1"
        )
    except Membership.DoesNotExist as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(reverse("desk-member", args=[member_id]))
    return _show(request, member, link)


@for_standing(*DESK)
@require_safe
def show_names(request: HttpRequest) -> HttpResponse:
    """The members in their own right whom the actor may look up, as the options of a field."""
    rows = queries.visible_heads(actor_of(request), on=now().date())
    names = sorted({queries.in_full(one) for one in rows})
    return render(request, "desk/exchange/parts/member_names.html", {"names": names})
