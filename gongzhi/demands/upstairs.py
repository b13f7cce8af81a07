"""What the rooms upstairs ask of demands by their numbers; they decide who may see what they make of it."""

from collections.abc import Iterable
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.demands.models import Clock, Demand
from gongzhi.demands.queries import current_categories
from gongzhi.demands.rules import State
from gongzhi.shared import trail
from gongzhi.shared.reading import AmongThese, Question, Statement


class Voice(NamedTuple):
    """One demand that stands, as one voice about a trouble. `who` is equal for what one person said more than once."""

    demand: int
    reported_at: datetime
    who: str
    place: int
    compound: int | None
    community: int | None
    subdistrict: int | None
    accountable: int
    category: int | None
    lon: float | None
    lat: float | None
    subject: str
    confidential: bool
    # What these are called; unsaid where that is not asked.
    category_name: str | None = None
    place_name: str = ""
    compound_name: str | None = None


def voices(demand_ids: Iterable[int] | QuerySet[Any]) -> list[Voice]:
    """These demands but those taken back, in order of time. One query.

    Reporters are told apart by the mark of their number, else by their account; else each demand counts as one.
    """
    rows = (
        _voices(Q(pk__in=demand_ids))
        if isinstance(demand_ids, QuerySet)
        else _VOICES.ask(list(dict.fromkeys(demand_ids)))
    )
    return [voice(*row) for row in rows]


def _voices(where: Any) -> QuerySet[Any, Any]:
    standing = Demand.objects.filter(where).exclude(state=State.WITHDRAWN.value)
    return standing.order_by("reported_at", "pk").values_list(*_NAMED)


def voice(pk: int, at: datetime, mark: str | None, account: int | None, *rest: Any) -> Voice:
    """The voice that is made of the columns VOICE."""
    who = f"phone {mark}" if mark else f"account {account}" if account else f"demand {pk}"
    return Voice(pk, at, who, *rest)


VOICE = (
    "pk", "reported_at", "contact__phone_mark", "account", "place", "compound", "community", "subdistrict",
    "accountable", "category", "lon", "lat", "subject", "confidential",
)  # fmt: skip
"""What is asked of a demand to hear its voice; also through rows that point at it."""
_NAMED = (*VOICE, "category__name", "place__name", "compound__name")
_VOICES = Question(lambda ids: _voices(AmongThese("id", ids)), list)


class Words(NamedTuple):
    """What one demand says and where; `historic` where it is an old order that is only kept and counted."""

    demand: int
    state: str
    historic: bool | None
    reported_at: datetime
    subject: str
    body: str
    place_words: str
    lon: float | None
    lat: float | None
    place: int
    place_name: str
    place_kind: str
    place_lon: float | None
    place_lat: float | None
    compound: int | None
    community: int | None
    category: str
    confidential: bool

    @property
    def stands(self) -> bool:
        """Whether it is neither taken back nor an old order."""
        return self.state != State.WITHDRAWN.value and not self.historic


def words_of(demand_id: int) -> Words | None:
    """What one demand says; None where there is none such."""
    return next((Words(*row) for row in _ONE.ask(demand_id)), None)


_WORDS = (
    "pk", "state", "import_file__historic", "reported_at", "subject", "body", "place_words", "lon", "lat",
    "place", "place__full_name", "place__kind", "place__lon", "place__lat", "compound", "community", "category__code", "confidential",
)  # fmt: skip
_ONE = Question(lambda pk: Demand.objects.filter(pk=pk).values_list(*_WORDS), int)


def heard(demand_ids: Iterable[int]) -> dict[int, tuple[Words, Voice]]:
    """What each of these demands says, and the same as one voice about a trouble. One query, none for nobody."""
    asked = list(demand_ids)
    return heard_in(_HEARD.ask(asked)) if asked else {}


