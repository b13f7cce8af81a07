"""Call-backs by sample: draw, call, write down, and the satisfaction with its n (asked, reached, satisfied)."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.queries import Sample
from gongzhi.demands.rows import CallBack
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.forms import SampleForm
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame

MOST = 200


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def show_call_backs(request: HttpRequest) -> HttpResponse:
    """The draws with their figures, the list to call of one of them, and the form for a new draw."""
    actor = actor_of(request)
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm(initial=_initial())
    if request.method == "POST" and form.is_valid():
        since, until = form.span()
        name, percent = form.cleaned_data["sample"], form.cleaned_data["percent"]
        try:
            drawn = actions.draw_sample(actor, sample=name, percent=percent, since=since, until=until, now=now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            words = ngettext("抽到 %(n)d 件。", "抽到 %(n)d 件。", drawn) % {"n": drawn}
            messages.success(
                request, words if drawn else _("这段时间没有新的可以抽：要有答复、居民还没有评价，也要留了联系方式。")
            )
            return HttpResponseRedirect(f"{reverse('desk-callbacks')}?{urlencode({'sample': name})}")
    samples = queries.samples(actor)
    chosen = _chosen(request.GET.get("sample", ""), samples)
    context = {
        "form": form,
        "samples": [_figures(one) for one in samples],
        "chosen": _figures(chosen) if chosen else None,
        "lines": [_line(actor, row) for row in queries.call_backs(actor, chosen.name)[:MOST]] if chosen else [],
        "may_work": actor.holds(*WORKERS),
    }
    return render(request, "desk/callbacks/page.html", context, status=422 if form.errors else 200)


def _initial() -> dict[str, Any]:
    today = now().date()
    first = today.replace(day=1)
    return {
        "sample": f"{first:%Y-%m}",
        "percent": queries.threshold("call_back_percent"),
        "since": (today - timedelta(days=7)).isoformat(),
        "until": today.isoformat(),
    }


def _chosen(name: str, samples: list[Sample]) -> Sample | None:
    return next((one for one in samples if one.name == name), samples[0] if samples and not name else None)


def _figures(sample: Sample) -> dict[str, Any]:
    """The figures of a draw; the rate is over those reached, and there is none where nobody was."""
    return {
        "name": sample.name,
        "drawn": sample.drawn,
        "to_call": sample.to_call,
        "done": sample.drawn - sample.to_call - sample.asked,
        "asked": sample.asked,
        "reached": sample.reached,
        "satisfied": sample.satisfied,
        "rate": round(100 * sample.satisfied / sample.reached) if sample.reached else None,
        "reach": round(100 * sample.reached / sample.asked) if sample.asked else None,
    }


def _line(actor: Actor, row: CallBack) -> dict[str, Any]:
    demand = row.demand
    return {
        "pk": demand.pk,
        "number": rules.number(demand.pk),
        "subject": seen_by(actor, demand.subject, demand),
        "place": demand.place.full_name,
        "answered_at": demand.answered_at,
        "state": demand.state,
        "state_label": rules.STATE_LABELS[State(demand.state)],
        "asked_at": row.asked_at,
        "asked_by": row.asked_by.name if row.asked_by else "",
        "reached": row.reached,
        "satisfied": row.satisfied,
        "words": seen_by(actor, row.words, demand),
        "to_call": row.asked_at is None and State(demand.state) in rules.ANSWERED,
    }
