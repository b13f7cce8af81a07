"""撮合建议: what is open is matched all over again, and what the engine proposes stands beside the needs; asks nobody."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as background
from procrastinate.exceptions import AlreadyEnqueued

from gongzhi.exchange import matching, queries, saying
from gongzhi.exchange.actions import matches, steps, telling
from gongzhi.exchange.actions.matches import Pairing
from gongzhi.exchange.matching import Plan, Suggestion
from gongzhi.exchange.matching_facts import Refusal
from gongzhi.exchange.models import Match, Need, Unlock
from gongzhi.exchange.queries.matching import DeclineRow, MatchingProblem, NeedRow, OfferRow, SideKey
from gongzhi.exchange.rules import MatchState, NeedState, RefusalReason, Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices
from gongzhi.shared.moves import NotAllowed, _

_CENT = Decimal("0.01")
# So many needs are named to a desk at most.
_NAMED = 5
# For so many needs a page can wait; for more the worker takes these seconds.
AT_ONCE, IN_BACKGROUND = 300, 25.0
LOOKED = _("自动找资源找好了，建议放在需求旁边")
FOUND_NONE = _("自动找资源没有找到合适的")


@dataclass(frozen=True)
class Proposed:
    """What was put beside the needs, how many earlier suggestions were withdrawn for it, and the whole plan."""

    matches: list[Match]
    withdrawn: int
    plan: Plan


def propose_matches(
    actor: Actor, *, place: Place, now: datetime, seconds: float = 5.0, agreed: Collection[int] | None = None
) -> Proposed:
    """Match the open needs of a place and of all below it with the offers in the actor's sight, in about so many seconds.

    One plan over all of them: no community comes first, and of no offer more is suggested than there is. Beside the
    needs of each stands only what its own desk sees, or what belongs to the places above it. The desks below are told
    of what is new.

    `agreed` are the units that an agreement binds, which only a room upstairs knows; None says nothing of agreements.

    What the engine had suggested and nobody took up is withdrawn for it; suggestions made by hand, and whatever was
    asked, stand. The engine runs before anything is locked; what changed meanwhile is left out. Raises NotAllowed for
    whoever is not at the desk of the place.
    """
    if not steps.belongs(actor, *neighbourhood.ladder(place)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("自动找资源"))
    standing = _standing(actor, place)
    problem = queries.problem_for_matching(actor, place, now=now)
    problem = replace(problem, open_pairs=problem.open_pairs - set(standing))
    asked = _as_engine_reads(problem, timezone.localtime(now).date(), agreed)
    stands = [matching.Standing(str(need), str(offer), much) for (need, offer), (_pk, much) in standing.items()]
    plan = matching.match(asked, seconds=seconds, standing=stands)
    pairs = [pair for one in plan.suggestions if (pair := _pairing(one)).quantity]
    with transaction.atomic():
        found, withdrawn = matches.renew_suggestions(
            actor, passed=[pk for pk, _much in standing.values()], pairs=pairs, now=now
        )
        _hand_on(actor, place, [one for one in found if (one.need_id, one.offer_id) not in standing], now)
    return Proposed(found, withdrawn, plan)


def propose_or_leave(
    actor: Actor, *, place: Place, now: datetime, agreed: Collection[int] | None = None
) -> Proposed | None:
    """The same at once for as many needs as a page can wait for; more are left to the worker, and the answer is None."""
    if queries.needs_below(actor, place).filter(state=NeedState.VERIFIED.value)[: AT_ONCE + 1].count() <= AT_ONCE:
        return propose_matches(actor, place=place, now=now, agreed=agreed)
    lock = f"exchange.propose.{place.pk}"
    task = background.configure_task("exchange.propose", queue="imports", queueing_lock=lock)
    # Pressed twice it is looked for once.
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(
            district=neighbourhood.district_name(),
            place_id=place.pk,
            account_id=actor.account_id,
            agreed=None if agreed is None else [*sorted(agreed)],
        )
    return None


def propose_in_background(*, place_id: int, account_id: int, agreed: list[int] | None, now: datetime) -> int:
    """What the worker does for it, as the one who pressed, who is told what came of it. How many suggestions stand."""
    actor = neighbourhood.actor_of_account(account_id, today=now.date())
    place = neighbourhood.current_place(place_id)
    if place is None:
        return 0
    found = propose_matches(actor, place=place, now=now, seconds=IN_BACKGROUND, agreed=agreed).matches
    number, noun = found[0].need_id if found else place.pk, "need" if found else "place"
    notices.tell_people(noun, number, {actor.person_id}, LOOKED if found else FOUND_NONE, "", now=now)
    return len(found)


def _hand_on(actor: Actor, place: Place, found: Iterable[Match], now: datetime) -> None:
    """Tell the desk of each place below what was found for its needs: one line a desk, which leads to the first."""
    needs: dict[int, dict[int, Need]] = {}
    for one in found:
        home = one.need.community_id or one.need.subdistrict_id or place.pk
        if home != place.pk:
            needs.setdefault(home, {})[one.need_id] = one.need
    for theirs in needs.values():
        first, *_more = theirs.values()
        people = set(telling.desk_of(first, now)) - {actor.person_id or 0}
        body = "\n".join(one.title for one in list(theirs.values())[:_NAMED])
        notices.tell_people(
            "need", first.pk, people, _("上级替您这里的需求找到了可能的资源，请看过再征求意见"), body, now=now
        )


def _standing(actor: Actor, place: Place) -> dict[tuple[int, int], tuple[int, float]]:
    """The matches that the engine suggested for these needs before: (need, offer) to number and quantity.

    What a person put there has no reasons.
    """
    seen = queries.needs_below(actor, place)
    rows = Match.objects.filter(state=MatchState.SUGGESTED.value, need__in=seen).exclude(reasons={})
    kept = rows.order_by("pk").values_list("pk", "need", "offer", "quantity")
    return {(need, offer): (pk, float(much)) for pk, need, offer, much in kept}


def _pairing(row: Suggestion) -> Pairing:
    """One suggestion as the room keeps it, in hundredths."""
    amount = Decimal(repr(row.quantity)).quantize(_CENT, ROUND_DOWN)
    return Pairing(int(row.need), int(row.offer), amount, saying.facts(row._replace(quantity=float(amount))))


def _as_engine_reads(problem: MatchingProblem, day: date, agreed: Collection[int] | None) -> matching.MatchingProblem:
    """The same in the engine's words: sides, rows and places by their numbers."""
    frees: dict[int, list[str]] = {}
    waiting = Unlock.objects.filter(need__in=[one.pk for one in problem.needs], done_at=None)
    for need, freed in waiting.values_list("need", "frees"):
        frees.setdefault(need, []).append(str(freed))
    standing = [matching.Declined(str(need), str(offer)) for need, offer in sorted(problem.open_pairs)]
    return matching.MatchingProblem(
        day,
        [_need(one, tuple(frees.get(one.pk, ()))) for one in problem.needs],
        [_offer(one, reach) for one, reach in _reaches(problem)],
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


def _need(one: NeedRow, frees: tuple[str, ...]) -> matching.Need:
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
        place=_place(one.home),
        windows=_windows(one.windows),
        frees=frees,
        whole_only=one.whole_only,
        most_offers=one.most_offers,
    )


