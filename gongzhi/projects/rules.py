"""The lives of appeals, projects, tasks, zonings and assets, each in one table; and what a project is for. Pure."""

from datetime import date
from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Table, _, move


class Strand(StrEnum):
    """五共: in which of the five ways units and community act together."""

    ORGANISATION = "organisation"
    MEMBERS = "members"
    ACTIVITIES = "activities"
    SERVICES = "services"
    GOVERNANCE = "governance"


STRAND_LABELS = {
    Strand.ORGANISATION: _("组织共建"),
    Strand.MEMBERS: _("党员共管"),
    Strand.ACTIVITIES: _("活动共办"),
    Strand.SERVICES: _("服务共推"),
    Strand.GOVERNANCE: _("治理共促"),
}


class Goal(StrEnum):
    """What it serves."""

    PARTY = "party"
    PEOPLE = "people"
    SOCIETY = "society"


GOAL_LABELS = {Goal.PARTY: _("党的建设"), Goal.PEOPLE: _("服务群众"), Goal.SOCIETY: _("社会治理")}


class AppealState(StrEnum):
    """Where an appeal stands."""

    RAISED = "raised"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


APPEAL_LABELS = {
    AppealState.RAISED: _("等社区回应"),
    AppealState.TAKEN: _("已立项"),
    AppealState.DECLINED: _("没有承接"),
    AppealState.WITHDRAWN: _("已撤回"),
}


class ProjectState(StrEnum):
    """Where a project stands."""

    DRAFTED = "drafted"
    AGREED = "agreed"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


PROJECT_LABELS = {
    ProjectState.DRAFTED: _("拟定中"),
    ProjectState.AGREED: _("已议定"),
    ProjectState.RUNNING: _("进行中"),
    ProjectState.DONE: _("已完成"),
    ProjectState.STOPPED: _("已停止"),
}


class TaskState(StrEnum):
    """Where a task stands."""

    TO_DO = "to_do"
    UNDER_WAY = "under_way"
    CLOSED = "closed"
    WAIVED = "waived"


TASK_LABELS = {
    TaskState.TO_DO: _("还没开工"),
    TaskState.UNDER_WAY: _("正在做"),
    TaskState.CLOSED: _("已办结"),
    TaskState.WAIVED: _("不用做了"),
}


class ProofKind(StrEnum):
    """What proves that a task was done."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    HOUSEHOLD = "household"


PROOF_LABELS = {ProofKind.PHOTO: _("照片"), ProofKind.SIGNATURE: _("签字"), ProofKind.HOUSEHOLD: _("住户确认")}


class ZoningState(StrEnum):
    """Where a version of the zones stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REPLACED = "replaced"
    DROPPED = "dropped"


ZONING_LABELS = {
    ZoningState.PROPOSED: _("等书记审定"),
    ZoningState.APPROVED: _("已审定"),
    ZoningState.REPLACED: _("已有新版"),
    ZoningState.DROPPED: _("没有采用"),
}


class AssetState(StrEnum):
    """Whether somebody has signed for what was installed."""

    INSTALLED = "installed"
    ACCEPTED = "accepted"
    REMOVED = "removed"


ASSET_LABELS = {
    AssetState.INSTALLED: _("未验收"),
    AssetState.ACCEPTED: _("已验收"),
    AssetState.REMOVED: _("已拆除"),
}

OPENED = _("立项")

# Asked by meaning, so that a new state is sorted once.
OPEN = frozenset({ProjectState.DRAFTED, ProjectState.AGREED, ProjectState.RUNNING})
TASK_OPEN = frozenset({TaskState.TO_DO, TaskState.UNDER_WAY})
MOST_TASKS = 500

DESK = frozenset({Standing.DESK, Standing.LEAD})
_WORK = DESK | {Standing.UNIT}
_A, _P, _T, _Z, _S = AppealState, ProjectState, TaskState, ZoningState, AssetState

APPEAL_MOVES: Table = {
    "take": move({_A.RAISED}, _A.TAKEN, who=DESK, label=_("承接，立为项目")),
    "decline": move({_A.RAISED}, _A.DECLINED, who=DESK, needs={"words"}, label=_("说明不能承接")),
    "withdraw": move({_A.RAISED}, _A.WITHDRAWN, who={Standing.UNIT}, label=_("撤回求助")),
}

