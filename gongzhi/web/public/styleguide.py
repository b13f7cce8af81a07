"""Every piece of the pages on one page, for those who build them; served under DEBUG only. All of it is sample text."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.demands.rules import STATE_LABELS


class SampleForm(forms.Form):
    """One field of each kind."""

    subject = forms.CharField(label=_("标题"), help_text=_("一句话说清楚"), max_length=200)
    words = forms.CharField(label=_("什么事"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    kind = forms.ChoiceField(label=_("类型"), choices=[("", "—"), ("a", _("求助"))])
    urgent = forms.ChoiceField(
        label=_("有没有危险"), choices=[("no", _("没有")), ("yes", _("有"))], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label=_("我知道了"))


def chart(kind: str) -> dict[str, Any]:
    """A sample chart of one kind."""
    series = [{"name": _("收到"), "values": [4, 7, 3, 9]}]
    if kind != "across":
        series.append({"name": _("答复"), "values": [3, 6, 4, 7]})
    return {"kind": kind, "title": _("样例"), "unit": _("件"), "labels": ["一", "二", "三", "四"], "series": series}


def show_styleguide(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    now = timezone.localtime()
    due = now + timedelta(days=5)
    form = SampleForm(request.POST if request.method == "POST" else {"subject": ""} if "bad" in request.GET else None)
    return render(
        request,
        "public/styleguide.html",
        {
            "form": form,
            "badges": [
                (due, None, False),
                (now + timedelta(hours=3, minutes=1), None, False),
                (now - timedelta(days=3), None, False),
                (due, now, False),
                (now - timedelta(days=1), now, False),
                (due, None, True),
            ],
            "states": list(STATE_LABELS.items()),
            "events": [
                {
                    "when": now,
                    "what": _("已答复"),
                    "who": _("社区"),
                    "words": _("灯已换好。"),
                    "tone": "good",
                    "icon": "check-lg",
                },
                {"when": now - timedelta(hours=5), "what": _("正在办理"), "tone": "accent", "icon": "tools"},
                {"when": now - timedelta(days=1), "what": _("收到您的诉求"), "tone": "calm", "icon": "inbox"},
            ],
            "chart": chart("bar"),
            "chart_across": chart("across"),
            "rows": [{"label": _("样例一"), "url": "?1", "count": 12}, {"label": _("样例二"), "url": "?2", "count": 3}],
        },
    )


def show_points(request: HttpRequest) -> JsonResponse:
    """Sample points for the map."""
    spots = [(106.47, 29.49, 12, "late"), (106.50, 29.46, 3, "accent"), (106.44, 29.44, 1, "soon")]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"label": f"{count}", "count": count, "tone": tone, "url": "/"},
        }
        for lon, lat, count, tone in spots
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def show_outline(request: HttpRequest) -> JsonResponse:
    """A sample outline for the map."""
    ring = [[106.40, 29.42], [106.52, 29.40], [106.55, 29.48], [106.48, 29.53], [106.41, 29.50], [106.40, 29.42]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return JsonResponse({"type": "Feature", "properties": {}, "geometry": shape})
