"""自动找资源: the engine puts what fits best beside the needs of the actor's places and all below; nobody is asked by that."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from gongzhi.agreements import queries as agreements
from gongzhi.exchange import actions
from gongzhi.exchange.rows import Match
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, for_standing, now
from gongzhi.web.words import in_words

KINDS = {PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT}


def may_propose(actor: Actor) -> bool:
    """Whether the actor sits at a desk, or leads, where needs are matched."""
    return any(one.place_kind in KINDS and one.standing in WORKERS for one in actor.offices)


def _places_of(actor: Actor) -> list[Place]:
    """The places whose desk the actor sits at, or which they lead, but those that lie below another of them."""
    own = {
        one.place_id for one in actor.offices if one.place_kind in KINDS and one.standing in WORKERS and one.place_id
    }
    found = [place for pk in sorted(own) if (place := neighbourhood.current_place(pk))]
    return [one for one in found if not own & (set(neighbourhood.ladder(one)) - {one.pk})]


@for_standing(*WORKERS)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Match the needs of each of the actor's places, and of all below it, anew."""
    actor, moment = actor_of(request), now()
    agreed = agreements.units_with_agreement(moment.date())
    try:
        made = [actions.propose_or_leave(actor, place=one, now=moment, agreed=agreed) for one in _places_of(actor)]
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        if None in made:
            messages.info(request, gettext("需求多，要找一会儿。找好以后，通知里会告诉您。"))
        if at_once := [one for one in made if one]:
            _tell(request, [match for one in at_once for match in one.matches])
    return HttpResponseRedirect(reverse("desk-exchange"))


def _tell(request: HttpRequest, found: list[Match]) -> None:
    if not found:
        words = gettext("没有找到可以建议的：需求要先核实，资源要合适而且还有余量。")
        messages.info(request, words)
        return
    words = ngettext(
        "系统在需求旁边放了 %(n)d 条建议，请看过再征求双方意见。", "系统在需求旁边放了 %(n)d 条建议，请看过再征求双方意见。", len(found)
    )  # fmt: skip
    places = len({one.need.community_id for one in found} - {None})
    if places > 1:
        more = ngettext("分在 %(n)d 个社区，新的已告诉各社区。", "分在 %(n)d 个社区，新的已告诉各社区。", places)
        words += more % {"n": places}
    messages.success(request, words % {"n": len(found)})
