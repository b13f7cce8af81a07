"""How a network holds together: four measures, each with its formula and what it was counted from."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongzhi.agreements import queries
from gongzhi.agreements.queries import Health, Share
from gongzhi.neighbourhood.registers import visible_networks
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, UnitKind
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

YEAR = 365


@dataclass(frozen=True)
class Measure:
    """One measure as its card shows it; `parts` are (what, day, count, address) of what it was counted from."""

    name: str
    label: Any
    share: Share
    formula: Any
    # What is said where there is nothing to count.
    lacking: Any
    parts: list[tuple[str, Any, str, str]] = field(default_factory=list)


@for_standing(*DESK)
@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """Four measures of one network; side by side, never one number, never a list of the best."""
    actor, today = actor_of(request), now().date()
    networks = list(visible_networks(actor))
    asked = request.GET.get("network", "")
    network = next((one for one in networks if str(one.pk) == asked or not asked), None)
    if asked and network is None:
        raise Http404
    since = today - timedelta(days=YEAR)
    context: dict[str, Any] = {
        "networks": networks,
        "network": network,
        "since": since,
        "until": today,
        "tab": "health",
    }
    if network:
        health = queries.health_of(actor, network, since=since, until=today)
        context["measures"] = _measures(health, reverse("setup-network", args=[network.pk]))
    return render(request, "desk/agreements/health.html", context)


def _measures(health: Health, members: str) -> list[Measure]:
    meetings = [
        (one.title, one.day, f"{one.came}/{one.called}", reverse("desk-conference", args=[one.conference]))
        for one in health.meetings
    ]
    kinds = [
        (gettext(UNIT_KIND_LABELS[kind]), None, str(health.kinds[kind]), members)
        for kind in UnitKind if kind in health.kinds
    ]  # fmt: skip
    decisions = (gettext("会议决定"), None, _fraction(health.decisions), reverse("desk-conferences"))
    needs = (gettext("写明最后一天的需求"), None, _fraction(health.needs), reverse("desk-exchange"))
    ties = (gettext("谁给谁，画成图"), None, "", reverse("desk-picture"))
    return [
        Measure(
            "reciprocity", _("互惠"), health.reciprocity,
            _("互相都给过对方的成员对 ÷ 有过往来的成员对。实体所在的街道、社区也算一方；对方确认收到才算。"),
            _("这段时间成员之间还没有确认收到的往来。"), [ties],
        ),
        Measure(
            "meeting", _("会议到会"), health.meeting,
            _("到会的成员次数（委托别人到会也算）÷ 点过名的成员次数。只算这个实体开完的联席会议。"),
            _("这段时间还没有点过名、开完的会。"), meetings,
        ),
        Measure(
            "mix", _("成员多样"), health.mix,
            _("类别不同的成员对 ÷ 全部成员对。每两家成员单位算一对，按今天的成员算。"),
            _("成员单位还不到两家。"), kinds,
        ),
        Measure(
            "closure", _("按期办结"), health.closure,
            _("按期办好的事项 ÷ 到期的事项。事项是会议上写明日子的决定，和所在街道、社区写明最后一天的需求。办好了却没写哪天的决定不算。"),
            _("这段时间还没有到期的事项。"), [decisions, needs],
        ),
    ]  # fmt: skip


def _fraction(share: Share) -> str:
    return f"{share.part}/{share.of}"
