"""What a liaison writes: an offer, a need, a reason, a part delivered. What most leave alone stands under 更多."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import rules
from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.exchange.quantities import ZERO, quantity, shown
from gongzhi.exchange.rows import Need, Offer
from gongzhi.exchange.rules import RefusalReason, Visibility
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.shared.moves import Refused
from gongzhi.web.words import in_words

_DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")
_TEXT = {"autocomplete": "off"}
_NO_WORDS = {"required": _("请写一两句。")}
# A week as people say it: (weekdays, from hour, to hour).
WEEK: Mapping[str, tuple[Sequence[int], int, int]] = {
    "days": (range(5), 9, 17),
    "evenings": (range(5), 18, 21),
    "weekend_days": (range(5, 7), 9, 17),
    "weekend_evenings": (range(5, 7), 18, 21),
}
WEEK_LABELS = {
    "days": _("工作日白天（9点到17点）"),
    "evenings": _("工作日晚上（18点到21点）"),
    "weekend_days": _("周末白天（9点到17点）"),
    "weekend_evenings": _("周末晚上（18点到21点）"),
}
ANYWHERE, METRES, OWN, KEPT = "anywhere", "metres", "own", "kept"
# What most is counted in; kept as it is chosen, for an offer and a need meet only in the same word.
MEASURES = "小时 次 人次 个 人 场 元 件 份".split()


def _area(rows: int, most: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "maxlength": str(most), "data-counter": str(most)})


def windows_of(chosen: Sequence[str]) -> list[list[int]]:
    """The weekly windows (weekday, from minute, to minute) of these parts of a week."""
    return sorted(
        [day, start * 60, end * 60] for name in chosen if name in WEEK for day, start, end in _days(*WEEK[name])
    )


def _days(days: Sequence[int], start: int, end: int) -> list[tuple[int, int, int]]:
    return [(day, start, end) for day in days]


def chosen_of(windows: Sequence[Sequence[int]]) -> list[str]:
    """The parts of a week that these windows are made of; KEPT where they are others, told some other way."""
    rest = [list(one) for one in windows]
    chosen = [name for name in WEEK if rest and all(one in rest for one in windows_of([name]))]
    return chosen if windows_of(chosen) == sorted(rest) else [KEPT]


class QuantityField(forms.CharField):
    """A quantity as it is written; cleaned, it is a Decimal. What is none is told in the room's own words."""

    def __init__(self, *, least: Decimal | None = None, **more: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=20, **more)
        self.least = least

    def clean(self, value: Any) -> Decimal:
        """The quantity. Raises ValidationError in words."""
        words = super().clean(value)
        try:
            return quantity(words) if self.least is None else quantity(words, least=self.least)
        except Refused as refusal:
            raise ValidationError(in_words(refusal)) from refusal


def _counted(label: Any, measure: str) -> str:
    return gettext("%(label)s（%(measure)s）") % {"label": label, "measure": measure}


