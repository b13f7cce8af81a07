"""The two ways of doing something here: one press, or a short form on a page of its own that keeps what was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from gongzhi.shared.moves import Refused
from gongzhi.web.words import blame, in_words


def sent(request: HttpRequest) -> Any:
    """What was sent, an empty form too; None where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def press(request: HttpRequest, label: str, back: str, act: Callable[[], object]) -> HttpResponse:
    """Do it and go back; refused, the reason stands on the page that it leads to."""
    try:
        act()
    except Refused as refusal:
        messages.warning(request, in_words(refusal))
    else:
        messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(label)})
    return HttpResponseRedirect(back)


def fill_in(
    request: HttpRequest,
    form: forms.Form,
    label: str,
    back: str,
    act: Callable[[dict[str, Any]], Any],
    *,
    template: str = "units/exchange/ask.html",
    onto: Callable[[Any], str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the form, or do what it says and go back, or `onto` what came of it; refused, the form as it was sent with the
    reason."""
    if form.is_bound and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(label)})
            return HttpResponseRedirect(onto(done) if onto else back)
    context = {"form": form, "title": gettext(label), "action": gettext(label), "back": back, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)
