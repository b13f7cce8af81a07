"""What residents fill in."""

import re
import secrets
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongzhi.demands import masking, rules
from gongzhi.demands.actions.adding import LONGEST_ADDED
from gongzhi.demands.actions.intake import LONGEST
from gongzhi.neighbourhood.queries import current_place
from gongzhi.neighbourhood.rules import LOGIN, PlaceKind
from gongzhi.shared.moves import Refused
from gongzhi.web.photos import PhotosField
from gongzhi.web.words import in_words

PHONE = re.compile(r"\+?[0-9]{7,15}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def fresh_token() -> str:
    """The token that makes sending a form twice harmless."""
    return secrets.token_urlsafe(18)


class Words(forms.CharField):
    """Free text, cleaned as it will be stored, so that a fault is said beside the field."""

    def __init__(self, *, longest: int, rows: int = 0, **options: Any) -> None:
        self.longest = longest
        attrs = {"maxlength": str(longest), **options.pop("attrs", {})}
        widget = forms.Textarea({**attrs, "rows": rows, "data-counter": longest}) if rows else forms.TextInput(attrs)
        super().__init__(widget=widget, **options)
        self.validators = []

    def to_python(self, value: Any) -> str:
        """Clean what was typed; the text is shown again as it was typed."""
        try:
            return masking.clean_text(super().to_python(value) or "", self.longest)
        except Refused as fault:
            raise ValidationError(in_words(fault)) from fault


class NewForm(forms.Form):
    """One demand in three steps: where, what, how to reach you."""

    once = forms.CharField(widget=forms.HiddenInput, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    poster = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    search = Words(
        label=_("小区、社区或楼栋的名字"),
        longest=60,
        required=False,
        attrs={"autocomplete": "off", "type": "search"},
    )
    place = forms.IntegerField(required=False)
    subdistrict = forms.IntegerField(required=False)
    community = forms.IntegerField(required=False)
    compound = forms.IntegerField(required=False)
    place_words = Words(
        label=_("具体在哪里"), help_text=_("例如：3 单元 2 楼楼道、小区北门外的路口"), longest=200, required=False
    )

    body = Words(
        label=_("什么事"),
        help_text=_("写清楚看到了什么、从什么时候开始。不要写身份证号、银行卡号。"),
        longest=LONGEST,
        rows=6,
        error_messages={"required": _("请写一写是什么事。")},
    )
    danger = forms.ChoiceField(
        label=_("是否有人身或财产危险？"),
        help_text=_("有危险请先拨打 110、119、120，再填这里。"),
        choices=[("no", _("没有")), ("utility", _("没有，但家里停水、停电、停气或停暖")), ("yes", _("有危险"))],
        initial="no",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    photos = PhotosField(label=_("照片"), help_text=_("最多 6 张。照片里的拍摄地点等信息会被去掉。"))

    name = Words(label=_("怎么称呼您"), longest=40, required=False, attrs={"autocomplete": "name"})
    phone = Words(
        label=_("电话"),
        help_text=_("工作人员可能打来问详细情况。"),
        longest=30,
        required=False,
        attrs={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = forms.EmailField(
        label=_("电子邮箱"),
        help_text=_("有答复时给您发一封邮件。"),
        required=False,
        max_length=120,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    agree = forms.BooleanField(label=_("同意只为办理这件事使用我的联系方式"), required=False)

    def _clean_fields(self) -> None:
        """As Django does, but without an object for each field that only a page needs."""
        for name, field in self.fields.items():
            try:
                given = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                self.cleaned_data[name] = field.clean(given)
                if own := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = own()
            except ValidationError as fault:
                if not field.widget.is_hidden:
                    self.add_error(name, fault)
                    continue
                # Nobody typed it, so nobody can mend it.
                self.cleaned_data[name] = fresh_token() if name == "once" else None

    def clean_once(self) -> str:
        """The form's token, or a fresh one where it is no token of ours."""
        token = self.cleaned_data["once"]
        return token if TOKEN.fullmatch(token) else fresh_token()

    def clean_phone(self) -> str:
        """Digits only, as people write them in many ways."""
        digits = re.sub(r"[\s()（）.-]", "", self.cleaned_data["phone"])
        if digits and not PHONE.fullmatch(digits):
            raise ValidationError(_("电话号码好像不对，请检查一下。"))
        return digits

    def clean(self) -> dict[str, Any]:
        """Find the place, the nearest rung that was given; consent stands beside any contact."""
        values = super().clean() or {}
        chosen = next((values[rung] for rung in RUNGS if values.get(rung)), None)
        values["found"] = current_place(chosen) if chosen else None
        if values["found"] is None or values["found"].kind == PlaceKind.DISTRICT:
            self.add_error("search", _("请先选好地点：输入名字后点选一个，或从清单里选。"))
        if any(values.get(key) for key in ("name", "phone", "email")) and not values.get("agree"):
            self.add_error("agree", _("留了联系方式，请勾选同意；不想同意就把联系方式清空，也能提交。"))
        return values


class SharedFields(dict[str, forms.Field]):
    """Fields that all forms of a class use as they are, instead of a deep copy for each sender."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "SharedFields":
        return SharedFields(self)


# Nothing changes a field of this form, and copying its seventeen took a seventh of an intake.
NewForm.base_fields = SharedFields(NewForm.base_fields)

# The most exact first.
RUNGS = ("place", "compound", "community", "subdistrict")


class CheckForm(forms.Form):
    """Number and code, as they were handed out."""

    number = forms.CharField(
        label=_("编号"),
        help_text=_("例如 0001234-56"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填编号。")},
    )
    code = forms.CharField(
        label=_("查询码"),
        help_text=_("6 位数字"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填查询码。")},
    )

    def clean_code(self) -> str:
        """The six digits, however they were spaced."""
        return "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())


class ReplyForm(forms.Form):
    """The reply to a question of the desk."""

    prefix = "reply"
    words = Words(label=_("您的补充"), longest=5000, rows=4, error_messages={"required": _("请写一写。")})
    photos = PhotosField(label=_("照片"), help_text=_("最多 6 张。照片里的拍摄地点等信息会被去掉。"))


class AddForm(forms.Form):
    """Further words, photos, or both; while a question is open its reply is the place for words."""

    prefix = "add"
    words = Words(
        label=_("还想补充什么"),
        help_text=_("例如：又漏了一次、换了地方、什么时候在家。不要写身份证号、银行卡号。"),
        longest=LONGEST_ADDED,
        rows=4,
        required=False,
    )
    photos = PhotosField(label=_("照片"), help_text=_("最多 6 张。照片里的拍摄地点等信息会被去掉。"))

    def clean(self) -> dict[str, Any]:
        """Something at least, else there is nothing to do."""
        values = super().clean() or {}
        if not self.errors and not values.get("words") and not values.get("photos"):
            self.add_error("words", _("请写一写，或选一张照片。"))
        return values


class ReasonForm(forms.Form):
    """Why it should be taken up again."""

    prefix = "reopen"
    reason = Words(
        label=_("哪里没有办好"), longest=2000, rows=3, error_messages={"required": _("请写一写哪里没有办好。")}
    )


class RateForm(forms.Form):
    """Whether it is solved, whether one is satisfied, and why not."""

    prefix = "rate"
    solved = forms.ChoiceField(
        label=_("问题解决了吗？"),
        choices=[("yes", _("解决了")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    satisfied = forms.ChoiceField(
        label=_("对办理满意吗？"),
        choices=[("yes", _("满意")), ("no", _("不满意"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    reasons = forms.MultipleChoiceField(
        label=_("没有解决或不满意，是因为"),
        help_text=_("勾选一项或几项，就会重新办理；都不勾，就只记下您的评价。"),
        choices=[(key, _(label)) for key, label in rules.UNHAPPY_REASONS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = Words(label=_("还想说的话"), longest=2000, rows=3, required=False)


class FollowerForm(forms.Form):
    """How to tell a neighbour who follows; both may stay empty."""

    phone = Words(label=_("电话"), longest=30, required=False, attrs={"autocomplete": "tel", "inputmode": "tel"})
    email = forms.EmailField(
        label=_("电子邮箱"), required=False, max_length=120, widget=forms.EmailInput({"autocomplete": "email"})
    )
    clean_phone = NewForm.clean_phone


class SignUpForm(forms.Form):
    """A login for a resident; no real name, no number."""

    login = forms.RegexField(
        label=_("登录名"),
        help_text=_("3 到 30 个字母、数字或汉字。不必用真名。"),
        regex=f"^{LOGIN}$",
        max_length=30,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={
            "invalid": _("登录名要 3 到 30 个字，只用字母、数字、汉字、点、横线。"),
            "required": _("请填登录名。"),
        },
    )
    password = forms.CharField(
        label=_("密码"),
        help_text=_("至少 10 个字符。可以用一句好记的话。"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("请填密码。")},
    )

    def clean_password(self) -> str:
        """Keep to the house's rules for passwords."""
        password = self.cleaned_data["password"]
        validate_password(password)
        return str(password)
