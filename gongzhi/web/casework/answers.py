"""What a side of a match or a pledge writes, logged in or by link: why not, how much came, a reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import rules
from gongzhi.exchange.rules import RefusalReason
from gongzhi.web.casework.stating import QuantityField, day_box, text_area

_NO_WORDS = {"required": _("请写一两句。")}


def counted(label: Any, measure: str) -> str:
    """What a box is called that takes a number in this measure."""
    return gettext("%(label)s（%(measure)s）") % {"label": label, "measure": measure}


class SeenForm(forms.Form):
    """A form of something that stands: it carries the version that its page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)


class WordsForm(SeenForm):
    """A reason in a sentence or two."""

    words = forms.CharField(max_length=500, widget=text_area(3, 500), error_messages=_NO_WORDS)

    def __init__(self, *args: Any, label: Any = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["words"].label = label or _("原因")


class DeclineForm(forms.Form):
    """Why not: one of four reasons, which the next suggestions respect."""

    reason = forms.ChoiceField(
        label=_("为什么谢绝"),
        choices=[(one.value, _(label)) for one, label in rules.REFUSAL_LABELS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个谢绝的原因。")},
    )
    until = forms.DateField(
        label=_("从哪一天起可以"), required=False, widget=day_box(), help_text=_("只有选“某日之前不行”才要填。")
    )
    words = forms.CharField(label=_("还想说的"), required=False, max_length=500, widget=text_area(2, 500))

    def clean(self) -> dict[str, Any]:
        """The day belongs to one reason alone; with another one it is let go."""
        given = super().clean() or {}
        if given.get("reason") == RefusalReason.NOT_BEFORE:
            if not given.get("until") and "until" not in self.errors:
                self.add_error("until", _("请写明从哪一天起可以。"))
        else:
            given["until"] = None
        return given


class DeliverForm(SeenForm):
    """A part delivered: how much, on which day."""

    quantity = QuantityField(label=_("这次兑现多少"))
    day = forms.DateField(label=_("哪一天"), widget=day_box())
    words = forms.CharField(label=_("说明"), required=False, max_length=500, widget=text_area(2, 500))

    def __init__(self, *args: Any, measure: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["quantity"].label = counted(self.fields["quantity"].label, measure)
