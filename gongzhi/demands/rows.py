"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.demands.models import (
    Answer,
    CallBack,
    Category,
    Clock,
    Demand,
    Extension,
    ImportFile,
    Limit,
    Pause,
    Photo,
    Rating,
    SavedView,
    Threshold,
)

__all__ = [
    "Answer",
    "CallBack",
    "Category",
    "Clock",
    "Demand",
    "Extension",
    "ImportFile",
    "Limit",
    "Pause",
    "Photo",
    "Rating",
    "SavedView",
    "Threshold",
]
