"""Agreements counted apart from their parties; and the four measures of how well a network holds together."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, QuerySet

from gongzhi.agreements.models import Agreement, Party
from gongzhi.agreements.queries.seen import SENT, visible_agreements
from gongzhi.agreements.rules import LASTING, AgreementState
from gongzhi.conferences.queries.attended import Met, decisions_due, meetings_of
from gongzhi.exchange.queries import who_gave
from gongzhi.exchange.queries.kept import needs_due
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.rows import Network
from gongzhi.neighbourhood.rules import Actor, PlaceKind


def _lasting(rows: QuerySet[Agreement], on: date) -> QuerySet[Agreement]:
    states = sorted(one.value for one in LASTING)
    return rows.filter(in_force__gte=1, state__in=states, since__lte=on, until__gte=on)


def units_with_agreement(on: date) -> frozenset[int]:
    """The units bound by an agreement on a day, by id. For rooms that say no more of it than whether there is one."""
    rows = Party.objects.filter(agreement__in=_lasting(Agreement.objects.all(), on), unit__isnull=False)
    return frozenset(pk for pk in rows.values_list("unit", flat=True) if pk)


@dataclass(frozen=True)
class Counts:
    """Agreements by state, and, apart from them, their parties, each counted once however many it signed."""

    agreements: int
    states: dict[AgreementState, int]
    places: dict[PlaceKind, int]
    units: int
    unit_kinds: dict[str, int]


def counts_of(actor: Actor) -> Counts:
    """What the registry of the asker's agreements holds; drafts that nobody was sent are not in it. Three queries."""
    rows = visible_agreements(actor).filter(SENT)
    states = dict(rows.values_list("state").annotate(Count("pk")).order_by())
    parties = Party.objects.filter(agreement__in=rows)
    places = parties.filter(place__isnull=False).values_list("place__kind").annotate(Count("place", distinct=True))
    kinds = parties.filter(unit__isnull=False).values_list("unit__kind").annotate(Count("unit", distinct=True))
    by_place, by_kind = dict(places.order_by()), dict(kinds.order_by())
    return Counts(
        sum(states.values()),
        {state: states[state.value] for state in AgreementState if state.value in states},
        {kind: by_place[kind.value] for kind in PlaceKind if kind.value in by_place},
        sum(by_kind.values()),
        by_kind,
    )


class Share(NamedTuple):
    """So many of so many."""

    part: int
    of: int


@dataclass(frozen=True)
class Health:
    """Four measures of one network, each with what it was counted from; side by side, never made into one.

    `mix`: of all pairs of members those of different kinds. `closure`: `decisions` and `needs` together.
    """

    reciprocity: Share
    meeting: Share
    meetings: list[Met]
    mix: Share
    kinds: dict[str, int]
    closure: Share
    decisions: Share
    needs: Share


def health_of(actor: Actor, network: Network, *, since: date, until: date) -> Health:
    """The measures of a network that the actor sees, in a time: who gave whom, who came to its meetings, who belongs to
    it, what was done by its day of what it decided and of what is needed at its place.
    """
    members = [one.unit for one in neighbourhood.members(network, on=until) if one.unit]
    inside = {f"u{unit.pk}" for unit in members} | {f"p{network.place_id}"}
    ties = who_gave(actor, since=since, until=until).ties
    pairs = {(one.giver, one.receiver) for one in ties if {one.giver, one.receiver} <= inside}
    met = meetings_of(network.pk, since, until)
    kinds = Counter(unit.kind for unit in members)
    decided = decisions_due(network.pk, since, until)
    # What became of a decision counts with the decision, once.
    asked = {one.need for one in decided}
    needed = [one for one in needs_due(_grounds(network), since, until) if one.number not in asked]
    decisions = Share(sum(one.kept for one in decided), len(decided))
    needs = Share(sum(one.kept for one in needed), len(needed))
    return Health(
        reciprocity=_reciprocity(pairs),
        meeting=Share(sum(one.came for one in met), sum(one.called for one in met)),
        meetings=met,
        mix=_mix(kinds.values()),
        kinds=dict(kinds),
        closure=Share(decisions.part + needs.part, decisions.of + needs.of),
        decisions=decisions,
        needs=needs,
    )


def _grounds(network: Network) -> frozenset[int]:
    """Its place; for that of the district also the streets and towns, by which what lies below is found."""
    own = {network.place_id}
    if network.place.kind == PlaceKind.DISTRICT:
        own |= {one.pk for one in registers.upper_places() if one.kind == PlaceKind.SUBDISTRICT}
    return frozenset(own)


def _reciprocity(pairs: set[tuple[str, str]]) -> Share:
    """Of the pairs of which one gave the other something, those of which both did."""
    joined = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    both = {frozenset(pair) for pair in pairs if pair[0] != pair[1] and pair[::-1] in pairs}
    return Share(len(both), len(joined))


def _mix(sizes: Iterable[int]) -> Share:
    counts = list(sizes)
    total = sum(counts)
    return Share((total * total - sum(n * n for n in counts)) // 2, total * (total - 1) // 2)
