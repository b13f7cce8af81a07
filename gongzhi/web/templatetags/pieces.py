"""The shared pieces of pages as tags: `{% load pieces %}`, then `{% icon "search" %}` or `{% field bound %}`."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from gongzhi.web.words import named

register = template.Library()

SPRITE = "vendor/bootstrap-icons-1.13.2/icons.svg"
DAY = timedelta(days=1)

BASES = {
    "counted": (gettext_lazy("实计"), gettext_lazy("由系统中的记录逐条计数得出")),
    "stated": (gettext_lazy("申报"), gettext_lazy("由单位或人员申报，未逐条核对")),
    "estimated": (gettext_lazy("估算"), gettext_lazy("按规则估算，不是计数")),
}
# Meaning of a state for the eye: tone and sign. The word itself always comes from the room's table.
STATES = {
    "received": ("calm", "inbox"),
    "classified": ("calm", "tag"),
    "dispatched": ("calm", "send"),
    "signed": ("accent", "check2-square"),
    "contacted": ("accent", "telephone"),
    "in_hand": ("accent", "tools"),
    "waiting": ("soon", "question-circle"),
    "on_register": ("rest", "pause-circle"),
    "replied": ("good", "chat-left-quote"),
    "called_back": ("good", "telephone-inbound"),
    "closed": ("rest", "check-circle"),
    "archived": ("rest", "archive"),
    "returned": ("soon", "arrow-return-left"),
    "reopened": ("late", "arrow-counterclockwise"),
    "withdrawn": ("rest", "x-circle"),
    "raised": ("calm", "flag"),
    "surveyed": ("calm", "eye"),
    "cause_known": ("accent", "search"),
    "solved": ("good", "check-circle"),
    "merged": ("rest", "diagram-3"),
    "dropped": ("rest", "x-circle"),
    "blown": ("soon", "megaphone"),
    "on_site": ("accent", "geo-alt"),
    "rated": ("rest", "star"),
    "called_off": ("rest", "x-circle"),
    "referred": ("calm", "send"),
    "coordinated": ("good", "shield-check"),
    "stated": ("soon", "inbox"),
    "verified": ("calm", "check2-square"),
    "met": ("good", "check-circle"),
    "lapsed": ("rest", "clock-history"),
    "suggested": ("calm", "lightbulb"),
    "offered": ("soon", "hourglass-split"),
    "accepted": ("good", "check-lg"),
    "promised": ("calm", "check-lg"),
    "in_delivery": ("accent", "send"),
    "fulfilled": ("good", "check-circle"),
    "partly": ("soon", "dash-circle"),
    "failed": ("late", "x-circle"),
    "declined": ("rest", "x-circle"),
    "passed": ("rest", "x-circle"),
    "open": ("good", "check-circle"),
    "paused": ("soon", "pause-circle"),
    "ended": ("rest", "x-circle"),
    "asked": ("soon", "hourglass-split"),
    "agreed": ("good", "check-circle"),
    "refused": ("rest", "x-circle"),
    "proposed": ("soon", "hourglass-split"),
    "sent": ("calm", "send"),
    "opened": ("accent", "eye"),
    "reported": ("soon", "chat-left-text"),
    "confirmed": ("good", "check-circle"),
    "noticed": ("calm", "send"),
    "in_session": ("accent", "people"),
    "minuted": ("soon", "pencil-square"),
    "cancelled": ("rest", "x-circle"),
    "called": ("soon", "megaphone"),
    "over": ("rest", "check-circle"),
    "discussed": ("calm", "chat-left-text"),
    "decided": ("accent", "check2-square"),
    "carried_out": ("soon", "tools"),
    "checked": ("good", "check-circle"),
    "tabled": ("soon", "hourglass-split"),
    "set_aside": ("rest", "x-circle"),
    "taken": ("good", "check-circle"),
    "drafted": ("calm", "pencil-square"),
    "running": ("accent", "tools"),
    "done": ("good", "check-circle"),
    "stopped": ("rest", "x-circle"),
    "to_do": ("calm", "circle"),
    "under_way": ("accent", "tools"),
    "waived": ("rest", "dash-circle"),
    "approved": ("good", "check-circle"),
    "replaced": ("rest", "archive"),
    "installed": ("soon", "hourglass-split"),
    "removed": ("rest", "x-circle"),
    "draft": ("calm", "pencil-square"),
    "active": ("good", "check-circle"),
    "in_review": ("accent", "clipboard-check"),
    "renewed": ("rest", "arrow-repeat"),
    "expired": ("rest", "clock-history"),
    "sealed": ("soon", "lock"),
}


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw one icon of the sprite; without `label` it is decoration and screen readers skip it."""
    named = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        named,
        static(SPRITE),
        name,
    )


