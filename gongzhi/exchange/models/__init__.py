"""The tables of offers, needs and what is promised between them."""

from gongzhi.exchange.models.listing import ExchangeSetting, Introduction, Need, Offer, Unlock
from gongzhi.exchange.models.promising import BalanceTask, Delivery, Match, Pledge, Receipt, Refusal
from gongzhi.exchange.models.rounds import Filing, Reminder, Round

__all__ = [
    "BalanceTask",
    "Delivery",
    "ExchangeSetting",
    "Filing",
    "Introduction",
    "Match",
    "Need",
    "Offer",
    "Pledge",
    "Receipt",
    "Refusal",
    "Reminder",
    "Round",
    "Unlock",
]
