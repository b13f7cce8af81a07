"""Tags for what a list repeats fifty times. Written in Python, because nested templates cost ten times as much.

Every value goes through `escape`; badges and signs are those of `pieces`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

# Django's own asks of each text whether it is a promise of one: these are texts, and there are hundreds on a page.
from html import escape
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gongzhi.web.casework.choices import Tree
from gongzhi.web.casework.options import drawn_groups, drawn_options, drawn_select
from gongzhi.web.casework.rows import Row
from gongzhi.web.templatetags.pieces import DAY, badge, drawn_state, icon, in_unit, look_of_left, span_in

register = template.Library()


@register.simple_tag
def option_list(options: tuple[tuple[object, str], ...], chosen: object = "") -> SafeString:
    """The options of a select, one of them chosen."""
    return drawn_options(options, str(chosen or ""), "")


@register.simple_tag
def filter_select(select: dict[str, Any]) -> SafeString:
    """One filter of fixed values, as `Ask.selects` gives it."""
    return drawn_select(**select, language=get_language() or "")


@register.simple_tag
def grouped_options(groups: Tree, chosen: object = "") -> SafeString:
    """The same in groups, for a tree of categories."""
    return drawn_groups(groups, str(chosen or ""))


@register.simple_tag
def marks(row: Row) -> SafeString:
    """What must be seen at once about a demand: danger, supervision, how often it came back, confidence asked for."""
    if not (row.danger or row.supervised or row.reopened or row.confidential or row.lapsed):
        return SafeString()
    found: list[tuple[str, str, str]] = []
    if row.danger:
        found.append((" flagged-late", icon("exclamation-triangle-fill"), _("有危险")))
    if row.supervised:
        found.append((" flagged-late", icon("flag"), _("督办")))
    if row.reopened:
        words = ngettext("重办 %(n)d 次", "重办 %(n)d 次", row.reopened) % {"n": row.reopened}
        found.append((" flagged-late", icon("arrow-counterclockwise"), words))
    if row.confidential:
        found.append(("", icon("lock"), _("要求保密")))
    if row.lapsed:
        found.append(("", "", _("逾期未评")))
    return mark_safe(  # noqa: S308
        "".join(f'<span class="flagged{tone}">{sign}{escape(words)}</span>' for tone, sign, words in found)
    )


@register.simple_tag
def demand_rows(rows: Iterable[Row], base: str, tick: bool = False) -> SafeString:
    """The rows of a list of demands, each leading to its page below `base`; with `tick` they can be chosen."""
    now, language = timezone.localtime(), get_language() or ""
    return mark_safe("".join(_row(row, base, tick, now, language) for row in rows))  # noqa: S308


def _row(row: Row, base: str, tick: bool, now: datetime, language: str) -> str:
    box = ""
    if tick:
        label = _label(language) % {"number": row.number}
        choose = f'<input class="form-check-input" type="checkbox" name="demand" value="{row.pk}" aria-label="{label}">'
        box = f'<td class="tick">{"" if row.ended else choose}</td>'
    category: str = escape(row.category)
    if row.confidence is not None:
        category = (
            f'<span class="muted small">{escape(_("建议"))}</span> {category} '
            f'<span class="muted small number">{row.confidence}%</span>'
        )
    hands = escape(" · ".join(one for one in (row.handler, row.assignee) if one))
    return (
        f'<tr{" class=row-danger" if row.danger else ""}>{box}<th scope="row" class="cell-subject">'
        f'<a href="{base}/demands/{row.pk}">{escape(row.subject)}</a><span class="row-facts">'
        f'<span class="number">{row.number}</span>'
        f"{_origin(row.kind_label, row.channel_label, language)}{marks(row)}</span></th>"
        f'<td class="cell-place">{escape(row.place)}</td><td class="cell-category">{category}</td>'
        f'<td class="cell-due nowrap">{_due(row, now, language)}</td>'
        f'<td class="cell-state nowrap">{drawn_state(row.state, row.state_label, language)}</td>'
        + (f'<td class="cell-who">{hands}</td>' if base == "/desk" else "")
        + "</tr>"
    )


# The same few for every row. `language` is the one in use, named so that what is kept is kept for it alone.
@lru_cache(maxsize=8)
def _label(language: str) -> str:
    return str(escape(_("选中 %(number)s")))


@lru_cache(maxsize=256)
def _origin(kind_label: str, channel_label: str, language: str) -> str:
    return f"<span>{escape(_(kind_label))} · {escape(_(channel_label))}</span>"


def _due(row: Row, now: datetime, language: str) -> str:
    if row.paused:
        return _paused(language)
    if row.due_at is None:
        return ""
    due, left = row.due_at.astimezone(now.tzinfo), row.due_at - now
    drawn = _left(left < timedelta(), left <= DAY, *in_unit(abs(left)), language)
    return (
        f'{drawn % {"when": f"{due:%Y-%m-%d %H:%M}"}}<span class="muted small number due-date">{due:%m-%d %H:%M}</span>'
    )


@lru_cache(maxsize=8)
def _paused(language: str) -> str:
    return badge("rest", "pause-circle", _("暂停计时"))


@lru_cache(maxsize=1024)
def _left(late: bool, soon: bool, unit: str, number: int, language: str) -> str:
    """The badge of a due time but for the moment itself, which its title has to be given as `when`."""
    return badge(*look_of_left(late, soon, span_in(unit, number)), _("时限：%(when)s"))
