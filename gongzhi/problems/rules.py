"""The life of a problem, of a whistle and of a referral, each in one table; and what a district sets. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gongzhi.neighbourhood.rules import Standing
from gongzhi.neighbourhood.rules import number as number
from gongzhi.neighbourhood.rules import read_number as read_number
from gongzhi.shared.moves import Table, _, move


class State(StrEnum):
    """Where a problem stands."""

    RAISED = "raised"
    SURVEYED = "surveyed"
    CAUSE_KNOWN = "cause_known"
    IN_HAND = "in_hand"
    SOLVED = "solved"
    REOPENED = "reopened"
    MERGED = "merged"
    DROPPED = "dropped"


STATE_LABELS = {
    State.RAISED: _("已成案"),
    State.SURVEYED: _("已勘查"),
    State.CAUSE_KNOWN: _("原因已明"),
    State.IN_HAND: _("协调处置中"),
    State.SOLVED: _("已解决"),
    State.REOPENED: _("再次发生"),
    State.MERGED: _("已并入"),
    State.DROPPED: _("不成立"),
}

OPEN = frozenset({State.RAISED, State.SURVEYED, State.CAUSE_KNOWN, State.IN_HAND, State.REOPENED})
ENDED = frozenset({State.SOLVED, State.MERGED, State.DROPPED})


class Kind(StrEnum):
    """A trouble with things, or a dispute between people of one compound."""

    TROUBLE = "trouble"
    DISPUTE = "dispute"


KIND_LABELS = {Kind.TROUBLE: _("问题"), Kind.DISPUTE: _("纠纷")}


class Origin(StrEnum):
    """How a problem came to be known; all but the first are proactive (未诉先办)."""

    REPORTS = "reports"
    PATROL = "patrol"
    VISIT = "visit"
    TREND = "trend"
    BASELINE = "baseline"


ORIGIN_LABELS = {
    Origin.REPORTS: _("居民反映"),
    Origin.PATROL: _("巡查发现"),
    Origin.VISIT: _("走访发现"),
    Origin.TREND: _("趋势发现"),
    Origin.BASELINE: _("底数摸排"),
}
PROACTIVE = frozenset(Origin) - {Origin.REPORTS}


class CauseOwner(StrEnum):
    """To whom a cause belongs."""

    UNKNOWN = "unknown"
    UNIT = "unit"
    OUTSIDER = "outsider"


CAUSE_OWNER_LABELS = {
    CauseOwner.UNKNOWN: _("归属不明"),
    CauseOwner.UNIT: _("成员单位"),
    CauseOwner.OUTSIDER: _("成员以外的单位或个人"),
}


class BlockerKind(StrEnum):
    """What a problem is stuck at."""

    MONEY = "money"
    WILL = "will"
    SKILL = "skill"
    AUTHORITY = "authority"


BLOCKER_LABELS = {
    BlockerKind.MONEY: _("缺资金"),
    BlockerKind.WILL: _("不愿办"),
    BlockerKind.SKILL: _("不会办"),
    BlockerKind.AUTHORITY: _("无权办"),
}


class SeatKind(StrEnum):
    """The three seats of a dispute in a compound (三方联动)."""

    RESIDENTS_COMMITTEE = "residents_committee"
    PROPERTY_FIRM = "property_firm"
    OWNERS_COMMITTEE = "owners_committee"


SEAT_LABELS = {
    SeatKind.RESIDENTS_COMMITTEE: _("居委会"),
    SeatKind.PROPERTY_FIRM: _("物业企业"),
    SeatKind.OWNERS_COMMITTEE: _("业委会"),
}


class Outcome(StrEnum):
    """How mediating a dispute ended (调解结果)."""

    AGREED = "agreed"
    FAILED = "failed"


OUTCOME_LABELS = {Outcome.AGREED: _("谈成了"), Outcome.FAILED: _("没有谈成")}
# An agreement takes so many of the three seats.
FEWEST_AGREEING = 2


class Joining(StrEnum):
    """Who put a report into its problem."""

    ENGINE = "engine"
    PERSON = "person"


# Numbers that a district sets, with what it starts from: (name, value).
SETTINGS = {
    "join_percent": (_("自动并入问题所需的相似度（%），不够的只作提示；101 为从不自动并入"), 60),
    "suggest_percent": (_("提示可能是同一问题所需的相似度（%）"), 25),
    "again_days": (_("问题解决后多少天内再被反映，算作再次发生"), 180),
    "reopen_percent": (_("多大比例的反映人仍不满意，问题重新办理（%）"), 30),
    "show_percent": (_("居民填写时，相似度达到多少就提示邻居已反映（%）"), 30),
    "contact_days": (_("问题结束后保留关注人联系方式的天数，过后清除"), 90),
    "story_days": (_("居民故事未获同意时保留的天数，过后清除"), 30),
}

_DESK = {Standing.DESK, Standing.LEAD}
_S = State

MOVES: Table = {
    "survey": move(
        OPEN,
        None,
        who=_DESK,
        needs={"words"},
        label=_("记录勘查"),
        told=_("工作人员到现场看过"),
        others={_S.SURVEYED},
    ),
    "name_cause": move(
        OPEN,
        None,
        who=_DESK,
        needs={"cause"},
        label=_("写明原因"),
        told=_("原因查明了"),
        others={_S.CAUSE_KNOWN},
    ),
    "name_blocker": move(OPEN, None, who=_DESK, needs={"blocker", "words"}, label=_("写明卡点")),
    "lift_blocker": move(OPEN, None, who=_DESK, needs={"blocker", "words"}, label=_("卡点已解除")),
    "whistle": move(
        OPEN, _S.IN_HAND, who=_DESK, needs={"occasion", "unit", "words"}, label=_("吹哨"), told=_("已请有关单位到场")
    ),
    "refer": move(
        OPEN,
        _S.IN_HAND,
        who={Standing.LEAD},
        needs={"unit", "words"},
        label=_("请监督单位协调"),
        told=_("已请有关方面协调"),
    ),
    "start": move(
        OPEN - {_S.IN_HAND},
        _S.IN_HAND,
        who=_DESK,
        needs={"words"},
        label=_("开始协调处置"),
        told=_("正在协调处理"),
    ),
    "seat": move(OPEN, None, who=_DESK, needs={"seat", "view"}, label=_("记一方意见")),
    "mediate": move(OPEN, None, who=_DESK, needs={"outcome", "words"}, label=_("记调解结果")),
    "title": move(OPEN, None, who=_DESK, needs={"title"}, label=_("改名称和公开说明")),
    "assign": move(OPEN, None, who=_DESK, needs={"person"}, label=_("指定负责人")),
    "vulnerable": move(OPEN, None, who=_DESK, needs={"count"}, label=_("写明旁边住着多少老人、残疾人和幼儿")),
    "note": move(OPEN, None, who=_DESK, needs={"words"}, label=_("记一笔")),
    "solve": move(OPEN, _S.SOLVED, who=_DESK, needs={"answer"}, label=_("解决并答复"), told=_("问题解决了")),
    "reopen": move(
        {_S.SOLVED},
        _S.REOPENED,
        who=_DESK | {Standing.CLOCK},
        needs={"reason"},
        label=_("重新办理"),
        told=_("问题又出现了，重新办理"),
    ),
    "join": move(OPEN, None, who=_DESK | {Standing.CLOCK}, needs={"demands"}, label=_("并入诉求")),
    "split": move(OPEN, None, who=_DESK, needs={"demands", "reason"}, label=_("拆出诉求")),
    "merge": move(OPEN, _S.MERGED, who=_DESK, needs={"into", "reason"}, label=_("并入另一个问题")),
    "drop": move(OPEN, _S.DROPPED, who=_DESK, needs={"reason"}, label=_("不成立")),
    "escalate": move(OPEN, None, who={Standing.CLOCK}, needs={"step"}, label=_("逐级上报")),
    "alert": move(OPEN, None, who=_DESK | {Standing.CLOCK}, needs={"rule"}, label=_("热点预警")),
}


class WhistleState(StrEnum):
    """Where a whistle (吹哨) stands."""

    BLOWN = "blown"
    SIGNED = "signed"
    CONTACTED = "contacted"
    ON_SITE = "on_site"
    SOLVED = "solved"
    RATED = "rated"
    CALLED_OFF = "called_off"


WHISTLE_LABELS = {
    WhistleState.BLOWN: _("已吹哨"),
    WhistleState.SIGNED: _("已签收"),
    WhistleState.CONTACTED: _("已联系"),
    WhistleState.ON_SITE: _("已到场"),
    WhistleState.SOLVED: _("已办理"),
    WhistleState.RATED: _("已评价"),
    WhistleState.CALLED_OFF: _("已撤哨"),
}
_W = WhistleState
WHISTLE_OPEN = frozenset({_W.BLOWN, _W.SIGNED, _W.CONTACTED, _W.ON_SITE})
WHISTLE_MOVES: Table = {
    "sign": move({_W.BLOWN}, _W.SIGNED, who={Standing.UNIT}, label=_("签收")),
    "contact": move({_W.SIGNED}, _W.CONTACTED, who={Standing.UNIT}, needs={"words"}, label=_("已联系吹哨方")),
    "arrive": move({_W.SIGNED, _W.CONTACTED}, _W.ON_SITE, who={Standing.UNIT}, needs={"words"}, label=_("已到场")),
    "finish": move({_W.ON_SITE}, _W.SOLVED, who={Standing.UNIT}, needs={"words"}, label=_("已办理")),
    "rate": move({_W.SOLVED}, _W.RATED, who=_DESK, needs={"rating"}, label=_("评价报到")),
    "call_off": move(WHISTLE_OPEN, _W.CALLED_OFF, who=_DESK, needs={"words"}, label=_("撤哨")),
}

# What the caller says of the unit that turned up; worst first.
WHISTLE_RATINGS = {"poor": _("不满意"), "fair": _("基本满意"), "good": _("满意")}


class ReferralState(StrEnum):
    """Where a referral to the oversight body stands; a lane of its own, which accuses nobody."""

    REFERRED = "referred"
    RECEIVED = "received"
    COORDINATED = "coordinated"
    CLOSED = "closed"


REFERRAL_LABELS = {
    ReferralState.REFERRED: _("已提请"),
    ReferralState.RECEIVED: _("已接收"),
    ReferralState.COORDINATED: _("已协调"),
    ReferralState.CLOSED: _("已办结"),
}
_R = ReferralState
REFERRAL_MOVES: Table = {
    "receive": move({_R.REFERRED}, _R.RECEIVED, who={Standing.UNIT}, label=_("接收")),
    "coordinate": move({_R.RECEIVED}, _R.COORDINATED, who={Standing.UNIT}, needs={"words"}, label=_("记录协调结果")),
    "close": move(
        {_R.REFERRED, _R.RECEIVED, _R.COORDINATED}, _R.CLOSED, who={Standing.LEAD}, needs={"words"}, label=_("办结")
    ),
}


class VisitKind(StrEnum):
    """On what occasion someone was at a door."""

    HOUSEHOLD = "household"
    PATROL = "patrol"
    TELEPHONE = "telephone"
    RECEPTION = "reception"


VISIT_LABELS = {
    VisitKind.HOUSEHOLD: _("入户走访"),
    VisitKind.PATROL: _("巡查"),
    VisitKind.TELEPHONE: _("电话"),
    VisitKind.RECEPTION: _("接待来访"),
}


# What is read off a problem without being stored.

# 原因已明、无权处置: neither a state of the table nor a column, for it comes and goes with the blocker.
NO_POWER_LABEL = _("原因已明、无权处置")


class Stuck(Protocol):
    """A blocker, as far as the rules read it."""

    kind: str
    since: datetime
    lifted_at: datetime | None


def no_power(state: State, *, cause_known: bool, blockers: Iterable[Stuck]) -> bool:
    """Whether the cause is known and those who know it have no power over it, while the problem is open."""
    stuck = any(one.kind == BlockerKind.AUTHORITY and one.lifted_at is None for one in blockers)
    return state in OPEN and cause_known and stuck


@dataclass(frozen=True)
class Stalled:
    """For how many whole days a problem has been stuck, and at how many blockers."""

    days: int
    count: int


def stalled(blockers: Iterable[Stuck], now: datetime) -> Stalled | None:
    """Since the oldest blocker that still stands; None while nothing stands in the way."""
    since = [one.since for one in blockers if one.lifted_at is None]
    return Stalled(max((now - min(since)).days, 0), len(since)) if since else None


@dataclass(frozen=True)
class Proposal:
    """What the room proposes where the cause is known and the power is elsewhere: a verb of the table, and why."""

    verb: str
    occasion: int | None
    why: str


def proposals(
    state: State,
    *,
    cause_known: bool,
    blockers: Iterable[Stuck],
    occasions: Iterable[int],
    standings: Iterable[Standing],
    whistled: bool = False,
    referred: bool = False,
) -> list[Proposal]:
    """A whistle on each occasion on which the asker may blow one, and for a leader a referral; what is under way is
    not proposed again. `occasions` are the numbers of those occasions, the first one first."""
    if not no_power(state, cause_known=cause_known, blockers=blockers):
        return []
    why = _("原因已经查明，但处置的权力不在这里，可以请有权的单位到场。")
    found = [Proposal("whistle", one, why) for one in ([] if whistled else occasions)]
    if Standing.LEAD in set(standings) and not referred:
        found.append(Proposal("refer", None, _("原因已经查明，但处置的权力不在这里，可以请监督单位协调。")))
    return found


@dataclass(frozen=True)
class Clocks:
    """The two clocks of a problem, in whole days, each up to its end or until now; the second may not have begun."""

    reported: int
    coordinated: int | None


def clocks(first_reported_at: datetime, coordinated_at: datetime | None, until: datetime) -> Clocks:
    """Days from the first report of this time it came up, and from coordination."""
    second = max((until - coordinated_at).days, 0) if coordinated_at else None
    return Clocks(max((until - first_reported_at).days, 0), second)


def too_many_unhappy(*, unhappy: int, judged: int, answered: int, percent: int) -> bool:
    """Whether so many of those who judged are unhappy that the whole problem is taken up again.

    One alone reopens her own demand and no more, unless there is nobody else.
    """
    return unhappy * 100 > percent * judged and (unhappy > 1 or answered == unhappy > 0)
