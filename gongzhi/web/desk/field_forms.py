"""The forms of going out: a visit written down at the door, what becomes of it, a compound surveyed, a story told."""

import secrets
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongzhi.demands import rules as demand_rules
from gongzhi.demands.rows import Category
from gongzhi.demands.rules import Kind, Urgency
from gongzhi.neighbourhood.queries import current_place
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import rules
from gongzhi.problems.actions.field import Finding
from gongzhi.problems.field_rules import AGE_BANDS
from gongzhi.problems.rules import VisitKind
from gongzhi.web.casework.fields import PlaceForm

LONGEST = 10_000
_DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")
_MINUTE = "%Y-%m-%dT%H:%M"
FOLLOW = [("0", _("不用")), ("1", _("明天")), ("3", _("三天后")), ("7", _("一周后"))]


def area(rows: int, **more: str) -> forms.Textarea:
    """A field for several lines."""
    return forms.Textarea(attrs={"rows": rows, **more})


class VisitForm(PlaceForm):
    """One visit, in the order in which it is written down on a phone at the door; the rest is behind a fold."""

    place_required = False
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    near = forms.CharField(label=_("在哪里"), required=False, max_length=20)
    household = forms.CharField(
        label=_("门牌"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("如2单元301。只有本社区的人看得到。"),
    )
    words = forms.CharField(
        label=_("看到、听到什么"), max_length=LONGEST, widget=area(4), help_text=_("不用写姓名和身份证号。")
    )
    kind = forms.ChoiceField(
        label=_("怎么去的"),
        choices=[(kind.value, _(label)) for kind, label in rules.VISIT_LABELS.items()],
        initial=VisitKind.HOUSEHOLD.value,
        widget=forms.RadioSelect,
    )
    follow = forms.ChoiceField(label=_("要不要再来"), choices=FOLLOW, initial="0", widget=forms.RadioSelect)
    measure = forms.CharField(label=_("当场做了什么"), required=False, max_length=LONGEST, widget=area(2))
    follow_up_on = forms.DateField(label=_("哪天再来"), required=False, widget=_DAY)
    visited_at = forms.DateTimeField(
        label=_("走访时间"),
        required=False,
        input_formats=[_MINUTE],
        widget=forms.DateTimeInput({"type": "datetime-local"}, _MINUTE),
        help_text=_("不填就是现在。"),
    )

    def __init__(self, actor: Actor, near: list[tuple[str, str]], data: Any = None) -> None:
        first = near[0][0] if near else ""
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "near": first})
        self.actor = actor
        self.fields.update(self.place_fields(_("别的地方") if near else _("在哪里")))
        self.fields["place_typed"].help_text = _("小区、楼栋或社区，写字或拼音首字母都行。")
        if near:
            self.fields["near"].widget = forms.RadioSelect(choices=near)
            self.fields["near"].required = not (data or {}).get("place_typed", "").strip()
            self.fields["words"].widget.attrs["data-focus"] = ""
            self.fields["place_typed"].help_text = _("写了这一格，就按这一格算。")
        else:
            self.fields["near"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any] | None:
        """The place that was typed, else the one that was chosen."""
        data = super().clean() or {}
        if not data["place"] and "place_typed" not in self.errors:
            near = data.get("near") or ""
            place = current_place(int(near)) if near.isascii() and near.isdigit() and len(near) < 18 else None
            if place is None:
                self.add_error("place_typed", _("请选在哪里，或者写出来。"))
            data["place"] = place
        return data

    def due(self, today: date) -> date | None:
        """The day of the follow-up: the one that was written, else so many days from today."""
        day: date | None = self.cleaned_data["follow_up_on"]
        follow = int(self.cleaned_data["follow"])
        return day or (today + timedelta(days=follow) if follow else None)


class FollowUpForm(forms.Form):
    """What came of a visit."""

    words = forms.CharField(label=_("跟进的结果"), max_length=LONGEST, widget=area(3))


