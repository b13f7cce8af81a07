"""What a process read and trusts for some seconds, because it changes a few times a year and is asked on every page."""

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lately(Generic[Key, Value]):
    """Values by key, each read anew after so many `seconds`; at most `most` of them. Not to be changed by who gets them.

    A value that is empty is not kept, unless `empty` says so: a district that is being set up sees its first row at once.
    """

    _all: ClassVar[list["Lately[Any, Any]"]] = []

    def __init__(self, seconds: float, *, most: int = 500, empty: bool = False) -> None:
        self.seconds, self.most, self.empty = seconds, most, empty
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._all.append(self)

    def get(self, key: Key, read: Callable[[], Value]) -> Value:
        """What is kept under `key`, or what `read` gives now."""
        kept = self._kept.get(key)
        if kept and monotonic() - kept[0] <= self.seconds:
            return kept[1]
        value = read()
        if value or self.empty:
            if len(self._kept) >= self.most:
                self._kept.clear()
            self._kept[key] = monotonic(), value
        return value

    def forget(self) -> None:
        """Read all of it anew at the next question, and once more when what is written now is committed."""
        self._kept.clear()
        transaction.on_commit(self._kept.clear)

    @classmethod
    def forget_all(cls) -> None:
        """Forget whatever this process keeps: another database lies behind it now."""
        for one in cls._all:
            one._kept.clear()
