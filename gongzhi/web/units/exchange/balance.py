"""付出与收获 of our own units, or of ourselves: what we gave and what came back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries
from gongzhi.web.casework.balanced import account_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import UNIT, for_standing, now, units_of


@for_standing(*UNIT)
@require_safe
def show_balance(request: HttpRequest) -> HttpResponse:
    """Both columns of each unit that this person speaks for, and of themselves."""
    actor, today = actor_of(request), now().date()
    units, members = units_of(actor), queries.members_of(actor)
    names = queries.side_names([*(("unit", pk) for pk in units), *(("member", pk) for pk in members)])
    accounts = [{"name": name} | account_of(actor, side, today) for side, name in names.items()]
    return render(request, "units/exchange/balance.html", {"accounts": accounts})
