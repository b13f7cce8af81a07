"""What may be seen of 爱心账: by the desk and the giver all of it, by everybody what its giver let be told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from gongzhi.demands.masking import mask
from gongzhi.exchange import giving_rules
from gongzhi.exchange.giving_rules import Amount, Giver, Openness, Qualifier, Total
from gongzhi.exchange.models import Contribution, Entry, Pledge, Use
from gongzhi.exchange.queries.listed import DESK_STANDINGS, NONE, belongs_at, places_of, sees_all, units_of
from gongzhi.exchange.queries.promised import name_of, stands_as
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry

BOTH = ("giver_unit", "giver_place", "receiving_place")
# A page for everybody shows the newest; what is older is in the totals.
MOST_PUBLIC = 200


def visible_contributions(actor: Actor) -> QuerySet[Contribution]:
    """What the actor's units and places gave, and what came to their places and below; for the district all."""
    if sees_all(actor):
        return Contribution.objects.all()
    units, places = units_of(actor), places_of(actor)
    seen = Q(giver_unit__in=units) if units else NONE
    if places:
        seen |= belongs_at(places) | Q(receiving_place__in=places) | Q(giver_place__in=places)
    return Contribution.objects.filter(seen)


def get_contribution(actor: Actor, contribution_id: int) -> Contribution:
    """One contribution with both sides. Raises Contribution.DoesNotExist, the same for absent and not yours."""
    return visible_contributions(actor).select_related(*BOTH, "problem", "agreed_by").get(pk=contribution_id)


def contribution_standings(actor: Actor, row: Contribution) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards a contribution: as its giver, and where it came."""
    found: set[StrEnum] = set(actor.standings_at((row.receiving_place_id, row.community_id, row.subdistrict_id)))
    if stands_as(actor, row.giver_unit_id, row.giver_place_id):
        found.add(Side.GIVER)
    return frozenset(found)


def contribution_moves(actor: Actor, row: Contribution) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order."""
    return open_moves(giving_rules.GIVING_MOVES, Openness(row.state), contribution_standings(actor, row))


def contribution_trail(actor: Actor, contribution_id: int) -> list[TrailEntry]:
    """What was done about one contribution, oldest first. Raises Contribution.DoesNotExist."""
    return trail.of("contribution", visible_contributions(actor).only("pk").get(pk=contribution_id).pk)


def entries_of(actor: Actor, contribution_id: int) -> list[Entry]:
    """Every amount that was noted, oldest first; the last one counts. Raises Contribution.DoesNotExist."""
    row = visible_contributions(actor).only("pk").get(pk=contribution_id)
    return list(Entry.objects.filter(contribution=row).order_by("pk"))


def giver_of(row: Contribution) -> str:
    """The giver's name for those who may see it; empty for a person who is not named."""
    return name_of(row.giver_unit, row.giver_place) or row.giver_name or row.public_name


def amount_of(row: Contribution) -> Amount:
    """How much came, and how much of it was used."""
    return Amount(row.quantity, Qualifier(row.qualifier), row.measure, row.used)


@dataclass(frozen=True)
class Spent:
    """One use as it counts now: the first row of its line, its latest one, and those before that."""

    first: int
    row: Use
    earlier: tuple[Use, ...]


def uses_of(contribution_ids: Collection[int]) -> dict[int, list[Spent]]:
    """The uses of these contributions, each with what stood there before it was corrected. One query."""
    lines: dict[int, list[Use]] = {}
    for use in Use.objects.filter(contribution__in=contribution_ids).order_by("pk"):
        lines.setdefault(use.corrects_id or use.pk, []).append(use)
    found: dict[int, list[Spent]] = {pk: [] for pk in contribution_ids}
    for first, rows in lines.items():
        found[rows[-1].contribution_id].append(Spent(first, rows[-1], tuple(rows[:-1])))
    return found


def totals_of(rows: QuerySet[Contribution]) -> list[Total]:
    """What came, was used and is left of all of these; what is only stated stands beside. One query."""
    columns = rows.order_by("-came_on", "-pk").values_list("quantity", "qualifier", "measure", "used")
    return giving_rules.totals(Amount(n, Qualifier(q), m, used) for n, q, m, used in columns.iterator() if n)


def entered(actor: Actor, pledge: Pledge) -> int | None:
    """The contribution that a pledge was entered as, where the actor sees it."""
    return visible_contributions(actor).filter(pledge=pledge).values_list("pk", flat=True).first()


def may_enter(actor: Actor, pledge: Pledge) -> bool:
    """Whether the actor may enter what came of a pledge: funds or goods for their own place, once it has ended."""
    if pledge.kind not in giving_rules.ENTERED_KINDS or pledge.state not in giving_rules.ENTERED_STATES:
        return False
    ladder = (pledge.receiver_place_id, pledge.community_id, pledge.subdistrict_id)
    return pledge.receiver_place_id is not None and not DESK_STANDINGS.isdisjoint(actor.standings_at(ladder))


# For everybody


@dataclass(frozen=True)
class PublicLine:
    """One contribution as everybody may read it; `giver` is a name, or what stands where none is to be told."""

    came_on: date
    came_until: date | None
    giver: str
    named: bool
    amount: Amount
    what_for: str
    uses: tuple[tuple[date, str, Amount], ...]


@dataclass(frozen=True)
class PublicLedger:
    """What came to a place: what may be told, its totals alone, and how many others there are."""

    place: Place
    totals: list[Total]
    lines: list[PublicLine]
    hidden: int


def public_ledger(place_id: int) -> PublicLedger | None:
    """The ledger of a community, subdistrict or district for everybody; None where there is no such place.

    What a giver did not let be told is in no line and no total, so that nothing can be reckoned from what is there.
    """
    place = (
        neighbourhood.current_places().filter(pk=place_id, kind__in=["community", "subdistrict", "district"]).first()
    )
    if place is None:
        return None
    rows = Contribution.objects.filter(Q(receiving_place=place) | Q(community=place)).filter(quantity__gt=0)
    told = rows.filter(state__in=sorted(giving_rules.TOLD))
    shown = list(told.select_related(*BOTH).order_by("-came_on", "-pk")[:MOST_PUBLIC])
    uses = uses_of([row.pk for row in shown])
    hidden = rows.filter(state=Openness.CLOSED.value).count()
    return PublicLedger(place, totals_of(told), [_public_line(row, uses[row.pk]) for row in shown], hidden)


def _public_line(row: Contribution, uses: Iterable[Spent]) -> PublicLine:
    named, name = row.state == Openness.NAMED, giver_of(row)
    stand_in = giving_rules.UNNAMED_GIVER[Giver(row.giver)]

    def told(text: str) -> str:
        return mask(text if named or not name else text.replace(name, stand_in))

    return PublicLine(
        row.came_on,
        row.came_until,
        name if named else stand_in,
        named,
        amount_of(row),
        told(row.what_for),
        tuple(
            (one.row.used_on, told(one.row.what), Amount(one.row.quantity, Qualifier.EXACT, row.measure))
            for one in uses
            if one.row.quantity
        ),
    )


def public_places() -> list[Place]:
    """The places of whose ledgers something may be told, by their names."""
    told = Contribution.objects.filter(state__in=sorted(giving_rules.TOLD), quantity__gt=0)
    found = told.values("receiving_place").annotate(rows=Count("pk")).values("receiving_place")
    return list(neighbourhood.current_places().filter(pk__in=found).order_by("full_name"))
