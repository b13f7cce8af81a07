"""自动找资源: the engine puts what fits best beside the needs of the actor's communities; nobody is asked by that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from gongzhi.agreements import queries as agreements
from gongzhi.exchange import actions
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, for_standing, now
from gongzhi.web.words import in_words


def communities_of(actor: Actor) -> list[int]:
    """The communities whose desk the actor sits at, or which they lead."""
    return sorted(
        {
            office.place_id
            for office in actor.offices
            if office.place_id and office.place_kind is PlaceKind.COMMUNITY and office.standing in WORKERS
        }
    )


@for_standing(*WORKERS)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Match the needs of each of the actor's communities anew."""
    actor, found = actor_of(request), 0
    agreed = agreements.units_with_agreement(now().date())
    try:
        for pk in communities_of(actor):
            place = neighbourhood.current_place(pk)
            if place:
                found += len(actions.propose_matches(actor, community=place, now=now(), agreed=agreed).matches)
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        words = ngettext(
            "系统在需求旁边放了 %(n)d 条建议，请看过再征求双方意见。", "系统在需求旁边放了 %(n)d 条建议，请看过再征求双方意见。", found
        )  # fmt: skip
        none = gettext("没有找到可以建议的：需求要先核实，资源要合适而且还有余量。")
        messages.success(request, words % {"n": found}) if found else messages.info(request, none)
    return HttpResponseRedirect(reverse("desk-exchange"))
