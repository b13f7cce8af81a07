"""The bulletin of a week or month: a page to print, and its tables as files."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.neighbourhood.rules import Right
from gongzhi.shared.sheets import write_csv, write_xlsx
from gongzhi.statistics import queries, rules
from gongzhi.statistics.periods import Span
from gongzhi.statistics.queries import Board
from gongzhi.web.board.asking import address, ago_of, scope_of
from gongzhi.web.board.overview import head, lines_of, places_of, rate_row, shown
from gongzhi.web.words import in_language

BULLETIN = "/board/bulletin"
COUNTED = (
    "received",
    "direct",
    "dispatched",
    "answer_kept",
    "answer_late",
    "not_due",
    "returned",
    "reopened",
    "repeated",
    "extended",
    "supervised",
    "lapsed",
)


@login_required
@require_safe
def show_bulletin(request: HttpRequest) -> HttpResponse:
    """Received, change, answered, assigned, in time, overdue; the first three classes; rates by place."""
    scope, ago = scope_of(request, span=Span.WEEK), ago_of(request)
    board = queries.board_of(scope)
    context = {
        **head(request, board.scope, BULLETIN),
        "board": board,
        "counts": [shown(rules.count(code, board.total), board, ago) for code in COUNTED],
        "rates": [rate_row(code, board, ago) for code in rules.THREE_RATES],
        "other_rates": [
            shown(rules.rate(code, board.total), board, ago) for code in ("in_time", "returns", "reopens", "repeats")
        ],
        "call_backs": [
            shown(rules.count(code, board.total), board, ago) for code in ("asked", "reached", "reached_satisfied")
        ],
        "aside": rules.set_aside(board.total),
        "top": lines_of([line for line in board.by_category if line.key != queries.NONE][:3], board, ago, "category"),
        "types": lines_of(board.by_compound_type, board, ago, "type"),
        "places": places_of(board, ago),
        "stated": board.stated.figure() if board.stated.orders else None,
        "board_address": address("/board/", scope, ago=ago),
        "files": [(kind, address(f"{BULLETIN}.{kind}", scope, ago=ago)) for kind in ("xlsx", "csv")]
        if scope.actor.may(Right.EXPORT)
        else [],
    }
    return render(request, "board/bulletin.html", context)


@login_required
@require_safe
def send_bulletin(request: HttpRequest, kind: str) -> HttpResponse:
    """The figures of the bulletin as one table, .xlsx or .csv; each with its formula, n and how it came to be."""
    scope = scope_of(request, span=Span.WEEK)
    if not scope.actor.may(Right.EXPORT):
        raise PermissionDenied
    header = [_("部分"), _("项目"), _("数值"), _("单位"), _("分子"), _("分母（n）"), _("口径"), _("来源")]
    table = list(_table(queries.board_of(scope)))
    if kind == "xlsx":
        body, media = (
            write_xlsx(header, table, title=_("简报")),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    elif kind == "csv":
        body, media = b"".join(write_csv(header, table)), "text/csv; charset=utf-8"
    else:
        raise Http404
    name = f"{scope.place.name}_{scope.period.first:%Y%m%d}-{scope.period.last:%Y%m%d}.{kind}"
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


_BASES = {rules.Basis.COUNTED: "实计", rules.Basis.STATED: "申报", rules.Basis.ESTIMATED: "估算"}


def _line(part: str, label: str, figure: rules.Figure) -> list[Any]:
    value: object = _(figure.shown) if figure.few else rules.NOTHING if figure.value is None else round(figure.value, 2)
    upper, lower = ("", "") if figure.few or figure.unit != "%" else (figure.numerator, figure.n)
    return [part, label, value, _(figure.unit), upper, lower, _(figure.words), _(_BASES[figure.how])]


def _table(board: Board) -> Iterator[list[Any]]:
    for code in ("open", "late"):
        yield _line(_("现在"), _(rules.COUNTS[code].label), rules.count(code, board.now))
    for code in COUNTED:
        yield _line(_("总数"), _(rules.COUNTS[code].label), rules.count(code, board.total))
    yield [
        _("总数"),
        _("比上期同时段"),
        board.change.difference,
        _("件"),
        board.change.now,
        board.change.before,
        "",
        _(_BASES[rules.Basis.COUNTED]),
    ]
    for code, definition in rules.RATES.items():
        yield _line(_("比率（原始）"), _(definition.label), rules.rate(code, board.total))
    for code in rules.THREE_RATES:
        yield _line(_("比率（剔除后）"), _(rules.RATES[code].label), rules.rate(code, board.total, adjust=True))
    for code, label, _number in rules.set_aside(board.total):
        yield _line(_("剔除"), _(label), rules.count(code, board.total))
    if board.stated.orders:
        yield _line(_("导入（陈述）"), _(board.stated.figure().label), board.stated.figure())
    parts = (
        (_("类别"), board.by_category),
        (_("小区类型"), board.by_compound_type),
        (_("渠道"), board.by_channel),
        (_("地点"), board.by_place),
    )
    for part, lines in parts:
        for one in lines:
            name = _("%(name)s：%(words)s") % {"name": part, "words": in_language(one.label, one.english)}
            yield _line(name, _(rules.COUNTS["received"].label), rules.count("received", one.counts))
            for code in ("in_time", *rules.THREE_RATES):
                yield _line(name, _(rules.RATES[code].label), one.rate(code))
