"""How desk and units alike show conferences: lines of decisions, the roll, spans of time, the trail in words."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext

from gongzhi.conferences import pavilion_rules, rules
from gongzhi.conferences.queries import Outcome, came_out
from gongzhi.conferences.rows import Call, Conference, Decision
from gongzhi.conferences.rules import ConferenceKind, ConferenceState, DecisionKind, Presence
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Table, _
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.templatetags.pieces import span
from gongzhi.web.words import acted_by, office_names

DEEDS = {
    "plan": _("安排了会议"),
    "propose": _("按节奏提出下次会议"),
    "call": _("召集"),
    "raise": _("提出"),
}
_LOOKS = {
    "notify": ("accent", "send"),
    "call": ("soon", "megaphone"),
    "move": ("soon", "clock-history"),
    "open": ("accent", "people"),
    "close": ("calm", "check2-square"),
    "sign": ("good", "check-circle"),
    "cancel": ("rest", "x-circle"),
    "check": ("good", "check-circle"),
    "send_back": ("late", "arrow-return-left"),
    "drop": ("rest", "x-circle"),
}
TONES = {"done": "good", "open": "calm", "late": "late", "undone": "rest"}
SIGNS = {"done": "check-circle", "open": "hourglass-split", "late": "exclamation-triangle-fill", "undone": "x-circle"}


def conference_line(row: Conference) -> dict[str, Any]:
    """A conference in a list."""
    return {
        "row": row,
        "label": rules.CONFERENCE_LABELS[ConferenceState(row.state)],
        "kind": rules.CONFERENCE_KIND_LABELS[ConferenceKind(row.kind)],
        "urgent": row.kind == ConferenceKind.URGENT,
    }


def amount_of(row: Decision) -> str:
    """How much of what, as it was said: 近20万元 stays in its words."""
    if not row.amount:
        return ""
    said = row.amount if row.amount.endswith(row.measure) else f"{row.amount}{row.measure}"
    return "" if said in row.what else said


def decision_lines(found: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Decisions with what became of them."""
    return [
        {
            "row": one.decision,
            "kind": rules.DECISION_KIND_LABELS[DecisionKind(one.decision.kind)],
            "owner": one.owner,
            "amount": amount_of(one.decision),
            "strandless": rules.without_strand(one.decision.kind, one.decision.strands),
            "came_out": came_out(one.decision),
            "draft": one.decision.state == rules.DecisionState.DRAFTED,
            "became": one.became.value,
            "label": gettext(rules.BECAME_LABELS[one.became]),
            "tone": TONES[one.became.value],
            "sign": SIGNS[one.became.value],
            "took": took(one),
        }
        for one in found
    ]


def took(one: Outcome) -> str:
    """From the decision to its being done: counted in days where the day was noted, else as it was stated."""
    row = one.decision
    if row.finished_span:
        return row.finished_span
    if one.days is None:
        return ""
    return span(timedelta(days=one.days)) if one.days > 1 else gettext("当天") if not one.days else gettext("1天")


def roll_lines(calls: Sequence[Call]) -> list[dict[str, Any]]:
    """Who is called, and what the roll says."""
    return [
        {
            "row": one,
            "name": str(one.unit or one.person),
            "presence": one.presence,
            "label": gettext(rules.PRESENCE_LABELS[Presence(one.presence)]) if one.presence else "",
            "by": str(one.proxy.unit or one.proxy.person) if one.proxy else one.words,
        }
        for one in calls
    ]


def delay_of(row: Conference) -> str:
    """From the request for a meeting to the meeting, in words; empty where there is none to tell."""
    waited = rules.delay(row.requested_at, row.began_at or row.starts_at)
    return span(waited) if waited is not None else ""


def events(actor: Actor, entries: Iterable[TrailEntry], table: Table) -> list[dict[str, Any]]:
    """The entries of one trail as a timeline, the newest first."""
    offices = office_names()
    found = []
    for entry in reversed(list(entries)):
        tone, icon = _LOOKS.get(entry.verb, ("rest", "dot"))
        label = table[entry.verb].label if entry.verb in table else DEEDS.get(entry.verb, entry.verb)
        words = [str(entry.data.get("name", "")), str(entry.data.get("day", "")), seen_by(actor, entry.words)]
        if entry.data.get("presence"):
            words[1] = gettext(rules.PRESENCE_LABELS[Presence(entry.data["presence"])])
        found.append(
            {
                "when": entry.at,
                "what": gettext(label),
                "words": "\n".join(one for one in words if one),
                "tone": tone,
                "icon": icon,
                "who": acted_by(entry.actor_label, offices),
            }
        )
    return found


def deliberation_label(state: str) -> str:
    """What the state of a deliberation is called."""
    return pavilion_rules.DELIBERATION_LABELS[pavilion_rules.DeliberationState(state)]
