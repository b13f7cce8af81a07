"""What the desk is asked about a conference, a decision, a call to act, a deliberation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import Decided
from gongzhi.conferences.rows import Conference, Decision
from gongzhi.conferences.rules import DecisionKind, Rhythm
from gongzhi.exchange.rules import KIND_LABELS
from gongzhi.neighbourhood.queries import current_units
from gongzhi.neighbourhood.registers import networks_to_lead
from gongzhi.neighbourhood.rows import MemberUnit, Network, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems.rules import read_number
from gongzhi.projects.rules import STRAND_LABELS, Strand
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.stating import MEASURES, day_box
from gongzhi.web.desk.exchange.whose import new_key

_TEXT = {"autocomplete": "off"}
MEETS = frozenset({PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY})


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    """A day with the hour."""
    form = "%Y-%m-%dT%H:%M"
    widget = forms.DateTimeInput({"type": "datetime-local"}, form)
    wrong = {"invalid": _("请写日期和时间，如2026-06-12 09:30。")}
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=[form, "%Y-%m-%d %H:%M"], error_messages=wrong, **more
    )


def line(label: Any, most: int = 120, **more: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(_TEXT), **more)


def box(label: Any, most: int = 500, rows: int = 3, **more: Any) -> forms.CharField:
    """A box of text."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **more)