class DemandForm(forms.Form):
    """A demand made of a visit: what the handler will read, and how to reach the resident, where they want it."""

    words = forms.CharField(label=_("什么事"), max_length=LONGEST, widget=area(5))
    place_words = forms.CharField(
        label=_("具体位置"), required=False, max_length=200, help_text=_("会随诉求转给办理单位；不需要就删去。")
    )
    kind = forms.ChoiceField(
        label=_("诉求类型"),
        choices=[(kind.value, _(label)) for kind, label in demand_rules.KIND_LABELS.items()],
        initial=Kind.HELP.value,
    )
    urgency = forms.ChoiceField(
        label=_("紧急程度"),
        choices=[(urgency.value, _(label)) for urgency, label in demand_rules.URGENCY_LABELS.items()],
        initial=Urgency.ORDINARY.value,
    )
    name = forms.CharField(label=_("怎么称呼"), required=False, max_length=60)
    phone = forms.CharField(
        label=_("联系电话"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
        help_text=_("居民愿意留才填，加密保存；办结以后按期清除。"),
    )


class ProblemForm(forms.Form):
    """A problem raised of a visit."""

    title = forms.CharField(
        label=_("问题名称"), max_length=120, help_text=_("写清是什么、在哪里，不写是谁家。例如：3号楼楼道灯成片不亮。")
    )


YES_NO = [("", _("不清楚")), ("yes", _("有")), ("no", _("没有"))]


class SurveyForm(forms.Form):
    """How a compound stands."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    surveyed_on = forms.DateField(label=_("摸排日期"), widget=_DAY)
    households = forms.IntegerField(
        label=_("户数"),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    has_property_firm = forms.ChoiceField(label=_("物业"), choices=YES_NO, required=False)
    has_owners_committee = forms.ChoiceField(label=_("业委会"), choices=YES_NO, required=False)
    words = forms.CharField(
        label=_("总的情况"),
        required=False,
        max_length=LONGEST,
        widget=area(3),
        help_text=_("哪年建的、原来是哪个单位的、现在谁在管。"),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "surveyed_on": today})

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        given = dict(self.cleaned_data)
        for name in ("has_property_firm", "has_owners_committee"):
            given[name] = {"yes": True, "no": False}.get(given[name])
        return given


class FindingForm(forms.Form):
    """One trouble that was found; a row left empty is none."""

    title = forms.CharField(label=_("问题"), required=False, max_length=120)
    category = forms.CharField(
        label=_("类别"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"list": "category-names", "autocomplete": "off"}),
    )
    words = forms.CharField(label=_("看到的情况"), required=False, max_length=LONGEST, widget=area(2))
    categories: dict[str, Category]

    def clean_category(self) -> Category | None:
        """The category of this name. Raises ValidationError for one that there is not."""
        name = self.cleaned_data["category"].strip()
        if name and name not in self.categories:
            raise ValidationError(_("没有这个类别；可以先空着，以后再分。"))
        return self.categories.get(name)

    def clean(self) -> dict[str, Any] | None:
        """What was seen belongs to a trouble that has a name."""
        data = super().clean() or {}
        if (data.get("words") or data.get("category")) and not data.get("title"):
            self.add_error("title", _("请给这个问题起个名称。"))
        return data


# So many rows are offered; the first few stand open.
ROWS, OPEN = 12, 4


def finding_forms(categories: list[Category], data: Any = None) -> list[FindingForm]:
    """The rows for findings; each works without JavaScript."""
    names: dict[str, Category] = {}
    for row in categories:
        names.setdefault(row.name, row)
    found = []
    for step in range(ROWS):
        form = FindingForm(data, prefix=f"f{step}")
        form.categories = names
        found.append(form)
    return found


def findings(found: list[FindingForm]) -> list[Finding]:
    """What was written in the rows, in order."""
    given = [form.cleaned_data for form in found]
    return [Finding(one["title"], one["words"], one["category"]) for one in given if one["title"]]


class StoryForm(forms.Form):
    """What a resident told; no name is asked for, and the age is a band."""

    words = forms.CharField(
        label=_("讲了什么"), max_length=LONGEST, widget=area(4), help_text=_("不写姓名、门牌和出生日期。")
    )
    age_band = forms.ChoiceField(
        label=_("年龄段"), required=False, choices=[("", "—"), *((band, band) for band in AGE_BANDS)]
    )
    years_there = forms.IntegerField(
        label=_("住了多少年"),
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    told_on = forms.DateField(label=_("哪天讲的"), widget=_DAY)
    consent_words = forms.CharField(
        label=_("居民同意公开吗"),
        required=False,
        max_length=200,
        help_text=_("同意的话写明怎么同意的，例如当面签字；没有同意就空着，只有本社区看得到。"),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"told_on": today}, auto_id="id_story_%s")


class ConsentForm(forms.Form):
    """How a resident agreed."""

    consent_words = forms.CharField(
        label=_("怎么同意的"), max_length=200, help_text=_("例如：念给本人听过，当面签字。")
    )


def short_place(full_name: str, prefix: str) -> str:
    """A place without what the names of all here begin with; for the place of the office itself, its own name."""
    return full_name.removeprefix(prefix).strip() or full_name.rpartition(" ")[2]


def near_choices(places: list[Place], prefix: str) -> list[tuple[str, str]]:
    """Places to choose from by one press, each once, without what all their names begin with."""
    found = {place.pk: short_place(place.full_name, prefix) for place in places}
    return [(str(pk), name) for pk, name in found.items()]
