"""Stating and changing what can be given: by the community itself, or by a member of its place that telephones."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Offer
from gongzhi.exchange.rules import Asker
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_home
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.web.casework import choices
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.stating import ANYWHERE, METRES, OfferFields, as_it_is, stay_where_it_is
from gongzhi.web.desk.exchange.making import OFFERS, found, over
from gongzhi.web.desk.exchange.whose import OnBehalf, at_work, key_of, new_key, seen_in
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

GIVING = {PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT}
WHOSE = (Asker.COMMUNITY, Asker.UNIT, Asker.MEMBER)
FORM = "desk/exchange/write.html"


class OfferForm(OfferFields, OnBehalf):
    """What can be given and where it is; `offer` is the one that is changed."""

    def __init__(self, actor: Actor, data: Any, offer: Offer | None = None) -> None:
        super().__init__(data, initial=new_key() | (_first(offer) if offer else {}))
        self.offer = offer
        self.place_asked(actor, _("在哪里"), _("不填就按提供方所在的地方。小区、楼栋或社区，写字或拼音首字母都行。"))
        self.fields["title"].label = _("能提供什么")
        self.fields["title"].help_text = _("如电工上门、会议室。")
        if offer:
            self.whose_known()
        else:
            self.whose_asked(actor, WHOSE, GIVING)
            self.fields["whose"].label = _("替谁登记")
            self.fields["unit"].help_text = _("单位打电话来时填。写名称的一部分，从列出的名称里选。")
        self._reaches(actor)

    def _reaches(self, actor: Actor) -> None:
        """Anywhere, so many metres, one of the actor's places, or the place that it reaches now."""
        scope = choices.scope_of(actor)
        near = [one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in GIVING]
        kept = self.offer.reach_place if self.offer and self.offer.reach_place else None
        self.reached: dict[str, Place] = {str(one.pk): one for one in [*near, *([kept] if kept else [])]}
        reach: Any = self.fields["reach"]
        places = [(pk, one.name) for pk, one in self.reached.items()]
        reach.choices = [(ANYWHERE, _("哪里都可以")), (METRES, _("只在附近")), *places]

    def details(self, place: Place | None) -> actions.OfferDetails:
        """What the action takes, where it is at this place."""
        kept = stay_where_it_is(self.offer, place) if self.offer else {}
        return self.offer_details(place=place, reach_place=self.reached.get(self.cleaned_data["reach"]), **kept)


def _home(unit: MemberUnit | None = None, member: Membership | None = None, place: Place | None = None) -> Place | None:
    """Where the giver belongs."""
    if member:
        return member_home(member)
    return neighbourhood.home_of(unit, on=now().date()) if unit else place


def _first(offer: Offer) -> dict[str, Any]:
    reach = METRES if offer.reach_metres else str(offer.reach_place_id or ANYWHERE)
    where = {"place": offer.place_id, "place_typed": offer.place.full_name} if offer.place else {}
    return as_it_is(offer) | {"reach": reach} | where


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def state_offer(request: HttpRequest) -> HttpResponse:
    """Put an offer on the list."""
    actor = at_work(request)
    form = OfferForm(actor, sent(request))

    def act(given: dict[str, Any]) -> Offer:
        side = form.side()
        details = form.details(given["place"] or _home(**side))
        return actions.state_offer(actor, details=details, now=now(), once=key_of(form), **side).offer

    return fill_in(
        request, form, gettext("登记资源"), reverse("desk-offers"), act, template=FORM,
        onto=lambda offer: OFFERS.address(offer.pk),
        lead=gettext("单位、个人成员打电话来说能给什么，或者社区自己能给什么，写在这里。有合适的需求，再去征求双方意见。"),
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """The form with what stands there now, and the change that it makes."""
    actor = actor_of(request)
    offer: Offer = found(OFFERS, actor, offer_id)
    if "change" not in queries.offer_moves(actor, offer):
        return over(request, OFFERS, offer.pk, "change")
    form = OfferForm(actor, sent(request), offer)

    def act(given: dict[str, Any]) -> object:
        details = form.details(given["place"])
        return actions.change_offer(actor, offer_id=offer.pk, details=details, now=now(), seen=seen_in(request))

    back = OFFERS.address(offer.pk)
    return fill_in(request, form, rules.OFFER_MOVES["change"].label, back, act, template=FORM, seen=offer.version)
