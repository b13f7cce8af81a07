"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.exchange.models import (
    BalanceTask,
    Delivery,
    ExchangeSetting,
    Filing,
    Introduction,
    Match,
    Need,
    Offer,
    Pledge,
    Receipt,
    Refusal,
    Reminder,
    Round,
    Unlock,
)

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
