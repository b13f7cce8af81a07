"""撮合建议: what is open is matched all over again, and what the engine proposes stands beside the needs; asks nobody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.db.models import Q
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
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import NotAllowed, Refused, _

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Proposed:
    """What was put beside the needs, how many earlier suggestions were withdrawn for it, and the whole plan."""

    matches: list[Match]
    withdrawn: int
    plan: Plan


def propose_matches(
    actor: Actor, *, community: Place, now: datetime, seconds: float = 5.0, agreed: Collection[int] | None = None
) -> Proposed:
    """Match the open needs of a community with every offer in the actor's sight, in about so many seconds.

    `agreed` are the units that an agreement binds, which only a room upstairs knows; None says nothing of agreements.

    What the engine had suggested and nobody took up is withdrawn for it; suggestions made by hand, and whatever was
    asked, stand. The engine runs before anything is locked; what changed meanwhile is left out. Raises NotAllowed for
    whoever is not at the desk of the community.
    """
    if not steps.belongs(actor, *neighbourhood.ladder(community)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("自动找资源"))
    standing = _standing(actor, community)
    problem = queries.problem_for_matching(actor, community, now=now)
    problem = replace(problem, open_pairs=problem.open_pairs - set(standing))
    plan = matching.match(_as_engine_reads(problem, timezone.localtime(now).date(), agreed), seconds=seconds)
    with transaction.atomic():
        withdrawn = sum(_withdraw(actor, pk, now) for pk in standing.values())
        found = [one for one in (_suggest(actor, row, now) for row in plan.suggestions) if one]
    return Proposed(found, withdrawn, plan)


def _standing(actor: Actor, community: Place) -> dict[tuple[int, int], int]:
    """The matches that the engine suggested for this community before: (need, offer) to number.

    What a person put there has no reasons.
    """
    seen = queries.visible_needs(actor).filter(Q(community=community) | Q(receiving_place=community))
    rows = Match.objects.filter(state=MatchState.SUGGESTED.value, need__in=seen).exclude(reasons={})
    return {(need, offer): pk for pk, need, offer in rows.order_by("pk").values_list("pk", "need", "offer")}


def _withdraw(actor: Actor, match_id: int, now: datetime) -> bool:
    """Pass one suggestion; False where somebody asked both sides, or passed it, meanwhile."""
    try:
        matches.pass_match(actor, match_id=match_id, now=now)
    except Refused:
        return False
    return True


def _suggest(actor: Actor, row: Suggestion, now: datetime) -> Match | None:
    """Put one suggestion beside its need; None where it changed meanwhile, or is less than a hundredth."""
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
    try:
        return matches.suggest_match(
            actor,
            need_id=int(row.need),
            offer_id=int(row.offer),
            quantity=Decimal(repr(row.quantity)).quantize(_CENT, ROUND_DOWN),
            reasons=reasons,
            sentence=matching.sentence(row),
            now=now,
        )
    except Refused:
        return None


def _as_engine_reads(problem: MatchingProblem, day: date, agreed: Collection[int] | None) -> matching.MatchingProblem:
    """The same in the engine's words: sides and rows by their numbers, communities by their codes."""
    codes = {place.pk: place.code or "" for place in neighbourhood.current_places(PlaceKind.COMMUNITY)}
    frees: dict[int, list[str]] = {}
    waiting = Unlock.objects.filter(need__in=[one.pk for one in problem.needs], done_at=None)
    for need, freed in waiting.values_list("need", "frees"):
        frees.setdefault(need, []).append(str(freed))
    standing = [matching.Declined(str(need), str(offer)) for need, offer in sorted(problem.open_pairs)]
    return matching.MatchingProblem(
        day,
        [_need(one, codes, tuple(frees.get(one.pk, ()))) for one in problem.needs],
        [_offer(one, codes) for one in problem.offers],
        _givers(problem, agreed),
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


def _givers(problem: MatchingProblem, agreed: Collection[int] | None) -> list[matching.Giver]:
    names = queries.side_names(problem.givers)
    found = []
    for (kind, pk), row in problem.givers.items():
        found.append(
            matching.Giver(
                id=_key((kind, pk)),
                name=names.get((kind, pk), ""),
                asked_lately=row.asked_lately,
                in_time=row.in_time,
                late=row.late,
                failed=row.failed,
                given=row.given,
                received=row.received,
                agreement=pk in agreed if agreed is not None and kind == "unit" else None,
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
