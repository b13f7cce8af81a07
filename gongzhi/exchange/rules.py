"""The lives of offers, needs, matches, pledges and introductions, each in one table; and what a district sets. Pure."""

from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.neighbourhood.rules import number as number
from gongzhi.neighbourhood.rules import read_number as read_number
from gongzhi.shared.moves import Table, _, move


class Kind(StrEnum):
    """What is given or needed."""

    PLACE = "place"
    SKILL = "skill"
    FUNDS = "funds"
    GOODS = "goods"
    INFORMATION = "information"
    SERVICE = "service"
    CHANNEL = "channel"
    PARKING = "parking"


KIND_LABELS = {
    Kind.PLACE: _("场地"),
    Kind.SKILL: _("技术力量"),
    Kind.FUNDS: _("资金"),
    Kind.GOODS: _("物资"),
    Kind.INFORMATION: _("信息"),
    Kind.SERVICE: _("服务"),
    Kind.CHANNEL: _("渠道"),
    Kind.PARKING: _("停车位"),
}


class Visibility(StrEnum):
    """How far the giver lets an offer be told."""

    NETWORK = "network"
    DISTRICT = "district"
    PUBLIC = "public"


VISIBILITY_LABELS = {
    Visibility.NETWORK: _("只给所在的区域化党建实体"),
    Visibility.DISTRICT: _("全区的社区经介绍可见"),
    Visibility.PUBLIC: _("可以公开"),
}


class Asker(StrEnum):
    """Whose need it is."""

    PROBLEM = "problem"
    UNIT = "unit"
    MEMBER = "member"
    COMMUNITY = "community"
    PROGRAMME = "programme"


ASKER_LABELS = {
    Asker.PROBLEM: _("一个问题"),
    Asker.UNIT: _("一家单位"),
    Asker.MEMBER: _("一位个人成员"),
    Asker.COMMUNITY: _("一个社区"),
    Asker.PROGRAMME: _("一项工作"),
}

# How urgent a need is; least first.
URGENCY_LABELS = {0: _("不急"), 1: _("一般"), 2: _("较急"), 3: _("紧急")}
MOST_URGENT = max(URGENCY_LABELS)
# Whoever takes from more than so many at once does not mean a limit.
MOST_OFFERS = 99


class Side(StrEnum):
    """On which side of a match or a pledge somebody stands: the unit's own people, or the desk of exactly that place."""

    GIVER = "giver"
    RECEIVER = "receiver"


SIDE_LABELS = {Side.GIVER: _("提供方"), Side.RECEIVER: _("接受方")}


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


OFFER_LABELS = {OfferState.OPEN: _("可以提供"), OfferState.PAUSED: _("已暂停"), OfferState.ENDED: _("已停止提供")}


class NeedState(StrEnum):
    """Where a need stands."""

    STATED = "stated"
    VERIFIED = "verified"
    MET = "met"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


NEED_LABELS = {
    NeedState.STATED: _("已提出"),
    NeedState.VERIFIED: _("已核实"),
    NeedState.MET: _("已满足"),
    NeedState.WITHDRAWN: _("已撤销"),
    NeedState.LAPSED: _("已过期"),
}


class MatchState(StrEnum):
    """Where a match (撮合) stands."""

    SUGGESTED = "suggested"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_DELIVERY = "in_delivery"
    FULFILLED = "fulfilled"
    PARTLY = "partly"
    FAILED = "failed"
    DECLINED = "declined"
    PASSED = "passed"


MATCH_LABELS = {
    MatchState.SUGGESTED: _("系统建议"),
    MatchState.OFFERED: _("等双方答复"),
    MatchState.ACCEPTED: _("双方同意"),
    MatchState.IN_DELIVERY: _("兑现中"),
    MatchState.FULFILLED: _("已兑现"),
    MatchState.PARTLY: _("部分兑现"),
    MatchState.FAILED: _("未兑现"),
    MatchState.DECLINED: _("已谢绝"),
    MatchState.PASSED: _("未采用"),
}


class PledgeState(StrEnum):
    """Where a pledge stands."""

    PROMISED = "promised"
    IN_DELIVERY = "in_delivery"
    FULFILLED = "fulfilled"
    PARTLY = "partly"
    FAILED = "failed"


PLEDGE_LABELS = {
    PledgeState.PROMISED: _("已承诺"),
    PledgeState.IN_DELIVERY: _("兑现中"),
    PledgeState.FULFILLED: _("已兑现"),
    PledgeState.PARTLY: _("部分兑现"),
    PledgeState.FAILED: _("未兑现"),
}


