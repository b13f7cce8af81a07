"""The two rows of tabs above the desk's pages of 供需: what one is about, and the pages about that."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

# (what it is about, its pages: what a page calls itself, its address, its name). The first page stands for all.
GROUPS = (
    (
        pgettext_lazy("tabs", "撮合"),
        (("table", "desk-exchange", _("撮合台")), ("forward", "desk-forward", _("可以提上下次会议"))),
    ),
    (pgettext_lazy("tabs", "清单"), (("offers", "desk-offers", _("资源清单")), ("rounds", "desk-rounds", _("三张表")))),
    (_("承诺"), (("pledges", "desk-pledges", _("承诺")), ("packages", "desk-packages", _("帮扶")))),
    (
        pgettext_lazy("tabs", "求助"),
        (("introductions", "desk-introductions", _("介绍")), ("outreaches", "desk-outreaches", _("外部转介"))),
    ),
    (
        pgettext_lazy("tabs", "账目"),
        (
            ("giving", "desk-giving", _("爱心账")),
            ("picture", "desk-picture", _("谁给谁")),
            ("tasks", "desk-quiet", _("久未受益")),
        ),
    ),
    (pgettext_lazy("tabs", "联系"), (("talks", "desk-talks", _("留言")), ("directory", "desk-directory", _("通讯录")))),
)


@register.inclusion_tag("desk/exchange/parts/tabs.html")
def exchange_tabs(tab: str) -> dict[str, Any]:
    """The tabs with the page that is shown marked."""
    inside = next(pages for _name, pages in GROUPS if tab in {page[0] for page in pages})
    return {"tab": tab, "groups": [(name, pages[0], pages is inside) for name, pages in GROUPS], "pages": inside}
