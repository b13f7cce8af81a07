"""The list behind a number: read only, with the numbers that lead to a person hidden."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.demands import masking
from gongzhi.demands.rules import STATE_LABELS, State, number
from gongzhi.statistics import queries, rules
from gongzhi.web.board.asking import address, ago_of, scope_of, works_at_a_desk
from gongzhi.web.board.overview import ROWS, head
from gongzhi.web.words import in_language, named


@login_required
@require_safe
def show_rows(request: HttpRequest) -> HttpResponse:
    """The demands that one number counted, newest first."""
    name = request.GET.get("of", "received")
    plain = name.removesuffix("_adjusted")
    if plain not in rules.COUNTS or (plain != name and plain not in rules.ADJUSTED):
        raise Http404
    scope, ago, after = scope_of(request), ago_of(request), request.GET.get("after", "")
    definition = rules.COUNTS[plain]
    page = queries.rows_behind(scope, name, after=after)
    few = definition.persons and not after and 0 < len(page.demands) < rules.FEW
    linked = works_at_a_desk(scope) and bool(is_valid_path("/desk/demands/1"))
    context = {
        **head(request, scope, ROWS),
        "definition": definition,
        "adjusted": plain != name,
        "few": few,
        "rows": [] if few else [_row(demand, linked=linked) for demand in page.demands],
        "next": address(ROWS, scope, ago=ago, of=name, after=page.after) if page.after else "",
        "first": address(ROWS, scope, ago=ago, of=name) if after else "",
        "back": address("/board/", scope, ago=ago, box=""),
        "boxed": scope.box is not None,
        "facets": _facets(scope),
    }
    return render(request, "board/rows.html", context)


def _row(demand: Any, *, linked: bool) -> dict[str, Any]:
    return {
        "number": number(demand.pk),
        "href": f"/desk/demands/{demand.pk}" if linked else "",
        "subject": masking.mask(demand.subject),
        "place": demand.place.full_name,
        "category": named(demand.category),
        "handler": demand.handler.name if demand.handler else "",
        "state": demand.state,
        "state_label": STATE_LABELS[State(demand.state)],
        "received_at": demand.received_at,
        "due_at": demand.due_at,
    }


def _facets(scope: queries.Scope) -> list[str]:
    from gongzhi.demands.rules import CHANNEL_LABELS, Channel
    from gongzhi.neighbourhood.rules import COMPOUND_TYPE_LABELS, CompoundType

    words = []
    if scope.category:
        words.append(in_language(*queries.category_name(scope.category)))
    if scope.compound_type == queries.NONE:
        words.append(_("不在小区"))
    elif scope.compound_type:
        words.append(_(COMPOUND_TYPE_LABELS[CompoundType(scope.compound_type)]))
    if scope.channel:
        words.append(_(CHANNEL_LABELS[Channel(scope.channel)]))
    return [_(word) for word in words]
