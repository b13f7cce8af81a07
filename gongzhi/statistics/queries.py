"""Every figure, counted from the rows that the asker may see, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, QuerySet

from gongzhi.demands.lists import at_place
from gongzhi.demands.models import Category, Demand
from gongzhi.demands.queries import PLACE_STANDINGS, visible_demands
from gongzhi.demands.rules import CHANNEL_LABELS, OPEN, Channel
from gongzhi.neighbourhood.models import Place
from gongzhi.neighbourhood.queries import within
from gongzhi.neighbourhood.rules import COMPOUND_TYPE_LABELS, STRANGER, Actor, CompoundType, PlaceKind
from gongzhi.shared.moves import _
from gongzhi.statistics import facts, rules
from gongzhi.statistics.periods import Period

ABSENT = Place.DoesNotExist
DEAR, KEPT = 1.0, 300  # seconds
NONE = "none"  # the key of a row for what has no category or lies in no place of that rung

_RUNGS = (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)
_BELOW = {
    PlaceKind.DISTRICT: PlaceKind.SUBDISTRICT,
    PlaceKind.SUBDISTRICT: PlaceKind.COMMUNITY,
    PlaceKind.COMMUNITY: PlaceKind.COMPOUND,
}


@dataclass(frozen=True)
class Scope:
    """What a figure is about: whose eyes, where, when, narrowed to what. `box` is west, south, east, north."""

    actor: Actor
    place: Place
    period: Period
    now: datetime
    category: str = ""
    compound_type: str = ""
    channel: str = ""
    box: tuple[float, float, float, float] | None = None
    # Only what lies in none of the places below: reported for the whole community, or for a street as such.
    direct: bool = False

    @property
    def rung(self) -> PlaceKind | None:
        """The kind of place that the table by place lists; None where nothing lies below."""
        return _BELOW.get(PlaceKind(self.place.kind))


def board_places(actor: Actor) -> list[Place]:
    """The places whose figures someone may see at the head of their board, the widest first; empty for others."""
    ids = {office.place_id for office in actor.offices if office.standing in PLACE_STANDINGS and office.place_id}
    if not ids:
        return []
    rows = Place.objects.filter(pk__in=ids).select_related("parent")
    return sorted(rows, key=lambda place: (list(PlaceKind).index(PlaceKind(place.kind)), place.pk))


def board_place(actor: Actor, place_id: int | None) -> Place:
    """One place within those of the asker, or their widest. Raises ABSENT, the same for absent and not theirs."""
    own = board_places(actor)
    if not own:
        raise ABSENT
    if place_id is None or place_id == own[0].pk:
        return own[0]
    allowed = Q(pk__in=[])
    for place in own:
        allowed |= Q(kind__isnull=False) if place.kind == PlaceKind.DISTRICT else within(place)
    kinds = [PlaceKind.DISTRICT.value, *(kind.value for kind in _RUNGS)]
    return Place.objects.select_related("parent", "subdistrict", "community").get(allowed, pk=place_id, kind__in=kinds)


def path_to(actor: Actor, place: Place) -> list[Place]:
    """The places above this one that the asker may see, from the widest, for the page's way back. One query."""
    own = {office.place_id for office in actor.offices}
    above = [one for one in (place.district_id, place.subdistrict_id, place.community_id) if one and one != place.pk]
    rows = {row.pk: row for row in Place.objects.filter(pk__in=above)} if above else {}
    trail = [rows[pk] for pk in above if pk in rows]
    wide = next((at for at, row in enumerate(trail) if row.pk in own), len(trail))
    return trail[wide:]


def chosen_demands(scope: Scope, *, ever: bool = False) -> QuerySet[Demand]:
    """The demands of a scope that the asker may see; with `ever` whenever they were received."""
    rows = visible_demands(scope.actor).filter(at_place(scope.place))
    if not ever:
        rows = rows.filter(received_at__gte=scope.period.since, received_at__lt=scope.period.until)
    if scope.category:
        rows = rows.filter(_in_category(scope.category))
    if scope.compound_type:
        rows = rows.filter(
            Q(compound=None) if scope.compound_type == NONE else Q(compound__compound_type=scope.compound_type)
        )
    if scope.channel:
        rows = rows.filter(channel=scope.channel)
    if scope.direct and scope.rung:
        rows = rows.filter(**{scope.rung.value: None})
    if scope.box:
        west, south, east, north = scope.box
        rows = rows.filter(lon__gte=west, lon__lt=east, lat__gte=south, lat__lt=north)
    return rows


