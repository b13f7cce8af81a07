"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.projects.models import (
    Appeal,
    Asset,
    Crew,
    Project,
    ProjectNeed,
    ProjectOffer,
    ProjectPartner,
    Spending,
    Task,
    TaskAfter,
    TaskCrew,
    TaskPost,
    TaskProof,
    Zone,
    Zoning,
)

__all__ = [
    "Appeal",
    "Asset",
    "Crew",
    "Project",
    "ProjectNeed",
    "ProjectOffer",
    "ProjectPartner",
    "Spending",
    "Task",
    "TaskAfter",
    "TaskCrew",
    "TaskPost",
    "TaskProof",
    "Zone",
    "Zoning",
]
