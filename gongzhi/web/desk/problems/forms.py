"""One form for every move of a problem, built from what the table says that the move needs; and the one that raises it."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.problems import queries, rules
from gongzhi.problems.rows import Problem
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.tabled import TabledForm, line_maker, text_maker
from gongzhi.web.who import now

# What may be added to a move beyond what it needs.
ALSO = {
    "survey": ("surveyed_at", "with_whom"),
    "name_cause": ("cause_place", "cause_point", "cause_words", "cause_unit", "outsider"),
    "name_blocker": ("since", "lifter_unit", "lifter"),
    "seat": ("offer", "holder", "sitter"),
    "mediate": ("seats", "mediated_on"),
    "title": ("public_words",),
}
LABELS = {
    ("survey", "words"): _("看到了什么"),
    ("start", "words"): _("打算怎么办"),
    ("name_blocker", "words"): _("卡在哪里"),
    ("lift_blocker", "words"): _("怎么解除的"),
    ("whistle", "words"): _("请对方来做什么"),
    ("refer", "words"): _("请对方协调什么"),
    ("mediate", "words"): _("谈成了什么，或者为什么没谈成"),
    ("note", "words"): _("记什么"),
    ("solve", "answer"): _("办得怎么样"),
    ("reopen", "reason"): _("为什么重新办理"),
    ("drop", "reason"): _("为什么不成立"),
}
HINTS = {
    ("survey", "words"): _("漏点、损坏、谁在用、从哪里来，照实写。"),
    ("name_cause", "cause"): _("一两句话：是什么引起的。"),
    ("whistle", "words"): _("对方只看得到问题的编号、名称、地点和这段话，不会看到居民是谁。"),
    ("refer", "words"): _("只写事情和卡在哪里，不写居民、不评价任何人。对方只看得到编号、社区、类别和这段话。"),
    ("mediate", "words"): _("谁做什么、到哪一天，照谈定的写。只有工作人员看得到，和给居民的答复分开。"),
    ("note", "words"): _("只有工作人员看得到。"),
    ("solve", "answer"): _("写一次就行：每位反映人收到的话里会加上他反映的日期和事情，发出前可以逐条改。"),
    ("reopen", "reason"): _("两个计时从头开始，原来的经过都保留。"),
    ("drop", "reason"): _("里面的诉求各自单独办理。"),
    ("title", "public_words"): _("居民看得到。不写人名、门牌和联系方式；空着就只显示类别和地点。"),
    ("vulnerable", "count"): _("由您填报，会计入热度。"),
}
TITLES = {
    "name_blocker": _("卡在哪里、谁能解除"),
    "lift_blocker": _("解除卡点"),
    "whistle": _("吹哨：请有权的单位到场"),
    "solve": _("解决并答复每一位反映人"),
    "drop": _("这不是一个问题"),
}
# Beside the button: what happens then.
EFFECTS = {
    "start": _("没有负责人的归您负责；反映人会在进度里看到“正在协调处理”。"),
    "whistle": _("对方的联络员马上收到通知，签收、联系、到场的时限开始计算。"),
    "refer": _("这里只记下请过协调，不显示请了谁；详情只有负责人看得到。"),
    "solve": _("下一步先看每位反映人会收到什么，看过再发。"),
    "mediate": _("记下以后，这件纠纷才能解决并答复；也会列进调解登记。"),
    "assign": _("会通知这位同事。"),
}
LONGEST_ANSWER = 5000


class ProblemForm(TabledForm):
    """The form of one verb. `arguments()` gives what the action takes beyond actor, problem, time and version."""

    def __init__(
        self,
        verb: str,
        actor: Actor,
        problem: Problem,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"seen": problem.version, **(initial or {})}, auto_id=f"id_{verb}_%s")
        self.verb, self.actor, self.problem = verb, actor, problem
        needs = rules.MOVES[verb].needs
        names = [*sorted(needs, key=list(_MAKERS).index), *ALSO.get(verb, ())]
        heading, effect = TITLES.get(verb) or _(rules.MOVES[verb].label), EFFECTS.get(verb, "")
        self.furnish(names, needs, _MAKERS, labels=LABELS, hints=HINTS, heading=heading, effect=effect)

    def arguments(self) -> dict[str, Any]:
        """What the action takes, by its own names."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"seen", "place_typed"}}
        place = data.pop("place", None)
        if self.verb == "name_cause":
            data["cause_place"] = place
            data["lon"], data["lat"] = data.pop("cause_point") or (None, None)
        for name, own in _NAMES.get(self.verb, {}).items():
            data[own] = data.pop(name)
        if self.verb == "name_blocker":
            data["since"] = _midnight(data["since"])
        if self.verb == "seat":
            data["person"] = next((one for one in sitters(self.problem) if str(one.pk) == data["person"]), None)
        if self.verb == "assign":
            data["person"] = next((one for one in staff_for(self.problem) if str(one.pk) == data["person"]), None)
        return data