class SeenForm(forms.Form):
    """A form of something that stands: it carries the version that its page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)


class WordsForm(SeenForm):
    """A reason in a sentence or two."""

    words = forms.CharField(max_length=500, widget=_area(3, 500), error_messages=_NO_WORDS)

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
        label=_("从哪一天起可以"), required=False, widget=_DAY, help_text=_("只有选“某日之前不行”才要填。")
    )
    words = forms.CharField(label=_("还想说的"), required=False, max_length=500, widget=_area(2, 500))

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
    day = forms.DateField(label=_("哪一天"), widget=_DAY)
    words = forms.CharField(label=_("说明"), required=False, max_length=500, widget=_area(2, 500))

    def __init__(self, *args: Any, measure: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["quantity"].label = _counted(self.fields["quantity"].label, measure)


class CorrectForm(WordsForm):
    """A part noted anew, and why; none of it may have come."""

    quantity = QuantityField(label=_("实际是多少"), least=ZERO, help_text=_("一点没给就写0。"))
    day = forms.DateField(label=_("哪一天"), widget=_DAY)
    field_order = ("quantity", "day", "words")

    def __init__(self, *args: Any, measure: str, **more: Any) -> None:
        super().__init__(*args, label=_("为什么更正"), **more)
        self.fields["quantity"].label = _counted(self.fields["quantity"].label, measure)


class RestateForm(SeenForm):
    """A need taken up again, with a new day."""

    deadline = forms.DateField(label=_("最晚哪天要"), widget=_DAY)


class ThingForm(SeenForm):
    """What an offer and a need have in common."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    unit = forms.ChoiceField(label=_("哪家单位"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("哪一类"),
        choices=[(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种类别。")},
    )
    title = forms.CharField(max_length=120, widget=forms.TextInput(_TEXT))
    quantity = QuantityField(label=_("数量"), help_text=_("只写数，如10。"))
    measure = forms.CharField(
        label=_("计量单位"),
        max_length=20,
        widget=forms.TextInput({"list": "measures", **_TEXT}),
        help_text=_("如小时、次、个、人、元。"),
    )
    words = forms.CharField(label=_("具体说明"), required=False, max_length=5000, widget=_area(3, 5000))

    def __init__(self, data: Any, units: Sequence[MemberUnit], first: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), **(first or {})})
        # Only who speaks for several units is asked for which.
        if len(units) > 1 and first is None:
            self.fields["unit"].choices = [(str(unit.pk), unit.name) for unit in units]  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]
        self.units = list(units)

    def whose(self) -> MemberUnit:
        """The unit that was chosen, or the only one."""
        chosen = self.cleaned_data.get("unit")
        return next((unit for unit in self.units if str(unit.pk) == chosen), self.units[0])

    def key(self) -> str:
        """What one form is known by when it is sent twice."""
        return self.cleaned_data["once"] or str(self["once"].initial)


