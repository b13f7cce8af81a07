"""The lives of agreements and of their reviews, each in one table; which clauses must be there. Pure."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.neighbourhood.rules import number as number
from gongzhi.shared.moves import Table, _, move


class Side(StrEnum):
    """The two sides of an agreement: streets and communities, and units. A clause is owed by one of them."""

    LOCAL = "local"
    UNIT = "unit"


SIDE_LABELS = {Side.LOCAL: _("街道、社区"), Side.UNIT: _("单位")}
OTHER_SIDE = {Side.LOCAL: Side.UNIT, Side.UNIT: Side.LOCAL}


class ClauseKind(StrEnum):
    """What kind of measure a clause comes from: the four that bind both sides, or another."""

    MUTUAL_DUTY = "mutual_duty"
    MUTUAL_COMMUNICATION = "mutual_communication"
    MUTUAL_ASSESSMENT = "mutual_assessment"
    MUTUAL_EVALUATION = "mutual_evaluation"
    OTHER = "other"


CLAUSE_KIND_LABELS = {
    ClauseKind.MUTUAL_DUTY: _("双向责任"),
    ClauseKind.MUTUAL_COMMUNICATION: _("双向沟通"),
    ClauseKind.MUTUAL_ASSESSMENT: _("双向考核"),
    ClauseKind.MUTUAL_EVALUATION: _("双向评价"),
    ClauseKind.OTHER: _("其他措施"),
}
# What each side must owe the other before anybody signs.
TWO_WAY = tuple(kind for kind in ClauseKind if kind is not ClauseKind.OTHER)


def lacking(clauses: Iterable[tuple[str, str]]) -> list[tuple[ClauseKind, Side]]:
    """Which of the four kinds no clause owes in which direction; `clauses` are (kind, side)."""
    found = set(clauses)
    return [(kind, side) for kind in TWO_WAY for side in Side if (kind.value, side.value) not in found]


class ProofKind(StrEnum):
    """Where the proof of a clause is gathered from."""

    LISTS = "lists"
    MEETINGS = "meetings"
    PLEDGES = "pledges"
    ANSWERS = "answers"
    GIVEN = "given"
    NOTED = "noted"


PROOF_LABELS = {
    ProofKind.LISTS: _("三张清单按期填报"),
    ProofKind.MEETINGS: _("参加联席会议"),
    ProofKind.PLEDGES: _("承诺按期兑现"),
    ProofKind.ANSWERS: _("在时限内答复"),
    ProofKind.GIVEN: _("兑现并经对方确认的次数"),
    ProofKind.NOTED: _("双方记下的次数"),
}
# Answers are owed to each other, and are not the same thing on both sides.
_ANSWERED = {Side.UNIT: _("按时签收吹哨、按时答复交办的诉求"), Side.LOCAL: _("按时答复单位提出的需求")}


def counted(kind: ProofKind, side: Side) -> str:
    """What is counted for a clause that this side owes, as a text to be translated."""
    return _ANSWERED[side] if kind is ProofKind.ANSWERS else PROOF_LABELS[kind]


# These ask for a share of what fell due, in percent; the others for so many times while the agreement lasts.
SHARES = frozenset({ProofKind.LISTS, ProofKind.MEETINGS, ProofKind.PLEDGES, ProofKind.ANSWERS})
# The three forms are asked of units alone, and they alone are called to meetings.
OF_UNITS = frozenset({ProofKind.LISTS, ProofKind.MEETINGS})
MOST_TIMES = 1000


def proof_fits(kind: ProofKind, side: Side, target: int) -> bool:
    """Whether a clause that this side owes can be proven so."""
    most = 100 if kind in SHARES else MOST_TIMES
    return 1 <= target <= most and (side is Side.UNIT or kind not in OF_UNITS)


class AgreementState(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    ACTIVE = "active"
    IN_REVIEW = "in_review"
    RENEWED = "renewed"
    ENDED = "ended"
    EXPIRED = "expired"


AGREEMENT_LABELS = {
    AgreementState.DRAFT: _("起草、签署中"),
    AgreementState.SIGNED: _("已签署，待生效"),
    AgreementState.ACTIVE: _("执行中"),
    AgreementState.IN_REVIEW: _("双向评议中"),
    AgreementState.RENEWED: _("已续签"),
    AgreementState.ENDED: _("已终止"),
    AgreementState.EXPIRED: _("已到期"),
}


class ReviewState(StrEnum):
    """Whether what both sides said of each other can be read."""

    SEALED = "sealed"
    OPENED = "opened"
    DROPPED = "dropped"


REVIEW_LABELS = {
    ReviewState.SEALED: _("密封，等双方交齐"),
    ReviewState.OPENED: _("已同时打开"),
    ReviewState.DROPPED: _("未完成"),
}


class Mark(StrEnum):
    """How one side says that the other kept a clause."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"
    UNKNOWN = "unknown"


