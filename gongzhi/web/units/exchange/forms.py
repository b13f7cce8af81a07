"""What a liaison writes: an offer, a need, a part corrected. What most leave alone stands under 更多."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.exchange.quantities import ZERO
from gongzhi.exchange.rows import Need, Offer
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.web.casework.answers import SeenForm, WordsForm, counted
from gongzhi.web.casework.stating import (
    ANYWHERE,
    METRES,
    NeedFields,
    OfferFields,
    QuantityField,
    as_it_is,
    day_box,
)

OWN, KEPT = "own", "kept"


class CorrectForm(WordsForm):
    """A part noted anew, and why; none of it may have come."""

    quantity = QuantityField(label=_("实际是多少"), least=ZERO, help_text=_("一点没给就写0。"))
    day = forms.DateField(label=_("哪一天"), widget=day_box())
    field_order = ("quantity", "day", "words")

    def __init__(self, *args: Any, measure: str, **more: Any) -> None:
        super().__init__(*args, label=_("为什么更正"), **more)
        self.fields["quantity"].label = counted(self.fields["quantity"].label, measure)


class RestateForm(SeenForm):
    """A need taken up again, with a new day."""

    deadline = forms.DateField(label=_("最晚哪天要"), widget=day_box())


class LaterForm(WordsForm):
    """Another day for a pledge, and why."""

    later_on = forms.DateField(label=_("改到哪天"), widget=day_box())
    field_order = ("later_on", "words")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, label=_("为什么要延期"), **more)


def _key(one: MemberUnit | Membership) -> str:
    return f"m{one.pk}" if isinstance(one, Membership) else str(one.pk)


def name_of(one: MemberUnit | Membership) -> str:
    """What a member is called."""
    return member_name(one) if isinstance(one, Membership) else one.name


class OwnForm(SeenForm):
    """Whose it is, where somebody speaks for several members; `once` is what one form is known by when it is sent twice."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    unit = forms.ChoiceField(label=_("哪家单位"), widget=forms.RadioSelect)

    def __init__(
        self, data: Any, members: Sequence[MemberUnit | Membership], thing: Offer | Need | None = None, **first: Any
    ) -> None:
        first |= as_it_is(thing) | {"seen": thing.version} if thing else {"once": secrets.token_urlsafe(16)}
        super().__init__(data, initial=first)
        self.members = {_key(one): one for one in members}
        # Only who speaks for several is asked for which.
        if len(members) > 1 and thing is None:
            named = [(key, name_of(one)) for key, one in self.members.items()]
            self.fields["unit"].choices = named  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]

    def whose(self) -> dict[str, Any]:
        """The unit or membership that was chosen, or the only one, as the actions take it."""
        chosen = self.cleaned_data.get("unit") or next(iter(self.members))
        one = self.members[chosen]
        return {"member" if isinstance(one, Membership) else "unit": one}

    def key(self) -> str:
        """What one form is known by when it is sent twice."""
        return self.cleaned_data["once"] or str(self["once"].initial)


class OfferForm(OwnForm, OfferFields):
    """What a unit can give. `offer` is the one that is changed; what this page does not ask stays as it is."""

    def __init__(
        self, data: Any, members: Sequence[MemberUnit | Membership], home: Place | None, offer: Offer | None = None
    ) -> None:
        self.offer, self.home = offer, home
        self.own = (home.community if home and home.community_id and home.kind != "community" else home) or None
        super().__init__(data, members, offer, reach=_reach_of(offer, self.own) if offer else ANYWHERE)
        self.fields["title"].label = _("能提供什么")
        self.fields["title"].help_text = _("如电工上门、会议室。")
        other = offer.reach_place if offer and offer.reach_place_id and offer.reach_place != self.own else None
        reach: Any = self.fields["reach"]
        reach.choices = [
            (ANYWHERE, _("哪里都可以")),
            *([(OWN, f"{self.own.name}")] if self.own else []),
            *([(KEPT, other.name)] if other else []),
            *([(METRES, _("只在附近"))] if home else []),
        ]

    def details(self) -> OfferDetails:
        """What the room is told."""
        offer = self.offer
        reach_place = {OWN: self.own, KEPT: offer.reach_place if offer else None}.get(self.cleaned_data["reach"])
        kept = {name: getattr(offer, name) for name in ("place", "lon", "lat")} if offer else {"place": self.home}
        return self.offer_details(reach_place=reach_place, **kept)


def _reach_of(offer: Offer, own: Place | None) -> str:
    if offer.reach_place_id:
        return OWN if offer.reach_place == own else KEPT
    return METRES if offer.reach_metres else ANYWHERE


class NeedForm(OwnForm, NeedFields):
    """What a unit needs. `need` is the one that is changed; what this page does not ask stays as it is."""

    def __init__(self, data: Any, members: Sequence[MemberUnit | Membership], need: Need | None = None) -> None:
        self.need = need
        super().__init__(data, members, need)
        if not any(isinstance(one, MemberUnit) for one in (*members, need and need.unit)):
            # Only a unit's own may be kept from the others.
            del self.fields["confidential"]
        self.fields["title"].label = _("需要什么")
        self.fields["title"].help_text = _("如十个临时车位、招工信息。")

    def details(self) -> NeedDetails:
        """What the room is told."""
        kept = {name: getattr(self.need, name) for name in ("place", "lon", "lat")} if self.need else {}
        return self.need_details(**kept)
