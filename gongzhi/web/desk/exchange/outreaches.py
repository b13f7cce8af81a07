"""外部转介 at the desk: somebody outside is asked to help with a need; how far that has come, and what came of it."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.exchange import actions, queries, talk_rules
from gongzhi.exchange.actions import Party
from gongzhi.exchange.rows import Outreach
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.directory import contact_page
from gongzhi.web.casework.exchanged import amount, events
from gongzhi.web.casework.outreaches import outreach_line
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.making import OUTREACHES, found
from gongzhi.web.desk.exchange.needs import wanted
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame, in_words

PAGE = 50
# What the desk does next by itself comes first; the rest is what it writes down for others.
OWN = ("renew", "withdraw")


class StartForm(forms.Form):
    """Whom to ask, what for, and which facts they may be told."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    party = forms.CharField(
        label=_("请谁帮忙"), max_length=120, help_text=_("银行、高校、协会或一位专家，例如“某银行大渡口支行”。")
    )
    person = forms.CharField(label=_("找哪一位"), max_length=60, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9][0-9 -]{6,18}$", label=_("手机号"), max_length=40, required=False,
        error_messages={"invalid": _("电话号码好像不对，请检查一下。")}, help_text=_("留了就自动发短信；没有留，您把链接转给对方。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("邮箱"), max_length=200, required=False)
    asked = forms.CharField(
        label=_("想请对方做什么"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("对方只看得到这一栏和下一栏，看不到需求本身。"),
    )  # fmt: skip
    facts = forms.CharField(
        label=_("可以告诉对方的情况"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, need: Any, data: Any = None) -> None:
        super().__init__(data, initial={"once": secrets.token_urlsafe(16)})
        if need.confidential:
            self.fields["facts"].help_text = _("这项需求不公开：单位同意这两栏以后，才会发给对方。")

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        phone = data["phone"].replace(" ", "").replace("-", "")
        party = Party(data["party"], data["person"], phone, data["email"])
        once = data["once"] or secrets.token_urlsafe(16)
        return {"party": party, "asked": data["asked"], "facts": data["facts"], "once": once}


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, need_id: int) -> HttpResponse:
    """The form, and the outreach that it makes."""
    actor = actor_of(request)
    need = wanted(actor, need_id)
    form = StartForm(need, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            outreach = actions.start_outreach(actor, need_id=need_id, now=now(), **form.given())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已登记转介。"))
            return HttpResponseRedirect(OUTREACHES.address(outreach.pk))
    context = {"form": form, "need": need, "title": seen_by(actor, need.title)}
    return render(request, "desk/exchange/outreach_new.html", context, status=422 if form.is_bound else 200)


@for_standing(*DESK)
@require_safe
def show_outreaches(request: HttpRequest) -> HttpResponse:
    """Those that still run, the nearest due first; or those that ended."""
    actor, over = actor_of(request), request.GET.get("show") == "over"
    rows = queries.visible_outreaches(actor).filter(ended_at__isnull=not over)
    rows = rows.select_related(*(f"need__{one}" for one in queries.NEED_SIDE))
    rows = rows.order_by("-ended_at", "-pk") if over else rows.order_by("due_at", "pk")
    asked = request.GET.get("after", "")
    first = min(int(asked), 100_000) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    lines = list(rows[first : first + PAGE + 1])
    context = {
        "lines": [outreach_line(actor, one, now()) for one in lines[:PAGE]],
        "after": str(first + PAGE) if len(lines) > PAGE else "",
        "before": str(max(first - PAGE, 0)) if first else "",
        "over": over,
        "tab": "outreaches",
    }
    return render(request, "desk/exchange/outreaches.html", context)


@for_standing(*DESK)
@require_safe
def show_outreach(request: HttpRequest, outreach_id: int) -> HttpResponse:
    """One outreach: what the outsider reads and says, its link for whoever may send it, its trail."""
    actor = actor_of(request)
    row: Outreach = found(OUTREACHES, actor, outreach_id)
    opened = OUTREACHES.open(actor, row)
    context = {
        "line": outreach_line(actor, row, now()),
        "row": row,
        "need_title": seen_by(actor, row.need.title),
        "brought": amount(row.brought, row.need.measure) if row.brought else "",
        "thing": OUTREACHES.address(row.pk),
        "first": next((one for one in ("agree", "confirm", "report", "accept") if one in opened), ""),
        "deeds": opened,
        "own": [(verb, opened[verb]) for verb in OWN if verb in opened],
        # Whoever holds the link speaks as the outsider.
        "link": actions.outreach_link(row) if "renew" in opened else "",
        "may_see": queries.may_see_party(actor, row),
        "events": events(actor, queries.outreach_trail(actor, row.pk), talk_rules.OUTREACH_MOVES, row.need.measure),
        "talk": queries.voice_of(actor, row),
    }
    return render(request, "desk/exchange/outreach.html", context)


@for_standing(*DESK)
@require_POST
def open_party(request: HttpRequest, outreach_id: int) -> HttpResponse:
    """How the outsider is reached, and that it was looked at."""
    row = found(OUTREACHES, actor_of(request), outreach_id)
    try:
        contact = actions.see_party(actor_of(request), outreach_id=outreach_id, now=now())
    except Refused as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(OUTREACHES.address(outreach_id))
    if contact is None:
        raise Http404
    layout = "desk/layout.html"
    return contact_page(request, [contact], OUTREACHES.address(outreach_id), row.party, layout)