MARK_LABELS = {
    Mark.KEPT: _("做到了"),
    Mark.PARTLY: _("部分做到"),
    Mark.NOT_KEPT: _("没有做到"),
    Mark.UNKNOWN: _("说不准"),
}


class Wish(StrEnum):
    """What a party, or both sides together, would do with the agreement."""

    RENEW = "renew"
    CHANGE = "change"
    END = "end"


WISH_LABELS = {Wish.RENEW: _("照原样续签"), Wish.CHANGE: _("修改后续签"), Wish.END: _("不再续签")}


def proposal(wishes: Iterable[Wish], marks: Iterable[Mark]) -> Wish:
    """What the opened judgements propose: to end only where nobody wants to go on; as it is only where all say so.

    A clause that somebody says was not kept is talked about before it is signed again.
    """
    said = set(wishes)
    if said == {Wish.END}:
        return Wish.END
    return Wish.RENEW if said == {Wish.RENEW} and Mark.NOT_KEPT not in set(marks) else Wish.CHANGE


class Part(StrEnum):
    """Who speaks for a party: a unit's liaison, or the desk and the leaders of exactly that place."""

    PARTY = "party"


_DESK = {Standing.DESK, Standing.LEAD}
_A, _R = AgreementState, ReviewState
# In force, also while a later version goes round.
LASTING = frozenset({_A.DRAFT, _A.SIGNED, _A.ACTIVE, _A.IN_REVIEW, _A.RENEWED})
OVER = frozenset({_A.RENEWED, _A.ENDED, _A.EXPIRED})

AGREEMENT_MOVES: Table = {
    "change": move({_A.DRAFT}, None, who=_DESK, label=_("修改草稿")),
    "circulate": move({_A.DRAFT}, None, who=_DESK, label=_("请各方签署")),
    "sign": move({_A.DRAFT}, None, who={Part.PARTY}, needs={"signer"}, label=_("签署"), others={_A.SIGNED, _A.ACTIVE}),
    # What goes round, or was signed, is taken back into a draft; what was signed stays, and a new version follows.
    "amend": move(
        {_A.DRAFT, _A.SIGNED, _A.ACTIVE, _A.IN_REVIEW}, _A.DRAFT, who=_DESK, needs={"words"}, label=_("修改条款")
    ),
    "note": move({_A.ACTIVE, _A.IN_REVIEW}, None, who=_DESK | {Part.PARTY}, needs={"words"}, label=_("记一次履约")),
    "review": move({_A.ACTIVE}, _A.IN_REVIEW, who=_DESK | {Standing.CLOCK}, label=_("开始双向评议")),
    "keep": move({_A.IN_REVIEW}, _A.ACTIVE, who=_DESK | {Standing.CLOCK}, label=_("评议完，继续执行")),
    "renew": move({_A.ACTIVE, _A.IN_REVIEW, _A.EXPIRED}, _A.RENEWED, who=_DESK, needs={"until"}, label=_("起草续签")),
    "end": move(
        {_A.DRAFT, _A.SIGNED, _A.ACTIVE, _A.IN_REVIEW}, _A.ENDED, who={Standing.LEAD}, needs={"words"}, label=_("终止")
    ),
    "start": move({_A.SIGNED}, _A.ACTIVE, who={Standing.CLOCK}, label=_("到日生效")),
    "warn": move({_A.ACTIVE, _A.IN_REVIEW}, None, who={Standing.CLOCK}, label=_("快到期，提醒各方")),
    "expire": move({_A.DRAFT, _A.SIGNED, _A.ACTIVE, _A.IN_REVIEW}, _A.EXPIRED, who={Standing.CLOCK}, label=_("到期")),
}

