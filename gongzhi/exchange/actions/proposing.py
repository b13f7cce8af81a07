"""撮合建议: what is open is matched all over again, and what the engine proposes stands beside the needs; asks nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils import timezone

from gongzhi.exchange import matching, queries
from gongzhi.exchange.actions import matches, steps
from gongzhi.exchange.matching import Plan, Suggestion
from gongzhi.exchange.matching_facts import Refusal
from gongzhi.exchange.models import Match, Unlock
from gongzhi.exchange.queries.matching import DeclineRow, MatchingProblem, NeedRow, OfferRow, SideKey
from gongzhi.exchange.rules import MatchState, RefusalReason, Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import CLOCK, Actor, PlaceKind
from gongzhi.shared.moves import NotAllowed, Refused, _

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Proposed:
    """What was put beside the needs, how many earlier suggestions were withdrawn for it, and the whole plan."""

    matches: list[Match]
    withdrawn: int
    plan: Plan


@transaction.atomic
def propose_matches(actor: Actor, *, community: Place, now: datetime, seconds: float = 5.0) -> Proposed:
    """Match the open needs of a community with every offer in the actor's sight, in about so many seconds.

    Suggestions of the engine that nobody took up are withdrawn first; those made by hand, and whatever was asked,
    stand. Raises NotAllowed for whoever is not at the desk of the community.
    """
    if not steps.belongs(actor, *neighbourhood.ladder(community)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("自动找资源"))
    withdrawn = _withdraw(community, now)
    problem = queries.problem_for_matching(actor, community, now=now)
    plan = matching.match(as_engine_reads(problem, timezone.localtime(now).date()), seconds=seconds)
    hidden = {one.pk for one in problem.needs if one.confidential}
    found = [one for one in (_suggest(actor, row, hidden, now) for row in plan.suggestions) if one]
    return Proposed(found, withdrawn, plan)


def _withdraw(community: Place, now: datetime) -> int:
    """Pass what the engine proposed for this community before; what a person put there has no reasons."""
    rows = Match.objects.filter(state=MatchState.SUGGESTED.value, need__community=community).exclude(reasons={})
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        matches.pass_match(CLOCK, match_id=pk, now=now)
    return len(ids)


def _suggest(actor: Actor, row: Suggestion, hidden: set[int], now: datetime) -> Match | None:
    """Put one suggestion beside its need; None where it changed meanwhile, or is less than a hundredth."""
    amount = Decimal(repr(row.quantity)).quantize(_CENT, ROUND_DOWN)
    need, offer = int(row.need), int(row.offer)
    reasons = {
        "distance_m": row.distance_m,
        "shared_minutes": row.shared_minutes,
        "agreement": row.agreement,
        "in_time": row.in_time,
        "late": row.late,
        "failed": row.failed,
        "given": row.given,
        "received": row.received,
        "asked_lately": row.asked_lately,
    }
    # What a firm keeps to itself is not spoken of in a sentence that others may come to read.
    spoken = row._replace(what="") if need in hidden else row
    try:
        return matches.suggest_match(
            CLOCK, need_id=need, offer_id=offer, quantity=amount, reasons=reasons, sentence=matching.sentence(spoken), now=now
        )  # fmt: skip
    except Refused:
        return None


def as_engine_reads(problem: MatchingProblem, day: date) -> matching.MatchingProblem:
    """The same in the engine's words: sides and rows by their numbers, communities by their codes."""
    codes = {place.pk: place.code or "" for place in neighbourhood.current_places(PlaceKind.COMMUNITY)}
    frees: dict[int, list[str]] = {}
    for need, freed in Unlock.objects.filter(done_at=None).values_list("need", "frees"):
        frees.setdefault(need, []).append(str(freed))
    standing = [matching.Declined(str(need), str(offer)) for need, offer in sorted(problem.open_pairs)]
    return matching.MatchingProblem(
        day,
        [_need(one, codes, tuple(frees.get(one.pk, ()))) for one in problem.needs],
        [_offer(one, codes) for one in problem.offers],
        _givers(problem),
        [*standing, *_refusals(problem)],
    )


