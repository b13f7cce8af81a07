"""What happened to a demand and when it is due, in a resident's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from gongzhi.demands import deadlines, rules
from gongzhi.demands.queries import Story

# What is said beyond the standing phrase is shown where it was meant for the resident, or came from them.
SHOWN_WORDS = frozenset({"ask", "reply_to_question", "answer", "park", "withdraw", "reopen"})
SIGNS = {
    "receive": ("calm", "inbox"),
    "classify": ("calm", "tag"),
    "dispatch": ("calm", "send"),
    "sign": ("accent", "check2-square"),
    "contact": ("accent", "telephone"),
    "start": ("accent", "tools"),
    "ask": ("soon", "question-circle"),
    "reply_to_question": ("calm", "chat-dots"),
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
ROLE = re.compile(r"（([^（）]+)）$")


@dataclass(frozen=True)
class Explained:
    """A due time with its one sentence."""

    due_at: datetime
    met_at: datetime | None
    why: str


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
    clock = answers[-1]
    sentence = deadlines.say(deadlines.explain(clock.why), gettext)
    return Explained(clock.due_at, clock.met_at, sentence)


def who(label: str) -> str:
    """By what office something was done; residents are not told the names of staff."""
    role = ROLE.search(label)
    return role.group(1) if role else ""


def told(verb: str) -> str:
    """What the timeline says of a step; empty for what is none of the resident's business."""
    if verb == "receive":
        return gettext("收到您的诉求")
    if verb == "attach":
        return gettext("补充了照片")
    row = rules.MOVES.get(verb)
    return gettext(row.told) if row and row.told else ""


def timeline(story: Story) -> list[Event]:
    """The steps that the resident is told of, newest first; the answer in force stands above it, not in it."""
    events = []
    in_force = max((entry.pk for entry in story.trail if entry.verb == "answer"), default=None)
    for entry in story.trail:
        phrase = told(entry.verb)
        if phrase:
            tone, icon = SIGNS.get(entry.verb, ("rest", "dot"))
            words = entry.words if entry.verb in SHOWN_WORDS and entry.pk != in_force else ""
            events.append(Event(entry.at, phrase, who(entry.actor_label), words, tone, icon))
    return events[::-1]
