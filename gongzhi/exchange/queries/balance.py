"""付出与收获: what each member gave and received, both columns, as it was delivered and confirmed; never priced or ranked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.exchange.models import BalanceTask, Delivery, Outreach, Pledge, Receipt
from gongzhi.exchange.quantities import ZERO
from gongzhi.exchange.queries.outside import visible_outreaches
from gongzhi.exchange.queries.promised import tallies, visible_pledges
from gongzhi.exchange.rules import Kind
from gongzhi.exchange.talk_rules import OutreachState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.lists import member_names, own_right
from gongzhi.neighbourhood.rows import Membership, MemberUnit
from gongzhi.neighbourhood.rules import Actor

Row = TypeVar("Row", MemberUnit, Membership)
# What is counted together: a kind of thing in one measure.
Counted = tuple[Kind, str]


@dataclass
class Column:
    """One direction: how many pledges brought something, and how much of each kind in each measure."""

    times: Counter[Counted] = field(default_factory=Counter)
    amounts: dict[Counted, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))


@dataclass
class Balance:
    """Both columns of one member, or of one member towards one other side."""

    gave: Column = field(default_factory=Column)
    received: Column = field(default_factory=Column)


# A side: ("unit", "member" or "place", id); whoever helped from outside by an outreach, whose names are not kept apart, is OUTSIDE.
SideKey = tuple[str, int]
OUTSIDE: SideKey = ("outside", 0)


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


def balance_by_pair(actor: Actor, whose: SideKey) -> dict[SideKey, Balance]:
    """What a unit, or a member in their own right, gave to each other side and received from it, of the pledges that the
    asker may be told of; in the order in which they first had to do with each other. Three queries."""
    kind, pk = whose
    rows = visible_pledges(actor).filter(Q(**{f"giver_{kind}": pk}) | Q(**{f"receiver_{kind}": pk}))
    pledges = list(rows.order_by("pk"))
    counts = tallies([one.pk for one in pledges])
    pairs: dict[SideKey, Balance] = {}
    for pledge in pledges:
        amount = counts[pledge.pk].confirmed
        if amount:
            giving = getattr(pledge, f"giver_{kind}_id") == pk
            balance = pairs.setdefault(_other(pledge, giving), Balance())
            column, counted = balance.gave if giving else balance.received, (Kind(pledge.kind), pledge.measure)
            column.times[counted] += 1
            column.amounts[counted] += amount
    brought = visible_outreaches(actor).filter(**{f"need__{kind}": pk}, state=OutreachState.CONFIRMED.value)
    for name, measure, quantity in brought.order_by("pk").values_list("need__kind", "need__measure", "brought"):
        column, counted = pairs.setdefault(OUTSIDE, Balance()).received, (Kind(name), measure)
        column.times[counted] += 1
        if quantity:
            column.amounts[counted] += quantity
    return pairs


def _other(pledge: Pledge, giving: bool) -> SideKey:
    other = "receiver" if giving else "giver"
    sides = ((kind, getattr(pledge, f"{other}_{kind}_id")) for kind in ("unit", "member", "place"))
    return next((kind, pk) for kind, pk in sides if pk)


def units_without_return(since: date, *, raised_since: date) -> QuerySet[MemberUnit]:
    """For the clock: units that have taken part, or given, since before a day, to which nothing was confirmed since,
    and for which no task was raised since the other day."""
    return _without_return(neighbourhood.current_units(), "unit", since, raised_since)


def members_without_return(since: date, *, raised_since: date, on: date) -> QuerySet[Membership]:
    """The same of members in their own right who take part on a day."""
    return _without_return(own_right(on=on), "member", since, raised_since)


def _without_return(rows: QuerySet[Row], side: str, since: date, raised_since: date) -> QuerySet[Row]:
    confirmed = Receipt.objects.filter(confirmed=True, delivery__delivered_on__gte=since)
    received = confirmed.filter(**{f"delivery__pledge__receiver_{side}": OuterRef("pk")})
    outside = Outreach.objects.filter(
        **{f"need__{side}": OuterRef("pk")}, state=OutreachState.CONFIRMED.value, ended_at__date__gte=since
    )
    gave = Delivery.objects.filter(
        Exists(Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True)),
        **{f"pledge__giver_{side}": OuterRef("pk")},
    )
    told = BalanceTask.objects.filter(Q(raised_at__date__gt=raised_since) | Q(state="raised"), **{side: OuterRef("pk")})
    rows = rows.filter(Q(joined_on__lte=since) | Exists(gave.filter(delivered_on__lte=since)))
    return rows.filter(~Exists(received), ~Exists(outside), ~Exists(told)).order_by("pk")
