"""What may be seen of demands. A query returns only what the asker may see; absent and not yours look the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import BooleanField, Case, Count, F, Max, Q, QuerySet, Value, When

from gongzhi.demands import rules
from gongzhi.demands.models import (
    Answer,
    CallBack,
    Category,
    Clock,
    Demand,
    Extension,
    Limit,
    Pause,
    Photo,
    Rating,
    SavedView,
    Threshold,
)
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import ContactCard, Place
from gongzhi.neighbourhood.rules import PLACE_STANDINGS as PLACE_STANDINGS
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right, Standing
from gongzhi.shared import secrets, trail
from gongzhi.shared.lately import Lately
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.reading import Rows, equal_unindexed
from gongzhi.shared.rows import TrailEntry

ABSENT = Demand.DoesNotExist
NO_PHOTO = Photo.DoesNotExist


def visible_demands(actor: Actor, *, by_place: bool = True) -> QuerySet[Demand]:
    """Every demand that the actor may see: their places' and units', their own, the one their link stands for.
    Without `by_place` the indexes of places are left alone."""
    seen = Q(pk__in=[])
    for office in actor.offices:
        if office.standing is Standing.CLOCK:
            return Demand.objects.all()
        if office.unit_id:
            seen |= Q(handler=office.unit_id)
        elif office.standing in PLACE_STANDINGS and office.place_kind:
            if office.place_kind is PlaceKind.DISTRICT:
                return Demand.objects.all()
            seen |= lies_in(_column(office.place_kind), office.place_id, by_place=by_place)
    if actor.account_id and not actor.offices:
        seen |= Q(account=actor.account_id)
    if actor.link:
        seen |= Q(pk=actor.link)
    return Demand.objects.filter(seen)


def lies_in(column: str, place_id: int | None, *, by_place: bool = True) -> Q:
    """A filter on the ladder of places, `by_place` as above."""
    unindexed = not by_place and column in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}
    return equal_unindexed(f"{column}_id", place_id or 0) if unindexed else Q(**{column: place_id})


def _column(kind: PlaceKind) -> str:
    return kind.value if kind in {PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND} else "place"


def sees(actor: Actor, demand: Demand) -> bool:
    """Whether `visible_demands` holds this demand, known from its row."""
    for office in actor.offices:
        if office.standing is Standing.CLOCK:
            return True
        if office.unit_id:
            if demand.handler_id == office.unit_id:
                return True
        elif office.standing in PLACE_STANDINGS and office.place_kind:
            column = _column(office.place_kind)
            if office.place_kind is PlaceKind.DISTRICT or getattr(demand, f"{column}_id") == office.place_id:
                return True
    if actor.account_id and not actor.offices and demand.account_id == actor.account_id:
        return True
    return bool(actor.link) and demand.pk == actor.link


def get_demand(actor: Actor, demand_id: int) -> Demand:
    """One demand with its place, category and handler. Raises ABSENT, the same for absent and not yours."""
    for demand in _ONE_DEMAND.ask(demand_id):
        if sees(actor, demand):
            return demand
    raise ABSENT


_JOINED = ("place", "community", "subdistrict", "category__parent__parent", "handler", "assignee", "contact")
_ONE_DEMAND = Rows(
    # Nothing is done with the pairs, and an outline has thousands of points.
    lambda pk: Demand.objects.select_related(*_JOINED).defer(
        "search", "place__boundary", "community__boundary", "subdistrict__boundary"
    ).filter(pk=pk),
    int,
)  # fmt: skip


def standings(actor: Actor, demand: Demand) -> frozenset[Standing]:
    """In what capacities the actor stands towards this demand."""
    found = actor.standings_at(_ladder(demand), demand.handler_id)
    if actor.link == demand.pk or (actor.account_id and actor.account_id == demand.account_id):
        found |= {Standing.RESIDENT}
    return found


def may_see_contact(actor: Actor, demand: Demand) -> bool:
    """Whether the actor may open how to reach the reporter: by an office here, not by one somewhere else."""
    return actor.may_at(Right.SEE_CONTACTS, _ladder(demand), demand.handler_id)


def _ladder(demand: Demand) -> tuple[int | None, ...]:
    return (demand.place_id, demand.compound_id, demand.community_id, demand.subdistrict_id)


def moves_open_to(actor: Actor, demand: Demand) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order: the page's buttons."""
    return open_moves(rules.MOVES, State(demand.state), standings(actor, demand))


@dataclass(frozen=True)
class Story:
    """Everything about one demand, for its page."""

    demand: Demand
    trail: list[TrailEntry]
    clocks: list[Clock]
    pauses: list[Pause]
    extensions: list[Extension]
    answers: list[Answer]
    ratings: list[Rating]
    call_backs: list[CallBack]
    photos: list[Photo]


