"""谁给谁: who gave to whom in a period, folded by place, as a picture and as the same in a table."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.exchange import picturing, queries, rules
from gongzhi.exchange.picturing import Box, Pair
from gongzhi.exchange.queries import Tie, Ties
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.shared.moves import _
from gongzhi.web.casework import choices
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

PERIODS = {"": _("近一年"), "quarter": _("近三个月"), "this": _("今年"), "last": _("去年"), "all": _("全部")}
# By the first letter of a side's key: where its account lies.
ACCOUNTS = {"u": "desk-balance", "m": "desk-member"}
LEVELS = {"street": _("按街道"), "community": _("按社区"), "unit": _("每家单位")}
# More lines than these nobody can follow: then one is asked to choose first.
MOST_LINES = 200
PAGE = 60


@for_standing(*DESK)
@require_safe
def show_picture(request: HttpRequest) -> HttpResponse:
    """What the actor sees of it; their own street and community stand open."""
    actor, today = actor_of(request), now().date()
    scope = choices.scope_of(actor)
    asked = request.GET
    since, until = period(asked.get("period", ""), today)
    found = queries.who_gave(actor, since=since, until=until, kind=asked.get("kind", ""), translate=gettext)
    upper = {one.pk for one in scope.below if one.kind in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}}
    own = {f"f{pk}" for place in scope.own for pk in (place.pk, place.subdistrict_id) if pk}
    view = View(asked, found, narrowed(found, asked.get("place", ""), asked.get("unit", "").strip()[:60]), own)
    context = {
        "view": view,
        "lines": view.lines[view.start : view.start + PAGE],
        "after": str(view.start + PAGE) if len(view.lines) > view.start + PAGE else "",
        "before": str(max(0, view.start - PAGE)) if view.start else "",
        "periods": PERIODS.items(),
        "kinds": rules.KIND_LABELS.items(),
        "places": tuple(one for one in scope.tree if one[0] in upper),
        "narrowed": any(asked.get(name) for name in ("period", "kind", "place", "unit")),
        "tab": "picture",
    }
    return render(request, "desk/exchange/picture.html", context)


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """From which day to which; the last twelve months unless another is asked for."""
    year = today.year
    return {
        "quarter": (today - timedelta(days=90), today),
        "this": (date(year, 1, 1), today),
        "last": (date(year - 1, 1, 1), date(year - 1, 12, 31)),
        "all": (None, None),
    }.get(name, (today - timedelta(days=365), today))


def narrowed(found: Ties, place: str, words: str) -> list[Tie]:
    """The ties of which one side lies in the place, and one is called so."""

    def lies(key: str) -> bool:
        return not place or f"f{place}" in found.sides[key].path or key == f"p{place}"

    def called(key: str) -> bool:
        return words.casefold() in found.sides[key].name.casefold()

    return [
        one
        for one in found.ties
        if (lies(one.giver) or lies(one.receiver)) and (called(one.giver) or called(one.receiver))
    ]


@dataclass
class View:
    """What is asked of the ties, folded and laid out; every link keeps the other choices of the address."""

    asked: QueryDict
    found: Ties
    ties: list[Tie]
    own: set[str]

    @property
    def start(self) -> int:
        """From which line of the table on."""
        text = self.asked.get("after", "")
        return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    @cached_property
    def opened(self) -> set[str]:
        """The places opened by hand."""
        spots = self.found.spots
        return {one for one in self.asked.get("open", "").split("-") if one in spots}

    def folded(self, level: str) -> tuple[dict[str, str], list[Box]]:
        """What stands for each side, and the boxes."""
        keys = {key for one in self.ties for key in (one.giver, one.receiver)}
        sides = [self.found.sides[key] for key in sorted(keys)]
        paths = [side.path for side in sides]
        opened = {path[0] for path in paths if len(path) > 1} if level != "street" else set()
        if level == "unit":
            opened = {place for path in paths for place in path}
        return picturing.fold(sides, self.found.spots, opened | self.own | self.opened)

    @cached_property
    def level(self) -> str:
        """How far folded: as asked for, else by community as long as the lines can be followed."""
        asked = self.asked.get("level", "")
        if asked in LEVELS:
            return asked
        return "community" if len(self._pairs(self.folded("community")[0])) <= MOST_LINES else "street"

    def _pairs(self, stands: Mapping[str, str]) -> Counter[Pair]:
        return picturing.pairs_of(((one.giver, one.receiver, one.times) for one in self.ties), stands)

    @cached_property
    def _folded(self) -> tuple[dict[str, str], list[Box]]:
        return self.folded(self.level)

    @cached_property
    def names(self) -> dict[str, str]:
        """Everything shown, by key, in its order."""
        return {key: name for box in self._folded[1] for key, name in box.rows}

    @cached_property
    def chosen(self) -> str:
        """What was pressed, where it is still to be seen."""
        asked = self.asked.get("node", "")
        return asked if asked in self.names else ""

    @cached_property
    def pairs(self) -> Counter[Pair]:
        """What is to be drawn: of what was chosen, or all."""
        pairs = self._pairs(self._folded[0])
        return Counter({pair: times for pair, times in pairs.items() if not self.chosen or self.chosen in pair})

    @cached_property
    def too_many(self) -> int:
        """How many lines there are, where nobody could follow them."""
        count = sum(giver != receiver for giver, receiver in self.pairs)
        return count if count > MOST_LINES and not self.chosen else 0

    @cached_property
    def picture(self) -> picturing.Picture:
        """Boxes and lines with their places."""
        return picturing.lay_out(self._folded[1], {} if self.too_many else self.pairs)

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """The boxes with their rows as links."""
        beside = {key for pair in self.pairs for key in pair} if self.chosen else set()

        def drawn_row(row: picturing.PlacedRow) -> dict[str, Any]:
            if row.key == self.chosen:
                return {"row": row, "link": self.link(node=""), "look": "chosen"}
            look = ("beside" if row.key in beside else "aside") if self.chosen else ""
            return {"row": row, "link": self.link(node=row.key), "look": look}

        return [
            {
                "box": box,
                "fold": self.link(open=self.opened - {box.key}) if box.key in self.opened else "",
                "rows": [drawn_row(row) for row in box.rows],
            }
            for box in self.picture.boxes
        ]

    @property
    def curves(self) -> list[tuple[picturing.Curve, str, str]]:
        """Each line with what it says, and as what it is drawn."""
        given, got = ("gives", "gets") if self.chosen else ("", "")
        return [
            (
                one,
                gettext("%(giver)s 给 %(receiver)s：%(times)d 次")
                % {"giver": self.names[one.giver], "receiver": self.names[one.receiver], "times": one.times},
                given if one.giver == self.chosen else got,
            )
            for one in self.picture.curves
        ]

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The same as a table: from, to, what and how often; of what was chosen first what it gave."""
        stands, order = self._folded[0], {key: at for at, key in enumerate(self.names)}
        kinds: defaultdict[Pair, Counter[rules.Kind]] = defaultdict(Counter)
        for one in self.ties:
            kinds[stands[one.giver], stands[one.receiver]][one.kind] += one.times
        return [
            {
                "giver": self.names[giver],
                "receiver": self.names[receiver],
                "inside": giver == receiver,
                "kinds": [(label, kinds[giver, receiver][kind]) for kind, label in rules.KIND_LABELS.items()
                          if kind in kinds[giver, receiver]],
                "times": times,
            }
            for (giver, receiver), times in sorted(
                self.pairs.items(), key=lambda row: (row[0][0] != self.chosen, *(order[key] for key in row[0]))
            )
        ]  # fmt: skip

    @property
    def focus(self) -> dict[str, Any] | None:
        """Both columns of what was chosen, and what may be done with it."""
        if not self.chosen:
            return None
        gave = sum(times for (giver, _receiver), times in self.pairs.items() if giver == self.chosen)
        got = sum(times for (_giver, receiver), times in self.pairs.items() if receiver == self.chosen)
        return {
            "name": self.names[self.chosen],
            "gave": gave,
            "got": got,
            "inside": self.pairs[self.chosen, self.chosen],
            "open": self.link(open=self.opened | {self.chosen}, node="") if self.chosen in self.found.spots else "",
            "account": reverse(ACCOUNTS[self.chosen[0]], args=[self.chosen[1:]]) if self.chosen[0] in ACCOUNTS else "",
            "all": self.link(node=""),
        }

    @property
    def levels(self) -> list[tuple[str, str, bool]]:
        """How far to fold: (words, address, whether it is so now)."""
        return [
            (label, self.link(level=name, node="", open=set()), name == self.level) for name, label in LEVELS.items()
        ]

    def link(self, **changed: Any) -> str:
        """This page with something else chosen, at the picture."""
        query = self.asked.copy()
        query.pop("after", None)
        for name, value in changed.items():
            query[name] = "-".join(sorted(value)) if isinstance(value, set) else value
            if not query[name]:
                del query[name]
        return f"?{query.urlencode()}#picture"
