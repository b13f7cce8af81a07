"""The trail of a need, an offer, a match or a pledge in words, the newest first."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from gongzhi.exchange import rules
from gongzhi.exchange.quantities import quantity, shown
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused, Table, _
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
    "remind": ("soon", "bell"),
    "pause": ("rest", "pause-circle"),
    "resume": ("accent", "play-circle"),
    "end": ("rest", "x-circle"),
}
# What is written in the trail and is no move of a table.
OTHER_DEEDS = {"state": _("登记"), "suggest": _("提出撮合"), "promise": _("承诺成立")}


def events(actor: Actor, entries: Iterable[TrailEntry], table: Table, measure: str = "") -> list[dict[str, Any]]:
    """The entries of one trail as a timeline; quantities are said in `measure`."""
    offices = office_names()
    return [_event(actor, entry, table, measure, offices) for entry in reversed(list(entries))]


def _event(
    actor: Actor, entry: TrailEntry, table: Table, measure: str, offices: dict[str, str]
) -> dict[str, Any]:  # fmt: skip
    tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
    row = table.get(entry.verb)
    label = row.label if row else OTHER_DEEDS.get(entry.verb, entry.verb)
    lines = [_detail(entry, measure), seen_by(actor, entry.words)]
    return {
        "when": entry.at,
        "what": gettext(label),
        "who": acted_by(entry.actor_label, offices),
        "words": "\n".join(line for line in lines if line),
        "tone": tone,
        "icon": icon,
    }


def _detail(entry: TrailEntry, measure: str) -> str:
    data, found = entry.data, []
    if amount := _amount(data.get("quantity")):
        found.append(f"{amount} {measure}".strip())
    if met := _amount(data.get("met")):
        found.append(gettext("已收到 %(amount)s") % {"amount": f"{met} {measure}".strip()})
    if data.get("due_on"):
        found.append(gettext("%(day)s 前") % {"day": data["due_on"]})
    if data.get("reason") in rules.REFUSAL_LABELS:
        found.append(gettext(rules.REFUSAL_LABELS[rules.RefusalReason(data["reason"])]))
    return gettext("；").join(found)


def _amount(value: object) -> str:
    """A quantity of the trail as people write it; empty for none."""
    try:
        return shown(quantity(str(value))) if value else ""
    except Refused:
        return ""
