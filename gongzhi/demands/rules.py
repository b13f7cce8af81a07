"""The life of a demand, in one table, after the hotline chain: 受理 分类 处置 办理 督办 反馈 回访 办结 归档. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.neighbourhood.rules import number as number
from gongzhi.neighbourhood.rules import read_number as read_number
from gongzhi.shared.moves import Table, _, move


class State(StrEnum):
    """Where a demand stands."""

    RECEIVED = "received"
    CLASSIFIED = "classified"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    IN_HAND = "in_hand"
    WAITING = "waiting"
    RETURNED = "returned"
    ON_REGISTER = "on_register"
    REOPENED = "reopened"
    REPLIED = "replied"
    CALLED_BACK = "called_back"
    CLOSED = "closed"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


STATE_LABELS = {
    State.RECEIVED: _("已受理"),
    State.CLASSIFIED: _("已分类"),
    State.DISPATCHED: _("已派单"),
    State.SIGNED: _("已签收"),
    State.CONTACTED: _("已联系"),
    State.IN_HAND: _("办理中"),
    State.WAITING: _("等居民补充"),
    State.RETURNED: _("已退单"),
    State.ON_REGISTER: _("挂账"),
    State.REOPENED: _("重新办理"),
    State.REPLIED: _("已答复"),
    State.CALLED_BACK: _("已回访"),
    State.CLOSED: _("已办结"),
    State.ARCHIVED: _("已归档"),
    State.WITHDRAWN: _("已撤回"),
}

# Asked by meaning, so that a new state is sorted once.
AT_THE_DESK = frozenset({State.RECEIVED, State.CLASSIFIED, State.RETURNED, State.REOPENED})
IN_WORK = frozenset({State.SIGNED, State.CONTACTED, State.IN_HAND})
UNANSWERED = AT_THE_DESK | IN_WORK | {State.DISPATCHED, State.WAITING, State.ON_REGISTER}
ANSWERED = frozenset({State.REPLIED, State.CALLED_BACK})
ENDED = frozenset({State.CLOSED, State.ARCHIVED, State.WITHDRAWN})
OPEN = UNANSWERED | ANSWERED


class Kind(StrEnum):
    """What a resident wants of us."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"


KIND_LABELS = {
    Kind.CONSULT: _("咨询"),
    Kind.HELP: _("求助"),
    Kind.COMPLAINT: _("投诉"),
    Kind.REPORT: _("举报"),
    Kind.SUGGESTION: _("建议"),
}


class Channel(StrEnum):
    """How a demand came in."""

    PAGE = "page"
    POSTER = "poster"
    DESK = "desk"
    TELEPHONE = "telephone"
    IMPORT = "import"
    API = "api"


CHANNEL_LABELS = {
    Channel.PAGE: _("网页"),
    Channel.POSTER: _("楼栋二维码"),
    Channel.DESK: _("社区窗口"),
    Channel.TELEPHONE: _("来电"),
    Channel.IMPORT: _("表格导入"),
    Channel.API: _("平台对接"),
}


class Urgency(StrEnum):
    """How fast it must go."""

    DANGER = "danger"
    UTILITY = "utility"
    ORDINARY = "ordinary"
    COMPLEX = "complex"


URGENCY_LABELS = {
    Urgency.DANGER: _("危及人身或财产"),
    Urgency.UTILITY: _("水电气热"),
    Urgency.ORDINARY: _("普通"),
    Urgency.COMPLEX: _("复杂"),
}

# Numbers that a district sets, with what it starts from: (name, value).
THRESHOLDS = {
    "rating_days": (_("答复后等待评价的天数，过后自动办结"), 7),
    "waiting_days": (_("等居民补充的天数，过后继续办理"), 5),
    "archive_days": (_("办结后归档的天数"), 30),
    "reopen_days": (_("办结后居民可要求重新办理的天数"), 30),
    "contact_days": (_("办结后保留联系方式的天数，过后清除"), 90),
    "import_days": (_("交来的表格保留的天数，过后删除文件，已导入的诉求不变"), 30),
    "link_days": (_("查询链接的有效天数"), 400),
    "warn_hours": (_("到期前多少小时提醒经办人"), 24),
    "call_back_percent": (_("答复后抽样回访的百分比"), 20),
    "add_times": (_("居民每天可补充同一件诉求的次数"), 10),
    "code_tries": (_("每小时可输错查询码的次数"), 10),
}

# Moves after which the resident is told by e-mail or text message, where an address was left.
TOLD = frozenset({"ask", "grant_extension", "park", "answer", "reopen"})

UNHAPPY_REASONS = {
    "not_done": _("问题没有解决"),
    "not_asked": _("没有人联系我"),
    "too_slow": _("太慢"),
    "attitude": _("态度不好"),
    "not_what_i_asked": _("答非所问"),
}

_DESK = {Standing.DESK, Standing.LEAD}
_WORKERS = _DESK | {Standing.UNIT}
_S = State