class IntroductionState(StrEnum):
    """Whether a unit's own community agreed that a neighbouring one may ask it."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


INTRODUCTION_LABELS = {
    IntroductionState.ASKED: _("等对方社区答复"),
    IntroductionState.AGREED: _("对方社区同意"),
    IntroductionState.REFUSED: _("对方社区不同意"),
}


class TaskState(StrEnum):
    """Whether somebody has looked after a unit that received nothing."""

    RAISED = "raised"
    DONE = "done"


TASK_LABELS = {TaskState.RAISED: _("待回应"), TaskState.DONE: _("已回应")}


class RefusalReason(StrEnum):
    """Why a match was declined, as far as the next suggestions must respect it."""

    PAIR = "pair"
    NOT_THIS_KIND = "not_this_kind"
    NOT_BEFORE = "not_before"
    NOT_THIS_ASKER = "not_this_asker"


REFUSAL_LABELS = {
    RefusalReason.PAIR: _("这一次不合适"),
    RefusalReason.NOT_THIS_KIND: _("这一类需求都不接"),
    RefusalReason.NOT_BEFORE: _("某日之前不行"),
    RefusalReason.NOT_THIS_ASKER: _("不与这一方对接"),
}

# Asked by meaning, so that a new state is sorted once.
NEED_OPEN = frozenset({NeedState.STATED, NeedState.VERIFIED})
# A quantity is taken from the moment at which both sides are asked.
RESERVED = frozenset({MatchState.OFFERED, MatchState.ACCEPTED, MatchState.IN_DELIVERY})
MATCH_OPEN = RESERVED | {MatchState.SUGGESTED}
AGREED = frozenset(
    {MatchState.ACCEPTED, MatchState.IN_DELIVERY, MatchState.FULFILLED, MatchState.PARTLY, MatchState.FAILED}
)
# What the two sides see: a suggestion is the desk's alone.
SHOWN = frozenset(MatchState) - {MatchState.SUGGESTED, MatchState.PASSED}
PLEDGE_OPEN = frozenset({PledgeState.PROMISED, PledgeState.IN_DELIVERY})

# Numbers that a district sets, with what it starts from: (name, value).
SETTINGS = {
    "answer_days": (_("请双方答复的期限（工作日），过后告诉负责人"), 3),
    "pledge_days": (_("没有写明日期时，承诺在多少天内兑现"), 30),
    "climb_days": (_("承诺逾期多少天后告诉负责人"), 7),
    "quiet_days": (_("单位多少天没有得到任何支持，提醒所在社区"), 365),
    "outreach_days": (_("转介发出后，对方多少个工作日没有答复，告诉负责人"), 5),
    "outreach_result_days": (_("对方愿意帮忙后，多少个工作日没有结果，告诉负责人"), 20),
    "outreach_link_days": (_("转介的链接多少天后失效"), 60),
    "outreach_contact_days": (_("转介结束多少天后清除对方的联系方式"), 90),
    "member_link_days": (_("个人成员凭链接答复，链接多少天后失效"), 60),
    "message_days": (_("请对方答复的留言，多少个工作日没有答复，告诉负责人"), 3),
    "form_days": (_("三张表截止前多少天，提醒还没填的单位"), 3),
}
# What a district may set each to.
LEAST, MOST = 1, 3660

_DESK = {Standing.DESK, Standing.LEAD}
_O, _N, _M, _P = OfferState, NeedState, MatchState, PledgeState
_I, _T = IntroductionState, TaskState

OFFER_MOVES: Table = {
    "change": move({_O.OPEN, _O.PAUSED}, None, who=_DESK | {Standing.UNIT}, label=_("修改资源")),
    "pause": move({_O.OPEN}, _O.PAUSED, who=_DESK | {Standing.UNIT}, label=_("暂停提供")),
    "resume": move({_O.PAUSED}, _O.OPEN, who=_DESK | {Standing.UNIT}, label=_("恢复提供")),
    "end": move(
        {_O.OPEN, _O.PAUSED},
        _O.ENDED,
        who=_DESK | {Standing.UNIT, Standing.CLOCK},
        needs={"words"},
        label=_("不再提供"),
    ),
}

NEED_MOVES: Table = {
    # Changed by whoever needs it, it must be verified anew.
    "change": move(NEED_OPEN, None, who=_DESK | {Standing.UNIT}, label=_("修改需求"), others={_N.STATED}),
    "verify": move({_N.STATED}, _N.VERIFIED, who=_DESK, label=_("核实需求")),
    "withdraw": move(NEED_OPEN, _N.WITHDRAWN, who=_DESK | {Standing.UNIT}, needs={"words"}, label=_("撤销需求")),
    "meet": move(NEED_OPEN, _N.MET, who=_DESK, needs={"words"}, label=_("已另行满足")),
    "restate": move(
        {_N.WITHDRAWN, _N.LAPSED}, _N.STATED, who=_DESK | {Standing.UNIT}, needs={"deadline"}, label=_("重新提出")
    ),
    "unlock": move(NEED_OPEN, None, who=_DESK, needs={"frees"}, label=_("写明办结后带出哪项需求")),
    "lapse": move(NEED_OPEN, _N.LAPSED, who={Standing.CLOCK}, label=_("到期未满足")),
    "count": move(frozenset(_N), None, who={Standing.CLOCK}, label=_("计入已得数量"), others={_N.MET}),
    "put_forward": move(NEED_OPEN, None, who={Standing.CLOCK}, label=_("前一项已解决，提到前面")),
}

MATCH_MOVES: Table = {
    "offer": move({_M.SUGGESTED}, _M.OFFERED, who=_DESK, needs={"quantity"}, label=_("征求双方意见")),
    "pass": move({_M.SUGGESTED}, _M.PASSED, who=_DESK | {Standing.CLOCK}, label=_("不采用")),
    "give": move({_M.OFFERED}, None, who={Side.GIVER}, label=_("同意提供"), others={_M.ACCEPTED}),
    "take": move({_M.OFFERED}, None, who={Side.RECEIVER}, label=_("同意接受"), others={_M.ACCEPTED}),
    "decline": move(
        {_M.OFFERED},
        _M.DECLINED,
        who=_DESK | {Side.GIVER, Side.RECEIVER, Standing.CLOCK},
        needs={"reason"},
        label=_("谢绝"),
    ),
    "climb": move({_M.OFFERED}, None, who={Standing.CLOCK}, label=_("无人答复，告诉负责人")),
    "follow": move(
        {_M.ACCEPTED, _M.IN_DELIVERY},
        _M.IN_DELIVERY,
        who={Standing.CLOCK},
        label=_("随承诺更新"),
        others={_M.FULFILLED, _M.PARTLY, _M.FAILED},
    ),
}

PLEDGE_MOVES: Table = {
    "deliver": move(PLEDGE_OPEN, _P.IN_DELIVERY, who={Side.GIVER}, needs={"quantity", "day"}, label=_("记录兑现")),
    "correct": move({_P.IN_DELIVERY}, None, who={Side.GIVER}, needs={"delivery", "words"}, label=_("更正兑现记录")),
    "confirm": move({_P.IN_DELIVERY}, None, who={Side.RECEIVER}, label=_("确认收到"), others={_P.FULFILLED}),
    "dispute": move({_P.IN_DELIVERY}, None, who={Side.RECEIVER}, needs={"words"}, label=_("提出异议")),
    "close": move(
        PLEDGE_OPEN,
        _P.FAILED,
        who={Side.GIVER, Side.RECEIVER, Standing.LEAD},
        needs={"words"},
        label=_("不再等余下部分"),
        others={_P.PARTLY},
    ),
    "put_off": move(PLEDGE_OPEN, None, who={Side.GIVER}, needs={"later_on", "words"}, label=_("请求延期")),
    "agree_day": move(PLEDGE_OPEN, None, who={Side.RECEIVER, Standing.LEAD}, label=_("同意延期")),
    "keep_day": move(PLEDGE_OPEN, None, who={Side.RECEIVER, Standing.LEAD}, needs={"words"}, label=_("不同意延期")),
    "remind": move(PLEDGE_OPEN, None, who={Standing.CLOCK}, label=_("提醒提供方")),
    "climb": move(PLEDGE_OPEN, None, who={Standing.CLOCK}, label=_("逾期，告诉负责人")),
}

INTRODUCTION_MOVES: Table = {
    "agree": move({_I.ASKED}, _I.AGREED, who={Standing.LEAD}, label=_("同意介绍")),
    "refuse": move({_I.ASKED}, _I.REFUSED, who={Standing.LEAD}, needs={"words"}, label=_("不同意介绍")),
    # Whoever asked writes it down as well as whoever answers.
    "talk": move(
        {_I.ASKED, _I.AGREED}, None, who=_DESK | {Side.RECEIVER}, needs={"day", "words"}, label=_("记一次协商")
    ),
}

TASK_MOVES: Table = {
    "do": move({_T.RAISED}, _T.DONE, who=_DESK, needs={"words"}, label=_("写明如何回应")),
}

UNLOCKED = _("%(solved)s解决了，可以提%(freed)s了")


def raised_urgency(urgency: int) -> int:
    """One step more urgent, the most urgent at most."""
    return min(urgency + 1, MOST_URGENT)
