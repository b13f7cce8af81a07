"""The options of selects as HTML, drawn once and kept: three hundred categories cost more than the list above them."""

from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from gongzhi.shared.moves import _
from gongzhi.web.casework.choices import Tree


@lru_cache(maxsize=256)
def drawn_options(options: tuple[tuple[object, str], ...], chosen: str, language: str | None) -> SafeString:
    """Escaped `<option>`s; with a language the labels are texts of ours, and it must be the one now in use."""
    return mark_safe(  # noqa: S308 - every piece is escaped
        "".join(
            f'<option value="{escape(value)}"{" selected" if str(value) == chosen else ""}>'
            f"{escape(gettext(label) if language else label)}</option>"
            for value, label in options
        )
    )


@lru_cache(maxsize=64)
def drawn_groups(groups: Tree, chosen: str) -> SafeString:
    """Escaped `<optgroup>`s; what has no group stands by itself."""
    parts = []
    for group, options in groups:
        inner = drawn_options(options, chosen, "")
        parts.append(f'<optgroup label="{escape(group)}">{inner}</optgroup>' if group else inner)
    return mark_safe("".join(parts))  # noqa: S308


@lru_cache(maxsize=512)
def drawn_select(
    name: str, label: str, options: tuple[tuple[object, str], ...], chosen: str, language: str, every: str = _("全部")
) -> SafeString:
    """A labelled select of texts of ours in the language now in use, which sends its form when it changes.

    `every` is what the empty choice says.
    """
    head = f'<div class="field"><label for="f-{name}">{escape(gettext(label))}</label>'
    every = f'<option value="">{escape(gettext(every))}</option>'
    inner = drawn_options(options, chosen, language)
    select = f'<select class="form-select" id="f-{name}" name="{name}" data-submits>{every}{inner}</select>'
    return mark_safe(f"{head}{select}</div>")  # noqa: S308
