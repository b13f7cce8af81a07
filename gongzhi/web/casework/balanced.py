"""付出与收获 of a member as desk, units and the member's own link show it: both columns, in all and towards each other side."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext

from gongzhi.exchange import queries, rules
from gongzhi.exchange.queries import Balance, Column, SideKey
from gongzhi.exchange.talk_rules import OutreachState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount

YEAR = timedelta(days=365)


def account_of(actor: Actor, whose: SideKey, today: date) -> dict[str, Any]:
    """Both columns of a unit or of a member in their own right, of what the actor may be told; the last year's times
    beside them."""
    pairs = queries.balance_by_pair(actor, whose)
    names = queries.side_names(pairs)
    ties = queries.who_gave(actor, since=today - YEAR, until=today).ties
    kind, pk = whose
    own = f"{kind[0]}{pk}"
    return {
        "whole": _both(queries.balance_in_all(pairs)),
        "pairs": sorted(
            ({"name": names.get(side) or gettext("外部单位")} | _both(one) for side, one in pairs.items()),
            key=lambda one: one["name"],
        ),
        "gave": sum(one.times for one in ties if one.giver == own),
        "received": sum(one.times for one in ties if one.receiver == own) + _from_outside(actor, whose, today - YEAR),
    }


def _from_outside(actor: Actor, whose: SideKey, since: date) -> int:
    """How often somebody outside helped, in the receiver's own word."""
    kind, pk = whose
    helped = queries.visible_outreaches(actor).filter(**{f"need__{kind}": pk}, state=OutreachState.CONFIRMED.value)
    return helped.filter(ended_at__date__gt=since).count()


def _both(balance: Balance) -> dict[str, list[dict[str, Any]]]:
    return {"gave": _lines(balance.gave), "received": _lines(balance.received)}


def _lines(column: Column) -> list[dict[str, Any]]:
    """What was given, by kind and measure: how much, in how many promises."""
    order = list(rules.Kind)
    found = sorted(column.times.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
    return [
        {
            "kind": gettext(rules.KIND_LABELS[kind]),
            # What an outsider did may have no quantity.
            "amount": amount(column.amounts[kind, measure], measure) if column.amounts[kind, measure] else "",
            "times": times,
        }
        for (kind, measure), times in found
    ]