def story_of(demand: Demand) -> Story:
    """Everything about a demand that the asker was already let through to. Three queries, and one for each kind of
    thing that its trail says has happened: eight at most.
    """
    mine = {"demand": demand.pk}
    entries = trail.of("demand", demand.pk)
    done = {entry.verb for entry in entries}
    extensions = Extension.objects.filter(**mine).select_related("asked_by", "decided_by").order_by("id")
    return Story(
        demand=demand,
        trail=entries,
        clocks=_CLOCKS.ask(demand.pk),
        pauses=list(Pause.objects.filter(**mine).order_by("id")) if done & {"ask", "park"} else [],
        extensions=list(extensions) if "ask_extension" in done else [],
        answers=list(Answer.objects.filter(**mine).order_by("id")) if "answer" in done else [],
        ratings=list(Rating.objects.filter(**mine).order_by("id")) if done & {"rate", "call_back"} else [],
        call_backs=list(CallBack.objects.filter(**mine).order_by("id")) if "answer" in done else [],
        photos=_PHOTOS.ask(demand.pk),
    )


_CLOCKS = Rows(lambda demand: Clock.objects.filter(demand=demand).order_by("id"), int)
_PHOTOS = Rows(lambda demand: Photo.objects.filter(demand=demand).order_by("id"), int)


def has_photos(demand: Demand) -> bool:
    """Whether anybody has added a picture to it."""
    return Photo.objects.filter(demand=demand).exists()


def demand_of_photo(actor: Actor, name: str) -> Photo:
    """A photo by its name, for whoever may see its demand. Raises Photo.DoesNotExist."""
    return Photo.objects.get(name=name, demand__in=visible_demands(actor))


def earlier_demands(actor: Actor, phone: str, *, limit: int = 10) -> QuerySet[Demand]:
    """What a caller with this number asked before, where the actor may see it; newest first."""
    cards: QuerySet[ContactCard] = neighbourhood.cards_with_phone(actor, phone)
    return visible_demands(actor).filter(contact__in=cards).order_by("-received_at", "-id")[:limit]


def demand_with_code(number: str, code: str) -> Demand | None:
    """The demand with this number if the spoken code fits. Whoever calls limits the tries."""
    demand_id = rules.read_number(number)
    if demand_id is None or not code.strip():
        return None
    return Demand.objects.filter(pk=demand_id, code_hash=secrets.hashed_code(code.strip())).defer("search").first()


NEAR_DAYS = 30


def near_by(actor: Actor, place: Place, *, now: datetime, days: int = NEAR_DAYS, limit: int = 5) -> QuerySet[Demand]:
    """Open demands at the same compound or community lately, as far as the actor sees them; newest first.

    None for a place above the communities: there everything would be near.
    """
    compound = place.pk if place.kind == PlaceKind.COMPOUND else place.compound_id
    community = place.pk if place.kind == PlaceKind.COMMUNITY else place.community_id
    if not compound and not community:
        return Demand.objects.none()
    where = Q(compound=compound) if compound else Q(community=community)
    found = visible_demands(actor).filter(where, closed_at=None, received_at__gte=now - timedelta(days=days))
    return found.order_by("-received_at")[:limit]


def current_categories(version: str = "") -> QuerySet[Category]:
    """Categories in force; of one version, or of all that a district uses."""
    rows = Category.objects.filter(valid_to=None).select_related("parent__parent")
    return (rows.filter(version=version) if version else rows).order_by("version", "code")


def categories_stamp() -> tuple[int, int]:
    """Changes whenever a category is added or ended: the newest id and how many are in force."""

    def read() -> tuple[int, int]:
        found = Category.objects.aggregate(newest=Max("pk"), current=Count("pk", filter=Q(valid_to=None)))
        return found["newest"] or 0, found["current"]

    return _stamp.get("stamp", read)


# Seconds for which a process trusts the categories and limits that it read.
KEEP = 10.0
_stamp: Lately[str, tuple[int, int]] = Lately(KEEP)
forget_categories = _stamp.forget


def category_codes(category: Category | None) -> tuple[str, ...]:
    """The codes of a category and of those above it, nearest first."""
    codes = []
    while category:
        codes.append(category.code)
        category = category.parent
    return tuple(codes)


_limits: Lately[date, tuple[Limit, ...]] = Lately(KEEP, most=8)
forget_limits = _limits.forget


def current_limits(now: datetime) -> tuple[Limit, ...]:
    """The limits in force on the day of `now`, as of at most a few seconds ago. Not to be changed."""
    day = now.date()
    return _limits.get(day, lambda: _limits_on(day))


