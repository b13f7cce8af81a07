"""One form for every move, built from what the table says that the move needs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.demands import queries, rules
from gongzhi.demands.rows import Category, Demand
from gongzhi.demands.rules import Urgency
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.web.casework import choices
from gongzhi.web.casework.fields import CategoryField, UnitField
from gongzhi.web.casework.tabled import TabledForm, text_maker
from gongzhi.web.photos import PhotosField

YES_NO = [("yes", _("是")), ("no", _("否"))]

# What may be added to a move beyond what it needs.
ALSO = {
    "classify": ("urgency",),
    "refile": ("place_typed", "other_category", "urgency"),
    "dispatch": ("words",),
    "add": ("photos",),
    "reply_to_question": ("photos",),
    "attach": ("words", "from_resident"),
    "start": ("words",),
    "resume": ("words",),
}
LABELS = {
    ("contact", "words"): _("联系情况"),
    ("note", "words"): _("记什么"),
    ("remind", "words"): _("催办的话"),
    ("supervise", "words"): _("督办意见"),
    ("reply_to_question", "words"): _("居民怎么说"),
    ("add", "words"): _("居民补充了什么"),
    ("attach", "words"): _("照片上是什么"),
    ("dispatch", "words"): _("给承办单位的话"),
    ("start", "words"): _("打算怎么办"),
    ("resume", "words"): _("说明"),
    ("call_back", "words"): _("居民的原话"),
}
HINTS = {
    ("contact", "words"): _("打了电话还是上了门，居民说了什么，约了什么时候。"),
    ("note", "words"): _("只有工作人员看得到。"),
    ("add", "words"): _("照居民的话写；居民看得到。"),
    ("return", "reason"): _("为什么不归本单位办。"),
    ("return", "duty_basis"): _("哪份文件、哪一条说明不属于本单位职责。"),
    ("ask", "question"): _("居民会原样看到这句话。请说清楚要什么、为什么要。"),
    ("answer", "answer"): _("居民会原样看到。先说办得怎么样，再说还有什么要等、找谁。"),
    ("ask_extension", "days"): _("工作日，1到60。批准后会告诉居民。"),
    ("ask_extension", "reason"): _("居民会看到这个理由。"),
    ("park", "reason"): _("居民会看到。写明现在为什么办不了、要等什么。"),
    ("refile", "reason"): _("原来错在哪里。"),
}
# Heads of forms whose button says that it was done.
# Where Chinese has one word for the deed and for how things stand after it, and English two.
ON_BUTTONS = {"park": pgettext_lazy("动作", "挂账"), "reopen": pgettext_lazy("动作", "重新办理")}
TITLES = ON_BUTTONS | {"contact": _("联系居民"), "call_back": _("打电话回访")}
# Beside the button: what happens then.
EFFECTS = {
    "classify": _("按类别和紧急程度重新计算时限；没有经办人的归您经办。"),
    "refile": _("改了地点，诉求会转到那里的工作台；首接单位不变。"),
    "dispatch": _("承办单位的联络员会收到通知，签收时限开始计算。"),
    "recall": _("承办单位将看不到这件诉求。"),
    "return": _("退回社区重新安排；答复时限照常走。"),
    "contact": _("首次联系的时限到此为止。"),
    "add": _("办理的人会收到通知，时限照常走。"),
    "attach": _("居民看得到这些照片。不要拍到别人的脸、门牌和证件。"),
    "ask": _("居民答复以前，时限暂停。"),
    "ask_extension": _("由另一位负责人批准，申请人自己不能批。"),
    "supervise": _("经办人会收到督办通知，列表上显示“督办”。"),
    "park": _("时限暂停，到复议日期再议；仍计入未办结。"),
    "answer": _("时限到此为止，居民会收到答复并可以评价。"),
    "call_back": _("没有打通就等居民自己评价；不满意并有理由的，重新办理。"),
    "reopen": _("重新计算时限。"),
}


class MoveForm(TabledForm):
    """The form of one verb. `arguments()` gives what the action takes beyond actor, demand, time and version."""

    def __init__(
        self,
        verb: str,
        actor: Actor,
        demand: Demand,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        categories: list[Category] | None = None,
    ) -> None:
        super().__init__(data, files, initial={"seen": demand.version}, auto_id=f"id_{verb}_%s")
        self.verb, self.actor, self.demand = verb, actor, demand
        self._categories = categories
        needs = rules.MOVES[verb].needs
        names = [*sorted(needs, key=list(_MAKERS).index), *ALSO.get(verb, ())]
        heading, effect = TITLES.get(verb) or _(rules.MOVES[verb].label), EFFECTS.get(verb, "")
        self.furnish(names, needs, _MAKERS, labels=LABELS, hints=HINTS, heading=heading, effect=effect)

    @property
    def categories(self) -> list[Category]:
        """The categories to choose from, asked for once."""
        if self._categories is None:
            self._categories = choices.categories()
        return self._categories

    def clean(self) -> dict[str, Any] | None:
        """A call that reached somebody has an outcome; a correction corrects something."""
        data = super().clean() or {}
        if self.verb == "call_back" and data.get("reached") == "yes":
            for name in ("solved", "satisfied"):
                if not data.get(name):
                    self.add_error(name, _("请记下居民怎么说。"))
        if self.verb == "refile" and not self.errors:
            changed = data.get("place") or data.get("other_category") or data.get("urgency")
            if not changed:
                raise ValidationError(_("请至少改一项：地点、类别或紧急程度。"))
        return data

    def arguments(self) -> dict[str, Any]:
        """What the action takes, by its own names."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        data.pop("place_typed", None)
        if "other_category" in data:
            data["category"] = data.pop("other_category")
        elif "place" in data:
            data.pop("place")
        if "urgency" in data:
            data["urgency"] = Urgency(data["urgency"]) if data["urgency"] else None
        for name in ("reached", "solved", "satisfied", "from_resident"):
            if name in data:
                data[name] = {"yes": True, "no": False}.get(data[name])
        return data


