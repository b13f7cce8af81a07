"""The minutes as offices file them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.conferences import queries, rules
from gongzhi.conferences.filing import KINDS, Paper, Part
from gongzhi.conferences.rows import Conference
from gongzhi.conferences.rules import ConferenceKind, Presence, TopicState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import _
from gongzhi.web.casework.met import decision_lines, delay_of, roll_lines
from gongzhi.web.desk.conferences.page import find
from gongzhi.web.who import DESK, for_standing, now


@for_standing(*DESK)
@require_safe
def show_minutes(request: HttpRequest, conference_id: int, kind: str) -> HttpResponse:
    """The minutes of a conference that was held, as Word or PDF; what is not signed says so."""
    actor, row = find(request, conference_id)
    if kind not in KINDS or row.began_at is None:
        raise Http404
    mime, make = KINDS[kind]
    response = HttpResponse(make(minutes_of(actor, row)), content_type=mime)
    name = slugify(f"minutes {localtime(row.starts_at):%Y-%m-%d} {row.pk}")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def minutes_of(actor: Actor, row: Conference) -> Paper:
    """Everything that is filed, in the reader's language."""
    calls = queries.calls_of(row)
    topics = [one for one in queries.topics_of(actor, row) if one.state == TopicState.AGREED]
    lines = decision_lines(queries.outcomes(queries.decisions_of(actor, row), now().date()))
    parts = [
        _attendance(roll_lines(calls), queries.roll_of(calls)),
        Part(
            gettext("二、议题"), [f"{n}. {one.title}" for n, one in enumerate(topics, 1)] or [gettext("没有单列议题。")]
        ),
        Part(
            gettext("三、决定事项"),
            [] if lines else [gettext("没有形成决定。")],
            [[gettext(word) for word in _HEAD], *(_decision(n, one) for n, one in enumerate(lines, 1))]
            if lines
            else (),
        ),
    ]
    if became := decision_lines(queries.what_became(row, now().date())):
        head = [gettext("上次的决定"), gettext("由谁负责"), gettext("结果")]
        rows = [[one["row"].what, one["owner"], _outcome(one)] for one in became]
        parts.append(Part(gettext("四、上次决定的办理情况"), (), [head, *rows]))
    return Paper(_title(row), _facts(row), parts, [gettext("主持人签字"), gettext("记录人签字"), gettext("签发")])


_HEAD = (_("序号"), _("决定"), _("类别"), _("由谁负责"), _("哪天前办好"))


def _title(row: Conference) -> str:
    title = gettext("%(title)s会议纪要") % {"title": row.title}
    return title if row.signed_at else gettext("%(title)s（未签发）") % {"title": title}


def _facts(row: Conference) -> list[tuple[str, str]]:
    began = row.began_at or row.starts_at
    facts = [
        (gettext("会议类型"), gettext(rules.CONFERENCE_KIND_LABELS[ConferenceKind(row.kind)])),
        (gettext("时间"), f"{localtime(began):%Y-%m-%d %H:%M}"),
        (gettext("地点"), row.venue),
        (gettext("主持人"), row.chair.name if row.chair else ""),
        (gettext("记录人"), row.recorder.name if row.recorder else ""),
    ]
    if row.requested_at:
        asked = gettext("%(who)s，%(when)s；提出到开会 %(delay)s") % {
            "who": row.asked_by, "when": f"{localtime(row.requested_at):%Y-%m-%d %H:%M}", "delay": delay_of(row),
        }  # fmt: skip
        facts[1:1] = [(gettext("提出"), asked), (gettext("事由"), row.about)]
    return facts


def _attendance(lines: list[dict[str, Any]], roll: rules.Roll) -> Part:
    count = gettext("应到%(members)d家，到会%(present)d家，委托%(proxies)d家，没有到会%(absent)d家，到会率%(share)d%%。") % {
        "members": roll.members, "present": roll.present, "proxies": roll.proxies, "absent": roll.absent,
        "share": roll.share,
    }  # fmt: skip
    found = [count]
    for presence, label in (
        (Presence.PRESENT, gettext("到会")),
        (Presence.PROXY, gettext("委托到会")),
        (Presence.ABSENT, gettext("没有到会")),
    ):
        names = [_more(one["name"], one["by"]) for one in lines if one["presence"] == presence]
        if names:
            found.append(gettext("%(label)s：%(names)s") % {"label": label, "names": gettext("、").join(names)})
    return Part(gettext("一、到会情况"), found)


def _decision(number: int, one: dict[str, Any]) -> list[str]:
    row = one["row"]
    what = _more(row.what, one["amount"])
    return [
        str(number),
        what,
        gettext(one["kind"]),
        one["owner"] or "—",
        f"{row.due_on:%Y-%m-%d}" if row.due_on else "—",
    ]


def _outcome(one: dict[str, Any]) -> str:
    return _more(one["label"], one["took"])


def _more(words: str, more: str) -> str:
    return gettext("%(words)s（%(more)s）") % {"words": words, "more": more} if more else words