def hearing(demand_ids: Iterable[int]) -> Statement:
    """The statement that `heard` asks, for whoever asks something else in the same trip; `heard_in` reads the answer."""
    return _HEARD.statement(list(demand_ids))


def heard_in(rows: list[tuple[Any, ...]]) -> dict[int, tuple[Words, Voice]]:
    return {row[0]: (Words._make(_words_in(row)), voice(*_voice_in(row))) for row in rows}


# Each column once.
_BOTH = tuple(dict.fromkeys((*_WORDS, *_NAMED)))
_words_in, _voice_in = (itemgetter(*map(_BOTH.index, columns)) for columns in (_WORDS, _NAMED))
_HEARD = Question(lambda ids: Demand.objects.filter(AmongThese("id", ids)).values_list(*_BOTH), list)


def words_of_many(demand_ids: Iterable[int]) -> list[Words]:
    """The same for several, in order of time."""
    return [Words(*row) for row in _MANY.ask(list(dict.fromkeys(demand_ids)))]


_MANY = Question(
    lambda ids: Demand.objects.filter(AmongThese("id", ids)).order_by("reported_at", "pk").values_list(*_WORDS), list
)


def suggested_category(demand_ids: QuerySet[Any]) -> str:
    """The name of the category that is suggested for each of these demands, two at least; "" where they do not agree.

    Those taken back are left out. Two queries at most.
    """
    rows = Demand.objects.filter(pk__in=demand_ids).exclude(state=State.WITHDRAWN.value)
    first = [next((one.get("code") for one in row or []), None) for row in rows.values_list("suggestions", flat=True)]
    if len(first) < 2 or len(set(first)) > 1 or first[0] is None:
        return ""
    return next((row.name for row in current_categories() if row.code == first[0]), "")


def filed_since(
    since: datetime | None, *, after: tuple[datetime, int] | None = None, most: int = 500
) -> list[tuple[datetime, int, int]]:
    """(moment, entry, demand) of each classifying and refiling since a moment, or ever; goes on behind `after`."""
    return trail.done_since("demand", FILING, since=since, after=after, most=most)


# The moves that change where a demand is or what it is about.
FILING = ("classify", "refile")
InLine = tuple[datetime, int]


def standing_without(
    rows: QuerySet[Any], *, since: datetime | None, after: InLine | None = None, most: int = 500
) -> list[InLine]:
    """(received_at, number) of demands that stand and of which `rows` hold none (by `demand`), in that order.

    `since` leaves out what was received before; `after` goes on behind the last one of an earlier answer.
    """
    found = Demand.objects.exclude(state=State.WITHDRAWN.value).exclude(import_file__historic=True)
    if since:
        found = found.filter(received_at__gte=since)
    if after:
        found = found.filter(Q(received_at__gt=after[0]) | Q(received_at=after[0], pk__gt=after[1]))
    found = found.exclude(Exists(rows.filter(demand=OuterRef("pk"))))
    return list(found.order_by("received_at", "pk").values_list("received_at", "pk")[:most])


class AnswerDue(NamedTuple):
    """One limit for a unit to answer a demand in its hands: when it ended, and whether it was kept."""

    demand: int
    unit: int
    day: date
    kept: bool


def answers_due(unit_ids: Iterable[int], since: date, until: date, *, today: date) -> list[AnswerDue]:
    """Limits that ended in this time for demands that these units have in hand. One query.

    One that ends `today` and was not kept yet is left out: the day is not over.
    """
    rows = Clock.objects.filter(kind="answer", demand__handler__in=list(unit_ids))
    rows = rows.filter(due_at__date__gte=since, due_at__date__lte=until).exclude(demand__state=State.WITHDRAWN.value)
    found = [
        AnswerDue(demand, unit or 0, timezone.localdate(due), met is not None and met <= due)
        for demand, unit, due, met in rows.order_by("pk").values_list("demand", "demand__handler", "due_at", "met_at")
    ]
    return [one for one in found if one.kept or one.day < today]
