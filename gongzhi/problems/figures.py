"""Figures of what is done about problems, each with the number it stands on: whistles, response, proactive share."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean, median
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncQuarter
from django.utils import timezone

from gongzhi.demands.figures import handled_demands
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import rules, whistling
from gongzhi.problems.models import Whistle
from gongzhi.problems.queries import visible_problems, visible_whistles
from gongzhi.problems.rules import State, WhistleState

_NOT_COUNTED = [State.MERGED.value, State.DROPPED.value]


class Share(NamedTuple):
    """So many of so many; the share itself is None where there is nothing to share."""

    part: int
    n: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        return self.part / self.n if self.n else None


@dataclass
class WhistleRate:
    """Whistles of one community (None: above the communities) in a span, beside the problems raised there in it.

    `steps` says for each step how many of those done or due were done in time.
    """

    community_id: int | None
    community: str | None
    problems: int = 0
    whistles: int = 0
    rated: int = 0
    good: int = 0
    steps: dict[str, Share] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        """Whistles for each problem; may be above 1."""
        return self.whistles / self.problems if self.problems else None


def whistle_rate(actor: Actor, *, since: datetime, until: datetime, now: datetime) -> list[WhistleRate]:
    """Whistle rate and punctuality by community, in a span. Whistles that were called off are left out. Two queries."""
    rates: dict[int | None, WhistleRate] = {}
    raised = visible_problems(actor).filter(raised_at__gte=since, raised_at__lt=until)
    counted = raised.exclude(state__in=_NOT_COUNTED).values_list("community", "community__name")
    for pk, name, count in counted.annotate(n=Count("pk")).order_by("community__name"):
        rates[pk] = WhistleRate(pk, name, problems=count)
    done: dict[int | None, list[Whistle]] = defaultdict(list)
    for whistle in _blown(actor, since, until).select_related("problem__community"):
        community = whistle.problem.community
        key = community.pk if community else None
        rates.setdefault(key, WhistleRate(key, community.name if community else None))
        done[key].append(whistle)
    for key, whistles in done.items():
        rate = rates[key]
        rate.whistles = len(whistles)
        rate.rated = sum(bool(one.rating) for one in whistles)
        rate.good = sum(one.rating == "good" for one in whistles)
        rate.steps = {step: _in_time(whistles, step, now) for step in whistling.STEPS}
    return list(rates.values())


def _blown(actor: Actor, since: datetime, until: datetime) -> QuerySet[Whistle]:
    rows = visible_whistles(actor).filter(blown_at__gte=since, blown_at__lt=until)
    return rows.exclude(state=WhistleState.CALLED_OFF.value).order_by("pk")


def _in_time(whistles: Iterable[Whistle], step: str, now: datetime) -> Share:
    found = [whistling.in_time(*whistling.times(one)[step], now) for one in whistles]
    return Share(sum(one is True for one in found), sum(one is not None for one in found))


class Measure(NamedTuple):
    """Hours that something took: the middle one, the average, and of how many; None of nothing."""

    n: int
    median: float | None
    mean: float | None


def measure(spans: Iterable[timedelta | None]) -> Measure:
    """What is None did not happen and is not counted."""
    hours = [span.total_seconds() / 3600 for span in spans if span is not None]
    return Measure(len(hours), median(hours), fmean(hours)) if hours else Measure(0, None, None)


class Response(NamedTuple):
    """How fast one unit answered when called or handed something."""

    unit_id: int
    unit: str
    demands: int
    whistles: int
    sign: Measure
    contact: Measure


def department_response(actor: Actor, *, since: datetime, until: datetime) -> list[Response]:
    """Response measures by unit, for demands handed over and whistles blown in a span; by name. Three queries."""
    demands, whistles = defaultdict(list), defaultdict(list)
    for one in handled_demands(actor, since=since, until=until):
        demands[one.unit_id].append((one.sign, one.contact))
    for whistle in _blown(actor, since, until):
        whistles[whistle.unit_id].append(_spans(whistle))
    names = neighbourhood.unit_names({*demands, *whistles})
    found = []
    for pk, name in sorted(names.items(), key=lambda item: item[1]):
        both = demands[pk] + whistles[pk]
        signed, contacted = measure(one[0] for one in both), measure(one[1] for one in both)
        found.append(Response(pk, name, len(demands[pk]), len(whistles[pk]), signed, contacted))
    return found


def _spans(whistle: Whistle) -> tuple[timedelta | None, timedelta | None]:
    signed, contacted = whistle.signed_at, whistle.contacted_at
    return signed - whistle.blown_at if signed else None, contacted - whistle.blown_at if contacted else None


class Quarter(NamedTuple):
    """Problems raised in the quarter from this day, and how many of them nobody had to report first (未诉先办)."""

    begins: date
    proactive: Share


def proactive_share(actor: Actor, *, since: datetime, until: datetime) -> list[Quarter]:
    """Share of proactive problems by quarter; what was merged or dropped is not counted. One query."""
    ahead = Count("pk", filter=Q(origin__in=sorted(rules.PROACTIVE)))
    rows = (
        visible_problems(actor)
        .filter(raised_at__gte=since, raised_at__lt=until)
        .exclude(state__in=_NOT_COUNTED)
        .annotate(quarter=TruncQuarter("raised_at"))
        .values_list("quarter")
        .annotate(ahead=ahead, n=Count("pk"))
        .order_by("quarter")
    )
    return [Quarter(quarter.date(), Share(part, n)) for quarter, part, n in rows]


class Call(NamedTuple):
    """One whistle for a unit: when it had to be signed for, and whether it was by then."""

    whistle: int
    unit: int
    day: date
    kept: bool


def whistles_due(unit_ids: Iterable[int], since: date, until: date, *, today: date) -> list[Call]:
    """Whistles of these units that had to be signed for in this time, for rooms upstairs that decide who sees it.

    One that is due `today` and was not signed for yet is left out: the day is not over.
    """
    rows = Whistle.objects.filter(unit__in=list(unit_ids), sign_due_at__date__gte=since, sign_due_at__date__lte=until)
    rows = rows.exclude(state=WhistleState.CALLED_OFF.value).order_by("pk")
    found = [
        Call(pk, unit, timezone.localdate(due), signed is not None and signed <= due)
        for pk, unit, due, signed in rows.values_list("pk", "unit", "sign_due_at", "signed_at")
    ]
    return [one for one in found if one.kept or one.day < today]