class UnitsField(forms.CharField):
    """Units, one to a line, by name or by a part that only one unit has; cleaned, a list."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=5000, widget=forms.Textarea({"rows": 6}), **more)

    def clean(self, value: Any) -> list[MemberUnit]:
        """The units meant. Raises ValidationError with the lines that mean none, or several."""
        found, wrong = [], []
        for words in dict.fromkeys(one.strip() for one in super().clean(value).splitlines() if one.strip()):
            near = list(current_units().filter(name__icontains=words)[:3])
            exact = [one for one in near if one.name == words] or near
            if len(exact) == 1:
                found.append(exact[0])
            else:
                wrong.append(words)
        if wrong:
            raise ValidationError(
                _("这几行没有找到，或者像好几家，请写全名：%(names)s"), params={"names": gettext("；").join(wrong)}
            )
        return found


class Keyed(forms.Form):
    """A form that sent twice is one thing."""

    measures = MEASURES
    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, data: Any, **more: Any) -> None:
        super().__init__(data, initial=new_key() | more.pop("initial", {}), **more)


class WhereForm(Keyed):
    """Of which network, or of which place with which units."""

    network = forms.TypedChoiceField(
        label=_("哪个实体的会"), coerce=int, required=False, empty_value=None,
        help_text=_("选了实体，当天的成员都会被召集。"),
    )  # fmt: skip
    place = forms.TypedChoiceField(
        label=_("不属于实体时：哪个社区、街道（镇）"), coerce=int, required=False, empty_value=None
    )
    units = UnitsField(
        label=_("另外请哪些单位"), required=False, help_text=_("一行写一家，可以只写名称里独有的几个字。")
    )

    def __init__(self, actor: Actor, data: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.networks: dict[int, Network] = {one.pk: one for one in networks_to_lead(actor)}
        scope = choices.scope_of(actor)
        self.places: dict[int, Place] = {one.pk: one for one in (*scope.own, *scope.below) if one.kind in MEETS}
        for name, rows in (("network", self.networks), ("place", self.places)):
            field: Any = self.fields[name]
            field.choices = [("", "—"), *((pk, one.name) for pk, one in rows.items())]
        if len(self.networks) == 1:
            self.fields["network"].initial = next(iter(self.networks))

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        network, place = self.networks.get(data.get("network") or 0), self.places.get(data.get("place") or 0)
        if network is None and place is None and not self.errors:
            self.add_error("network", _("请选一个实体，或者一个社区、街道（镇）。"))
        return data | {"network": network, "place": network.place if network else place}


class PlanForm(WhereForm):
    """A conference that is yet to be notified."""

    title = line(_("会议叫什么"))
    starts_at = moment(_("什么时候开"))
    venue = line(_("在哪里开"), required=False)
    bring = box(_("请大家带上什么"), required=False)
    field_order = ("network", "place", "title", "starts_at", "venue", "bring", "units")


class UrgentForm(WhereForm):
    """An urgent conference: who asks, about what, when."""

    asked_by = line(_("谁提出要开的"), help_text=_("写单位或科室，不写个人姓名。"))
    about = box(_("为了什么事"))
    requested_at = moment(_("什么时候提出的"))
    starts_at = moment(_("什么时候开"))
    venue = line(_("在哪里开"))
    field_order = ("network", "place", "about", "asked_by", "requested_at", "starts_at", "venue", "units")


class RhythmForm(forms.Form):
    """How often a network meets."""

    network = forms.TypedChoiceField(label=_("哪个实体"), coerce=int)
    every = forms.ChoiceField(
        label=_("多久开一次"), choices=[(one.value, _(rules.RHYTHM_LABELS[one])) for one in Rhythm]
    )
    first_on = forms.DateField(label=_("从哪天算起"), widget=day_box())
    venue = line(_("通常在哪里开"), required=False)

    def __init__(self, actor: Actor, data: Any) -> None:
        super().__init__(data)
        self.networks = {one.pk: one for one in networks_to_lead(actor)}
        field: Any = self.fields["network"]
        field.choices = [(pk, one.name) for pk, one in self.networks.items()]
        # What stands is shown where there is no choice of a network.
        known = queries.rhythm_of(*self.networks.values()) if len(self.networks) == 1 else None
        for name in ("every", "first_on", "venue"):
            self.fields[name].initial = getattr(known, name, None)

    def clean(self) -> dict[str, Any]:
        """The network itself."""
        data = super().clean() or {}
        return data | {"network": self.networks.get(data.get("network") or 0)}


class WhenForm(forms.Form):
    """Day, place and what to bring."""

    starts_at = moment(_("什么时候开"))
    venue = line(_("在哪里开"))
    bring = box(_("请大家带上什么"), required=False)


class OpenForm(forms.Form):
    """Who chairs and who records."""

    chair = forms.TypedChoiceField(label=_("主持人"), coerce=int)
    recorder = forms.TypedChoiceField(label=_("记录人"), coerce=int, required=False, empty_value=None)
    began_at = moment(_("几点开始的"), required=False, help_text=_("会后补记时填；现在开始就不用填。"))

    def __init__(self, row: Conference, today: Any, data: Any) -> None:
        super().__init__(data)
        self.people = {one.pk: one for one in queries.chairs_for(row, today)}
        for name, none in (("chair", []), ("recorder", [("", _("就是我"))])):
            field: Any = self.fields[name]
            field.choices = [*none, *((pk, one.name) for pk, one in self.people.items())]

    def clean(self) -> dict[str, Any]:
        """The people themselves."""
        data = super().clean() or {}
        return data | {name: self.people.get(data.get(name) or 0) for name in ("chair", "recorder")}


class InviteForm(forms.Form):
    """One more unit."""

    unit = UnitField(label=_("哪家单位"), help_text=_("写名称的一部分，从列出的名称里选。"))


class WordsForm(forms.Form):
    """A few words: a reason, or what to bring."""

    words = box(_("写明原因"))

    def __init__(self, data: Any, label: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        if label:
            self.fields["words"].label = label


class TopicForm(Keyed):
    """A topic in words, out of a problem or out of a need."""

    title = line(_("议题"), required=False, help_text=_("由问题或需求提出的，可以不写。"))
    problem = line(_("由哪个问题提出"), 20, required=False, help_text=_("写问题编号。"))
    need = forms.TypedChoiceField(label=_("由哪项需求提出"), coerce=int, required=False, empty_value=None)
    words = box(_("说明"), 1000, required=False)

    def __init__(self, data: Any, needs: dict[int, str], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["need"]
        field.choices = [("", "—"), *needs.items()]

    def clean_problem(self) -> int | None:
        """The id behind the number."""
        return problem_id(self.cleaned_data["problem"])


def problem_id(text: str) -> int | None:
    """The id behind a problem's number; None for none. Raises ValidationError."""
    if not text:
        return None
    if (found := read_number(text)) is None:
        raise ValidationError(_("编号不对，请照问题页面上的编号写。"))
    return found


