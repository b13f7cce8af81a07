"""Amounts of 爱心账 in words, as everybody reads them: what is exact is summed, what was stated stands beside it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext

from gongzhi.exchange.giving_rules import PRINTED, Amount, Qualifier, Total, written

# What was only stated is not added up, so it is written out, up to so many.
MOST_STATED = 5


def said(amount: Amount) -> str:
    """近20万元; in English nearly 200,000 元."""
    by_ten_thousand = (get_language() or "").startswith("zh")
    values = written(amount.number, amount.measure, by_ten_thousand=by_ten_thousand)
    return gettext(PRINTED[amount.qualifier]) % values


def left(amount: Amount) -> str:
    """What is left of it; empty where it is not known how much there was."""
    return "" if amount.left is None else said(Amount(amount.left, Qualifier.EXACT, amount.measure))


def used(amount: Amount) -> str:
    """What was used of it; empty for nothing."""
    return said(Amount(amount.used, Qualifier.EXACT, amount.measure)) if amount.used else ""


def sums(totals: Iterable[Total]) -> list[dict[str, Any]]:
    """Each measure with the sum of what is exact, what of that was used and is left, and what was only stated."""
    return [
        {
            "exact": said(Amount(one.exact, Qualifier.EXACT, one.measure)) if one.exact else "",
            "used": said(Amount(one.used, Qualifier.EXACT, one.measure)),
            "left": said(Amount(one.left, Qualifier.EXACT, one.measure)),
            "stated": gettext("、").join(said(amount) for amount in one.stated[:MOST_STATED]),
            "note": _more(len(one.stated)),
        }
        for one in totals
    ]


def _more(number: int) -> str:
    return gettext("一共 %(n)d 笔") % {"n": number} if number > MOST_STATED else ""


def days(first: date, last: date | None) -> str:
    """A day, or a time from one to another."""
    return f"{first:%Y-%m-%d}" + (gettext(" 至 %(day)s") % {"day": f"{last:%Y-%m-%d}"} if last else "")
