"""The life of an outreach to an outsider in one table, and who speaks in a thread. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared.moves import Table, _, move


class Voice(StrEnum):
    """As what somebody speaks: for one of the two sides, for the desk between them, from outside by a link, or as a
    member in their own right."""

    GIVER = "giver"
    RECEIVER = "receiver"
    DESK = "desk"
    OUTSIDER = "outsider"
    MEMBER = "member"


VOICE_LABELS = {
    Voice.GIVER: _("提供方"),
    Voice.RECEIVER: _("需求方"),
    Voice.DESK: _("社区"),
    Voice.OUTSIDER: _("受转介方"),
    Voice.MEMBER: _("个人成员"),
}


@dataclass(frozen=True)
class Outsider(Actor):
    """Whoever holds the link of one outreach: nobody by name, without office, let through to that alone."""

    outreach: int = 0


def outsider(outreach_id: int) -> Outsider:
    """The holder of this outreach's link."""
    return Outsider(label=VOICE_LABELS[Voice.OUTSIDER], outreach=outreach_id)


class Topic(StrEnum):
    """What a thread is about."""

    NEED = "need"
    OFFER = "offer"
    PLEDGE = "pledge"
    OUTREACH = "outreach"
    MEMBER = "member"


TOPIC_LABELS = {
    Topic.NEED: _("需求"),
    Topic.OFFER: _("资源"),
    Topic.PLEDGE: _("承诺"),
    Topic.OUTREACH: _("转介"),
    Topic.MEMBER: _("个人成员"),
}


class OutreachState(StrEnum):
    """Where an outreach stands."""

    PROPOSED = "proposed"
    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OUTREACH_LABELS = {
    OutreachState.PROPOSED: _("等单位同意"),
    OutreachState.SENT: _("已发出，对方没打开"),
    OutreachState.OPENED: _("对方已打开"),
    OutreachState.ACCEPTED: _("对方愿意帮忙"),
    OutreachState.REPORTED: _("有结果，等确认"),
    OutreachState.CONFIRMED: _("结果已确认"),
    OutreachState.DECLINED: _("对方帮不上"),
    OutreachState.WITHDRAWN: _("已撤回"),
}

_S = OutreachState
# Asked by meaning: what still lacks its result, what waits for anybody, and while which the outsider's link opens.
UNSETTLED = frozenset({_S.PROPOSED, _S.SENT, _S.OPENED, _S.ACCEPTED})
RUNNING = UNSETTLED | {_S.REPORTED}
LINKED = frozenset(_S) - {_S.PROPOSED, _S.WITHDRAWN}

_DESK = {Standing.DESK, Standing.LEAD}
# What the outsider says by link, or by telephone, and the desk writes down.
_TOLD = _DESK | {Voice.OUTSIDER}

OUTREACH_MOVES: Table = {
    "agree": move({_S.PROPOSED}, _S.SENT, who={Side.RECEIVER}, label=_("同意这样告诉对方")),
    "object": move({_S.PROPOSED}, _S.WITHDRAWN, who={Side.RECEIVER}, needs={"words"}, label=_("不同意转介")),
    "open": move({_S.SENT}, _S.OPENED, who={Voice.OUTSIDER}, label=_("打开")),
    "accept": move({_S.SENT, _S.OPENED}, _S.ACCEPTED, who=_TOLD, label=_("愿意帮忙")),
    "ask": move({_S.SENT, _S.OPENED}, _S.OPENED, who=_TOLD, needs={"words"}, label=_("想先多了解")),
    "decline": move({_S.SENT, _S.OPENED, _S.ACCEPTED}, _S.DECLINED, who=_TOLD, needs={"words"}, label=_("这次帮不上")),
    "report": move({_S.ACCEPTED}, _S.REPORTED, who=_TOLD, needs={"words"}, label=_("写明结果")),
    "confirm": move({_S.REPORTED}, _S.CONFIRMED, who={Side.RECEIVER}, label=_("确认这个结果")),
    "dispute": move({_S.REPORTED}, _S.ACCEPTED, who={Side.RECEIVER}, needs={"words"}, label=_("结果不对，请再核实")),
    "renew": move({_S.SENT, _S.OPENED, _S.ACCEPTED}, None, who=_DESK, label=_("换新链接，旧的作废")),
    "withdraw": move(UNSETTLED, _S.WITHDRAWN, who=_DESK | {Standing.CLOCK}, needs={"words"}, label=_("撤回转介")),
    "climb": move(RUNNING, None, who={Standing.CLOCK}, label=_("到期没有进展，告诉负责人")),
}
