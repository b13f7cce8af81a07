"""The tables of conferences, of what they decide, of calls to act, of the pavilion and of public spaces."""

from gongzhi.conferences.models.acting import CalendarFeed, Deliberation, Mobilisation, Mobilised, Turnout
from gongzhi.conferences.models.deciding import Decision
from gongzhi.conferences.models.meeting import Call, Conference, MeetingRhythm, Topic
from gongzhi.conferences.models.spaces import PublicSpace, SpaceSlot

__all__ = [
    "CalendarFeed",
    "Call",
    "Conference",
    "Decision",
    "Deliberation",
    "MeetingRhythm",
    "Mobilisation",
    "Mobilised",
    "PublicSpace",
    "SpaceSlot",
    "Topic",
    "Turnout",
]