MOVES: Table = {
    "classify": move(AT_THE_DESK, _S.CLASSIFIED, who=_DESK, needs={"category"}, label=_("分类"), told=_("社区已接手")),
    "refile": move(UNANSWERED, None, who=_DESK, needs={"reason"}, label=_("更正地点或类别")),
    "dispatch": move(
        AT_THE_DESK, _S.DISPATCHED, who=_DESK, needs={"handler"}, label=_("派单"), told=_("已交给承办单位")
    ),
    "recall": move({_S.DISPATCHED}, _S.CLASSIFIED, who=_DESK, needs={"reason"}, label=_("收回派单")),
    "sign": move({_S.DISPATCHED}, _S.SIGNED, who={Standing.UNIT}, label=_("签收"), told=_("承办单位已签收")),
    "return": move(
        {_S.DISPATCHED, _S.SIGNED},
        _S.RETURNED,
        who={Standing.UNIT},
        needs={"reason", "duty_basis"},
        label=_("退单"),
    ),
    "contact": move(
        AT_THE_DESK | IN_WORK,
        _S.CONTACTED,
        who=_WORKERS,
        needs={"words"},
        label=_("已联系居民"),
        told=_("工作人员联系过您"),
    ),
    "start": move(
        AT_THE_DESK | {_S.SIGNED, _S.CONTACTED},
        _S.IN_HAND,
        who=_WORKERS,
        label=_("开始办理"),
        told=_("正在办理"),
    ),
    "note": move(OPEN, None, who=_WORKERS, needs={"words"}, label=_("记一笔")),
    # While the resident is asked something, their words are the reply.
    "add": move(
        OPEN - {_S.WAITING},
        None,
        who={Standing.RESIDENT, *_DESK},
        needs={"words"},
        label=_("补充说明"),
        told=_("补充了情况"),
    ),
    "attach": move(
        OPEN,
        None,
        who={Standing.RESIDENT, *_WORKERS},
        needs={"photos"},
        label=_("加照片"),
        told=_("补充了照片"),
    ),
    "ask": move(
        AT_THE_DESK | IN_WORK,
        _S.WAITING,
        who=_WORKERS,
        needs={"question"},
        label=_("请居民补充"),
        told=_("请您补充情况"),
    ),
    "reply_to_question": move(
        {_S.WAITING},
        _S.IN_HAND,
        who={Standing.RESIDENT, Standing.DESK},
        needs={"words"},
        label=_("补充情况"),
        told=_("您补充了情况"),
    ),
    "stop_waiting": move(
        {_S.WAITING}, _S.IN_HAND, who=_WORKERS | {Standing.CLOCK}, needs={"reason"}, label=_("不再等待，继续办理")
    ),
    "ask_extension": move(
        UNANSWERED - {_S.WAITING, _S.ON_REGISTER},
        None,
        who=_WORKERS,
        needs={"reason", "days"},
        label=_("申请延期"),
    ),
    "grant_extension": move(
        UNANSWERED - {_S.WAITING, _S.ON_REGISTER},
        None,
        who={Standing.LEAD},
        needs={"extension"},
        label=_("批准延期"),
        told=_("办理时间延长了"),
    ),
    "refuse_extension": move(
        UNANSWERED, None, who={Standing.LEAD}, needs={"extension", "reason"}, label=_("不批准延期")
    ),
    "remind": move(UNANSWERED, None, who=_DESK, needs={"words"}, label=_("催办")),
    "supervise": move(UNANSWERED, None, who={Standing.LEAD}, needs={"words"}, label=_("督办"), told=_("上级已督办")),
    "park": move(
        AT_THE_DESK | IN_WORK,
        _S.ON_REGISTER,
        who={Standing.LEAD},
        needs={"reason", "review_on"},
        label=_("挂账"),
        told=_("暂时办不了，已登记在册，到期再议"),
    ),
    "resume": move(
        {_S.ON_REGISTER},
        _S.IN_HAND,
        who=_DESK | {Standing.CLOCK},
        label=_("恢复办理"),
        told=_("恢复办理"),
    ),
    "answer": move(
        AT_THE_DESK | IN_WORK,
        _S.REPLIED,
        who=_WORKERS,
        needs={"answer"},
        label=_("答复"),
        told=_("已答复，请您评价"),
    ),
    "rate": move(
        ANSWERED,
        _S.CLOSED,
        who={Standing.RESIDENT},
        needs={"rating"},
        label=_("评价"),
        told=_("您作了评价"),
        others={_S.REOPENED},
    ),
    "call_back": move(
        ANSWERED,
        _S.CALLED_BACK,
        who=_DESK,
        needs={"outcome"},
        label=_("回访"),
        told=_("已回访"),
        others={_S.CLOSED, _S.REOPENED},
    ),
    "lapse": move(ANSWERED, _S.CLOSED, who={Standing.CLOCK}, label=_("逾期未评"), told=_("未收到评价，事项办结")),
    "reopen": move(
        {_S.CLOSED, _S.ARCHIVED},
        _S.REOPENED,
        who={Standing.RESIDENT, *_DESK},
        needs={"reason"},
        label=_("重新办理"),
        told=_("重新办理"),
    ),
    "withdraw": move(UNANSWERED, _S.WITHDRAWN, who={Standing.RESIDENT}, label=_("撤回"), told=_("您撤回了诉求")),
    "archive": move({_S.CLOSED}, _S.ARCHIVED, who=_DESK | {Standing.CLOCK}, label=_("归档")),
}


def after_rating(rating: Mapping[str, object]) -> State:
    """Where a rating leads: unhappy with a marked reason reopens, anything else closes."""
    unhappy = rating.get("solved") is False or rating.get("satisfied") is False
    return State.REOPENED if unhappy and rating.get("reasons") else State.CLOSED


def after_call_back(outcome: Mapping[str, object]) -> State:
    """Where a call-back leads: not reached keeps the demand open for a rating by link."""
    if not outcome.get("reached"):
        return State.CALLED_BACK
    return after_rating(outcome)