REVIEW_MOVES: Table = {
    "judge": move(
        {_R.SEALED}, None, who={Part.PARTY}, needs={"marks", "wish"}, label=_("交评议表"), others={_R.OPENED}
    ),
    "open": move({_R.SEALED}, _R.OPENED, who={Standing.CLOCK}, label=_("双方交齐，同时打开")),
    "tell": move({_R.SEALED}, None, who={Standing.CLOCK}, label=_("到期还没交齐，告诉经办人")),
    "drop": move({_R.SEALED}, _R.DROPPED, who={Standing.LEAD}, needs={"words"}, label=_("不再等，作罢")),
}

# The ten measures that a district starts from: (code, kind, name, English). Which ten is the district's to decide.
MEASURES: tuple[tuple[str, ClauseKind, str, str], ...] = (
    ("duty", ClauseKind.MUTUAL_DUTY, "双向责任", "Mutual duty"),
    ("communication", ClauseKind.MUTUAL_COMMUNICATION, "双向沟通", "Mutual communication"),
    ("assessment", ClauseKind.MUTUAL_ASSESSMENT, "双向考核", "Mutual assessment"),
    ("evaluation", ClauseKind.MUTUAL_EVALUATION, "双向评价", "Mutual evaluation"),
    ("liaison", ClauseKind.OTHER, "联络员", "Liaison"),
    ("plan", ClauseKind.OTHER, "年度计划", "Yearly plan"),
    ("facilities", ClauseKind.OTHER, "场所设施开放", "Facilities opened"),
    ("pairing", ClauseKind.OTHER, "结对事项", "Pair-up items"),
    ("record", ClauseKind.OTHER, "活动记录", "Record after each activity"),
    ("report", ClauseKind.OTHER, "季度书面报告", "Quarterly written report"),
)
# What the first template says: (measure, side, words, proof, target).
_U, _L = Side.UNIT, Side.LOCAL
FIRST_TEMPLATE: tuple[tuple[str, Side, str, ProofKind, int], ...] = (
    ("duty", _U, "认领社区的事项，按约定的日期兑现。", ProofKind.PLEDGES, 90),
    ("duty", _L, "答应单位的支持，按约定的日期兑现。", ProofKind.PLEDGES, 90),
    ("communication", _U, "每期按时填报资源清单、需求清单、对接清单。", ProofKind.LISTS, 100),
    ("communication", _L, "单位提出的需求，在时限内答复。", ProofKind.ANSWERS, 90),
    ("assessment", _U, "接到吹哨按时签收，接到交办的诉求按时答复。", ProofKind.ANSWERS, 90),
    ("assessment", _L, "每年向单位通报一次本协议的执行情况。", ProofKind.NOTED, 1),
    ("evaluation", _U, "每年参加双向评议，逐条评价街道、社区。", ProofKind.NOTED, 1),
    ("evaluation", _L, "每年参加双向评议，逐条评价单位。", ProofKind.NOTED, 1),
    ("liaison", _U, "确定一名联络员，人员变动时告知对方。", ProofKind.NOTED, 1),
    ("plan", _L, "每年与单位商定一份共建计划。", ProofKind.NOTED, 1),
    ("facilities", _U, "在不影响工作的时间开放约定的场所设施。", ProofKind.GIVEN, 1),
    ("pairing", _U, "与社区的居民或小区结对，每季度至少走访一次。", ProofKind.NOTED, 4),
    ("record", _L, "每次共同活动之后写下记录。", ProofKind.NOTED, 4),
    ("report", _L, "每季度向各方提交一份书面报告。", ProofKind.NOTED, 4),
)


# What a district sets for new agreements, with the values to start from.
SETTINGS: dict[str, tuple[str, int]] = {
    "warn_days": (_("到期前多少天提醒各方"), 60),
    "review_days": (_("评议表给多少天来填"), 30),
}
LEAST_DAYS, MOST_DAYS = 1, 365


def may_be_signed(offered: bool, parties: Collection[str]) -> bool:
    """Whether it goes round and has somebody on both sides; `parties` are their sides."""
    return offered and {side.value for side in Side} <= set(parties)
