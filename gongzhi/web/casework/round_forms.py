"""The three short forms: what stands on a list is kept, changed or ended line by line, new lines follow beneath."""

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import round_rules, rules
from gongzhi.exchange.actions import NeedDetails, OfferDetails, OnLine, Said
from gongzhi.exchange.actions.filing import CHANGE, END, KEEP
from gongzhi.exchange.quantities import quantity, shown
from gongzhi.exchange.round_rules import Sheet
from gongzhi.exchange.rows import Filing, Need, Offer
from gongzhi.exchange.rules import NeedState, OfferState
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.words import in_words

NEW = 3
# Which of its buttons a form was sent with.
ALL, NOTHING = "all", "nothing"
_TEXT = {"autocomplete": "off"}
_OVER = {OfferState.ENDED.value, NeedState.LAPSED.value}
ASKS = {
    Sheet.HAVE: _("我们能提供什么"),
    Sheet.NEED: _("我们需要什么"),
    Sheet.LINK: _("怎么和我们对接"),
}
# Of each list: what is said of a line that is no more, and what its title is called.
WORDS = {
    Sheet.HAVE: (_("不再提供"), _("能提供什么")),
    Sheet.NEED: (_("不再需要"), _("需要什么")),
}


class LinesForm(forms.Form):
    """The first or second form, with the lines that a unit starts from and room for new ones."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self, data: Any, sheet: Sheet, rows: Sequence[Offer] | Sequence[Need], answered: Filing | None
    ) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16)})
        self.sheet, self.rows = sheet, rows
        self.answer = (data or {}).get("answer", "")
        for row in rows:
            self._ask_of(row, KEEP if answered and row.pk in answered.lines else None)
        for place in range(NEW):
            self._ask_new(f"new{place}")

    def _ask_of(self, row: Offer | Need, first: str | None) -> None:
        gone, _title = WORDS[self.sheet]
        over = row.state in _OVER
        self.fields[f"do-{row.pk}"] = forms.ChoiceField(
            label=f"{row.title} {amount(row.quantity, row.measure)}",
            help_text=_("已经过期；选“仍然这样”，就重新登记到这一期结束。") if over else "",
            choices=[(KEEP, _("仍然这样")), (CHANGE, _("有变化")), (END, gone)],
            widget=forms.RadioSelect,
            initial=first,
            # What is left open is asked for in `clean`, unless all of it is kept by one press.
            required=False,
        )
        self._ask_what(str(row.pk), {"title": row.title, "quantity": shown(row.quantity), "measure": row.measure})
        self.fields[f"seen-{row.pk}"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1, initial=row.version
        )

    def _ask_new(self, key: str) -> None:
        kinds = [(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()]
        self.fields[f"kind-{key}"] = forms.ChoiceField(
            label=_("哪一类"), choices=[("", _("请选")), *kinds], required=False
        )
        self._ask_what(key, {})

    def _ask_what(self, key: str, first: dict[str, str]) -> None:
        _gone, title = WORDS[self.sheet]
        number = forms.TextInput({"inputmode": "decimal", **_TEXT})
        measure = forms.TextInput({"list": "measures", **_TEXT})
        texts = (
            ("title", title, 120, None),
            ("quantity", _("数量"), 20, number),
            ("measure", _("计量单位"), 20, measure),
        )
        for name, label, most, widget in texts:
            self.fields[f"{name}-{key}"] = forms.CharField(
                label=label, max_length=most, required=False, initial=first.get(name, ""),
                widget=widget or forms.TextInput(_TEXT),
            )  # fmt: skip

    def lines(self) -> list[dict[str, Any]]:
        """What stands there, for the page: the choice and the fields of a change."""
        return [
            {"do": self[f"do-{row.pk}"], "fields": self._fields(str(row.pk)), "seen": self[f"seen-{row.pk}"]}
            for row in self.rows
        ]

    def fresh(self) -> list[list[Any]]:
        """The fields of each new line."""
        return [[self[f"kind-new{place}"], *self._fields(f"new{place}")] for place in range(NEW)]

    def _fields(self, key: str) -> list[Any]:
        return [self[f"{name}-{key}"] for name in ("title", "quantity", "measure")]

    def clean(self) -> dict[str, Any]:
        """Every line answered, every new line whole or empty."""
        given = super().clean() or {}
        self.said: dict[int, Said] = {}
        for row in self.rows:
            verb = given.get(f"do-{row.pk}") or (KEEP if self.answer == ALL else "")
            if not verb:
                self.add_error(f"do-{row.pk}", gettext("请选一项。"))
            changed = self._what(str(row.pk), given) if verb == CHANGE else None
            self.said[row.pk] = Said(verb, changed, given.get(f"seen-{row.pk}"))
        self.new: list[OfferDetails | NeedDetails] = []
        for place in range(NEW):
            key = f"new{place}"
            if any((given.get(f"{name}-{key}") or "").strip() for name in ("title", "quantity")):
                what = self._what(key, given)
                if not given.get(f"kind-{key}"):
                    self.add_error(f"kind-{key}", gettext("请选一种类别。"))
                self.new.append(self._details()(kind=given.get(f"kind-{key}", ""), **what))
        return given

    def _details(self) -> type[OfferDetails] | type[NeedDetails]:
        return OfferDetails if self.sheet is Sheet.HAVE else NeedDetails

    def _what(self, key: str, given: dict[str, Any]) -> dict[str, Any]:
        what = {name: (given.get(f"{name}-{key}") or "").strip() for name in ("title", "quantity", "measure")}
        for name in ("title", "measure"):
            if not what[name] and f"{name}-{key}" not in self.errors:
                self.add_error(f"{name}-{key}", gettext("请填这一项。"))
        try:
            quantity(what["quantity"])
        except Refused as refusal:
            self.add_error(f"quantity-{key}", in_words(refusal))
        return what

    def blame(self, refusal: Refused) -> None:
        """Put a refusal beside the line that it is about, or at the top."""
        line = refusal.line if isinstance(refusal, OnLine) else ""
        name = f"do-{line}" if f"do-{line}" in self.fields else f"title-{line}"
        self.add_error(name if name in self.fields else None, in_words(refusal))

    def key(self) -> str:
        """What one form is known by when it is sent twice."""
        return self.cleaned_data["once"] or str(self["once"].initial)


class LinkForm(forms.Form):
    """The third form: how to take part, how to be reached."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    ways = forms.MultipleChoiceField(
        label=_("愿意怎么参与"),
        help_text=_("可以选几项。"),
        choices=[(way.value, _(label)) for way, label in round_rules.WAY_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reach = forms.ChoiceField(
        label=_("怎么联系您方便"),
        choices=[(one.value, _(label)) for one, label in round_rules.REACH_LABELS.items()],
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("还想说的"),
        help_text=_("如每月第一周不行、来前先约。"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "maxlength": "500", "data-counter": "500"}),
    )

    def __init__(self, data: Any, last: Filing | None) -> None:
        said = {name: getattr(last, name) for name in ("ways", "reach", "words")} if last else {}
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), **said})

    def key(self) -> str:
        """What one form is known by when it is sent twice."""
        return self.cleaned_data["once"] or str(self["once"].initial)
