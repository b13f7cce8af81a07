"""On whose behalf the desk writes: a place of its own, or a unit or a member in their own right that telephones."""

import secrets
from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rules import Asker
from gongzhi.neighbourhood.rows import Membership, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import PlaceForm, UnitField
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, now


def at_work(request: HttpRequest) -> Actor:
    """Who is asking, where they may write here at all. Raises PermissionDenied."""
    actor = actor_of(request)
    if not actor.holds(*WORKERS):
        raise PermissionDenied
    return actor


def key_of(form: forms.Form) -> str:
    """What one form is known by when it is sent twice."""
    return str(form.cleaned_data["once"] or form["once"].initial)


def seen_in(request: HttpRequest) -> int | None:
    """The version of what is changed that the page showed; a form that was refused shows the newest."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None


def new_key() -> dict[str, str]:
    """A key for a form that is yet to be sent."""
    return {"once": secrets.token_urlsafe(16)}


class MemberField(forms.CharField):
    """A member in their own right by name, by what they head, or by a part that only one has; whom the actor may look
    up. Names are fetched once it is entered."""

    actor: Actor

    def __init__(self, **kwargs: Any) -> None:
        names = {
            "list": "member-names",
            "autocomplete": "off",
            "hx-get": reverse_lazy("desk-member-names"),
            "hx-trigger": "focus once",
            "hx-target": "#member-names",
            "hx-swap": "innerHTML",
        }
        super().__init__(max_length=120, widget=forms.TextInput(attrs=names), **kwargs)

    def clean(self, value: Any) -> Membership | None:
        """The member meant. Raises ValidationError with the names that it could be."""
        words = super().clean(value)
        found = queries.heads_called(self.actor, words, on=now().date()) if words else []
        if not words or len(found) == 1:
            return found[0] if found else None
        if not found:
            raise ValidationError(_("没有找到这位个人成员，请从列出的名字里选。"))
        names = gettext("、").join(queries.in_full(one) for one in found[:5])
        raise ValidationError(_("有几位都像：%(names)s。请写全。"), params={"names": names})


class OnBehalf(PlaceForm):
    """Whose it is, and where it is; `whose` must be one of the askers that the form offers."""

    place_required = False
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    whose = forms.ChoiceField(label=_("替谁提"), initial=Asker.COMMUNITY.value, widget=forms.RadioSelect)
    receiver = forms.TypedChoiceField(
        label=_("哪个社区、街道（镇）"), coerce=int, required=False, empty_value=None,
    )  # fmt: skip
    programme = forms.CharField(
        label=_("哪项工作"), max_length=120, required=False, help_text=_("只在替一项工作提时填，例如“百日绿化”。")
    )
    unit = UnitField(
        label=_("哪家单位"), required=False, help_text=_("只在替单位提时填。写名称的一部分，从列出的名称里选。")
    )
    member = MemberField(
        label=_("哪位个人成员"), required=False,
        help_text=_("只在替物业、业委会负责人这样的个人成员提时填。写姓名或负责什么，从列出的名字里选。"),
    )  # fmt: skip
    WHOSE = ("whose", "receiver", "programme", "unit", "member")

    @property
    def about(self) -> list[forms.BoundField]:
        """The fields that say whose it is."""
        return [self[name] for name in self.WHOSE if name in self.fields]

    def place_asked(self, actor: Actor, label: Any, hint: Any) -> None:
        """Add the fields for where it is."""
        self.actor = actor
        self.fields.update(self.place_fields(label))
        self.fields["place_typed"].help_text = hint

    def whose_asked(self, actor: Actor, askers: Iterable[Asker], kinds: Collection[PlaceKind]) -> None:
        """Ask on whose behalf: of these askers, at the actor's places of these kinds."""
        scope = choices.scope_of(actor)
        self.places: dict[int, Place] = {
            one.pk: one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in kinds
        }
        receiver: Any = self.fields["receiver"]
        receiver.choices = [(pk, one.name) for pk, one in self.places.items()]
        member: Any = self.fields["member"]
        member.actor = actor
        whose: Any = self.fields["whose"]
        whose.choices = [(one.value, _(rules.ASKER_LABELS[one])) for one in askers]
        if Asker.PROGRAMME not in askers:
            del self.fields["programme"]

    def whose_known(self) -> None:
        """Do not ask: it is known whose it is."""
        for name in self.WHOSE:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What must be said of whoever it is for."""
        data = super().clean() or {}
        if data.get("whose") == Asker.UNIT and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", gettext("请写明是哪家单位。"))
        if data.get("whose") == Asker.MEMBER and not data.get("member") and "member" not in self.errors:
            self.add_error("member", gettext("请写明是哪位个人成员。"))
        if data.get("whose") == Asker.PROGRAMME and not (data.get("programme") or "").strip():
            self.add_error("programme", gettext("请写明是哪项工作。"))
        return data

    def side(self) -> dict[str, Any]:
        """The unit, the member, or the place with its programme, by the actions' own names."""
        data = self.cleaned_data
        if data["whose"] in (Asker.UNIT, Asker.MEMBER):
            return {data["whose"]: data[data["whose"]]}
        found: dict[str, Any] = {"place": self.places.get(data["receiver"])}
        return found | ({"programme": data["programme"]} if data["whose"] == Asker.PROGRAMME else {})
