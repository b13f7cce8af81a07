"""A demand's trail and clocks in words, as its page tells them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from gongzhi.demands import deadlines, rules
from gongzhi.demands.queries import Story
from gongzhi.demands.rows import Clock, Demand, Photo
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.queries import unit_names
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import _
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.words import acted_by, named, office_names

# What is written in the trail and is no move of the table.
OTHER_DEEDS = {
    "receive": _("收到诉求"),
    "assign": _("分配给"),
    "claim": _("居民归入自己的账户"),
    "wipe": _("清除了联系方式"),
    "see_contact": _("查看了联系方式"),
}
# Steps that photos may come with.
PICTURED = frozenset({"add", "attach", "reply_to_question"})
LOOKS = {
    "receive": ("calm", "inbox"),
    "classify": ("calm", "tag"),
    "refile": ("rest", "pencil"),
    "dispatch": ("calm", "send"),
    "recall": ("rest", "arrow-return-left"),
    "sign": ("accent", "check2-square"),
    "return": ("soon", "arrow-return-left"),
    "contact": ("accent", "telephone"),
    "start": ("accent", "tools"),
    "note": ("rest", "pencil-square"),
    "ask": ("soon", "question-circle"),
    "reply_to_question": ("accent", "chat-left-text"),
    "add": ("accent", "chat-left-text"),
    "stop_waiting": ("rest", "play-circle"),
    "ask_extension": ("soon", "hourglass-split"),
    "grant_extension": ("soon", "calendar-check"),
    "refuse_extension": ("rest", "x-circle"),
    "remind": ("soon", "bell"),
    "supervise": ("late", "flag"),
    "park": ("rest", "pause-circle"),
    "resume": ("accent", "play-circle"),
    "answer": ("good", "chat-left-quote"),
    "rate": ("good", "star"),
    "call_back": ("good", "telephone-inbound"),
    "lapse": ("rest", "clock-history"),
    "reopen": ("late", "arrow-counterclockwise"),
    "withdraw": ("rest", "x-circle"),
    "archive": ("rest", "archive"),
    "assign": ("rest", "person-check"),
    "attach": ("rest", "image"),
    "see_contact": ("rest", "eye"),
    "wipe": ("rest", "eye-slash"),
    "late": ("late", "exclamation-triangle"),
    "warn": ("soon", "alarm"),
}


def clock_label(kind: str) -> str:
    """What a clock is called."""
    names = {"sign_in": _("签收"), "contact": _("首次联系"), "answer": _("答复")}
    return gettext(names.get(kind, kind))


@dataclass(frozen=True)
class ClockLine:
    """One due time: how it stands, and the sentence that says why it is what it is."""

    label: str
    due_at: datetime
    met_at: datetime | None
    paused: bool
    why: str


def clock_lines(demand: Demand, clocks: Iterable[Clock]) -> list[ClockLine]:
    """Every due time of a demand, those still running first."""
    still = State(demand.state) in {State.WAITING, State.ON_REGISTER}
    lines = [
        ClockLine(
            clock_label(clock.kind),
            clock.due_at,
            clock.met_at,
            still and clock.met_at is None,
            deadlines.say(deadlines.explain(clock.why), gettext),
        )
        for clock in clocks
        # A demand that ended without an answer leaves clocks that nobody runs after.
        if clock.met_at is not None or demand.closed_at is None
    ]
    return sorted(lines, key=lambda line: (line.met_at is not None, line.due_at))


def events(actor: Actor, story: Story) -> list[dict[str, Any]]:
    """The trail as a timeline, newest first; what the resident sees too is marked."""
    ids = {entry.data.get("handler") for entry in story.trail}
    names = unit_names(one for one in ids if isinstance(one, int))
    added: dict[datetime, list[dict[str, str]]] = {}
    for photo in story.photos:
        added.setdefault(photo.added_at, []).append(_pictured(photo))
    offices = office_names()
    told = [_event(actor, entry, names, offices, story.demand) for entry in reversed(story.trail)]
    for event in told:
        event["photos"] = added.get(event["when"], []) if event["verb"] in PICTURED else []
    return told


def _pictured(photo: Photo) -> dict[str, str]:
    return {"url": f"/photos/{photo.name}", "thumbnail": f"/photos/{photo.name}?small"}


def photos_by_side(story: Story) -> dict[str, list[dict[str, str]]]:
    """The resident's photos, and those that staff took."""
    return {
        "photos": [_pictured(photo) for photo in story.photos if photo.by_resident],
        "staff_photos": [_pictured(photo) for photo in story.photos if not photo.by_resident],
    }


