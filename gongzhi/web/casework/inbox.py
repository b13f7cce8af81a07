"""What a member of staff was told on the pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from gongzhi.demands import rules
from gongzhi.exchange.queries import unread_count
from gongzhi.shared import notices
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.entrance import actor_of

PAGE = 50
# Under which folder of each audience the page of a noun lies.
FOLDERS = {
    "/desk": {
        "demand": "demands",
        "problem": "problems",
        "whistle": "problems/whistles",
        "referral": "problems/referrals",
        "visit": "visits",
        "need": "exchange/needs",
        "match": "exchange/matches",
        "pledge": "exchange/pledges",
        "introduction": "exchange/introductions",
        "balance_task": "exchange/tasks",
        "outreach": "exchange/outreaches",
        "thread": "exchange/talks",
        "contribution": "exchange/giving",
        "round": "exchange/rounds",
        "conference": "conferences",
        "mobilisation": "conferences/mobilisations",
        "appeal": "projects/appeals",
        "project": "projects",
        "task": "projects/tasks",
        "agreement": "agreements",
    },
    "/units": {
        "demand": "demands",
        "whistle": "whistles",
        "referral": "referrals",
        "match": "exchange/matches",
        "pledge": "exchange/pledges",
        "need": "exchange/needs",
        "outreach": "exchange/outreaches",
        "thread": "exchange/talks",
        "contribution": "exchange/giving",
        "round": "exchange/rounds",
        "conference": "conferences",
        "mobilisation": "conferences/mobilisations",
        "appeal": "projects/appeals",
        "task": "projects/tasks",
        "agreement": "agreements",
    },
}


def inbox_page(request: HttpRequest, *, base: str, layout: str) -> HttpResponse:
    """Notices to this person, the newest first, each leading to what it tells of under `base`."""
    folders = FOLDERS[base]
    actor = actor_of(request)
    rows = notices.inbox(actor.person_id or 0)
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: PAGE + 1])
    lines = [
        {
            "when": one.created_at,
            "subject": gettext(one.subject),
            "body": seen_by(actor, one.body),
            "number": rules.number(one.noun_id) if one.noun in {"demand", "problem"} else "",
            "url": f"{base}/{folders[one.noun]}/{one.noun_id}" if one.noun in folders else "",
        }
        for one in found[:PAGE]
    ]
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {"lines": lines, "more": more, "base": base, "layout": layout, "unread": unread_count(actor)}
    return render(request, "parts/demand/inbox.html", context)
