"""A list's filters between the address and the rows: read, shown as chips that can be taken off, offered as choices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.demands import rules
from gongzhi.demands.lists import GROUPS, Filters
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Person, Place
from gongzhi.neighbourhood.rules import COMPOUND_TYPE_LABELS, Actor
from gongzhi.shared.moves import _
from gongzhi.web.casework import choices
from gongzhi.web.words import named

DUE_LABELS = {"late": _("已超时"), "today": _("今天到期"), "week": _("七天内到期")}
# Name in the address, what it is called, what its values are called.
WORD_FILTERS: dict[str, tuple[str, Mapping[Any, str]]] = {
    "state": (_("状态"), rules.STATE_LABELS),
    "due": (_("时限"), DUE_LABELS),
    "kind": (_("诉求类型"), rules.KIND_LABELS),
    "channel": (_("来源"), rules.CHANNEL_LABELS),
    "urgency": (_("紧急程度"), rules.URGENCY_LABELS),
    "compound_type": (_("小区类型"), COMPOUND_TYPE_LABELS),
}
# What the first row of the filter bar does not hold.
MORE = ("kind", "channel", "urgency", "compound_type", "assignee", "unit", "since", "until")
MINE = "me"
_CURSOR = ("after", "before")


@dataclass(frozen=True)
class Chip:
    """One filter that holds, and the address without it."""

    label: str
    value: str
    without: str


@dataclass
class Ask:
    """What an address asks of a list, and what its filter bar offers. Unknown values ask nothing."""

    # The filters of fixed values; a list of other things has its own.
    WORDS: ClassVar[Mapping[str, tuple[str, Mapping[Any, str]]]] = WORD_FILTERS

    query: QueryDict
    actor: Actor
    group: str = "due"
    scope: choices.Scope = field(default_factory=choices.Scope)

    @classmethod
    def of(cls, query: QueryDict, actor: Actor, *, group: str = "due") -> "Ask":
        """Read an address. `group` is the list that is meant where it names none."""
        asked = query.get("group", "")
        return cls(query, actor, asked if asked in GROUPS else group, choices.scope_of(actor))

    @cached_property
    def categories(self) -> list[Category]:
        """The categories in force; asked of the database once, and only where a page shows them."""
        return choices.categories()

    @cached_property
    def filters(self) -> Filters:
        """The filters for `demands.lists`."""
        words = {name: self._word(name) for name in self.WORDS}
        return Filters(
            group=self.group,
            place=self.place,
            category=self.category,
            handler=self.unit.pk if self.unit else None,
            assignee=self.assignee.pk if self.assignee else None,
            words=self.text("q"),
            since=self._day("since"),
            until=self._day("until", after=1),
            import_file=self._number("import_file"),
            **words,
        )

    @cached_property
    def place(self) -> Place | None:
        """The place asked for."""
        pk = self._number("place")
        return (self.scope.find(pk) or neighbourhood.current_places().filter(pk=pk).first()) if pk else None

    @cached_property
    def category(self) -> Category | None:
        """The category asked for."""
        pk = self._number("category")
        return next((row for row in self.categories if row.pk == pk), None) if pk else None

    @cached_property
    def unit(self) -> MemberUnit | None:
        """The unit asked for, by its id or by words of its name."""
        pk, words = self._number("handler"), self.text("unit")
        if pk:
            return neighbourhood.current_units().filter(pk=pk).first()
        return neighbourhood.current_units().filter(name__icontains=words).first() if words else None

    @cached_property
    def assignee(self) -> Person | None:
        """The colleague asked for; `me` is oneself."""
        mine = self.query.get("assignee") == MINE
        pk = self.actor.person_id if mine else self._number("assignee")
        return neighbourhood.persons([pk]).first() if pk else None

    def text(self, name: str) -> str:
        """A short text of the address."""
        return self.query.get(name, "").replace("\0", "").strip()[:100]

    def address(self, *without: str, **with_: str) -> str:
        """This list's address without some names and with others; the page cursor never stays."""
        named = {name: values for name, values in self.query.lists() if name not in _CURSOR and name not in without}
        return f"?{urlencode(named | with_, doseq=True)}"

    @property
    def question(self) -> str:
        """What a saved view keeps."""
        return self.address(group=self.group)[1:]

    def chips(self) -> list[Chip]:
        """Every filter that holds, in words."""
        found = [
            Chip(gettext(label), gettext(labels[_key(labels, self._word(name))]), self.address(name))
            for name, (label, labels) in self.WORDS.items()
            if self._word(name)
        ]
        for label, name, value in self._rest():
            if value:
                taken = (name, "handler") if name == "unit" else (name,)
                found.append(Chip(gettext(label), str(value), self.address(*taken)))
        return found

    def _rest(self) -> tuple[tuple[str, str, object], ...]:
        """The filters that are no fixed values: what each is called, its name in the address, what it holds."""
        return (
            (_("搜索"), "q", self.text("q")),
            (_("地点"), "place", self.place and self.place.full_name),
            (_("类别"), "category", named(self.category)),
            (_("承办单位"), "unit", self.unit and self.unit.name),
            (_("经办人"), "assignee", self.assignee and self.assignee.name),
            (_("受理起"), "since", self._day("since") and self.text("since")),
            (_("受理止"), "until", self._day("until") and self.text("until")),
            (_("导入批次"), "import_file", str(self._number("import_file") or "")),
        )

    @property
    def holds_more(self) -> bool:
        """Whether a filter holds that the first row of the bar does not show."""
        return any(self.text(name) for name in MORE)

    def tabs(self, names: tuple[str, ...]) -> list[tuple[str, str, bool]]:
        """The groups as (words, address, current); the other filters stay."""
        return [(gettext(GROUPS[name][0]), self.address(group=name), name == self.group) for name in names]

    def selects(self, *names: str) -> list[dict[str, object]]:
        """Filters of fixed values, for the bar."""
        return [
            {
                "name": name,
                "label": self.WORDS[name][0],
                "options": tuple((str(value), label) for value, label in self.WORDS[name][1].items()),
                "chosen": self._word(name),
            }
            for name in names
        ]

    def _word(self, name: str) -> str:
        value = self.query.get(name, "")
        return value if value in {str(key) for key in self.WORDS[name][1]} else ""

    def _number(self, name: str) -> int | None:
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def _day(self, name: str, *, after: int = 0) -> datetime | None:
        try:
            day = date.fromisoformat(self.query.get(name, "")) + timedelta(days=after)
        except (ValueError, OverflowError):
            return None
        if not 1950 <= day.year <= 2200:
            return None
        return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _key(labels: Mapping[Any, str], value: str) -> str:
    return next((key for key in labels if isinstance(key, StrEnum | str) and str(key) == value), value)
