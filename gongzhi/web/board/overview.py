"""The first page of the board: tiles, the three rates, trend, places, categories, compound types, map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.neighbourhood.rules import PLACE_KIND_LABELS
from gongzhi.statistics import maps, queries, rules
from gongzhi.statistics.periods import SPAN_LABELS, Span, current
from gongzhi.statistics.queries import Board, Scope
from gongzhi.web.board.asking import address, ago_of, scope_of
from gongzhi.web.words import in_language

BOARD, ROWS, MAP = "/board/", "/board/rows", "/board/map"
# The columns of the table by place that it can be ordered by.
NUMBERS = ("received", "open", "late")
ORDERS = (*NUMBERS, "in_time", *rules.THREE_RATES)


def _weight(line: rules.Line, column: str) -> float:
    """What a row is ordered by; what is hidden or has no value goes last."""
    if column in NUMBERS:
        return line.counts[column]
    figure = line.rate(column)
    return -1.0 if figure.few or figure.value is None else figure.value


@dataclass(frozen=True)
class Shown:
    """A figure with the address of its rows, empty where they may not be listed."""

    figure: rules.Figure
    href: str = ""


@login_required
@require_safe
def show_board(request: HttpRequest) -> HttpResponse:
    """Everything about one place and period on one page."""
    scope = scope_of(request)
    board, spots = queries.board_of(scope), maps.spots_of(scope)
    ago = ago_of(request)
    order, downwards = _order(request)
    context = {
        **head(request, board.scope, BOARD),
        "board": board,
        "tiles": _tiles(board, ago),
        "rates": [rate_row(code, board, ago) for code in rules.THREE_RATES],
        "aside": rules.set_aside(board.total),
        "more": [
            shown(rules.rate(code, board.total), board, ago)
            for code in ("in_time", "returns", "reopens", "repeats", "callback", "by_link")
        ],
        "counts": [
            shown(rules.count(code, board.total), board, ago)
            for code in ("direct", "dispatched", "extended", "supervised", "asked", "reached", "lapsed")
        ],
        "stated": board.stated.figure() if board.stated.orders else None,
        "trend": trend_chart(board),
        "categories": lines_of(board.by_category, board, ago, "category"),
        "types": lines_of(board.by_compound_type, board, ago, "type"),
        "channels": lines_of(board.by_channel, board, ago, "channel"),
        "category_chart": share_chart(_("受理最多的类别"), board.by_category),
        "places": places_of(board, ago, order, downwards=downwards),
        "columns": _columns(scope, ago, order, downwards=downwards),
        "spots": [_spot_row(spot, scope, ago) for spot in spots],
        "points": address("/board/places.geojson", scope, ago=ago),
        "outline": address("/board/outline.geojson", scope, ago=ago),
        "map_address": address(MAP, scope, ago=ago),
    }
    return render(request, "board/overview.html", context)


def head(request: HttpRequest, scope: Scope, path: str) -> dict[str, Any]:
    """What every page of the board shows above: the place with its way up, the period and the other periods."""
    ago = ago_of(request)
    path_up = [
        (place.name, address(path, scope, ago=ago, place=place.pk))
        for place in queries.path_to(scope.actor, scope.place)
    ]
    today = scope.now.astimezone(scope.period.zone).date()
    spans = [
        (
            _(SPAN_LABELS[span]),
            address(path, replace(scope, period=current(span, today, scope.period.zone))),
            span is scope.period.span,
        )
        for span in Span
        if span is not Span.CUSTOM
    ]
    steps = scope.period.span is not Span.CUSTOM
    return {
        "scope": scope,
        "kind": PLACE_KIND_LABELS.get(scope.place.kind, ""),  # type: ignore[call-overload]
        "path_up": path_up,
        "spans": spans,
        "is_custom": not steps,
        "days": f"{date_format(scope.period.first, 'Y-m-d')} – {date_format(scope.period.last, 'Y-m-d')}",
        "before": address(path, scope, ago=ago + 1) if steps else "",
        "after": address(path, scope, ago=ago - 1) if steps and ago else "",
        "bulletin": address("/board/bulletin", scope, ago=ago),
        "problems": address("/board/problems", scope, ago=ago),
        "narrowed": bool(scope.category or scope.compound_type or scope.channel or scope.direct),
        "widened": address(path, scope, ago=ago, category="", type="", channel="", direct=""),
    }


def shown(figure: rules.Figure, board: Board, ago: int, **more: object) -> Shown:
    """A figure with its rows; none are listed where so few persons spoke that they are not shown."""
    href = address(ROWS, board.scope, ago=ago, of=figure.rows, **more) if figure.n and not figure.few else ""
    return Shown(figure, href)


def _tiles(board: Board, ago: int) -> list[dict[str, Any]]:
    change = board.change
    difference = f"{change.difference:+d}" if change.difference else _("持平")
    received = _("比上期同时段 %(change)s") % {"change": difference}
    tiles = [
        {"shown": shown(rules.count("open", board.now), board, ago), "note": _("现在，不限受理时间")},
        {"shown": shown(rules.count("late", board.now), board, ago), "note": _share_words(board.now)},
        {"shown": shown(rules.count("received", board.total), board, ago), "note": received},
    ]
    for code in rules.THREE_RATES:
        figure = rules.rate(code, board.total)
        clean = rules.rate(code, board.total, adjust=True)
        tiles.append({"shown": shown(figure, board, ago), "note": _over(figure, clean)})
    return tiles


def _share_words(now: dict[str, int]) -> str:
    if not now["open"]:
        return ""
    return _("占未办结 %(share)s%%") % {"share": rules.printed(now["late"] * 100 / now["open"])}


def _over(raw: rules.Figure, clean: rules.Figure) -> str:
    if raw.few or clean.few or not raw.n:
        return ""
    unit = "%" if clean.n else ""
    return _("n = %(n)d；剔除后 %(rate)s") % {"n": raw.n, "rate": f"{clean.shown}{unit}"}


def rate_row(code: str, board: Board, ago: int) -> dict[str, Any]:
    """One of the three rates, raw and adjusted side by side."""
    raw, clean = rules.rate(code, board.total), rules.rate(code, board.total, adjust=True)
    return {"label": raw.label, "words": raw.words, "raw": shown(raw, board, ago), "adjusted": shown(clean, board, ago)}


def trend_chart(board: Board) -> dict[str, Any]:
    """What came in on each day, week or month, parted by how its answer stands; the parts add up to what came in."""
    shape = {"day": "n-j", "week": "n-j", "month": "Y-m"}[board.scope.period.step]
    axis = {"day": _("日期"), "week": _("周（起始日）"), "month": _("月份")}[board.scope.period.step]
    names = ("answer_kept", "answer_late", "not_due")
    return {
        "kind": "stack",
        "title": _("受理的诉求，按答复情况"),
        "unit": _("件"),
        "axis": axis,
        "labels": [date_format(day, shape) for day, _counts in board.trend],
        "series": [
            {"name": _(rules.COUNTS[name].label), "values": [counts[name] for _day, counts in board.trend]}
            for name in names
        ],
    }


def share_chart(title: str, lines: Sequence[rules.Line]) -> dict[str, Any]:
    """The longest lines across, the rest put together, so that it adds up."""
    longest = list(lines[:8])
    rest = sum(line.counts["received"] for line in lines[8:])
    labels = [in_language(line.label, line.english) for line in longest] + ([_("其他类别")] if rest else [])
    values = [line.counts["received"] for line in longest] + ([rest] if rest else [])
    return {
        "kind": "across",
        "title": title,
        "unit": _("件"),
        "axis": _("类别"),
        "labels": labels,
        "series": [{"name": _("受理"), "values": values}],
    }


def lines_of(lines: Sequence[rules.Line], board: Board, ago: int, key: str) -> list[dict[str, Any]]:
    """The rows of a table by something else than place, each number with its address."""
    found = []
    for line in lines:
        where = {key: line.key}
        found.append(
            {
                "label": in_language(line.label, line.english),
                "share": _percent(line.share(board.total["received"])),
                "received": shown(rules.count("received", line.counts), board, ago, **where),
                "rates": [shown(line.rate(code), board, ago, **where) for code in ("in_time", *rules.THREE_RATES)],
            }
        )
    return found


def _percent(value: float | None) -> str:
    return rules.NOTHING if value is None else f"{rules.printed(value)}%"


def places_of(board: Board, ago: int, order: str = "", *, downwards: bool = True) -> list[dict[str, Any]]:
    """The rows of the table by place; the name leads one rung down, each number to its rows there."""
    lines = list(board.by_place)
    if order:
        lines.sort(key=lambda line: _weight(line, order), reverse=downwards)
    found = []
    for line in lines:
        known = line.key in board.places
        where: dict[str, object] = {"place": line.key} if known else {"direct": 1}
        numbers = [rules.count(code, line.counts) for code in ("received", "open", "late")]
        rates = [line.rate(code) for code in ("in_time", *rules.THREE_RATES)]
        found.append(
            {
                "label": line.label,
                "href": address(BOARD, board.scope, ago=ago, **where) if known else "",
                "late": line.counts["late"],
                "share": _percent(line.share(board.total["received"])),
                "numbers": [shown(one, board, ago, **where) for one in numbers],
                "rates": [shown(one, board, ago, **where) for one in rates],
            }
        )
    return found


def _order(request: HttpRequest) -> tuple[str, bool]:
    wanted = request.GET.get("order", "")
    return (wanted if wanted in ORDERS else ""), request.GET.get("dir") != "up"


def _columns(scope: Scope, ago: int, order: str, *, downwards: bool) -> list[dict[str, Any]]:
    labels = {code: rules.COUNTS[code].label for code in ("received", "open", "late")}
    labels |= {code: rules.RATES[code].label for code in ("in_time", *rules.THREE_RATES)}
    columns = []
    for code, label in labels.items():
        mine = code == order
        turn = "up" if mine and downwards else ""
        columns.append(
            {
                "label": label,
                "href": address(BOARD, scope, ago=ago, order=code, dir=turn) + "#places",
                "sorted": ("descending" if downwards else "ascending") if mine else "",
            }
        )
    return columns


def _spot_row(spot: maps.Spot, scope: Scope, ago: int) -> dict[str, Any]:
    return {
        "label": spot.place.name,
        "url": address(BOARD, scope, ago=ago, place=spot.place.pk),
        "count": spot_words(spot),
    }


def spot_words(spot: maps.Spot) -> str:
    """What a circle of the map says in words."""
    if not spot.open:
        return _("没有未办结的")
    share = rules.printed(spot.late * 100 / spot.open)
    return _("未办结 %(open)d，超时 %(late)d（%(share)s%%）") % {"open": spot.open, "late": spot.late, "share": share}
