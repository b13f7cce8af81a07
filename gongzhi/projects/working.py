"""Which days a combination of crews works, as bits, and counting among them. Pure."""


class Days:
    """The days on which one combination of crews works; the days off are bits, beyond the last one all are worked."""

    def __init__(self, off: int) -> None:
        self.off = off
        far = off.bit_length() + 1
        self._worked = [day for day in range(far) if not off >> day & 1]
        self._before = [0]
        for day in range(far):
            self._before.append(self._before[-1] + (not off >> day & 1))
        self._far, self._count = far, len(self._worked)

    def _nth(self, number: int) -> int:
        return self._worked[number] if number < self._count else self._far + number - self._count

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
        """The worked days of a span as bits."""
        bits = ((1 << (end - start)) - 1) << start
        return bits & ~self.off if self.off else bits

    def earliest(self, busy: int, start: int, days: int) -> int:
        """The first start from this day on at which so many worked days are free."""
        if not self.off:
            bits, known = busy >> start, 1
            while known < days:
                more = min(known, days - known)
                bits |= bits >> more
                known += more
            return start + (~bits & (bits + 1)).bit_length() - 1
        busy &= ~self.off
        while True:
            start = self.first(start)
            hit = busy >> start & ((1 << (self.end(start, days) - start)) - 1)
            if not hit:
                return start
            start += hit.bit_length()

    def latest(self, busy: int, end: int, days: int) -> int:
        """The last start at which so many worked days are free and over by `end`; -1 where there is none from 0 on."""
        busy &= ~self.off
        while True:
            last = self.worked_before(end) - days if self.off else end - days
            if last < 0:
                return -1
            start = self._nth(last) if self.off else last
            finish = self.end(start, days)
            hit = busy & (((1 << (finish - start)) - 1) << start)
            if not hit:
                return start
            end = (hit & -hit).bit_length() - 1
