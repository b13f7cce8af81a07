"""付出与收获 of one unit, at the desk."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongzhi.exchange import queries, rules
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, UnitKind
from gongzhi.web.casework.balanced import account_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_balance(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Both columns, and whether somebody should ask the unit what it needs."""
    actor = actor_of(request)
    try:
        unit = queries.seen_unit(actor, unit_id)
    except MemberUnit.DoesNotExist as error:
        raise Http404 from error
    context = {
        "unit": unit,
        "kind": UNIT_KIND_LABELS[UnitKind(unit.kind)],
        "account": account_of(actor, ("unit", unit_id), now().date()),
        "task": queries.visible_tasks(actor).filter(unit=unit_id, state=rules.TaskState.RAISED.value).first(),
        "tab": "picture",
    }
    return render(request, "desk/exchange/balance.html", context)
