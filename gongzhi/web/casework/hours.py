"""The hours of a week as people say them: the usual parts to be ticked, any others in words, both ways."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import quantities
from gongzhi.shared.moves import Refused
from gongzhi.web.words import in_words

Windows = list[list[int]]
DAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
# (weekdays, from hour, to hour).
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
# A day of the week in either language becomes its number with a mark before it.
_CHINESE, _ENGLISH = (
    re.compile("(?:周|星期|礼拜)([一二三四五六日天])"),
    re.compile("(mon|tue|wed|thu|fri|sat|sun)[a-z]*"),
)
_NUMBERS = {
    name: n
    for names in ("一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    for n, name in enumerate(names)
}
_NUMBERS["天"] = 6
_CLOCK = r"(\d{1,2})(?:[:点时](\d{1,2})?分?)?"
_TO = r"\s*[-–—~至到]+\s*"
_ONE = re.compile(rf"@(\d)(?:{_TO}@(\d))?\s*{_CLOCK}{_TO}{_CLOCK}")


def windows_of(chosen: Sequence[str]) -> Windows:
    """The weekly windows (weekday, from minute, to minute) of these parts of a week."""
    return [[day, start * 60, end * 60] for name in chosen for days, start, end in [WEEK[name]] for day in days]


def windows_read(text: str) -> Windows:
    """The windows that a text names, such as 周三 14:00–17:00. Raises ValidationError with what was not understood."""
    found: Windows = []
    for words in filter(None, (one.strip() for one in re.split("[、,;\n]", unicodedata.normalize("NFKC", text)))):
        read = _ONE.fullmatch(_numbered(words.lower()))
        if read is None:
            raise ValidationError(_("没有看懂“%(words)s”，请写成“周三 14:00–17:00”这样。"), params={"words": words})
        # What is left out, a last day or the minutes, is the first day or none.
        first, last, hour, minute, until, until_minute = (int(part or 0) for part in read.groups())
        days = range(first, (last if read[2] else first) + 1)
        found += [[day, hour * 60 + minute, until * 60 + until_minute] for day in days]
    return found


def _numbered(words: str) -> str:
    for days in (_CHINESE, _ENGLISH):
        words = days.sub(lambda day: f"@{_NUMBERS[day[1]]}", words)
    return words


def windows_in_words(rows: Sequence[Sequence[int]]) -> str:
    """The hours of the week in which something can be, days in a row together; any time where none are named."""
    runs: list[list[int]] = []  # first day, last day, from minute, to minute
    for day, first, last in sorted(tuple(one) for one in rows):
        run = next((one for one in runs if one[1:] == [day - 1, first, last]), None)
        if run:
            run[1] = day
        else:
            runs.append([day, day, first, last])
    said = [f"{_days(begin, end)} {_clock(first)}–{_clock(last)}" for begin, end, first, last in runs]
    return gettext("、").join(said) if said else gettext("任何时间")


def _days(first: int, last: int) -> str:
    if first == last:
        return str(DAYS[first])
    return gettext("%(first)s至%(last)s") % {"first": DAYS[first], "last": DAYS[last]}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_as_it_is(windows: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What the two fields of `WeekForm` start from: the parts that these windows hold whole, the rest in words."""
    rest = [list(one) for one in windows]
    chosen = [name for name in WEEK if all(one in rest for one in windows_of([name]))]
    others = [one for one in rest if one not in windows_of(chosen)]
    return {"week": chosen, "hours": windows_in_words(others) if others else ""}


class WeekForm(forms.Form):
    """When in a week something can be; cleaned, `windows` holds the hours of both fields."""

    week = forms.MultipleChoiceField(
        label=_("什么时候可以"),
        choices=list(WEEK_LABELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不选、下面也不写，就是什么时候都行。"),
    )
    hours = forms.CharField(
        label=_("其他时段"),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("如“周三 14:00–17:00”，几段之间用顿号隔开。"),
    )

    def clean(self) -> dict[str, Any]:
        """Put the hours of both together."""
        given = super().clean() or {}
        try:
            given["windows"] = quantities.windows(
                windows_of(given.get("week", [])) + windows_read(given.get("hours", ""))
            )
        except Refused as refusal:
            self.add_error("hours", in_words(refusal))
        except ValidationError as error:
            self.add_error("hours", error)
        return given