def _key(side: SideKey) -> str:
    return f"{side[0]} {side[1]}"


def _windows(rows: Iterable[tuple[int, int, int]]) -> tuple[matching.Window, ...]:
    """Monday is 0 in the tables and 1 in the engine."""
    return tuple(matching.Window(day + 1, since, until) for day, since, until in rows)


def _position(lon: float | None, lat: float | None) -> matching.Position | None:
    return None if lon is None or lat is None else matching.Position(lon, lat)


def _need(one: NeedRow, codes: dict[int, str], frees: tuple[str, ...]) -> matching.Need:
    return matching.Need(
        id=str(one.pk),
        kind=one.kind,
        quantity=float(one.quantity),
        measure=one.measure,
        asker=_key(one.asker),
        urgency=one.urgency,
        deadline=one.deadline,
        tags=frozenset(one.tags),
        position=_position(one.lon, one.lat),
        place=codes.get(one.community or 0, ""),
        windows=_windows(one.windows),
        frees=frees,
        whole_only=one.whole_only,
    )


def _offer(one: OfferRow, codes: dict[int, str]) -> matching.Offer:
    reach = None if one.reach_place is None else frozenset([_code_within(one.reach_place, codes)])
    return matching.Offer(
        id=str(one.pk),
        kind=one.kind,
        quantity=float(one.quantity),
        measure=one.measure,
        giver=_key(one.giver),
        tags=frozenset(one.tags),
        position=_position(one.lon, one.lat),
        place=codes.get(one.community or 0, ""),
        reach_m=one.reach_metres,
        reach_places=reach,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        windows=_windows(one.windows),
        most=None if one.most_per_need is None else float(one.most_per_need),
        smallest=float(one.smallest or 0),
        title=one.title,
    )


def _code_within(place_id: int, codes: dict[int, str]) -> str:
    """The official code of a place, or of the community that a smaller one lies in."""
    place = neighbourhood.current_place(place_id)
    if place is None:
        return "-"
    if place.community_id:
        return codes.get(place.community_id, "-")
    return place.code or "-"


def _givers(problem: MatchingProblem) -> list[matching.Giver]:
    names = neighbourhood.unit_names(pk for kind, pk in problem.givers if kind == "unit")
    found = []
    for (kind, pk), row in problem.givers.items():
        place = neighbourhood.current_place(pk) if kind == "place" else None
        found.append(
            matching.Giver(
                id=_key((kind, pk)),
                name=names.get(pk, "") if kind == "unit" else place.name if place else "",
                asked_lately=row.asked_lately,
                in_time=row.on_time,
                late=row.late,
                given=row.given,
                received=row.received,
                agreement=problem.agreement,
            )
        )
    return found


def _refusals(problem: MatchingProblem) -> list[Refusal]:
    """What was declined, as far as it still holds: by the giver for more than the pair, by anybody for the pair."""
    givers = {one.pk: _key(one.giver) for one in problem.offers}
    found: list[Refusal] = []
    for row in problem.declines:
        found.append(matching.Declined(str(row.need), str(row.offer)))
        if row.side == Side.GIVER and row.offer in givers:
            found += _of_giver(row, givers[row.offer])
    return found


def _of_giver(row: DeclineRow, giver: str) -> list[Refusal]:
    if row.reason == RefusalReason.NOT_THIS_KIND:
        return [matching.NotThisKind(giver, row.kind)]
    if row.reason == RefusalReason.NOT_THIS_ASKER:
        return [matching.NotForAsker(giver, _key(row.asker))]
    if row.reason == RefusalReason.NOT_BEFORE and row.until:
        return [matching.NotBefore(giver, row.until)]
    return []