def _limits_on(day: date) -> tuple[Limit, ...]:
    rows = Limit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    return tuple(rows.select_related("category"))


def all_limits() -> list[Limit]:
    """Every limit that ever held, the one in force first among those for the same demands."""
    return list(Limit.objects.select_related("category").order_by("clock", "category", "urgency", "-valid_from", "-pk"))


def thresholds() -> dict[str, int]:
    """Every number that the district sets, or its value to start from."""
    values = {code: start for code, (_name, start) in rules.THRESHOLDS.items()}
    values.update(Threshold.objects.values_list("code", "value"))
    return values


def threshold(code: str) -> int:
    """One number that the district sets, or its value to start from."""
    row = Threshold.objects.filter(code=code).values_list("value", flat=True).first()
    return rules.THRESHOLDS[code][1] if row is None else row


def saved_views(actor: Actor) -> list[SavedView]:
    """The lists that this person saved."""
    return _VIEWS.ask(actor.person_id or 0)


_VIEWS = Rows(lambda person: SavedView.objects.filter(person=person).order_by("name"), int)


@dataclass(frozen=True)
class Sample:
    """One draw for call-backs, counted from its rows; `satisfied` out of `reached`, never out of `drawn`.

    `to_call` still wait for a call; who rated meanwhile by link, or whose demand ended, is not called any more.
    """

    name: str
    drawn: int
    to_call: int
    asked: int
    reached: int
    satisfied: int


_to_call = Q(asked_at=None, demand__state__in=sorted(state.value for state in rules.ANSWERED))


def samples(actor: Actor) -> list[Sample]:
    """The draws among the demands that the actor may see, the latest first. One query."""
    rows = (
        CallBack.objects.filter(demand__in=visible_demands(actor))
        .exclude(sample__startswith="desk-")
        .values("sample")
        .annotate(
            drawn=Count("pk"),
            to_call=Count("pk", filter=_to_call),
            asked=Count("pk", filter=Q(asked_at__isnull=False)),
            reached=Count("pk", filter=Q(reached=True)),
            satisfied=Count("pk", filter=Q(satisfied=True)),
            last=Max("drawn_at"),
        )
        .order_by("-last", "sample")
    )
    return [
        Sample(row["sample"], row["drawn"], row["to_call"], row["asked"], row["reached"], row["satisfied"])
        for row in rows
    ]


def call_backs(actor: Actor, sample: str) -> QuerySet[CallBack]:
    """The rows of one draw that the actor may see, those to be called first, then those asked."""
    return (
        CallBack.objects.filter(sample=sample, demand__in=visible_demands(actor))
        .select_related("demand__place", "asked_by")
        .annotate(waits=Case(When(_to_call, then=Value(True)), default=Value(False), output_field=BooleanField()))
        .order_by("-waits", F("asked_at").desc(nulls_last=True), "pk")
    )


def training_texts() -> Iterator[tuple[str, str]]:
    """(text, category code) of every demand that a person classified, for the suggestion model."""
    rows = Demand.objects.filter(category__isnull=False).values_list("subject", "body", "category__code")
    for subject, body, code in rows.iterator(chunk_size=2000):
        yield f"{subject}\n{body}", code


def open_extension(demand: Demand) -> Extension | None:
    """The request for more time that nobody has decided yet; the demand has one at most."""
    return Extension.objects.filter(demand=demand, decided_at=None).first()


def answer_in_force(demand: Demand) -> Answer | None:
    """The latest answer."""
    return Answer.objects.filter(demand=demand).order_by("-id").first()


def open_counts(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """For the desk's head: how many are late, due today, at the desk, waiting for a rating. One query."""
    end = now.replace(hour=23, minute=59, second=59)
    return (
        visible_demands(actor)
        .filter(closed_at=None)
        .aggregate(
            late=Count("pk", filter=Q(due_at__lt=now)),
            today=Count("pk", filter=Q(due_at__gte=now, due_at__lte=end)),
            new=Count("pk", filter=Q(state__in=[state.value for state in rules.AT_THE_DESK])),
            waiting=Count("pk", filter=Q(state=State.WAITING.value)),
            register=Count("pk", filter=Q(state=State.ON_REGISTER.value)),
            answered=Count("pk", filter=Q(state__in=[state.value for state in rules.ANSWERED])),
        )
    )


def counts_by_compound_type(actor: Actor) -> dict[str, int]:
    """How many demands came from compounds of each type, "" for those from no compound; together they are all."""
    from django.db.models import Count

    rows = visible_demands(actor).values_list("compound__compound_type").annotate(Count("pk")).order_by()
    counts: dict[str, int] = {}
    for compound_type, count in rows:
        counts[compound_type or ""] = counts.get(compound_type or "", 0) + count
    return counts
