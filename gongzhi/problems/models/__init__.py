"""The tables of problems."""

from gongzhi.problems.models.field import Baseline, ResidentStory, Visit
from gongzhi.problems.models.problem import Apart, Follower, Problem, Report, Setting, Suggestion, WordCounts
from gongzhi.problems.models.watching import Alert, AlertRule, Escalation, Rung
from gongzhi.problems.models.work import Blocker, Mediation, Occasion, Referral, Seat, Survey, Whistle

__all__ = [
    "Alert",
    "AlertRule",
    "Apart",
    "Baseline",
    "Blocker",
    "Escalation",
    "Follower",
    "Mediation",
    "Occasion",
    "Problem",
    "Referral",
    "Report",
    "ResidentStory",
    "Rung",
    "Seat",
    "Setting",
    "Suggestion",
    "Survey",
    "Visit",
    "Whistle",
    "WordCounts",
]
