"""How desk and units alike show offers, needs, matches and pledges: amounts, and the trail in words."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from gongzhi.exchange import giving_rules, rules
from gongzhi.exchange.quantities import shown
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Table, _
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.words import acted_by, office_names

LOOKS = {
    "state": ("calm", "inbox"),
    "change": ("rest", "pencil-square"),
    "verify": ("good", "check-circle"),
    "withdraw": ("rest", "x-circle"),
    "meet": ("good", "check-circle"),
    "restate": ("accent", "arrow-counterclockwise"),
    "unlock": ("calm", "unlock"),
    "lapse": ("rest", "clock-history"),
    "count": ("good", "check2-square"),
    "put_forward": ("soon", "arrow-up"),
    "suggest": ("calm", "node-plus"),
    "offer": ("accent", "send"),
    "pass": ("rest", "x-circle"),
    "give": ("good", "check-lg"),
    "take": ("good", "check-lg"),
    "decline": ("late", "x-circle"),
    "climb": ("late", "arrow-up"),
    "follow": ("rest", "arrow-right"),
    "promise": ("good", "check-circle"),
    "deliver": ("accent", "send"),
    "correct": ("soon", "pencil"),
    "confirm": ("good", "check2-square"),
    "dispute": ("late", "question-circle"),
    "close": ("rest", "x-circle"),
    "put_off": ("soon", "clock-history"),
    "agree_day": ("good", "calendar-check"),
    "keep_day": ("late", "x-circle"),
    "talk": ("calm", "chat-left-text"),
    "agree": ("good", "check-circle"),
    "refuse": ("late", "x-circle"),
    "remind": ("soon", "bell"),
    "pause": ("rest", "pause-circle"),
    "resume": ("accent", "play-circle"),
    "end": ("rest", "x-circle"),
    "start": ("calm", "send"),
    "open": ("calm", "eye"),
    "accept": ("good", "check-lg"),
    "ask": ("soon", "question-circle"),
    "report": ("accent", "chat-left-text"),
    "object": ("late", "x-circle"),
    "see_contact": ("rest", "eye"),
    "note": ("good", "receipt"),
    "use": ("accent", "box-arrow-right"),
    "correct_entry": ("soon", "pencil"),
    "correct_use": ("soon", "pencil"),
}
BOTH_AGREED = _("双方同意，承诺成立")
NEED_ENDED = _("这项需求已经结束")
BY_PHONE = _("对方在电话里说的，由工作人员记下")
# What is written in the trail and is no move of a table.
OTHER_DEEDS = {
    "state": _("列入清单"),
    "suggest": _("提出撮合"),
    "promise": _("承诺成立"),
    "ask": _("请求介绍单位"),
    "start": _("登记转介"),
    "see_contact": _("查看了联系方式"),
    "wipe": _("已清除联系方式"),
    "note": _("记入爱心账"),
}


def amount(quantity: Decimal, measure: str) -> str:
    """A quantity with its measure, as people write it."""
    return f"{shown(quantity)} {measure}"


def events(
    actor: Actor, entries: Iterable[TrailEntry], table: Table, measure: str = "", *, unnamed: bool = False
) -> list[dict[str, Any]]:
    """The entries of one trail as a timeline, the newest first; quantities are said in `measure`.

    `unnamed` leaves out who acted, for a match that is still confidential.
    """
    offices = {} if unnamed else office_names()
    return [
        _event(actor, entry, table, measure) | {"who": "" if unnamed else acted_by(entry.actor_label, offices)}
        for entry in reversed(list(entries))
    ]


def _event(actor: Actor, entry: TrailEntry, table: Table, measure: str) -> dict[str, Any]:
    tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
    row = table.get(entry.verb)
    label = row.label if row else OTHER_DEEDS.get(entry.verb, entry.verb)
    if entry.verb == "promise" and entry.data.get("match"):
        label = BOTH_AGREED
    lines = [_detail(entry, measure), seen_by(actor, entry.words)]
    return {
        "when": entry.at,
        "what": gettext(label),
        "words": "\n".join(line for line in lines if line),
        "tone": tone,
        "icon": icon,
    }


def _detail(entry: TrailEntry, measure: str) -> str:
    """The amount, the day and the reason that an entry keeps, in words."""
    data, found = entry.data, []
    if quantity := data.get("quantity"):
        found.append(amount(Decimal(quantity), measure).strip())
    if said := data.get("amount"):
        found.append(f"{said} {measure}")
    if met := data.get("met"):
        found.append(gettext("已收到 %(amount)s") % {"amount": amount(Decimal(met), measure).strip()})
    if data.get("due_on"):
        found.append(gettext("%(day)s 前") % {"day": data["due_on"]})
    if data.get("from_day"):
        found.append(gettext("%(before)s 改为 %(after)s") % {"before": data["from_day"], "after": data["to_day"]})
    if data.get("day"):
        found.append(str(data["day"]))
    if data.get("reason") in rules.REFUSAL_LABELS:
        found.append(gettext(rules.REFUSAL_LABELS[rules.RefusalReason(data["reason"])]))
    if data.get("openness") in giving_rules.OPENNESS_LABELS:
        found.append(gettext(giving_rules.OPENNESS_LABELS[giving_rules.Openness(data["openness"])]))
    if data.get("by_phone"):
        found.append(gettext(BY_PHONE))
    if data.get("why") == "need_ended":
        found.append(gettext(NEED_ENDED))
    if data.get("until"):
        found.append(gettext("%(day)s 起可以") % {"day": data["until"]})
    return gettext("；").join(found)