@register.simple_tag
def rail(ways: Iterable[Hashable], takes_calls: bool) -> SafeString:
    """The way to each page of an audience; drawn once for all who have the same ones before them."""
    return _rail(tuple(ways), bool(takes_calls), get_language() or "")


@lru_cache(maxsize=512)
def _rail(ways: tuple[Hashable, ...], takes_calls: bool, language: str) -> SafeString:
    return render_to_string("parts/rail.html", {"ways": ways, "takes_calls": takes_calls})


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, hint: str = "", counter: int = 0, **attrs: str) -> dict[str, Any]:
    """Draw a form's field: label, hint, errors, control. `hint` replaces the form's help text.

    `counter` is the number of characters a text may have, counted down by the browser where it can.
    Further names are attributes of the control; `_` in a name stands for `-`.
    """
    widget = bound.field.widget
    group = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    check = isinstance(widget, forms.CheckboxInput)
    style = "form-select" if isinstance(widget, forms.Select) else "form-control"
    extra: dict[str, str | bool] = {name.replace("_", "-"): value for name, value in attrs.items()}
    if not group:
        kept = widget.attrs.get("class", "")
        extra["class"] = f"{kept} {'form-check-input' if check else style}".strip()
    if counter:
        extra["data-counter"] = str(counter)
    hint = hint or str(bound.help_text)
    # Django names hint and errors by itself only for its own texts; ours have the same ids.
    described = [f"{bound.id_for_label}_hint"] if hint else []
    described += [f"{bound.id_for_label}_error"] if bound.errors else []
    if described and not group:
        extra["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "hint": hint,
        "group": group,
        "check": check,
        "control": "" if group else bound.as_widget(attrs=extra),
        "base": bound.auto_id,
        "described": " ".join(described),
    }


@register.inclusion_tag("parts/errors.html")
def errors(*forms_shown: forms.BaseForm) -> dict[str, Any]:
    """List what is wrong at the top of a page, each line leading to its field. Draws nothing where all is well."""
    lines: list[tuple[str, str, str]] = []
    for form in forms_shown:
        lines += [("", "", str(text)) for text in form.non_field_errors()] if form.is_bound else []
        for bound in form:
            target = bound.auto_id if bound.use_fieldset else bound.id_for_label
            lines += [(target, str(bound.label), str(text)) for text in bound.errors]
    return {"lines": lines}


@register.simple_tag
def badge(tone: str, sign: str, label: str, title: str = "") -> SafeString:
    """Draw how something stands as sign, word and colour."""
    named = format_html(' title="{}"', title) if title else ""
    return format_html('<span class="badge-plain tone-{}"{}>{}{}</span>', tone, named, icon(sign), label)


@register.simple_tag
def state_badge(state: str, label: str) -> SafeString:
    """Draw a state; `label` is the word of the room's own table."""
    return drawn_state(str(getattr(state, "value", state)), label, get_language() or "")


# The same few for every row. `language` is the one in use, named so that what is kept is kept for it alone.
@lru_cache(maxsize=1024)
def drawn_state(state: str, label: str, language: str) -> SafeString:
    """The same in a language that is known to be the one in use."""
    return badge(*STATES.get(state, ("rest", "circle")), _(label))


