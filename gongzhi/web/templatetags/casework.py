"""Tags for what a list repeats fifty times. Written in Python, because nested templates cost ten times as much.

Every value goes through `escape`; the classes and signs are those of `parts/badge.html` and `pieces`.
"""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from gongzhi.web.casework.choices import Tree
from gongzhi.web.casework.options import drawn_groups, drawn_options
from gongzhi.web.casework.rows import Row
from gongzhi.web.templatetags.pieces import due_badge, icon, state_badge

register = template.Library()


@lru_cache(maxsize=64)
def _sign(name: str) -> SafeString:
    return icon(name)


@register.simple_tag
def option_list(options: tuple[tuple[object, str], ...], chosen: object = "", translated: bool = False) -> SafeString:
    """The options of a select, one of them chosen; `translated` where the labels are texts of ours."""
    return drawn_options(options, str(chosen or ""), get_language() if translated else "")


@register.simple_tag
def grouped_options(groups: Tree, chosen: object = "") -> SafeString:
    """The same in groups, for a tree of categories."""
    return drawn_groups(groups, str(chosen or ""))


@register.simple_tag
def marks(row: Row) -> SafeString:
    """What must be seen at once about a demand: danger, supervision, how often it came back, confidence asked for."""
    found: list[tuple[str, str, str]] = []
    if row.danger:
        found.append((" flagged-late", _sign("exclamation-triangle-fill"), _("有危险")))
    if row.supervised:
        found.append((" flagged-late", _sign("flag"), _("督办")))
    if row.reopened:
        words = ngettext("重办 %(n)d 次", "重办 %(n)d 次", row.reopened) % {"n": row.reopened}
        found.append((" flagged-late", _sign("arrow-counterclockwise"), words))
    if row.confidential:
        found.append(("", _sign("lock"), _("要求保密")))
    if row.lapsed:
        found.append(("", "", _("逾期未评")))
    return mark_safe(  # noqa: S308
        "".join(f'<span class="flagged{tone}">{sign}{escape(words)}</span>' for tone, sign, words in found)
    )


@register.simple_tag
def demand_rows(rows: Iterable[Row], base: str, tick: bool = False) -> SafeString:
    """The rows of a list of demands, each leading to its page below `base`; with `tick` they can be chosen."""
    return mark_safe("".join(_row(row, base, tick) for row in rows))  # noqa: S308


def _row(row: Row, base: str, tick: bool) -> str:
    box = ""
    if tick:
        label = escape(_("选中 %(number)s") % {"number": row.number})
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
        f"<span>{escape(_(row.kind_label))} · {escape(_(row.channel_label))}</span>{marks(row)}</span></th>"
        f'<td class="cell-place">{escape(row.place)}</td><td class="cell-category">{category}</td>'
        f'<td class="cell-due nowrap">{_due(row)}</td>'
        f'<td class="cell-state nowrap">{_badge(**state_badge(row.state, row.state_label))}</td>'
        + (f'<td class="cell-who">{hands}</td>' if base == "/desk" else "")
        + "</tr>"
    )


def _due(row: Row) -> str:
    if row.paused:
        return _badge(**due_badge(row.received_at, paused=True))
    if row.due_at is None:
        return ""
    day = f"{timezone.localtime(row.due_at):%m-%d %H:%M}"
    return f'{_badge(**due_badge(row.due_at))}<span class="muted small number due-date">{day}</span>'


def _badge(tone: str, sign: str, label: str, title: str = "") -> str:
    named = f' title="{escape(title)}"' if title else ""
    return f'<span class="badge-plain tone-{tone}"{named}>{_sign(sign)}{escape(label)}</span>'