PROJECT_MOVES: Table = {
    "change": move(OPEN, None, who=DESK, needs={"title", "strands"}, label=_("修改项目")),
    "agree": move({_P.DRAFTED}, _P.AGREED, who={Standing.LEAD}, label=_("议定")),
    "start": move({_P.AGREED}, _P.RUNNING, who=DESK, label=_("开工")),
    "move_day": move(OPEN, None, who={Standing.LEAD}, needs={"due_on", "words"}, label=_("改定死的日子")),
    "add_task": move(OPEN, None, who=DESK, needs={"title", "days"}, label=_("添一项任务")),
    "add_crew": move(OPEN, None, who=DESK, needs={"title", "hands"}, label=_("添一个队伍")),
    "add_partner": move(OPEN, None, who=DESK, needs={"unit", "words"}, label=_("添一家参与单位")),
    "bind": move(OPEN, None, who=DESK, label=_("挂上需求或资源")),
    "plan": move(OPEN, None, who=DESK, label=_("按建议排期")),
    "spend": move(
        {_P.AGREED, _P.RUNNING, _P.DONE}, None, who=DESK, needs={"amount", "day", "what"}, label=_("记一笔支出")
    ),
    "zone": move(OPEN, None, who=DESK, needs={"zones"}, label=_("画分区方案")),
    "install": move({_P.RUNNING, _P.DONE}, None, who=DESK, needs={"what", "day"}, label=_("登记装好的设施")),
    "finish": move({_P.RUNNING}, _P.DONE, who=DESK, needs={"day"}, label=_("完成项目")),
    "stop": move(OPEN, _P.STOPPED, who=DESK, needs={"words"}, label=_("停止项目")),
    "warn": move({_P.AGREED, _P.RUNNING}, None, who={Standing.CLOCK}, label=_("可能误期，告诉负责人")),
}

TASK_MOVES: Table = {
    "change": move(TASK_OPEN, None, who=DESK, needs={"title", "days"}, label=_("修改任务")),
    "begin": move({_T.TO_DO}, _T.UNDER_WAY, who=_WORK, needs={"day"}, label=_("开始做")),
    "report": move({_T.UNDER_WAY}, None, who=_WORK, needs={"left"}, label=_("报进度")),
    "want_post": move(TASK_OPEN, None, who=DESK, needs={"title", "people"}, label=_("写明要哪些岗位")),
    "prove": move(TASK_OPEN, None, who=_WORK, label=_("存一份前后对比")),
    "close": move(TASK_OPEN, _T.CLOSED, who=_WORK, needs={"day", "proof"}, label=_("凭证明办结")),
    "waive": move(TASK_OPEN, _T.WAIVED, who={Standing.LEAD}, needs={"words"}, label=_("说明理由，不做了")),
    "reopen": move({_T.CLOSED, _T.WAIVED}, _T.TO_DO, who=DESK, needs={"words"}, label=_("重新做")),
}

ZONING_MOVES: Table = {
    "approve": move({_Z.PROPOSED}, _Z.APPROVED, who={Standing.LEAD}, label=_("审定")),
    "drop": move({_Z.PROPOSED}, _Z.DROPPED, who=DESK, needs={"words"}, label=_("不采用")),
    "replace": move({_Z.APPROVED}, _Z.REPLACED, who={Standing.LEAD}, label=_("由新版代替")),
}

ASSET_MOVES: Table = {
    "accept": move({_S.INSTALLED}, _S.ACCEPTED, who=DESK, needs={"signed_by", "day"}, label=_("签字验收")),
    "object": move({_S.INSTALLED}, None, who=DESK, needs={"words"}, label=_("写明哪里不合格")),
    "remove": move({_S.INSTALLED, _S.ACCEPTED}, _S.REMOVED, who=DESK, needs={"words"}, label=_("拆除")),
}


def days_left(due: date, today: date) -> int:
    """Whole days from today to a day; negative once it has passed."""
    return (due - today).days


def used(since: date, due: date, ended: date) -> tuple[int, int, int]:
    """Planned against actual: days used, days given, days to spare."""
    return (ended - since).days, (due - since).days, (due - ended).days
