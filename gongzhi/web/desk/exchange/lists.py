"""资源清单, 需求清单, 对接清单 out as a spreadsheet, on the wall, and in from what units handed over on paper."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.demands.actions import note_export
from gongzhi.demands.masking import mask
from gongzhi.exchange import actions, queries, round_rules, rules
from gongzhi.exchange.actions.lists import LIMITS
from gongzhi.exchange.list_files import FIELDS
from gongzhi.exchange.queries import Whose
from gongzhi.exchange.round_rules import Reach, Sheet, Way
from gongzhi.exchange.rows import Filing, Need, Offer
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.sheets import column_letter
from gongzhi.web.casework.hours import windows_in_words
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.handed import SHOWN, confirmed, error_words, file_form, previewed
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

# More than this is no list that anybody pins to a wall or sends round.
MOST = 5_000
HEADERS = {
    Sheet.HAVE: (
        _("序号"), _("单位或个人成员"), _("类别"), _("资源内容"), _("数量"), _("计量单位"), _("尚余数量"), _("可用时间"),
        _("有效期至"), _("条件"), _("具体说明"),
    ),
    Sheet.NEED: (
        _("序号"), _("单位或个人成员"), _("类别"), _("需求内容"), _("数量"), _("计量单位"), _("已得数量"), _("最晚日期"),
        _("紧急程度"), _("状态"), _("具体说明"),
    ),
    Sheet.LINK: (_("序号"), _("单位或个人成员"), _("参与方式"), _("怎么联系"), _("具体说明")),
}  # fmt: skip
CONTACTS = (_("联系人"), _("联系电话"))
# What stands on the wall: fewer columns, none of them free words.
WALL = {
    Sheet.HAVE: (0, 1, 2, 3, 4, 5, 7, 8),
    Sheet.NEED: (0, 1, 2, 3, 4, 5, 7, 8),
    Sheet.LINK: (0, 1, 2),
}
Row = Offer | Need | Filing
Cells = tuple[Any, ...]


def _sheet(what: str) -> Sheet:
    if what not in set(Sheet):
        raise Http404
    return Sheet(what)


def _rows(actor: Actor, sheet: Sheet, *, printed: bool = False, public: bool = False) -> Sequence[Row]:
    if sheet is Sheet.HAVE:
        return list(queries.offers_to_list(actor, public=public)[:MOST])
    if sheet is Sheet.NEED:
        return list(queries.needs_to_list(actor, printed=printed, public=public)[:MOST])
    return queries.link_answers(actor)[:MOST]


def _lines(actor: Actor, sheet: Sheet, rows: Sequence[Any]) -> Iterator[Cells]:
    """Each row in the columns of its list, numbered."""
    left = queries.offers_left(rows) if sheet is Sheet.HAVE else {}
    for number, row in enumerate(rows, 1):
        if isinstance(row, Filing):
            ways = gettext("、").join(gettext(round_rules.WAY_LABELS[Way(way)]) for way in row.ways)
            reach = gettext(round_rules.REACH_LABELS[Reach(row.reach)])
            yield number, queries.name_of(row.unit, None, row.member), ways, reach, seen_by(actor, row.words)
        elif isinstance(row, Offer):
            yield (
                number, queries.giver_name(row), *_what(row), _number(left[row.pk]),
                windows_in_words(row.windows), row.valid_until, mask(row.conditions), seen_by(actor, row.words),
            )  # fmt: skip
        else:
            yield (
                number, queries.asker_name(row), *_what(row), _number(row.met), row.deadline,
                gettext(rules.URGENCY_LABELS[row.urgency]), gettext(rules.NEED_LABELS[rules.NeedState(row.state)]),
                seen_by(actor, row.words),
            )  # fmt: skip


def _what(row: Offer | Need) -> Cells:
    return gettext(rules.KIND_LABELS[rules.Kind(row.kind)]), mask(row.title), _number(row.quantity), row.measure


def _number(amount: Any) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)


@for_standing(*DESK)
@require_safe
def export(request: HttpRequest, what: str) -> HttpResponse:
    """One of the three lists as `.xlsx`, with how its members are reached for who may see it; written into the trail."""
    # Pure spreadsheet work, loaded where it is used: a list page need not wait for it.
    from gongzhi.shared.sheets import write_xlsx

    sheet, actor, moment = _sheet(what), actor_of(request), now()
    if not actor.may(Right.EXPORT):
        raise PermissionDenied
    rows = _rows(actor, sheet)
    header, lines = list(HEADERS[sheet]), list(_lines(actor, sheet, rows))
    if actor.may(Right.SEE_CONTACTS):
        header += CONTACTS
        found = queries.speakers_in_sight(actor, {Whose(row.unit_id, row.member_id) for row in rows})
        people = (found.get(Whose(row.unit_id, row.member_id), []) for row in rows)
        lines = [(*line, *_contacts(one)) for line, one in zip(lines, people, strict=True)]
    note_export(actor, question=f"exchange/{sheet.value}", rows=len(rows), now=moment)
    title = gettext(round_rules.SHEET_LABELS[sheet])
    book = write_xlsx([str(name) for name in header], lines, title=title)
    response = HttpResponse(book, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="{sheet.value}-{moment:%Y%m%d-%H%M}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def _contacts(found: Iterable[Contact]) -> tuple[str, str]:
    people = list(found)
    comma = gettext("、")
    return comma.join(one.name for one in people), comma.join(one.phone for one in people if one.phone)


@for_standing(*DESK)
@require_safe
def show_print(request: HttpRequest, what: str) -> HttpResponse:
    """One of the three lists on A4 across, without contacts; for the wall only what anybody may read."""
    sheet, actor = _sheet(what), actor_of(request)
    # How a unit wants to take part was told to the desk, not to the street.
    inside = request.GET.get("for") == "desk" or sheet is Sheet.LINK
    rows = _rows(actor, sheet, printed=True, public=not inside)
    columns = WALL[sheet]
    context = {
        "what": what,
        "title": round_rules.SHEET_LABELS[sheet],
        "header": [HEADERS[sheet][place] for place in columns],
        "lines": [[line[place] for place in columns] for line in _lines(actor, sheet, rows)],
        "inside": inside,
        "both": sheet is not Sheet.LINK,
        "where": gettext("、").join(dict.fromkeys(one.where for one in actor.offices if one.place_id)),
        "today": now().date(),
    }
    return render(request, "desk/exchange/list_print.html", context)


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, what: str) -> HttpResponse:
    """The form, the preview of what was handed in, and the confirmation."""
    sheet, actor = _sheet(what), actor_of(request)
    if not actor.may(Right.IMPORT):
        raise PermissionDenied
    if token := request.POST.get("token"):
        return _confirm(request, actor, sheet, token)
    form = file_form(request, rows=LIMITS.rows)
    context: dict[str, Any] = {
        "form": form, "what": what, "title": round_rules.SHEET_LABELS[sheet], "fields": FIELDS[sheet].values(),
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        context |= previewed(form, f"list.{what}", lambda path: _looked(actor, sheet, path))
    return render(request, "desk/exchange/list_import.html", context, status=422 if form.errors else 200)


def _looked(actor: Actor, sheet: Sheet, path: Path) -> dict[str, Any]:
    header, columns = actions.read_list_columns(path, sheet=sheet)
    seen = actions.look_at_list(actor, sheet=sheet, path=path, now=now())
    read = {column: FIELDS[sheet][name] for name, column in columns.items()}
    return {
        "seen": seen,
        "columns": [(column_letter(place + 1), name, read.get(place)) for place, name in enumerate(header)],
        "fresh": seen.good[:SHOWN],
        "differences": seen.differences[:SHOWN],
        "errors": [(error, error_words(error)) for error in seen.errors[:SHOWN]],
        "more_errors": max(0, len(seen.errors) - SHOWN),
    }


def _confirm(request: HttpRequest, actor: Actor, sheet: Sheet, token: str) -> HttpResponse:
    def take(path: Path, _more: str, name: str) -> int:
        return actions.take_list(actor, sheet=sheet, path=path, name=name, now=now()).added

    added = confirmed(request, f"list.{sheet.value}", token, take)
    if added is None:
        return HttpResponseRedirect(reverse("desk-list-import", args=[sheet.value]))
    messages.success(request, gettext("已登记 %(count)d 行。") % {"count": added})
    return HttpResponseRedirect(reverse("desk-rounds"))