def _category(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    return {"category": _categories(form, needed, _("类别"))}


def _other_category(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    return {"other_category": _categories(form, False, _("改成哪个类别"))}


def _categories(form: MoveForm, needed: bool, label: Any) -> CategoryField:
    chosen = form.demand.category_id if needed else None
    return CategoryField(form.categories, label=label, required=needed, initial=str(chosen or ""))


def _urgency(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    same = [("", _("不变")), *((u.value, _(label)) for u, label in rules.URGENCY_LABELS.items())]
    return {"urgency": forms.ChoiceField(label=_("紧急程度"), required=False, choices=same)}


def _place(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    return form.place_fields(_("改到哪里"))


def _handler(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    return {"handler": UnitField(label=_("承办单位"), help_text=_("写单位名称的一部分，从列出的名称里选。"))}


def _days(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": 60})
    return {"days": forms.IntegerField(label=_("再要几个工作日"), min_value=1, max_value=60, widget=box)}


def _review_on(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    box = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return {"review_on": forms.DateField(label=_("复议日期"), widget=box)}


def _extension(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    asked = queries.open_extension(form.demand)
    return {"extension": forms.IntegerField(widget=forms.HiddenInput, initial=asked.pk if asked else None)}


def _outcome(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    def ask(label: Any, *, required: bool = False) -> forms.ChoiceField:
        return forms.ChoiceField(label=label, required=required, choices=YES_NO, widget=forms.RadioSelect)

    reasons = [(code, _(label)) for code, label in rules.UNHAPPY_REASONS.items()]
    return {
        "reached": ask(_("打通了吗"), required=True),
        "solved": ask(_("问题解决了吗")),
        "satisfied": ask(_("对办理满意吗")),
        "reasons": forms.MultipleChoiceField(
            label=_("不满意的理由"), required=False, choices=reasons, widget=forms.CheckboxSelectMultiple
        ),
        **text_maker("words", _("居民的原话"), 3)(form, False),
    }


def _photos(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    return {
        "photos": PhotosField(
            label=_("照片"), help_text=_("最多 6 张。照片里的拍摄地点等信息会被去掉。"), needed=needed
        )
    }


def _from_resident(form: MoveForm, needed: bool) -> dict[str, forms.Field]:
    if not form.actor.holds(Standing.DESK, Standing.LEAD):
        return {}
    whose = [("no", _("工作人员拍的")), ("yes", _("居民给的"))]
    field = forms.ChoiceField(label=_("照片从哪里来"), choices=whose, initial="no", widget=forms.RadioSelect)
    return {"from_resident": field}


# Each need of the table and the field or fields that ask for it, in the order in which a form shows them.
_MAKERS: dict[str, Any] = {
    "category": _category,
    "handler": _handler,
    "answer": text_maker("answer", _("答复"), 7, 10_000),
    "question": text_maker("question", _("问居民什么")),
    "outcome": _outcome,
    "extension": _extension,
    "days": _days,
    "review_on": _review_on,
    "reason": text_maker("reason", _("理由"), 3),
    "duty_basis": text_maker("duty_basis", _("职责依据"), 3),
    "words": text_maker("words", _("说明"), 3),
    "photos": _photos,
    "from_resident": _from_resident,
    "place_typed": _place,
    "other_category": _other_category,
    "urgency": _urgency,
}
