"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.conferences.models import (
    Call,
    Conference,
    Decision,
    Deliberation,
    MeetingRhythm,
    Mobilisation,
    Mobilised,
    PublicSpace,
    SpaceSlot,
    Topic,
    Turnout,
)

__all__ = [
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
