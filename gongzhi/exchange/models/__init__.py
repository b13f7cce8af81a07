"""The tables of offers, needs and what is promised between them."""

from gongzhi.exchange.models.giving import Contribution, Entry, Package, PackageNeed, Use
from gongzhi.exchange.models.linking import MemberLink
from gongzhi.exchange.models.listing import ExchangeSetting, Introduction, Need, Offer, Unlock
from gongzhi.exchange.models.promising import BalanceTask, Delivery, Match, Pledge, Receipt, Refusal
from gongzhi.exchange.models.rounds import Filing, Reminder, Round
from gongzhi.exchange.models.talking import Message, Outreach, Thread, ThreadRead

__all__ = [
    "BalanceTask",
    "Contribution",
    "Delivery",
    "Entry",
    "ExchangeSetting",
    "Filing",
    "Introduction",
    "Match",
    "MemberLink",
    "Message",
    "Need",
    "Offer",
    "Outreach",
    "Package",
    "PackageNeed",
    "Pledge",
    "Receipt",
    "Refusal",
    "Reminder",
    "Round",
    "Thread",
    "ThreadRead",
    "Unlock",
    "Use",
]
