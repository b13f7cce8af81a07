"""Lists of demands: filters, search in Chinese, and paging by key, at the same cost however deep."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from gongzhi.demands import rules
from gongzhi.demands.models import Category, Demand
from gongzhi.demands.queries import KEEP, NEAR_DAYS, PLACE_STANDINGS, lies_in, near_by, visible_demands
from gongzhi.demands.rules import State
from gongzhi.demands.search import Search, in_order, with_words_of
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.lately import Lately
from gongzhi.shared.moves import _
from gongzhi.shared.reading import AmongThese, Question
from gongzhi.shared.texts import KEEP_SHARES

PAGE = 50


class Line(NamedTuple):
    """A demand as a line of a list: plain values, for making fifty demands of models costs more than asking for them."""

    pk: int
    state: str
    kind: str
    channel: str
    urgency: str
    subject: str
    # As JSON still: few lines of a page need to look into theirs.
    suggestions: str | None
    received_at: datetime
    due_at: datetime | None
    confidential: bool
    supervised: bool
    reopened_times: int
    lapsed: bool
    place: str
    place_name: str
    category: str | None
    category_english: str | None
    handler: str | None
    assignee: str | None


# Where each value of a line stands, from the demand on.
_COLUMNS = {
    **{name: name for name in Line._fields},
    "place": "place__full_name",
    "place_name": "place__name",
    "category": "category__name",
    "category_english": "category__english",
    "handler": "handler__name",
    "assignee": "assignee__name",
}


def lines(rows: QuerySet[Demand]) -> list[Line]:
    """These demands as lines, in one query."""
    return [Line(*row) for row in _cells(rows)]


def _cells(rows: QuerySet[Demand]) -> QuerySet[Demand, tuple[Any, ...]]:
    texts = {"suggestions": Cast("suggestions", TextField())}
    return rows.values_list(*(texts.get(path, path) for path in _COLUMNS.values()))


_LINES = Question(lambda ids: _cells(Demand.objects.filter(AmongThese("pk", ids))), list, packed=True)


def _lines_of(ids: list[int]) -> list[Line]:
    """The lines of these demands in this order: joined when it is known which, by a plan that is kept."""
    found = {row[0]: Line(*row) for row in _LINES.ask(ids)} if ids else {}
    return [found[pk] for pk in ids if pk in found]


# As many open ones as a page shows beside a place, and the one that it is about.
NEAR = 6
_NEAR = Question(
    lambda compound, since: _cells(
        Demand.objects.filter(compound=compound, closed_at=None, received_at__gte=since).order_by("-received_at")
    )[:NEAR],
    int,
    datetime,
    packed=True,
)


def lines_near(actor: Actor, place: Place, *, now: datetime) -> list[Line]:
    """`queries.near_by` as lines; of whoever sees all of the compound by a plan that is kept."""
    compound = place.pk if place.kind == PlaceKind.COMPOUND else place.compound_id
    ladder = (compound, place.community_id, place.subdistrict_id)
    if compound and not actor.standings_at(ladder).isdisjoint(PLACE_STANDINGS):
        return [Line(*row) for row in _NEAR.ask(compound, now - timedelta(days=NEAR_DAYS))]
    return lines(near_by(actor, place, now=now, limit=NEAR))


def line_of(demand: Demand) -> Line:
    """The line of one demand that was fetched with its place, category and people."""
    cells = {}
    for name, path in _COLUMNS.items():
        value: Any = demand
        for step in path.split("__"):
            value = getattr(value, step) if value is not None else None
        cells[name] = value
    return Line(**cells | {"suggestions": json.dumps(demand.suggestions)})


# What a list may be asked for by meaning; each name is also a filter in the address.
GROUPS = {
    "due": (_("待办（按到期）"), None),
    "desk": (_("待分派"), rules.AT_THE_DESK),
    "work": (_("办理中"), rules.IN_WORK | {State.DISPATCHED}),
    "waiting": (_("等居民补充"), frozenset({State.WAITING})),
    "register": (_("挂账"), frozenset({State.ON_REGISTER})),
    "answered": (_("待评价"), rules.ANSWERED),
    "ended": (_("已办结"), rules.ENDED),
    "all": (_("全部"), None),
}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty means everything. `group` "due" is the worklist, ordered by due time."""

    group: str = "due"
    place: Place | None = None
    category: Category | None = None
    state: str = ""
    kind: str = ""
    channel: str = ""
    urgency: str = ""
    compound_type: str = ""
    due: str = ""  # late, today, week
    handler: int | None = None
    assignee: int | None = None
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    import_file: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of a list. `after` and `before` are cursors for the address, empty at either end."""

    rows: list[Line]
    after: str = ""
    before: str = ""
    filters: Filters = field(default_factory=Filters)


def filtered(
    actor: Actor, filters: Filters, *, now: datetime, with_words: bool = True, by_place: bool = True
) -> QuerySet[Demand]:
    """The demands that the actor may see and the filters leave, unordered; `by_place` as for `visible_demands`."""
    rows = visible_demands(actor, by_place=by_place)
    states = GROUPS.get(filters.group, GROUPS["all"])[1]
    if filters.group == "due":
        rows = rows.filter(due_at__isnull=False)
    elif states is not None:
        rows = rows.filter(_in_states(states))
    if filters.state:
        rows = rows.filter(_in_states({filters.state}))
    for name in ("kind", "channel", "urgency", "handler", "assignee", "import_file"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.place:
        rows = rows.filter(at_place(filters.place, by_place=by_place))
    if filters.category:
        rows = rows.filter(category__in=_with_below(filters.category))
    if filters.compound_type:
        rows = rows.filter(compound__compound_type=filters.compound_type)
    if filters.due:
        rows = rows.filter(_due(filters.due, now))
    if filters.since:
        rows = rows.filter(received_at__gte=filters.since)
    if filters.until:
        rows = rows.filter(received_at__lt=filters.until)
    if with_words and filters.words.strip():
        rows = rows.filter(with_words_of(filters.words))
    return rows


def _in_states(states: Collection[str]) -> Q:
    """A filter by state; said of open ones, that they have no end leads to the small index of what is open."""
    wanted = sorted(str(state) for state in states)
    chosen = Q(state=wanted[0]) if len(wanted) == 1 else Q(state__in=wanted)
    return chosen if rules.ENDED.intersection(wanted) else chosen & Q(closed_at=None)


def at_place(place: Place, *, by_place: bool = True) -> Q:
    """A filter on demands: at this place or anywhere below it."""
    if place.kind == PlaceKind.DISTRICT:
        return Q()
    if place.kind in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND}:
        return lies_in(place.kind, place.pk, by_place=by_place)
    if place.kind == PlaceKind.GRID:
        return Q(place__grid=place.pk) | Q(place=place.pk)
    return Q(place=place.pk)


def list_page(
    actor: Actor, filters: Filters, *, now: datetime, after: str = "", before: str = "", size: int = PAGE
) -> Page:
    """One page, found by the key of the row before it. A cursor that cannot be read gives the first page."""
    by_due = filters.group == "due"
    cursor, backwards = _read_cursor(before or after), bool(before)
    downwards, column = by_due == backwards, "due_at" if by_due else "received_at"

    def rows(by_place: bool) -> QuerySet[Demand]:
        chosen = filtered(actor, filters, now=now, with_words=False, by_place=by_place)
        return chosen.filter(_beyond(cursor, by_due, backwards=backwards)) if cursor else chosen

    if filters.words.strip():
        area, start = _area(actor, filters.place), cursor[0] if cursor else None
        search = Search(rows, filters.words, area, column, downwards, size + 1)
        ids = search.nearest(_roughly(actor, filters, now), start)
    else:
        ids = list(rows(True).order_by(*in_order(column, downwards)).values_list("pk", flat=True)[: size + 1])
    found = _lines_of(ids)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return Page(
        rows=found,
        after=_cursor(found[-1], by_due) if found and has_next else "",
        before=_cursor(found[0], by_due) if found and has_previous else "",
        filters=replace(filters),
    )


def _area(actor: Actor, place: Place | None) -> int | None:
    """The community or subdistrict that everything listed lies in, where it is one."""
    if place and place.kind != PlaceKind.DISTRICT:
        return place.pk if place.kind in _AREAS else place.community_id or place.subdistrict_id
    if len(actor.offices) == 1 and actor.offices[0].place_kind in _AREAS:
        return actor.offices[0].place_id
    return None


_AREAS = (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT)


def _roughly(actor: Actor, filters: Filters, now: datetime) -> int:
    """How many rows the planner expects whatever the words, as of at most some minutes ago; no row is read for it."""

    def read() -> int:
        rows = filtered(actor, filters, now=now, with_words=False).values("pk")
        # Of someone who sees nothing the database is not asked.
        plan = rows.explain(format="json")
        return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0

    return _rough.get((actor, replace(filters, words="")), read)


_rough: Lately[tuple[Actor, Filters], int] = Lately(KEEP_SHARES, empty=True)


def _beyond(cursor: tuple[datetime, int], by_due: bool, *, backwards: bool) -> Q:
    moment, pk = cursor
    column = "due_at" if by_due else "received_at"
    side, edge = ("gt", "gte") if by_due != backwards else ("lt", "lte")
    # The first condition is what the index can start at; the second sorts out rows of the same moment.
    return Q(**{f"{column}__{edge}": moment}) & (Q(**{f"{column}__{side}": moment}) | Q(**{f"id__{side}": pk}))


def _cursor(row: Line, by_due: bool) -> str:
    moment = row.due_at if by_due and row.due_at else row.received_at
    return f"{round(moment.timestamp() * 1_000_000)}_{row.pk}"


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    from datetime import UTC

    moment, _sep, pk = text.partition("_")
    if not (moment.isascii() and moment.isdigit() and pk.isascii() and pk.isdigit() and len(text) < 40):
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment)), int(pk)
    except OverflowError:
        return None


def _with_below(category: Category) -> list[int]:
    """A category and those below it, of at most three levels, as of at most a few seconds ago."""

    def read() -> list[int]:
        below = Q(pk=category.pk) | Q(parent=category.pk) | Q(parent__parent=category.pk)
        return list(Category.objects.filter(below).values_list("pk", flat=True))

    return _below.get(category.pk, read)


_below: Lately[int, list[int]] = Lately(KEEP)


def _due(due: str, now: datetime) -> Q:
    from datetime import time

    end = datetime.combine(now.date(), time.max, now.tzinfo)
    if due == "late":
        return Q(due_at__lt=now)
    if due == "today":
        return Q(due_at__gte=now, due_at__lte=end)
    return Q(due_at__gte=now, due_at__lte=end + timedelta(days=7))
