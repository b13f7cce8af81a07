"""What is asked for each move of a project, task, version of zones, thing installed, or appeal."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange.giving_rules import MONEY
from gongzhi.projects import rules
from gongzhi.projects.rows import Crew
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.stating import day_box, text_area
from gongzhi.web.photos import PhotosField
from gongzhi.web.who import now

_LINE = {"autocomplete": "off"}


def line(label: Any, most: int, hint: Any = "", *, needed: bool = True) -> forms.CharField:
    """A line for a few words."""
    return forms.CharField(label=label, max_length=most, required=needed, help_text=hint, widget=forms.TextInput(_LINE))


def day(label: Any, hint: Any = "", *, needed: bool = True, today: bool = False) -> forms.DateField:
    """A day; `today` proposes it."""
    return forms.DateField(
        label=label, required=needed, help_text=hint, widget=day_box(), initial=now().date() if today else None
    )


def whole(label: Any, least: int, most: int, hint: Any = "", *, needed: bool = True) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=hint, required=needed)


def words(label: Any, hint: Any = "", *, needed: bool = True) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(label=label, max_length=500, required=needed, help_text=hint, widget=text_area(3, 500))


def labelled(labels: Mapping[Any, str]) -> list[tuple[str, Any]]:
    """The choices of an enum with the words of the room."""
    return [(key.value, _(label)) for key, label in labels.items()]


class MoneyField(forms.DecimalField):
    """Yuan."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, widget=forms.TextInput({"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> Any:
        """Commas and the sign of the measure are no mistake."""
        return super().clean(normalize("NFKC", str(value or "")).replace(",", "").strip().removesuffix(MONEY))


Makers = Callable[[], dict[str, forms.Field]]


def _proof(kind: str) -> dict[str, forms.Field]:
    """What one kind of proof asks for."""
    if kind == rules.ProofKind.PHOTO:
        field: forms.Field = PhotosField(needed=True, label=_("照片"), help_text=_("拍做完以后的样子，不拍到人脸。"))
        return {"photos": field}
    if kind == rules.ProofKind.SIGNATURE:
        return {"signed_by": line(_("谁签的字"), 60, _("写姓名和职务。"))}
    return {"door": line(_("哪一户确认的"), 60, _("写门牌，不写住户姓名，例如“3号楼2-1”。"))}


def closing(kind: str) -> dict[str, forms.Field]:
    """The fields that close a task by its own kind of proof."""
    return {
        "day": day(_("哪天做完的"), today=True),
        **_proof(kind),
        "words": words(_("还要说明的"), needed=False),
    }


def proving() -> dict[str, forms.Field]:
    """A photo from before, or of how far it is."""
    return {
        "before": forms.TypedChoiceField(
            label=_("这是什么时候的"),
            choices=[("before", _("开工以前")), ("during", _("做到一半"))],
            coerce="before".__eq__,
            initial="before",
            widget=forms.RadioSelect,
        ),
        **_proof(rules.ProofKind.PHOTO),
        "words": words(_("还要说明的"), needed=False),
    }


BEGIN: Makers = lambda: {"day": day(_("哪天开始的"), today=True)}  # noqa: E731
REPORT: Makers = lambda: {  # noqa: E731
    "left": whole(_("从今天算，还要做几天"), 0, 1000, _("做完了但还没有证明，写0。")),
    "words": words(_("还要说明的"), needed=False),
}
REASON: Makers = lambda: {"words": words(_("理由"))}  # noqa: E731


WINDOW = ("earliest", "latest")


class TaskFields(forms.Form):
    """A task: what, who, how long, behind which others, and what closes it."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = line(_("做什么"), 80)
    stream = line(_("属于哪一块"), 40, _("同一块的任务排在一列，例如“说服群众”“修围墙”“安全通道”。"))
    owner = UnitField(
        label=_("哪家单位负责"), required=False, help_text=_("写名称的一部分，从列出的名称里选。空着就是社区自己。")
    )
    days = whole(_("要做几天"), 1, 1000)
    proof_kind = forms.ChoiceField(
        label=_("凭什么办结"), choices=labelled(rules.PROOF_LABELS), widget=forms.RadioSelect, initial="photo"
    )
    after = forms.TypedMultipleChoiceField(
        label=_("要等哪些任务做完"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    lag = whole(_("等它们做完以后，再隔几天"), 0, 1000, _("例如水泥要晾干。"), needed=False)
    earliest = day(_("最早哪天能开始"), needed=False)
    latest = day(_("最晚哪天要做完"), needed=False)

    def __init__(self, others: list[tuple[int, str]], crews: Iterable[Crew], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["after"]
        field.choices = others
        if not others:
            del self.fields["after"], self.fields["lag"]
        self.crews = {f"crew_{one.pk}": one for one in crews}
        for name, crew in self.crews.items():
            label = _("“%(crew)s”每天要几个人手") % {"crew": crew.name}
            self.fields[name] = whole(
                label, 0, crew.hands, _("一共%(hands)d个；不用这个队伍就空着。") % {"hands": crew.hands}, needed=False
            )
        self.order_fields([*(name for name in self.fields if name not in WINDOW), *WINDOW])

    def clean(self) -> dict[str, Any]:
        """The days of its window in their order."""
        data = super().clean() or {}
        if data.get("earliest") and data.get("latest") and data["latest"] < data["earliest"]:
            self.add_error("latest", ValidationError(_("最晚的日子要在最早的日子以后。")))
        return data

    def details(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        lag = data.get("lag") or 0
        names = ("title", "stream", "owner", "days", "proof_kind", "earliest", "latest")
        return {name: data[name] for name in names} | {
            "crews": {crew.pk: data[name] for name, crew in self.crews.items() if data.get(name)},
            "after": dict.fromkeys(data.get("after") or (), lag),
        }
