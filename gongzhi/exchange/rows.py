"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.exchange.models import (
    BalanceTask,
    Contribution,
    Delivery,
    Entry,
    ExchangeSetting,
    Introduction,
    Match,
    Need,
    Offer,
    Package,
    PackageNeed,
    Pledge,
    Receipt,
    Refusal,
    Unlock,
    Use,
)

__all__ = [
    "BalanceTask",
    "Contribution",
    "Delivery",
    "Entry",
    "ExchangeSetting",
    "Introduction",
    "Match",
    "Need",
    "Offer",
    "Package",
    "PackageNeed",
    "Pledge",
    "Receipt",
    "Refusal",
    "Unlock",
    "Use",
]
