"""What an address asks of the list of problems, and the list's rows in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import rules
from gongzhi.problems.heat import HALF_LIFE_DAYS, Heat, heat_of
from gongzhi.problems.lists import Filters, Line
from gongzhi.problems.rules import State
from gongzhi.shared.moves import _
from gongzhi.web.casework import choices
from gongzhi.web.casework.filters import Ask
from gongzhi.web.words import in_language, named

STATE_CHOICES = {"all": _("全部，包括已结束的")} | {state.value: label for state, label in rules.STATE_LABELS.items()}
# At this heat the bar is full: some twenty neighbours of today.
FULL = 40


@dataclass
class ProblemAsk(Ask):
    """What an address asks of the list of problems; unknown values ask nothing, and no state asks for the open ones."""

    WORDS: ClassVar[Mapping[str, tuple[str, Mapping[Any, str]]]] = {
        "state": (_("状态"), STATE_CHOICES),
        "kind": (_("类型"), rules.KIND_LABELS),
    }

    @classmethod
    def of(cls, query: QueryDict, actor: Actor, *, group: str = "") -> "ProblemAsk":
        """Read an address."""
        return cls(query, actor, group, choices.scope_of(actor))

    @cached_property
    def narrowed(self) -> Filters:
        """The filters for `problems.lists`."""
        return Filters(
            place=self.place,
            state=self._word("state") or "open",
            category=self.category,
            kind=self._word("kind"),
            words=self.text("q"),
        )

    def _rest(self) -> tuple[tuple[str, str, object], ...]:
        return (
            (_("搜索"), "q", self.text("q")),
            (_("地点"), "place", self.place and self.place.full_name),
            (_("类别"), "category", named(self.category)),
        )


class Row(NamedTuple):
    """One problem in a list, in the reader's words."""

    pk: int
    number: str
    title: str
    place: str
    category: str
    state: str
    state_label: str
    dispute: bool
    proactive: str
    voices: str
    heat: float
    heat_parts: list[tuple[str, str]]
    days: str
    ended: bool
    stalled: str
    no_power: bool
    again: str
    alerted: bool
    assignee: str


def rows_of(found: Iterable[Line], prefix: str, now: datetime) -> list[Row]:
    """The rows of a list; `prefix` is what every place name here begins with."""
    return [row_of(line, prefix, now) for line in found]


def row_of(line: Line, prefix: str, now: datetime) -> Row:
    """One row of a list."""
    ended = line.state in rules.ENDED
    proactive = line.origin in rules.PROACTIVE
    heat = _heat(line, now)
    return Row(
        pk=line.pk,
        number=rules.number(line.pk),
        title=line.title,
        place=line.place.removeprefix(prefix).strip() or line.place,
        category=in_language(line.category or "", line.category_english or ""),
        state=line.state,
        state_label=rules.STATE_LABELS[State(line.state)],
        dispute=line.kind == rules.Kind.DISPUTE,
        proactive=rules.ORIGIN_LABELS[rules.Origin(line.origin)] if proactive else "",
        voices=voices_in_words(line.reports, line.followers),
        heat=heat.total,
        heat_parts=heat_in_words(heat, line.reporters, line.reports, line.followers, line.vulnerable),
        days=days_in_words(line.first_reported_at, line.solved_at or now),
        ended=ended,
        stalled="" if ended else stalled_in_words(line.stuck_since, line.stuck_at, now),
        no_power=line.no_power,
        again=again_in_words(line.times),
        alerted=line.alerted and not ended,
        assignee=line.assignee or "",
    )


def _heat(line: Line, now: datetime) -> Heat:
    return heat_of(
        reporters=line.reporters,
        reports=line.reports,
        followers=line.followers,
        age_days=(now - line.last_reported_at).total_seconds() / 86_400,
        vulnerable=line.vulnerable,
    )


def voices_in_words(reports: int, followers: int) -> str:
    """How many spoke: reports, and those who followed."""
    if not reports and not followers:
        return gettext("还没有居民反映")
    found = [ngettext("%(n)d 次反映", "%(n)d 次反映", reports) % {"n": reports}]
    if followers:
        found.append(ngettext("%(n)d 人关注", "%(n)d 人关注", followers) % {"n": followers})
    return gettext("、").join(found)


def heat_in_words(heat: Heat, reporters: int, reports: int, followers: int, vulnerable: int) -> list[tuple[str, str]]:
    """What the heat is made of, as (what, how much)."""
    parts = (
        (ngettext("%(n)d 人反映", "%(n)d 人反映", reporters) % {"n": reporters}, heat.reporters, reporters),
        (gettext("同一人再次反映"), heat.again, reports - reporters),
        (ngettext("%(n)d 人关注", "%(n)d 人关注", followers) % {"n": followers}, heat.followers, followers),
        (
            ngettext("旁边住着 %(n)d 位老人、残疾人或幼儿", "旁边住着 %(n)d 位老人、残疾人或幼儿", vulnerable)
            % {"n": vulnerable},
            heat.vulnerable,
            vulnerable,
        ),
    )
    lines = [(what, f"{weight:.1f}") for what, weight, count in parts if count > 0]
    if heat.left < 0.995 and reports + followers:
        faded = gettext("最近没有人再说起，前面几项每 %(days)d 天减半") % {"days": int(HALF_LIFE_DAYS)}
        lines.append((faded, f"× {heat.left:.2f}"))
    return lines


def days_in_words(since: datetime, until: datetime) -> str:
    """Whole days, or today."""
    days = max((until - since).days, 0)
    return ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days} if days else gettext("今天")


def stalled_in_words(since: datetime | None, count: int, now: datetime) -> str:
    """For how long it has been stuck, at how many blockers; empty while nothing stands in the way."""
    if since is None:
        return ""
    return stuck_in_words(max((now - since).days, 0), count)


def stuck_in_words(days: int, count: int) -> str:
    """So many days, at so many blockers."""
    line = ngettext("卡住 %(days)d 天", "卡住 %(days)d 天", days) % {"days": days}
    return line + gettext("：") + ngettext("%(n)d 个卡点", "%(n)d 个卡点", count) % {"n": count}


def again_in_words(times: int) -> str:
    """That it came up before."""
    if times < 2:
        return ""
    return gettext("第二次") if times == 2 else gettext("第 %(n)d 次") % {"n": times}
