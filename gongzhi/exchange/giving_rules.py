"""爱心账: how an amount is written, what is left of it, how far its giver lets it be told, and the table of moves. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from gongzhi.exchange.quantities import ZERO, quantity, shown
from gongzhi.exchange.rules import Kind, PledgeState, Side
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Refused, Table, _, move


class Qualifier(StrEnum):
    """How exactly an amount is known; what is not exact is printed as it was stated and added to nothing."""

    EXACT = "exact"
    NEARLY = "nearly"
    OVER = "over"
    ABOUT = "about"


# What money is counted in.
MONEY = "元"
# Of these the number is an upper bound: no more can be used.
BOUNDED = frozenset({Qualifier.EXACT, Qualifier.NEARLY})
# How each is printed: the number, and the measure with 万 before it where that is shorter.
PRINTED = {
    Qualifier.EXACT: _("%(number)s%(measure)s"),
    Qualifier.NEARLY: _("近%(number)s%(measure)s"),
    Qualifier.OVER: _("%(number)s余%(measure)s"),
    Qualifier.ABOUT: _("约%(number)s%(measure)s"),
}


class Giver(StrEnum):
    """Who gave."""

    UNIT = "unit"
    PLACE = "place"
    OUTSIDE = "outside"
    PERSON = "person"


GIVER_LABELS = {
    Giver.UNIT: _("一家成员单位"),
    Giver.PLACE: _("一个社区、街道（镇）"),
    Giver.OUTSIDE: _("一家别的单位"),
    Giver.PERSON: _("一位个人"),
}
# What stands where the giver is not to be named.
UNNAMED_GIVER = {
    Giver.UNIT: _("一家单位"),
    Giver.PLACE: _("一个社区"),
    Giver.OUTSIDE: _("一家单位"),
    Giver.PERSON: _("一位热心人"),
}


class Openness(StrEnum):
    """How far the giver lets a contribution be told."""

    CLOSED = "closed"
    UNNAMED = "unnamed"
    NAMED = "named"


OPENNESS_LABELS = {
    Openness.CLOSED: _("没有公开"),
    Openness.UNNAMED: _("公开，不署名"),
    Openness.NAMED: _("公开并署名"),
}
TOLD = frozenset({Openness.UNNAMED, Openness.NAMED})

# Which pledges can be entered, once they have ended.
ENTERED_KINDS = frozenset({Kind.FUNDS, Kind.GOODS})
ENTERED_STATES = frozenset({PledgeState.FULFILLED, PledgeState.PARTLY})

_DESK = {Standing.DESK, Standing.LEAD}
_ANY = frozenset(Openness)

GIVING_MOVES: Table = {
    "use": move(_ANY, None, who=_DESK, needs={"quantity", "day", "what"}, label=_("记一笔使用")),
    "agree": move(
        _ANY,
        Openness.UNNAMED,
        who=_DESK | {Side.GIVER},
        needs={"openness"},
        label=_("同意公开"),
        others={Openness.NAMED},
    ),
    "withdraw": move(TOLD, Openness.CLOSED, who=_DESK | {Side.GIVER}, label=_("撤回公开")),
    "correct_entry": move(_ANY, None, who=_DESK, needs={"amount", "day", "what", "words"}, label=_("更正数额")),
    "correct_use": move(
        _ANY, None, who=_DESK, needs={"use", "quantity", "day", "what", "words"}, label=_("更正使用记录")
    ),
}

_AMOUNT = re.compile(
    r"(?P<before>近|约|大约)?(?P<number>\d+(?:\.\d+)?)(?P<over>[余多])?(?P<large>万|亿)?(?P<behind>[余多])?"
)
_LARGE = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
TEN_THOUSAND = _LARGE["万"]


def read_amount(text: str, measure: str) -> tuple[Decimal, Qualifier]:
    """An amount as people write it, 12000, 近20万, 20余万元, 约300, in this measure. Raises Refused for what is none."""
    plain = "".join(unicodedata.normalize("NFKC", text).replace(",", "").split()).removesuffix(measure)
    found = _AMOUNT.fullmatch(plain)
    said = [name for name in ("before", "over", "behind") if found and found[name]]
    if found is None or len(said) > 1:
        raise Refused(_("数额写数就行，如12000；说不准的照原话写，如近20万、20余万、约300。"))
    number = quantity(Decimal(found["number"]) * _LARGE[found["large"] or ""])
    if not said:
        return number, Qualifier.EXACT
    if said != ["before"]:
        return number, Qualifier.OVER
    return number, Qualifier.NEARLY if found["before"] == "近" else Qualifier.ABOUT


def typed(number: Decimal, qualifier: Qualifier) -> str:
    """An amount as `read_amount` reads it."""
    before = {Qualifier.NEARLY: "近", Qualifier.ABOUT: "约"}.get(qualifier, "")
    return f"{before}{shown(number)}" + ("余" if qualifier is Qualifier.OVER else "")


def written(number: Decimal, measure: str, *, by_ten_thousand: bool) -> dict[str, str]:
    """The values of `PRINTED`: 20 and 万元 for 200000 元, else 200,000 and 元."""
    if by_ten_thousand and number >= TEN_THOUSAND and not number % 1000:
        return {"number": shown(number / TEN_THOUSAND), "measure": f"万{measure}"}
    whole, _point, rest = shown(number).partition(".")
    return {"number": f"{int(whole):,}" + (f".{rest}" if rest else ""), "measure": measure}


@dataclass(frozen=True)
class Amount:
    """What was given of one thing in one measure, and how much of it was used."""

    number: Decimal
    qualifier: Qualifier
    measure: str
    used: Decimal = ZERO

    @property
    def left(self) -> Decimal | None:
        """What is left; None where it is not known how much there was."""
        return max(self.number - self.used, ZERO) if self.qualifier is Qualifier.EXACT else None


@dataclass
class Total:
    """All of one measure: the sum of what is exact, used and left of that; beside it, never in it, what was stated."""

    measure: str
    exact: Decimal = ZERO
    used: Decimal = ZERO
    stated: list[Amount] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        """What is left of what is exact."""
        return max(self.exact - self.used, ZERO)


def totals(amounts: Iterable[Amount]) -> list[Total]:
    """One total for each measure, in the order in which they first come."""
    found: dict[str, Total] = {}
    for one in amounts:
        total = found.setdefault(one.measure, Total(one.measure))
        if one.qualifier is Qualifier.EXACT:
            total.exact += one.number
            total.used += one.used
        else:
            total.stated.append(one)
    return list(found.values())
