"""The three short forms that each member of a network fills in a period: the life of a round in one table. Pure."""

from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Table, _, move


class Sheet(StrEnum):
    """The three forms, in the order in which they are filled."""

    HAVE = "have"
    NEED = "need"
    LINK = "link"


SHEET_LABELS = {Sheet.HAVE: _("资源清单"), Sheet.NEED: _("需求清单"), Sheet.LINK: _("对接清单")}


class Way(StrEnum):
    """How a member wants to take part."""

    MEET = "meet"
    PROJECT = "project"
    SERVE = "serve"
    TEACH = "teach"
    OPEN_UP = "open_up"
    ON_CALL = "on_call"


WAY_LABELS = {
    Way.MEET: _("参加联席会议"),
    Way.PROJECT: _("认领项目"),
    Way.SERVE: _("派人参加志愿服务"),
    Way.TEACH: _("讲课和培训"),
    Way.OPEN_UP: _("开放场地"),
    Way.ON_CALL: _("有事再找我们"),
}


class Reach(StrEnum):
    """How a member wants to be reached."""

    PHONE = "phone"
    MESSAGE = "message"
    VISIT = "visit"
    HERE = "here"


REACH_LABELS = {
    Reach.PHONE: _("打电话"),
    Reach.MESSAGE: _("发短信或微信"),
    Reach.VISIT: _("上门"),
    Reach.HERE: _("在这里发通知"),
}


class RoundState(StrEnum):
    """Whether a round can still be filled."""

    OPEN = "open"
    CLOSED = "closed"


ROUND_LABELS = {RoundState.OPEN: _("正在填报"), RoundState.CLOSED: _("已结束")}


class Part(StrEnum):
    """On which side of a round somebody stands: speaks for a member, or leads exactly the place of the network."""

    MEMBER = "member"
    SECRETARY = "secretary"


_DESK = {Standing.DESK, Standing.LEAD}
_R = RoundState

ROUND_MOVES: Table = {
    "fill": move({_R.OPEN}, None, who={Part.MEMBER}, label=_("填好一张表")),
    "note": move({_R.OPEN}, None, who=_DESK, label=_("按单位交来的表格代填")),
    "postpone": move({_R.OPEN}, None, who=_DESK, needs={"due_on"}, label=_("改截止日期")),
    "remind": move({_R.OPEN}, None, who={Part.SECRETARY}, needs={"unit"}, label=_("催填")),
    "close": move({_R.OPEN}, _R.CLOSED, who=_DESK | {Standing.CLOCK}, label=_("结束这一期")),
    "warn": move({_R.OPEN}, None, who={Standing.CLOCK}, label=_("快到期，提醒还没填的单位")),
    "tell": move({_R.OPEN}, None, who={Standing.CLOCK}, label=_("到期，告诉书记")),
}

# Of fewer members a bare count would name the one that is missing.
FEWEST = 5


def count_may_be_told(filled: int, members: int) -> bool:
    """Whether "n of m filled" may be said to those who may not know who is missing."""
    return members >= FEWEST or filled == members