# By verb: the name of a field, and what the action calls it.
_NAMES = {
    "name_blocker": {"blocker": "kind"},
    "lift_blocker": {"blocker": "blocker_id"},
    "whistle": {"occasion": "occasion_id"},
    "seat": {"seat": "kind", "sitter": "person"},
}


def _midnight(day: Any) -> datetime | None:
    return datetime.combine(day, time.min, timezone.get_current_timezone()) if day else None


def staff_for(problem: Problem) -> list[Any]:
    """Who works at the problem's place or above it."""
    places = [one for one in queries.ladder(problem) if one]
    return list(neighbourhood.staff_at(places, Standing.DESK, Standing.LEAD, today=now().date()))


def sitters(problem: Problem) -> list[Any]:
    """Who is registered as a member in their own right at the problem's place."""
    places = [one for one in queries.ladder(problem) if one]
    return [row.person for row in neighbourhood.person_members(places, on=now().date())]


def _radio(name: str, label: Any, options: Mapping[Any, str]) -> Any:
    def make(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
        chosen = [(str(key), _(words)) for key, words in options.items()]
        return {name: forms.ChoiceField(label=label, choices=chosen, widget=forms.RadioSelect, required=needed)}

    return make


def _blocker(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    if form.verb == "name_blocker":
        return dict(_radio("blocker", _("哪一类"), rules.BLOCKER_LABELS)(form, needed))
    standing = queries.story_of(form.actor, form.problem.pk, now=now()).blockers
    chosen = [
        (one.pk, f"{gettext(rules.BLOCKER_LABELS[rules.BlockerKind(one.kind)])} · {one.words[:30]}")
        for one in standing
        if one.lifted_at is None
    ]
    first = chosen[0][0] if len(chosen) == 1 else None
    field = forms.TypedChoiceField(
        label=_("哪一个卡点"), choices=chosen, coerce=int, widget=forms.RadioSelect, required=needed, initial=first
    )
    return {"blocker": field}


def _occasion(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    rows = queries.occasions_open_to(form.actor, form.problem)
    field = forms.TypedChoiceField(
        label=_("吹哨情形"),
        choices=[(row.pk, gettext(row.name)) for row in rows],
        coerce=int,
        widget=forms.RadioSelect,
        required=needed,
        initial=rows[0].pk if len(rows) == 1 else None,
    )
    return {"occasion": field}


def _unit(name: str, label: Any) -> Any:
    def make(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
        hint = _("写单位名称的一部分，从列出的名称里选。")
        return {name: UnitField(label=label, help_text=hint, required=needed)}

    return make


def _cause(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    fields = text_maker("cause", _("原因"), 3)(form, needed)
    fields["cause"].initial = form.problem.cause
    return fields


def _cause_place(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    fields = form.place_fields(_("原因在哪里"))
    fields["place_typed"].help_text = _("可以和问题不在一处，例如漏水点在楼上的空置用房。")
    return fields


class PointField(forms.CharField):
    """A point tapped on the problem's map, as "lon,lat" in WGS-84; empty where nobody tapped."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(required=False, max_length=60, label=_("在图上点原因的位置"), widget=MapPick(problem))
        self.help_text = _("图上点一下就标上，点错了再点别处；不点就按上面写的地点。")

    def clean(self, value: Any) -> tuple[float, float] | None:
        """The point. Raises ValidationError for what is none."""
        words = super().clean(value)
        if not words:
            return None
        try:
            lon, lat = map(float, words.split(","))
        except ValueError as error:
            raise forms.ValidationError(_("原因所在的位置不对，请在图上重新点一下。")) from error
        return lon, lat


class MapPick(forms.HiddenInput):
    """The map to tap; the browser writes the point into the hidden field beside it. Our maps are WGS-84, so is it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(attrs={"data-point": ""})
        self.problem = problem

    only_js = True

    @property
    def is_hidden(self) -> bool:
        """Drawn with its label among the fields."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field and the map with the problem's points."""
        own = (attrs or {}).get("id", "")
        here = f"/desk/problems/{self.problem.pk}/map"
        middle = "" if self.problem.lon is None else f"{self.problem.lat},{self.problem.lon}"
        return format_html(
            '{}<div class="map-box map-small" data-map data-near data-taps="{}" data-points="{}/points"'
            ' data-outline="{}/outline" data-center="{}" data-mark="{}" role="region" aria-label="{}" data-failed="{}"></div>'
            '<p class="mt-2"><span data-tapped="{}" hidden>{}</span>'
            ' <button class="btn btn-quiet btn-sm" type="button" data-untap="{}" hidden>{}</button></p>',
            super().render(name, value, {**(attrs or {}), "type": "hidden"}, renderer),
            own, here, here, middle, _("因"), _("点一下标出原因的位置"), _("地图没有载入。"),
            own, _("已标出原因的位置。"), own, _("不标了"),
        )  # fmt: skip


def _cause_point(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    field = PointField(form.problem)
    if form.problem.cause_lon is not None and form.problem.cause_lat is not None and not form.problem.cause_place_id:
        field.initial = f"{form.problem.cause_lon:.6f},{form.problem.cause_lat:.6f}"
    return {"cause_point": field}


def _person(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    chosen = [(str(one.pk), one.name) for one in staff_for(form.problem)]
    field = forms.ChoiceField(label=_("由谁负责"), choices=chosen, widget=forms.RadioSelect, required=needed)
    return {"person": field}


def _sitter(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    people = sitters(form.problem)
    if not people:
        form.fields["holder"].required = True
        return {"sitter": forms.CharField(required=False, widget=forms.HiddenInput)}
    chosen = [("", "—"), *((str(one.pk), one.name) for one in people)]
    return {"sitter": forms.ChoiceField(label=_("登记的成员"), choices=chosen, required=False)}


def _count(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    return {"count": forms.IntegerField(label=_("人数"), min_value=0, widget=box, initial=form.problem.vulnerable)}


def _title(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    fields = line_maker("title", _("名称"))(form, needed)
    fields["title"].initial = form.problem.title
    return fields


def _public_words(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    fields = text_maker("public_words", _("公开说明"), 2, 500)(form, needed)
    fields["public_words"].initial = form.problem.public_words
    return fields


def _surveyed_at(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    field = forms.DateTimeField(
        label=_("什么时候看的"), required=False, widget=box, input_formats=["%Y-%m-%dT%H:%M"],
        help_text=_("不填就是现在。"),
    )  # fmt: skip
    return {"surveyed_at": field}


def _since(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return {
        "since": forms.DateField(label=_("从哪天起卡住"), required=False, widget=box, help_text=_("不填就是今天。"))
    }


def _seats(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    field = forms.MultipleChoiceField(
        label=_("哪几方同意"),
        choices=[(kind.value, _(label)) for kind, label in rules.SEAT_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("谈成了，至少两方；没谈成就不用选。"),
    )
    return {"seats": field}


def _mediated_on(form: ProblemForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    hint = _("不填就是今天。")
    return {"mediated_on": forms.DateField(label=_("哪天谈的"), required=False, widget=box, help_text=hint)}


# Each need of the table and the field or fields that ask for it, in the order in which a form shows them.
_MAKERS: dict[str, Any] = {
    "occasion": _occasion,
    "unit": _unit("unit", _("请哪个单位")),
    "blocker": _blocker,
    "outcome": _radio("outcome", _("谈成了没有"), rules.OUTCOME_LABELS),
    "seats": _seats,
    "seat": _radio("seat", _("哪一方"), rules.SEAT_LABELS),
    "view": text_maker("view", _("这一方怎么看"), 4, 5000),
    "offer": text_maker("offer", _("愿意怎么做"), 3),
    "holder": line_maker("holder", _("谁代表这一方"), _("姓名和职务，例如“物业项目经理”。")),
    "sitter": _sitter,
    "cause": _cause,
    "cause_place": _cause_place,
    "cause_point": _cause_point,
    "cause_words": line_maker("cause_words", _("具体位置"), _("几楼、哪一间、哪一段管道。"), 200),
    "cause_unit": _unit("unit", _("归哪个成员单位")),
    "outsider": line_maker("outsider", _("或者归成员以外的谁"), _("两处都空着，就是归属不明。")),
    "title": _title,
    "public_words": _public_words,
    "person": _person,
    "count": _count,
    "answer": text_maker("answer", _("答复"), 6, LONGEST_ANSWER),
    "reason": text_maker("reason", _("理由"), 3),
    "words": text_maker("words", _("说明"), 4, 5000),
    "surveyed_at": _surveyed_at,
    "with_whom": line_maker("with_whom", _("和谁一起看的"), "", 200),
    "since": _since,
    "mediated_on": _mediated_on,
    "lifter_unit": _unit("lifter_unit", _("哪个成员单位能解除")),
    "lifter": line_maker("lifter", _("或者谁能解除")),
}
