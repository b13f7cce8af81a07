"""The tables of offers, needs and what is promised between them."""

from gongzhi.exchange.models.listing import ExchangeSetting, Introduction, Need, Offer, Unlock
from gongzhi.exchange.models.promising import BalanceTask, Delivery, Match, Pledge, Receipt, Refusal

__all__ = [
    "BalanceTask",
    "Delivery",
    "ExchangeSetting",
    "Introduction",
    "Match",
    "Need",
    "Offer",
    "Pledge",
    "Receipt",
    "Refusal",
    "Unlock",
]