def _place(place_id: int) -> str:
    """A place in the engine's words, such that none begins with another."""
    return f"{place_id}."


def _reaches(problem: MatchingProblem) -> list[tuple[OfferRow, frozenset[str]]]:
    """Each offer with the places to whose needs it goes: where it may be told of, and which it serves."""
    homes = {
        pk: set(neighbourhood.ladder(place)) for pk in problem.sights if (place := neighbourhood.current_place(pk))
    }
    served = {pk: _serving(pk) for pk in {one.reach_place for one in problem.offers} if pk is not None}
    return [
        (
            one,
            frozenset(
                _place(pk)
                for pk, sight in problem.sights.items()
                if one.pk in sight and (one.reach_place is None or served[one.reach_place] in homes.get(pk, ()))
            ),
        )
        for one in problem.offers
    ]


def _serving(place_id: int) -> int:
    """The place, or the community that a smaller one lies in."""
    place = neighbourhood.current_place(place_id)
    return (place.community_id or place.pk) if place else 0


def _offer(one: OfferRow, reach: frozenset[str]) -> matching.Offer:
    return matching.Offer(
        id=str(one.pk),
        kind=one.kind,
        quantity=float(one.quantity),
        measure=one.measure,
        giver=_key(one.giver),
        tags=frozenset(one.tags),
        position=_position(one.lon, one.lat),
        reach_m=one.reach_metres,
        reach_places=reach,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        windows=_windows(one.windows),
        most=None if one.most_per_need is None else float(one.most_per_need),
        smallest=float(one.smallest or 0),
        title=one.title,
    )


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
