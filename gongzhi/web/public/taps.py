"""One tap instead of a report; what it could not do is said where it came from, with everything that was typed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongzhi.problems import rules
from gongzhi.shared.moves import Refused
from gongzhi.web.public import neighbours
from gongzhi.web.public.forms import TOKEN, FollowerForm, NewForm, fresh_token
from gongzhi.web.public.new import show_form
from gongzhi.web.words import in_words


@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """One tap instead of a report, from the form or from a problem's own page."""
    key = neighbours.read_key(request.POST.get("key", ""))
    once = request.POST.get("once", "")
    if key is None:
        return _back(request, key, _("这一页放得太久了，请再试一次。"))
    if neighbours.too_many_taps(request):
        return _back(request, key, _("从您的网络上刚有很多人按过，请一小时后再试，或直接填写。"))
    try:
        return neighbours.tap(
            request, key=key, once=once if TOKEN.fullmatch(once) else fresh_token(), **_reachable(request)
        )
    except Refused as refusal:
        return _back(request, key, in_words(refusal))


def _reachable(request: HttpRequest) -> dict[str, str]:
    """How to reach her, where she had filled that in and agreed to it before the tap."""
    form = FollowerForm(request.POST)
    return form.cleaned_data if request.POST.get("agree") and form.is_valid() else {}


def _back(request: HttpRequest, key: int | None, words: str) -> HttpResponse:
    """What could not be done, in words, on the page it came from: the form with what was typed, or the problem's."""
    messages.warning(request, words)
    if request.POST.get("body"):
        return show_form(request, NewForm(initial=request.POST.dict()), status=409)
    if key and key > 0:
        return HttpResponseRedirect(reverse("problem", args=[rules.number(key)]))
    return HttpResponseRedirect(reverse("new"))
