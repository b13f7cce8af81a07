"""How much is left, how much was delivered, and which hours of a week can be: counted from plain values. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from gongzhi.shared.moves import Refused, _

ZERO = Decimal(0)
# What a column holds: ten digits before the point, two behind it.
LARGEST, SMALLEST = Decimal("9999999999.99"), Decimal("0.01")
DAY_MINUTES = 24 * 60
MOST_WINDOWS, MOST_TAGS, LONGEST_TAG = 50, 12, 20

Window = tuple[int, int, int]


def quantity(value: Decimal | int | str | None, *, least: Decimal = SMALLEST) -> Decimal:
    """A quantity with two places at most. Raises Refused in words for what is none."""
    try:
        amount = Decimal(value if value is not None else "")
        if amount.is_finite() and least <= amount <= LARGEST and amount == round(amount, 2):
            return round(amount, 2)
    except InvalidOperation:
        pass
    raise Refused(_("数量要写大于零的数，最多两位小数。"))


def shown(amount: Decimal) -> str:
    """A quantity as people write it: 4, not 4.00."""
    return f"{amount.normalize():f}"


def windows(rows: Iterable[Sequence[int]]) -> list[list[int]]:
    """Weekly windows (weekday 0 for Monday to 6, from minute, to minute), each once, in order; none means any time."""
    found: set[Window] = set()
    for row in rows:
        if len(row) != 3 or not (0 <= row[0] <= 6 and 0 <= row[1] < row[2] <= DAY_MINUTES):
            raise Refused(_("时间段要写明星期几、几点到几点，结束要晚于开始。"))
        found.add((row[0], row[1], row[2]))
    if len(found) > MOST_WINDOWS:
        raise Refused(_("时间段最多写%(most)d个。"), most=MOST_WINDOWS)
    return [list(one) for one in sorted(found)]


def tags(words: Iterable[str]) -> list[str]:
    """Short words, each once, in the order in which they came."""
    found = list(dict.fromkeys("".join(word.split()) for word in words))
    kept = [word for word in found if word]
    if len(kept) > MOST_TAGS or any(len(word) > LONGEST_TAG for word in kept):
        raise Refused(_("标签最多%(most)d个，每个最多%(longest)d个字。"), most=MOST_TAGS, longest=LONGEST_TAG)
    return kept


@dataclass(frozen=True)
class Line:
    """One delivery as it was noted: the line it corrects, and what the receiver said; None while nothing was said."""

    pk: int
    quantity: Decimal
    corrects: int | None = None
    confirmed: bool | None = None


@dataclass(frozen=True)
class Tally:
    """What was delivered under a pledge: confirmed by the receiver, still to be confirmed, and disputed."""

    confirmed: Decimal
    waiting: Decimal
    disputed: Decimal
    # How many lines wait for the receiver.
    open: int
    # What is taken of the pledge at most, once everything that waits is confirmed.
    taken: Decimal


def tally(lines: Iterable[Line]) -> Tally:
    """Count deliveries. A correction stands in for what it corrects as soon as that was not confirmed, and for a
    confirmed one once it is confirmed itself."""
    rows = {line.pk: line for line in lines}
    following: dict[int | None, Line] = {line.corrects: line for line in rows.values() if line.corrects}
    confirmed = waiting = disputed = taken = ZERO
    open_lines = 0
    for root in (one for one in rows.values() if one.corrects is None):
        chain = _chain(root, following)
        line = _counted(chain)
        counted = line.quantity if line else ZERO
        last = chain[-1]
        confirmed += counted
        if last.confirmed is None:
            waiting += last.quantity
            open_lines += 1
        elif not last.confirmed:
            disputed += last.quantity
        taken += max(counted, last.quantity if last.confirmed is None else ZERO)
    return Tally(confirmed, waiting, disputed, open_lines, taken)


def came(lines: Iterable[Line]) -> list[int]:
    """Of each delivery that counts the one line that says how much came: confirmed, corrections taken into account."""
    rows = list(lines)
    following: dict[int | None, Line] = {line.corrects: line for line in rows if line.corrects}
    found = (_counted(_chain(root, following)) for root in rows if root.corrects is None)
    return [line.pk for line in found if line and line.quantity]


def _counted(chain: list[Line]) -> Line | None:
    return next((line for line in reversed(chain) if line.confirmed), None)


def _chain(root: Line, following: Mapping[int | None, Line]) -> list[Line]:
    chain = [root]
    while (after := following.get(chain[-1].pk)) is not None:
        chain.append(after)
    return chain


def left(total: Decimal, taken: Iterable[Decimal]) -> Decimal:
    """What is left of a total; nothing where more was taken."""
    return max(total - sum(taken, ZERO), ZERO)
