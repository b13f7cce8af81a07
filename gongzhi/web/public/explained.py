"""What happened to a demand and when it is due, in a resident's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from gongzhi.demands import deadlines, rules
from gongzhi.demands.queries import Story
from gongzhi.shared.moves import _
from gongzhi.web.words import office_in, office_names

# What is said beyond the standing phrase is shown where it was meant for the resident, or came from them.
SHOWN_WORDS = frozenset({"ask", "reply_to_question", "add", "attach", "answer", "park", "withdraw", "reopen"})
SIGNS = {
    "receive": ("calm", "inbox"),
    "classify": ("calm", "tag"),
    "dispatch": ("calm", "send"),
    "sign": ("accent", "check2-square"),
    "contact": ("accent", "telephone"),
    "start": ("accent", "tools"),
    "ask": ("soon", "question-circle"),
    "reply_to_question": ("calm", "chat-dots"),
    "add": ("calm", "chat-dots"),
    "grant_extension": ("soon", "hourglass-split"),
    "supervise": ("soon", "flag"),
    "park": ("rest", "pause-circle"),
    "resume": ("accent", "play-circle"),
    "answer": ("good", "chat-left-quote"),
    "rate": ("good", "star"),
    "call_back": ("good", "telephone-inbound"),
    "reopen": ("soon", "arrow-counterclockwise"),
    "withdraw": ("rest", "x-circle"),
    "lapse": ("rest", "clock-history"),
    "attach": ("calm", "image"),
}
# Steps that photos may come with.
PICTURED = frozenset({"add", "attach", "reply_to_question"})
# What each clock waits for, as the resident sees it.
AWAITED = {"sign_in": _("承办单位确认接手"), "contact": _("工作人员联系您"), "answer": _("答复您")}


@dataclass(frozen=True)
class Explained:
    """A due time with its one sentence."""

    due_at: datetime
    met_at: datetime | None
    why: str
    what: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Event:
    """One step of the plain timeline, as `parts/timeline.html` reads it."""

    when: datetime
    what: str
    who: str = ""
    words: str = ""
    tone: str = "rest"
    icon: str = "dot"
    photos: list[Any] = field(default_factory=list)


def answer_clock(clocks: Sequence[Any]) -> Explained | None:
    """The clock of the answer that counts now, explained; None where no limit covers the matter."""
    answers = [clock for clock in clocks if clock.kind == "answer"]
    if not answers:
        return None
    return _explained(answers[-1])


def first_due(clocks: Sequence[Any]) -> Explained | None:
    """The clock that runs out first, by name: "still 23 hours" alone does not say until what."""
    running = [clock for clock in clocks if clock.met_at is None]
    return _explained(min(running, key=lambda clock: clock.due_at)) if running else None


def _explained(clock: Any) -> Explained:
    sentence = deadlines.say(deadlines.explain(clock.why), gettext)
    return Explained(clock.due_at, clock.met_at, sentence, gettext(AWAITED[clock.kind]), clock.kind)


def told(verb: str, data: Mapping[str, Any]) -> str:
    """What the timeline says of a step; empty for what is none of the resident's business."""
    if verb == "receive":
        return gettext("收到您的诉求")
    if verb == "add" and data.get("by_resident"):
        return gettext("您补充了情况")
    row = rules.MOVES.get(verb)
    return gettext(row.told) if row and row.told else ""


def photos_apart(story: Story) -> tuple[list[str], dict[datetime, list[str]]]:
    """Names of the photos that came with the report, and of those added later, by the moment of their step."""
    moments = {entry.at for entry in story.trail if entry.verb in PICTURED}
    later: dict[datetime, list[str]] = {}
    for photo in story.photos:
        if photo.added_at in moments:
            later.setdefault(photo.added_at, []).append(photo.name)
    return [photo.name for photo in story.photos if photo.added_at not in moments], later


def timeline(story: Story, photos: Mapping[datetime, list[Any]] | None = None) -> list[Event]:
    """The steps that the resident is told of, newest first; the answer in force stands above it, not in it."""
    events = []
    offices = office_names()
    in_force = max((entry.pk for entry in story.trail if entry.verb == "answer"), default=None)
    for entry in story.trail:
        phrase = told(entry.verb, entry.data)
        if phrase:
            tone, icon = SIGNS.get(entry.verb, ("rest", "dot"))
            words = entry.words if entry.verb in SHOWN_WORDS and entry.pk != in_force else ""
            shown = (photos or {}).get(entry.at, []) if entry.verb in PICTURED else []
            events.append(Event(entry.at, phrase, office_in(entry.actor_label, offices), words, tone, icon, shown))
    return events[::-1]
