"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.exchange.models import (
    BalanceTask,
    Delivery,
    ExchangeSetting,
    Introduction,
    Match,
    Need,
    Offer,
    Pledge,
    Receipt,
    Refusal,
    Unlock,
)

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
