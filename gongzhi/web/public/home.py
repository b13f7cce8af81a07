"""The first page: one thing to do, and how it goes on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.demands import queries, rules
from gongzhi.demands.rules import Urgency
from gongzhi.shared.moves import _

AMOUNTS = {
    "minutes": _("%(n)d 分钟"),
    "hours": _("%(n)d 小时"),
    "working_days": _("%(n)d 个工作日"),
    "days": _("%(n)d 天"),
    "weeks": _("%(n)d 周"),
}


def limits() -> list[dict[str, str]]:
    """Within what time an answer is due, per urgency, by the rows in force; those of single categories left out."""
    shown = []
    rows = [row for row in queries.current_limits(timezone.now()) if row.clock == "answer" and row.category_id is None]
    for urgency in Urgency:
        row = next((row for row in rows if row.urgency == urgency), None)
        if row:
            amount = gettext(AMOUNTS[row.unit]) % {"n": row.amount}
            shown.append({"matter": rules.URGENCY_LABELS[urgency], "amount": amount})
    return shown


def show_home(request: HttpRequest) -> HttpResponse:
    """The district's front door."""
    return render(request, "public/home.html", {"limits": limits(), "rating_days": queries.threshold("rating_days")})
