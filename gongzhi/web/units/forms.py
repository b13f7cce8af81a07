"""What a unit writes when it was called by whistle, or asked to coordinate."""

from django import forms
from django.utils.translation import gettext_lazy as _

# What mostly happened is filled in, so that one press is enough; who did something else writes that.
STANDING_WORDS = {"contact": _("已和吹哨方联系上，说好了到场时间。"), "arrive": _("人已经到场。")}
LABELS = {
    "contact": _("怎么约的"),
    "arrive": _("到场看到了什么"),
    "finish": _("办了什么，结果怎样"),
    "coordinate": _("协调的结果：谁、什么时候、办什么"),
}


class StepForm(forms.Form):
    """The words to one step; the room cleans them and says what is wrong with them."""

    words = forms.CharField(strip=False, error_messages={"required": _("请写一两句。")})

    def __init__(self, verb: str, *args: object, **more: object) -> None:
        if verb in STANDING_WORDS:
            more.setdefault("initial", {"words": STANDING_WORDS[verb]})
        super().__init__(*args, **more)  # type: ignore[arg-type]
        if verb not in LABELS:
            del self.fields["words"]
            return
        words = self.fields["words"]
        words.label, words.widget = LABELS[verb], forms.Textarea({"rows": 3, "maxlength": "2000", "data-counter": 2000})