class OfferForm(ThingForm):
    """What a unit can give. `offer` is the one that is changed; what this page does not ask stays as it is."""

    valid_until = forms.DateField(label=_("有效期到"), required=False, widget=_DAY, help_text=_("不填就一直有效。"))
    week = forms.MultipleChoiceField(
        label=_("什么时候可以"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选，就是什么时候都行。"),
    )
    reach = forms.ChoiceField(label=_("能去哪里"), widget=forms.RadioSelect, initial=ANYWHERE)
    reach_metres = forms.IntegerField(
        label=_("多少米以内"), required=False, min_value=1, max_value=100_000,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("从本单位算起；只有选“只在附近”才要填。"),
    )  # fmt: skip
    conditions = forms.CharField(
        label=_("有什么条件"), required=False, max_length=500, widget=_area(2, 500), help_text=_("如要提前三天说。")
    )
    visibility = forms.ChoiceField(
        label=_("谁可以看到"),
        choices=[(one.value, _(label)) for one, label in rules.VISIBILITY_LABELS.items()],
        initial=Visibility.DISTRICT.value,
        widget=forms.RadioSelect,
    )
    MORE = ("valid_until", "week", "reach", "reach_metres", "conditions", "visibility")

    def __init__(self, data: Any, units: Sequence[MemberUnit], home: Place | None, offer: Offer | None = None) -> None:
        self.offer, self.home = offer, home
        self.own = (home.community if home and home.community_id and home.kind != "community" else home) or None
        super().__init__(data, units, _offer_first(offer, self.own) if offer else None)
        self.fields["title"].label = _("能提供什么")
        self.fields["title"].help_text = _("如电工上门、会议室。")
        week, reach = self.fields["week"], self.fields["reach"]
        kept_week = bool(offer and chosen_of(offer.windows) == [KEPT])
        week.choices = [  # type: ignore[attr-defined]
            *([(KEPT, _("仍按登记过的时段"))] if kept_week else []),
            *WEEK_LABELS.items(),
        ]
        other = offer.reach_place if offer and offer.reach_place_id and offer.reach_place != self.own else None
        reach.choices = [  # type: ignore[attr-defined]
            (ANYWHERE, _("哪里都可以")),
            *([(OWN, f"{self.own.name}")] if self.own else []),
            *([(KEPT, other.name)] if other else []),
            *([(METRES, _("只在附近"))] if home else []),
        ]

    def clean(self) -> dict[str, Any]:
        """Metres belong to one reach alone; with another one they are let go."""
        given = super().clean() or {}
        if given.get("reach") != METRES:
            given["reach_metres"] = None
        elif given.get("reach_metres") is None and "reach_metres" not in self.errors:
            self.add_error("reach_metres", _("请写多少米以内。"))
        return given

    def details(self) -> OfferDetails:
        """What the room is told."""
        given, offer = self.cleaned_data, self.offer
        reach_place = {OWN: self.own, KEPT: offer.reach_place if offer else None}.get(given["reach"])
        windows = windows_of(given["week"]) + (offer.windows if offer and KEPT in given["week"] else [])
        same = ("tags", "most_per_need", "smallest", "how_often", "valid_from", "place", "lon", "lat", "audience")
        asked = ("kind", "title", "quantity", "measure", "words", "valid_until", "reach_metres", "conditions")
        details = {name: given[name] for name in (*asked, "visibility")}
        kept = {name: getattr(offer, name) for name in same} if offer else {"place": self.home}
        return OfferDetails(**details, **kept, windows=windows, reach_place=reach_place)


def _offer_first(offer: Offer, own: Place | None) -> dict[str, Any]:
    reach = METRES if offer.reach_metres else ANYWHERE
    if offer.reach_place_id:
        reach = OWN if offer.reach_place == own else KEPT
    same = ("kind", "title", "measure", "words", "valid_until", "reach_metres", "conditions", "visibility")
    return {
        **{name: getattr(offer, name) for name in same},
        "quantity": shown(offer.quantity),
        "week": chosen_of(offer.windows),
        "reach": reach,
        "seen": offer.version,
    }


class NeedForm(ThingForm):
    """What a unit needs. `need` is the one that is changed; what this page does not ask stays as it is."""

    deadline = forms.DateField(label=_("最晚哪天要"), required=False, widget=_DAY)
    urgency = forms.TypedChoiceField(
        label=_("急不急"),
        coerce=int,
        choices=[(str(one), _(label)) for one, label in rules.URGENCY_LABELS.items()],
        initial="1",
        widget=forms.RadioSelect,
    )
    whole_only = forms.BooleanField(label=_("要一次给足，分开给没有用"), required=False)
    confidential = forms.BooleanField(
        label=_("先不公开：双方都同意以前，对方不知道是我们要"),
        required=False,
        help_text=_("只有本单位和所在社区看得到。"),
    )
    MORE = ("urgency", "whole_only", "confidential")

    def __init__(self, data: Any, units: Sequence[MemberUnit], need: Need | None = None) -> None:
        self.need = need
        super().__init__(data, units, _need_first(need) if need else None)
        self.fields["title"].label = _("需要什么")
        self.fields["title"].help_text = _("如十个临时车位、招工信息。")

    def details(self) -> NeedDetails:
        """What the room is told."""
        asked = ("kind", "title", "quantity", "measure", "words", "deadline", "urgency", "whole_only", "confidential")
        same = ("tags", "windows", "place", "lon", "lat")
        kept = {name: getattr(self.need, name) for name in same} if self.need else {}
        return NeedDetails(**{name: self.cleaned_data[name] for name in asked}, **kept)


def _need_first(need: Need) -> dict[str, Any]:
    same = ("kind", "title", "measure", "words", "deadline", "whole_only", "confidential")
    return {
        **{name: getattr(need, name) for name in same},
        "quantity": shown(need.quantity),
        "urgency": str(need.urgency),
        "seen": need.version,
    }
