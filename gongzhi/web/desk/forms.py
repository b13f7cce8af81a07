"""The desk's own forms: a caller on the line, and a sample for call-backs."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.demands import rules
from gongzhi.demands.actions import Intake
from gongzhi.demands.rows import Category
from gongzhi.demands.rules import Channel, Kind, Urgency
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.fields import CategoryField, PlaceForm

LONGEST = 20_000
DIGITS = str.maketrans("０１２３４５６７８９＋", "0123456789+")


def plain_number(text: str) -> str:
    """A telephone number as it is kept: digits alone, so that the same caller is found however it was typed."""
    return "".join(sign for sign in text.translate(DIGITS) if sign in "0123456789+")[:20]


class CallerForm(PlaceForm):
    """What a social worker writes down with a caller on the line; in the order in which one asks."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    phone = forms.CharField(
        label=_("来电号码"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "data-focus": ""}),
    )
    name = forms.CharField(
        label=_("怎么称呼"), required=False, max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    body = forms.CharField(label=_("居民说什么"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    place_words = forms.CharField(
        label=_("具体位置"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("几单元、几楼、哪个门口。"),
    )
    kind = forms.ChoiceField(
        label=_("诉求类型"),
        choices=[(kind.value, _(label)) for kind, label in rules.KIND_LABELS.items()],
        initial=Kind.HELP.value,
        widget=forms.RadioSelect,
    )
    urgency = forms.ChoiceField(
        label=_("紧急程度"),
        choices=[(urgency.value, _(label)) for urgency, label in rules.URGENCY_LABELS.items()],
        initial=Urgency.ORDINARY.value,
    )
    channel = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[(Channel.TELEPHONE.value, _("来电")), (Channel.DESK.value, _("到窗口"))],
        initial=Channel.TELEPHONE.value,
    )
    confidential = forms.BooleanField(label=_("居民要求保密"), required=False)

    def __init__(self, actor: Actor, categories: list[Category], data: Any = None) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16)})
        self.actor = actor
        self.fields.update(self.place_fields(_("在哪里")))
        self.fields["place_typed"].help_text = _("小区、楼栋或社区，写字或拼音首字母都行。")
        self.fields["category"] = CategoryField(categories, label=_("类别"), required=False, empty=_("以后再分"))
        self.order_fields(("phone", "name", "place", "place_typed", "place_words", "body", "kind", "urgency"))

    def clean_phone(self) -> str:
        """The number as it is kept. Raises ValidationError for what cannot be one."""
        typed = self.cleaned_data.get("phone") or ""
        number = plain_number(typed)
        if typed.strip() and not 3 <= len(number.lstrip("+")) <= 19:
            raise ValidationError(_("这不像一个电话号码，请再看看；没有就留空。"))
        return number

    def intake(self) -> Intake:
        """What the action takes."""
        data = self.cleaned_data
        return Intake(
            place=data["place"],
            body=data["body"],
            kind=Kind(data["kind"]),
            channel=Channel(data["channel"]),
            urgency=Urgency(data["urgency"]),
            place_words=data["place_words"],
            category=data["category"],
            name=data["name"].strip(),
            phone=data["phone"],
            confidential=data["confidential"],
            once=f"desk-{data['once']}"[:64] if data["once"] else "",
        )


class SampleForm(forms.Form):
    """A draw for call-backs: its name, its share, and the days on which the answers were given."""

    sample = forms.CharField(label=_("抽样名称"), max_length=40, help_text=_("同一个名称再抽，已抽到的不会变。"))
    percent = forms.IntegerField(
        label=_("抽百分之几"), min_value=1, max_value=100, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    since = forms.DateField(label=_("答复日期从"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("到"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, Any] | None:
        """The span runs forwards."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("结束日期要在开始日期以后。"))
        return data

    def span(self) -> tuple[datetime, datetime]:
        """From the first day's midnight to the midnight after the last, in the local zone."""
        zone = timezone.get_current_timezone()

        def midnight(day: date) -> datetime:
            return datetime.combine(day, time.min, zone)

        return midnight(self.cleaned_data["since"]), midnight(self.cleaned_data["until"] + timedelta(days=1))
