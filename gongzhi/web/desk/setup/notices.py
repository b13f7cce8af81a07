"""The notices that did not reach anybody."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from gongzhi.demands import actions
from gongzhi.demands.rows import Demand
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, tell

STATES = {"queued": _("待发送"), "sent": _("已送达"), "failed": _("没有送到"), "wiped": _("已清除，不再发送")}
CHANNELS = {
    "desk": _("工作台"),
    "email": _("电子邮件"),
    "sms": _("短信"),
    "wecom": _("企业微信"),
    "dingtalk": _("钉钉"),
}


@looking
@require_GET
def show_notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Failed notices with the reason; how many stand in each state, for those who see the whole district."""
    counts = notices.counts() if registers.scope_of(actor) is None else {}
    context = {
        "rows": [(row, CHANNELS.get(row.channel, row.channel)) for row in actions.troubled_notices(actor)],
        "counts": [(label, counts.get(state, 0)) for state, label in STATES.items()] if counts else [],
    }
    return render(request, "desk/setup/notices.html", context)


@looking
@require_POST
def retry(request: HttpRequest, actor: Actor, notice_id: int) -> HttpResponse:
    """Send one failed notice again."""
    try:
        actions.retry_notice(actor, notice_id=notice_id, now=timezone.localtime())
    except Demand.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        tell(request, refused)
    return HttpResponseRedirect(reverse("setup-notices"))
