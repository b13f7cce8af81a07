"""The lives of conferences, of what they decide, of calls to act, each in one table; and when a network meets. Pure."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from gongzhi.exchange.rules import NeedState, PledgeState
from gongzhi.neighbourhood.rules import Standing
from gongzhi.problems.rules import State as ProblemState
from gongzhi.projects.rules import ProjectState
from gongzhi.shared.moves import Refused, Table, _, move


class ConferenceKind(StrEnum):
    """How a conference came about."""

    REGULAR = "regular"
    URGENT = "urgent"


CONFERENCE_KIND_LABELS = {ConferenceKind.REGULAR: _("联席会议"), ConferenceKind.URGENT: _("紧急会议")}


class ConferenceState(StrEnum):
    """Where a conference stands."""

    PROPOSED = "proposed"
    NOTICED = "noticed"
    IN_SESSION = "in_session"
    MINUTED = "minuted"
    SIGNED = "signed"
    CANCELLED = "cancelled"


CONFERENCE_LABELS = {
    ConferenceState.PROPOSED: _("待通知"),
    ConferenceState.NOTICED: _("已通知"),
    ConferenceState.IN_SESSION: _("正在开会"),
    ConferenceState.MINUTED: _("纪要待签发"),
    ConferenceState.SIGNED: _("纪要已签发"),
    ConferenceState.CANCELLED: _("已取消"),
}


class Rhythm(StrEnum):
    """How often a network meets."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"


RHYTHM_LABELS = {Rhythm.MONTHLY: _("每月"), Rhythm.QUARTERLY: _("每季度"), Rhythm.HALF_YEARLY: _("每半年")}
_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6}
# So many days before the day a conference is proposed.
AHEAD = timedelta(days=21)


class Presence(StrEnum):
    """What the roll says of a member."""

    PRESENT = "present"
    PROXY = "proxy"
    ABSENT = "absent"


PRESENCE_LABELS = {Presence.PRESENT: _("到会"), Presence.PROXY: _("委托到会"), Presence.ABSENT: _("没有到会")}


class TopicState(StrEnum):
    """Whether a topic is on the agenda."""

    TABLED = "tabled"
    AGREED = "agreed"
    SET_ASIDE = "set_aside"
    DROPPED = "dropped"


TOPIC_LABELS = {
    TopicState.TABLED: _("等列入议程"),
    TopicState.AGREED: _("已列入议程"),
    TopicState.SET_ASIDE: _("这次不议"),
    TopicState.DROPPED: _("不再议"),
}


class DecisionKind(StrEnum):
    """What a decision is, and so what comes of it."""

    PLEDGE = "pledge"
    NEED = "need"
    PROBLEM = "problem"
    PROJECT = "project"
    OTHER = "other"


DECISION_KIND_LABELS = {
    DecisionKind.PLEDGE: _("认领承诺"),
    DecisionKind.NEED: _("提出需求"),
    DecisionKind.PROBLEM: _("办理问题"),
    DecisionKind.PROJECT: _("开展项目"),
    DecisionKind.OTHER: _("其他事项"),
}
# What is counted in: it names a kind, how much and in which measure.
COUNTED = frozenset({DecisionKind.PLEDGE, DecisionKind.NEED})


class DecisionState(StrEnum):
    """Where a decision stands."""

    DRAFTED = "drafted"
    BINDING = "binding"
    FINISHED = "finished"
    STRUCK = "struck"
    GIVEN_UP = "given_up"


DECISION_LABELS = {
    DecisionState.DRAFTED: _("草拟"),
    DecisionState.BINDING: _("在办"),
    DecisionState.FINISHED: _("已办好"),
    DecisionState.STRUCK: _("已划去"),
    DecisionState.GIVEN_UP: _("不再办"),
}


class Became(StrEnum):
    """What became of a decision, as the next meeting hears it."""

    DONE = "done"
    OPEN = "open"
    LATE = "late"
    UNDONE = "undone"


BECAME_LABELS = {
    Became.DONE: _("已办好"),
    Became.OPEN: _("在办"),
    Became.LATE: _("逾期"),
    Became.UNDONE: _("没有办成"),
}


