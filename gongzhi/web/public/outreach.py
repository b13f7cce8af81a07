"""/o/<signed>: what an outsider is asked to help with, for whoever holds the link; without an account.

Looking changes nothing: a press opens it, and what stands there is read by no machine that only follows links.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gongzhi.exchange import actions, queries, talk_rules
from gongzhi.exchange.rows import Outreach
from gongzhi.exchange.talk_rules import OutreachState, Outsider, Topic
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.talks import WriteForm, lines_of
from gongzhi.web.public import keyed
from gongzhi.web.public.forms import fresh_token
from gongzhi.web.words import blame

_NO_WORDS = {"required": _("请写一两句。")}


def _words(label: Any, *, required: bool = True, most: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, error_messages=_NO_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class AcceptForm(forms.Form):
    """Yes, and a word if they like."""

    words = _words(_("想说一句的话"), required=False)


class AskForm(forms.Form):
    """What they want to know first."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    words = _words(_("您想先知道什么"))


class DeclineForm(forms.Form):
    """No, and why."""

    words = _words(_("为什么帮不上"))


class ReportForm(forms.Form):
    """What came of it."""

    words = _words(_("结果怎么样"), most=2000)
    brought = forms.CharField(
        max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )


FORMS: dict[str, type[forms.Form]] = {
    "accept": AcceptForm,
    "ask": AskForm,
    "decline": DeclineForm,
    "report": ReportForm,
}


by_link = keyed.opened_by(actions.read_outreach_link, lambda one: talk_rules.outsider(one.pk), "outreach")


@require_safe
@by_link
def show_outreach(request: HttpRequest, token: str, actor: Outsider, outreach: Outreach) -> HttpResponse:
    """What is asked, and what can be answered now."""
    return _show(request, token, actor, outreach)


def _show(
    request: HttpRequest,
    token: str,
    actor: Outsider,
    outreach: Outreach,
    wrong: tuple[str, forms.Form] | None = None,
    typed: str = "",
) -> HttpResponse:
    """The page; `wrong` is a form sent with faults, shown again in its place, `typed` words that came too late."""
    place = outreach.need.community or outreach.need.subdistrict or outreach.need.receiving_place
    context: dict[str, Any] = {"token": token, "row": outreach, "place": place.name if place else ""}
    state = OutreachState(outreach.state)
    if state is OutreachState.SENT and not wrong and not typed:
        return render(request, "public/outreach_open.html", context)
    talk = queries.get_talk(actor, Topic.OUTREACH, outreach.pk)
    open_moves = queries.outreach_moves(actor, outreach)
    shown = {name: _fresh(name, outreach) for name in FORMS if name in open_moves}
    write = WriteForm(talk)
    write.fields.pop("asks")
    if wrong and (wrong[0] in shown or wrong[0] == "write"):
        shown[wrong[0]] = wrong[1]
        write = shown.pop("write", write)  # type: ignore[assignment]
    lines = lines_of(actor, talk)
    context |= {
        "state": state.value,
        "label": talk_rules.OUTREACH_LABELS[state],
        "forms": shown,
        "write": write,
        "lines": lines,
        "unread": queries.unread_by_outsider(talk),
        "wrong": wrong[1] if wrong else None,
        "typed": typed,
    }
    return render(request, "public/outreach.html", context, status=422 if wrong or typed else 200)


def _fresh(name: str, outreach: Outreach, data: Any = None) -> forms.Form:
    form = FORMS[name](data, prefix=name, initial={"once": fresh_token()})
    if "brought" in form.fields:
        measure = outreach.need.measure
        form.fields["brought"].label = gettext("带来多少（%(measure)s）") % {"measure": measure}
        form.fields["brought"].help_text = gettext("说得出数量才填。")
    return form


@require_POST
@by_link
def send(request: HttpRequest, token: str, actor: Outsider, outreach: Outreach, step: str) -> HttpResponse:
    """Take one of the page's forms: one action, then the page again."""
    back = HttpResponseRedirect(reverse("outreach", args=[token]))
    if not keyed.may_press("outreach", outreach.pk):
        messages.error(request, keyed.TOO_MANY)
        return back
    talk = queries.get_talk(actor, Topic.OUTREACH, outreach.pk)
    if step == "open":
        actions.open_outreach(actor, outreach_id=outreach.pk, now=timezone.localtime())
    if step in {"open", "seen"}:
        actions.read_talk(actor, talk=talk, now=timezone.localtime())
        return back
    if step not in FORMS and step != "write":
        raise Http404
    form = _bound(step, request, outreach, talk)
    if form.is_valid():
        try:
            messages.success(request, _act(step, actor, outreach, form.cleaned_data))
        except Refused as refusal:
            blame(form, refusal)
        else:
            return back
    # Read again: somebody may have been quicker.
    outreach = queries.get_outreach(actor, outreach.pk)
    if step != "write" and step not in queries.outreach_moves(actor, outreach):
        messages.warning(request, gettext("这一步已经办过了，请看下面的最新情况。"))
        typed = str(form.data.get(form.add_prefix("words"), "")).strip()
        return _show(request, token, actor, outreach, typed=typed) if typed else back
    return _show(request, token, actor, outreach, wrong=(step, form))


def _bound(step: str, request: HttpRequest, outreach: Outreach, talk: Any) -> forms.Form:
    if step != "write":
        return _fresh(step, outreach, request.POST)
    form = WriteForm(talk, request.POST)
    form.fields.pop("asks")
    return form


def _act(step: str, actor: Outsider, outreach: Outreach, given: dict[str, Any]) -> str:
    """Do it; what the next page says. The sum of what an outsider writes always waits for an answer."""
    moment, pk = timezone.localtime(), outreach.pk
    once = given.get("once") or fresh_token()
    if step == "write":
        actions.write_message(
            actor, topic=Topic.OUTREACH, about_id=pk, words=given["words"], now=moment, once=once, asks=True
        )
        return gettext("留言已发出。")
    if step == "ask":
        actions.ask_more(actor, outreach_id=pk, words=given["words"], now=moment, once=once)
        return gettext("您的问题已经发给社区，答复会出现在这一页上。")
    if step == "report":
        actions.report_outreach(actor, outreach_id=pk, **given, now=moment)
        return gettext("结果已收到，谢谢您。")
    actions.answer_outreach(actor, outreach_id=pk, verb=step, words=given["words"], now=moment)
    return (
        gettext("谢谢您！办好以后，请回到这一页写一句结果。") if step == "accept" else gettext("知道了，谢谢您的答复。")
    )
