"""The tables of what is done together by a day."""

from gongzhi.projects.models.ground import Asset, Zone, Zoning
from gongzhi.projects.models.project import (
    Appeal,
    Project,
    ProjectNeed,
    ProjectOffer,
    ProjectPartner,
    Spending,
)
from gongzhi.projects.models.work import Crew, Task, TaskAfter, TaskCrew, TaskPost, TaskProof

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