def _in_category(key: str) -> Q:
    if key == NONE:
        return Q(category=None)
    wanted = int(key)
    return Q(category__in=[pk for pk, root in _roots().items() if root.pk == wanted] or [wanted])


def _roots() -> dict[int, Category]:
    """For each category the first-level one above it."""
    rows = {row.pk: row for row in Category.objects.only("pk", "name", "english", "parent", "code")}
    found = {}
    for pk, row in rows.items():
        top = row
        while top.parent_id:
            top = rows[top.parent_id]
        found[pk] = top
    return found


def category_name(key: str) -> tuple[str, str]:
    """The name of a category by the key of its row, and its English, "" where it has none of its own."""
    row = None if key == NONE else Category.objects.filter(pk=int(key)).first()
    return (row.name, row.english) if row else (_("未分类"), "")


@dataclass(frozen=True)
class Board:
    """Everything on one board, and what a bulletin prints."""

    scope: Scope
    total: dict[str, int]
    change: rules.Change
    now: dict[str, int]
    by_place: list[rules.Line]
    by_category: list[rules.Line]
    by_compound_type: list[rules.Line]
    by_channel: list[rules.Line]
    trend: list[tuple[date, dict[str, int]]]
    stated: rules.Stated
    places: dict[str, Place] = field(default_factory=dict)


def board_of(scope: Scope) -> Board:
    """Count everything for one scope: eight queries, whatever it holds.

    What took long to count is kept for `KEPT` seconds; `scope.now` of the answer says as of when. It is shared by
    all who may see the place, for everyone who does sees every demand there.
    """
    key = _key(scope)
    if known := cache.get(key):
        return replace(known, scope=replace(scope, now=known.scope.now))
    begun = monotonic()
    board = _count(scope)
    if monotonic() - begun > DEAR:
        cache.set(key, replace(board, scope=replace(scope, actor=STRANGER)), KEPT)
    return board


def _key(scope: Scope) -> str:
    period = scope.period
    asked = (scope.place.pk, period.span.value, period.first, period.last, scope.category, scope.compound_type)
    text = repr((connection.settings_dict["NAME"], asked, scope.channel, scope.box, scope.direct))
    return f"board-{blake2b(text.encode(), digest_size=16).hexdigest()}"


def _count(scope: Scope) -> Board:
    groups = _grouped(scope)
    total = groups["total"].get("", dict.fromkeys(facts.CONDITIONS, 0))
    before = scope.period.previous(scope.now)
    standing = open_by_place(scope)
    places = _places_below(scope)
    lines = _place_lines(groups.get("place", {}), standing, places)
    return Board(
        scope=scope,
        total=total,
        change=rules.Change(total["received"], _received_between(scope, *before)),
        now=rules.added_up(standing.values()) or {"open": 0, "late": 0},
        by_place=rules.hide_few(lines),
        by_category=rules.hide_few(_category_lines(groups["category"])),
        by_compound_type=rules.hide_few(_compound_lines(groups["compound_type"])),
        by_channel=rules.hide_few(_channel_lines(groups["channel"])),
        trend=_trend(scope, groups["step"]),
        stated=_stated(scope),
        places={str(pk): place for pk, place in places.items()},
    )


