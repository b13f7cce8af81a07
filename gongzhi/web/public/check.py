"""查进度 by number and code, as read out on the telephone; guessing is limited."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from gongzhi.demands import actions, queries, rules
from gongzhi.shared import tries
from gongzhi.web.public.forms import CheckForm
from gongzhi.web.tries import origin

# One address may be a whole housing estate behind one router.
BY_ORIGIN = 6


def show_check(request: HttpRequest) -> HttpResponse:
    """Ask for number and code; both right, they lead to the demand's own page."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "public/check.html", {"form": form}, status=422 if form.is_bound else 200)
    most = queries.threshold("code_tries")
    number = str(rules.read_number(form.cleaned_data["number"]))
    keys = {("check-number", number): most, ("check-origin", origin(request)): most * BY_ORIGIN}
    if not tries.take(keys, now=timezone.localtime()):
        form.add_error(None, _("试的次数太多了，请一小时后再试，或打开当时收到的链接。"))
        return render(request, "public/check.html", {"form": form}, status=429)
    demand = queries.demand_with_code(form.cleaned_data["number"], form.cleaned_data["code"])
    if demand is None:
        form.add_error(
            None, _("编号和查询码对不上。请照着记下的再输一遍；每小时最多输错 %(most)d 次。") % {"most": most}
        )
        return render(request, "public/check.html", {"form": form}, status=422)
    tries.give_back(*keys)
    return HttpResponseRedirect(urlsplit(actions.follow_link(demand.pk)).path)
