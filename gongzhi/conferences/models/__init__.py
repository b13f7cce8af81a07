"""The tables of conferences, of what they decide, of calls to act and of the pavilion."""

from gongzhi.conferences.models.acting import CalendarFeed, Deliberation, Mobilisation, Mobilised, Turnout
from gongzhi.conferences.models.deciding import Decision
from gongzhi.conferences.models.meeting import Call, Conference, MeetingRhythm, Topic

__all__ = [
    "CalendarFeed",
    "Call",
    "Conference",
    "Decision",
    "Deliberation",
    "MeetingRhythm",
    "Mobilisation",
    "Mobilised",
    "Topic",
    "Turnout",
]
