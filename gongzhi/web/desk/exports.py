"""What is on the screen's filters as a file, in the reader's words and no further than their rights."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.demands import actions, rules
from gongzhi.demands.lists import filtered
from gongzhi.demands.rows import Demand
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.moves import _
from gongzhi.web.casework.filters import Ask
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import named

MOST = 50_000
HEADER = (
    _("编号"), _("状态"), _("诉求类型"), _("来源"), _("紧急程度"), _("标题"), _("内容"), _("地点"), _("类别"),
    _("承办单位"), _("经办人"), _("受理时间"), _("答复时限"), _("答复时间"), _("办结时间"), _("重新办理次数"),
    _("督办"),
)  # fmt: skip


@for_standing(*DESK)
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list of these filters as `.csv` or `.xlsx`, at most MOST rows; written into the trail."""
    # Pure spreadsheet work, loaded where it is used: a list page need not wait for it.
    from gongzhi.shared.sheets import write_csv, write_xlsx

    if kind not in {"csv", "xlsx"}:
        raise Http404
    actor = actor_of(request)
    if not actor.may(Right.EXPORT):
        raise PermissionDenied
    moment = now()
    ask = Ask.of(request.GET, actor)
    column = "due_at" if ask.group == "due" else "-received_at"
    demands = (
        filtered(actor, ask.filters, now=moment)
        .select_related("place", "category", "handler", "assignee")
        .defer("search", "suggestions")
        .order_by(column, "id" if ask.group == "due" else "-id")[: MOST + 1]
    )
    actions.note_export(actor, question=ask.question, rows=min(MOST, demands.count()), now=moment)
    header = [gettext(name) for name in HEADER]
    zone = timezone.get_current_timezone()
    name = f"demands-{moment:%Y%m%d-%H%M}.{kind}"
    response: HttpResponseBase
    if kind == "csv":
        pieces = write_csv(header, _lines(actor, demands.iterator(chunk_size=1000)), zone=zone)
        response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    else:
        book = write_xlsx(header, _lines(actor, demands.iterator(chunk_size=1000)), zone=zone, title=gettext("诉求"))
        response = HttpResponse(book, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(actor: Actor, demands: Iterator[Demand]) -> Iterator[tuple[str | int | datetime | None, ...]]:
    for place, demand in enumerate(demands):
        if place == MOST:
            yield (gettext("只导出了前 %(most)d 件，请缩小范围分几次导出。") % {"most": MOST},)
            return
        yield (
            rules.number(demand.pk),
            gettext(rules.STATE_LABELS[rules.State(demand.state)]),
            gettext(rules.KIND_LABELS[rules.Kind(demand.kind)]),
            gettext(rules.CHANNEL_LABELS[rules.Channel(demand.channel)]),
            gettext(rules.URGENCY_LABELS[rules.Urgency(demand.urgency)]),
            seen_by(actor, demand.subject, demand),
            seen_by(actor, demand.body, demand),
            seen_by(actor, demand.place_words or demand.place.full_name, demand),
            named(demand.category),
            demand.handler.name if demand.handler else "",
            demand.assignee.name if demand.assignee else "",
            demand.received_at,
            demand.answer_due_at,
            demand.answered_at,
            demand.closed_at,
            demand.reopened_times,
            gettext("是") if demand.supervised else "",
        )