@register.simple_tag
def due_badge(
    due: datetime | None, done: datetime | None = None, paused: bool = False, now: datetime | None = None
) -> SafeString:
    """Draw how a due time stands: kept, missed, running out, paused."""
    if due is None:
        return badge("rest", "dash-circle", _("没有时限"))
    title = _("时限：%(when)s") % {"when": timezone.localtime(due).strftime("%Y-%m-%d %H:%M")}
    if done is not None:
        late = done > due
        look = ("late", "x-circle", _("超时完成")) if late else ("good", "check-circle", _("按时完成"))
    elif paused:
        look = ("rest", "pause-circle", _("暂停计时"))
    else:
        left = due - (now or timezone.localtime())
        look = look_of_left(left < timedelta(), left <= DAY, span(abs(left)))
    return badge(*look, title)


def look_of_left(late: bool, soon: bool, words: str) -> tuple[str, str, str]:
    """Colour, sign and words of a clock that runs, `words` for the time left or gone over."""
    if late:
        return "late", "exclamation-triangle-fill", _("已超 %(span)s") % {"span": words}
    tone, sign = ("soon", "hourglass-split") if soon else ("calm", "clock")
    return tone, sign, _("还剩 %(span)s") % {"span": words}


def span(length: timedelta) -> str:
    """A length of time in the one unit that a person would say: days, hours or minutes."""
    return span_in(*in_unit(length))


def in_unit(length: timedelta) -> tuple[str, int]:
    """That unit, and how many of it are full."""
    minutes = int(length.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return "days", minutes // 1440
    return ("hours", minutes // 60) if minutes >= 60 else ("minutes", minutes)


def span_in(unit: str, number: int) -> str:
    """So many of a unit in words."""
    if unit == "days":
        return ngettext("%(n)d 天", "%(n)d 天", number) % {"n": number}
    if unit == "hours":
        return ngettext("%(n)d 小时", "%(n)d 小时", number) % {"n": number}
    return ngettext("%(n)d 分钟", "%(n)d 分钟", number) % {"n": number}


@register.inclusion_tag("parts/stat.html")
def stat(
    label: str,
    value: object,
    *,
    unit: str = "",
    basis: str = "counted",
    href: str = "",
    note: str = "",
    qualifier: str = "",
) -> dict[str, Any]:
    """Draw one figure: it leads to the rows behind it (`href`) and says how it was got (`basis`: a key of BASES).

    `qualifier` is printed before the value for a stated figure that is not exact, such as 近 or 约.
    """
    mark, meaning = BASES[basis]
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "basis": basis,
        "mark": mark,
        "meaning": meaning,
        "href": href,
        "note": note,
        "qualifier": qualifier,
    }


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: dict[str, Any], after: str = "", before: str = "") -> dict[str, Any]:
    """Draw 上一页 / 下一页 by cursors, keeping every other choice of the address. An empty cursor draws no link."""
    query = context["request"].GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    links = {}
    for name, cursor in (("before", before), ("after", after)):
        link = query.copy()
        link[name] = cursor
        links[name] = f"?{link.urlencode()}" if cursor else ""
    return {"next": links["after"], "previous": links["before"]}


@register.inclusion_tag("parts/note.html")
def note(text: str, tone: str = "calm") -> dict[str, Any]:
    """Draw one sentence of advice or warning with its sign. Tones: calm, good, soon, late, rest."""
    signs = {"good": "check-circle-fill", "soon": "exclamation-circle-fill", "late": "exclamation-triangle-fill"}
    return {"text": text, "tone": tone, "sign": signs.get(tone, "info-circle-fill")}


register.filter("named", named)


@register.filter
def chart_rows(chart: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """The figures of a chart turned into rows of a table: each label with its value of every series."""
    columns = [line["values"] for line in chart["series"]]
    return [(label, [column[place] for column in columns]) for place, label in enumerate(chart["labels"])]
