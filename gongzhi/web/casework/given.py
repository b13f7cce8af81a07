"""How desk and units alike show a contribution: what came, what became of it, whether it is told."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext

from gongzhi.demands.masking import mask
from gongzhi.exchange import giving_rules
from gongzhi.exchange.giving_rules import Amount, Giver, Openness, Qualifier
from gongzhi.exchange.queries import giving as queries
from gongzhi.exchange.queries.giving import Spent
from gongzhi.exchange.rows import Contribution
from gongzhi.web import amounts

LOOKS = {Openness.CLOSED: ("rest", "eye-slash"), Openness.UNNAMED: ("calm", "eye"), Openness.NAMED: ("good", "eye")}


def contribution_line(row: Contribution) -> dict[str, Any]:
    """One contribution in words."""
    amount, state = queries.amount_of(row), Openness(row.state)
    tone, sign = LOOKS[state]
    return {
        "pk": row.pk,
        "version": row.version,
        "amount": amounts.said(amount),
        "nothing": not row.quantity,
        "used": amounts.used(amount),
        "left": amounts.left(amount),
        "giver": queries.giver_of(row) or gettext(giving_rules.UNNAMED_GIVER[Giver(row.giver)]),
        "receiver": row.receiving_place.name,
        "what_for": mask(row.what_for),
        "days": amounts.days(row.came_on, row.came_until),
        "openness": gettext(giving_rules.OPENNESS_LABELS[state]),
        "tone": tone,
        "sign": sign,
        "told": state in giving_rules.TOLD,
        "agreed_on": row.agreed_on,
    }


def use_lines(row: Contribution, uses: Iterable[Spent]) -> list[dict[str, Any]]:
    """What it was used for, the latest first, each with what stood there before."""
    found = sorted(uses, key=lambda one: (one.row.used_on, one.first), reverse=True)
    return [_use(row, one) for one in found]


def _use(row: Contribution, one: Spent) -> dict[str, Any]:
    use = one.row
    return {
        "first": one.first,
        "day": use.used_on,
        "amount": amounts.said(Amount(use.quantity, Qualifier.EXACT, row.measure)),
        "what": mask(use.what),
        "voucher": use.voucher,
        "why": mask(use.words),
        "earlier": [amounts.said(Amount(was.quantity, Qualifier.EXACT, row.measure)) for was in one.earlier],
    }
