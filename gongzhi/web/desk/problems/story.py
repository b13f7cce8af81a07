"""A problem's trail, reports and whistles in words, as its page tells them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, ngettext

from gongzhi.demands import rules as demands
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import rules, whistling
from gongzhi.problems.queries import ReportLine, Story
from gongzhi.problems.rows import Whistle
from gongzhi.problems.rules import Joining, ReferralState, State, WhistleState
from gongzhi.shared.moves import _
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.words import acted_by, office_names

LOOKS = {
    "raise": ("calm", "flag"),
    "survey": ("accent", "eye"),
    "name_cause": ("accent", "search"),
    "name_blocker": ("soon", "lock"),
    "lift_blocker": ("good", "unlock"),
    "whistle": ("accent", "megaphone"),
    "refer": ("rest", "shield-check"),
    "start": ("accent", "tools"),
    "seat": ("calm", "people"),
    "mediate": ("good", "people"),
    "title": ("rest", "pencil-square"),
    "assign": ("rest", "person-check"),
    "vulnerable": ("rest", "heart"),
    "note": ("rest", "pencil-square"),
    "solve": ("good", "check-circle"),
    "reopen": ("late", "arrow-counterclockwise"),
    "join": ("calm", "node-plus"),
    "split": ("rest", "diagram-2"),
    "merge": ("rest", "diagram-3"),
    "drop": ("rest", "x-circle"),
    "escalate": ("late", "arrow-up"),
    "alert": ("late", "fire"),
}
OTHER_DEEDS = {"raise": _("立为问题")}
LEVELS = {"community": _("社区"), "subdistrict": _("街道"), "district": _("区")}
WHISTLE_STEPS = {"sign": _("签收"), "contact": _("联系"), "on_site": _("到场")}
_MOMENTS = (
    ("signed_at", WhistleState.SIGNED),
    ("contacted_at", WhistleState.CONTACTED),
    ("on_site_at", WhistleState.ON_SITE),
    ("solved_at", WhistleState.SOLVED),
    ("rated_at", WhistleState.RATED),
)


def events(actor: Actor, story: Story, prefix: str) -> list[dict[str, Any]]:
    """Every report, survey, blocker and move in one, the newest first."""
    offices = office_names()
    units = {one.pk: one.unit.name for one in story.whistles}
    found = [_event(actor, entry, offices, units) for entry in story.trail]
    found += [_reported(line, prefix) for line in story.reports]
    found += [event for one in story.whistles for event in _blown(one)]
    return sorted(found, key=lambda event: event["when"], reverse=True)


def _reported(line: ReportLine, prefix: str) -> dict[str, Any]:
    return {
        "verb": "report",
        "when": line.reported_at,
        "what": gettext("居民反映：%(subject)s") % {"subject": line.subject},
        "url": f"/desk/demands/{line.demand_id}",
        "who": line.place.removeprefix(prefix).strip() or line.place,
        "words": "",
        "tone": "calm",
        "icon": "chat-left-text",
    }


def _blown(one: Whistle) -> list[dict[str, Any]]:
    found = []
    for name, state in _MOMENTS:
        when: datetime | None = getattr(one, name)
        if when is not None:
            rating = gettext(rules.WHISTLE_RATINGS[one.rating]) if state is WhistleState.RATED and one.rating else ""
            found.append(
                {
                    "verb": "whistle",
                    "when": when,
                    "what": gettext("吹哨：%(step)s") % {"step": gettext(rules.WHISTLE_LABELS[state])},
                    "who": one.unit.name,
                    "words": rating,
                    "tone": "accent",
                    "icon": "megaphone",
                }
            )
    return found


def _event(actor: Actor, entry: TrailEntry, offices: dict[str, str], units: dict[int, str]) -> dict[str, Any]:
    row = rules.MOVES.get(entry.verb)
    tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
    who = acted_by(entry.actor_label, offices)
    if row and row.told:
        who += gettext("（居民看得到）")
    lines = [_detail(entry, units), seen_by(actor, gettext(entry.words) if entry.words else "")]
    return {
        "verb": entry.verb,
        "when": entry.at,
        "what": gettext(row.label) if row else gettext(OTHER_DEEDS.get(entry.verb, entry.verb)),
        "who": who,
        "words": "\n".join(line for line in lines if line),
        "tone": tone,
        "icon": icon,
    }


def _detail(entry: TrailEntry, units: dict[int, str]) -> str:
    data = entry.data
    found: list[str] = []
    match entry.verb:
        case "raise" if data.get("split_from"):
            found.append(gettext("从问题 %(number)s 拆出") % {"number": rules.number(data["split_from"])})
        case "raise" if data.get("origin") in rules.PROACTIVE:
            found.append(gettext(rules.ORIGIN_LABELS[rules.Origin(data["origin"])]))
        case "name_blocker" | "lift_blocker" if data.get("kind"):
            found.append(gettext(rules.BLOCKER_LABELS[rules.BlockerKind(data["kind"])]))
        case "whistle":
            found += [gettext(data["occasion"]) if data.get("occasion") else "", units.get(data.get("whistle", 0), "")]
        case "seat":
            found.append(gettext(rules.SEAT_LABELS[rules.SeatKind(data["seat"])]))
        case "mediate":
            found.append(gettext(rules.OUTCOME_LABELS[rules.Outcome(data["outcome"])]))
            found.append(seats_in_words(data["seats"]))
        case "vulnerable":
            found.append(f"{data.get('from', 0)} → {data.get('to', 0)}")
        case "alert" | "escalate":
            found.append(str(data.get("name", "")))
        case "solve":
            n = len(data.get("answered", []))
            found.append(ngettext("答复了 %(n)d 件诉求", "答复了 %(n)d 件诉求", n) % {"n": n})
        case "reopen" if data.get("times"):
            found.append(gettext("第 %(n)d 次") % {"n": data["times"]})
    return gettext("；").join([one for one in (*found, *_moved(entry)) if one])


def seats_in_words(kinds: Iterable[str]) -> str:
    """These seats by name."""
    return gettext("、").join(gettext(rules.SEAT_LABELS[rules.SeatKind(kind)]) for kind in kinds)


def _moved(entry: TrailEntry) -> list[str]:
    """Which demands were put in or taken out, and where the rest of the problem went."""
    data, found = entry.data, []
    numbers = [demands.number(pk) for pk in data.get("demands", [])]
    if numbers and entry.verb in {"raise", "join", "split"}:
        found.append(gettext("诉求 %(numbers)s") % {"numbers": gettext("、").join(numbers[:6])})
        if len(numbers) > 6:
            found.append(ngettext("共 %(n)d 件", "共 %(n)d 件", len(numbers)) % {"n": len(numbers)})
    if data.get("into"):
        found.append(gettext("到问题 %(number)s") % {"number": rules.number(data["into"])})
    if data.get("merged"):
        found.append(gettext("问题 %(number)s 并了进来") % {"number": rules.number(data["merged"])})
    if data.get("likelihood") is not None:
        found.append(gettext("系统归并，相似度 %(n)d%%") % {"n": round(100 * data["likelihood"])})
    return found


def joined_in_words(line: ReportLine) -> str:
    """How a report came into its problem."""
    if line.joined_by == Joining.PERSON:
        return gettext("工作人员并入")
    if line.likelihood is None:
        return gettext("系统归并")
    return gettext("系统归并，相似度 %(n)d%%") % {"n": round(100 * line.likelihood)}


def reports(story: Story, prefix: str) -> list[dict[str, Any]]:
    """The reports as the page lists them: those still waiting for an answer first, the oldest on top."""
    found = [
        {
            "pk": line.demand_id,
            "subject": line.subject,
            "place": line.place.removeprefix(prefix).strip() or line.place,
            "when": line.reported_at,
            "state": line.state,
            "state_label": demands.STATE_LABELS[demands.State(line.state)],
            "waiting": demands.State(line.state) in demands.UNANSWERED,
            "unhappy": line.demand_id in story.unhappy,
            "joined": joined_in_words(line),
        }
        for line in story.reports
    ]
    return sorted(found, key=lambda one: not one["waiting"])


def whistles(story: Story, now: datetime) -> list[dict[str, Any]]:
    """Each whistle with its steps, when each is due and was done."""
    return [
        {
            "row": one,
            "state_label": rules.WHISTLE_LABELS[WhistleState(one.state)],
            "steps": [
                {"label": gettext(WHISTLE_STEPS[step]), "due": due, "done": done}
                for step, (due, done) in whistling.times(one).items()
            ],
            "running": one.state in rules.WHISTLE_OPEN,
            "rating": gettext(rules.WHISTLE_RATINGS[one.rating]) if one.rating else "",
        }
        for one in story.whistles
    ]


def referrals(story: Story) -> list[dict[str, Any]]:
    """Each referral; empty for all but the leaders."""
    return [{"row": one, "state_label": rules.REFERRAL_LABELS[ReferralState(one.state)]} for one in story.referrals]


def fates(story: Story) -> dict[str, list[dict[str, Any]]] | None:
    """Who was answered, told and left when it was solved last; None before that, and once it came up again."""
    if story.problem.state != State.SOLVED:
        return None
    solved = next((entry for entry in reversed(story.trail) if entry.verb == "solve"), None)
    if solved is None:
        return None
    known = {line.demand_id: line for line in story.reports}
    return {
        fate: [
            {"pk": pk, "subject": known[pk].subject if pk in known else "", "number": demands.number(pk)}
            for pk in solved.data.get(fate, [])
        ]
        for fate in ("answered", "told", "left")
    }
