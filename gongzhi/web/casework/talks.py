"""留言: the threads that concern somebody, and one thread with its form; the same for desk, units and outsiders."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.demands.masking import mask
from gongzhi.exchange import actions, queries, talk_rules
from gongzhi.exchange.queries import About, Talk
from gongzhi.exchange.rows import Need, Offer, Pledge, Thread
from gongzhi.exchange.talk_rules import Topic, Voice
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import blame

PAGE = 50
# Under which folder of each audience the page of a topic lies.
FOLDERS = {Topic.NEED: "needs", Topic.OFFER: "offers", Topic.PLEDGE: "pledges", Topic.OUTREACH: "outreaches"}


class WriteForm(forms.Form):
    """What is said, and whether it wants an answer; a reply mostly does not."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    words = forms.CharField(
        label=_("留言"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一两句。")},
    )
    asks = forms.BooleanField(label=_("请对方答复"), required=False)

    def __init__(self, talk: Talk, data: Any = None) -> None:
        waiting = talk.thread.waiting if talk.thread else ""
        # A place alone with its own need has nobody to wait for.
        asks = waiting in ("", talk.voice) and set(queries.voices_in(talk.about)) != {talk.voice}
        first = {"once": secrets.token_urlsafe(16), "asks": asks}
        super().__init__(data, initial=first)
        days = queries.settings()["message_days"]
        self.fields["asks"].help_text = _("%(n)d 个工作日没有答复，会告诉社区的负责人。") % {"n": days}

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return self.cleaned_data | {"once": self.cleaned_data["once"] or secrets.token_urlsafe(16)}


def title_of(about: About) -> str:
    """What a thread is about, in a few words."""
    if isinstance(about, Membership):
        return member_name(about)
    if isinstance(about, Need | Offer):
        return mask(about.title)
    return mask(about.what) if isinstance(about, Pledge) else about.party


def lines_of(actor: Actor, talk: Talk) -> list[dict[str, Any]]:
    """Every message, oldest first: who said it, and of one's own who has read it. An outsider is told no names."""
    unnamed = talk.voice is Voice.OUTSIDER
    return [
        {
            "words": one.message.words,
            "said_at": one.message.said_at,
            "mine": one.mine,
            "who": gettext("您")
            if one.mine and unnamed
            else gettext(talk_rules.VOICE_LABELS[Voice(one.message.voice)]),
            "name": one.message.said_by.name if one.message.said_by and not unnamed else "",
            "read": [gettext(talk_rules.VOICE_LABELS[voice]) for voice in one.read],
            "unread": [gettext(talk_rules.VOICE_LABELS[voice]) for voice in one.unread],
        }
        for one in queries.said_in(actor, talk)
    ]


def talk_list(request: HttpRequest, *, base: str, layout: str) -> HttpResponse:
    """The threads that concern this person, the newest first, each with what is unread. One query."""
    start = request.GET.get("after", "")
    first = min(int(start), 100_000) if start.isascii() and start.isdigit() and len(start) < 18 else 0
    found = list(queries.threads_of(actor_of(request))[first : first + PAGE + 1])
    moment = now()
    context = {
        "lines": [line_of(one, f"{base}/exchange/talks", moment) for one in found[:PAGE]],
        "after": str(first + PAGE) if len(found) > PAGE else "",
        "before": str(max(first - PAGE, 0)) if first else "",
        "layout": layout,
        "tab": "talks",
    }
    return render(request, "parts/talk/list.html", context)


def line_of(thread: Any, folder: str, moment: Any) -> dict[str, Any]:
    """One thread of a list, its page below `folder`."""
    topic, pk = queries.topic_of(thread)
    return {
        "url": f"{folder}/{topic.value}/{pk}",
        "topic": talk_rules.TOPIC_LABELS[topic],
        "title": title_of(getattr(thread, topic.value)),
        "last": thread.last,
        "unread": thread.unread,
        "waiting": talk_rules.VOICE_LABELS[Voice(thread.waiting)] if thread.waiting else "",
        "late": thread.due_at is not None and thread.due_at < moment,
    }


def find_talk(actor: Actor, topic: str, pk: int) -> Talk:
    """One thread that this person takes part in. Raises Http404."""
    if topic not in set(Topic):
        raise Http404
    try:
        return queries.get_talk(actor, Topic(topic), pk)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def talk_page(
    request: HttpRequest,
    topic: str,
    pk: int,
    *,
    base: str = "",
    layout: str,
    actor: Actor | None = None,
    back: str = "",
) -> HttpResponse:
    """One thread; whoever looks at it has read it. Sent, the message is kept and the page shown anew.

    An `actor` came by link, and has but the one page `back`; others have a page of what the thread is about.
    """
    actor = actor or actor_of(request)
    talk = find_talk(actor, topic, pk)
    form = WriteForm(talk, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.write_message(actor, topic=talk.topic, about_id=pk, now=now(), **form.given())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("留言已发出。"))
            return HttpResponseRedirect(f"{request.path}#write")
    if request.method == "GET":
        actions.read_talk(actor, talk=talk, now=now())
    context = {
        "title": title_of(talk.about),
        "topic": talk_rules.TOPIC_LABELS[talk.topic],
        "by_link": bool(back),
        "thing": back
        or f"{base}/exchange/" + ("directory" if talk.topic is Topic.MEMBER else f"{FOLDERS[talk.topic]}/{pk}"),
        "lines": lines_of(actor, talk),
        "outside": talk.topic is Topic.OUTREACH,
        "form": form,
        "layout": layout,
    }
    return render(request, "parts/talk/page.html", context, status=422 if form.is_bound else 200)


def talk_by_number(request: HttpRequest, thread_id: int, *, base: str) -> HttpResponse:
    """To the thread; a notice leads here."""
    try:
        topic, pk = queries.topic_of(queries.get_thread(actor_of(request), thread_id))
    except (Thread.DoesNotExist, *queries.ABSENT_TALK) as error:
        raise Http404 from error
    return HttpResponseRedirect(f"{base}/exchange/talks/{topic.value}/{pk}")
