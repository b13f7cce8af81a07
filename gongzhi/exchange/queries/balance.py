"""付出与收获: what each unit gave and received, both columns, as it was delivered and confirmed; never priced or ranked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.exchange.models import BalanceTask, Delivery, Outreach, Pledge, Receipt
from gongzhi.exchange.quantities import ZERO
from gongzhi.exchange.queries.outside import visible_outreaches
from gongzhi.exchange.queries.promised import tallies, visible_pledges
from gongzhi.exchange.rules import Kind
from gongzhi.exchange.talk_rules import OutreachState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.lists import member_names
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import Actor

# What is counted together: a kind of thing in one measure.
Counted = tuple[Kind, str]


@dataclass
class Column:
    """One direction: how many pledges brought something, and how much of each kind in each measure."""

    times: Counter[Counted] = field(default_factory=Counter)
    amounts: dict[Counted, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))


@dataclass
class Balance:
    """Both columns of one unit, or of one unit towards one other side."""

    gave: Column = field(default_factory=Column)
    received: Column = field(default_factory=Column)


# A side: ("unit", "member" or "place", id); whoever helped from outside by an outreach, whose names are not kept apart, is OUTSIDE.
SideKey = tuple[str, int]
OUTSIDE: SideKey = ("outside", 0)


def balance_of_unit(actor: Actor, unit_id: int) -> Balance:
    """What one unit gave and received, of the pledges that the asker may be told of. Three queries."""
    return balance_in_all(balance_by_pair(actor, unit_id))


def balance_in_all(pairs: Mapping[SideKey, Balance]) -> Balance:
    """What was given and received towards all of these sides together."""
    total = Balance()
    for one in pairs.values():
        for whole, part in ((total.gave, one.gave), (total.received, one.received)):
            whole.times.update(part.times)
            for kind, amount in part.amounts.items():
                whole.amounts[kind] += amount
    return total


def side_names(sides: Iterable[SideKey]) -> dict[SideKey, str]:
    """What these sides are called, in the order of their names. Three queries at most."""
    keys = set(sides)
    named = {"unit": neighbourhood.unit_names, "member": member_names, "place": registers.place_names}
    found = {
        (kind, pk): name
        for kind, names in named.items()
        for pk, name in names([pk for one, pk in keys if one == kind]).items()
    }
    return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


def balance_by_pair(actor: Actor, unit_id: int) -> dict[SideKey, Balance]:
    """The same towards each other side, in the order in which they first had to do with each other. Three queries."""
    rows = visible_pledges(actor).filter(Q(giver_unit=unit_id) | Q(receiver_unit=unit_id)).order_by("pk")
    pledges = list(rows)
    counts = tallies([one.pk for one in pledges])
    pairs: dict[SideKey, Balance] = {}
    for pledge in pledges:
        amount = counts[pledge.pk].confirmed
        if amount:
            giving = pledge.giver_unit_id == unit_id
            balance = pairs.setdefault(_other(pledge, giving), Balance())
            column, kind = balance.gave if giving else balance.received, (Kind(pledge.kind), pledge.measure)
            column.times[kind] += 1
            column.amounts[kind] += amount
    brought = visible_outreaches(actor).filter(need__unit=unit_id, state=OutreachState.CONFIRMED.value)
    for name, measure, quantity in brought.order_by("pk").values_list("need__kind", "need__measure", "brought"):
        column, kind = pairs.setdefault(OUTSIDE, Balance()).received, (Kind(name), measure)
        column.times[kind] += 1
        if quantity:
            column.amounts[kind] += quantity
    return pairs


def _other(pledge: Pledge, giving: bool) -> SideKey:
    other = "receiver" if giving else "giver"
    sides = ((kind, getattr(pledge, f"{other}_{kind}_id")) for kind in ("unit", "member", "place"))
    return next((kind, pk) for kind, pk in sides if pk)


def units_without_return(since: date, *, raised_since: date) -> QuerySet[MemberUnit]:
    """For the clock: units that have taken part, or given, since before a day, to which nothing was confirmed since,
    and for which no task was raised since the other day."""
    confirmed = Receipt.objects.filter(confirmed=True, delivery__delivered_on__gte=since)
    received = confirmed.filter(delivery__pledge__receiver_unit=OuterRef("pk"))
    outside = Outreach.objects.filter(
        need__unit=OuterRef("pk"), state=OutreachState.CONFIRMED.value, ended_at__date__gte=since
    )
    gave = Delivery.objects.filter(
        Exists(Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True)), pledge__giver_unit=OuterRef("pk")
    )
    told = BalanceTask.objects.filter(Q(raised_at__date__gt=raised_since) | Q(state="raised"), unit=OuterRef("pk"))
    units = neighbourhood.current_units().filter(Q(joined_on__lte=since) | Exists(gave.filter(delivered_on__lte=since)))
    return units.filter(~Exists(received), ~Exists(outside), ~Exists(told)).order_by("pk")
