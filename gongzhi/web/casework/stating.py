"""What desk and units alike are asked of an offer and of a need; who gives or asks is asked by each of them."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import quantities, rules
from gongzhi.exchange.actions import NeedDetails, OfferDetails
from gongzhi.exchange.rows import Need, Offer
from gongzhi.exchange.rules import Visibility
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.hours import WeekForm, week_as_it_is
from gongzhi.web.words import in_words

# What most is counted in; kept as it is chosen, for an offer and a need meet only in the same word.
MEASURES = "小时 次 人次 个 人 场 元 件 份".split()
# The columns that only one of the two has, and for which there is a field of the same name.
PARTS = ("smallest", "most_per_need")
OF_OFFER = ("valid_from", "valid_until", "how_often", "reach_metres", "audience", "conditions", "visibility", *PARTS)
OF_NEED = ("deadline", "urgency", "whole_only", "most_offers", "confidential")
ANYWHERE, METRES = "anywhere", "metres"
_TEXT = {"autocomplete": "off"}


def day_box() -> forms.DateInput:
    """The box for a day."""
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


def text_area(rows: int, most: int) -> forms.Textarea:
    """The box for a longer text, which counts what is written."""
    return forms.Textarea({"rows": rows, "maxlength": str(most), "data-counter": str(most)})


class QuantityField(forms.CharField):
    """A quantity as it is written; cleaned, it is a Decimal, or None where nothing had to be written. What is none is
    told in the room's own words."""

    def __init__(self, *, least: Decimal | None = None, **more: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=20, **more)
        self.least = least

    def clean(self, value: Any) -> Decimal | None:
        """The quantity. Raises ValidationError in words."""
        if not (words := super().clean(value)):
            return None
        try:
            return quantities.quantity(words) if self.least is None else quantities.quantity(words, least=self.least)
        except Refused as refusal:
            raise ValidationError(in_words(refusal)) from refusal


class TagsField(forms.CharField):
    """Short words in one line; cleaned, a list."""

    def clean(self, value: Any) -> list[str]:
        """Each word once. Raises ValidationError for too many or too long ones."""
        try:
            return quantities.tags(re.split(r"[、，,;；\s]+", super().clean(value)))
        except Refused as refusal:
            raise ValidationError(in_words(refusal)) from refusal


class ThingFields(WeekForm):
    """What an offer and a need have in common."""

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
    words = forms.CharField(
        label=_("具体说明"), required=False, max_length=5000, widget=text_area(3, 5000),
        help_text=_("对方会看到：做什么、有什么条件。不写居民是谁。"),
    )  # fmt: skip
    tags = TagsField(
        label=_("标签"), required=False, max_length=300, widget=forms.TextInput(_TEXT),
        help_text=_("如“电工、照明”。写了，就只和标签对得上的配。"),
    )  # fmt: skip

    MORE: tuple[str, ...] = ()
    measures = MEASURES

    @property
    def more(self) -> list[forms.BoundField]:
        """What most leave alone."""
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def more_wrong(self) -> bool:
        """Whether something there is wrong, so that it must be shown."""
        return any(one.errors for one in self.more)

    def chosen(self, *names: str) -> dict[str, Any]:
        """These fields and those that every thing has, as the room calls them."""
        common = ("kind", "title", "quantity", "measure", "words", "tags", "windows")
        return {name: self.cleaned_data[name] for name in (*common, *names)}