class MobilisationState(StrEnum):
    """Whether a call to act is still answered."""

    CALLED = "called"
    OVER = "over"


MOBILISATION_LABELS = {MobilisationState.CALLED: _("正在报名"), MobilisationState.OVER: _("已结束")}


class Part(StrEnum):
    """On which side somebody stands: speaks for a called member, or for the owner of a decision."""

    MEMBER = "member"
    OWNER = "owner"


_DESK = {Standing.DESK, Standing.LEAD}
_C, _D, _M = ConferenceState, DecisionState, MobilisationState
_BEFORE = {_C.PROPOSED, _C.NOTICED}
_WRITING = {_C.IN_SESSION, _C.MINUTED}

CONFERENCE_MOVES: Table = {
    "notify": move({_C.PROPOSED}, _C.NOTICED, who=_DESK, needs={"starts_at", "venue"}, label=_("发会议通知")),
    "move": move({_C.NOTICED}, None, who=_DESK, needs={"starts_at", "venue"}, label=_("改时间地点")),
    "invite": move(_BEFORE | {_C.IN_SESSION}, None, who=_DESK, needs={"unit"}, label=_("再请一家单位")),
    "ask_to_bring": move(_BEFORE, None, who=_DESK, needs={"call", "words"}, label=_("请带上什么")),
    "table": move(_BEFORE | {_C.IN_SESSION}, None, who=_DESK | {Part.MEMBER}, needs={"title"}, label=_("提出议题")),
    "agree_topic": move(_BEFORE | {_C.IN_SESSION}, None, who=_DESK, needs={"topic"}, label=_("列入议程")),
    "set_aside": move(_BEFORE | {_C.IN_SESSION}, None, who=_DESK, needs={"topic", "words"}, label=_("这次不议")),
    "drop_topic": move(_BEFORE | {_C.IN_SESSION}, None, who=_DESK, needs={"topic", "words"}, label=_("这件事不再议")),
    "remind": move({_C.NOTICED}, None, who={Standing.CLOCK}, label=_("提醒第二天开会")),
    "open": move({_C.NOTICED}, _C.IN_SESSION, who=_DESK, needs={"chair"}, label=_("开会")),
    "call_roll": move(_WRITING, None, who=_DESK, needs={"call", "presence"}, label=_("点名")),
    "decide": move(_WRITING, None, who=_DESK, needs={"what"}, label=_("写下一项决定")),
    "close": move({_C.IN_SESSION}, _C.MINUTED, who=_DESK, label=_("散会，整理纪要")),
    "sign": move({_C.MINUTED}, _C.SIGNED, who={Standing.LEAD}, label=_("签发纪要")),
    "cancel": move(_BEFORE, _C.CANCELLED, who=_DESK, needs={"words"}, label=_("取消会议")),
}

DECISION_MOVES: Table = {
    "change": move({_D.DRAFTED}, None, who=_DESK, needs={"what"}, label=_("修改决定")),
    "strike": move({_D.DRAFTED}, _D.STRUCK, who=_DESK, label=_("划去")),
    "bind": move({_D.DRAFTED}, _D.BINDING, who={Standing.LEAD}, needs={"owner", "due_on"}, label=_("随纪要生效")),
    "finish": move({_D.BINDING}, _D.FINISHED, who=_DESK | {Part.OWNER}, needs={"done"}, label=_("已办好")),
    "give_up": move({_D.BINDING}, _D.GIVEN_UP, who={Standing.LEAD}, needs={"words"}, label=_("不再办")),
}

MOBILISATION_MOVES: Table = {
    "answer": move({_M.CALLED}, None, who={Part.MEMBER}, needs={"roster"}, label=_("报名单")),
    "mark": move({_M.CALLED}, None, who=_DESK | {Part.MEMBER}, label=_("记到场")),
    "end": move({_M.CALLED}, _M.OVER, who=_DESK, label=_("结束动员")),
}