class DecisionForm(Keyed):
    """One decision, quick to write while people talk. Owner and day may follow before the signing."""

    topic = forms.TypedChoiceField(label=_("议题"), coerce=int, required=False, empty_value=None)
    what = forms.CharField(label=_("定了什么"), max_length=90, widget=forms.Textarea({"rows": 2, "maxlength": "90"}))
    kind = forms.ChoiceField(
        label=_("哪一类"), widget=forms.RadioSelect, initial=DecisionKind.OTHER.value,
        choices=[(one.value, _(rules.DECISION_KIND_LABELS[one])) for one in DecisionKind],
    )  # fmt: skip
    owner = forms.ChoiceField(label=_("由谁负责"), required=False)
    due_on = forms.DateField(label=_("哪天前办好"), widget=day_box(), required=False)
    thing = forms.ChoiceField(
        label=_("给什么"),
        required=False,
        choices=[("", "—"), *((one.value, _(label)) for one, label in KIND_LABELS.items())],
    )
    amount = line(_("数量"), 12, required=False, help_text=_("说不准的照原话写，如近20万。"))
    measure = forms.CharField(
        label=_("计量单位"), max_length=12, required=False, widget=forms.TextInput({"list": "measures", **_TEXT})
    )
    problem = line(_("哪个问题"), 20, required=False, help_text=_("写问题编号；议题由问题提出的不用写。"))
    strands = forms.MultipleChoiceField(
        label=_("属于“五共”里的哪些"), widget=forms.CheckboxSelectMultiple, required=False,
        choices=[(one.value, _(STRAND_LABELS[one])) for one in Strand],
        help_text=_("签发纪要时自动立项，办好的日期就是定死的日子。"),
    )  # fmt: skip
    # Which fields some kinds alone have.
    COUNTED = ("thing", "amount", "measure")

    def __init__(self, actor: Actor, row: Conference, data: Any, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial or {})
        topics: Any = self.fields["topic"]
        topics.choices = [("", _("不属于哪个议题")), *((one.pk, one.title) for one in queries.topics_of(actor, row))]
        scope = choices.scope_of(actor)
        self.owners: dict[str, MemberUnit | Place] = {
            f"u{one.unit_id}": one.unit for one in queries.calls_of(row) if one.unit
        }
        self.owners |= {f"p{one.pk}": one for one in (row.place, *scope.own, *scope.below) if one.kind in MEETS}
        owners: Any = self.fields["owner"]
        owners.choices = [("", _("还没定")), *((key, one.name) for key, one in self.owners.items())]

    def clean_problem(self) -> int | None:
        """The id behind the number."""
        return problem_id(self.cleaned_data["problem"])

    def decided(self) -> Decided:
        """What the action takes."""
        data = self.cleaned_data
        owner = self.owners.get(data["owner"])
        unit, place = (owner, None) if isinstance(owner, MemberUnit) else (None, owner)
        said = {name: data[name] for name in ("kind", "what", "due_on", "thing", "amount", "measure", "strands")}
        return Decided(**said, owner_unit=unit, owner_place=place, problem_id=data["problem"], topic_id=data["topic"])


def as_it_is(row: Decision) -> dict[str, Any]:
    """A draft as its form shows it."""
    owner = f"u{row.owner_unit_id}" if row.owner_unit_id else f"p{row.owner_place_id}" if row.owner_place_id else ""
    same = {name: getattr(row, name) for name in ("what", "kind", "due_on", "thing", "amount", "measure", "strands")}
    return same | {"topic": row.topic_id, "owner": owner}


class FinishForm(forms.Form):
    """Done on a day, or in a time as people said it."""

    day = forms.DateField(label=_("哪天办好的"), widget=day_box(), required=False)
    span = line(_("不知道哪天：用了多久"), 20, required=False, help_text=_("照原话写，如“数天”。两样只写一样。"))
    words = box(_("怎么办的"), required=False)


class PlaceChoice(Keyed):
    """At which of the places where the actor works."""

    place = forms.TypedChoiceField(label=_("哪个社区、街道（镇）"), coerce=int)

    def __init__(self, actor: Actor, data: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial or {})
        scope = choices.scope_of(actor)
        self.places: dict[int, Place] = {one.pk: one for one in (*scope.own, *scope.below) if one.kind in MEETS}
        field: Any = self.fields["place"]
        field.choices = [(pk, one.name) for pk, one in self.places.items()]


class MobiliseForm(PlaceChoice):
    """Units called to act on a day."""

    title = line(_("做什么"))
    starts_at = moment(_("什么时候"))
    venue = line(_("在哪里集合"), required=False)
    words = box(_("还要知道什么"), required=False)
    units = UnitsField(label=_("动员哪些单位"), help_text=_("一行写一家，可以只写名称里独有的几个字。"))


class RaiseForm(PlaceChoice):
    """What neighbours raised in the pavilion."""

    subject = line(_("议什么事"))
    raised_on = forms.DateField(label=_("哪天提的"), widget=day_box())
    words = box(_("居民怎么说的"), 1000, required=False, help_text=_("不写姓名和电话。"))


class OnADayForm(forms.Form):
    """Something on a day, in words."""

    day = forms.DateField(label=_("哪天"), widget=day_box())
    words = box(_("情况"), 1000, help_text=_("不写姓名和电话。"))


class SettleForm(forms.Form):
    """What was settled, who does it by when."""

    what = box(_("怎么定的"))
    owner = line(_("由谁去办"), help_text=_("写单位、科室或居民小组，不写个人姓名。"))
    due_on = forms.DateField(label=_("哪天前办好"), widget=day_box())