class OfferFields(ThingFields):
    """What can be given; how far it reaches is chosen among what the door offers."""

    valid_from = forms.DateField(label=_("从哪天起"), required=False, widget=day_box())
    valid_until = forms.DateField(
        label=_("有效期到"), required=False, widget=day_box(), help_text=_("不填就一直有效。")
    )
    smallest = QuantityField(label=_("每次最少给多少"), required=False, help_text=_("比这少就不值得跑一趟的，才要填。"))
    most_per_need = QuantityField(
        label=_("一项需求最多给多少"), required=False, help_text=_("想多帮几家、不全给一家的，才要填。")
    )
    how_often = forms.CharField(
        label=_("多久一次"), required=False, max_length=60, widget=forms.TextInput(_TEXT), help_text=_("如每周一次。")
    )
    reach = forms.ChoiceField(label=_("能去哪里"), widget=forms.RadioSelect, initial=ANYWHERE)
    reach_metres = forms.IntegerField(
        label=_("多少米以内"), required=False, min_value=1, max_value=100_000,
        widget=forms.TextInput({"inputmode": "numeric", **_TEXT}),
        help_text=_("从提供方那里算起；只有选“只在附近”才要填。"),
    )  # fmt: skip
    audience = forms.CharField(
        label=_("给谁"), required=False, max_length=200, widget=forms.TextInput(_TEXT), help_text=_("如60岁以上老人。")
    )
    conditions = forms.CharField(
        label=_("有什么条件"), required=False, max_length=500, widget=text_area(2, 500), help_text=_("如要提前三天说。")
    )
    visibility = forms.ChoiceField(
        label=_("谁可以看到"),
        choices=[(one.value, _(label)) for one, label in rules.VISIBILITY_LABELS.items()],
        initial=Visibility.DISTRICT.value,
        widget=forms.RadioSelect,
    )
    MORE = (
        *("valid_from", "valid_until", "week", "hours", "how_often", *PARTS, "reach", "reach_metres"),
        *("audience", "conditions", "tags", "visibility"),
    )

    def clean(self) -> dict[str, Any]:
        """Metres belong to one reach alone; with another one they are let go."""
        given = super().clean()
        if given.get("reach") != METRES:
            given["reach_metres"] = None
        elif given.get("reach_metres") is None and "reach_metres" not in self.errors:
            self.add_error("reach_metres", _("请写多少米以内。"))
        return given

    def offer_details(self, **where: Any) -> OfferDetails:
        """What the room is told."""
        return OfferDetails(**self.chosen(*OF_OFFER), **where)


class NeedFields(ThingFields):
    """What is needed."""

    deadline = forms.DateField(label=_("最晚哪天要"), required=False, widget=day_box())
    urgency = forms.TypedChoiceField(
        label=_("急不急"),
        coerce=int,
        choices=[(str(one), _(label)) for one, label in rules.URGENCY_LABELS.items()],
        initial="1",
        widget=forms.RadioSelect,
    )
    whole_only = forms.BooleanField(label=_("要一次给足，分开给没有用"), required=False)
    most_offers = forms.IntegerField(
        label=_("最多由几家一起给"), required=False, min_value=1, max_value=rules.MOST_OFFERS,
        widget=forms.TextInput({"inputmode": "numeric", **_TEXT}), help_text=_("不填就不限几家。"),
    )  # fmt: skip
    confidential = forms.BooleanField(
        label=_("先不公开：双方都同意以前，对方不知道是谁要"),
        required=False,
        help_text=_("只有本单位和所在社区看得到。"),
    )
    MORE = ("urgency", "whole_only", "most_offers", "week", "hours", "tags", "confidential")

    def need_details(self, **where: Any) -> NeedDetails:
        """What the room is told."""
        names = [name for name in OF_NEED if name in self.cleaned_data]
        return NeedDetails(**self.chosen(*names), **where)


def as_it_is(thing: Offer | Need) -> dict[str, Any]:
    """What a form that changes an offer or a need starts from; how far an offer reaches is the door's to say."""
    own = OF_OFFER if isinstance(thing, Offer) else OF_NEED
    names = ("kind", "title", "measure", "words", *own)
    return {
        **{name: getattr(thing, name) for name in names},
        **week_as_it_is(thing.windows),
        **{
            name: quantities.shown(value)
            for name in (*own, "quantity")
            if isinstance(value := getattr(thing, name), Decimal)
        },
        "tags": gettext("、").join(thing.tags),
    }


def stay_where_it_is(thing: Offer | Need, place: Any) -> dict[str, Any]:
    """The point of a thing, which stays only while its place does."""
    same = place is not None and place.pk == thing.place_id
    return {"lon": thing.lon, "lat": thing.lat} if same else {}
