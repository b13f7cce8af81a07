"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.exchange.models import (
    BalanceTask,
    Delivery,
    ExchangeSetting,
    Introduction,
    Match,
    Message,
    Need,
    Offer,
    Outreach,
    Pledge,
    Receipt,
    Refusal,
    Thread,
    ThreadRead,
    Unlock,
)

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