def _grouped(scope: Scope) -> dict[str, dict[str, dict[str, int]]]:
    """Every count, in all and by each dimension, from one pass: dimension → key → counts."""
    start = facts.facts_of(chosen_demands(scope), now=scope.now)
    names = list(facts.CONDITIONS)
    counted, params = [], list(start.params)
    for name in names:
        sql, more = facts.condition(name, scope.now)
        counted.append(f"count(*) FILTER (WHERE {sql})")
        params += more
    place = f"{scope.rung.value}_id" if scope.rung else "id"
    dimensions = {
        "category": "category_id::text",
        "compound_type": "coalesce(compound_type, '')",
        "channel": "channel",
        "step": "step::text",
    } | ({"place": f"{place}::text"} if scope.rung else {})
    columns = ", ".join(f"{sql} AS g_{name}" for name, sql in dimensions.items())
    sets = ", ".join(f"(g_{name})" for name in dimensions)
    # The texts are ours: names of counts and columns; whatever came from outside is a parameter.
    query = f"""{start.sql}, g AS (
        SELECT f.*, {columns} FROM (
            SELECT f.*, date_trunc('{scope.period.step}', received_at AT TIME ZONE %s)::date AS step FROM f
        ) f
    )
    SELECT {", ".join(f"GROUPING(g_{name}), g_{name}" for name in dimensions)}, {", ".join(counted)}
    FROM g GROUP BY GROUPING SETS ((), {sets})"""  # noqa: S608
    zone = str(scope.period.zone)
    at = len(start.params)
    rows = _rows(query, [*params[:at], zone, *params[at:]])
    found: dict[str, dict[str, dict[str, int]]] = {name: {} for name in ("total", *dimensions)}
    for row in rows:
        numbers = dict(zip(names, row[2 * len(dimensions) :], strict=True))
        name, key = "total", ""
        for turn, dimension in enumerate(dimensions):
            if row[2 * turn] == 0:
                name, key = dimension, row[2 * turn + 1] or ""
        found[name][key] = numbers
    return found


def _rows(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def open_by_place(scope: Scope) -> dict[int | None, dict[str, int]]:
    """Open and late now, whenever received, by the rung below the scope's place. One query."""
    rung = scope.rung
    rows = open_demands(scope).order_by()
    key = f"{rung.value}_id" if rung else "place_id"
    counted = rows.values_list(key).annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=scope.now)))
    return {pk: {"open": there, "late": late} for pk, there, late in counted}


def open_demands(scope: Scope) -> QuerySet[Demand]:
    """What is open now in a scope, whenever it was received; named by state, which is what the index knows."""
    return chosen_demands(scope, ever=True).filter(state__in=sorted(OPEN))


def _received_between(scope: Scope, since: datetime, until: datetime) -> int:
    rows = chosen_demands(scope, ever=True).filter(received_at__gte=since, received_at__lt=until)
    # Two counts, because the first is answered by an index alone and the second is small.
    return rows.count() - _history(rows).count()


def _history(rows: QuerySet[Demand]) -> QuerySet[Demand]:
    return rows.filter(facts.HISTORY, import_file__historic=True)


def _stated(scope: Scope) -> rules.Stated:
    """What imported history says, by the day on which each order was first reported."""
    rows = _history(chosen_demands(scope, ever=True))
    rows = rows.filter(reported_at__gte=scope.period.since, reported_at__lt=scope.period.until)
    return rules.Stated(
        **rows.aggregate(
            orders=Count("pk"),
            in_time=Count("pk", filter=Q(stated_in_time=True)),
            late=Count("pk", filter=Q(stated_in_time=False)),
        )
    )


def _places_below(scope: Scope) -> dict[int, Place]:
    rung = scope.rung
    if rung is None:
        return {}
    rows = Place.objects.filter(within(scope.place), kind=rung.value).defer("boundary")
    if scope.place.kind == PlaceKind.DISTRICT:
        rows = Place.objects.filter(kind=rung.value).defer("boundary")
    return {row.pk: row for row in rows.order_by("code", "full_name")}


_EMPTY = dict.fromkeys(facts.CONDITIONS, 0)


def _place_lines(
    counted: dict[str, dict[str, int]], standing: dict[int | None, dict[str, int]], places: dict[int, Place]
) -> list[rules.Line]:
    lines = []
    for pk, place in places.items():
        counts = {**_EMPTY, **counted.get(str(pk), {}), "open": 0, "late": 0, **standing.get(pk, {})}
        # A place that ceased to exist is listed only while something is still counted there.
        if place.valid_to is None or counts["received"] or counts["open"]:
            lines.append(rules.Line(str(pk), place.name, counts))
    rest = {**_EMPTY, **counted.get("", {}), "open": 0, "late": 0, **standing.get(None, {})}
    if rest["received"] or rest["open"]:
        lines.append(rules.Line(NONE, _("不在其中任何一处"), rest))
    return lines


