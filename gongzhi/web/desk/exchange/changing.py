"""Changing what is said of a need; what this form does not ask for stays as it was."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from gongzhi.exchange import actions, queries
from gongzhi.exchange.quantities import shown
from gongzhi.exchange.rows import Need
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.making import OVER
from gongzhi.web.desk.exchange.needs import find_need
from gongzhi.web.desk.exchange.stating import DetailsForm
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """The form with what stands there now, and the change that it makes."""
    actor = actor_of(request)
    need = find_need(actor, need_id)
    address = f"/desk/exchange/needs/{need.pk}"
    if "change" not in queries.need_moves(actor, need):
        messages.warning(request, gettext(OVER) % {"label": gettext("修改需求")})
        return HttpResponseRedirect(address)
    posted = request.POST if request.method == "POST" else None
    form = DetailsForm(actor, posted, initial=_as_it_is(need))
    if posted is not None and form.is_valid():
        seen = posted.get("seen", "")
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else None
        try:
            details = form.details(**_untouched(need, form.cleaned_data["place"]))
            actions.change_need(actor, need_id=need.pk, details=details, now=now(), seen=version)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext("修改需求")})
            return HttpResponseRedirect(address)
    context = {"form": form, "need": need, "thing": address}
    return render(request, "desk/exchange/change.html", context, status=422 if form.errors else 200)


def _as_it_is(need: Need) -> dict[str, Any]:
    names = ("title", "kind", "measure", "whole_only", "deadline", "urgency", "words")
    where = {"place": need.place_id, "place_typed": need.place.full_name} if need.place else {}
    return {name: getattr(need, name) for name in names} | {"quantity": shown(need.quantity)} | where


def _untouched(need: Need, place: Any) -> dict[str, Any]:
    """What the form does not ask for; the point stays only while the place does."""
    kept = {"tags": need.tags, "windows": need.windows, "confidential": need.confidential}
    same = place is not None and place.pk == need.place_id
    return kept | ({"lon": need.lon, "lat": need.lat} if same else {})
