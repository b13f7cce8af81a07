"""Which days a combination of crews works, and counting among them. Pure.

What is so of many days is one whole number, `lane` bits to a day: a day that is busy has the highest bit of its lane, a
window of days the lowest of each. So the other bits can count hands (`scheduling`).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray


@cache
def ones(days: int, lane: int) -> int:
    """The lowest bit of the lanes of so many days from the first on."""
    return ((1 << days * lane) - 1) // ((1 << lane) - 1)


class Days:
    """The days on which one combination of crews works; the days off are bits, beyond the last one all are worked."""

    def __init__(self, off: int, lane: int = 1) -> None:
        self.off, self.lane = off, lane
        self._far = far = off.bit_length() + 1
        rests = np.unpackbits(np.frombuffer(off.to_bytes(far // 8 + 1, "little"), np.uint8), bitorder="little")[:far]
        lanes = np.zeros(far * lane, np.uint8)
        lanes[::lane] = rests
        self._works = rests == 0
        self._lanes = int.from_bytes(np.packbits(lanes, bitorder="little").tobytes(), "little")
        self._worked: list[int] = np.flatnonzero(self._works).tolist()
        self._before: list[int] = [0, *np.cumsum(self._works).tolist()]
        self._count = len(self._worked)

    def _nth(self, number: int) -> int:
        return self._worked[number] if number < self._count else self._far + number - self._count

    def works(self, days: int) -> NDArray[np.bool_]:
        """Of so many days from the first on, which are worked."""
        return np.append(self._works, np.ones(max(days - self._far, 0), bool))[:days]

    def worked_before(self, day: int) -> int:
        """How many days before this one are worked."""
        return self._before[day] if day < self._far else self._count + day - self._far

    def end(self, start: int, days: int) -> int:
        """The day after the last of so many worked days from a start that is worked."""
        return start + days if not self.off else self._nth(self.worked_before(start) + days - 1) + 1

    def first(self, day: int) -> int:
        """The first worked day from this one on."""
        return day if not self.off else self._nth(self.worked_before(day))

    def window(self, start: int, end: int) -> int:
        """The worked days of a span."""
        days = ones(end - start, self.lane) << start * self.lane
        return days & ~self._lanes if self.off else days

    def earliest(self, busy: int, start: int, days: int) -> int:
        """The first start from this day on at which so many worked days are free."""
        lane = self.lane
        if not self.off:
            bits, known = busy >> start * lane, 1
            if not bits:
                return start
            while known < days:
                more = min(known, days - known)
                bits |= bits >> more * lane
                known += more
            # With all bits set but those of days that are free, the lowest one missing is of the first such day.
            bits |= ones(bits.bit_length() // lane, lane) * ((1 << lane - 1) - 1)
            return start + ((~bits & (bits + 1)).bit_length() - 1) // lane
        busy &= ~(self._lanes << lane - 1)
        while True:
            start = self.first(start)
            hit = busy >> start * lane & ((1 << (self.end(start, days) - start) * lane) - 1)
            if not hit:
                return start
            start += hit.bit_length() // lane

    def latest(self, busy: int, end: int, days: int) -> int:
        """The last start at which so many worked days are free and over by `end`; -1 where there is none from 0 on."""
        lane = self.lane
        busy &= ~(self._lanes << lane - 1)
        while True:
            last = self.worked_before(end) - days if self.off else end - days
            if last < 0:
                return -1
            start = self._nth(last) if self.off else last
            finish = self.end(start, days)
            hit = busy & (((1 << (finish - start) * lane) - 1) << start * lane)
            if not hit:
                return start
            end = ((hit & -hit).bit_length() - 1) // lane
