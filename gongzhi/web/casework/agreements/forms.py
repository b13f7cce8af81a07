"""The forms of agreements that desk and units share."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.agreements import rules
from gongzhi.agreements.queries import Form
from gongzhi.agreements.rows import Party
from gongzhi.web.casework.agreements.showing import party_name
from gongzhi.web.who import now
from gongzhi.web.words import named

TEXT = forms.TextInput(attrs={"autocomplete": "off"})


def day(label: Any, *, required: bool = True, hint: Any = "", initial: Any = None) -> forms.DateField:
    """A day, chosen or typed."""
    box = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=box, help_text=hint, initial=initial)


class SignForm(forms.Form):
    """Who signs for the party, and when it was signed."""

    signer = forms.CharField(
        label=_("签署人"), max_length=60, widget=TEXT, help_text=_("代表本方签字的负责人姓名，与纸质协议一致。")
    )
    signed_on = day(_("签署日期"))
    read = forms.BooleanField(label=_("我方已读全文，同意以上条款。"))
    terms = forms.IntegerField(widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """One time that a clause was kept."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    clause = forms.TypedChoiceField(label=_("哪一条"), coerce=int)
    party = forms.TypedChoiceField(label=_("哪一方做的"), coerce=int)
    day = day(_("哪天"))
    words = forms.CharField(
        label=_("做了什么"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写事，不写居民的姓名、电话。"),
    )

    def __init__(self, data: Any, clauses: list[dict[str, Any]], parties: list[Party]) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "day": now().date()})
        fields: Any = self.fields
        fields["clause"].choices = [
            (one["pk"], f"{one['measure']}{gettext('：')}{one['words']}") for one in clauses if one["notes"]
        ]
        fields["party"].choices = [(one.pk, party_name(one)) for one in parties]


class JudgeForm(forms.Form):
    """The mirrored form: a mark and words for each clause that the other side owes, and what is to come of it."""

    wish = forms.ChoiceField(
        label=_("今后怎么办"), choices=[(one.value, _(label)) for one, label in rules.WISH_LABELS.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label=_("还想说的"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, asked: Form) -> None:
        super().__init__(data, initial={"wish": asked.wish, "words": asked.words})
        self.clauses = asked.clauses
        marks = [(one.value, gettext(label)) for one, label in rules.MARK_LABELS.items()]
        for clause in asked.clauses:
            mark, words = asked.said.get(str(clause.pk), ("", ""))
            self.fields[f"mark{clause.pk}"] = forms.ChoiceField(
                label=f"{named(clause)}{gettext('：')}{clause.words}",
                choices=marks,
                widget=forms.RadioSelect,
                initial=mark,
            )
            self.fields[f"words{clause.pk}"] = forms.CharField(
                label=gettext("是什么事"), max_length=500, required=False, widget=TEXT, initial=words
            )
        self.order_fields(
            [f"{name}{clause.pk}" for clause in asked.clauses for name in ("mark", "words")] + ["wish", "words"]
        )

    def marks(self) -> dict[str, tuple[str, str]]:
        """What the action takes."""
        data = self.cleaned_data
        return {str(one.pk): (data[f"mark{one.pk}"], data[f"words{one.pk}"]) for one in self.clauses}


class ReportForm(forms.Form):
    """The text of a report as people would have it."""

    words = forms.CharField(label=_("报告正文"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))
