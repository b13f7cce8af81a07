"""The numbers of demands that are about to be written, and what was taken before under the same key."""

from collections.abc import Mapping

from gongzhi.demands.models import Demand
from gongzhi.shared.reading import fetch

# Key to (number of the demand, number of its contact card or None).
Numbers = dict[str, tuple[int, int | None]]


def known_rows(keys: list[str]) -> dict[str, int]:
    """Which of these `once` keys were taken before: key to demand id."""
    rows = Demand.objects.filter(once__in=keys).values_list("once", "pk")
    return {once: pk for once, pk in rows if once}


def reserve_numbers(keys: Mapping[str, bool]) -> tuple[dict[str, int], Numbers]:
    """Which of these `once` keys were taken before, and numbers for the others, with a card's where one is asked for.

    The rows are then written without asking back for the number of each.
    """
    known: dict[str, int] = {}
    numbers: Numbers = {}
    # Nearly always it is one, for which the database keeps a plan.
    rows = _ONE if len(keys) == 1 else _MANY
    values = next(iter(keys.items())) if len(keys) == 1 else (list(keys), list(keys.values()))
    for key, old, fresh, card in fetch(_RESERVE.format(rows=rows), values):
        if old is not None:
            known[key] = old
        else:
            numbers[key] = (fresh, card)
    return known, numbers


_RESERVE = """
SELECT k.once, d.id,
    CASE WHEN d.id IS NULL THEN nextval('demands_demand_id_seq') END,
    CASE WHEN d.id IS NULL AND k.card THEN nextval('neighbourhood_contactcard_id_seq') END
FROM {rows} AS k(once, card, place)
LEFT JOIN demands_demand d ON d.once = k.once
ORDER BY k.place
"""
_ONE = "(VALUES (%s::text, %s::bool, 1))"
_MANY = "unnest(%s::text[], %s::bool[]) WITH ORDINALITY"
