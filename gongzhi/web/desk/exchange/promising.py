"""Noting what was promised in a meeting: by a unit or another community, to a place of the desk's own."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.exchange import actions, rules
from gongzhi.exchange.rows import Pledge
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework import choices
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.fields import PlaceForm, UnitField
from gongzhi.web.casework.stating import MEASURES, QuantityField, day_box
from gongzhi.web.desk.exchange.making import PLEDGES
from gongzhi.web.desk.exchange.stating import RECEIVING
from gongzhi.web.desk.exchange.whose import at_work, key_of, new_key
from gongzhi.web.who import DESK, for_standing, now

_TEXT = {"autocomplete": "off"}


class PledgeForm(PlaceForm):
    """Who promised what to whom, by when."""

    place_required = False
    measures = MEASURES
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    what = forms.CharField(label=_("答应了什么"), max_length=120, widget=forms.TextInput(_TEXT))
    kind = forms.ChoiceField(
        label=_("哪一类"),
        choices=[(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种类别。")},
    )
    quantity = QuantityField(label=_("数量"), help_text=_("只写数，如10。"))
    measure = forms.CharField(
        label=_("计量单位"), max_length=20, widget=forms.TextInput({"list": "measures", **_TEXT}),
        help_text=_("如小时、次、个、人、元。"),
    )  # fmt: skip
    due_on = forms.DateField(label=_("哪天前兑现"), widget=day_box())
    unit = UnitField(label=_("哪家单位答应的"), required=False, help_text=_("写名称的一部分，从列出的名称里选。"))
    receiver = forms.TypedChoiceField(label=_("答应给谁"), coerce=int)

    def __init__(self, actor: Actor, data: Any) -> None:
        super().__init__(data, initial=new_key())
        self.actor = actor
        self.fields.update(self.place_fields(_("或者哪个社区、街道（镇）答应的")))
        self.fields["place_typed"].help_text = _("单位和社区只填一个。")
        scope = choices.scope_of(actor)
        self.places: dict[int, Place] = {one.pk: one for one in (*scope.own, *scope.below) if one.kind in RECEIVING}
        receiver: Any = self.fields["receiver"]
        receiver.choices = [(pk, one.name) for pk, one in self.places.items()]
        self.order_fields(("what", "kind", "quantity", "measure", "due_on", "unit", "place", "place_typed", "receiver"))

    def clean(self) -> dict[str, Any]:
        """One side that promises."""
        data = super().clean() or {}
        if bool(data.get("unit")) == bool(data.get("place")) and not {"unit", "place_typed"} & set(self.errors):
            self.add_error("unit", gettext("请写明是谁答应的：一家单位，或一个社区。"))
        return data


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def note_pledge(request: HttpRequest) -> HttpResponse:
    """Write a promise down; the giver is told."""
    actor = at_work(request)
    form = PledgeForm(actor, sent(request))

    def act(given: dict[str, Any]) -> Pledge:
        names = ("kind", "what", "quantity", "measure", "due_on")
        return actions.note_pledge(
            actor, **{name: given[name] for name in names}, now=now(), once=key_of(form),
            receiver_place=form.places[given["receiver"]], giver_unit=given["unit"], giver_place=given["place"],
        )  # fmt: skip

    return fill_in(
        request, form, gettext("登记承诺"), reverse("desk-pledges"), act, template="desk/exchange/write.html",
        onto=lambda pledge: PLEDGES.address(pledge.pk), plain=True,
        lead=gettext("会上当场答应的，写在这里。提供方会收到通知，到期提醒，给了就记下、确认。"),
    )  # fmt: skip
