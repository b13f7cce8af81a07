"""The tables of offers, needs and what is promised between them."""

from gongzhi.exchange.models.listing import ExchangeSetting, Introduction, Need, Offer, Unlock
from gongzhi.exchange.models.promising import BalanceTask, Delivery, Match, Pledge, Receipt, Refusal
from gongzhi.exchange.models.talking import Message, Outreach, Thread, ThreadRead

__all__ = [
    "BalanceTask",
    "Delivery",
    "ExchangeSetting",
    "Introduction",
    "Match",
    "Message",
    "Need",
    "Offer",
    "Outreach",
    "Pledge",
    "Receipt",
    "Refusal",
    "Thread",
    "ThreadRead",
    "Unlock",
]