def _category_lines(counted: dict[str, dict[str, int]]) -> list[rules.Line]:
    roots = _roots() if counted else {}
    gathered: dict[str, list[dict[str, int]]] = {}
    names = {NONE: (_("未分类"), "")}
    for key, counts in counted.items():
        top = roots.get(int(key)) if key else None
        chosen = str(top.pk) if top else NONE
        gathered.setdefault(chosen, []).append(counts)
        if top:
            names[chosen] = (top.name, top.english)
    lines = [
        rules.Line(key, names[key][0], rules.added_up(several), english=names[key][1])
        for key, several in gathered.items()
    ]
    return sorted(lines, key=lambda line: (line.key == NONE, -line.counts["received"], line.label))


def _compound_lines(counted: dict[str, dict[str, int]]) -> list[rules.Line]:
    lines = [
        rules.Line(kind.value, COMPOUND_TYPE_LABELS[kind], counted.get(kind.value, dict(_EMPTY)))
        for kind in CompoundType
    ]
    return [*lines, rules.Line(NONE, _("不在小区"), counted.get("", dict(_EMPTY)))]


def _channel_lines(counted: dict[str, dict[str, int]]) -> list[rules.Line]:
    return [rules.Line(one.value, CHANNEL_LABELS[one], counted[one.value]) for one in Channel if one.value in counted]


def _trend(scope: Scope, counted: dict[str, dict[str, int]]) -> list[tuple[date, dict[str, int]]]:
    """One entry for every step of the period, up to today, with zeros where nothing was received."""
    steps, day = [], scope.period.first
    if scope.period.step == "week":
        day -= timedelta(days=day.weekday())
    elif scope.period.step == "month":
        day = day.replace(day=1)
    end = min(scope.period.last, scope.now.astimezone(scope.period.zone).date())
    while day <= end:
        steps.append((day, counted.get(day.isoformat(), _EMPTY)))
        if scope.period.step == "month":
            day = (day.replace(day=28) + timedelta(days=7)).replace(day=1)
        else:
            day += timedelta(days=1 if scope.period.step == "day" else 7)
    return steps


@dataclass(frozen=True)
class Rows:
    """One page of the demands that a number counted; `after` is the cursor of the next, empty on the last."""

    demands: list[Demand]
    after: str = ""


def rows_behind(scope: Scope, name: str, *, after: str = "", size: int = 50) -> Rows:
    """The demands that make up one count, newest first. Raises KeyError for a name that is no count."""
    sql, more = facts.condition(name, scope.now)
    ever = name in rules.COUNTS and rules.COUNTS[name].now
    chosen = chosen_demands(scope, ever=ever)
    if ever:
        chosen = chosen.filter(state__in=sorted(OPEN))
    start = facts.facts_of(chosen, now=scope.now)
    params = [*start.params, *more]
    key = _read_cursor(after)
    beyond = ""
    if key:
        beyond = " AND (received_at, id) < (%s, %s)"
        params += key
    query = f"{start.sql} SELECT id FROM f WHERE ({sql}){beyond} ORDER BY received_at DESC, id DESC LIMIT %s"  # noqa: S608
    ids = [row[0] for row in _rows(query, [*params, size + 1])]
    more_follow, ids = len(ids) > size, ids[:size]
    rows = Demand.objects.filter(pk__in=ids).select_related("place", "category", "handler")
    found = list(rows.defer("search", "suggestions").order_by("-received_at", "-id"))
    return Rows(found, _cursor(found[-1]) if found and more_follow else "")


def _cursor(row: Demand) -> str:
    return f"{row.received_at.isoformat()}_{row.pk}"


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    moment, _sep, pk = text.rpartition("_")
    try:
        key = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return None
    return key if key[0].tzinfo and abs(key[1]) < 2**63 else None
