"""The first page: one thing to do, and how it goes on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from gongzhi.demands import queries, rules
from gongzhi.demands.rules import Urgency

AMOUNTS = {
    "minutes": ngettext_lazy("%(n)d 分钟", "%(n)d 分钟", "n"),
    "hours": ngettext_lazy("%(n)d 小时", "%(n)d 小时", "n"),
    "working_days": ngettext_lazy("%(n)d 个工作日", "%(n)d 个工作日", "n"),
    "days": ngettext_lazy("%(n)d 天", "%(n)d 天", "n"),
    "weeks": ngettext_lazy("%(n)d 周", "%(n)d 周", "n"),
}


def limits() -> list[dict[str, str]]:
    """Within what time an answer is due, per urgency, by the rows in force; those of single categories left out."""
    shown = []
    rows = [
        row for row in queries.current_limits(timezone.localtime()) if row.clock == "answer" and row.category_id is None
    ]
    for urgency in Urgency:
        row = next((row for row in rows if row.urgency == urgency), None)
        if row:
            amount = AMOUNTS[row.unit] % {"n": row.amount}
            shown.append({"matter": rules.URGENCY_LABELS[urgency], "amount": amount})
    return shown


def show_home(request: HttpRequest) -> HttpResponse:
    """The district's front door."""
    return render(request, "public/home.html", {"limits": limits(), "rating_days": queries.threshold("rating_days")})