def additions(actor: Actor, story: Story) -> list[dict[str, Any]]:
    """What the resident said later, oldest first: whoever has a caller on the line reads it below the first words."""
    return [
        {"when": entry.at, "words": seen_by(actor, entry.words, story.demand)}
        for entry in story.trail
        if entry.verb in {"add", "reply_to_question"} and entry.words
    ]


def _event(
    actor: Actor, entry: TrailEntry, names: dict[int, str], offices: dict[str, str], demand: Demand
) -> dict[str, Any]:
    row = rules.MOVES.get(entry.verb)
    tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
    if entry.to_state == State.REOPENED and entry.verb in {"rate", "call_back"}:
        tone = "late"
    what = gettext(row.label) if row else _other(entry)
    who = acted_by(entry.actor_label, offices)
    if row and row.told:
        who += gettext("（居民看得到）")
    category = demand.category
    words = named(category) if category and entry.words == category.name else seen_by(actor, entry.words, demand)
    lines = [_detail(entry, names), words]
    return {
        "verb": entry.verb,
        "when": entry.at,
        "what": what,
        "who": who,
        "words": "\n".join(line for line in lines if line),
        "tone": tone,
        "icon": icon,
    }


def _other(entry: TrailEntry) -> str:
    data = entry.data
    if entry.verb in {"late", "warn"} and data.get("clock"):
        text = _("超过%(clock)s时限") if entry.verb == "late" else _("快到%(clock)s时限")
        return gettext(text) % {"clock": clock_label(data["clock"])}
    if entry.verb == "receive" and data.get("channel") in rules.CHANNEL_LABELS:
        return gettext("收到诉求（%(channel)s）") % {"channel": gettext(rules.CHANNEL_LABELS[data["channel"]])}
    return gettext(OTHER_DEEDS.get(entry.verb, entry.verb))


def _detail(entry: TrailEntry, names: dict[int, str]) -> str:
    data = entry.data
    found: list[str] = []
    if entry.verb in {"dispatch", "return"} and data.get("handler") in names:
        found.append(names[data["handler"]])
    if data.get("duty_basis"):
        found.append(gettext("职责依据：%(text)s") % {"text": data["duty_basis"]})
    if entry.verb == "classify" and data.get("suggested_rank"):
        found.append(gettext("采用了第%(n)d条建议") % {"n": data["suggested_rank"]})
    if data.get("days"):
        found.append(gettext("%(n)d个工作日") % {"n": data["days"]})
    if data.get("review_on"):
        found.append(gettext("复议日期：%(day)s") % {"day": data["review_on"]})
    if entry.verb in {"rate", "call_back"}:
        found.append(outcome_words(data))
    return gettext("；").join(found)


def outcome_words(data: dict[str, Any]) -> str:
    """A rating or a call's outcome in words."""
    if data.get("reached") is False:
        return gettext("没有打通")
    found = []
    if data.get("solved") is not None:
        found.append(gettext("解决了") if data["solved"] else gettext("没有解决"))
    if data.get("satisfied") is not None:
        found.append(gettext("满意") if data["satisfied"] else gettext("不满意"))
    found += [
        gettext(rules.UNHAPPY_REASONS[code]) for code in data.get("reasons") or [] if code in rules.UNHAPPY_REASONS
    ]
    return gettext("、").join(found)