def incomplete(owners: int, due_on: date | None) -> bool:
    """Whether a decision lacks its one owner or its day, so that no minutes with it can be signed."""
    return owners != 1 or due_on is None


def without_strand(kind: str, strands: Collection[str]) -> bool:
    """Whether a decision is to open a project of none of the five strands, which cannot be opened."""
    return kind == DecisionKind.PROJECT and not strands


def next_day(rhythm: Rhythm, last: date) -> date:
    """The day on which a network meets after it met on `last`; a working week's day rather than a weekend's."""
    months = last.month - 1 + _MONTHS[rhythm]
    year, month = last.year + months // 12, months % 12 + 1
    day = date(year, month, min(last.day, monthrange(year, month)[1]))
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def reminds(starts_at: datetime, noticed_at: datetime, now: datetime) -> bool:
    """Whether those called are to be reminded now: from the day before until it begins, unless the notice itself went
    out as late as that. All in local time."""
    eve = starts_at.date() - timedelta(days=1)
    return noticed_at.date() < eve <= now.date() and now < starts_at


@dataclass(frozen=True)
class Roll:
    """Who of the members was there, by the roll."""

    members: int
    present: int
    proxies: int
    absent: int

    @property
    def uncalled(self) -> int:
        """How many the roll says nothing of yet."""
        return self.members - self.present - self.proxies - self.absent

    @property
    def share(self) -> int:
        """Per cent of the members who were there or sent somebody; 100 only where nobody is missing."""
        return 100 * (self.present + self.proxies) // self.members if self.members else 0


def roll(said: Collection[str]) -> Roll:
    """Count a roll; an empty word is a member who was not called yet."""
    marks = list(said)
    return Roll(len(marks), *(marks.count(one) for one in (Presence.PRESENT, Presence.PROXY, Presence.ABSENT)))


def delay(requested_at: datetime | None, began_at: datetime | None) -> timedelta | None:
    """From the request for a meeting to the meeting; None where there was no request, or no meeting yet."""
    return began_at - requested_at if requested_at and began_at else None


def became(
    state: str,
    due_on: date | None,
    today: date,
    *,
    pledge: str = "",
    need: str = "",
    problem: str = "",
    project: str = "",
) -> Became:
    """What became of a decision, by what came of it: pledge, need, problem or project, else what people wrote."""
    done = {
        pledge == PledgeState.FULFILLED,
        need == NeedState.MET,
        problem == ProblemState.SOLVED,
        project == ProjectState.DONE,
    }
    if state == DecisionState.FINISHED or True in done:
        return Became.DONE
    undone = {
        pledge in {PledgeState.PARTLY, PledgeState.FAILED},
        need in {NeedState.WITHDRAWN, NeedState.LAPSED},
        project == ProjectState.STOPPED,
    }
    if state == DecisionState.GIVEN_UP or True in undone:
        return Became.UNDONE
    return Became.LATE if due_on and due_on < today else Became.OPEN


# Nobody sends more people than this on one roster.
MOST_PEOPLE = 500
_NUMBER = re.compile(r"(?<!\d)1\d\d[- ]?\d{4}[- ]?\d{4}(?!\d)")


def read_roster(text: str) -> list[tuple[str, str]]:
    """(name, number) of each line of a roster. Raises Refused with the first line that lacks one of the two.

    The number tells two people of one name apart, and one person on two rosters together.
    """
    found: dict[str, str] = {}
    for row, line in enumerate(unicodedata.normalize("NFKC", text).splitlines(), 1):
        if not line.strip():
            continue
        number = _NUMBER.search(line)
        name = " ".join(re.sub(r"[,、;:]", " ", line.replace(number.group(), " ")).split())[:60] if number else ""
        if number is None or not name:
            raise Refused(_("第%(row)d行看不懂。每行写一个人：姓名，空一格，手机号码。"), row=row)
        found.setdefault(re.sub(r"\D", "", number.group()), name)
    if len(found) > MOST_PEOPLE:
        raise Refused(_("一份名单最多%(most)d人。"), most=MOST_PEOPLE)
    return [(name, number) for number, name in found.items()]
