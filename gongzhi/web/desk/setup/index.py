"""The first page of the set-up: what there is to set, and what needs a hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongzhi.demands import actions
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.days import calendar_warning
from gongzhi.web.desk.setup.doors import looking

# name of the address, words, what is there, icon
ENTRIES = (
    ("setup-places", pgettext_lazy("复数", "地点"), _("街道、社区、网格、小区、楼栋"), "signpost-split"),
    ("setup-buildings", _("小区与老旧楼栋"), _("四类小区，按街道列出的老旧楼栋"), "buildings"),
    ("setup-networks", _("区域化党建实体"), _("成员单位和以个人身份加入的成员"), "diagram-3"),
    ("setup-posters", pgettext_lazy("复数", "楼栋二维码"), _("打印后贴在楼道，扫码就能反映"), "qr-code"),
    ("setup-limits", pgettext_lazy("复数", "时限"), _("签收、联系、答复各有多长时间，可以先试算"), "stopwatch"),
    ("setup-days", _("工作日历"), _("节假日和调休上班日"), "calendar3"),
    ("setup-categories", pgettext_lazy("复数", "类别"), _("诉求的分类，可以添加本区自己的"), "tags"),
    ("setup-thresholds", _("各项数字"), _("多少天归档、多少天清除联系方式"), "sliders"),
    ("setup-problems", _("问题的规则"), _("热点预警、逐级上报、吹哨情形、自动归并"), "fire"),
    ("setup-agreements", _("共建协议的措施"), _("条款从哪些措施来，提前多少天提醒"), "file-earmark-text"),
    ("setup-notices", _("没送到的通知"), _("失败的原因，再送一次"), "bell"),
    ("setup-people", _("人员与角色"), _("谁在哪里负责什么"), "people"),
)


@looking
def show_index(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every set-up page with a line on what is there."""
    context = {
        "entries": ENTRIES,
        "days_left": calendar_warning(timezone.localtime()),
        "troubled": len(actions.troubled_notices(actor)),
        "may_import": actor.may(Right.IMPORT),
    }
    return render(request, "desk/setup/index.html", context)
